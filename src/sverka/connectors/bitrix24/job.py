"""One write on its way to a portal: the commands it needs, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.commands import COMPANY, CONTACT, Command
from sverka.connectors.bitrix24.kinds import KINDS, RecordKind, kind_of
from sverka.connectors.bitrix24.parties.ids import entity_of, number_of
from sverka.connectors.bitrix24.parties.writing import Riding
from sverka.connectors.bitrix24.rows import lines
from sverka.connectors.bitrix24.wire.client import Answered, as_map
from sverka.connectors.bitrix24.wire.params import Param, Ref
from sverka.domain.commerce.comment import Comment
from sverka.domain.commerce.lines import Line
from sverka.domain.errors import Problem, Rejected, Unanswered
from sverka.ports.backoffice import RecordWrite


@dataclass
class Job:
    """One write on its way: its commands, and what became of them."""

    write: RecordWrite
    rides: Riding = field(default_factory=Riding)
    item: Command | None = None
    brought: dict[str, Param] | None = None
    rows: Sequence[Mapping[str, Param]] | None = None
    to_say: Sequence[Comment] = ()
    trace: str = ""
    refused: dict[str, Problem] = field(default_factory=dict)
    record: str = ""
    item_problem: Problem | None = None
    rows_problem: Problem | None = None
    said_problem: Problem | None = None
    lines: tuple[Line, ...] | None = None
    said: tuple[Comment, ...] | None = None
    has_put: bool = False
    shown: Mapping[str, Any] | None = None

    @property
    def kind(self) -> RecordKind:
        """The kind of the record."""
        if self.write.record is None and self.write.origin:
            return KINDS[self.write.origin.kind]
        return kind_of(self.write.record or "")

    @property
    def is_new(self) -> bool:
        """Whether the record is to be made."""
        return self.write.record is None

    @property
    def clears_rows(self) -> bool:
        """Whether a deal that has rows is to have none."""
        return not self.is_new and self.rows is not None and not self.rows

    @property
    def has_begun(self) -> bool:
        """Whether something of it was written before its batch."""
        return self.has_put or (self.clears_rows and self.lines is not None)

    @property
    def methods(self) -> Sequence[str]:
        """The methods its commands need."""
        return [
            *([self.item.method] if self.item else []),
            *([commands.IMPORT] if self.brought is not None else []),
            *([commands.SET_ROWS] if self.rows else []),
            *([commands.COMMENT] if self.to_say else []),
        ]

    @property
    def contacts(self) -> tuple[str, ...]:
        """The portal's own numbers of the contacts the record is to have."""
        return tuple(number_of(one) for one in self.write.contacts if entity_of(one) == CONTACT)

    @property
    def links(self) -> Mapping[str, Param]:
        """What binds a record to its contacts, its company and the record it hangs on, once it becomes the hub's."""
        if not self.write.origin:
            return {}
        companies = [number_of(one) for one in self.write.contacts if entity_of(one) == COMPANY]
        linked: dict[str, Param] = {"contactIds": self.contacts} if self.contacts else {}
        if self.write.parent:
            parent = kind_of(self.write.parent)
            linked[f"parentId{parent.entity}"] = parent.number_of(self.write.parent)
        return linked | ({"companyId": companies[0]} if companies else {})

    @property
    def size(self) -> int:
        """How many commands it needs at most, beside a share of one that makes records of the past."""
        said = len(self.to_say) + 1 if self.to_say else 0
        beside = said + bool(self.trace) + self.rides.size
        return (self.item is not None) + (self.rows is not None and not self.clears_rows) + beside

    def riders(self, owner: str | Ref) -> list[Command]:
        """Return the commands for its rows, which ride on the record."""
        if self.rows:
            return [commands.rows_set(self.kind.owner, owner, self.rows)]
        # A newborn without rows is asked for them all the same: a robot may have given it some.
        return [commands.rows_listed(self.kind.owner, owner)] if self.rows is not None and self.is_new else []

    def take(self, item: Answered | None, rider: Answered | None) -> None:
        """Take the answers to the record's own command and to that for its rows, where there were any."""
        self.item_problem = self.rows_problem = None
        if isinstance(item, Problem):
            self.item_problem = item
        elif item is not None and self.is_new:
            made = as_map(item.data).get("item")
            self.record = str(as_map(made).get("id") or "")
            if not self.record:
                self.item_problem = Unanswered()
        if isinstance(rider, Problem):
            self.rows_problem = rider
        elif rider is not None:
            try:
                self.lines = lines(rider.data)
            except Problem as problem:
                self.rows_problem = problem

    @property
    def problem(self) -> Problem:
        """Why nothing of it landed: what may pass by itself before what was refused."""
        why = [problem for problem in (self.item_problem, self.rows_problem, *self.refused.values()) if problem]
        return next((one for one in why if not isinstance(one, Rejected)), why[0] if why else Unanswered())

    @property
    def has_landed(self) -> bool:
        """Whether anything of it was taken by the portal."""
        if self.is_new:
            return self.item_problem is None
        rows_landed = self.rows is not None and self.rows_problem is None
        item_landed = self.item is not None and self.item_problem is None
        said_landed = bool(self.to_say) and self.said is not None
        return self.has_put or rows_landed or item_landed or said_landed or self.rides.has_landed(self.refused)
