"""The hub's database, emptied between lives, and copied and put back within one."""

from typing import Any

from sqlalchemy import Engine, delete, insert, select, text

from sverka.domain.ids import OrderId, OrderRef, ProfileName, StoreName
from sverka.ports.clock import Clock
from sverka.storage.database import create
from sverka.storage.schema import migrate
from sverka.storage.sql_storage import SqlStorage
from sverka.storage.tables import metadata

_STOPPED = text("SELECT name FROM pauses WHERE what = :what")
_BEGUN = text(
    "SELECT store, order_id, profile FROM bindings WHERE state = 'awaited' "
    "UNION SELECT store, order_id, profile FROM intents WHERE kind = 'create_record'"
)
_KEY = b"7bJtC0mCzq9sT0b1wq6mZ0b1wq6mZ0b1wq6mZ0b1wq4="
"""A vault's key; nothing is sealed with it."""

Rows = dict[str, list[dict[str, Any]]]


class Database:
    """One migrated database for many lives, one after the other."""

    def __init__(self, url: str = "sqlite://") -> None:
        self.engine: Engine = create(url)
        migrate(self.engine)
        self._first = self._rows()
        self._copy: Rows | None = None

    def begin(self, clock: Clock) -> SqlStorage:
        """Return the storage of a new hub."""
        self._put(self._first)
        self._copy = None
        return SqlStorage(self.engine, clock, _KEY)

    def close(self) -> None:
        """Close the database."""
        self.engine.dispose()

    def stopped(self, what: str) -> set[str]:
        """Return the profiles or the connections that are stopped."""
        with self.engine.connect() as connection:
            return set(connection.execute(_STOPPED, {"what": what}).scalars())

    def back_up(self) -> None:
        """Copy all that is in it."""
        self._copy = self._rows()

    @property
    def is_backed_up(self) -> bool:
        """Whether there is a copy."""
        return self._copy is not None

    def restore(self) -> int:
        """Put the copy back, lose what came after it, and return the newest id its journal had come to."""
        assert self._copy is not None
        with self.engine.connect() as connection:
            newest = connection.execute(text("SELECT max(id) FROM journal")).scalar_one() or 0
        self._put(self._copy)
        return int(newest)

    def begun(self) -> list[tuple[OrderRef, ProfileName]]:
        """Return what the hub is about to make a record of, by its own tables."""
        with self.engine.connect() as connection:
            rows = connection.execute(_BEGUN).all()
        return [(OrderRef(StoreName(row[0]), OrderId(row[1])), ProfileName(row[2])) for row in rows]

    def _rows(self) -> Rows:
        with self.engine.connect() as connection:
            return {
                table.name: [dict(row._mapping) for row in connection.execute(select(*table.c))]
                for table in metadata.sorted_tables
            }

    def _put(self, rows: Rows) -> None:
        with self.engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
            if self.engine.dialect.name == "sqlite":
                connection.execute(text("DELETE FROM sqlite_sequence"))
            for table in metadata.sorted_tables:
                if rows[table.name]:
                    connection.execute(insert(table), rows[table.name])
