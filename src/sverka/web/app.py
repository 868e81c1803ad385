"""The hub's own web server: it takes bells, and says that it lives."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from sverka.domain.errors import Forged, Later, Problem
from sverka.engine.bells.receive import install, receive
from sverka.engine.hub import Hub
from sverka.ports.dispatch import Dispatch
from sverka.web.api.app import PREFIX
from sverka.web.armour import Armour, Bounded
from sverka.web.exchange import Exchange, asked_by
from sverka.web.knocks import RIGHT, WRONG, KeyRing, Knocks
from sverka.web.request import body_of, headers_of

LARGEST_BELL = 2 * 1024 * 1024
"""Bytes of a webhook's body beyond which it is refused: an order with all its lines is far below."""

PANEL = "/api/bitrix/events"
"""Where Pixlpark's own integration has the portal send its events (R229): a webhook set for it goes on with the hub."""


def make_app(
    hub: Callable[[], Hub],
    keys: Callable[[], Mapping[str, str]],
    dispatch: Dispatch,
    exchange: Exchange | None = None,
    api: ASGIApp | None = None,
    *,
    is_https: bool = False,
) -> Starlette:
    """Return the application.

    `keys` gives, by connection, the unguessable part of its address; a bell must know it and carry the secret too.
    With an `exchange` a 1C is answered at `/exchange/STORE` as by the shop itself; with an `api` it stands at `PREFIX`.
    `is_https` says that the hub is reached by https alone.
    """
    ring, knocks = KeyRing(keys), Knocks()

    async def bell(request: Request) -> Response:
        """Take one webhook, or let in who was installed."""
        connection, key = request.path_params["connection"], request.path_params["key"]
        if not ring.fits(connection, key):
            many = knocks.is_too_many(f"from {request.client.host if request.client else ''}", WRONG)
            return _later() if many else PlainTextResponse("not found", 404)
        if knocks.is_too_many(f"at {connection}", RIGHT):
            return _later()
        body = await body_of(request, LARGEST_BELL)
        if body is None:
            return PlainTextResponse("too large", 413)
        if request.url.path.startswith("/install/"):
            return await run_in_threadpool(_let_in, hub(), connection, request.url.query, body)
        return await run_in_threadpool(_take, hub(), dispatch, connection, headers_of(request), body)

    async def panel(request: Request) -> Response:
        """Take a portal's event where Pixlpark's own panel takes it: the token in it tells which portal's it is."""
        if knocks.is_too_many("at the panel", RIGHT):
            return _later()
        body, headers = await body_of(request, LARGEST_BELL), headers_of(request)
        if body is None:
            return PlainTextResponse("too large", 413)
        return await run_in_threadpool(_take_of_a_portal, hub(), dispatch, headers, body)

    return Starlette(
        routes=[
            Route("/hooks/{connection}/{key}", bell, methods=["POST"]),
            Route(PANEL, panel, methods=["POST"]),
            Route("/install/{connection}/{key}", bell, methods=["GET", "POST"]),
            Route("/exchange/{store}", _guest(exchange), methods=["GET", "POST"]),
            Route("/health", _health),
            *([Mount(PREFIX, Bounded(api))] if api else ()),
        ],
        middleware=[Middleware(Armour, is_https=is_https)],
    )


def _guest(exchange: Exchange | None) -> Callable[[Request], Awaitable[Response]]:
    async def guest(request: Request) -> Response:
        """Answer a 1C."""
        asked = await asked_by(request)
        if exchange is None or asked is None:
            return PlainTextResponse("not found", 404) if exchange is None else PlainTextResponse("too large", 413)
        return await run_in_threadpool(exchange.answer, request.path_params["store"], asked)

    return guest


def _later() -> Response:
    return PlainTextResponse("later", 429, {"Retry-After": "10"})


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _take_of_a_portal(hub: Hub, dispatch: Dispatch, headers: Mapping[str, str], body: bytes) -> Response:
    # Anybody may know this address, so what carries no portal's token leaves no line in the journal either.
    for name, office in hub.offices.items():
        try:
            office.notices(headers, body)
        except Forged:
            continue
        return _take(hub, dispatch, name, headers, body)
    return PlainTextResponse("forged", 403)


def _take(hub: Hub, dispatch: Dispatch, connection: str, headers: Mapping[str, str], body: bytes) -> Response:
    try:
        offices = receive(hub, connection, headers, body)
    except Forged:
        return PlainTextResponse("forged", 403)
    except KeyError:
        return PlainTextResponse("not found", 404)
    except Problem:  # the connection itself says why, where people look; the sender is to come again
        return PlainTextResponse("later", 503)
    for office in offices:
        dispatch.wake(office)
    return PlainTextResponse("ok")


def _let_in(hub: Hub, connection: str, query: str, body: bytes) -> Response:
    try:
        install(hub, connection, query, body)
    except KeyError:
        return PlainTextResponse("not found", 404)
    except Problem as problem:
        status = 403 if isinstance(problem, Forged) else 503 if isinstance(problem, Later) else 409
        return PlainTextResponse(problem.say("en"), status)
    return PlainTextResponse("ok")
