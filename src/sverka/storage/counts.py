"""How the hub stands, in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from sverka.domain.ids import OfficeName
from sverka.domain.merge.plan import Why
from sverka.ports.storage import Lane
from sverka.storage import bindings, conflicts, outbox, pauses, visits


@dataclass(frozen=True)
class Waiting:
    """How much waits for one office in one lane, and since when the oldest is due."""

    office: OfficeName
    lane: Lane
    visits: int
    oldest_due: datetime


@dataclass(frozen=True)
class Counts:
    """The state of the hub in numbers."""

    waiting: Sequence[Waiting]
    open_intents: int
    differences: Mapping[Why, int]
    bindings: int
    paused_profiles: int
    paused_connections: int

    @property
    def oldest_due(self) -> datetime | None:
        """The moment the longest-waiting visit became or becomes due, None where nothing waits."""
        return min((one.oldest_due for one in self.waiting), default=None)


def of(transaction: Connection) -> Counts:
    """Return the numbers of one moment."""
    return Counts(
        [
            Waiting(OfficeName(row.office), Lane(row.lane), row.amount, row.oldest)
            for row in visits.waiting_counts(transaction)
        ],
        outbox.count(transaction),
        conflicts.count_by_why(transaction),
        bindings.count(transaction),
        pauses.count(transaction, "profile"),
        pauses.count(transaction, "connection"),
    )
