"""What every method works with: the portal's data, switches and clock, and the way to fire an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sverka.sandbox.clock import Clock
from sverka.sandbox.portal.apps.store import Apps
from sverka.sandbox.portal.callers import Application, Caller
from sverka.sandbox.portal.crm.index import Index
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.settings import Settings
from sverka.sandbox.portal.state import State


@dataclass(frozen=True)
class Event:
    """Something that happened: `fields` travels as `data[FIELDS]`, or as `data` itself when `bare`.

    Outgoing webhooks miss `app_only` ones; with `to`, no other application hears of it. `caller` is who did it.
    """

    name: str
    fields: dict[str, Any]
    app_only: bool = False
    bare: bool = False
    caller: Caller = field(default_factory=Caller)
    to: Application | None = None


def _nobody(event: Event) -> None:
    del event


@dataclass
class Core:
    """One portal's inside as one caller meets it; methods read and change `state` under the portal's lock."""

    settings: Settings
    clock: Clock
    state: State = field(default_factory=State)
    index: Index = field(default_factory=Index)
    apps: Apps = field(default_factory=Apps)
    publish: Callable[[Event], None] = _nobody
    caller: Caller = field(default_factory=Caller)

    def now(self) -> datetime:
        """Return the present moment in whole seconds, as records keep it."""
        return self.clock.now().replace(microsecond=0)

    @property
    def is_administrator(self) -> bool:
        """Whether the caller is an administrator of the portal."""
        return self.state.users[self.caller.user_id].admin

    def acting(self, caller: Caller) -> Core:
        """Return the same portal for another caller."""
        return replace(self, caller=caller)

    def robot(self, user_id: int) -> Core:
        """Return the same portal for an automation rule that acts in an employee's name."""
        return self.acting(Caller(user_id, robot=True))

    def emit(self, event: Event) -> None:
        """Fire an event in the name of the caller."""
        self.publish(replace(event, caller=self.caller))


@dataclass(frozen=True)
class Reply:
    """A successful answer: the result, and for lists how many there are and where the next page starts."""

    result: Any
    total: int | None = None
    next: int | None = None


Handler = Callable[[Core, Params], Reply]


@dataclass(frozen=True)
class Method:
    """One REST method; `run` gets the core as its caller meets it, and the parameters.

    `app_only` ones refuse an incoming webhook, `admin_only` ones an employee who is no administrator.
    """

    name: str
    run: Handler | None
    scope: str = "crm"
    required: tuple[str, ...] = ()
    writes: bool = False
    classic: bool = False
    app_only: bool = False
    admin_only: bool = False


PAGE = 50


def page(rows: list[Any], start: int | None) -> tuple[list[Any], int, int | None]:
    """Return one page of rows, the total and the start of the next page; start -1 counts nothing and has no next."""
    if start == -1:
        return rows[:PAGE], 0, None
    offset = max(start or 0, 0)
    following = offset + PAGE
    return rows[offset:following], len(rows), following if following < len(rows) else None
