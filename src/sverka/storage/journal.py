"""The story of every order, a line at a time."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, case, func, insert, or_, select

from sverka.domain.ids import OrderRef, ProfileName
from sverka.ports.journal import Event, JournalLine
from sverka.storage.codec import line_of, line_row, of_orders, order_of
from sverka.storage.database import many, read, write
from sverka.storage.tables import journal


class Journal:
    """The journal, for the doors."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def timeline(self, order: OrderRef) -> Sequence[JournalLine]:
        """Return an order's lines in the order they were written."""
        ours = (journal.c.store == order.store) & (journal.c.order_id == order.id)
        statement = select(*journal.c).where(ours).order_by(journal.c.id)
        return read(self._engine, lambda connection: [line_of(row) for row in connection.execute(statement)])

    def tail(self, limit: int = 100) -> Sequence[JournalLine]:
        """Return the last lines of all, oldest of them first."""
        statement = select(*journal.c).order_by(journal.c.id.desc()).limit(limit)
        return read(self._engine, lambda connection: [line_of(row) for row in connection.execute(statement)][::-1])

    def moves(
        self,
        order: OrderRef | None = None,
        profile: ProfileName | None = None,
        since: datetime | None = None,
        field: str = "",
        limit: int = 1000,
    ) -> Sequence[JournalLine]:
        """Return the last values that were written, oldest of them first, as far as they meet what is given.

        A profile's are those of the facets that its document describes, too.
        """
        wanted = [journal.c.event == Event.WROTE.value]
        if order is not None:
            wanted += [journal.c.store == order.store, journal.c.order_id == order.id]
        if profile is not None:
            facets = journal.c.profile.startswith(f"{profile}:", autoescape=True)
            wanted.append(or_(journal.c.profile == profile, facets))
        if since is not None:
            wanted.append(journal.c.at >= since)
        if field:
            wanted.append(journal.c.field == field)
        statement = select(*journal.c).where(*wanted).order_by(journal.c.id.desc()).limit(limit)
        return read(self._engine, lambda connection: [line_of(row) for row in connection.execute(statement)][::-1])

    def write(self, lines: Sequence[JournalLine]) -> None:
        """Add lines that belong to no wave: a profile applied, a forged notice."""
        write(self._engine, lambda connection: add(connection, lines))

    def newest(self) -> int:
        """Return the id of the newest line, 0 where there is none."""
        return read(self._engine, newest)


def newest(connection: Connection) -> int:
    """Return the id of the newest line, 0 where there is none; it never falls but by a restore from a backup."""
    return connection.scalar(select(func.max(journal.c.id))) or 0


def add(connection: Connection, lines: Sequence[JournalLine]) -> None:
    """Add lines in this transaction."""
    many(connection, insert(journal), [line_row(line) for line in lines])


def equal_writes(
    connection: Connection, orders: Collection[OrderRef], since: datetime
) -> dict[tuple[OrderRef, ProfileName, str, str], int]:
    """Count the writes of equal values since a moment, that moment included (K21)."""
    columns = (journal.c.store, journal.c.order_id, journal.c.profile, journal.c.field, journal.c.value_key)
    wrote = (journal.c.event == Event.WROTE.value, journal.c.at >= since, journal.c.profile.is_not(None))
    return {
        (order_of(row), ProfileName(row.profile), row.field, row.value_key): row.amount
        for condition in of_orders(journal, orders)
        for row in connection.execute(
            select(*columns, func.count().label("amount")).where(condition, *wrote).group_by(*columns)
        )
    }


def count_writes(connection: Connection, profile: ProfileName, since: datetime, often: int) -> tuple[int, int]:
    """Count the fields of existing records and orders written under a profile since a moment; and those written again.

    The second number counts the writes past so many (`often`) to one field of one order.
    """
    wrote = (journal.c.event == Event.WROTE.value, journal.c.at >= since, journal.c.rule != "birth")
    one = (journal.c.store, journal.c.order_id, journal.c.field)
    times = select(func.count().label("n")).where(journal.c.profile == profile, *wrote).group_by(*one).subquery()
    again = case((times.c.n > often, times.c.n - often), else_=0)
    total, repeated = connection.execute(select(func.sum(times.c.n), func.sum(again))).one()
    return int(total or 0), int(repeated or 0)
