"""The account of a store and a back office: what became of every order, by looking, and nothing written.

The orders are counted in the store itself and not in the hub's memory, and a record counts only while it is there.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sverka.domain.errors import Gone, Problem
from sverka.domain.ids import OfficeName, OrderId, OrderRef, Origin, RecordId, StoreName
from sverka.domain.merge.binding import Binding, BindingState
from sverka.domain.merge.plan import Why
from sverka.domain.merge.snapshot import Snapshot
from sverka.engine.by_hand.preview import preview
from sverka.engine.hub import Hub
from sverka.engine.survey.whole import read_stores
from sverka.ports.accounts import Accounts
from sverka.ports.backoffice import Look
from sverka.ports.guard import free
from sverka.ports.notices import Subject
from sverka.ports.storage import Memory

_PAGE = 500
"""How many orders are looked at together."""


@dataclass(frozen=True)
class Lag:
    """How long it took from bell to write: of how many bells, the middle one, the 95th of a hundred, the longest."""

    bells: int
    median: timedelta
    nearly_all: timedelta
    longest: timedelta


@dataclass
class Account:
    """What became of the orders placed from `since` on and before `until`.

    Of `orders` each stands in one place: `bound` to a record that is there, `unrouted` by profile and field, `held`
    by reason, `waiting`, `released` because its record was deleted; what stands in none is in `vanished` (bound to a
    record that is not there), `lost` (nobody knows of it) or `unreadable`. `asked` are fields of bound orders that wait
    for a person. Where the sides were compared, `fields` counts what is out of step though nobody waits for it, `kept`
    what a side keeps in its own way, both by key, and `doubles` names orders with several records; else they are None.
    """

    store: StoreName
    office: OfficeName
    since: datetime
    until: datetime
    orders: int = 0
    bound: int = 0
    unrouted: Counter[str] = field(default_factory=Counter)
    held: Counter[Why] = field(default_factory=Counter)
    waiting: int = 0
    released: int = 0
    vanished: list[OrderRef] = field(default_factory=list)
    lost: list[OrderRef] = field(default_factory=list)
    unreadable: list[OrderRef] = field(default_factory=list)
    asked: Counter[Why] = field(default_factory=Counter)
    fields: Counter[str] | None = None
    kept: Counter[str] | None = None
    doubles: list[OrderRef] | None = None
    oldest_bell: datetime | None = None
    lag: Lag | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every order is accounted for, none has two records, and none is out of step unnoticed."""
        told = self.bound + self.unrouted.total() + self.held.total() + self.waiting + self.released
        return told == self.orders and not self.doubles and not self.fields


def account(
    hub: Hub, accounts: Accounts, sides: tuple[StoreName, OfficeName], period: tuple[datetime, datetime], *, full: bool
) -> Account:
    """Account for a store's orders in a back office; `full` compares every bound one field by field too.

    Raises:
        Problem: a side cannot be asked now.
    """
    store, office = sides
    found = Account(store, office, *period)
    if full:
        found.fields, found.kept, found.doubles = Counter(), Counter(), []
    for orders in _pages(placed_in(hub, store, period)):
        found.orders += len(orders)
        _add(hub, accounts, found, orders)
    found.oldest_bell = accounts.oldest(store, office)
    found.lag = lag_of(accounts.lags(store, office, *period))
    return found


def placed_in(hub: Hub, store: StoreName, period: tuple[datetime, datetime]) -> Iterator[OrderRef]:
    """Yield the orders a store has that were placed in that time; one that cannot be read counts as placed in it."""
    since, until = period
    since = since.replace(microsecond=0)  # stores tell whole seconds
    notices = hub.stores[store].changed_since(since)  # whatever was placed since then was touched since then
    ids = dict.fromkeys(OrderId(notice.id) for notice in notices if notice.subject is Subject.ORDER)
    for page in _pages(OrderRef(store, id_) for id_ in ids):
        for order, shown in read_stores(hub, page, free).items():
            if isinstance(shown, Gone):
                continue
            placed = since if isinstance(shown, Problem) else _placed(shown) or since
            if since <= placed < until:
                yield order


def _placed(shown: Snapshot) -> datetime | None:
    placed = shown.get("order.created_at")
    return placed if isinstance(placed, datetime) else shown.changed_at


def _pages(orders: Iterator[OrderRef]) -> Iterator[list[OrderRef]]:
    page: list[OrderRef] = []
    for order in orders:
        page.append(order)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page


def _add(hub: Hub, accounts: Accounts, found: Account, orders: Sequence[OrderRef]) -> None:
    memory = hub.storage.recall(orders, hub.clock.now())
    waits = accounts.waiting(found.office, orders)
    mine = {order: [one for one in memory.bindings.get(order, ()) if one.office == found.office] for order in orders}
    bound = {order: [one for one in some if one.state is BindingState.BOUND] for order, some in mine.items()}
    gone = _gone(hub, found.office, [one for some in bound.values() for one in some])
    unknown: list[OrderRef] = []
    for order in orders:
        if any(one.record in gone for one in bound[order]):
            found.vanished.append(order)
        elif bound[order] and not any(one.state is BindingState.AWAITED for one in mine[order]):
            found.bound += 1
            found.asked.update(_held(hub, memory, order, found.office))
        elif reasons := _held(hub, memory, order, found.office):
            found.held[reasons[0]] += 1
        elif order in waits or any(one.order == order and one.office == found.office for one in memory.intents):
            found.waiting += 1
        elif any(one.state is BindingState.RELEASED for one in mine[order]):
            found.released += 1
        else:
            unknown.append(order)
    _look(hub, found, unknown)
    if found.fields is not None:
        there = [one for order in orders if order not in found.vanished for one in bound[order]]
        _compare(hub, found, there, waits)


def _gone(hub: Hub, office: OfficeName, bindings: Collection[Binding]) -> set[RecordId]:
    if not bindings:
        return set()
    seen = hub.offices[office].look(Look(records=[one.record for one in bindings]), free)
    return {record for record, shown in seen.records.items() if isinstance(shown, Gone)}


def _held(hub: Hub, memory: Memory, order: OrderRef, office: OfficeName) -> list[Why]:
    profiles = {profile.name for profile in hub.profiles_of(office, order.store)}
    return [
        one.why
        for (whose, profile), some in memory.differences.items()
        if whose == order and profile in profiles
        for one in some
        if one.why.asks
    ]


def _look(hub: Hub, found: Account, orders: Sequence[OrderRef]) -> None:
    """Ask the engine about orders nobody knows of: taken by no profile, or lost."""
    if not orders:
        return
    seen = preview(hub, found.office, orders)
    found.unreadable += sorted(seen.problems)
    for order, shown in read_stores(hub, seen.unrouted, free).items():
        found.unrouted[_why_not(hub, found.office, order, shown)] += 1
    found.lost += [order for order in orders if order not in seen.problems and order not in seen.unrouted]


def _why_not(hub: Hub, office: OfficeName, order: OrderRef, shown: Snapshot | Problem) -> str:
    """Return the first field of each profile's conditions that the order does not meet."""
    fields = {} if isinstance(shown, Problem) else shown.fields
    reasons = []
    for profile in hub.profiles_of(office, order.store):
        unmet = [one.field for one in profile.route.conditions if not one.holds(fields)]
        unmet += sorted({one.field for group in profile.route.groups for one in group})
        reasons += [f"{profile.name}: {field}" for field in unmet[:1]]
    return ", ".join(reasons)


def _compare(hub: Hub, found: Account, bindings: Sequence[Binding], waits: Collection[OrderRef]) -> None:
    orders = list(dict.fromkeys(one.order for one in bindings))
    for one in preview(hub, found.office, orders).foreseen:
        if found.fields is not None and one.order not in waits:
            found.fields.update(change.mapping.key for change in one.changes)
        if found.kept is not None:
            found.kept.update(gap.key for gap in one.differences if gap.why is Why.KEPT)
    origins = {Origin(hub.id, one.order, one.profile, one.kind): one.order for one in bindings}
    shown = hub.offices[found.office].look(Look(origins=list(origins)), free).origins
    twice = {origins[origin] for origin, some in shown.items() if not isinstance(some, Problem) and len(some) > 1}
    if found.doubles is not None:
        found.doubles += sorted(twice)


def lag_of(lags: Sequence[timedelta]) -> Lag | None:
    """Return the middle, the 95th of a hundred and the longest of some lengths, None where there are none."""
    ordered = sorted(lags)
    if not ordered:
        return None
    amount = len(ordered)
    return Lag(amount, ordered[(amount - 1) // 2], ordered[-(-amount * 95 // 100) - 1], ordered[-1])
