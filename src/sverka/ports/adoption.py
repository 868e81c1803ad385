"""Records that were there before the hub: what is asked to join orders to them."""

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol, runtime_checkable

from sverka.domain.commerce.value import Value
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.backoffice import BackOffice
from sverka.ports.guard import Guard


@runtime_checkable
class ListsRecords(BackOffice, Protocol):
    """A back office whose records can be walked through."""

    def all_records(self, where: Mapping[str, Value], fields: Collection[str], guard: Guard) -> Iterator[Snapshot]:
        """Yield every record whose fields are those of `where`, oldest first, with these fields and no others.

        Raises the problem that stopped the walk.
        """
