"""Servers that stand for the whole run, and the one clock and the dispatcher of a world over HTTP."""

import atexit
from datetime import datetime
from functools import cache

from starlette.types import ASGIApp, Receive, Scope, Send

from sverka.domain.ids import OfficeName
from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.serve import Served


class Moments(VirtualClock):
    """The one clock of the hub and of all sandboxes."""

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def reach(self, moment: datetime) -> None:
        """Move on to a moment, or stay where it is past already."""
        self.advance(max(0.0, (moment - self.now()).total_seconds()))


class Unlimited:
    """A budget that lets everything pass at once."""

    def take(self, portal: str, rate: float, burst: int) -> float:
        """Let it pass."""
        return 0.0


class Woken:
    """A dispatcher that only remembers who was woken: the test runs the waves."""

    def __init__(self) -> None:
        self.offices: list[OfficeName] = []

    def wake(self, office: OfficeName) -> None:
        self.offices.append(office)


class Standing:
    """A server that stands for the whole run, while what it serves is another application in every test."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None
        self.served = Served(self._serve)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None, "a request came while no world was there"
        await self.app(scope, receive, send)


@cache
def standing(name: str) -> Standing:
    """Return the server of a part of the world, started at the first call and stopped with the process."""
    made = Standing()
    made.served.start()
    atexit.register(made.served.stop)
    return made


class Lent:
    """A standing server in the place of a sandbox's own, so that its address is the same in every test."""

    def __init__(self, name: str, app: ASGIApp) -> None:
        self._standing = standing(name)
        self._app = app

    @property
    def url(self) -> str:
        return self._standing.served.url

    def start(self) -> None:
        if self._standing.served._thread is None:
            self._standing.served.start()
        self._standing.app = self._app

    def stop(self) -> None:
        """Close the port, as a test does that wants it closed."""
        self._standing.served.stop()

    def give_back(self) -> None:
        """Serve nothing more, at a test's end."""
        self._standing.app = None
