"""The sweep: what bells were lost is found by asking both sides what changed, and every night by comparing all."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sverka.domain.ids import OfficeName, RecordId, StoreName
from sverka.domain.kind import Kind
from sverka.engine import narrate
from sverka.engine.bells.greet import Rung, greet_new
from sverka.engine.bells.receive import rings_for
from sverka.engine.hub import Hub
from sverka.ports import watch
from sverka.ports.backoffice import BackOffice
from sverka.ports.customers import SeesClients
from sverka.ports.kinds import KeepsKinds
from sverka.ports.notices import Notice, Subject
from sverka.ports.storage import Lane, Ring
from sverka.ports.store import Store

OVERLAP = timedelta(minutes=2)
"""How far behind the watermark a sweep begins: stamps have whole seconds, and searches find late."""

PAGE = 1000
"""How many bindings a comparison of everything rings at a time."""


def sweep(hub: Hub, connection: str, start: datetime, rung: Rung | None = None) -> list[Ring]:
    """Ring for all that one side says has changed since its own newest stamp; return the rings.

    The watermark is the newest moment that side has shown, and moves only together with the visits. It is never
    ahead of our clock: where that side's is, and is put right one day, what changes then must not stand behind it.
    Before that side has shown any, the sweep begins at `start`, the moment it was connected: history is a backfill's
    work. `rung` is what the sweep before was shown; what it says may be passed over is, and it is replaced.
    A connection without a profile is not swept: its watermark must not run ahead of the first one.

    Raises:
        Problem: the side cannot be asked now; the watermark stays.
    """
    side = hub.stores.get(StoreName(connection)) or hub.offices[OfficeName(connection)]
    if not any(connection in (profile.store, profile.office) for profile in hub.profiles()):
        return []
    mark = hub.storage.watermark(connection)
    records = list(_changed(side, (mark or start) - OVERLAP, hub.kinds_of(OfficeName(connection))))
    marks, clients = {connection: _newest(records, mark)}, list[Notice]()
    if isinstance(side, SeesClients) and any(p.keeps_clients for p in hub.profiles() if p.office == connection):
        # A list of its own, asked later: its newest stamp must not carry the records' mark past what it came after.
        name = f"clients/{connection}"
        known = hub.storage.watermark(name) or mark
        clients += side.clients_changed_since((known or start) - OVERLAP)
        marks[name] = _newest(clients, known)
    hub.storage.clear_trouble(connection)
    shown = {(notice.subject, notice.id, notice.stamp): notice for notice in (*records, *clients)}
    notices = [notice for key, notice in shown.items() if not (rung and rung.get(key))]
    unbound = _unbound(hub, connection, notices)
    rings = rings_for(hub, connection, notices, Lane.SWEEP)
    lines = narrate.rang(rings, hub.clock.now(), narrate.sweep_of(connection))
    hub.storage.receive(connection, [], [], lines)
    for name, moment in marks.items():
        hub.storage.swept(name, moment and min(moment, hub.clock.now()), rings if name == connection else [])
    for ring in rings:
        watch.note("swept", connection=connection, order=str(ring.order), office=ring.office, why=ring.why)
    before = dict(rung or {})
    if rung is not None:
        rung.clear()
        newest = _newest(shown.values(), None)
        # Who is nobody's yet may be a record whose making is still on its way to be remembered.
        unheard = unbound - {ring.order.id for ring in rings if ring.order.is_record}
        rung.update({
            key: key in before or notice.stamp != newest
            for key, notice in shown.items()
            if notice.subject is not Subject.RECORD or notice.id not in unheard
        })  # fmt: skip
    return rings + greet_new(hub, connection, before, rung)


def _unbound(hub: Hub, connection: str, notices: Sequence[Notice]) -> set[RecordId]:
    """Return the records of a back office that belong to no order as far as is remembered."""
    office = OfficeName(connection)
    if office not in hub.offices:
        return set()
    told = {RecordId(notice.id) for notice in notices if notice.subject is Subject.RECORD}
    return {*told} - {*hub.storage.orders_of(office, list(told))}


def _newest(shown: Iterable[Notice], mark: datetime | None) -> datetime | None:
    return max((moment for moment in (mark, *(notice.stamp for notice in shown)) if moment), default=None)


def _changed(side: Store | BackOffice, since: datetime, kinds: Collection[Kind]) -> Iterator[Notice]:
    """Return what one side shows to have changed: deals alone where no profile makes anything else."""
    if isinstance(side, KeepsKinds) and set(kinds) - {Kind.DEAL}:
        return side.changed_kinds(since, kinds)
    return side.changed_since(since)


def compare_all(hub: Hub, office: OfficeName) -> Iterator[int]:
    """Ring for every bound order of a back office, page by page; yield how many were rung so far."""
    after, rung = 0, 0
    while page := hub.storage.bound_orders(office, after, PAGE):
        now = hub.clock.now()
        rings = [Ring(order, office, now, Lane.BACKFILL, "compare") for _, order in page]
        hub.storage.receive(str(office), [], rings, [])
        after, rung = page[-1][0], rung + len(page)
        yield rung
