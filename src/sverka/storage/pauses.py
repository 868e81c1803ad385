"""What a person, or a problem only a person can solve, has stopped: profiles and connections, each with its reason."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, func, select

from sverka.domain.text import Text
from sverka.storage.database import taking, upsert
from sverka.storage.tables import pauses

What = Literal["profile", "connection", "trouble"]
"""What a row is about; a connection in trouble is not stopped, it only does not answer for now."""


def put(connection: Connection, what: What, name: str, text: Text, since: datetime) -> None:
    """Stop something; what was stopped already keeps the newer reason."""
    columns = {"text_en": text.en, "text_ru": text.ru, "since": since}
    statement = upsert(connection, pauses, ("what", "name"), taking(*columns))
    connection.execute(statement, [{"what": what, "name": name, **columns}])


def note(connection: Connection, what: What, name: str, text: Text, since: datetime) -> None:
    """Keep a reason with the moment it was first met; one that stands already keeps its moment."""
    columns = {"text_en": text.en, "text_ru": text.ru}
    statement = upsert(connection, pauses, ("what", "name"), taking(*columns))
    connection.execute(statement, [{"what": what, "name": name, "since": since, **columns}])


def lift(connection: Connection, what: What, name: str) -> bool:
    """Let something go on; False where it was not stopped."""
    ours = (pauses.c.what == what) & (pauses.c.name == name)
    return connection.execute(delete(pauses).where(ours)).rowcount > 0


def all_of(connection: Connection, what: What) -> dict[str, Text]:
    """Return the reasons by name."""
    rows = connection.execute(select(*pauses.c).where(pauses.c.what == what).order_by(pauses.c.name))
    return {row.name: Text(row.text_en, row.text_ru) for row in rows}


def count(connection: Connection, what: What) -> int:
    """Return how many are stopped."""
    return connection.scalar(select(func.count()).select_from(pauses).where(pauses.c.what == what)) or 0
