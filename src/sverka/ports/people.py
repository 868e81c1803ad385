"""Back offices that can say who works there."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, runtime_checkable

from sverka.ports.backoffice import BackOffice, Person
from sverka.ports.guard import Guard, free


@runtime_checkable
class KnowsPeople(BackOffice, Protocol):
    """A back office whose employees can be looked up."""

    def people(self, ids: Collection[str], guard: Guard = free) -> Mapping[str, Person]:
        """Return the employees; one of whom the office may not speak has no key. Raises the problem it met."""

    def find_people(self, name: str) -> Sequence[Person]:
        """Return those who work there and whose name or position holds the words, all of them for an empty text."""
