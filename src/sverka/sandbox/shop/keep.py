"""A shop's database: what it holds is in a file before the answer is sent, and there again after a SIGKILL."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import AbstractContextManager, closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

Record = dict[str, Any]
_ABOUT = "about"


class Keepable(Protocol):
    """A shop as its database sees it: orders, each a record of its own, and a record of all else that is small."""

    touched: set[int]
    """Orders changed since they were last kept; whoever keeps them empties it."""

    def locked(self) -> AbstractContextManager[None]:
        """Keep the shop as it is meanwhile."""

    def about(self) -> Record:
        """Return what is kept beside the orders: keys, counters, subscriptions."""

    def take_about(self, record: Record) -> None:
        """Be what that record says."""

    def order(self, order_id: int) -> Record | None:
        """Return what is kept of an order; None once it is deleted."""

    def take_order(self, order_id: int, record: Record) -> None:
        """Hold that order again."""


class Keep:
    """Keeps a shop in an SQLite file: `restore` once at the start, `save` before every answer.

    It outlives the end of the process, not of the machine: nothing is synced to the disk.
    """

    def __init__(self, file: Path, shop: Keepable) -> None:
        self._file, self._shop = file, shop
        self._lock = threading.Lock()
        self._about = ""
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("CREATE TABLE IF NOT EXISTS parts (name TEXT PRIMARY KEY, content TEXT NOT NULL)")

    def restore(self) -> None:
        """Let the shop hold what the file holds; a new file changes nothing."""
        with closing(self._database.execute("SELECT name, content FROM parts")) as rows:
            for name, content in rows:
                record = read_record(content)
                if name == _ABOUT:
                    self._shop.take_about(record)
                    self._about = content
                else:
                    self._shop.take_order(int(name), record)

    def save(self) -> None:
        """Write what has changed, in one transaction."""
        with self._lock:
            with self._shop.locked():
                touched, rows = list(self._shop.touched), []
                self._shop.touched.clear()
                for id_ in touched:
                    order = self._shop.order(id_)
                    rows.append((str(id_), None if order is None else _written(order)))
                about = _written(self._shop.about())
            if about != self._about:
                rows.append((_ABOUT, about))
            if rows:
                self._put(rows)
            self._about = about

    def _put(self, rows: list[tuple[str, str | None]]) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        for name, content in rows:
            if content is None:
                self._database.execute("DELETE FROM parts WHERE name = ?", (name,))
            else:
                self._database.execute("INSERT OR REPLACE INTO parts VALUES (?, ?)", (name, content))
        self._database.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def read_record(content: str) -> Record:
    """Return a record from the text it is kept as."""
    record: Record = json.loads(content, object_hook=_read)
    return record


def _written(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, default=_plain)


def _plain(value: object) -> Record:
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    if isinstance(value, datetime):
        return {"$moment": value.isoformat()}
    raise TypeError(f"a shop keeps no {type(value).__name__}")


def _read(record: Record) -> object:
    if record.keys() == {"$decimal"}:
        return Decimal(record["$decimal"])
    if record.keys() == {"$moment"}:
        return datetime.fromisoformat(record["$moment"])
    return record
