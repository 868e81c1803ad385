"""The pages and addresses of applications: logging in, and the authorisation server."""

from __future__ import annotations

import asyncio
import json
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sverka.sandbox.portal.apps.oauth import Unauthorised, authorise, known
from sverka.sandbox.portal.params import parse_query, to_int
from sverka.sandbox.portal.portal import Portal


def page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """Return a page of the portal's own; `body` is HTML already."""
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1>{body}</body></html>",
        status,
    )


def login_routes(portal: Portal) -> list[Route]:
    """Return the routes by which people log in and applications get their tokens."""

    async def authorize(request: Request) -> Response:
        """Send the employee named by `user_id` back with a code, or let one be chosen."""
        given = request.query_params
        try:
            with portal.lock:
                application = known(portal.access, given.get("client_id", ""))
                user_id = to_int(given.get("user_id"))
                if user_id is None:
                    return page(f"Log in to {application.title} as", _choice(portal, dict(given)))
                location, code = authorise(portal.access, application.client_id, user_id, given.get("state", ""))
        except Unauthorised as error:
            return page("Authorization error", f"<p>{escape(str(error))}</p>", 400)
        return RedirectResponse(location, 302) if location else page("Authorization code", f"<code>{code}</code>")

    async def token(request: Request) -> Response:
        """Answer the authorisation server's only question."""
        params = parse_query(request.url.query)
        if request.method == "POST":
            text = (await request.body()).decode("utf-8", errors="replace")
            params |= _form(text, request.headers.get("content-type", ""))
        answer = await asyncio.to_thread(portal.token, params)
        if isinstance(answer.body, str):
            return HTMLResponse(answer.body, answer.status)
        return Response(json.dumps(answer.body), answer.status, media_type="application/json")

    return [
        Route("/oauth/authorize{slash:path}", authorize, methods=["GET"]),
        Route("/oauth/token{slash:path}", token, methods=["GET", "POST"]),
    ]


def _form(text: str, kind: str) -> dict[str, object]:
    if not kind.startswith("application/json"):
        return parse_query(text)
    try:
        parsed = json.loads(text or "{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _choice(portal: Portal, given: dict[str, str]) -> str:
    """Return a list of the employees, each a link that goes on as him."""
    lines = [
        f'<li><a href="?{escape(urlencode(given | {"user_id": user.id}))}">'
        f"{escape(f'{user.name} {user.last_name}')}</a></li>"
        for user in portal.core.state.users.values()
        if user.active
    ]
    return f"<ul>{''.join(lines)}</ul>"
