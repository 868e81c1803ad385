"""The routes that bells come to: who may ring, how loud, and whom it wakes."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sverka.domain.errors import Forged, Gone, Later, Problem
from sverka.engine.bells.receive import Answer, Bell, install, receive_all
from sverka.engine.hub import Hub
from sverka.ports.dispatch import Dispatch
from sverka.web.door import Door
from sverka.web.knocks import READING, RIGHT, WRONG, Knocks
from sverka.web.request import body_of, headers_of

LARGEST_BELL = 2 * 1024 * 1024
"""Bytes of a webhook's body beyond which it is refused: an order with all its lines is far below."""

PANEL = "/api/bitrix/events"
"""Where Pixlpark's own integration has the portal send its events (R229): a webhook set for it goes on with the hub."""

_NOT_FOUND = PlainTextResponse("not found", 404)
_TOO_LARGE = PlainTextResponse("too large", 413)
_TOO_MANY = PlainTextResponse("later", 429, {"Retry-After": "10"})


@dataclass(frozen=True)
class Knock:
    """A bell, and the key in the address it came to; None where the bell alone has told whose it is."""

    bell: Bell
    key: str | None = field(default=None, repr=False)


class Bells:
    """Takes bells for the hub. Strangers are sent away before their bodies are read."""

    def __init__(self, hub: Callable[[], Hub], dispatch: Dispatch) -> None:
        """Take the hub to receive for, which is asked for once a batch of bells, and who is woken."""
        self._hub = hub
        self._dispatch = dispatch
        self._door: Door[Knock] = Door(self._take)
        self._known: Mapping[str, str] = {}
        self._knocks = Knocks()

    def routes(self) -> Sequence[Route]:
        """Return the routes."""
        return [
            Route("/hooks/{connection}/{key}", self.bell, methods=["POST"]),
            Route(PANEL, self.panel, methods=["POST"]),
            Route("/install/{connection}/{key}", self.newcomer, methods=["GET", "POST"]),
        ]

    async def bell(self, request: Request) -> Response:
        """Take one webhook."""
        connection, key = request.path_params["connection"], request.path_params["key"]
        if not await self._knows(connection, key):
            return self._send_away(request)
        if self._knocks.is_too_many(f"at {connection}", RIGHT):
            return _TOO_MANY
        body = await body_of(request, LARGEST_BELL)
        if body is None:
            return _TOO_LARGE
        return _said(await self._door.ring(Knock(Bell(connection, headers_of(request), body), key)))

    async def newcomer(self, request: Request) -> Response:
        """Let in who was installed."""
        connection, key = request.path_params["connection"], request.path_params["key"]
        if not await self._knows(connection, key):
            return self._send_away(request)
        body = await body_of(request, LARGEST_BELL)
        if body is None:
            return _TOO_LARGE
        return await run_in_threadpool(lambda: _let_in(self._hub(), connection, request.url.query, body))

    async def panel(self, request: Request) -> Response:
        """Take a portal's event where Pixlpark's own panel takes it: the token in it tells which portal's it is."""
        if self._knocks.is_too_many("at the panel", RIGHT):
            return _TOO_MANY
        body, headers = await body_of(request, LARGEST_BELL), headers_of(request)
        if body is None:
            return _TOO_LARGE
        connection = await run_in_threadpool(lambda: _portal_of(self._hub(), headers, body))
        if connection is None:
            return _said(Forged())
        return _said(await self._door.ring(Knock(Bell(connection, headers, body))))

    async def _knows(self, connection: str, key: str) -> bool:
        """Tell whether the key is, or not long ago was, its connection's: the door looks at it once more."""
        if not _opens(self._known, connection, key) and not self._knocks.is_too_many("reading keys", READING):
            self._known = await run_in_threadpool(lambda: self._hub().keys())
        return _opens(self._known, connection, key)

    def _send_away(self, request: Request) -> Response:
        address = request.client.host if request.client else ""
        return _TOO_MANY if self._knocks.is_too_many(f"from {address}", WRONG) else _NOT_FOUND

    def _take(self, knocks: Sequence[Knock]) -> Sequence[Answer]:
        """Keep the bells of those who know their address, and wake whom they ring for."""
        hub = self._hub()
        keys = hub.keys()
        known = [one.key is None or _opens(keys, one.bell.connection, one.key) for one in knocks]
        bells = [one.bell for one, is_known in zip(knocks, known, strict=True) if is_known]
        kept = iter(receive_all(hub, bells))
        answers = [next(kept) if is_known else Gone() for is_known in known]
        for office in {office for answer in answers if not isinstance(answer, Problem) for office in answer}:
            self._dispatch.wake(office)
        return answers


def _opens(keys: Mapping[str, str], connection: str, key: str) -> bool:
    right = keys.get(connection, "")
    return bool(right) and hmac.compare_digest(right.encode(), key.encode())


def _said(answer: Answer) -> Response:
    match answer:
        case Forged():
            return PlainTextResponse("forged", 403)
        case Gone():
            return _NOT_FOUND
        case Problem():  # the connection itself says why, where people look; the sender is to come again
            return PlainTextResponse("later", 503)
        case _:
            return PlainTextResponse("ok")


def _portal_of(hub: Hub, headers: Mapping[str, str], body: bytes) -> str | None:
    # Anybody may know this address, so what carries no portal's token leaves no line in the journal either.
    for name, office in hub.offices.items():
        try:
            office.notices(headers, body)
        except Forged:
            continue
        return name
    return None


def _let_in(hub: Hub, connection: str, query: str, body: bytes) -> Response:
    try:
        install(hub, connection, query, body)
    except KeyError:
        return PlainTextResponse("not found", 404)
    except Problem as problem:
        status = 403 if isinstance(problem, Forged) else 503 if isinstance(problem, Later) else 409
        return PlainTextResponse(problem.say("en"), status)
    return PlainTextResponse("ok")
