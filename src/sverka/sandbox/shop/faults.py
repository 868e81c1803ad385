"""Bad answers on demand: what hosting, proxies and firewalls do to an online store's API."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Fault(StrEnum):
    """One way for a call to go wrong; the last four happen after the store has done what was asked.

    `LOGIN_PAGE` is a page with 200 where an answer should be, `ERROR_200` a refusal under 200, `REPEATED` the answer to
    the call before of the same operation. `BOM` and `PHP_WARNING` stand before a whole answer.
    """

    HTML_503 = "html_503"
    LOGIN_PAGE = "login_page"
    ERROR_200 = "error_200"
    REPEATED = "repeated"
    JSON_503 = "json_503"
    TOO_MANY = "429"
    UNAUTHORIZED = "401"
    REDIRECT = "302"
    BOM = "bom"
    PHP_WARNING = "php_warning"
    TRUNCATED = "truncated"
    CLOSED_AFTER_COMMIT = "closed_after_commit"


@dataclass
class _Armed:
    kind: Fault
    left: int
    on: str
    skip: int


class Faults:
    """A queue of faults for coming calls; safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []

    def arm(self, kind: str, times: int = 1, on: str = "", skip: int = 0) -> None:
        """Spoil the next `times` calls whose operation contains `on`, after letting `skip` of them through.

        `kind` is a `Fault` or its value; ValueError for an unknown one.
        """
        armed = _Armed(Fault(kind), times, on, skip)
        with self._lock:
            self._armed.append(armed)

    def clear(self) -> None:
        """Forget every armed fault."""
        with self._lock:
            self._armed.clear()

    def take(self, operation: str) -> Fault | None:
        """Return the fault for this call, counted as used; None for an honest answer."""
        with self._lock:
            for armed in self._armed:
                if armed.on not in operation:
                    continue
                if armed.skip > 0:
                    armed.skip -= 1
                    continue
                armed.left -= 1
                if armed.left <= 0:
                    self._armed.remove(armed)
                return armed.kind
        return None


@dataclass(frozen=True)
class LoggedCall:
    """One API call as the store saw it; `operation` carries no secret, `status` is what the store itself answered."""

    at: datetime
    operation: str
    status: int
    fault: str | None


class RequestLog:
    """Every API call in order of arrival; control calls are not in it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[LoggedCall] = []

    def add(self, call: LoggedCall) -> None:
        """Remember a finished call."""
        with self._lock:
            self._calls.append(call)

    def calls(self) -> list[LoggedCall]:
        """Return a copy of the whole log, oldest first."""
        with self._lock:
            return list(self._calls)

    def count(self, operation: str = "") -> int:
        """How many calls were made whose operation is `operation`; all of them when it is empty."""
        return sum(1 for call in self.calls() if operation in {"", call.operation})

    def counts(self) -> dict[str, int]:
        """Return calls per operation, such as {"sale.order.get": 3}."""
        result: dict[str, int] = {}
        for call in self.calls():
            result[call.operation] = result.get(call.operation, 0) + 1
        return result

    def clear(self) -> None:
        """Start counting anew."""
        with self._lock:
            self._calls.clear()
