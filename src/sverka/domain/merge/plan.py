"""What one visit will do to one binding: decided first, done after."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sverka.domain.commerce.value import Value
from sverka.domain.mapping.field_mapping import FieldMapping, Side
from sverka.domain.merge.binding import Pair
from sverka.domain.text import Text


class Why(StrEnum):
    """The reason a field is not simply in step, as it is kept and shown."""

    CONFLICT = "conflict"
    UNMAPPED = "unmapped"
    REFUSED = "refused"
    KEPT = "kept"
    MONEY = "money"
    BRAKE = "brake"
    GONE = "gone"
    WAITING = "waiting"
    GUARDED = "guarded"

    @property
    def asks(self) -> bool:
        """Whether a person has something to do about it: what is only kept differently may stay so."""
        return self is not Why.KEPT

    @property
    def is_decided_by_sides(self) -> bool:
        """Whether a person answers it by saying which side is right."""
        return self in (Why.CONFLICT, Why.GUARDED)


@dataclass(frozen=True)
class Change:
    """A value to be written to one side. `rule` says which rule decided, for the journal.

    `along` are fields without a mapping that have to be written with it. One that `is_guarded` would lead back: it is
    shown and not made, unless another change of the same field overtakes it.
    """

    mapping: FieldMapping
    side: Side
    value: Value
    old: Value
    rule: str
    along: Mapping[str, Value] = field(default_factory=dict)
    is_guarded: bool = False

    @property
    def field(self) -> str:
        """The field's key on the side that is written."""
        return self.mapping.field_on(self.side)

    @property
    def notifies(self) -> bool:
        """Whether somebody is told when the value arrives."""
        return self.value in self.mapping.notifies


@dataclass(frozen=True)
class Difference:
    """A field that stays different, with its reason; the baseline stays too, so nothing is lost."""

    key: str
    why: Why
    store: Value
    office: Value
    text: Text


@dataclass
class Plan:
    """The outcome of one merge: agreed pairs, changes to make, differences to show.

    `passed` are changes that another one of the same field has overtaken: with it they count as made.
    """

    agreed: dict[str, Pair] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    passed: list[Change] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    @property
    def is_idle(self) -> bool:
        """Whether nothing has to be written."""
        return not self.changes
