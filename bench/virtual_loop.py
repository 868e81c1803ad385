"""An asyncio loop on a virtual clock: it never waits for a timer, and always for answers that are on their way."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from world import Clock

GRACE = 0.004
"""Real seconds in which the rest of an answer may still come in before virtual time moves on."""


TICK = 1e-6
"""The finest step of a virtual clock: a shorter wait would never end."""


class _Selector(selectors.DefaultSelector):
    """Waits for sockets as ever; where only timers are left, it lets the virtual time pass instead."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.under_way = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready, within `timeout` virtual seconds."""
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(0.05 if self.under_way else GRACE)
        if not ready and not self.under_way:
            self._clock.sleep(timeout + TICK)
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Clock) -> None:
        self.waits = _Selector(clock)
        self._clock = clock
        super().__init__(self.waits)

    def time(self) -> float:
        """Return the virtual moment, in seconds."""
        return self._clock.now().timestamp()


def run(clock: Clock, work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end, its sleeps on the virtual clock; `session` of the same loop counts what is sent."""
    with runner(clock) as one:
        return one.run(work)


def runner(clock: Clock) -> asyncio.Runner:
    """Return what runs coroutines one after the other, all on one loop."""
    return asyncio.Runner(loop_factory=lambda: _Loop(clock))


def session() -> aiohttp.ClientSession:
    """Return a session that tells the running loop when a request is under way."""
    waits = asyncio.get_running_loop().waits  # type: ignore[attr-defined]
    trace = aiohttp.TraceConfig()

    async def sent(*_: Any) -> None:
        waits.under_way += 1

    async def ended(*_: Any) -> None:
        waits.under_way -= 1

    trace.on_request_start.append(sent)
    trace.on_response_chunk_received.append(ended)  # once, when the whole body is there
    trace.on_request_exception.append(ended)
    return aiohttp.ClientSession(raise_for_status=True, trust_env=True, trace_configs=[trace])
