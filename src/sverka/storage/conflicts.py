"""Fields that stay different, the values that were refused, and what people decided about them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, func, select
from sqlalchemy.sql import bindparam

from sverka.domain.commerce.value import Value, decode, encode
from sverka.domain.ids import OrderRef, ProfileName
from sverka.domain.merge.plan import Difference, Why
from sverka.domain.merge.reconcile import Decision
from sverka.ports.clock import Clock
from sverka.ports.journal import JournalLine
from sverka.ports.storage import HeldDifference
from sverka.storage import journal
from sverka.storage.codec import (
    NEITHER,
    decision_of,
    difference_of,
    of_orders,
    order_columns,
    order_of,
    pair_data,
    pair_of,
)
from sverka.storage.database import AnyRow, many, read, taking, upsert, write
from sverka.storage.tables import decisions, differences, refusals

Owner = tuple[OrderRef, ProfileName]
"""Whose field it is: an order under a profile."""

_KEY = ("store", "order_id", "profile", "key")


@dataclass(frozen=True)
class Shown:
    """A difference as a person sees it: since when it stands, and what was answered to it already."""

    order: OrderRef
    profile: ProfileName
    difference: Difference
    since: datetime
    decision: Decision | None = None


@dataclass(frozen=True)
class Asked:
    """Which differences are wanted: of one profile, store, reason or field, standing since that moment or before."""

    profile: str = ""
    store: str = ""
    why: Why | None = None
    key: str = ""
    before: datetime | None = None


class Differences:
    """The differences of all orders, for the doors: read, decide, retry."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def list(
        self, order: OrderRef | None = None, limit: int | None = 1000, asked: Asked | None = None
    ) -> Sequence[Shown]:
        """Return the differences of an order or of all, those asked for, oldest first; a limit of None is none."""
        return read(self._engine, lambda connection: _list(connection, order, limit, asked or Asked()))

    def decide(
        self, order: OrderRef, profile: ProfileName, key: str, decision: Decision, told: JournalLine | None = None
    ) -> bool:
        """Keep a person's answer, and the line that tells whose it is.

        False, keeping nothing, where the difference no longer shows that pair (K22).
        """
        return write(
            self._engine,
            lambda connection: _decide(connection, (order, profile), key, decision, self._clock.now(), told),
        )

    def retry(self, order: OrderRef | None = None, told: JournalLine | None = None) -> Sequence[OrderRef]:
        """Forget the refusals of an order or of all, and return the orders that should be looked at again."""
        return write(self._engine, lambda connection: _retry(connection, order, told))


def _list(connection: Connection, order: OrderRef | None, limit: int | None, asked: Asked) -> list[Shown]:
    statement = select(*differences.c).order_by(differences.c.since, *(differences.c[name] for name in _KEY))
    if order is not None:
        statement = statement.where(differences.c.store == order.store, differences.c.order_id == order.id)
    rows = connection.execute(statement.where(*_wanted(asked)).limit(limit)).all()
    answers = decided(connection, {order_of(row) for row in rows})
    return [
        Shown(
            order_of(row),
            ProfileName(row.profile),
            difference_of(row),
            row.since,
            answers.get(_owner(row), {}).get(row.key),
        )
        for row in rows
    ]


def _wanted(asked: Asked) -> Iterator[ColumnElement[bool]]:
    for column, value in (
        (differences.c.profile, asked.profile),
        (differences.c.store, asked.store),
        (differences.c.why, asked.why.value if asked.why else ""),
        (differences.c.key, asked.key),
    ):
        if value:
            yield column == value
    if asked.before:
        yield differences.c.since <= asked.before


def _decide(
    connection: Connection, owner: Owner, key: str, decision: Decision, now: datetime, told: JournalLine | None
) -> bool:
    row = connection.execute(
        select(differences.c.pair).where(*(differences.c[name] == value for name, value in _name(owner, key).items()))
    ).first()
    if row is None or pair_of(row.pair) != decision.pair:
        return False
    winner = decision.winner.value if decision.winner else NEITHER
    columns = {"winner": winner, "pair": pair_data(decision.pair), "decided_at": now}
    connection.execute(upsert(connection, decisions, _KEY, taking(*columns)), [{**_name(owner, key), **columns}])
    journal.add(connection, [told] if told else [])
    return True


def _retry(connection: Connection, order: OrderRef | None, told: JournalLine | None) -> list[OrderRef]:
    journal.add(connection, [told] if told else [])
    statement = delete(refusals).returning(refusals.c.store, refusals.c.order_id)
    if order is not None:
        statement = statement.where(refusals.c.store == order.store, refusals.c.order_id == order.id)
    return sorted({order_of(row) for row in connection.execute(statement)})


def _owner(row: AnyRow) -> Owner:
    return order_of(row), ProfileName(row.profile)


def _name(owner: Owner, key: str) -> dict[str, Any]:
    return {**order_columns(owner[0]), "profile": owner[1], "key": key}


def _rows(connection: Connection, table: Table, orders: Collection[OrderRef]) -> Iterable[AnyRow]:
    for condition in of_orders(table, orders):
        yield from connection.execute(select(*table.c).where(condition).order_by(table.c.key))


def shown(connection: Connection, orders: Collection[OrderRef]) -> dict[Owner, list[Difference]]:
    """Return the differences of orders."""
    found: dict[Owner, list[Difference]] = defaultdict(list)
    for row in _rows(connection, differences, orders):
        found[_owner(row)].append(difference_of(row))
    return dict(found)


def refused(connection: Connection, orders: Collection[OrderRef]) -> dict[Owner, dict[str, Value]]:
    """Return the values that were not taken, by mapping key (K18)."""
    found: dict[Owner, dict[str, Value]] = defaultdict(dict)
    for row in _rows(connection, refusals, orders):
        found[_owner(row)][row.key] = decode(row.value)
    return dict(found)


def decided(connection: Connection, orders: Collection[OrderRef]) -> dict[Owner, dict[str, Decision]]:
    """Return what people answered, by mapping key."""
    found: dict[Owner, dict[str, Decision]] = defaultdict(dict)
    for row in _rows(connection, decisions, orders):
        found[_owner(row)][row.key] = decision_of(row)
    return dict(found)


def replace_all(
    connection: Connection, looked: Collection[Owner], given: Sequence[HeldDifference], now: datetime
) -> list[tuple[Owner, str]]:
    """Put these differences in the place of all that the owners in `looked` had; return whose answers are void.

    An identical one keeps its first moment. A refusal stays as long as its field stays different. A decision stays
    unless the pair it was given for has changed (K22).
    """
    owners = {*looked, *((one.order, one.profile) for one in given)}
    orders = {order for order, _ in owners}
    old = {(_owner(row), row.key): row for row in _rows(connection, differences, orders)}
    rows = {((one.order, one.profile), one.difference.key): _row(one, old, now) for one in given}
    _forget(connection, differences, [name for name in old if name[0] in looked and name not in rows])
    columns = ("why", "pair", "text_en", "text_ru", "since")
    many(connection, upsert(connection, differences, _KEY, taking(*columns)), list(rows.values()))
    held = {(_owner(row), row.key) for row in _rows(connection, refusals, orders)}
    _forget(connection, refusals, [name for name in held if name[0] in looked and name not in rows])
    taken = [
        {**_name((one.order, one.profile), one.difference.key), "value": encode(one.refused.value)}
        for one in given
        if one.refused is not None
    ]
    many(connection, upsert(connection, refusals, _KEY, taking("value")), taken)
    answers = {(_owner(row), row.key): decision_of(row) for row in _rows(connection, decisions, orders)}
    void = [name for name, one in answers.items() if name in rows and pair_of(rows[name]["pair"]) != one.pair]
    _forget(connection, decisions, void)
    return void


def _row(one: HeldDifference, old: Mapping[tuple[Owner, str], AnyRow], now: datetime) -> dict[str, Any]:
    owner, difference = (one.order, one.profile), one.difference
    before = old.get((owner, difference.key))
    seen = (difference.why, difference.store, difference.office)
    same = before is not None and (Why(before.why), *decode_pair(before.pair)) == seen
    return {
        **_name(owner, difference.key),
        "why": difference.why.value,
        "pair": [encode(difference.store), encode(difference.office)],
        "text_en": difference.text.en,
        "text_ru": difference.text.ru,
        "since": before.since if before is not None and same else now,
    }


def decode_pair(data: list[Any]) -> tuple[Value, Value]:
    """Return the store's and the office's value of a kept pair."""
    return decode(data[0]), decode(data[1])


def consume(connection: Connection, agreed: Collection[tuple[Owner, str]]) -> None:
    """Drop the decisions about fields whose baseline has moved: they have had their effect, or are void."""
    standing = {(_owner(row), row.key) for row in _rows(connection, decisions, {owner[0] for owner, _ in agreed})}
    _forget(connection, decisions, [name for name in agreed if name in standing])


def _forget(connection: Connection, table: Table, names: Iterable[tuple[Owner, str]]) -> None:
    ours = [table.c[name] == bindparam(f"of_{name}") for name in _KEY]
    rows = [{f"of_{name}": value for name, value in _name(*one).items()} for one in names]
    many(connection, delete(table).where(*ours), rows)


def count_by_why(connection: Connection) -> dict[Why, int]:
    """Return how many differences stand, by reason."""
    rows = connection.execute(select(differences.c.why, func.count().label("amount")).group_by(differences.c.why))
    return {Why(row.why): row.amount for row in rows}
