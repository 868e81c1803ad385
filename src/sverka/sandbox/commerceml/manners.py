"""How an engine behaves in its exchange, and the ways in which one goes wrong."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass
class Manners:
    """Switches of one shop.

    `step` is how many orders one query shows, 0 for all; `limit` is a file's piece in bytes, 0 for whole files; with
    `appends` off the last piece alone is kept. `declares` and `sends` are the charsets its files say they are in and
    are in; `sends` empty means as declared. `takes_statuses` is 1C-Bitrix's option to change statuses by data from 1C.
    `has_crm` and `has_info` are what only 1C-Bitrix has; `has_ids` tells whether statuses have ids beside their names.
    `prefix` stands before an order's id, and `profile` names the order properties that are exported, by code. `takes`
    is how files of 1C are taken in: by `import`, by their last `file` as old exchanges do, or `never`. With `ends` a
    `success` ends what `init` began, and files need another `init`.
    """

    zips: bool = True
    limit: int = 204_800
    step: int = 0
    bom: bool = False
    declares: str = "windows-1251"
    sends: str = ""
    takes_statuses: bool = True
    has_crm: bool = True
    has_info: bool = True
    has_ids: bool = True
    appends: bool = True
    takes: str = "import"
    ends: bool = False
    prefix: str = ""
    newest: str = "3.1"
    profile: dict[str, str] = field(default_factory=lambda: {"PAPER": "Бумага", "UTM_SOURCE": "UTM_SOURCE"})

    def plain(self) -> None:
        """Behave as the exchange module of another engine does: schema 2.05 and orders, and not a thing more."""
        self.zips, self.bom, self.declares, self.newest = False, True, "UTF-8", "2.05"
        self.has_crm = self.has_info = self.has_ids = False
        self.prefix = "wc1c#order#"


class Trouble(StrEnum):
    """What an exchange answers instead of what it should; all with HTTP 200, as they do."""

    LOGIN_PAGE = "login_page"
    FAILURE = "failure"
    LOST_SESSION = "lost_session"
    CUT = "cut"
    BOMB = "bomb"
    EMPTY = "empty"
    PHP_WARNING = "php_warning"


@dataclass
class _Ordered:
    kind: Trouble
    mode: str
    left: int


class Troubles:
    """A queue of troubles for coming calls; safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ordered: list[_Ordered] = []

    def order(self, kind: str, mode: str, times: int = 1) -> None:
        """Spoil the next `times` calls of a mode; ValueError for an unknown kind."""
        with self._lock:
            self._ordered.append(_Ordered(Trouble(kind), mode, times))

    def take(self, mode: str) -> Trouble | None:
        """Return the trouble of this call, counted as used; None for an honest answer."""
        with self._lock:
            found = next((one for one in self._ordered if one.mode == mode), None)
            if found is None:
                return None
            found.left -= 1
            if found.left <= 0:
                self._ordered.remove(found)
            return found.kind

    def clear(self) -> None:
        """Forget all that was ordered."""
        with self._lock:
            self._ordered.clear()
