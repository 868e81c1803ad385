"""Adoption: orders are joined to records that were there before the hub, one to one (R24, C71).

What is certain is bound as at first sight: nothing is overwritten, empty fields are filled as the ways allow, and two
different values are asked about (K13). What is not certain is shown and left alone.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.commerce.value import is_empty, many, show
from sverka.domain.errors import Misconfigured, Problem
from sverka.domain.ids import OrderId, OrderRef, RecordId
from sverka.domain.mapping.profile import Profile, route
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.engine.hub import Hub
from sverka.engine.survey.whole import read_stores
from sverka.ports.adoption import ListsRecords
from sverka.ports.backoffice import Look
from sverka.ports.guard import free
from sverka.ports.journal import Event, JournalLine
from sverka.ports.notices import Subject
from sverka.ports.storage import Lane, NewBinding, Ring

ORIGIN, TITLE, PHONE = "origin", "title", "phone"
"""The ways to tell which record is an order's, beside the key of a field that holds its number."""

_PAGE = 100
_WORD = re.compile(r"[^\W_]+(?:[-_./][^\W_]+)*")

_CANNOT = Text(
    "This back office cannot be walked through, so nothing can be adopted there.",
    "Эту CRM нельзя просмотреть целиком, поэтому принять записи из неё нельзя.",
)
_ADOPTED = Text(
    "Joined to a record that was there before; nothing of it was overwritten.",
    "Связан с записью, которая уже была; в ней ничего не перезаписано.",
)


@dataclass
class Matches:
    """What was found. `certain` pairs are one order and one record; `unclear` orders have several, or share one.

    `alone` orders have none; `bound` is how many have a record already, `others` how many another profile takes, and
    `unread` why some could not be read.
    """

    certain: list[tuple[OrderRef, Snapshot]] = field(default_factory=list)
    unclear: dict[OrderRef, list[RecordId]] = field(default_factory=dict)
    alone: list[OrderRef] = field(default_factory=list)
    unread: dict[OrderRef, Problem] = field(default_factory=dict)
    bound: int = 0
    others: int = 0


def find_matches(hub: Hub, profile: Profile, by: str, since: datetime | None = None) -> Matches:
    """Say which of the profile's orders, of those saved since the moment, belongs to which record; nothing is written.

    Raises:
        Misconfigured: the back office cannot be walked through.
        Problem: a side cannot be asked now.
    """
    found = Matches()
    orders = dict(_orders(hub, profile, since, found))
    index = _index(hub, profile, by, orders)
    candidates = {order: index.get(order, []) for order in orders}
    wanted = Counter(record.id for records in candidates.values() for record in records)
    for order, records in candidates.items():
        if not records:
            found.alone.append(order)
        elif len(records) == 1 and wanted[records[0].id] == 1:
            found.certain.append((order, records[0]))
        else:
            found.unclear[order] = [RecordId(record.id) for record in records]
    return found


def adopt_matches(hub: Hub, profile: Profile, matches: Matches) -> list[OrderRef]:
    """Bind what is certain and ring for it; return the orders bound, for some may have been taken meanwhile."""
    now = hub.clock.now()
    line = JournalLine(now, Event.BOUND, _ADOPTED, rule="adopt")
    applied = any(one.name == profile.name for one in hub.profiles())
    bound: list[OrderRef] = []
    for first in range(0, len(matches.certain), _PAGE):
        part = matches.certain[first : first + _PAGE]
        new = [NewBinding(order, profile.name, RecordId(record.id)) for order, record in part]
        rings = [Ring(order, profile.office, now, Lane.BACKFILL, "adopt") for order, _ in part] if applied else []
        bound += hub.storage.adopt(profile.office, new, rings, line)
    return bound


def _orders(hub: Hub, profile: Profile, since: datetime | None, found: Matches) -> Iterator[tuple[OrderRef, Snapshot]]:
    """Yield the orders that this profile would take and that have no record yet."""
    notices = hub.stores[profile.store].changed_since(since)
    ids = list(dict.fromkeys(one.id for one in notices if one.subject is Subject.ORDER))
    rivals = hub.profiles_of(profile.office, profile.store)
    for first in range(0, len(ids), _PAGE):
        orders = [OrderRef(profile.store, OrderId(id_)) for id_ in ids[first : first + _PAGE]]
        memory = hub.storage.recall(orders, hub.clock.now())
        begun = {intent.order for intent in memory.intents if intent.office == profile.office}
        for order, shown in read_stores(hub, orders, free).items():
            if order in begun or any(one.office == profile.office for one in memory.bindings.get(order, ())):
                found.bound += 1
            elif isinstance(shown, Problem):
                found.unread[order] = shown
            elif any(one.name == profile.name for one in route(list(rivals), shown.fields)):
                yield order, shown
            else:
                found.others += 1


def _index(
    hub: Hub, profile: Profile, by: str, orders: Mapping[OrderRef, Snapshot]
) -> Mapping[OrderRef, list[Snapshot]]:
    """Return the free records of each order."""
    said: dict[str, list[Snapshot]] = defaultdict(list)
    for record in _free_records(hub, profile, by):
        for word in _words(record, by):
            said[word].append(record)
    if by == PHONE:
        return _by_phone(hub, profile, orders, said)
    return {order: _called(shown, said) for order, shown in orders.items()}


def _free_records(hub: Hub, profile: Profile, by: str) -> Iterator[Snapshot]:
    side = hub.offices[profile.office]
    if not isinstance(side, ListsRecords):
        raise Misconfigured(_CANNOT)
    key = {ORIGIN: "originId", TITLE: "title", PHONE: "opportunity"}.get(by, by)
    where = {name: value for name, value in profile.new.constants.items() if name == "categoryId"}
    own = f"{hub.id}/"
    part: list[Snapshot] = []
    for record in side.all_records(where, (key,), free):
        if not record.origin.startswith(own):
            part.append(record)
        if len(part) >= _PAGE:
            yield from _unbound(hub, profile, part)
            part = []
    yield from _unbound(hub, profile, part)


def _unbound(hub: Hub, profile: Profile, records: Sequence[Snapshot]) -> list[Snapshot]:
    bound = hub.storage.orders_of(profile.office, [RecordId(record.id) for record in records])
    return [record for record in records if record.id not in bound]


def _words(record: Snapshot, by: str) -> set[str]:
    """Return what a record may be asked for by."""
    if by == PHONE:
        return set(record.contacts)
    if by == TITLE:
        return {word.casefold() for word in _WORD.findall(record.title)}
    values = many(record.get("originId" if by == ORIGIN else by))
    return {show(value).strip().casefold() for value in values if not is_empty(value)}


def _called(order: Snapshot, said: Mapping[str, list[Snapshot]]) -> list[Snapshot]:
    """Return the records that name an order: by its number, or where none does by its id."""
    for key in ("order.number", "order.id"):
        value = order.get(key)
        if not is_empty(value) and (records := said.get(show(value).strip().casefold())):
            return records
    return []


def _by_phone(
    hub: Hub, profile: Profile, orders: Mapping[OrderRef, Snapshot], said: Mapping[str, list[Snapshot]]
) -> Mapping[OrderRef, list[Snapshot]]:
    """Return the records of the buyer's contacts that cost what the order does: one buyer may order often."""
    buyers = {order: Customer.of(shown.fields) for order, shown in orders.items()}
    phones = {order: [key.value for key in buyer.keys(("phone",))] for order, buyer in buyers.items()}
    keys = sorted({MatchKey("phone", phone) for some in phones.values() for phone in some})
    contacts: dict[str, Sequence[RecordId]] = {}
    for first in range(0, len(keys), _PAGE):
        seen = hub.offices[profile.office].look(Look(keys=keys[first : first + _PAGE]), free)
        for key, answer in seen.keys.items():
            if isinstance(answer, Problem):
                raise answer
            contacts[key.value] = answer
    found: dict[OrderRef, list[Snapshot]] = {}
    for order, some in phones.items():
        known = [contact for phone in some for contact in contacts.get(phone, ())]
        records = {record.id: record for contact in known for record in said.get(contact, ())}
        total = orders[order].get("total")
        found[order] = [record for record in records.values() if record.get("opportunity") == total]
    return found
