"""Showings of systems that tell of a change once (the `Shelf` port)."""

import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from sverka.ports.shelf import Shown
from sverka.storage.database import many, read, taking, upsert, within, write
from sverka.storage.tables import shelf

_TAKEN = taking("body", "at")
_KEY = ("connection", "record")


class SqlShelf:
    """The shelf of one connection."""

    def __init__(self, engine: Engine, connection: str) -> None:
        """Take the connection's name."""
        self._engine = engine
        self._connection = connection

    def put(self, shown: Sequence[Shown]) -> None:
        """Keep what was shown; those that show the same again are left as they are."""
        newest = {one.id: one for one in shown}

        def work(transaction: Connection) -> None:
            kept = self._read(transaction, newest)
            fresh = [one for one in newest.values() if one.id not in kept or kept[one.id].body != one.body]
            rows = [
                {"connection": self._connection, "record": one.id, "body": zlib.compress(one.body), "at": one.at}
                for one in fresh
            ]
            many(transaction, upsert(transaction, shelf, _KEY, _TAKEN), rows)

        write(self._engine, work)

    def get(self, ids: Collection[str]) -> Mapping[str, Shown]:
        """Return what is kept of these records."""
        return read(self._engine, lambda transaction: self._read(transaction, ids))

    def since(self, moment: datetime | None) -> Iterator[tuple[str, datetime]]:
        """Yield id and moment of what has shown something new."""
        statement = select(shelf.c.record, shelf.c.at).where(shelf.c.connection == self._connection)
        if moment is not None:
            statement = statement.where(shelf.c.at >= moment)
        ordered = statement.order_by(shelf.c.at, shelf.c.record)
        rows = read(self._engine, lambda transaction: transaction.execute(ordered).all())
        for row in rows:
            yield row.record, row.at

    def _read(self, transaction: Connection, ids: Collection[str]) -> dict[str, Shown]:
        mine = select(shelf).where(shelf.c.connection == self._connection)
        return {
            row.record: Shown(row.record, zlib.decompress(row.body), row.at)
            for condition in within(shelf.c.record, ids)
            for row in transaction.execute(mine.where(condition))
        }
