"""The rows of orders to look at: ringing, claiming, and coming back to waiting."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
    update,
)

from sverka.domain.errors import Superseded
from sverka.domain.ids import OfficeName, OrderRef
from sverka.ports.storage import Again, Claim, Lane, Ring, Terms, Visit
from sverka.storage.codec import of_orders, order_columns, visit_of
from sverka.storage.database import AnyRow, chunks, greatest, least, many, upsert, within
from sverka.storage.tables import (
    RUNNING,
    START,
    WAITING,
    WAITING_SQL,
    Moment,
    intents,
    offices,
    pauses,
    settings,
    visits,
)

PATIENCE = Terms().doubt
"""How long a due visit is left to another office that has waited longer (K12).

Longer than any wave, so that the other office comes to a claim while the order is free; bounded, so that an office
nobody runs any more holds up nobody.
"""

_PATIENCE = PATIENCE // timedelta(microseconds=1)
_START = literal(START, Moment)

Turn = Literal["claims", "rings"]
"""Rows of `settings` that are locked to take turns on PostgreSQL; SQLite has one writer anyway.

Claims take theirs first, and so does whoever frees all locks, for each touches the offices of the others. Whoever
writes several visits, or chooses some, takes the other before: two that write the same rows in another order would
wait for each other, and two that choose would not see each other's choice. Locks are always taken in the order claims,
offices, rings, waiting visits.
"""


_TURN = select(settings.c.name).where(settings.c.name == bindparam("turn")).with_for_update()


def _turn(connection: Connection, turn: Turn) -> None:
    connection.execute(_TURN, {"turn": turn})


def ring(connection: Connection, rings: Iterable[Ring]) -> None:
    """Add waiting rows; where one waits already it takes the earliest due time, the most urgent lane, the last why."""
    _add(connection, _rows(rings))


def _rows(rings: Iterable[Ring]) -> list[dict[str, Any]]:
    return [_row(ring.order, ring.office, ring.lane, ring.due_at, ring.why, 0) for ring in rings]


def _row(order: OrderRef, office: str, lane: int, due_at: datetime, why: str, attempts: int) -> dict[str, Any]:
    return {
        **order_columns(order),
        "office": office,
        "state": "waiting",
        "lane": int(lane),
        "due_at": due_at,
        "why": why,
        "attempts": attempts,
    }


def _laid_over(old: Table, new: Any) -> Mapping[str, Any]:
    return {
        "lane": least(old.c.lane, new["lane"]),
        "due_at": least(old.c.due_at, new["due_at"]),
        "why": new["why"],
        "attempts": greatest(old.c.attempts, new["attempts"]),
    }


def _add(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert waiting rows or lay them over those that wait; what is due at one moment is claimed in the order given."""
    if len(rows) > 1:
        _turn(connection, "rings")
    statement = upsert(connection, visits, ("store", "order_id", "office"), _laid_over, WAITING_SQL)
    for part in chunks(rows):
        many(connection, statement, part)


_OFFICE: BindParameter[str] = bindparam("office")
_NOW: BindParameter[Any] = bindparam("now", type_=Moment)
"""Every claim and every nap asks the same questions, so they are put together once and only then answered."""

_LOCK = (
    update(offices)
    .where(offices.c.name == _OFFICE, offices.c.locked_until <= _NOW)
    .values(epoch=offices.c.epoch + 1, locked_until=bindparam("until", type_=Moment))
    .returning(offices.c.epoch)
)


def claim(
    connection: Connection, office: OfficeName, now: datetime, terms: Terms, bound: int, quiet: int = 0
) -> Claim | None:
    """Do `Storage.claim` in this transaction."""
    leased = lease(connection, office, now, terms)
    if leased is None:
        return None
    taken = _take(connection, office, now, bound, quiet)
    if not taken:
        connection.execute(update(offices).where(offices.c.name == office).values(locked_until=START))
        return None
    _lift(connection, taken)
    return replace(leased, visits=taken)


def lease(connection: Connection, office: OfficeName, now: datetime, terms: Terms) -> Claim | None:
    """Do `Storage.lease` in this transaction."""
    _turn(connection, "claims")
    connection.execute(upsert(connection, offices, ("name",)), {"name": office, "epoch": 0, "locked_until": START})
    epoch = connection.scalar(_LOCK, {"office": office, "now": now, "until": now + terms.doubt})
    if epoch is None:
        return None
    _free_orphans(connection, office, now)
    return Claim(office, epoch, [])


_FREE = (
    update(offices)
    .where(
        offices.c.name != _OFFICE,
        offices.c.name.in_(select(visits.c.office).where(visits.c.state == RUNNING)),
        offices.c.locked_until <= _NOW,
    )
    .values(epoch=offices.c.epoch + 1)
    .returning(offices.c.name)
)


def _free_orphans(connection: Connection, office: OfficeName, now: datetime) -> None:
    """Return the running rows of every office whose lock is free to waiting (K12).

    The other offices' epochs rise too: whoever left these rows may be stalled and not dead, and must not commit
    once they are another's (K3).
    """
    freed = connection.scalars(_FREE, {"office": office, "now": now}).all()
    _turn(connection, "rings")
    _requeue(connection, [office, *freed], tried=1)


def _requeue(connection: Connection, names: Sequence[str], tried: int) -> None:
    """Turn running rows of these offices into waiting ones, merged with those that wait already."""
    rows = connection.execute(
        delete(visits).where(visits.c.state == RUNNING, visits.c.office.in_(names)).returning(*visits.c)
    ).all()
    again = [(visit_of(row), row.office) for row in rows]
    _add(connection, [_row(v.order, name, v.lane, v.due_at, v.why, v.attempts + tried) for v, name in again])


@cache
def _claimable() -> Select[Any]:
    return (
        select(visits.c.id, visits.c.lane)
        .where(
            visits.c.office == _OFFICE,
            visits.c.state == WAITING,
            visits.c.due_at <= _NOW,
            ~_runs(),
            ~_in_doubt(),
            or_(visits.c.due_at <= bindparam("patient", type_=Moment), ~_waited_longer()),
        )
        .order_by(visits.c.lane, visits.c.due_at, visits.c.id)
        .limit(bindparam("bound"))
    )


def _take(connection: Connection, office: OfficeName, now: datetime, bound: int, quiet: int) -> list[Visit]:
    asked = {"office": office, "now": now, "patient": now - PATIENCE, "bound": max(bound, quiet)}
    found = connection.execute(_claimable(), asked).all()
    live = any(row.lane == Lane.LIVE for row in found)
    ids = [row.id for row in found[: bound if live else None]]
    taken: list[Visit] = []
    for condition in within(visits.c.id, ids):
        rows = connection.execute(update(visits).where(condition).values(state=RUNNING).returning(*visits.c))
        taken += [visit_of(row) for row in rows]
    return sorted(taken, key=lambda visit: (visit.lane, visit.due_at, visit.id))


def _same_order(other: Any) -> ColumnElement[bool]:
    return and_(other.c.store == visits.c.store, other.c.order_id == visits.c.order_id)


def _runs() -> ColumnElement[bool]:
    other = visits.alias()
    return exists().where(_same_order(other), other.c.state == RUNNING)


def _in_doubt() -> ColumnElement[bool]:
    """Say that a write on this order, of whatever office, may still land (K2)."""
    return exists().where(_same_order(intents), intents.c.doubt_until > _NOW)


def _waited_longer() -> ColumnElement[bool]:
    """Say that another office's due row stands before this one: a more urgent lane, or the same and due earlier.

    Nobody starves. The rows of one order are totally ordered but for ties, which whoever comes first takes, so two
    offices never leave an order to each other. A row passed over inherits the lane of the one that passed it
    (`_lift`), and its due time never grows, so the next row of the other office stands behind it and is held back
    for `PATIENCE`, longer than a wave: the passed office claims within that time, by the order of its lane. An
    office whose connection is paused claims nothing and holds up nobody.
    """
    other = visits.alias()
    paused = exists().where(pauses.c.what == "connection", pauses.c.name == other.c.office)
    before = or_(other.c.lane < visits.c.lane, and_(other.c.lane == visits.c.lane, other.c.due_at < visits.c.due_at))
    elsewhere = and_(other.c.state == WAITING, other.c.office != visits.c.office, other.c.due_at <= _NOW)
    return exists().where(_same_order(other), elsewhere, before, ~paused)


def _lift(connection: Connection, taken: Sequence[Visit]) -> None:
    """Give the rows of other offices that these visits pass over the visits' lane."""
    for lane in (Lane.LIVE, Lane.SWEEP, Lane.BACKFILL):
        for condition in of_orders(visits, [visit.order for visit in taken if visit.lane is lane]):
            behind = visits.c.lane > int(lane)
            connection.execute(
                update(visits).where(condition, visits.c.state == WAITING, behind).values(lane=int(lane))
            )


def hold(connection: Connection, claim: Claim, until: datetime | None = None) -> None:
    """Lock the office's row while its epoch is the claim's, and its lock until then at the least.

    Raises:
        Superseded: another process has claimed the office, or freed this wave's visits (K3).

    """
    values: dict[str, Any] = {"epoch": offices.c.epoch}
    if until is not None:
        values["locked_until"] = greatest(offices.c.locked_until, literal(until, Moment))
    mine = and_(offices.c.name == claim.office, offices.c.epoch == claim.epoch)
    if connection.execute(update(offices).where(mine).values(values)).rowcount != 1:
        raise Superseded


def unring(connection: Connection, store: str, office: str, lane: Lane) -> list[str]:
    """Drop what waits between a store and an office in a lane, and return the ids of the orders it waited for."""
    _turn(connection, "rings")
    ours = (visits.c.store == store, visits.c.office == office, visits.c.lane == int(lane))
    dropped = delete(visits).where(*ours, visits.c.state == WAITING).returning(visits.c.order_id)
    return list(connection.scalars(dropped))


def still_mine(connection: Connection, claim: Claim) -> bool:
    """Tell whether the office's epoch is the claim's."""
    return connection.scalar(select(offices.c.epoch).where(offices.c.name == claim.office)) == claim.epoch


def release(connection: Connection, claim: Claim) -> None:
    """Give the lock back and return what still runs to waiting; after a takeover do nothing."""
    mine = and_(offices.c.name == claim.office, offices.c.epoch == claim.epoch)
    if connection.execute(update(offices).where(mine).values(locked_until=START)).rowcount == 1:
        _requeue(connection, [claim.office], tried=0)


def free_locks(connection: Connection, silence: datetime, office: OfficeName | None = None) -> None:
    """Free all locks, or one, raising the epochs of those held; the silence after a restore is kept (K20)."""
    _turn(connection, "claims")
    held = update(offices).where(offices.c.locked_until > silence)
    held = held if office is None else held.where(offices.c.name == office)
    connection.execute(held.values(epoch=offices.c.epoch + 1, locked_until=silence))


def silence(connection: Connection, names: Iterable[OfficeName], until: datetime, leap: int) -> None:
    """Hold every office until then, its epoch a leap above any it had; what runs waits again (K20)."""
    _turn(connection, "claims")
    rows = [{"name": name, "epoch": 0, "locked_until": START} for name in sorted(names)]
    many(connection, upsert(connection, offices, ("name",)), rows)
    raised = update(offices).values(epoch=offices.c.epoch + leap, locked_until=until)
    every = connection.scalars(raised.returning(offices.c.name)).all()
    _turn(connection, "rings")
    _requeue(connection, every, tried=0)


def finish(
    connection: Connection, claim: Claim, done: Iterable[Visit], again: Sequence[Again], rings: Iterable[Ring]
) -> None:
    """Delete visits that are done, let those to be made once more wait anew, one attempt older, and ring for others.

    All that is to wait is written at once, under one turn. Running rows need none: only who holds their office's row
    deletes them.
    """
    again = list({one.visit.id: one for one in again}.values())
    for condition in within(visits.c.id, {visit.id for visit in (*done, *(one.visit for one in again))}):
        connection.execute(delete(visits).where(condition, visits.c.office == claim.office, visits.c.state == RUNNING))
    left = [replace(one.visit, why=one.why or one.visit.why, due_at=one.due_at) for one in again]
    rows = [_row(v.order, claim.office, v.lane, v.due_at, v.why, v.attempts + 1) for v in left]
    _add(connection, [*rows, *_rows(rings)])


def lanes(connection: Connection, claim: Claim, orders: set[OrderRef]) -> dict[OrderRef, Lane]:
    """Return the lanes in which a wave is visiting orders."""
    found: dict[OrderRef, Lane] = {}
    for condition in of_orders(visits, orders):
        rows = connection.execute(
            select(*visits.c).where(condition, visits.c.state == RUNNING, visits.c.office == claim.office)
        )
        found.update({visit.order: visit.lane for visit in map(visit_of, rows)})
    return found


def due(connection: Connection, office: OfficeName, now: datetime) -> datetime | None:
    """Return when a claim could first find something: no earlier than a doubt, a running visit or a lock ends.

    What runs in this office itself is found again when its lock ends, if the process that runs it has died (K12).
    """
    asked = {"office": office, "now": now}
    locked = connection.scalar(select(offices.c.locked_until).where(offices.c.name == _OFFICE), asked) or START
    ready: datetime | None = connection.scalar(_free_now(), asked)
    if ready is None:
        ready = connection.scalar(_free_next(), asked)
    if ready is None:
        left = select(visits.c.id).where(visits.c.office == office, visits.c.state == RUNNING).limit(1)
        return None if connection.scalar(left) is None else max(locked, now)
    return ready if locked <= now else max(ready, locked)


@cache
def _free_now() -> Select[Any]:
    free = (visits.c.due_at <= _NOW, ~_runs(), ~_in_doubt(), ~_waited_longer())
    mine = (visits.c.office == _OFFICE, visits.c.state == WAITING)
    return select(visits.c.due_at).where(*mine, *free).order_by(visits.c.lane, visits.c.due_at).limit(1)


@cache
def _free_next() -> Select[Any]:
    return select(func.min(_ready_at())).where(visits.c.office == _OFFICE, visits.c.state == WAITING)


def _ready_at() -> ColumnElement[Any]:
    """Return the moment a waiting row can be claimed, as far as is known now."""
    other = visits.alias()
    doubt = func.coalesce(
        select(func.max(intents.c.doubt_until)).where(_same_order(intents)).correlate(visits).scalar_subquery(), _START
    )
    runs = func.coalesce(
        select(func.max(offices.c.locked_until))
        .where(_same_order(other), other.c.state == RUNNING, other.c.office == offices.c.name)
        .correlate(visits)
        .scalar_subquery(),
        _START,
    )
    patience = type_coerce(type_coerce(visits.c.due_at, BigInteger) + _PATIENCE, Moment)
    left = case((and_(_waited_longer(), visits.c.due_at <= _NOW), patience), else_=visits.c.due_at)
    return greatest(greatest(left, doubt), runs)


def waiting_counts(connection: Connection) -> Sequence[AnyRow]:
    """Return (office, lane, amount, oldest) of all waiting rows."""
    return connection.execute(
        select(visits.c.office, visits.c.lane, func.count().label("amount"), func.min(visits.c.due_at).label("oldest"))
        .where(visits.c.state == WAITING)
        .group_by(visits.c.office, visits.c.lane)
        .order_by(visits.c.office, visits.c.lane)
    ).all()
