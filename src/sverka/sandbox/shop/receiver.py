"""A subscriber on loopback that keeps every webhook it gets and answers with the status it is told."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sverka.sandbox.serve import Served


@dataclass(frozen=True)
class Received:
    """One delivery as it arrived; header names are in lower case."""

    path: str
    query: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Receiver:
    """Listens between `start` and `stop` (or as a context manager); `status` is the answer to everything."""

    def __init__(self) -> None:
        self.status = 200
        self._arrived = threading.Condition()
        self._received: list[Received] = []
        self._served = Served(self._app)

    @property
    def url(self) -> str:
        """The address to subscribe with."""
        return f"{self._served.url}/hook"

    def received(self) -> list[Received]:
        """Return a copy of all deliveries, oldest first."""
        with self._arrived:
            return list(self._received)

    def wait_for(self, count: int, timeout: float = 10.0) -> list[Received]:
        """Return the deliveries once there are at least `count`; TimeoutError after `timeout` seconds."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self._received) >= count, timeout):
                raise TimeoutError(f"{len(self._received)} of {count} deliveries arrived")
            return list(self._received)

    def __enter__(self) -> Receiver:
        self._served.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._served.stop()

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        received = Received(request.url.path, request.url.query, dict(request.headers), await request.body())
        with self._arrived:
            self._received.append(received)
            self._arrived.notify_all()
        headers = {"location": f"{self._served.url}/elsewhere"} if 300 <= self.status < 400 else {}
        await Response(status_code=self.status, headers=headers)(scope, receive, send)
