"""The portal's HTTP: requests parsed the way PHP parses them, answers with the envelope, connections cut on order."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sverka.sandbox.portal.apps.cards import card_routes
from sverka.sandbox.portal.apps.pages import login_routes
from sverka.sandbox.portal.control import control_routes
from sverka.sandbox.portal.errors import ACCESS_DENIED, METHOD_NOT_FOUND, RestError
from sverka.sandbox.portal.params import Tree, parse_pairs, parse_query, to_int
from sverka.sandbox.portal.portal import Answer, HttpCall, Portal
from sverka.sandbox.portal.records.files import MACHINE_PATH, PATH, download
from sverka.sandbox.portal.settings import Settings
from sverka.sandbox.portal.storefront import public_routes
from sverka.sandbox.serve import ABORT

_BOTH = ["GET", "POST"]
_CALLS = ("{user:str}/{code:str}/{method:str}", "{method:str}")


def build_app(portal: Portal) -> Starlette:
    """Return the ASGI application of a portal: `/rest/...`, `/oauth/...`, `/control/...` and the pages buyers see."""

    async def rest(request: Request) -> Response:
        """Answer one REST call, of a webhook or of an application."""
        return await _sent(await asyncio.to_thread(portal.handle, await _call(request)))

    async def unknown(request: Request) -> Response:
        """Answer an address that is not there."""
        del request
        error = RestError(*METHOD_NOT_FOUND)
        return _json(error.status, error.body())

    async def file(request: Request) -> Response:
        """Hand out a file to whoever has its token."""
        asked = request.query_params
        with portal.lock:
            found = download(portal.core, to_int(asked.get("fileId")), asked.get("token", ""))
        if found is None:
            return _json(403, RestError(*ACCESS_DENIED).body())
        disposition = f"attachment; filename*=UTF-8''{quote(found.name)}"
        headers = {"Content-Disposition": disposition}
        return Response(found.content, media_type="application/octet-stream", headers=headers)

    return Starlette(
        routes=[
            Route(PATH, file),
            Route(MACHINE_PATH, file),
            *[Route(f"/rest/{path}{end}", rest, methods=_BOTH) for path in _CALLS for end in ("", "/")],
            Route("/rest/{rest:path}", unknown, methods=_BOTH),
            *login_routes(portal),
            *card_routes(portal),
            *control_routes(portal),
            *public_routes(portal),
        ],
        middleware=[
            Middleware(_SingleSlashes),
            # pages of applications call the portal from their own origin
            Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=_BOTH, allow_headers=["*"]),
            Middleware(_Renamed, settings=portal.settings),
        ],
    )


class _SingleSlashes:
    """Merges neighbouring slashes of a path, as web servers do: the vendor's JS client writes `/rest//profile`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": re.sub("//+", "/", scope["path"])}
        await self._app(scope, receive, send)


class _Renamed:
    """Sends whoever comes to a host the portal has left on to where it is now; `/control` is at any host."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        former = request.headers.get("host", "") in self._settings.former
        if not former or request.url.path.startswith("/control/"):
            await self._app(scope, receive, send)
            return
        target = f"{self._settings.origin}{request.url.path}{f'?{request.url.query}' if request.url.query else ''}"
        await HTMLResponse("<html><body>Moved</body></html>", 302, {"Location": target})(scope, receive, send)


async def _call(request: Request) -> HttpCall:
    path = request.path_params
    params = parse_query(request.url.query) | await _body(request)
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        params.setdefault("auth", token.strip())
    method = str(path["method"]).lower().removesuffix(".json")
    address = request.client.host if request.client else ""
    secure = request.url.scheme == "https"
    return HttpCall(path.get("user", ""), path.get("code", ""), method, params, address, secure)


async def _body(request: Request) -> Tree:
    """Return the parameters of the body; one that comes with GET, or that is no JSON, counts for nothing."""
    if request.method != "POST":
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form() as form:
            return parse_pairs([(name, value) for name, value in form.multi_items() if isinstance(value, str)])
    try:
        text = (await request.body()).decode("utf-8", errors="replace")
    except ClientDisconnect:  # nobody is left to answer
        return {}
    if kind != "application/json":
        return parse_query(text)
    try:
        parsed = json.loads(text or "{}")
    except (ValueError, RecursionError):  # nested too deep counts as no JSON, as in PHP
        return {}
    return parsed if isinstance(parsed, dict) else {}


async def _sent(answer: Answer) -> Response:
    if answer.delay_seconds:
        await asyncio.sleep(answer.delay_seconds)
    if answer.cut:
        return _Cut(answer)
    if answer.location:
        return HTMLResponse(answer.body, 302, {"Location": answer.location})
    if isinstance(answer.body, str):
        return HTMLResponse(answer.body, answer.status)
    return _json(answer.status, answer.body)


def _json(status: int, body: Any) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, media_type="application/json")


class _Cut(Response):
    """An answer that ends in a connection reset: after half of the body, or before anything at all."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._answer.cut == "half":
            whole = json.dumps(self._answer.body, ensure_ascii=False).encode()
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(whole)).encode())]
            await send({"type": "http.response.start", "status": self._answer.status, "headers": headers})
            await send({"type": "http.response.body", "body": whole[: len(whole) // 2], "more_body": True})
            await asyncio.sleep(0)
        scope[ABORT]()
        while (await receive())["type"] != "http.disconnect":
            pass
