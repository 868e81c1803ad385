"""How far the sweeps have come: the newest moment each side has shown, never a reading of our clock."""

from datetime import datetime

from sqlalchemy import Connection, select

from sverka.storage.database import taking, upsert
from sverka.storage.tables import watermarks


def get(connection: Connection, name: str) -> datetime | None:
    """Return a connection's watermark, None before its first sweep."""
    return connection.scalar(select(watermarks.c.moment).where(watermarks.c.connection == name))


def put(connection: Connection, name: str, moment: datetime) -> None:
    """Move a connection's watermark."""
    connection.execute(
        upsert(connection, watermarks, ("connection",), taking("moment")), [{"connection": name, "moment": moment}]
    )
