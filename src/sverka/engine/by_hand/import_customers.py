"""Customers a store had before: matched first, made only if unknown, and never doubled by a repeat (R324, C71)."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from sverka.domain.commerce.customer import MatchKey
from sverka.domain.errors import Later, Problem
from sverka.domain.ids import OrderRef, RecordId
from sverka.domain.mapping.profile import Profile
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.engine.act.add_customers import give_contacts, hold_asked
from sverka.engine.hub import Hub
from sverka.engine.parties.match import buyers_of, match, searchable, wanted_keys
from sverka.engine.survey.whole import Survey
from sverka.engine.task import Task
from sverka.engine.wave_state import Wave
from sverka.ports.backoffice import Look
from sverka.ports.customers import StoreCustomer
from sverka.ports.guard import Guard, free
from sverka.ports.storage import Intent, Lane, Ring

_BUSY = Text(
    "The portal is being written to just now; try again in a minute.",
    "На портал как раз идёт запись; повторите через минуту.",
)


@dataclass(frozen=True)
class Known:
    """What the portal has of one customer: his contact, his company, or why there is none; `is_new` if made now."""

    customer: StoreCustomer
    contact: RecordId | None = None
    company: RecordId | None = None
    is_new: bool = False
    why: Text | None = None


def known_customers(hub: Hub, profile: Profile, customers: Sequence[StoreCustomer]) -> list[Known]:
    """Say who of these customers is in the portal already; nothing is written anywhere.

    Raises:
        Problem: the portal cannot be asked.
    """
    tasks = [_task(profile, customer) for customer in customers]
    found = _looked(hub, profile, tasks, free)
    buyers = buyers_of(tasks)
    match(buyers, found.known, found.seen)
    for buyer in buyers:
        if buyer.is_asked_about:
            hold_asked(buyer, hub.offices[profile.office])
    open_ = {task.order for buyer in buyers if buyer.waits for task in buyer.tasks}
    return [_told(task, customer, open_) for task, customer in zip(tasks, customers, strict=True)]


def send_customers(hub: Hub, profile: Profile, customers: Sequence[StoreCustomer]) -> list[Known]:
    """Make contacts and companies of those the portal does not know, and remember whose is which.

    Raises:
        Problem: the portal cannot be asked, or a wave is at work in it.
    """
    now = hub.clock.now()
    claim = hub.storage.lease(profile.office, now, hub.terms)
    if claim is None:
        raise Later(_BUSY)
    wave = Wave(hub, profile.office, claim)
    tasks = [_task(profile, customer) for customer in customers]
    try:
        left = _left_open(hub, profile, tasks)
        found = _looked(hub, profile, tasks, wave.guard)
        before = set(found.known.bound.values())
        seen = {one for hits in found.seen.keys.values() if not isinstance(hits, Problem) for one in hits}
        give_contacts(wave, tasks, found)
        told = [_told(task, customer, wave.later) for task, customer in zip(tasks, customers, strict=True)]
        wave.outcome.closed += [intent.id for intent in left if intent.order not in wave.later]
        wave.outcome.contacts |= {_id(profile, one): one.contact for one in told if one.contact}
        # A visit under his own name closes what stays in doubt.
        wave.outcome.rings += [
            Ring(task.order, profile.office, now + hub.terms.doubt, Lane.BACKFILL, "import")
            for task in tasks
            if task.order in wave.later
        ]
        wave.commit()
    finally:
        hub.storage.release(claim, hub.clock.now())
    return [
        Known(one.customer, one.contact, one.company, bool(one.contact and one.contact not in before | seen), one.why)
        for one in told
    ]


def _task(profile: Profile, customer: StoreCustomer) -> Task:
    order = OrderRef.of_customer(profile.store, customer.id)
    fields = {**customer.fields, "customer.external_id": customer.id}
    return Task(order, profile, Snapshot(customer.id, fields), is_birth=True)


def _left_open(hub: Hub, profile: Profile, tasks: Sequence[Task]) -> list[Intent]:
    """Return what a run began that ended in the midst of it, and of which a search tells by now what became of it."""
    now = hub.clock.now()
    intents = hub.storage.recall([task.order for task in tasks], now).intents
    return [one for one in intents if one.office == profile.office and one.doubt_until and one.doubt_until <= now]


def _id(profile: Profile, one: Known) -> MatchKey:
    return MatchKey("external_id", f"{profile.store}/{one.customer.id}")


def _looked(hub: Hub, profile: Profile, tasks: Sequence[Task], guard: Guard) -> Survey:
    keys = list(dict.fromkeys(key for task in tasks for key in wanted_keys(task)))
    found = Survey()
    found.known = hub.storage.known_contacts(profile.office, keys)
    ask = Look(
        keys=[key for key in searchable(keys) if key not in found.known.bound],
        contacts=list(dict.fromkeys(found.known.bound.values())),
    )
    found.seen = hub.offices[profile.office].look(ask, guard)
    return found


def _told(task: Task, customer: StoreCustomer, open_: Container[OrderRef]) -> Known:
    why = next((difference.text for difference in task.plan.differences), None)
    if task.contact is None and why is None:
        why = _OPEN if task.order in open_ else None if wanted_keys(task) else _NO_KEYS
    return Known(customer, task.contact, task.company, why=None if task.contact else why)


_OPEN = Text(
    "Whether his contact was made is not known yet; repeat in a few minutes, nobody is made twice.",
    "Создан ли его контакт, пока не известно; повторите через несколько минут, второго не будет.",
)
_NO_KEYS = Text(
    "He has no phone and no e-mail to be known by, so no contact is made.",
    "У него нет ни телефона, ни e-mail, узнать его не по чему: контакт не создаётся.",
)
