"""What a back office may be able to do that keeps more than deals."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from sverka.domain.kind import Kind
from sverka.domain.mapping.field import Field
from sverka.ports.backoffice import BackOffice
from sverka.ports.notices import Notice
from sverka.ports.store import Store


@runtime_checkable
class KeepsKinds(BackOffice, Protocol):
    """A back office whose records are of several kinds; without this it has deals alone."""

    def changed_kinds(self, moment: datetime | None, kinds: Collection[Kind]) -> Iterator[Notice]:
        """Yield what `changed_since` does, of these kinds of records."""

    def other_catalogues(self) -> Sequence[Field]:
        """Return the fields of records that are no deals, their kind and a colon before their keys."""


def whole_catalogue(side: Store | BackOffice) -> Sequence[Field]:
    """Return the fields of every kind of records a side has."""
    return [*side.catalogue(), *(side.other_catalogues() if isinstance(side, KeepsKinds) else ())]
