"""Making the contacts that are missing, one request before the records that hang on them (K8, K9)."""

from collections.abc import Mapping, Sequence

from sverka.domain.commerce.party import COMPANY, CONTACT
from sverka.domain.commerce.value import Value, is_empty
from sverka.domain.errors import Gone, Problem, Rejected, Unanswered
from sverka.domain.ids import RecordId
from sverka.domain.mapping.tags import Tag
from sverka.domain.merge.plan import Difference, Why
from sverka.domain.text import Text
from sverka.engine.parties.assign import assign
from sverka.engine.parties.given import bring_all
from sverka.engine.parties.match import Buyer, buyers_of, in_words, match
from sverka.engine.parties.nobody import CUSTOMER, note_beside
from sverka.engine.survey.facets import needs_buyer
from sverka.engine.survey.whole import Survey
from sverka.engine.task import Task
from sverka.engine.trouble import BACKOFF
from sverka.engine.wave_state import Wave
from sverka.ports.backoffice import BackOffice, NewCustomer
from sverka.ports.customers import LinksClients
from sverka.ports.storage import Intent, IntentKind

COMPANY_KEY = "company"
"""The key under which the question is kept which company an order is bought for, and the refusal of a new one."""


def give_contacts(wave: Wave, tasks: Sequence[Task], found: Survey) -> None:
    """Match the buyers of all births and make the contacts that are missing; a birth without its contact waits."""
    buyers = buyers_of([task for task in tasks if task.is_birth and needs_buyer(task)])
    match(buyers, found.known, found.seen)
    births = [task for task in tasks if task.is_birth]
    assign(births, found.seen, wave.hub.storage, wave.hub.clock.now())
    for task in births:
        if needs_buyer(task):
            note_beside(task, wave.hub.clock.now())
    lost = [contact for contact, answer in found.seen.contacts.items() if isinstance(answer, Gone)]
    wave.outcome.lost_contacts += lost
    wave.outcome.heirs |= {one: heir for one, heir in found.heirs.items() if heir not in lost}
    for buyer in buyers:
        hold_refused(buyer)
        if buyer.is_asked_about:
            hold_asked(buyer, wave.hub.offices[wave.office])
    unknown = [buyer for buyer in buyers if buyer.contact is None and buyer.may_be_made]
    missing = [buyer for buyer in unknown if not buyer.waits and buyer.births]
    parties, new = dict(found.seen.parties), set[RecordId]()
    if missing:
        _add_contacts(wave, missing)
        made = [(buyer.contact, shown_new(buyer)) for buyer in missing if buyer.contact]
        new |= {contact for contact, _ in made}
        parties |= dict(made)
    for task in tasks:
        bring_all(task, parties, new)
    for buyer in buyers:
        wave.outcome.contacts |= buyer.learn()
        for task in buyer.tasks:
            if task.is_birth and (buyer.waits or (buyer.contact is None and buyer.may_be_made)):
                task.rest()
                wave.postpone(task.order, wave.hub.clock.now() + BACKOFF)


def _add_contacts(wave: Wave, buyers: Sequence[Buyer]) -> None:
    for buyer in buyers:
        first = buyer.births[0]
        wave.outcome.intents.append(
            Intent(IntentKind.ADD_CUSTOMER, wave.office, first.order, first.profile.name, keys=buyer.keys)
        )
    intents = wave.commit()
    made = [
        NewCustomer(
            intent.id,
            buyer.customer,
            buyer.births[0].assigned or "",
            str(buyer.keys[0]),
            buyer.is_company,
            buyer.rule.kinds,
            {**_marks(buyer), **_constants(buyer)},
            is_past=all(task.placed for task in buyer.births),
        )
        for intent, buyer in zip(intents, buyers, strict=True)
    ]
    answers: Mapping[int, RecordId | Problem]
    try:
        answers = wave.hub.offices[wave.office].add_customers(made, wave.guard)
    except Problem as problem:
        answers = dict.fromkeys((intent.id for intent in intents), problem)
    for intent, buyer in zip(intents, buyers, strict=True):
        answer = answers.get(intent.id, Unanswered())
        if not isinstance(answer, Unanswered):
            wave.outcome.closed.append(intent.id)
        if not isinstance(answer, Problem):
            buyer.take(answer)
        for task in buyer.tasks:
            if isinstance(answer, Rejected):
                task.refuse(_key_of(buyer), _known_by(buyer))
                task.hold(Difference(_key_of(buyer), Why.REFUSED, _told(buyer), None, answer.text))
            elif isinstance(answer, Problem):
                wave.trouble(task.order, answer, wave.office, task)


def shown_new(buyer: Buyer) -> Mapping[str, Value]:
    """Return what a contact or company shows that is made of a buyer."""
    return {**buyer.customer.as_party(buyer.rule.kinds, is_company=buyer.is_company), **_constants(buyer)}


def _constants(buyer: Buyer) -> Mapping[str, Value]:
    prefix = COMPANY if buyer.is_company else CONTACT
    return {key: value for key, value in buyer.rule.constants.items() if key.startswith(prefix)}


def hold_asked(buyer: Buyer, office: BackOffice) -> None:
    """Hold the orders of a buyer of whom only a person can say who he is; nothing is guessed."""
    for task in buyer.births:
        text = _wrong(buyer.named) if buyer.named else _several(task, buyer, office)
        task.hold(Difference(_key_of(buyer), Why.WAITING, buyer.named or _told(buyer), buyer.candidates, text))


def _wrong(named: str) -> Text:
    return Text(
        f"The order names the contact {named}, and the portal has none of that number; correct it in the order, or "
        "empty it to have the buyer looked for.",
        f"В заказе указан контакт {named}, на портале такого нет; исправьте номер в заказе или очистите поле, чтобы "
        "покупателя нашли по телефону и e-mail.",
    )


def _several(task: Task, buyer: Buyer, office: BackOffice) -> Text:
    links = {one: office.address_of(one) if isinstance(office, LinksClients) else "" for one in buyer.candidates}
    which = ", ".join(f"{one} ({link})" if link else one for one, link in links.items())
    words = in_words(buyer.keys)
    command = f"sverka order contact {task.order} {buyer.candidates[0]}"
    way = Text(f"Choose whose order it is: `{command}`", f"Выберите, чей это заказ: `{command}`")
    if task.order.is_customer:
        way = Text("Merge them in the portal and repeat", "Объедините их на портале и повторите")
    return Text(
        f"Several in the portal answer to {words.en}: {which}. {way.en}.",
        f"На портале несколько подходящих ({words.ru}): {which}. {way.ru}.",
    )


def hold_refused(buyer: Buyer) -> None:
    """Hold the orders of a buyer whose contact the back office would not take: it is not sent again as it is."""
    for task in buyer.tasks:
        if buyer.contact is None and task.refused.get(_key_of(buyer)) == _known_by(buyer):
            difference = Difference(_key_of(buyer), Why.REFUSED, _told(buyer), None, Rejected.text)
            task.hold(task.shown_before(difference))


def _key_of(buyer: Buyer) -> str:
    return COMPANY_KEY if buyer.is_company else CUSTOMER


def _told(buyer: Buyer) -> str:
    return ", ".join(key.value for key in buyer.keys)


def _known_by(buyer: Buyer) -> str:
    """Return the keys a buyer is looked for by, as a value that is refused with him."""
    return ", ".join(str(key) for key in buyer.keys)


def _marks(buyer: Buyer) -> dict[str, Value]:
    """Return the marks of advertising that a buyer's order brings him with."""
    prefix = COMPANY if buyer.is_company else CONTACT
    tags = [change for change in buyer.births[0].plan.changes if isinstance(change.mapping.converter, Tag)]
    return {f"{prefix}{change.field}": change.value for change in tags if not is_empty(change.value)}
