"""What a system was seen to show, kept because it shows a thing only once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Shown:
    """A record as it was shown: its id, its body in the connector's own form, and when it was last seen to be new."""

    id: str
    body: bytes
    at: datetime


class Shelf(Protocol):
    """The newest showing of every record of one connection; each method is one transaction.

    For systems that tell of a change once and then count it as told: what they said survives a crash before they are
    told that it was taken.
    """

    def put(self, shown: Sequence[Shown]) -> None:
        """Keep what was shown in the place of earlier showings; the same body again keeps its earlier moment."""

    def get(self, ids: Collection[str]) -> Mapping[str, Shown]:
        """Return what is kept of these records; one that was never shown has no key."""

    def since(self, moment: datetime | None) -> Iterator[tuple[str, datetime]]:
        """Yield id and moment of every record that showed something new at or after the moment, oldest first."""
