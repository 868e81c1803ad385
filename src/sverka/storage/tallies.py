"""What has happened, counted by every process into one table: the numbers are the same whoever is asked."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Table, select

from sverka.ports.clock import Clock
from sverka.ports.watch import Counts, Key
from sverka.storage.database import many, read, taking, upsert, write
from sverka.storage.watch_tables import tallies


@dataclass(frozen=True)
class Tally:
    """One number, its labels, and when it last changed."""

    name: str
    labels: Mapping[str, str]
    amount: float
    at: datetime


class Tallies:
    """The counts of all processes."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def keep(self, counts: Counts) -> None:
        """Add what a process has counted to what all have; no transaction where it has counted nothing.

        What cannot be kept, because the database does not answer, is not counted.
        """
        added, told = counts.take()
        if not added and not told:
            return
        now = self._clock.now()

        def work(connection: Connection) -> None:
            many(connection, upsert(connection, tallies, ("name", "labels"), _more), _rows(added, now))
            newest = taking("amount", "at")
            many(connection, upsert(connection, tallies, ("name", "labels"), newest), _rows(told, now))

        write(self._engine, work)

    def list(self) -> Sequence[Tally]:
        """Return them, by name and labels."""
        statement = select(*tallies.c).order_by(tallies.c.name, tallies.c.labels)
        return read(
            self._engine,
            lambda connection: [
                Tally(row.name, json.loads(row.labels), row.amount, row.at) for row in connection.execute(statement)
            ],
        )


def _rows(counted: Mapping[Key, float], now: datetime) -> list[dict[str, object]]:
    # In one order everywhere: two processes that add the same rows must not wait for each other in a circle.
    return [
        {"name": name, "labels": json.dumps(dict(labels), ensure_ascii=False), "amount": amount, "at": now}
        for (name, labels), amount in sorted(counted.items())
    ]


def _more(table: Table, new: Mapping[str, object]) -> Mapping[str, object]:
    return {"amount": table.c.amount + new["amount"], "at": new["at"]}
