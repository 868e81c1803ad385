"""The look: both sides of every order of a wave, and what is to be done about each; nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sverka.domain.errors import Gone, Problem, Rejected
from sverka.domain.ids import OfficeName, OrderRef, RecordId
from sverka.domain.mapping.field_mapping import FieldMapping, Way
from sverka.domain.mapping.profile import Profile, route
from sverka.domain.mapping.routing import KNOWN
from sverka.domain.merge.binding import Binding, BindingState
from sverka.domain.merge.plan import Plan
from sverka.domain.merge.reconcile import pair_under, reconcile
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.engine.hub import Hub
from sverka.engine.parties.given import client_fields, forget_other_party
from sverka.engine.parties.heirs import heirs_of, replaced
from sverka.engine.parties.match import hand_set, searchable, wanted_keys
from sverka.engine.parties.nobody import show_nobody
from sverka.engine.parties.registrations import (
    Reception,
    greeting,
    held_by_registrations,
    is_greeting,
    lead_keys,
    read_registered,
)
from sverka.engine.parties.scout import Looked, scout
from sverka.engine.survey.accounts import know
from sverka.engine.survey.create import plan_birth
from sverka.engine.survey.facets import Choice, leads_of, needs_buyer, with_facets
from sverka.engine.survey.money_gate import check_money
from sverka.engine.survey.newborn import Newborn, newborns
from sverka.engine.survey.notify import hold_repeats
from sverka.engine.survey.options import learn_options
from sverka.engine.survey.quiet import quiet_until
from sverka.engine.survey.recover import adopt, recover_patch
from sverka.engine.survey.said import hear
from sverka.engine.survey.stock import weigh
from sverka.engine.survey.switched import hold_switched
from sverka.engine.survey.take_over import old_origins, take_over
from sverka.engine.task import Task
from sverka.ports.backoffice import Look, Seen
from sverka.ports.guard import Guard
from sverka.ports.storage import IntentKind, KnownContacts, Memory


@dataclass
class Survey:
    """What a look found.

    `shown` are the orders, `problems` those that could not be read, `unrouted` those no profile takes; `failed` are
    tasks whose record could not be looked at; `resting` are those of stopped profiles. `newborn` orders get no record
    by their route, `quiet` ones not before they have been left alone until that moment. `searched` are buyers that the
    routes had to look up before, `leads` those that clients are remembered by. `heirs` are by the contacts that were
    merged into them.
    """

    tasks: list[Task] = field(default_factory=list)
    shown: dict[OrderRef, Snapshot] = field(default_factory=dict)
    problems: dict[OrderRef, Problem] = field(default_factory=dict)
    unrouted: list[OrderRef] = field(default_factory=list)
    failed: list[tuple[Task, Problem]] = field(default_factory=list)
    resting: list[Task] = field(default_factory=list)
    quiet: dict[OrderRef, datetime] = field(default_factory=dict)
    newborn: Newborn = field(default_factory=Newborn)
    searched: Looked = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    known: KnownContacts = field(default_factory=KnownContacts)
    leads: KnownContacts = field(default_factory=KnownContacts)
    heirs: dict[RecordId, RecordId] = field(default_factory=dict)


def survey(
    hub: Hub, office: OfficeName, orders: Sequence[OrderRef], memory: Memory, guard: Guard, *, adds: bool = False
) -> Survey:
    """Read both sides of the orders and plan each; raises the problem where the whole back office is in trouble.

    With `adds` an office's lists are given the options that a profile has the hub create.
    """
    found = Survey()
    scouted = scout(hub, office, read_stores(hub, orders, guard), memory, guard)
    stores, found.searched = scouted.shown, scouted.keys
    found.newborn = newborns(hub, office, stores, memory)
    for order in orders:
        shown = stores[order]
        if isinstance(shown, Problem):
            found.problems[order] = shown
            continue
        found.shown[order] = shown
        if order not in found.newborn.made and order not in found.newborn.early:
            tasks = tasks_of(hub, office, order, shown, memory)
            if until := quiet_until(tasks, hub.clock.now()):
                found.quiet[order] = until
                continue
            found.tasks += tasks
            if not tasks and not memory.bindings.get(order):
                found.unrouted.append(order)
    unheard = {**hear(hub, found.tasks, guard), **know(hub, found.tasks, guard)}
    found.problems |= unheard
    found.tasks = [task for task in found.tasks if task.order not in unheard]
    weigh(hub, found.tasks, guard)
    if found.tasks:
        _look(hub, office, found, guard, adds=adds)
    return found


def read_stores(hub: Hub, orders: Sequence[OrderRef], guard: Guard) -> Mapping[OrderRef, Snapshot | Problem]:
    """Read the orders, store by store; a store in trouble answers for all its orders."""
    shown: dict[OrderRef, Snapshot | Problem] = {}
    for name in sorted({order.store for order in orders}):
        mine = [order for order in orders if order.store == name]
        store = hub.stores.get(name)
        if store is None:
            shown |= dict.fromkeys(mine, Gone())
            continue
        placed = [order.id for order in mine if not (order.registration or order.is_customer)]
        try:
            answers = store.read(placed, guard) if placed else {}
            shown |= read_registered(store, [order for order in mine if order.registration], guard)
        except Problem as problem:
            shown |= dict.fromkeys(mine, problem)
            continue
        shown |= {order: answers.get(order.id, Gone()) for order in mine if not order.registration}
    return shown


def tasks_of(hub: Hub, office: OfficeName, order: OrderRef, shown: Snapshot, memory: Memory) -> list[Task]:
    """Return the order's tasks in this office: its bindings, or what the route says at its first sight (K14)."""
    documents = hub.profiles_of(office, order.store)
    profiles = {profile.name: profile for document in documents for profile in document.family}
    bindings = [b for b in memory.bindings.get(order, ()) if b.office == office]
    awaited = {b.profile: b.record for b in bindings if b.state is BindingState.AWAITED}
    intents = [i for i in memory.intents if i.order == order and i.office == office]
    begun = dict.fromkeys([*awaited, *(i.profile for i in intents if i.kind is IntentKind.CREATE_RECORD)])
    tasks = [
        task_of(order, profiles[b.profile], shown, memory, b)
        for b in bindings
        if b.state is BindingState.BOUND and b.profile in profiles
    ]
    tasks += [task_of(order, profiles[name], shown, memory) for name in begun if name in profiles]
    if not bindings and not begun:
        fitting = greeting(documents) if order.registration else route(documents, shown.fields)
        tasks = [task_of(order, profile, shown, memory) for profile in fitting]
        for task in tasks:
            # A buyer that was new is known as soon as his contact is made: where that decided, it is kept at once.
            task.is_owed = len(tasks) > 1 or KNOWN in shown.fields
            task.restored_at = memory.restored_at
    if memory.restored_at:
        lost = [b.profile for b in bindings if b.state is BindingState.RELEASED and b.profile not in begun]
        sought = [task_of(order, profiles[name], shown, memory) for name in lost if name in profiles]
        for task in sought:
            task.is_sought = True
        tasks += sought
    tasks = with_facets(tasks, documents, bindings, lambda profile: task_of(order, profile, shown, memory))
    for task in tasks:
        task.intents = [i for i in intents if i.profile == task.profile.name]
        task.former = awaited.get(task.profile.name) or None
    return tasks


def task_of(order: OrderRef, profile: Profile, shown: Snapshot, memory: Memory, binding: Binding | None = None) -> Task:
    """Return an order's task under one profile, with what is remembered of it."""
    task = Task(order, profile if binding else profile.aimed(shown.fields), shown, binding)
    task.told, task.lost_at = set(memory.told.get(order, ())), memory.restored_at
    task.refused = dict(memory.refused.get(task.owner, {}))
    task.decisions = memory.decisions.get(task.owner, {})
    task.remembered = {difference.key: difference for difference in memory.differences.get(task.owner, ())}
    if task.binding:
        task.baseline = dict(task.binding.baseline)
    return task


def _look(hub: Hub, office: OfficeName, found: Survey, guard: Guard, *, adds: bool) -> None:
    births = [task for task in found.tasks if not task.binding]
    keys = list(dict.fromkeys(key for task in births if _is_sought(task) for key in wanted_keys(task)))
    found.known = hub.storage.known_contacts(office, keys)
    names = [key for task in births for key in lead_keys(task)]
    found.leads = hub.storage.known_contacts(office, names) if names else KnownContacts()
    leads = sorted(set(found.leads.bound.values()))
    bound = [task for task in found.tasks if task.binding]
    former = [task.former for task in births if task.former]
    ask = Look(
        records=[*(task.binding.record for task in bound if task.binding), *former, *leads],
        heavy=[*(task.binding.record for task in bound if task.binding and needs_rows(task)), *former, *leads],
        origins=[origin for task in births for origin in (task.origin(hub.id), *old_origins(task))],
        keys=[key for key in searchable(keys) if key not in found.known.bound and key not in found.searched],
        contacts=list(dict.fromkeys([*found.known.bound.values(), *filter(None, map(hand_set, births))])),
        fields=frozenset(
            key
            for task in found.tasks
            for mapping in task.profile.mappings
            for key in (mapping.office_field, *mapping.beside)
        ),
        people=sorted({one for task in births for one in task.profile.new.employees()}),
        owners=_wants_owners(births),
        leads=leads_of(found.tasks),
    )
    found.seen = hub.offices[office].look(ask, guard)
    found.seen.keys |= {key: answer for key, answer in found.searched.items() if key in keys}
    _look_again(hub, office, found, guard)
    _choose(hub, office, found)
    found.failed += learn_options(hub, office, found.tasks, found.seen, guard, adds=adds)
    failed = {id(task) for task, _ in found.failed}
    for task in found.tasks:
        if id(task) in failed:
            continue
        try:
            _plan(hub, found, task)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            # What an order holds is not ours to trust: one that cannot be reckoned with fails alone.
            found.failed.append((task, _unreckonable(error)))


def _choose(hub: Hub, office: OfficeName, found: Survey) -> None:
    """Leave of each order that may be a lead or a deal the one it is to be."""
    made = [RecordId(one.id) for some in found.seen.made.values() if not isinstance(some, Problem) for one in some]
    taken = hub.storage.orders_of(office, made) if made else {}
    choice = Choice(hub.id, found.seen, found.known, taken)
    found.tasks = choice.of(found.tasks)
    held = held_by_registrations(hub, office, set(found.leads.bound.values()))
    reception = Reception(hub.id, found.seen, found.known, found.leads, held)
    found.tasks = reception.of(found.tasks)
    found.failed += [*choice.failed, *reception.failed]


def _is_sought(task: Task) -> bool:
    return needs_buyer(task) or is_greeting(task)


def _look_again(hub: Hub, office: OfficeName, found: Survey, guard: Guard) -> None:
    """Search buyers whose known contact is gone, and ask who is responsible for those just found, and what they show.

    A contact that is gone may have been merged into another: that one hangs on its records now.
    """
    bound = found.known.bound
    gone = {contact for contact, answer in found.seen.contacts.items() if isinstance(answer, Gone)}
    heirs = heirs_of(hub, office, gone & set(bound.values()), guard)
    found.heirs = {contact: heir for contact, heir in heirs.items() if not isinstance(heir, Problem)}
    # Whose heir could not be read is not known to be nobody's.
    found.seen.contacts |= {contact: heir for contact, heir in heirs.items() if isinstance(heir, Problem)}
    found.known = replace(found.known, bound={key: found.heirs.get(one, one) for key, one in bound.items()})
    # An heir may be gone too: then whoever the search finds.
    keys = searchable(key for key, contact in bound.items() if contact in gone)
    others = replaced(found.tasks, found.seen)
    wanted: list[RecordId] = [*found.heirs.values(), *others]
    births = [task for task in found.tasks if not task.binding]
    owners, fields = _wants_owners(births), client_fields([task.profile for task in births])
    if owners or fields:
        # Whichever of several is chosen, he must be known.
        wanted += [one for answer in found.seen.keys.values() if not isinstance(answer, Problem) for one in answer]
    if keys or wanted:
        ask = Look(keys=keys, contacts=list(dict.fromkeys(wanted)), fields=fields, owners=owners)
        more = hub.offices[office].look(ask, guard)
        found.seen.keys |= more.keys
        found.seen.contacts |= more.contacts
        found.seen.people |= more.people
        found.seen.parties |= more.parties
        found.heirs |= {one: other for one, other in others.items() if isinstance(more.contacts.get(one), Gone)}


def _wants_owners(births: Sequence[Task]) -> bool:
    return any(task.profile.new.responsible_from_contact for task in births)


def _unreckonable(error: Exception) -> Rejected:
    name = type(error).__name__
    return Rejected(
        Text(
            f"This order cannot be reckoned with ({name}); look at its amounts and dates in the store.",
            f"С этим заказом не удаётся посчитать ({name}); проверьте его суммы и даты в магазине.",
        )
    )


def needs_rows(task: Task) -> bool:
    """Tell whether heavy fields are wanted: their source moved, their memory is unsure, or a write is in doubt."""
    return bool(task.intents) or any(_unsure(task, mapping) for mapping in task.profile.mappings if mapping.heavy)


def _unsure(task: Task, mapping: FieldMapping) -> bool:
    entry = task.baseline.get(mapping.key)
    pair = pair_under(entry, mapping) if entry else None
    return mapping.way is not Way.TO_OFFICE or pair is None or pair.store != task.store.get(mapping.store_field)


def _plan(hub: Hub, found: Survey, task: Task) -> None:
    problem = _find_record(hub, found.seen, task)
    if problem is None and task.record is None:
        problem = take_over(hub, found.seen, task, found.tasks)
    if problem is not None:
        found.failed.append((task, problem))
        return
    for key in set(task.baseline) - {mapping.key for mapping in task.profile.mappings}:
        task.remember(key, None)
    if task.binding:
        forget_other_party(task, task.binding.parties)
    for intent in task.intents:
        if intent.kind in (IntentKind.PATCH_RECORD, IntentKind.PATCH_ORDER):
            recover_patch(task, intent)
    if task.record is None and task.is_sought:
        task.rest()
    elif task.record is not None:
        task.plan = merge(task, task.record)
    elif not task.plan.differences:
        plan_birth(task)
    show_nobody(task)
    check_money(task)


def merge(task: Task, record: Snapshot) -> Plan:
    """Reconcile a task's two sides over its memory."""
    plan = reconcile(task.profile.mappings, task.baseline, task.store, record, task.refused, task.decisions)
    plan.differences = [task.shown_before(difference) for difference in plan.differences]
    hold_repeats(task, plan)
    hold_switched(task, plan)
    return plan


def _find_record(hub: Hub, seen: Seen, task: Task) -> Problem | None:
    if task.binding:
        shown = seen.records.get(task.binding.record, Gone())
        if isinstance(shown, Problem):
            return shown
        task.record = shown
        return None
    found = seen.origins.get(task.origin(hub.id), ())
    if isinstance(found, Problem):
        return found
    # One that was deleted may have been taken out of the bin since, and a search may not find it yet.
    if task.into and task.takes is None and task.profile.customer.converted == "link":
        task.record, task.adopted = task.into, RecordId(task.into.id)
        return None
    former = seen.records.get(task.former, Gone()) if task.former else Gone()
    if isinstance(former, Snapshot):
        found = [former]
    elif not isinstance(former, Gone):
        return former
    if found:
        task.adopted = RecordId(found[0].id)
        adopt(task, found[0], task.intents)
        return None
    return None
