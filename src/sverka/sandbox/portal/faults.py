"""Bad manners on order: what the next requests meet instead of, or on top of, the right answer."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, get_args

Kind = Literal["html", "error", "redirect", "slow", "truncate", "close", "drop", "refuse"]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass
class Fault:
    """One order for bad manners, used up after `times` requests it fits.

    `method` is a pattern (`crm.item.*`) that the request's method, or one of a batch's commands, must fit; "" fits all.
    Kinds: `html` and `error` answer `status` without running anything (a page, or JSON with `code`); `redirect` is a
    302 to `location`; `slow` runs, then waits `seconds` of real time; `truncate` runs and sends half of the answer;
    `close` runs (of a batch only the first `commands`, when given) and resets the connection; `drop` resets it without
    running; `refuse` fails the commands whose key is in `keys` or whose method fits `method`, with `status` and `code`.
    """

    kind: Kind
    times: int = 1
    method: str = ""
    status: int = 503
    code: str = "INTERNAL_SERVER_ERROR"
    description: str = "Internal server error"
    location: str = ""
    seconds: float = 1.0
    commands: int | None = None
    keys: tuple[str, ...] = ()

    def fits(self, method: str) -> bool:
        """Tell whether a method fits the pattern."""
        return not self.method or fnmatchcase(method, self.method)

    def refuses(self, key: str, method: str) -> bool:
        """Tell whether this command of a batch is to fail."""
        return self.kind == "refuse" and (key in self.keys if self.keys else self.fits(method))


class Faults:
    """The orders that are not used up yet, oldest first; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Order a fault; ValueError for a kind that does not exist."""
        if fault.kind not in KINDS:
            raise ValueError(f"no fault {fault.kind!r}: choose from {', '.join(KINDS)}")
        with self._lock:
            self._waiting.append(fault)

    def take(self, methods: list[str], keys: set[str]) -> Fault | None:
        """Return the fault this request meets, using it up once; `methods` are its own and its commands'."""
        with self._lock:
            for fault in self._waiting:
                if any(fault.fits(method) for method in methods) and (not fault.keys or keys & set(fault.keys)):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._waiting.remove(fault)
                    return fault
            return None

    def clear(self) -> None:
        """Call off every fault."""
        with self._lock:
            self._waiting.clear()
