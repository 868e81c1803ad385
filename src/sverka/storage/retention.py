"""What was kept long enough goes, in steps so short that a bell hardly waits behind one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, Table, delete, func, select

from sverka.storage.database import write
from sverka.storage.people_tables import audit
from sverka.storage.tables import inbox, journal

STEP = 1000
"""How many rows of a table go in one transaction."""


def forget_before(engine: Engine, moment: datetime, acts: datetime | None = None) -> int:
    """Drop the journal's lines and the notices older than that moment, and acts older than theirs; return how many.

    The journal's newest line stays, whatever its age: the counter outside the database is compared with it (K20).
    """
    gone = 0
    while step := write(engine, lambda connection: _step(connection, moment, acts)):
        gone += step
    return gone


def _step(connection: Connection, moment: datetime, acts: datetime | None) -> int:
    newest = select(func.max(journal.c.id)).scalar_subquery()
    lines = select(journal.c.id).where(journal.c.at < moment, journal.c.id < newest)
    notices = select(inbox.c.id).where(inbox.c.received_at < moment)
    old = [(journal, lines), (inbox, notices)]
    if acts is not None:
        old.append((audit, select(audit.c.id).where(audit.c.at < acts)))
    return sum(_drop(connection, table, connection.scalars(rows.limit(STEP)).all()) for table, rows in old)


def _drop(connection: Connection, table: Table, ids: Sequence[int]) -> int:
    return connection.execute(delete(table).where(table.c.id.in_(ids))).rowcount
