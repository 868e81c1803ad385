"""Buyers who tell nothing they could be known by, or more than that: what is said of them, and who is to act."""

from datetime import datetime

from sverka.domain.mapping.profile import Facet
from sverka.domain.merge.plan import Difference, Why
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.parties.match import customer_of, named_in, wanted_keys
from sverka.engine.task import Task
from sverka.ports.journal import Event

CUSTOMER = "customer"
"""The key under which the question is kept whose order it is, and the refusal of a buyer's contact."""


def show_nobody(task: Task) -> None:
    """Show that an order's deal has no contact, for nothing told whose it is: until one hangs on it.

    The deal is made all the same, and what the order tells later is not laid on a deal that people work with.
    """
    if not _is_without_contact(task):
        return
    keys, before = wanted_keys(task), task.remembered.get(CUSTOMER)
    if not keys:
        text = _nobody(task)
    elif task.binding and before and before.why is Why.WAITING:
        text = _LATE
    else:
        return
    task.plan.differences.append(Difference(CUSTOMER, Why.WAITING, _typed(task) or None, None, text))


def note_beside(task: Task, now: datetime) -> None:
    """Note of a birth what stands beside its buyer's phones and e-mails, for the contact gets those alone."""
    buyer = customer_of(task)
    if not wanted_keys(task):
        return  # shown as a difference, with what was typed
    for typed, found in ((buyer.phone, buyer.phones), (buyer.email, buyer.emails)):
        rest = typed
        for one in found:
            rest = rest.replace(one, "")
        if any(char.isalnum() for char in rest):
            task.notes.append(narrate.about(task, now, Event.DECIDED, _beside(typed, ", ".join(found)), "K9"))


def _is_without_contact(task: Task) -> bool:
    if task.store.mark:
        return False  # made of a deal, it has the client that a manager gave that deal
    profile, hangs_on = task.profile, task.record.contacts if task.record else ()
    is_deal = profile.facet is Facet.DEAL and not (task.lead and task.lead.binding)
    made = task.is_birth or task.binding
    return bool(
        is_deal and made and profile.customer.create == "contact" and not (hangs_on or task.into or named_in(task))
    )


def _typed(task: Task) -> str:
    buyer = customer_of(task)
    return "; ".join(filter(None, (buyer.phone, buyer.email)))


def _nobody(task: Task) -> Text:
    typed = _typed(task)
    read = Text(f" (it has: {typed})", f" (в нём: {typed})") if typed else Text("", "")
    return Text(
        f"The order has neither a phone nor an e-mail to know the buyer by{read.en}, so its deal has no contact; ask "
        "the buyer, and add a contact to the deal in the portal.",
        f"В заказе нет ни телефона, ни e-mail, по которым узнают покупателя{read.ru}, поэтому сделка без контакта; "
        "уточните их у покупателя и добавьте контакт в сделку на портале.",
    )


_LATE = Text(
    "The order tells by now who the buyer is, but its deal was made without a contact; add one to the deal in the "
    "portal.",
    "Теперь из заказа видно, кто покупатель, но сделка создана без контакта; добавьте контакт в сделку на портале.",
)


def _beside(typed: str, found: str) -> Text:
    if not found:
        return Text(
            f"In the order stands {typed!r}, which is no number and no address: the contact is made without it.",
            f"В заказе стоит «{typed}»: это не номер и не адрес, в контакт не попадёт.",
        )
    return Text(
        f"In the order stands {typed!r}: the contact gets {found}, the rest stays in the order.",
        f"В заказе стоит «{typed}»: в контакт попадёт {found}, остальное останется в заказе.",
    )
