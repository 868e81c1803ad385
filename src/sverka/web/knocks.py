"""How often one may knock at the doors for bells; counted in each process by itself, for a bell must cost next to nothing."""

import hmac
import threading
from collections.abc import Callable, Mapping
from time import monotonic

WRONG = (30, 1.0)
"""How many knocks with a wrong key an address has, and how many come back a second."""

RIGHT = (2000, 100.0)
"""The same for bells of one connection. What is refused here is not lost: both sides are asked what changed as well."""

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


class KeyRing:
    """The keys of the connections' addresses, read anew when they are old, or when a knock fits none of them.

    Reading them opens the vault, which a stranger's knocks must not make the hub do.
    """

    OLD, YOUNG = 5.0, 1.0
    """Seconds after which they are read anew in any case, and before which they are not, whoever knocks."""

    def __init__(self, keys: Callable[[], Mapping[str, str]], now: Callable[[], float] = monotonic) -> None:
        """Take what reads the keys by connection, and a clock of seconds."""
        self._read = keys
        self._now = now
        self._keys: Mapping[str, str] = {}
        self._read_at = float("-inf")

    def fits(self, connection: str, key: str) -> bool:
        """Tell whether it is that connection's key."""
        age = self._now() - self._read_at
        if age > self.OLD or (age > self.YOUNG and not self._is(connection, key)):
            self._keys, self._read_at = self._read(), self._now()
        return self._is(connection, key)

    def _is(self, connection: str, key: str) -> bool:
        return bool(key) and hmac.compare_digest(self._keys.get(connection, "").encode(), key.encode())
