"""Contacts of a deal."""

from __future__ import annotations

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.crm.fields import DEAL
from sverka.sandbox.portal.crm.items import change_item
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.state import Item


def _deal(core: Core, params: Params) -> Item:
    deal = core.state.item(DEAL, params.number("id"))
    if deal is None:
        raise RestError(400, "", "The parameter ownerEntityID is invalid or not defined.")
    return deal


def contacts_get(core: Core, params: Params) -> Reply:
    """Answer crm.deal.contact.items.get: the contacts in order, the first one primary."""
    deal = _deal(core, params)
    return Reply(
        [
            {"CONTACT_ID": number, "SORT": place * 10, "ROLE_ID": 0, "IS_PRIMARY": "Y" if place == 1 else "N"}
            for place, number in enumerate(deal.values["contactIds"], start=1)
        ]
    )


def contacts_set(core: Core, params: Params) -> Reply:
    """Answer crm.deal.contact.items.set: the list is replaced; the primary one goes first, the rest by SORT."""
    deal = _deal(core, params)
    given = params.get("items")
    if not isinstance(given, list | dict):
        raise RestError(400, "", "The parameter items must be array.")
    lines = [line for _, line in entries(given) if isinstance(line, dict) and to_int(line.get("CONTACT_ID"))]
    lines.sort(key=lambda line: (str(line.get("IS_PRIMARY")) != "Y", to_int(line.get("SORT")) or 0))
    change_item(core, deal, {"contactIds": [line["CONTACT_ID"] for line in lines]}, strict=True)
    return Reply(True)


METHODS = [
    Method("crm.deal.contact.items.get", contacts_get, required=("id",), classic=True),
    Method("crm.deal.contact.items.set", contacts_set, required=("id", "items"), writes=True, classic=True),
]
