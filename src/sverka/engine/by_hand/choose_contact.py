"""A person says whose order it is, where several contacts might be meant."""

from collections.abc import Mapping

from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.errors import Gone, Misconfigured, Problem
from sverka.domain.ids import OfficeName, OrderRef, RecordId
from sverka.domain.mapping.profile import Profile
from sverka.domain.text import Text
from sverka.engine.hub import Hub
from sverka.engine.parties.match import in_words
from sverka.ports.backoffice import Look
from sverka.ports.guard import free


def chosen(
    hub: Hub, order: OrderRef, profile: Profile, contact: RecordId, *, is_company: bool
) -> Mapping[MatchKey, RecordId]:
    """Return what is to be remembered of a person's choice: every key of the order's buyer leads to the contact.

    Raises:
        Problem: the order or the portal cannot be read.
        Misconfigured: there is no such contact, or the order has nothing its buyer could be known by again.
    """
    answer = hub.offices[profile.office].look(Look(contacts=[contact]), free).contacts.get(contact, Gone())
    if isinstance(answer, Gone):
        raise Misconfigured(_nobody(profile.office, contact))
    if isinstance(answer, Problem):
        raise answer
    shown = hub.stores[order.store].read([order.id])[order.id]
    if isinstance(shown, Problem):
        raise shown
    rule = profile.customer
    buyer = Customer.of(shown.fields, rule.sources)
    keys = buyer.company_keys(rule.match) if is_company else buyer.keys(rule.match, order.store)
    if not keys:
        raise Misconfigured(_NO_KEYS)
    return dict.fromkeys(keys, contact)


def said(order: OrderRef, known: Mapping[MatchKey, RecordId]) -> Text:
    """Return the journal's sentence of a choice."""
    contact, keys = next(iter(known.values())), in_words(known)
    return Text(
        f"A person chose {contact} for {order}: from now on that is whom {keys.en} means.",
        f"Человек выбрал {contact} для {order}: отныне {keys.ru} – это он.",
    )


def _nobody(office: OfficeName, contact: RecordId) -> Text:
    return Text(
        f"{office} has no contact {contact}; see the candidates with `sverka order list --differences`.",
        f"На портале {office} нет контакта {contact}; кандидаты: `sverka order list --differences`.",
    )


_NO_KEYS = Text(
    "The order has no phone, e-mail or other key the profile matches by, so a choice could not be remembered; link the "
    "contact to the deal in the portal.",
    "В заказе нет ни телефона, ни e-mail, ни другого ключа из профиля, запомнить выбор не по чему; привяжите контакт к "
    "сделке на портале.",
)
