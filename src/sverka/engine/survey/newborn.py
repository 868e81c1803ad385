"""Orders met for the first time that may be the hub's own: made of a record, and not bound to it yet (K23)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sverka.domain.errors import Problem
from sverka.domain.ids import OfficeName, OrderRef, RecordId, StoreName
from sverka.domain.merge.snapshot import Snapshot
from sverka.engine.hub import Hub
from sverka.ports.storage import IntentKind, Memory


@dataclass
class Newborn:
    """`made` are orders whose mark names a record of this office, with it; `early` those that wait until a moment."""

    made: dict[OrderRef, OrderRef] = field(default_factory=dict)
    early: dict[OrderRef, datetime] = field(default_factory=dict)


def newborns(hub: Hub, office: OfficeName, shown: Mapping[OrderRef, Snapshot | Problem], memory: Memory) -> Newborn:
    """Sort out the orders that get no record in this office by their route.

    A mark is believed once: an order whose record has its order already is a copy, and goes its own way. While an
    order is being made in a store, unmarked new ones of it wait: the store may write the mark late.
    """
    new = {
        order: found.mark
        for order, found in shown.items()
        if isinstance(found, Snapshot) and not _is_known(office, order, memory) and hub.profiles_of(office, order.store)
    }
    if not new:
        return Newborn()
    here = OrderRef.of_record(office, RecordId("")).store
    named = {order: OrderRef.of_mark(mark) for order, mark in new.items()}
    marked = {order: record for order, record in named.items() if record and record.store == here}
    bound = hub.storage.orders_of(office, [RecordId(record.id) for record in marked.values()])
    found = Newborn()
    for order, record in sorted(marked.items(), key=lambda one: (len(one[0].id), one[0])):
        if RecordId(record.id) not in bound and record not in found.made.values():
            found.made[order] = record
    waits = _waits(hub, office)
    found.early = {order: waits[order.store] for order in new if named[order] is None and order.store in waits}
    return found


def _is_known(office: OfficeName, order: OrderRef, memory: Memory) -> bool:
    """Tell whether the order has or had a record in this office, or one is being made."""
    bindings = any(binding.office == office for binding in memory.bindings.get(order, ()))
    return bindings or is_being_given_one(office, order, memory)


def is_being_given_one(office: OfficeName, order: OrderRef, memory: Memory) -> bool:
    """Tell whether a record of the order may have been made in this office already, its answer still out (K2)."""
    return any(
        (intent.kind, intent.order, intent.office) == (IntentKind.CREATE_RECORD, order, office)
        for intent in memory.intents
    )


def _waits(hub: Hub, office: OfficeName) -> dict[StoreName, datetime]:
    """Return, by store, when the last doubt ends of orders being made there of this office's records."""
    now = hub.clock.now()
    stores = {profile.name: profile.store for profile in hub.profiles()}
    ends = [
        (intent.doubt_until, stores[intent.profile])
        for intent in hub.storage.open_orders(office)
        if intent.doubt_until and intent.doubt_until > now and intent.profile in stores
    ]
    return {store: end for end, store in sorted(ends)}
