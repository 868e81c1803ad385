"""How often one may knock at the doors for bells; each process counts by itself, for a bell must cost nothing."""

import threading
from collections.abc import Callable
from time import monotonic

WRONG = (30, 1.0)
"""How many knocks with a wrong key an address has, and how many come back a second."""

RIGHT = (20_000, 1000.0)
"""The same for bells of one connection: what a door takes, so that a shop's own flood is never refused, for one that is
refused too often switches its webhook off. What is refused is not lost: both sides are asked what changed as well."""

READING = (10, 1.0)
"""How often the vault is opened because a key fits no connection: perhaps one is new, more likely a stranger knocks."""

_MOST = 10_000
"""How many names are remembered; beyond, those that have knocked least are forgotten."""


class Knocks:
    """Leaky buckets by name."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        """Take a clock of seconds."""
        self._now = now
        self._full_until: dict[str, float] = {}
        self._lock = threading.Lock()

    def is_too_many(self, name: str, bound: tuple[int, float]) -> bool:
        """Count a knock, and tell whether it is one too many; such a one is not counted."""
        burst, rate = bound
        with self._lock:
            now = self._now()
            until = max(now, self._full_until.get(name, now)) + 1 / rate
            if until - now > burst / rate:
                return True
            if len(self._full_until) >= _MOST:
                self._forget(now)
            self._full_until[name] = until
            return False

    def _forget(self, now: float) -> None:
        kept = sorted((until, name) for name, until in self._full_until.items() if until > now)
        self._full_until = {name: until for until, name in kept[-_MOST // 2 :]}
