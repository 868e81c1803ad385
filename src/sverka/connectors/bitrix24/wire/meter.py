"""What methods cost in computing time, as the portal tells it, and which of them must rest."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sverka.connectors.bitrix24.wire import problems
from sverka.domain.errors import Later
from sverka.ports.clock import Clock
from sverka.ports.storage import Lane

SPARED = 240.0
"""Seconds of a method's window that a backfill may use up: half of what portals allow, the rest is for live orders."""


class Meter:
    """Counters a method. A portal need not tell them, and a box does not: then nothing rests before a refusal."""

    def __init__(self, clock: Clock) -> None:
        """Begin with nothing known."""
        self._clock = clock
        self.operating: dict[str, float] = {}
        self._took: dict[str, float] = {}
        self._resets: dict[str, datetime] = {}
        self._blocked: dict[str, datetime] = {}

    def stands(self, method: str, host: str, lane: Lane = Lane.LIVE) -> Later | None:
        """Return what stands in a method's way: its time is used up, or the rest of it is not for a backfill."""
        until = self._blocked.get(method)
        if until is None and lane is Lane.BACKFILL and self.operating.get(method, 0.0) >= SPARED:
            until = self._resets.get(method)
        if until is None:
            return None
        pause = until - self._clock.now()
        if pause > timedelta():
            return problems.blocked(host, method, pause)
        self._blocked.pop(method, None)
        return None

    def refused(self, method: str, host: str) -> Later:
        """Let a method rest whose time is used up: until the window moves as last told, else for a whole window."""
        now = self._clock.now()
        longest = now + problems.LONGEST_BLOCK
        told = self._resets.get(method, longest)
        until = self._blocked[method] = min(told, longest) if told > now else longest
        return problems.blocked(host, method, until - now)

    def took(self, method: str) -> float:
        """Return how many seconds a command of this method has lately taken, 0 before the first."""
        return self._took.get(method, 0.0)

    def note(self, method: str, told: Mapping[str, Any]) -> None:
        """Take the `time` of an answer."""
        operating, reset, finish, took = (
            _seconds(told.get(name)) for name in ("operating", "operating_reset_at", "finish", "duration")
        )
        if took is not None:
            self._took[method] = took if method not in self._took else (self._took[method] * 3 + took) / 4
        if operating is not None:
            self.operating[method] = operating
        if reset and finish and reset > finish:
            # Both moments are the portal's own, so that its clock need not agree with ours.
            self._resets[method] = self._clock.now() + timedelta(seconds=reset - finish)


def _seconds(raw: Any) -> float | None:
    try:
        return float(raw)
    except (TypeError, ValueError):
        return None
