"""Customers once (K9): the buyers of a wave are matched among themselves, then in memory, then in the portal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sverka.domain.commerce.customer import SEARCHED, Customer, KeyKind, MatchKey
from sverka.domain.commerce.value import is_empty, show
from sverka.domain.errors import Gone, Problem
from sverka.domain.ids import RecordId
from sverka.domain.mapping.profile import CustomerRule
from sverka.domain.text import Text
from sverka.engine.task import Task
from sverka.ports.backoffice import Seen
from sverka.ports.storage import KnownContacts


@dataclass(eq=False)
class Buyer:
    """One buyer, or one company, and all births of this wave that are his. `found` are the keys he was known by.

    `waits` says that nobody may make a contact of him now: one is being made, or he could not be looked up. Where a
    person has to say who he is, `candidates` are the contacts that might be his; `named` is the one a person has named
    in the order, and rules.
    """

    customer: Customer
    keys: tuple[MatchKey, ...]
    tasks: list[Task]
    is_company: bool = False
    contact: RecordId | None = None
    found: dict[MatchKey, RecordId] = field(default_factory=dict)
    waits: bool = False
    candidates: tuple[RecordId, ...] = ()
    named: str = ""
    unsure: set[MatchKey] = field(default_factory=set)

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
        return {key: self.found.get(key, self.contact) for key in self.keys if key not in self.unsure}

    @property
    def rule(self) -> CustomerRule:
        """How his first order's profile has buyers matched."""
        return self.tasks[0].profile.customer

    @property
    def is_asked_about(self) -> bool:
        """Whether a person has to say who he is, or has said it wrongly."""
        return bool(self.candidates or self.named) and self.contact is None and not self.waits

    def take(self, contact: RecordId | None, responsible: str = "") -> None:
        """Give the contact to every birth of his."""
        self.contact = contact
        for task in self.tasks:
            if self.is_company:
                task.company = contact
            else:
                task.contact, task.responsible = contact, responsible


_WORDS: Mapping[KeyKind, Text] = {
    "phone": Text("phone", "телефон"),
    "email": Text("e-mail", "e-mail"),
    "company": Text("company", "компания"),
    "inn": Text("INN", "ИНН"),
    "external_id": Text("store id", "номер в магазине"),
    "lead": Text("lead", "лид"),
}


def keys_of(task: Task) -> tuple[MatchKey, ...]:
    """Return the keys by which a task's profile matches its buyer, in order of trial."""
    return customer_of(task).keys(task.profile.customer.match, task.order.store)


def company_keys_of(task: Task) -> tuple[MatchKey, ...]:
    """Return the keys by which a task's profile matches the company its buyer buys for."""
    return customer_of(task).company_keys(task.profile.customer.match)


def customer_of(task: Task) -> Customer:
    """Return the buyer a task's order names."""
    return Customer.of(task.store.fields, task.profile.customer.sources)


def hand_set(task: Task) -> RecordId | None:
    """Return the contact a person has named in the order, None where there is none or it is no number."""
    named = named_in(task)
    return RecordId(named) if named.isdigit() and not task.binding else None


def searchable(keys: Iterable[MatchKey]) -> list[MatchKey]:
    """Return the keys a back office can be searched by."""
    return [key for key in keys if key.kind in SEARCHED]


def named_in(task: Task) -> str:
    """Return what stands in the order field in which a person names the contact."""
    field_ = task.profile.customer.hand_set
    value = task.store.get(field_) if field_ else None
    return "" if is_empty(value) else show(value).strip()


def in_words(keys: Iterable[MatchKey]) -> Text:
    """Return keys as people call them: phone 79990000001, e-mail anna@example.test."""
    named = [(_WORDS[key.kind], key.value) for key in keys]
    return Text(", ".join(f"{word.en} {value}" for word, value in named),
                ", ".join(f"{word.ru} {value}" for word, value in named))  # fmt: skip


def wanted_keys(task: Task) -> tuple[MatchKey, ...]:
    """Return every key that has to be looked up for a birth."""
    return (*keys_of(task), *company_keys_of(task))


def buyers_of(births: Sequence[Task]) -> list[Buyer]:
    """Join births whose buyers share any key; a buyer without any could not be found again, and gets no contact.

    The company an order is bought for is a buyer of its own (R268).
    """
    buyers: dict[int, Buyer] = {}
    by_key: dict[MatchKey, Buyer] = {}
    for task in births:
        customer = customer_of(task)
        for is_company, keys in ((False, keys_of(task)), (True, company_keys_of(task))):
            buyer = Buyer(customer, keys, [task], is_company, named="" if is_company else named_in(task))
            if buyer.named:
                buyers[id(buyer)] = buyer
                continue
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
        if buyer.named:
            _take_named(buyer, known, seen)
            continue
        several: dict[MatchKey, Sequence[RecordId]] = {}
        for key in buyer.keys:
            bound = known.bound.get(key)
            answers = (seen.contacts.get(bound) if bound else None, seen.keys.get(key))
            failed = any(isinstance(answer, Problem) and not isinstance(answer, Gone) for answer in answers)
            buyer.waits = buyer.waits or failed or key in known.open
            contact = _alive(bound, seen)
            several[key] = [contact] if contact else _all(seen.keys.get(key))
        first = _decide(buyer, several)
        owner = seen.contacts.get(first) if first else None
        buyer.take(first, owner if isinstance(owner, str) else "")


def _take_named(buyer: Buyer, known: KnownContacts, seen: Seen) -> None:
    """Take the contact a person has named: it rules, and where it is not there nothing is guessed (R287)."""
    answer = seen.contacts.get(RecordId(buyer.named), Gone())
    buyer.waits = isinstance(answer, Problem) and not isinstance(answer, Gone)
    buyer.found = {key: contact for key in buyer.keys if (contact := known.bound.get(key))}
    if isinstance(answer, str):
        buyer.take(RecordId(buyer.named), answer)


def _decide(buyer: Buyer, several: Mapping[MatchKey, Sequence[RecordId]]) -> RecordId | None:
    """Return the contact of the first key that leads to any; where that leads to several, the other keys choose."""
    found = {key: contacts for key, contacts in several.items() if contacts}
    oldest = buyer.rule.ambiguous == "oldest"
    buyer.found = {key: contacts[0] for key, contacts in found.items() if oldest or len(contacts) == 1}
    buyer.unsure = {key for key in found if key not in buyer.found}
    if not found:
        return None
    left = list(next(iter(found.values())))
    for contacts in found.values():
        left = [contact for contact in left if contact in contacts] or left
    if len(left) > 1 and not oldest:
        buyer.candidates = tuple(left)
        return None
    return left[0]


def _alive(contact: RecordId | None, seen: Seen) -> RecordId | None:
    return None if contact is None or isinstance(seen.contacts.get(contact), Problem) else contact


def _all(found: Sequence[RecordId] | Problem | None) -> Sequence[RecordId]:
    return () if found is None or isinstance(found, Problem) else found
