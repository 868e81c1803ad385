"""Open intents: what is about to be written, committed before the network and closed with what it led to (K7)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, Engine, and_, delete, func, insert, select, update

from sverka.domain.commerce.customer import KeyKind, MatchKey
from sverka.domain.ids import OfficeName, OrderRef, RecordId
from sverka.ports.storage import Intent, IntentKind, Terms
from sverka.storage.codec import intent_of, intent_row, of_orders
from sverka.storage.database import chunks, many, read, within, write
from sverka.storage.tables import intent_keys, intents


def add(connection: Connection, new: Sequence[Intent], now: datetime, terms: Terms) -> list[Intent]:
    """Commit intents in doubt from the start (K2); return them with their ids, in order."""
    added: list[Intent] = []
    keys = []
    for part in chunks(new):
        rows = [{**intent_row(one), "committed_at": now, "doubt_until": now + terms.doubt} for one in part]
        statement = insert(intents).returning(intents.c.id, sort_by_parameter_order=True)
        ids = connection.scalars(statement, rows).all()
        for one, intent_id in zip(part, ids, strict=True):
            added.append(replace(one, id=intent_id, committed_at=now, doubt_until=now + terms.doubt))
            keys += [
                {"intent_id": intent_id, "position": at, "office": one.office, "kind": key.kind, "value": key.value}
                for at, key in enumerate(one.keys)
            ]
    many(connection, insert(intent_keys), keys)
    return added


def prolong(
    engine: Engine, office: OfficeName, taken: datetime, now: datetime, told: datetime, doubt: timedelta
) -> bool:
    """Do `Storage.prolong_doubts`; nothing is written where there is none.

    An office's clock that shows less than at the commit was put back, or told wrongly: it measures from now on.
    """
    early = and_(intents.c.office == office, intents.c.doubt_until <= taken, intents.c.office_at > told - doubt)
    found = read(engine, lambda connection: connection.execute(select(*intents.c).where(early)).all())
    if found:
        since = {row.id: min(row.office_at, told) for row in found}
        write(engine, lambda connection: _prolong(connection, since, now - told + doubt))
    return bool(found)


def _prolong(connection: Connection, since: Mapping[int, datetime], lasts: timedelta) -> None:
    for intent_id, office_at in since.items():
        values = {"office_at": office_at, "doubt_until": office_at + lasts}
        connection.execute(update(intents).where(intents.c.id == intent_id).values(values))


def close(connection: Connection, closed: Collection[int]) -> None:
    """Delete intents whose outcome this transaction records."""
    for condition in within(intents.c.id, set(closed)):
        connection.execute(delete(intents).where(condition))


def of(connection: Connection, orders: Collection[OrderRef]) -> list[Intent]:
    """Return the open intents of orders, oldest first."""
    rows = [
        row
        for condition in of_orders(intents, orders)
        for row in connection.execute(select(*intents.c).where(condition))
    ]
    keys: dict[int, list[MatchKey]] = defaultdict(list)
    with_keys = [row.id for row in rows if row.kind == IntentKind.ADD_CUSTOMER]
    for condition in within(intent_keys.c.intent_id, with_keys):
        statement = select(*intent_keys.c).where(condition).order_by(intent_keys.c.position)
        for row in connection.execute(statement):
            keys[row.intent_id].append(key_of(row.kind, row.value))
    return [intent_of(row, keys[row.id]) for row in sorted(rows, key=lambda row: row.id)]


def open_orders(connection: Connection, office: OfficeName) -> list[Intent]:
    """Return the open intents that make orders of an office's records, oldest first: no other has a record's name."""
    ours = intents.c.store == OrderRef.of_record(office, RecordId("")).store
    rows = connection.execute(select(*intents.c).where(ours).order_by(intents.c.id))
    return [intent_of(row, ()) for row in rows]


def open_keys(
    connection: Connection, office: OfficeName, keys: Collection[MatchKey], now: datetime
) -> frozenset[MatchKey]:
    """Return those of the match keys whose contact is being made in this office (K9), as long as that is in doubt (K2).

    Afterwards a search tells, even if nobody comes to close the intent.
    """
    found: set[MatchKey] = set()
    for kind in sorted({key.kind for key in keys}):
        for condition in within(intent_keys.c.value, {key.value for key in keys if key.kind == kind}):
            values = connection.scalars(
                select(intent_keys.c.value)
                .distinct()
                .join(intents, intents.c.id == intent_keys.c.intent_id)
                .where(intent_keys.c.office == office, intent_keys.c.kind == kind, condition)
                .where(intents.c.doubt_until > now)
            )
            found.update(key_of(kind, value) for value in values)
    return frozenset(found)


def key_of(kind: str, value: str) -> MatchKey:
    """Return the match key two columns hold."""
    return MatchKey(cast("KeyKind", kind), value)


def count(connection: Connection) -> int:
    """Return how many intents are open."""
    return connection.scalar(select(func.count()).select_from(intents)) or 0
