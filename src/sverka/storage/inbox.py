"""Verified notices, kept as they came: proof that a bell did ring."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, distinct, func, insert, select

from sverka.ports.notices import Notice, Subject
from sverka.storage.database import many
from sverka.storage.tables import inbox


def add(connection: Connection, name: str, notices: Sequence[Notice], now: datetime) -> None:
    """Keep the notices a connection has received."""
    rows = [
        {
            "received_at": now,
            "connection": name,
            "subject": notice.subject.value,
            "external_id": notice.id,
            "event": notice.event,
            "stamp": notice.stamp,
        }
        for notice in notices
    ]
    many(connection, insert(inbox), rows)


def count(connection: Connection, name: str, subject: Subject, since: datetime) -> int:
    """Return of how many things of a kind a connection has told since a moment, each counted once."""
    told = (inbox.c.received_at >= since, inbox.c.connection == name, inbox.c.subject == subject.value)
    return connection.scalar(select(func.count(distinct(inbox.c.external_id))).where(*told)) or 0
