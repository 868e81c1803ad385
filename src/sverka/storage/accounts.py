"""Who waits, and how long bells took: what a report reads of the hub's memory."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, func, select

from sverka.domain.ids import OfficeName, OrderRef, StoreName
from sverka.ports.journal import Event
from sverka.storage.codec import of_orders, order_of
from sverka.storage.database import read
from sverka.storage.tables import inbox, journal, visits

_WRITTEN = {Event.WROTE.value, Event.BOUND.value}
_NOTHING_TO_WRITE = {Event.ECHO.value, Event.HELD.value, Event.RELEASED.value}


class SqlAccounts:
    """The reports' part of the storage."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def waiting(self, office: OfficeName, orders: Collection[OrderRef]) -> set[OrderRef]:
        """Return those of the orders that have a row of any state for the office."""
        return read(self._engine, lambda connection: _waiting(connection, office, orders))

    def orders_waiting(self) -> int:
        """Return how many orders have a row of any state, for whichever office."""
        ours = select(visits.c.store, visits.c.order_id).distinct().subquery()
        return read(self._engine, lambda connection: connection.scalar(select(func.count()).select_from(ours)) or 0)

    def oldest(self, store: StoreName, office: OfficeName) -> datetime | None:
        """Return the earliest moment a row between the two is due."""
        ours = (visits.c.store == store) & (visits.c.office == office)
        statement = select(func.min(visits.c.due_at)).where(ours)
        found: datetime | None = read(self._engine, lambda connection: connection.scalar(statement))
        return found

    def heard(self, connection: str) -> datetime | None:
        """Return when a connection's newest bell that is still kept came, None where there is none."""
        statement = select(func.max(inbox.c.received_at)).where(inbox.c.connection == connection)
        found: datetime | None = read(self._engine, lambda transaction: transaction.scalar(statement))
        return found

    def lags(self, store: StoreName, office: OfficeName, since: datetime, until: datetime) -> Sequence[timedelta]:
        """Return the lengths from bells to writes of that time, in the order of the writes."""
        return read(self._engine, lambda connection: _lags(connection, store, office, since, until))


def _waiting(connection: Connection, office: OfficeName, orders: Collection[OrderRef]) -> set[OrderRef]:
    columns = (visits.c.store, visits.c.order_id)
    return {
        order_of(row)
        for condition in of_orders(visits, orders)
        for row in connection.execute(select(*columns).where(condition, visits.c.office == office))
    }


def _lags(
    connection: Connection, store: StoreName, office: OfficeName, since: datetime, until: datetime
) -> list[timedelta]:
    ours = (journal.c.store == store, journal.c.office == office, journal.c.at >= since, journal.c.at < until)
    told = journal.c.event.in_({Event.RANG.value, *_WRITTEN, *_NOTHING_TO_WRITE})
    statement = select(journal.c.order_id, journal.c.event, journal.c.at).where(*ours, told).order_by(journal.c.id)
    rang: dict[str, datetime] = {}
    found: list[timedelta] = []
    for row in connection.execute(statement):
        if row.event == Event.RANG.value:
            rang.setdefault(row.order_id, row.at)
        elif (begun := rang.pop(row.order_id, None)) is not None and row.event in _WRITTEN:
            found.append(row.at - begun)
    return found
