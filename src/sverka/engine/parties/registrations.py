"""Customers who have registered and not ordered yet: each is a lead, and his first order goes into it (R304, R308).

A registration is visited under a name of its own, as an order is: marks, intents, doubt and memory are the same.
"""

from collections.abc import Collection, Mapping, Sequence

from sverka.domain.commerce.customer import MatchKey
from sverka.domain.errors import Gone, Later, Problem
from sverka.domain.ids import OfficeName, OrderRef, RecordId
from sverka.domain.mapping.closing import ENDS
from sverka.domain.mapping.profile import Facet, Profile
from sverka.domain.merge.binding import Binding, BindingState
from sverka.domain.merge.snapshot import Snapshot
from sverka.engine.hub import Hub
from sverka.engine.parties.match import customer_of, wanted_keys
from sverka.engine.task import Task
from sverka.ports.backoffice import Seen
from sverka.ports.customers import KeepsCustomers, StoreCustomer
from sverka.ports.guard import Guard
from sverka.ports.storage import KnownContacts
from sverka.ports.store import Store


def greeting(documents: Sequence[Profile]) -> Sequence[Profile]:
    """Return the profile that makes leads of registrations: that of the first document that has one."""
    found = (one.beside(Facet.REGISTRATION) for one in documents if one.switches.create_records)
    return [profile for profile in found if profile][:1]


def read_registered(store: Store, orders: Collection[OrderRef], guard: Guard) -> Mapping[OrderRef, Snapshot | Problem]:
    """Read the customers these names are of; one without an account any more is `Gone`. Raises what the store does."""
    if not orders:
        return {}
    if not isinstance(store, KeepsCustomers):
        return dict.fromkeys(orders, Gone())
    shown = {one.id: _snapshot(one) for one in store.customers([order.registration for order in orders], guard)}
    return {order: shown.get(order.registration, Gone()) for order in orders}


def _snapshot(customer: StoreCustomer) -> Snapshot:
    fields = {**customer.fields, "customer.external_id": customer.id}
    name = str(fields.get("customer.name") or "")
    return Snapshot(customer.id, fields, changed_at=customer.registered_at, title=name)


def lead_keys(task: Task) -> tuple[MatchKey, ...]:
    """Return what the client of a lead is remembered by; nothing where registrations are no leads."""
    rule, customer = task.profile.customer, customer_of(task)
    if not rule.registers or task.profile.facet not in (Facet.LEAD, Facet.COMPANY, Facet.REGISTRATION):
        return ()
    keys = customer.keys(("external_id", "phone", "email"), task.order.store)
    if task.profile.facet is Facet.COMPANY:
        keys = customer.company_keys(rule.match)
    return tuple(MatchKey("lead", str(key)) for key in keys)


def is_greeting(task: Task) -> bool:
    """Tell whether a task may make a lead of a registration, whose client has to be looked up."""
    return task.profile.facet is Facet.REGISTRATION and not task.binding


def held_by_registrations(hub: Hub, office: OfficeName, leads: Collection[RecordId]) -> Mapping[RecordId, Binding]:
    """Return which of these leads are a registration's, and no order's yet."""
    taken = hub.storage.orders_of(office, leads) if leads else {}
    names = [order for orders in taken.values() for order in orders if order.registration]
    bindings = hub.storage.recall(names, hub.clock.now()).bindings if names else {}
    return {
        binding.record: binding
        for some in bindings.values()
        for binding in some
        if binding.state is BindingState.BOUND and all(order.registration for order in taken.get(binding.record, ()))
    }


class Reception:
    """Which registrations become leads, and which orders go into one, by what a look has shown."""

    def __init__(
        self, hub: str, seen: Seen, known: KnownContacts, leads: KnownContacts, held: Mapping[RecordId, Binding]
    ) -> None:
        """Take the hub's id, the `leads` that clients are remembered by, and the registrations' own among them."""
        self._hub = hub
        self._seen = seen
        self._known = known
        self._leads = leads
        self._held = held
        self.failed: list[tuple[Task, Problem]] = []

    def of(self, tasks: Sequence[Task]) -> list[Task]:
        """Return the tasks that remain; those that must wait are among the failed ones."""
        coming = {key for task in tasks if not (task.binding or task.order.registration) for key in lead_keys(task)}
        left: list[Task] = []
        for task in tasks:
            if task.binding or self._is_begun(task) or not lead_keys(task):
                left.append(task)
            elif problem := self._waits(task, coming):
                self.failed.append((task, problem))
            elif not (task.order.registration and self._is_known(task)):
                coming |= set(lead_keys(task)) if task.order.registration else set()
                left.append(task)
        for task in left:
            self._lead_into(task)
        kept = {id(task) for task in left}
        return [task for task in left if not self._is_left_alone(task, kept)]

    def _is_begun(self, task: Task) -> bool:
        found = self._seen.origins.get(task.origin(self._hub), ())
        return bool(task.intents or task.former) or isinstance(found, Problem) or bool(found)

    def _waits(self, task: Task, coming: Collection[MatchKey]) -> Problem | None:
        """Return why a task must wait: a lead of the same client is in the making, or he could not be looked up."""
        if any(key in self._leads.open for key in lead_keys(task)):
            return Later()
        if not task.order.registration:
            shown = self._seen.records.get(self._remembered(task) or RecordId(""))
            return shown if isinstance(shown, Problem) and not isinstance(shown, Gone) else None
        answers = [self._seen.keys.get(key) for key in wanted_keys(task)]
        failed = [answer for answer in answers if isinstance(answer, Problem) and not isinstance(answer, Gone)]
        is_met = any(key in coming for key in lead_keys(task)) or any(k in self._known.open for k in wanted_keys(task))
        return failed[0] if failed else Later() if is_met else None

    def _is_known(self, task: Task) -> bool:
        """Tell whether the portal or the hub knows a client who has registered, under another name perhaps."""
        keys = wanted_keys(task)
        found = [self._seen.keys.get(key) for key in keys]
        alive = [one for key in keys if (one := self._known.bound.get(key))]
        is_bound = any(not isinstance(self._seen.contacts.get(one), Gone) for one in alive)
        return is_bound or any(found) or self._remembered(task) is not None

    def _remembered(self, task: Task) -> RecordId | None:
        return next((one for key in lead_keys(task) if (one := self._leads.bound.get(key))), None)

    def _lead_into(self, task: Task) -> None:
        """Let an order become the lead of its client's registration, unless a person has ended that."""
        record = self._remembered(task)
        if task.binding or task.order.registration or record is None:
            return
        task.takes, shown = self._held.get(record), self._seen.records.get(record)
        is_open = isinstance(shown, Snapshot) and shown.get("stageId") not in ENDS
        if task.takes and is_open and not task.former and not self._seen.origins.get(task.origin(self._hub)):
            task.into = shown if isinstance(shown, Snapshot) else None

    def _is_left_alone(self, task: Task, kept: Collection[int]) -> bool:
        """Tell whether a company's lead would be made of a registration that makes none."""
        is_company = task.order.registration and task.profile.facet is Facet.COMPANY
        return bool(is_company and not task.binding and not task.intents and id(task.leader) not in kept)
