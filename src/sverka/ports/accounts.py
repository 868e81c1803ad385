"""What a report asks of the storage beside what a wave does: who waits, since when, and how long bells took."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sverka.domain.ids import OfficeName, OrderRef, StoreName


class Accounts(Protocol):
    """The hub's memory, as a report sees it."""

    def waiting(self, office: OfficeName, orders: Collection[OrderRef]) -> set[OrderRef]:
        """Return those of the orders that wait for the office, or are being looked at now."""

    def oldest(self, store: StoreName, office: OfficeName) -> datetime | None:
        """Return since when the oldest waiting visit between the two is due, None where nothing waits."""

    def lags(self, store: StoreName, office: OfficeName, since: datetime, until: datetime) -> Sequence[timedelta]:
        """Return how long it took from the first bell to what was written for it, bell by bell, as the journal has it.

        A bell after which nothing had to be written has no length.
        """
