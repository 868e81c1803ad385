"""Customers once (K9): the buyers of a wave are matched among themselves, then in memory, then in the portal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.errors import Problem
from sverka.domain.ids import RecordId
from sverka.engine.task import Task
from sverka.ports.backoffice import Seen
from sverka.ports.storage import KnownContacts


@dataclass
class Buyer:
    """One buyer and all births of this wave that are his. `found` are the keys the portal knew him by."""

    customer: Customer
    keys: tuple[MatchKey, ...]
    tasks: list[Task]
    contact: RecordId | None = None
    found: dict[MatchKey, RecordId] = field(default_factory=dict)
    waits: bool = False

    def learn(self) -> Mapping[MatchKey, RecordId]:
        """Return what is to be remembered: every key that is nobody else's leads to the contact."""
        if self.contact is None:
            return {}
        return {key: self.found.get(key, self.contact) for key in self.keys}


def keys_of(task: Task) -> tuple[MatchKey, ...]:
    """Return the keys by which a task's profile matches its buyer, in order of trial."""
    return Customer.of(task.store.fields).keys(task.profile.customer.match)


def buyers_of(births: Sequence[Task]) -> list[Buyer]:
    """Join births whose buyers share any key; a buyer without any could not be found again, and gets no contact."""
    buyers: list[Buyer] = []
    by_key: dict[MatchKey, Buyer] = {}
    for task in births:
        if task.profile.customer.create == "none":
            continue
        buyer = Buyer(Customer.of(task.store.fields), keys_of(task), [task])
        if not buyer.keys:
            continue
        for other in {id(by_key[key]): by_key[key] for key in buyer.keys if key in by_key}.values():
            buyer.tasks = [*other.tasks, *buyer.tasks]
            buyer.customer = other.customer
            buyer.keys = tuple(dict.fromkeys((*other.keys, *buyer.keys)))
            buyers.remove(other)
        buyers.append(buyer)
        by_key.update(dict.fromkeys(buyer.keys, buyer))
    return buyers


def match(buyers: Sequence[Buyer], known: KnownContacts, seen: Seen) -> None:
    """Give each buyer his contact, where there is one; a buyer whose keys meet a contact in the making waits."""
    for buyer in buyers:
        buyer.waits = any(key in known.open for key in buyer.keys)
        for key in buyer.keys:
            contact = _alive(known.bound.get(key), seen) or _first(seen.keys.get(key))
            if contact is None:
                continue
            buyer.found[key] = contact
            buyer.contact = buyer.contact or contact
        for task in buyer.tasks:
            task.contact = buyer.contact
            owner = seen.contacts.get(buyer.contact) if buyer.contact else None
            task.responsible = owner if isinstance(owner, str) else ""


def _alive(contact: RecordId | None, seen: Seen) -> RecordId | None:
    return None if contact is None or isinstance(seen.contacts.get(contact), Problem) else contact


def _first(found: Sequence[RecordId] | Problem | None) -> RecordId | None:
    return None if found is None or isinstance(found, Problem) or not found else found[0]
