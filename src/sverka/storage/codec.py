"""Between the values of the domain and the rows of the tables."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Table

from sverka.domain.commerce.value import decode, encode
from sverka.domain.ids import OfficeName, OrderId, OrderRef, ProfileName, RecordId, StoreName
from sverka.domain.kind import Kind
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.binding import Binding, BindingState, Entry, Pair
from sverka.domain.merge.plan import Difference, Why
from sverka.domain.merge.reconcile import Decision
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Intent, IntentKind, Lane, Sent, Visit
from sverka.storage.database import AnyRow, chunks

NEITHER = "neither"
"""The winner of an answer that leaves both sides as they are."""


def order_columns(order: OrderRef | None) -> dict[str, str | None]:
    """Return the two columns an order is named by, empty for none."""
    return {"store": order.store, "order_id": order.id} if order else {"store": None, "order_id": None}


def order_of(row: AnyRow) -> OrderRef:
    """Return the order a row is about."""
    return OrderRef(StoreName(row.store), OrderId(row.order_id))


def of_orders(table: Table, orders: Collection[OrderRef]) -> Iterator[ColumnElement[bool]]:
    """Yield conditions that together say "of these orders", one for each chunk of a store."""
    by_store: dict[str, list[str]] = defaultdict(list)
    for order in sorted(set(orders)):
        by_store[order.store].append(order.id)
    for store, ids in by_store.items():
        for part in chunks(ids):
            yield (table.c.store == store) & table.c.order_id.in_(part)


def visit_of(row: AnyRow) -> Visit:
    """Return a claimed visit."""
    return Visit(row.id, order_of(row), Lane(row.lane), row.why, row.due_at, row.attempts)


def pair_data(pair: Pair) -> list[Any]:
    """Return a pair's JSON-able form."""
    return [encode(pair.store), encode(pair.office)]


def pair_of(data: list[Any]) -> Pair:
    """Return the pair that `pair_data` was given."""
    return Pair(decode(data[0]), decode(data[1]))


def intent_row(intent: Intent) -> dict[str, Any]:
    """Return the columns of an intent without its id, its moments by the hub's clock and its match keys."""
    return {
        **order_columns(intent.order),
        "kind": intent.kind.value,
        "office": intent.office,
        "profile": intent.profile,
        "sent": [_sent_data(sent) for sent in intent.sent],
        "stamp": intent.stamp,
        "binding_id": intent.binding,
        "record": intent.record,
        "office_at": intent.office_at,
    }


def intent_of(row: AnyRow, keys: Iterable[Any]) -> Intent:
    """Return an open intent."""
    return Intent(
        IntentKind(row.kind),
        OfficeName(row.office),
        order_of(row),
        ProfileName(row.profile),
        tuple(_sent_of(data) for data in row.sent),
        row.stamp,
        row.binding_id,
        None if row.record is None else RecordId(row.record),
        tuple(keys),
        row.id,
        row.committed_at,
        row.doubt_until,
        row.office_at,
    )


def _sent_data(sent: Sent) -> list[Any]:
    values = encode(sent.value), encode(sent.source)
    return [sent.key, sent.side.value, sent.field, *values, sent.fingerprint, encode(sent.old)]


def _sent_of(data: list[Any]) -> Sent:
    key, side, field, value, source, fingerprint, *old = data  # one of an earlier version does not tell the last
    return Sent(key, Side(side), field, decode(value), decode(source), fingerprint, *map(decode, old))


def binding_of(row: AnyRow, baseline: dict[str, Entry], parties: tuple[str, ...]) -> Binding:
    """Return a binding with its baseline, and whom its record hangs on."""
    return Binding(
        row.id,
        order_of(row),
        ProfileName(row.profile),
        OfficeName(row.office),
        RecordId(row.record),
        Kind(row.kind),
        BindingState(row.state),
        baseline,
        parties,
    )


def difference_of(row: AnyRow) -> Difference:
    """Return a kept difference."""
    pair = pair_of(row.pair)
    return Difference(row.key, Why(row.why), pair.store, pair.office, Text(row.text_en, row.text_ru))


def decision_of(row: AnyRow) -> Decision:
    """Return a person's answer."""
    return Decision(None if row.winner == NEITHER else Side(row.winner), pair_of(row.pair))


def line_row(line: JournalLine) -> dict[str, Any]:
    """Return the columns of a journal line."""
    return {
        **order_columns(line.order),
        "at": line.at,
        "event": line.event.value,
        "profile": line.profile,
        "office": line.office,
        "text_en": line.text.en,
        "text_ru": line.text.ru,
        "rule": line.rule,
        "field": line.field,
        "before": line.before,
        "after": line.after,
        "value_key": line.value_key,
        "wave": line.wave,
    }


def line_of(row: AnyRow) -> JournalLine:
    """Return a journal line."""
    return JournalLine(
        row.at,
        Event(row.event),
        Text(row.text_en, row.text_ru),
        order_of(row) if row.store is not None else None,
        None if row.profile is None else ProfileName(row.profile),
        None if row.office is None else OfficeName(row.office),
        row.rule,
        row.field,
        row.before,
        row.after,
        row.value_key,
        row.wave,
    )
