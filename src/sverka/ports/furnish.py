"""What a side can be given that its records lack: options, fields, stages, statuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from sverka.domain.mapping.field import FieldType
from sverka.domain.text import Text
from sverka.ports.guard import Guard, free


@dataclass(frozen=True)
class NewField:
    """A field to be made, by the key the catalogue will have; `options` are the names of a list's options."""

    key: str
    label: Text
    type: FieldType = FieldType.TEXT
    many: bool = False
    options: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True)
class NewStage:
    """A stage of a funnel to be made, by the id a profile names it by; `is_failure` marks one of lost deals."""

    id: str
    name: str
    is_failure: bool = False


@runtime_checkable
class GrowsOptions(Protocol):
    """A back office whose lists can be given new options."""

    def options(self, field: str, guard: Guard) -> Mapping[str, str]:
        """Return the names of a field's options by id, as they are at this moment; raises the problem met."""

    def add_options(self, field: str, names: Sequence[str], guard: Guard) -> Mapping[str, str]:
        """Add those of the names that the field's options lack, and return all its options by id.

        It looks before it adds, and a request without an answer does not lead to a second option of that name when
        it is repeated. Raises `Rejected`, with what to do, where the office does not let the hub.
        """


@runtime_checkable
class FurnishesOffice(GrowsOptions, Protocol):
    """A back office that can be given fields and stages; harmless to repeat."""

    def where_fields_are_made(self, key: str) -> str:
        """Return the address where a person makes a field such as this by hand, empty where there is none."""

    def add_field(self, new: NewField, guard: Guard = free) -> None:
        """Make a field that holds one value or several, without obligation and out of the filter (R119).

        Raises `Rejected` with what to do.
        """

    def add_stage(self, new: NewStage, guard: Guard = free) -> None:
        """Make a stage at the end of the open ones of its funnel; raises `Rejected` with what to do."""


@runtime_checkable
class FurnishesStore(Protocol):
    """A store that can be given order statuses; harmless to repeat."""

    def add_status(self, id_: str, name: str, guard: Guard = free) -> None:
        """Make an order status; raises `Rejected` with what to do."""
