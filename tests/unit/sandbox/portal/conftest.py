from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.portal import Portal, PortalServer
from sverka.sandbox.serve import Served

Reply = tuple[int, Any]


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 5, 14, 7, 26, 32, tzinfo=UTC))


@pytest.fixture
def portal(clock: VirtualClock) -> Iterator[Portal]:
    portal = Portal(clock)
    yield portal
    portal.close()


@pytest.fixture
def result(portal: Portal) -> Callable[..., Any]:
    """Run a method in-process and give its result."""
    return lambda method, **params: portal.call(method, params).result


@pytest.fixture
def server(portal: Portal) -> Iterator[PortalServer]:
    with PortalServer(portal) as server:
        yield server


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False, timeout=20) as client:
        yield client


@pytest.fixture
def rest(server: PortalServer, client: httpx2.Client) -> Callable[..., Reply]:
    """Post JSON to the webhook and give status and body."""

    def call(method: str, params: dict[str, Any] | None = None) -> Reply:
        answer = client.post(f"{server.webhook_url}{method}.json", json=params or {})
        return answer.status_code, answer.json()

    return call


class Listener:
    """A handler of outgoing webhooks that keeps every body it was sent."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.status = 200
        self._lock = threading.Lock()
        self.served = Served(Starlette(routes=[Route("/hook", self._hook, methods=["POST"])]))

    async def _hook(self, request: Request) -> Response:
        body = (await request.body()).decode()
        with self._lock:
            self.bodies.append(body)
        return PlainTextResponse("", self.status)

    @property
    def url(self) -> str:
        return f"{self.served.url}/hook"


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    with listener.served:
        yield listener
