"""Verified notices, kept as they came: proof that a bell did ring."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert

from sverka.ports.notices import Notice
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
