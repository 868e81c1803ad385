"""One line of a profile: two fields, a way, a policy, a write mode, a converter."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from sverka.domain.mapping.convert import Converter, Plain
from sverka.domain.mapping.field import FieldType


class Way(StrEnum):
    """Where a field's changes travel."""

    BOTH = "<->"
    TO_OFFICE = "->"
    TO_STORE = "<-"


class Policy(StrEnum):
    """Who wins when both sides moved; there is no "newest wins", for two machines' clocks do not compare."""

    STORE_WINS = "store_wins"
    OFFICE_WINS = "office_wins"
    ASK = "ask"


class WriteMode(StrEnum):
    """How a value is laid over what the target holds."""

    OVERWRITE = "overwrite"
    IF_NEW = "if_new"
    IF_EMPTY = "if_empty"
    APPEND = "append"


class Side(StrEnum):
    """One of the two ledgers."""

    STORE = "store"
    OFFICE = "office"

    @property
    def other(self) -> "Side":
        """The ledger across."""
        return Side.OFFICE if self is Side.STORE else Side.STORE


@dataclass(frozen=True)
class FieldMapping:
    """Two fields that are kept in step. `key` names the line in the profile and in every baseline.

    `ignore_unmapped` passes over values without a counterpart instead of holding them. `heavy` fields are read
    from the back office only where they are needed, for they cost a command a record. `beside` names what a look has
    to bring along with the field. Where `one_in_store`, what is added to the back office's values takes the place of
    the store's only one. `notifies` are values whose arrival somebody is told of: the hub writes each at most once an
    order.
    """

    key: str
    store_field: str
    office_field: str
    way: Way = Way.BOTH
    policy: Policy = Policy.ASK
    write: WriteMode = WriteMode.OVERWRITE
    converter: Converter = field(default_factory=Plain)
    office_type: FieldType = FieldType.TEXT
    store_type: FieldType = FieldType.TEXT
    ignore_unmapped: bool = False
    heavy: bool = False
    beside: tuple[str, ...] = ()
    one_in_store: bool = False
    notifies: frozenset[str] = frozenset()

    @property
    def is_marked(self) -> bool:
        """Whether its items carry marks, so that each is the same one on both sides (K24)."""
        return self.office_type is FieldType.COMMENTS

    def allows(self, target: Side) -> bool:
        """Tell whether changes may travel to that side."""
        return self.way is Way.BOTH or (self.way is Way.TO_OFFICE) == (target is Side.OFFICE)

    def field_on(self, side: Side) -> str:
        """Return the field's key on that side."""
        return self.store_field if side is Side.STORE else self.office_field

    def type_on(self, side: Side) -> FieldType:
        """Return the field's type on that side."""
        return self.store_type if side is Side.STORE else self.office_type

    def fingerprint(self) -> str:
        """Return a short text that changes when fields, way, converter or value map do (K13).

        What stands before its colon changes with the two fields alone.
        """
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        fields, rule = (self.store_field, self.office_field), (self.way.value, self.converter.fingerprint())
        return ":".join(hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12] for parts in (fields, rule))
