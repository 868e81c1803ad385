"""What belongs together, and the pair of values both sides showed when they last agreed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sverka.domain.commerce.value import Value, decode, encode
from sverka.domain.ids import OfficeName, OrderRef, ProfileName, RecordId
from sverka.domain.kind import Kind


class BindingState(StrEnum):
    """A binding is never deleted, it is released (K19); an awaited one was released, and is to be made anew."""

    BOUND = "bound"
    RELEASED = "released"
    AWAITED = "awaited"


@dataclass(frozen=True)
class Pair:
    """What each side showed; two values, never one shared (rule: remember what you saw)."""

    store: Value
    office: Value


@dataclass(frozen=True)
class Entry:
    """The memory of one mapped field: a pair, or `None` for forgotten (K5); no entry at all is first sight.

    `fingerprint` is the mapping's when the pair was taken; under another one the entry counts as forgotten (K13).
    """

    pair: Pair | None
    fingerprint: str

    def as_data(self) -> Any:
        """Return a JSON-able form."""
        if self.pair is None:
            return [self.fingerprint]
        return [self.fingerprint, encode(self.pair.store), encode(self.pair.office)]

    @classmethod
    def from_data(cls, data: Any) -> "Entry":
        """Return the entry that `as_data` was called on."""
        if len(data) == 1:
            return cls(None, data[0])
        return cls(Pair(decode(data[1]), decode(data[2])), data[0])


Baseline = Mapping[str, Entry]
"""The memory of a binding, by mapping key."""


@dataclass(frozen=True)
class Binding:
    """An order and a record that belong together, under one profile; `parties` are those the record hung on last."""

    id: int
    order: OrderRef
    profile: ProfileName
    office: OfficeName
    record: RecordId
    kind: Kind = Kind.DEAL
    state: BindingState = BindingState.BOUND
    baseline: Baseline = field(default_factory=dict)
    parties: tuple[str, ...] = ()
