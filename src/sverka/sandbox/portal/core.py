"""What every method works with: the portal's data, switches and clock, and the way to fire an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sverka.sandbox.clock import Clock
from sverka.sandbox.portal.index import Index
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.settings import Settings
from sverka.sandbox.portal.state import State


@dataclass
class Event:
    """Something that happened: `fields` travels as `data[FIELDS]`; outgoing webhooks miss `app_only` ones."""

    name: str
    fields: dict[str, str]
    app_only: bool = False


def _nobody(event: Event) -> None:
    del event


@dataclass
class Core:
    """One portal's inside; methods read and change `state` under the portal's lock."""

    settings: Settings
    clock: Clock
    state: State = field(default_factory=State)
    index: Index = field(default_factory=Index)
    emit: Callable[[Event], None] = _nobody

    def now(self) -> datetime:
        """Return the present moment in whole seconds, as records keep it."""
        return self.clock.now().replace(microsecond=0)


@dataclass(frozen=True)
class Reply:
    """A successful answer: the result, and for lists how many there are and where the next page starts."""

    result: Any
    total: int | None = None
    next: int | None = None


Handler = Callable[[Core, int, Params], Reply]


@dataclass(frozen=True)
class Method:
    """One REST method; `run` gets the core, the id of the user it acts as, and the parameters."""

    name: str
    run: Handler | None
    scope: str = "crm"
    required: tuple[str, ...] = ()
    writes: bool = False
    classic: bool = False
    app_only: bool = False


PAGE = 50


def page(rows: list[Any], start: int | None) -> tuple[list[Any], int, int | None]:
    """Return one page of rows, the total and the start of the next page; start -1 counts nothing and has no next."""
    if start == -1:
        return rows[:PAGE], 0, None
    offset = max(start or 0, 0)
    following = offset + PAGE
    return rows[offset:following], len(rows), following if following < len(rows) else None
