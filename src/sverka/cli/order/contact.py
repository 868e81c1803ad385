"""`sverka order contact`: a person says whose order it is, where several contacts might be meant."""

import re
from collections.abc import Sequence
from typing import Annotated

import typer

from sverka.cli.home import at_work
from sverka.cli.order.show import Ref
from sverka.cli.profile.preview import order_ref
from sverka.cli.screen import GOOD, line
from sverka.cli.words import say, t
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import OrderRef, RecordId
from sverka.domain.merge.plan import Why
from sverka.domain.text import Text
from sverka.engine.act.add_customers import COMPANY_KEY
from sverka.engine.bells.retry import ring_orders
from sverka.engine.by_hand.choose_contact import chosen, said
from sverka.engine.parties.nobody import CUSTOMER
from sverka.ports.journal import Event, JournalLine
from sverka.storage.conflicts import Shown


def contact(
    order: Ref,
    number: Annotated[
        str,
        typer.Argument(
            metavar="CONTACT",
            help=t("The contact's number, or CO_ and a company's.", "Номер контакта или CO_ и номер компании."),
        ),
    ],
) -> None:
    """Choose the contact, or the company, of an order that waits for it."""
    if not re.fullmatch(r"(CO_)?\d+", number):
        raise typer.BadParameter(
            t(f"{number} is no contact's number; it ends the address of his page.",
              f"{number} – не номер контакта; номер стоит в конце адреса его страницы.")
        )  # fmt: skip
    ref, chosen_one = order_ref(order), RecordId(number)
    with at_work() as house:
        asked = _asked(house.storage.differences.list(ref), number)
        if not asked:
            raise Misconfigured(_not_asked(ref))
        hub = house.hub()
        for one in asked:
            profile = next((profile for profile in hub.profiles() if profile.name == one.profile), None)
            if profile is None:
                continue
            known = chosen(hub, ref, profile, chosen_one, is_company=one.difference.key == COMPANY_KEY)
            text = said(ref, known)
            told = JournalLine(house.clock.now(), Event.DECIDED, text, ref, profile.name, profile.office, "K9")
            house.storage.keep_contacts(profile.office, known, told)
            line(say(text), GOOD)
        ring_orders(hub, [ref], "the contact was chosen")
    line(t(f"At once: `sverka order sync {ref}`.", f"Сразу: `sverka order sync {ref}`."))


def _asked(found: Sequence[Shown], number: str) -> list[Shown]:
    key = COMPANY_KEY if number.startswith("CO_") else CUSTOMER
    return [one for one in found if one.difference.key == key and one.difference.why is Why.WAITING]


def _not_asked(ref: OrderRef) -> Text:
    return Text(
        f"{ref} does not wait for such a choice; see `sverka order show {ref}`. A deal that is there already is given "
        "another contact in the portal.",
        f"{ref} такого выбора не ждёт; см. `sverka order show {ref}`. Если сделка уже есть, смените контакт "
        "на портале.",
    )
