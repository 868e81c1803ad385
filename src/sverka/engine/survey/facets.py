"""What stands beside an order's deal: its invoice, and the lead that may stand in the deal's place.

An order of a buyer nobody knows is a lead until a person makes a deal of it; the hub makes none of it by itself. A deal
that was made of a lead becomes the order's, and the lead is released.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sverka.domain.commerce.customer import MatchKey
from sverka.domain.errors import Gone, Problem
from sverka.domain.ids import OrderRef, Origin, ProfileName, RecordId
from sverka.domain.mapping.closing import HAS_DEAL
from sverka.domain.mapping.profile import Facet, Profile
from sverka.domain.merge.binding import Binding
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.parties.match import company_keys_of, wanted_keys
from sverka.engine.parties.registrations import lead_keys
from sverka.engine.task import Task
from sverka.engine.wave_state import Wave
from sverka.ports.backoffice import Seen
from sverka.ports.journal import Event
from sverka.ports.storage import KnownContacts

Make = Callable[[Profile], Task]


def with_facets(
    tasks: Sequence[Task], documents: Sequence[Profile], bindings: Sequence[Binding], make: Make
) -> list[Task]:
    """Return an order's tasks with those of the facets beside them, each behind what it hangs on."""
    if not any(document.facets for document in documents):
        return list(tasks)
    known = {task.profile.name: task for task in tasks}
    had = {binding.profile for binding in bindings}
    found: list[Task] = []
    for document in documents:
        mine = {one.facet: known[one.name] for one in document.family if one.name in known}
        if mine and document.facets:
            _pair(document, mine, had, make)
            _company(document, mine, had, make)
            _invoice(document, mine, had, make)
        found += [mine[facet] for facet in Facet if facet in mine]
    return found


def _pair(document: Profile, mine: dict[Facet, Task], had: Collection[ProfileName], make: Make) -> None:
    """Lay a deal that is not there yet beside the lead that may stand in its place."""
    profile, deal, lead = document.beside(Facet.LEAD), mine.get(Facet.DEAL), mine.get(Facet.LEAD)
    if deal and deal.binding:
        # Who has a deal is no lead any more, and an order is not given a lead again.
        for facet in (Facet.LEAD, Facet.COMPANY):
            if facet in mine and not mine[facet].binding:
                del mine[facet]
        return
    if profile and deal and lead is None and profile.name not in had:
        lead = mine[Facet.LEAD] = make(profile)
        lead.restored_at = deal.restored_at
    if lead and deal is None and document.name not in had:
        deal = mine[Facet.DEAL] = make(document)
    if deal:
        deal.lead = lead


def _company(document: Profile, mine: dict[Facet, Task], had: Collection[ProfileName], make: Make) -> None:
    profile, deal = document.beside(Facet.COMPANY), mine.get(Facet.DEAL)
    lead = mine.get(Facet.LEAD) or mine.get(Facet.REGISTRATION)
    company = mine.get(Facet.COMPANY)
    is_due = lead and company is None and not lead.binding and company_keys_of(lead)
    if profile and lead and is_due and profile.name not in had:
        company = mine[Facet.COMPANY] = make(profile)
        company.restored_at = lead.restored_at
    if company:
        company.leader = lead
        if deal and deal.binding:
            company.store = replace(company.store, fields={**company.store.fields, HAS_DEAL: True})


def _invoice(document: Profile, mine: dict[Facet, Task], had: Collection[ProfileName], make: Make) -> None:
    profile, deal = document.beside(Facet.INVOICE), mine.get(Facet.DEAL)
    invoice = mine.get(Facet.INVOICE)
    if profile and deal and invoice is None and profile.name not in had and profile.route.takes(deal.store.fields):
        invoice = mine[Facet.INVOICE] = make(profile)
        invoice.restored_at = deal.restored_at
    if invoice:
        invoice.leader = deal


def needs_buyer(task: Task) -> bool:
    """Tell whether a task may lead to a deal whose buyer has to be known."""
    return not task.binding and task.profile.facet is Facet.DEAL and not (task.lead and task.lead.binding)


def leads_of(tasks: Sequence[Task]) -> list[RecordId]:
    """Return the leads of which a person may have made a deal."""
    return [task.lead.binding.record for task in tasks if task.lead and task.lead.binding]


class Choice:
    """Whether an order is to be a lead or a deal, by what a look has shown."""

    def __init__(
        self, hub: str, seen: Seen, known: KnownContacts, taken: Mapping[RecordId, Sequence[OrderRef]]
    ) -> None:
        """Take the hub's id, and which of the deals that were made of leads are some order's already."""
        self._hub = hub
        self._seen = seen
        self._known = known
        self._taken = taken
        self.failed: list[tuple[Task, Problem]] = []

    def of(self, tasks: Sequence[Task]) -> list[Task]:
        """Return the tasks that remain: of each pair the one that the order is to be, and what hangs on it."""
        dropped = {id(one) for task in tasks if task.lead for one in self._dropped(task, task.lead)}
        left = [task for task in tasks if id(task) not in dropped and (task.binding or id(task.leader) not in dropped)]
        return [task for task in left if not self._is_known_company(task)]

    def _dropped(self, deal: Task, lead: Task) -> Sequence[Task]:
        if deal.former or self._finds(deal.origin(self._hub)):
            return [lead]
        if lead.binding:
            made = self._seen.made.get(lead.binding.record, ())
            if isinstance(made, Problem):
                self.failed.append((lead, made))
                return [deal, lead]
            deal.into = next((one for one in made if not self._taken.get(RecordId(one.id))), None)
            return [lead] if deal.into else [deal]
        is_lead = lead.former or self._finds(lead.origin(self._hub)) or not self._is_known(wanted_keys(deal))
        lead.is_owed = deal.is_owed
        return [deal] if is_lead else [lead]

    def _finds(self, origin: Origin) -> bool:
        """Tell whether a record of that origin is there, or could not be looked for."""
        found = self._seen.origins.get(origin, ())
        return isinstance(found, Problem) or bool(found)

    def _is_known_company(self, task: Task) -> bool:
        is_new = task.profile.facet is Facet.COMPANY and not (task.binding or task.intents)
        return is_new and self._is_known(company_keys_of(task))

    def _is_known(self, keys: Sequence[MatchKey]) -> bool:
        """Tell whether any key is somebody's; what could not be looked up is not unknown, and waits as a deal."""
        return any(self._is_somebodys(key) for key in keys)

    def _is_somebodys(self, key: MatchKey) -> bool:
        contact, found = self._known.bound.get(key), self._seen.keys.get(key, ())
        is_bound = contact is not None and not isinstance(self._seen.contacts.get(contact), Gone)
        failed = isinstance(found, Problem) and not isinstance(found, Gone)
        return is_bound or key in self._known.open or failed or (not isinstance(found, Problem) and bool(found))


def hang_back(tasks: Sequence[Task]) -> None:
    """Let what hangs on a deal wait until the deal is there and bound: nothing hangs on one that may fail (K8)."""
    for task in tasks:
        is_held = task.leader is None or task.leader.binding is None or task.leader.record is None
        if task.is_birth and task.profile.facet is Facet.INVOICE and is_held:
            task.rest()


def follow(wave: Wave, task: Task, now: datetime) -> None:
    """Once an order has its record: release the lead that deal was, and look again for what hangs on it.

    A lead is remembered by its client, and is its registration's no longer once it is the order's.
    """
    if task.adopted:
        wave.outcome.contacts |= dict.fromkeys(lead_keys(task), task.adopted)
    if task.takes and task.takes.record == task.adopted:
        wave.outcome.released.append(task.takes.id)
    lead = task.lead
    if lead and lead.binding:
        old, new = lead.binding.record, task.adopted
        text = Text(f"Lead {old} became deal {new}", f"Лид {old} стал сделкой {new}")
        wave.outcome.released.append(lead.binding.id)
        wave.outcome.looked.add(lead.owner)
        wave.outcome.journal.append(narrate.about(lead, now, Event.RELEASED, text, "lead"))
    if task.profile.facets:
        wave.postpone(task.order, now)


def parties_of(task: Task) -> Sequence[RecordId]:
    """Return the contacts and companies a new record is linked to: an invoice those of its deal."""
    if task.leader and task.leader.record:
        return [RecordId(one) for one in task.leader.record.contacts]
    return [party for party in (task.contact, task.company) if party] if task.into is None else []


def parent_of(task: Task) -> RecordId | None:
    """Return the record a new one hangs on."""
    hangs = task.profile.facet is Facet.INVOICE and task.leader and task.leader.record
    return RecordId(task.leader.record.id) if hangs and task.leader and task.leader.record else None
