"""The hub's own web server: it takes bells, answers a 1C, and says that it lives."""

from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from sverka.engine.hub import Hub
from sverka.ports.dispatch import Dispatch
from sverka.web.armour import Armour
from sverka.web.bells import Bells
from sverka.web.exchange import Exchange, asked_by


def make_app(
    hub: Callable[[], Hub],
    dispatch: Dispatch,
    exchange: Exchange | None = None,
    *,
    is_https: bool = False,
    is_ready: Callable[[], bool] = lambda: True,
    more: Sequence[BaseRoute] = (),
) -> Starlette:
    """Return the application.

    A bell must know the unguessable part of its connection's address (`Hub.keys`) and carry the secret too.
    With an `exchange` a 1C is answered at `/exchange/STORE` as by the shop itself.
    `is_https` says that the hub is reached by https alone. `is_ready` tells whether bells can be kept and work be done;
    while the database is away, whoever rings is told to come again. `more` are further routes.
    """

    async def guest(request: Request) -> Response:
        """Answer a 1C."""
        asked = await asked_by(request)
        if exchange is None or asked is None:
            return PlainTextResponse("not found", 404) if exchange is None else PlainTextResponse("too large", 413)
        return await run_in_threadpool(exchange.answer, request.path_params["store"], asked)

    return Starlette(
        routes=[
            *Bells(hub, dispatch).routes(),
            Route("/exchange/{store}", guest, methods=["GET", "POST"]),
            *_signs(is_ready),
            *more,
        ],
        middleware=[Middleware(Armour, is_https=is_https)],
        exception_handlers={DBAPIError: _later, ClientDisconnect: _left},
    )


def make_signs(is_ready: Callable[[], bool], more: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the application of a process that takes no bells: it only says that it lives, and whether it works.

    `more` are further routes.
    """
    return Starlette(routes=[*_signs(is_ready), *more])


def _signs(is_ready: Callable[[], bool]) -> list[Route]:
    async def ready(_request: Request) -> Response:
        if await run_in_threadpool(is_ready):
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "not ready"}, 503)

    return [Route("/health", _health), Route("/ready", ready)]


async def _left(_request: Request, _error: Exception) -> Response:
    """Answer whoever has hung up in the middle of his request: nobody hears it, and nothing was kept."""
    return Response(status_code=400)


async def _later(_request: Request, error: Exception) -> Response:
    structlog.get_logger("sverka.web").error("database away", error=type(error).__name__)
    return PlainTextResponse("later", 503)


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})
