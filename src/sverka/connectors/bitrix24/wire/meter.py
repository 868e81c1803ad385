"""What methods cost in computing time, as the portal tells it, and which of them must rest."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from typing import Any, Final

from sverka.connectors.bitrix24.wire import problems
from sverka.domain.errors import Later
from sverka.ports.clock import Clock
from sverka.ports.storage import Lane

LIMIT: Final = 480.0
"""Seconds one method may compute within ten minutes; a portal blocks it beyond them."""

SPARE: Final = 24.0
"""Seconds of a method's window left to live orders, beside as many as they have used in it."""

WINDOW: Final = timedelta(minutes=10)
"""What computing time is counted over, in baskets of a minute."""

_BASKET = timedelta(minutes=1)
_FADES: Final = 0.75
"""What is left of the weight of earlier answers with each new one."""


@dataclass
class _Window:
    """One method's last ten minutes: what is counted of us, by when it drops out, live orders' part, and of others."""

    own: dict[datetime, float] = field(default_factory=lambda: defaultdict(float))
    live: dict[datetime, float] = field(default_factory=lambda: defaultdict(float))
    others: float = 0.0

    def used(self, now: datetime) -> float:
        """Return what counts now; what others use is taken to stay."""
        return self.others + _kept(self.own, now)


class Meter:
    """Counters a method. A portal need not tell them, and a box does not: then nothing rests before a refusal."""

    def __init__(self, clock: Clock) -> None:
        """Begin with nothing known."""
        self._clock = clock
        self.operating: dict[str, float] = {}
        self._took: dict[str, tuple[float, float]] = {}
        self._windows: dict[str, _Window] = defaultdict(_Window)
        self._resets: dict[str, datetime] = {}
        self._blocked: dict[str, datetime] = {}

    def stands(self, method: str, host: str, lane: Lane = Lane.LIVE) -> Later | None:
        """Return what stands in a method's way: its time is used up, or the rest of it is not for a backfill."""
        until = self._blocked.get(method)
        if until is None and lane >= Lane.BACKFILL and self.left(method) <= 0:
            until = self.moves(method)
        if until is None:
            return None
        pause = until - self._clock.now()
        if pause > timedelta():
            return problems.blocked(host, method, pause)
        self._blocked.pop(method, None)
        return None

    def left(self, method: str) -> float:
        """Return how many seconds of a method's window a backfill may use now; boundless where nothing is told."""
        window = self._windows.get(method)
        if window is None or method not in self.operating:
            return inf
        now = self._clock.now()
        return LIMIT - SPARE - _kept(window.live, now) - window.used(now)

    def moves(self, method: str) -> datetime | None:
        """Return when a method's window next moves on, None where nothing is known to be in it."""
        now = self._clock.now()
        window = self._windows[method]
        known = [*window.own, *([self._resets[method]] if method in self._resets else [])]
        return min((moment for moment in known if moment > now), default=None)

    def refused(self, method: str, host: str) -> Later:
        """Let a method rest whose time is used up: until the window moves as last told, else for a whole window."""
        now = self._clock.now()
        longest = now + problems.LONGEST_BLOCK
        told = self._resets.get(method, longest)
        until = self._blocked[method] = min(told, longest) if told > now else longest
        return problems.blocked(host, method, until - now)

    @property
    def is_told(self) -> bool:
        """Whether the portal tells how much of its computing time is used up: a box does not count it."""
        return bool(self.operating)

    def knows(self, method: str) -> bool:
        """Tell whether the method has ever been answered."""
        return method in self._took

    def took(self, method: str) -> float:
        """Return how many seconds a command of this method has lately taken for each record, 0 before the first."""
        seconds, records = self._took.get(method, (0.0, 1.0))
        return seconds / records

    def note(self, method: str, told: Mapping[str, Any], weight: int = 1, lane: Lane = Lane.LIVE) -> None:
        """Take the `time` of an answer to a command about so many records."""
        operating, reset, finish, took = (
            _seconds(told.get(name)) for name in ("operating", "operating_reset_at", "finish", "duration")
        )
        seconds, records = self._took.get(method, (0.0, 0.0))
        self._took[method] = (seconds * _FADES + (took or 0.0), records * _FADES + weight)
        if reset and finish and reset > finish:
            # Both moments are the portal's own, so that its clock need not agree with ours.
            self._resets[method] = self._clock.now() + timedelta(seconds=reset - finish)
        if operating is not None:
            self.operating[method] = operating
            self._count(method, took or 0.0, operating, lane)

    def _count(self, method: str, took: float, operating: float, lane: Lane) -> None:
        now, window = self._clock.now(), self._windows[method]
        # Time is counted in baskets of a minute, whose beginnings the moment of the next drop tells.
        reset = self._resets.get(method, now + WINDOW)
        drops = reset + (now + WINDOW - reset) // _BASKET * _BASKET
        for counted in (window.own, window.live) if lane is Lane.LIVE else (window.own,):
            for moment in [moment for moment in counted if moment <= now]:
                del counted[moment]
            counted[drops] += took
        window.others = max(0.0, operating - _kept(window.own, now))


def _kept(counted: Mapping[datetime, float], now: datetime) -> float:
    return sum(seconds for moment, seconds in counted.items() if moment > now)


def _seconds(raw: Any) -> float | None:
    try:
        return float(raw)
    except (TypeError, ValueError):
        return None
