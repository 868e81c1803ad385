"""`/control/*`: the page, and the same acts, switches and logs as the Python object has, as JSON.

Every act is a POST with a JSON object (those that only look answer GET too); answers are `{"result"}`, or 400 and
`{"error"}`. `GET /control/acts` tells what there is. Whoever reaches this may do anything, so it answers this machine
only, under its own names only, and no page of another origin.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sverka.sandbox.portal.control_acts import Act
from sverka.sandbox.portal.control_page import language, page
from sverka.sandbox.portal.control_table import ACTS
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.portal import Portal

_HOSTS = {"127.0.0.1", "localhost", "::1"}
_SECURE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
Endpoint = Callable[[Request], Awaitable[Response]]


def control_routes(portal: Portal) -> list[Route]:
    """Return the routes of a portal's control."""

    async def shown(request: Request) -> Response:
        """Answer with the page."""
        chosen = language(request.query_params.get("lang"), request.headers.get("accept-language"))
        text, policy = page(chosen)
        return HTMLResponse(text, headers={"Content-Security-Policy": policy, "Content-Language": chosen})

    async def acts(request: Request) -> Response:
        """Answer with what there is to do."""
        del request
        return _answer([act.as_json() for act in ACTS.values()])

    async def connect(request: Request) -> Response:
        """Answer with what a client connects with."""
        return _answer(_connection(portal, str(request.base_url).rstrip("/")))

    async def home(request: Request) -> Response:
        """Send to the page."""
        del request
        return RedirectResponse("/control/")

    return [
        Route("/control", _guarded(home), methods=["GET"]),
        Route("/control/", _guarded(shown), methods=["GET"]),
        Route("/control/acts", _guarded(acts), methods=["GET"]),
        Route("/control/connect", _guarded(connect), methods=["POST"]),
        *(
            Route(f"/control/{act.name}", _guarded(_endpoint(portal, act)),
                  methods=["GET", "POST"] if act.reads else ["POST"])
            for act in ACTS.values()
        ),
    ]  # fmt: skip


def _connection(portal: Portal, base: str) -> dict[str, str]:
    """Return what a client connects with: all of it is secret, so it is only given to a POST."""
    return {
        "webhook": f"{base}/rest/1/{portal.settings.code}/",
        "client_id": portal.application.client_id,
        "client_secret": portal.application.client_secret,
        "portal": base,
    }


def _guarded(endpoint: Endpoint) -> Endpoint:
    async def guarded(request: Request) -> Response:
        refusal = _refusal(request)
        if refusal:
            return JSONResponse({"error": refusal}, 403)
        answer = await endpoint(request)
        answer.headers.update(_SECURE)
        return answer

    return guarded


def _refusal(request: Request) -> str:
    """Return why this request is not let in, "" when it is.

    A foreign name in Host is another site that had its name point here; an Origin is a page somewhere else that posts.
    """
    client = request.client.host if request.client else ""
    if client not in _HOSTS:
        return "the control answers this machine only"
    host = request.headers.get("host", "")
    if _name(host) not in _HOSTS:
        return "the control answers to 127.0.0.1 and localhost only; put that into the address"
    origin = request.headers.get("origin")
    if request.method != "GET" and origin is not None and origin != f"{request.url.scheme}://{host}":
        return "the control takes nothing from pages of another origin"
    return ""


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _endpoint(portal: Portal, act: Act) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            given = act.given(json.loads(await request.body() or b"{}"))
            result = await asyncio.to_thread(act.run, portal, given)
        except (KeyError, TypeError, ValueError, RuntimeError, RestError) as error:
            return JSONResponse({"error": _told(error)}, 400)
        return _answer(result)

    return endpoint


def _told(error: Exception) -> str:
    if isinstance(error, RestError):
        return f"{error.description} ({error.code or 'no code'})"
    return f"there is no {error}" if isinstance(error, KeyError) else str(error)


def _answer(result: Any) -> Response:
    text = json.dumps({"result": result}, default=_plain, ensure_ascii=False)
    return Response(text, media_type="application/json")


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
