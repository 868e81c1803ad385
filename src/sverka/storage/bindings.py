"""What belongs together, what both sides showed when they last agreed, and which contact is whose."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.sql import bindparam

from sverka.domain.commerce.customer import MatchKey
from sverka.domain.ids import OfficeName, OrderRef, ProfileName, RecordId
from sverka.domain.kind import Kind
from sverka.domain.merge.binding import Binding, BindingState, Entry
from sverka.ports.storage import NewBinding
from sverka.storage import parties
from sverka.storage.codec import binding_of, of_orders, order_columns, order_of
from sverka.storage.database import AnyRow, many, taking, upsert, within
from sverka.storage.outbox import key_of
from sverka.storage.tables import baselines, bindings, contacts

_KEY = ("store", "order_id", "profile", "kind")


def add(connection: Connection, office: OfficeName, new: Sequence[NewBinding], now: datetime) -> None:
    """Bind orders to records of an office with their first baselines; a released binding is bound anew in place.

    Raises:
        ValueError: the order is bound under that profile to another record; release it first.

    """
    found = _by_key(connection, [one.order for one in new])
    for one in new:
        old = found.get((one.order, one.profile, one.kind))
        same = old is None or (old.record, old.office) == (one.record, office)
        if old is not None and old.state == BindingState.BOUND and not same:
            raise ValueError(f"{one.order} is bound under {one.profile} to {old.record}, not to {one.record}")
    rows = [
        {
            **order_columns(one.order),
            "profile": one.profile,
            "kind": one.kind.value,
            "office": office,
            "record": one.record,
            "state": BindingState.BOUND.value,
            "changed_at": now,
        }
        for one in new
    ]
    many(connection, upsert(connection, bindings, _KEY, taking("office", "record", "state", "changed_at")), rows)
    bound = _by_key(connection, [one.order for one in new])
    ids = {bound[one.order, one.profile, one.kind].id: one.baseline for one in new}
    for condition in within(baselines.c.binding_id, ids):
        connection.execute(delete(baselines).where(condition))
    remember(connection, ids)
    parties.keep(connection, {bound[one.order, one.profile, one.kind].id: one.parties for one in new})


def _by_key(connection: Connection, orders: Collection[OrderRef]) -> dict[tuple[OrderRef, str, str], AnyRow]:
    return {
        (order_of(row), row.profile, row.kind): row
        for condition in of_orders(bindings, orders)
        for row in connection.execute(select(*bindings.c).where(condition))
    }


def remember(connection: Connection, entries: Mapping[int, Mapping[str, Entry | None]]) -> None:
    """Set baseline entries by binding and mapping key; None drops one."""
    flat = [(binding, key, entry) for binding, some in entries.items() for key, entry in some.items()]
    kept = [
        {"binding_id": binding, "key": key, "entry": entry.as_data()}
        for binding, key, entry in flat
        if entry is not None
    ]
    dropped = [{"of_binding": binding, "of_key": key} for binding, key, entry in flat if entry is None]
    many(connection, upsert(connection, baselines, ("binding_id", "key"), taking("entry")), kept)
    ours = (baselines.c.binding_id == bindparam("of_binding")) & (baselines.c.key == bindparam("of_key"))
    many(connection, delete(baselines).where(ours), dropped)


def release(connection: Connection, released: Collection[int], state: BindingState, now: datetime) -> None:
    """Release bindings, for good or to be made anew; their rows and baselines stay (K19)."""
    for condition in within(bindings.c.id, set(released)):
        connection.execute(update(bindings).where(condition).values(state=state.value, changed_at=now))


def owe(
    connection: Connection, office: OfficeName, owed: Collection[tuple[OrderRef, ProfileName, Kind]], now: datetime
) -> None:
    """Remember that orders go to these profiles too; where there is a binding already, nothing happens."""
    rows = [
        {
            **order_columns(order),
            "profile": profile,
            "kind": kind.value,
            "office": office,
            "record": "",
            "state": BindingState.AWAITED.value,
            "changed_at": now,
        }
        for order, profile, kind in owed
    ]
    many(connection, upsert(connection, bindings, _KEY), rows)


def make_anew(connection: Connection, order: OrderRef, now: datetime) -> int:
    """Let an order's released bindings be made anew, and return how many those are."""
    ours = (bindings.c.store == order.store) & (bindings.c.order_id == order.id)
    released = bindings.c.state == BindingState.RELEASED.value
    values = {"state": BindingState.AWAITED.value, "changed_at": now}
    return connection.execute(update(bindings).where(ours, released).values(values)).rowcount


def owners(connection: Connection, ids: Collection[int]) -> dict[int, tuple[OrderRef, ProfileName]]:
    """Return (order, profile) of bindings by id."""
    return {
        row.id: (order_of(row), ProfileName(row.profile))
        for condition in within(bindings.c.id, set(ids))
        for row in connection.execute(select(*bindings.c).where(condition))
    }


def of(connection: Connection, orders: Collection[OrderRef]) -> dict[OrderRef, list[Binding]]:
    """Return the bindings of orders in every office with their baselines, released ones too, by age."""
    rows = sorted(_by_key(connection, orders).values(), key=lambda row: row.id)
    entries: dict[int, dict[str, Entry]] = defaultdict(dict)
    for condition in within(baselines.c.binding_id, [row.id for row in rows]):
        for row in connection.execute(select(*baselines.c).where(condition)):
            entries[row.binding_id][row.key] = Entry.from_data(row.entry)
    hung = parties.of(connection, [row.id for row in rows])
    found: dict[OrderRef, list[Binding]] = defaultdict(list)
    for row in rows:
        found[order_of(row)].append(binding_of(row, entries[row.id], hung.get(row.id, ())))
    return dict(found)


def others(
    connection: Connection, office: OfficeName, orders: Collection[OrderRef]
) -> list[tuple[OrderRef, OfficeName]]:
    """Return (order, office) of the bound bindings that orders have in other offices (K10)."""
    return [
        (order_of(row), OfficeName(row.office))
        for condition in of_orders(bindings, orders)
        for row in connection.execute(
            select(bindings.c.store, bindings.c.order_id, bindings.c.office)
            .distinct()
            .where(condition, bindings.c.state == BindingState.BOUND.value, bindings.c.office != office)
        )
    ]


def orders_of(
    connection: Connection, office: OfficeName, records: Collection[RecordId]
) -> dict[RecordId, list[OrderRef]]:
    """Return the orders bound to records of an office."""
    found: dict[RecordId, list[OrderRef]] = defaultdict(list)
    for condition in within(bindings.c.record, set(records)):
        statement = select(bindings.c.record, bindings.c.store, bindings.c.order_id).distinct()
        bound = statement.where(condition, bindings.c.office == office, bindings.c.state == BindingState.BOUND.value)
        for row in connection.execute(bound):
            found[RecordId(row.record)].append(order_of(row))
    return {record: sorted(orders) for record, orders in found.items()}


def walk(connection: Connection, office: OfficeName, after: int, limit: int) -> list[tuple[int, OrderRef]]:
    """Return the next bound bindings of an office by id."""
    rows = connection.execute(
        select(bindings.c.id, bindings.c.store, bindings.c.order_id)
        .where(bindings.c.office == office, bindings.c.id > after, bindings.c.state == BindingState.BOUND.value)
        .order_by(bindings.c.id)
        .limit(limit)
    )
    return [(row.id, order_of(row)) for row in rows]


def count(connection: Connection) -> int:
    """Return how many bindings are bound."""
    bound = bindings.c.state == BindingState.BOUND.value
    return connection.scalar(select(func.count()).select_from(bindings).where(bound)) or 0


def keep_contacts(connection: Connection, office: OfficeName, known: Mapping[MatchKey, RecordId]) -> None:
    """Bind match keys to contacts of an office."""
    rows = [
        {"office": office, "kind": key.kind, "value": key.value, "record": record}
        for key, record in sorted(known.items())
    ]
    many(connection, upsert(connection, contacts, ("office", "kind", "value"), taking("record")), rows)


def inherit(connection: Connection, office: OfficeName, heirs: Mapping[RecordId, RecordId]) -> None:
    """Let contacts that others were merged into be known by all that those were known by."""
    for gone, heir in sorted(heirs.items()):
        where = contacts.c.office == office, contacts.c.record == gone
        connection.execute(update(contacts).where(*where).values(record=heir))


def lose_contacts(connection: Connection, office: OfficeName, lost: Collection[RecordId]) -> None:
    """Forget contacts that are gone, under every key."""
    for condition in within(contacts.c.record, set(lost)):
        connection.execute(delete(contacts).where(contacts.c.office == office, condition))


def contacts_of(connection: Connection, office: OfficeName, keys: Collection[MatchKey]) -> dict[MatchKey, RecordId]:
    """Return the contacts bound to match keys in an office."""
    found: dict[MatchKey, RecordId] = {}
    for kind in sorted({key.kind for key in keys}):
        for condition in within(contacts.c.value, {key.value for key in keys if key.kind == kind}):
            rows = connection.execute(
                select(contacts.c.value, contacts.c.record).where(
                    contacts.c.office == office, contacts.c.kind == kind, condition
                )
            )
            found.update({key_of(kind, row.value): RecordId(row.record) for row in rows})
    return found
