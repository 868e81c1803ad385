"""Back offices whose records have pages that a person can open."""

from typing import Protocol, runtime_checkable

from sverka.domain.ids import RecordId
from sverka.ports.backoffice import BackOffice


@runtime_checkable
class HasPages(BackOffice, Protocol):
    """A back office that can say where a record is seen; nothing is asked for it."""

    def page_of(self, record: RecordId) -> str:
        """Return the address of a record's page."""
