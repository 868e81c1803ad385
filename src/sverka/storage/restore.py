"""After the database was restored from a backup: what it remembers is older than both sides (K20)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from sverka.domain.ids import OfficeName
from sverka.domain.merge.binding import BindingState
from sverka.ports.journal import JournalLine
from sverka.ports.storage import IntentKind, Lane, Ring, Terms
from sverka.storage import journal, visits
from sverka.storage.codec import line_row, order_of
from sverka.storage.database import taking, upsert
from sverka.storage.tables import START, baselines, bindings, decisions, intents, settings
from sverka.storage.tables import journal as lines

LEAP = 1_000_000
"""How far epochs and the journal's ids rise: above all that was lost with the newer database, on whatever machine."""

_PATCHES = (IntentKind.PATCH_RECORD.value, IntentKind.PATCH_ORDER.value)
_RESTORED = "restored_at"


def restore(
    connection: Connection, offices: Collection[OfficeName], line: JournalLine, terms: Terms, above: int
) -> int:
    """Do `Storage.restored` in this transaction."""
    until = line.at + terms.doubt
    visits.silence(connection, offices, until, LEAP)
    connection.execute(update(baselines).values(entry=_forgotten(connection)))
    connection.execute(delete(intents).where(intents.c.kind.in_(_PATCHES)))
    # What a birth has sent proves nothing either: its record may have been moved on and back since.
    connection.execute(update(intents).values(doubt_until=until, sent=[]))
    connection.execute(delete(decisions))
    rings = _rings(connection, until)
    visits.ring(connection, rings)
    kept = {"name": _RESTORED, "value": line.at.isoformat()}
    connection.execute(upsert(connection, settings, ("name",), taking("value")), [kept])
    _tell(connection, line, max(above, journal.newest(connection)) + LEAP)
    return len(rings)


def restored_at(connection: Connection) -> datetime | None:
    """Return when a restore was last told of, None where none ever was."""
    kept = connection.scalar(select(settings.c.value).where(settings.c.name == _RESTORED))
    return None if kept is None else datetime.fromisoformat(kept)


def silence_until(connection: Connection, grace: timedelta) -> datetime:
    """Return the end of the silence after the last restore, the moment zero where there was none."""
    at = restored_at(connection)
    return START if at is None else at + grace


def _forgotten(connection: Connection) -> ColumnElement[Any]:
    """Return what an entry becomes: its fingerprint alone, as `Entry.as_data` writes a forgotten one."""
    listed = func.json_array if connection.dialect.name == "sqlite" else func.json_build_array
    return listed(baselines.c.entry[0])


def _rings(connection: Connection, due_at: datetime) -> list[Ring]:
    # A released one may have its record again since: that one is looked for.
    bound = bindings.c.state.in_([BindingState.BOUND.value, BindingState.RELEASED.value])
    rows = connection.execute(
        select(bindings.c.store, bindings.c.order_id, bindings.c.office)
        .distinct()
        .where(bound)
        .order_by(bindings.c.store, bindings.c.order_id, bindings.c.office)
    )
    return [Ring(order_of(row), OfficeName(row.office), due_at, Lane.BACKFILL, "restored") for row in rows]


def _tell(connection: Connection, line: JournalLine, number: int) -> None:
    """Write the line under an id that no line of the lost database can have had, and let ids go on from there."""
    connection.execute(insert(lines), [{**line_row(line), "id": number}])
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(lines.name, lines.c.id.name)
        connection.execute(select(func.setval(sequence, number)))
