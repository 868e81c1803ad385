"""Customers once (K9): the buyers of a wave are matched among themselves, then in memory, then in the portal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.errors import Gone, Problem
from sverka.domain.ids import RecordId
from sverka.engine.task import Task
from sverka.ports.backoffice import Seen
from sverka.ports.storage import KnownContacts


@dataclass(eq=False)
class Buyer:
    """One buyer, or one company, and all births of this wave that are his. `found` are the keys he was known by.

    `waits` says that nobody may make a contact of him now: one is being made, or he could not be looked up.
    """

    customer: Customer
    keys: tuple[MatchKey, ...]
    tasks: list[Task]
    is_company: bool = False
    contact: RecordId | None = None
    found: dict[MatchKey, RecordId] = field(default_factory=dict)
    waits: bool = False

    @property
    def births(self) -> list[Task]:
        """His tasks that are still to become records."""
        return [task for task in self.tasks if task.is_birth]

    @property
    def may_be_made(self) -> bool:
        """Whether a contact may be made of him; else he is linked only where he is known."""
        return any(task.profile.customer.create != "none" for task in self.tasks)

    def learn(self) -> Mapping[MatchKey, RecordId]:
        """Return what is to be remembered: every key that is nobody else's leads to the contact."""
        if self.contact is None:
            return {}
        return {key: self.found.get(key, self.contact) for key in self.keys}

    def take(self, contact: RecordId | None, responsible: str = "") -> None:
        """Give the contact to every birth of his."""
        self.contact = contact
        for task in self.tasks:
            if self.is_company:
                task.company = contact
            else:
                task.contact, task.responsible = contact, responsible


def keys_of(task: Task) -> tuple[MatchKey, ...]:
    """Return the keys by which a task's profile matches its buyer, in order of trial."""
    return Customer.of(task.store.fields).keys(task.profile.customer.match)


def wanted_keys(task: Task) -> tuple[MatchKey, ...]:
    """Return every key that has to be looked up for a birth."""
    return (*keys_of(task), *Customer.of(task.store.fields).company_keys())


def buyers_of(births: Sequence[Task]) -> list[Buyer]:
    """Join births whose buyers share any key; a buyer without any could not be found again, and gets no contact.

    The company an order is bought for is a buyer of its own (R268).
    """
    buyers: dict[int, Buyer] = {}
    by_key: dict[MatchKey, Buyer] = {}
    for task in births:
        customer = Customer.of(task.store.fields)
        for is_company, keys in ((False, keys_of(task)), (True, customer.company_keys())):
            buyer = Buyer(customer, keys, [task], is_company)
            if not keys:
                continue
            for other in {id(by_key[key]): by_key[key] for key in keys if key in by_key}.values():
                buyer.tasks = [*other.tasks, *buyer.tasks]
                buyer.customer = other.customer
                buyer.keys = tuple(dict.fromkeys((*other.keys, *buyer.keys)))
                del buyers[id(other)]
            buyers[id(buyer)] = buyer
            by_key.update(dict.fromkeys(buyer.keys, buyer))
    return list(buyers.values())


def match(buyers: Sequence[Buyer], known: KnownContacts, seen: Seen) -> None:
    """Give each buyer his contact, where there is one.

    A buyer waits whose keys meet a contact in the making, or whose look-up failed: not found is not the same as
    not looked up.
    """
    for buyer in buyers:
        for key in buyer.keys:
            bound = known.bound.get(key)
            answers = (seen.contacts.get(bound) if bound else None, seen.keys.get(key))
            failed = any(isinstance(answer, Problem) and not isinstance(answer, Gone) for answer in answers)
            buyer.waits = buyer.waits or failed or key in known.open
            contact = _alive(bound, seen) or _first(seen.keys.get(key))
            if contact is not None:
                buyer.found[key] = contact
        first = next(iter(buyer.found.values()), None)
        owner = seen.contacts.get(first) if first else None
        buyer.take(first, owner if isinstance(owner, str) else "")


def _alive(contact: RecordId | None, seen: Seen) -> RecordId | None:
    return None if contact is None or isinstance(seen.contacts.get(contact), Problem) else contact


def _first(found: Sequence[RecordId] | Problem | None) -> RecordId | None:
    return None if found is None or isinstance(found, Problem) or not found else found[0]
