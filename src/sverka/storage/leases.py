"""Work that one process does for all: it is held until a moment, and then anybody's, for its holder may have died."""

from datetime import datetime

from sqlalchemy import Connection, update

from sverka.storage.database import upsert
from sverka.storage.tables import START, leases


def hold(connection: Connection, name: str, holder: str, now: datetime, until: datetime) -> bool:
    """Take a lease, or keep one's own for longer; False where another holds it."""
    connection.execute(upsert(connection, leases, ("name",)), [{"name": name, "holder": "", "until": START}])
    mine = (leases.c.until <= now) | (leases.c.holder == holder)
    taken = update(leases).where(leases.c.name == name, mine).values(holder=holder, until=until)
    return connection.execute(taken).rowcount == 1


def let_go(connection: Connection, holder: str | None = None) -> None:
    """Let go of all that somebody holds; without a name, of all that anybody does."""
    held = update(leases).values(until=START)
    connection.execute(held if holder is None else held.where(leases.c.holder == holder))
