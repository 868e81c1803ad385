"""What stands still, since when, and which way that has been told: a restart repeats no alert."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select

from sverka.domain.text import Text
from sverka.storage.database import read, upsert, write
from sverka.storage.tables import pauses
from sverka.storage.watch_tables import alerts


@dataclass(frozen=True)
class Standing:
    """An alert that was told and is not over."""

    text: Text
    since: datetime


@dataclass(frozen=True)
class Stopped:
    """What stands still: `what` is connection or profile for what was stopped, trouble for what does not answer."""

    what: str
    name: str
    text: Text
    since: datetime


class Alerts:
    """The alerts that were told, by name and way."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def stopped(self) -> Sequence[Stopped]:
        """Return what is stopped or does not answer."""
        statement = select(*pauses.c).order_by(pauses.c.what, pauses.c.name)
        return read(
            self._engine,
            lambda connection: [
                Stopped(row.what, row.name, Text(row.text_en, row.text_ru), row.since)
                for row in connection.execute(statement)
            ],
        )

    def told(self, way: str) -> dict[str, Standing]:
        """Return what was told this way and stands, by name."""
        statement = select(*alerts.c).where(alerts.c.way == way).order_by(alerts.c.name)
        return read(
            self._engine,
            lambda connection: {
                row.name: Standing(Text(row.text_en, row.text_ru), row.since) for row in connection.execute(statement)
            },
        )

    def begin(self, name: str, way: str, one: Standing) -> None:
        """Keep that it was told."""
        row = {"name": name, "way": way, "text_en": one.text.en, "text_ru": one.text.ru, "since": one.since}
        write(
            self._engine, lambda transaction: transaction.execute(upsert(transaction, alerts, ("name", "way")), [row])
        )

    def end(self, name: str, way: str) -> None:
        """Forget it: that it is over was told."""
        ours = (alerts.c.name == name) & (alerts.c.way == way)
        write(self._engine, lambda transaction: transaction.execute(delete(alerts).where(ours)))
