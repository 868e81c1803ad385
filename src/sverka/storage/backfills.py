"""Backfills: the orders of a store's history, and which of them have been rung for."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, delete, exists, func, or_, select, update
from sqlalchemy.exc import DBAPIError

from sverka.domain.ids import OfficeName, OrderId, OrderRef, ProfileName, StoreName
from sverka.domain.merge.binding import BindingState
from sverka.ports.clock import Clock
from sverka.ports.history import TRIES, Backfill, Placed, Progress, Stage
from sverka.ports.storage import Lane, Ring
from sverka.storage import leases, visits
from sverka.storage.database import AnyRow, chunks, many, read, upsert, within, write
from sverka.storage.history_tables import backfill_orders, backfills
from sverka.storage.tables import RUNNING, WAITING, bindings
from sverka.storage.tables import visits as rows

WHY = "backfill"
"""Why an order of a store's history is visited."""


class SqlBackfills:
    """The `Backfills` port, and what the doors do with them."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def start(self, profile: ProfileName, store: StoreName, office: OfficeName, since: datetime) -> Backfill:
        """Begin one anew; what was kept of an earlier one of this profile is dropped, but not what it has led to."""
        one = Backfill(profile, store, office, since, self._clock.now())

        def work(transaction: Connection) -> None:
            transaction.execute(delete(backfills).where(backfills.c.profile == profile))
            row = {"profile": profile, "store": store, "office": office, "since": since, "begun_at": one.begun_at}
            transaction.execute(backfills.insert(), [{**row, "stage": one.stage.value, "paused": False}])

        write(self._engine, work)
        return one

    def list(self) -> Sequence[Backfill]:
        """Return all there were, the newest first."""
        return self._found(select(*backfills.c).order_by(backfills.c.begun_at.desc()))

    def open(self) -> Sequence[Backfill]:
        """Return those that are neither done nor paused."""
        goes_on = (backfills.c.stage != Stage.DONE.value, backfills.c.paused.is_(False))
        return self._found(select(*backfills.c).where(*goes_on).order_by(backfills.c.begun_at))

    def get(self, profile: ProfileName) -> Backfill | None:
        """Return a profile's, None where it has none."""
        return next(iter(self._found(select(*backfills.c).where(backfills.c.profile == profile))), None)

    def _found(self, statement: Select[Any]) -> Sequence[Backfill]:
        return read(self._engine, lambda transaction: [_backfill(row) for row in transaction.execute(statement)])

    def list_orders(self, profile: ProfileName, placed: Sequence[Placed]) -> None:
        """Keep some orders of the store; those kept before stay as they are."""
        new = {one.id: {"profile": profile, "order_id": one.id, "placed_at": one.at, "rung": False} for one in placed}

        def work(transaction: Connection) -> None:
            many(transaction, upsert(transaction, backfill_orders, ("profile", "order_id")), list(new.values()))

        write(self._engine, work)

    def hold(self, profile: ProfileName, who: str, lease: timedelta) -> bool:
        """Be the one who carries a profile's on, for so long; False where another is."""
        now = self._clock.now()
        name = f"backfill/{profile}"
        return write(self._engine, lambda transaction: leases.hold(transaction, name, who, now, now + lease))

    def let_go(self, who: str) -> None:
        """Leave all that somebody carries on to others; where the database is away, they find it out by themselves."""
        with suppress(DBAPIError):
            write(self._engine, lambda transaction: leases.let_go(transaction, who))

    def turn(self, one: Backfill, stage: Stage) -> None:
        """Go on to a stage, unless it was begun anew meanwhile."""
        ended = self._clock.now() if stage is Stage.DONE else None
        same = (backfills.c.profile == one.profile, backfills.c.begun_at == one.begun_at)
        statement = update(backfills).where(*same).values(stage=stage.value, ended_at=ended)
        write(self._engine, lambda transaction: transaction.execute(statement))

    def pause(self, profile: ProfileName) -> None:
        """Stop it before its next wave; what waited for that is rung for anew when it is resumed."""
        write(self._engine, lambda transaction: _pause(transaction, profile))

    def resume(self, profile: ProfileName) -> None:
        """Let it go on where it was paused."""
        statement = update(backfills).where(backfills.c.profile == profile).values(paused=False)
        write(self._engine, lambda transaction: transaction.execute(statement))

    def ring(self, profile: ProfileName, most: int) -> int:
        """Ring for the oldest orders not rung for yet that have no record; return how many were taken off the list."""
        return write(self._engine, lambda transaction: _ring(transaction, profile, most, self._clock.now()))

    def progress(self, profile: ProfileName) -> Progress:
        """Return how far it has come."""
        return read(self._engine, lambda transaction: _progress(transaction, profile))

    def left(self, profile: ProfileName, most: int) -> Sequence[OrderRef]:
        """Return orders that were visited and have no record in the office, the oldest first."""
        return read(self._engine, lambda transaction: _left(transaction, profile, most))

    def count_left(self, profile: ProfileName) -> int:
        """Return how many such orders there are."""
        one = backfill_orders.c
        statement = _of(select(func.count()), profile).where(one.rung.is_(True), ~_is_bound(), ~_waits_first())
        return read(self._engine, lambda transaction: transaction.scalar(statement)) or 0


def _backfill(row: AnyRow) -> Backfill:
    return Backfill(
        ProfileName(row.profile),
        StoreName(row.store),
        OfficeName(row.office),
        row.since,
        row.begun_at,
        Stage(row.stage),
        row.paused,
        row.ended_at,
    )


def _of(statement: Select[Any], profile: ProfileName) -> Select[Any]:
    joined = backfill_orders.join(backfills, backfills.c.profile == backfill_orders.c.profile)
    return statement.select_from(joined).where(backfill_orders.c.profile == profile)


def _is_bound() -> ColumnElement[bool]:
    """Say that an order has a record; the office stands in an expression, for SQLite would walk all that office has."""
    return exists().where(
        bindings.c.store == backfills.c.store,
        bindings.c.order_id == backfill_orders.c.order_id,
        bindings.c.office.concat("") == backfills.c.office,
        bindings.c.state == BindingState.BOUND.value,
    )


def _waits_first() -> ColumnElement[bool]:
    """Say that an order waits for its first visit in the backfill's lane; each state has an index of its own."""
    return or_(exists().where(_visit(), rows.c.state == WAITING), exists().where(_visit(), rows.c.state == RUNNING))


def _visit() -> ColumnElement[bool]:
    return and_(
        rows.c.store == backfills.c.store,
        rows.c.order_id == backfill_orders.c.order_id,
        rows.c.office == backfills.c.office,
        rows.c.lane == int(Lane.HISTORY),
        rows.c.attempts == 0,
    )


def _pause(connection: Connection, profile: ProfileName) -> None:
    connection.execute(update(backfills).where(backfills.c.profile == profile).values(paused=True))
    one = connection.execute(select(*backfills.c).where(backfills.c.profile == profile)).first()
    if one is None:
        return
    dropped = visits.unring(connection, one.store, one.office, Lane.HISTORY)
    mine = backfill_orders.c.profile == profile
    for condition in within(backfill_orders.c.order_id, dropped):
        connection.execute(update(backfill_orders).where(mine, condition).values(rung=False))


def _ring(connection: Connection, profile: ProfileName, most: int, now: datetime) -> int:
    lock = select(*backfills.c).where(backfills.c.profile == profile, backfills.c.paused.is_(False)).with_for_update()
    one = connection.execute(lock).first()
    if one is None:
        return 0
    orders = backfill_orders.c
    next_ = _of(select(orders.order_id, _is_bound().label("bound")), profile)
    found = connection.execute(
        next_.where(orders.rung.is_(False)).order_by(orders.placed_at, orders.order_id).limit(most)
    ).all()
    for part in chunks([row.order_id for row in found]):
        condition = and_(orders.profile == profile, orders.order_id.in_(part))
        connection.execute(update(backfill_orders).where(condition).values(rung=True))
    fresh = [OrderRef(StoreName(one.store), OrderId(row.order_id)) for row in found if not row.bound]
    visits.ring(connection, [Ring(order, OfficeName(one.office), now, Lane.HISTORY, WHY) for order in fresh])
    return len(found)


def _progress(connection: Connection, profile: ProfileName) -> Progress:
    orders = backfill_orders.c
    amounts = select(orders.rung, func.count().label("amount")).where(orders.profile == profile).group_by(orders.rung)
    listed = {row.rung: row.amount for row in connection.execute(amounts)}
    asked = select(rows.c.attempts, func.count().label("amount")).select_from(backfills.join(rows, and_(
        rows.c.store == backfills.c.store, rows.c.office == backfills.c.office, rows.c.lane == int(Lane.HISTORY),
    )))  # fmt: skip
    tried = connection.execute(asked.where(backfills.c.profile == profile).group_by(rows.c.attempts)).all()
    by_tries = {row.attempts: row.amount for row in tried}
    return Progress(
        sum(listed.values()),
        listed.get(True, 0),
        by_tries.get(0, 0),
        sum(amount for tries, amount in by_tries.items() if tries),
        sum(amount for tries, amount in by_tries.items() if tries >= TRIES),
    )


def _left(connection: Connection, profile: ProfileName, most: int) -> list[OrderRef]:
    orders = backfill_orders.c
    asked = _of(select(backfills.c.store, orders.order_id), profile)
    asked = asked.where(orders.rung.is_(True), ~_is_bound(), ~_waits_first())
    found = connection.execute(asked.order_by(orders.placed_at, orders.order_id).limit(most))
    return [OrderRef(StoreName(row.store), OrderId(row.order_id)) for row in found]
