"""The systems this hub is connected to; their secrets are in the vault and not here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, select, update

from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.binding import BindingState
from sverka.domain.text import Text
from sverka.ports.clock import Clock
from sverka.storage import pauses
from sverka.storage.database import AnyRow, read, taking, upsert, write
from sverka.storage.tables import WAITING, bindings, connections, differences, shelf, visits


@dataclass(frozen=True)
class SavedConnection:
    """A system by name: its side, its connector (`kind`), the connector's JSON-able settings without secrets.

    `paused` is the reason it stands still, None while it works, `trouble` why it does not answer just now;
    `connected_at` is set when it is first saved, to that moment unless another is given.
    """

    name: str
    side: Side
    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    paused: Text | None = None
    trouble: Text | None = None
    connected_at: datetime | None = field(default=None, compare=False)

    @property
    def stands_still(self) -> Text | None:
        """Why nothing goes through it now: it is stopped, or does not answer; None while it works."""
        return self.paused or self.trouble


class Connections:
    """The connections of the hub, for the doors."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def save(self, one: SavedConnection) -> None:
        """Keep a connection under its name, in the place of an earlier one; a pause is lifted by `resume` alone."""
        columns = {"side": one.side.value, "kind": one.kind, "settings": dict(one.settings)}

        def work(connection: Connection) -> None:
            statement = upsert(connection, connections, ("name",), taking(*columns))
            new = {"connected_at": one.connected_at or self._clock.now(), "catalogue": [], "catalogue_version": 0}
            connection.execute(statement, [{"name": one.name, **columns, **new}])

        write(self._engine, work)

    def get(self, name: str) -> SavedConnection | None:
        """Return a connection, None where there is none of that name."""
        return next((one for one in self.list() if one.name == name), None)

    def list(self, side: Side | None = None) -> Sequence[SavedConnection]:
        """Return the connections of a side or of both, by name."""

        def work(connection: Connection) -> list[SavedConnection]:
            stopped = pauses.all_of(connection, "connection")
            troubled = pauses.all_of(connection, "trouble")
            rows = connection.execute(select(*connections.c).order_by(connections.c.name))
            return [_saved(row, stopped.get(row.name), troubled.get(row.name)) for row in rows]

        return [one for one in read(self._engine, work) if side in (None, one.side)]

    def remove(self, name: str) -> None:
        """Forget a connection and its pause; harmless where there is none.

        A back office's bindings are released and its waiting visits dropped: nobody will ever make them. A
        store's differences go with it, and what it was seen to show.
        """

        def work(connection: Connection) -> None:
            connection.execute(delete(visits).where(visits.c.office == name, visits.c.state == WAITING))
            values = {"state": BindingState.RELEASED.value, "changed_at": self._clock.now()}
            connection.execute(update(bindings).where(bindings.c.office == name).values(values))
            connection.execute(delete(connections).where(connections.c.name == name))
            connection.execute(delete(differences).where(differences.c.store == name))
            connection.execute(delete(shelf).where(shelf.c.connection.in_([name, f"{name}/catalogue"])))
            for what in ("connection", "trouble"):
                pauses.lift(connection, what, name)

        write(self._engine, work)

    def resume(self, name: str) -> bool:
        """Let a connection go on; False where it was not stopped."""
        return write(self._engine, lambda connection: pauses.lift(connection, "connection", name))


def _saved(row: AnyRow, paused: Text | None, trouble: Text | None) -> SavedConnection:
    side = Side(row.side)
    return SavedConnection(row.name, side, row.kind, row.settings, paused, trouble, row.connected_at)
