"""Bad manners on order: what the next requests meet instead of, or on top of, the right answer."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from random import Random
from typing import Any, Literal, get_args

from sverka.sandbox.clock import Clock, SystemClock

Kind = Literal["html", "error", "redirect", "slow", "truncate", "close", "drop", "refuse"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True)
class Fault:
    """One order for bad manners.

    `method` is a pattern (`crm.item.*`) that the request's method, or one of a batch's commands, must fit; "" fits all.
    Of the requests it fits, the first `after` get by; then `percent` of 100 are struck (None: each), until `times` were
    (None: one, or with a percentage no end). It strikes only between `since_seconds` and `until_seconds` of the
    portal's clock, counted from the order.

    Kinds: `html` and `error` answer `status` without running anything (a page, or JSON with `code`); `redirect` is a
    302 to `location`; `slow` runs, then waits `seconds` of real time; `truncate` runs and sends half of the answer;
    `close` runs (of a batch only the first `commands`, when given) and resets the connection; `drop` resets it without
    running; `refuse` fails the commands whose key is in `keys` or whose method fits `method`, with `status` and `code`.
    """

    kind: Kind
    times: int | None = None
    method: str = ""
    status: int = 503
    code: str = "INTERNAL_SERVER_ERROR"
    description: str = "Internal server error"
    location: str = ""
    seconds: float = 1.0
    commands: int | None = None
    keys: tuple[str, ...] = ()
    percent: float | None = None
    after: int = 0
    since_seconds: float = 0.0
    until_seconds: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}: choose from {', '.join(KINDS)}")
        if self.percent is not None and not 0 <= self.percent <= 100:
            raise ValueError(f"a percentage lies between 0 and 100, not at {self.percent}")

    def fits(self, method: str) -> bool:
        """Tell whether a method fits the pattern."""
        return not self.method or fnmatchcase(method, self.method)

    def refuses(self, key: str, method: str) -> bool:
        """Tell whether this command of a batch is to fail."""
        return self.kind == "refuse" and (key in self.keys if self.keys else self.fits(method))


@dataclass(eq=False)
class _Order:
    """A fault that waits: how many strikes are `left` (None: no end), how many fitting requests it has `met`."""

    fault: Fault
    left: int | None
    begun: datetime
    chance: Random = field(repr=False)
    met: int = 0

    def strikes(self, methods: list[str], keys: set[str], now: datetime) -> bool:
        """Tell whether this request is struck, counting it when it fits."""
        fault = self.fault
        if not any(fault.fits(method) for method in methods) or (fault.keys and not keys & set(fault.keys)):
            return False
        if now < self.begun + timedelta(seconds=fault.since_seconds) or self.over(now):
            return False
        self.met += 1
        return self.met > fault.after and (fault.percent is None or self.chance.random() * 100 < fault.percent)

    def over(self, now: datetime) -> bool:
        """Tell whether its time has passed."""
        last = self.fault.until_seconds
        return last is not None and now > self.begun + timedelta(seconds=last)


class Faults:
    """The orders that are not used up yet, oldest first; safe to use from several threads.

    Chance is drawn from `seed`, for each order by itself: the same orders and requests meet the same faults.
    """

    def __init__(self, clock: Clock | None = None, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._clock = clock or SystemClock()
        self._waiting: list[_Order] = []
        self._seed, self._ordered = seed, 0

    def seed(self, seed: int) -> None:
        """Draw the chance of orders to come from another seed."""
        with self._lock:
            self._seed, self._ordered = seed, 0

    def add(self, fault: Fault) -> None:
        """Order a fault."""
        with self._lock:
            self._ordered += 1
            chance = Random(f"{self._seed}:{self._ordered}")  # noqa: S311 - a chance to repeat, not a secret
            endless = fault.times is None and fault.percent is not None
            left = None if endless else fault.times or 1
            self._waiting.append(_Order(fault, left, self._clock.now(), chance))

    def take(self, methods: list[str], keys: set[str]) -> Fault | None:
        """Return the fault this request meets, using it up once; `methods` are its own and its commands'."""
        with self._lock:
            now = self._clock.now()
            self._waiting = [order for order in self._waiting if not order.over(now)]
            for order in self._waiting:
                if order.strikes(methods, keys, now):
                    if order.left is not None:
                        order.left -= 1
                        if order.left <= 0:
                            self._waiting.remove(order)
                    return order.fault
            return None

    def waiting(self) -> list[dict[str, Any]]:
        """Return what is still to come: kind, method, percent, and how many strikes are left (None: no end)."""
        with self._lock:
            return [
                {"kind": order.fault.kind, "method": order.fault.method, "percent": order.fault.percent,
                 "left": order.left, "met": order.met}
                for order in self._waiting
            ]  # fmt: skip

    def clear(self) -> None:
        """Call off every fault."""
        with self._lock:
            self._waiting.clear()
