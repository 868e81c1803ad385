"""Where an order tells of its buyer: properties the site has marked as such, else those with the usual codes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sverka.connectors.bitrix_site.dictionary import Property, Words
from sverka.connectors.bitrix_site.rows import rows_of

PROPERTY: Final = "property."
"""What the keys of an order's properties begin with; their codes follow."""

CODES: Mapping[str, tuple[str, ...]] = {
    "customer.name": ("FIO", "CONTACT_PERSON", "NAME"),
    "customer.first_name": ("FIRST_NAME",),
    "customer.last_name": ("LAST_NAME",),
    "customer.middle_name": ("SECOND_NAME", "MIDDLE_NAME"),
    "customer.phone": ("PHONE", "MOBILE", "TEL"),
    "customer.email": ("EMAIL", "E_MAIL"),
    "company.name": ("COMPANY", "COMPANY_NAME", "ORG_NAME"),
    "company.full_name": ("COMPANY_FULL_NAME", "ORG_FULL_NAME"),
    "company.inn": ("INN", "COMPANY_INN"),
    "company.kpp": ("KPP", "COMPANY_KPP"),
    "company.ogrn": ("OGRN", "OGRNIP", "COMPANY_OGRN"),
    "company.address": ("COMPANY_ADR", "LEGAL_ADDRESS", "JUR_ADDRESS", "COMPANY_ADDRESS"),
    "company.bank": ("BANK", "BANK_NAME"),
    "company.bik": ("BIK", "BANK_BIK"),
    "company.account": ("RS", "R_SCHET", "ACCOUNT", "BANK_ACCOUNT"),
    "company.cor_account": ("KS", "K_SCHET", "COR_ACCOUNT"),
    "delivery.city": ("CITY",),
}
"""The codes under which 1C-Bitrix and common shops keep what is told of a buyer, by our keys of it."""

ROLES = {"customer.name": "name", "customer.phone": "phone", "customer.email": "email"}
"""What the site itself marks among its properties."""


def property_for(key: str, tree: Mapping[str, Any], words: Words) -> Property | None:
    """Return the property of the order's payer type that holds a field, None where it has none.

    Of several that are marked alike the one is meant that has a value, for it is the one that is read.
    """
    mine = [one for one in words.properties.values() if one.person_type == str(tree.get("personTypeId"))]
    if key.startswith(PROPERTY):
        return _with_code(mine, (key.removeprefix(PROPERTY),))
    marked = [one for one in mine if ROLES.get(key) in one.roles and one.kind != "LOCATION"]
    filled = {str(row.get("orderPropsId")) for row in rows_of(tree, "propertyValues") if row.get("value")}
    found = sorted(marked, key=lambda one: one.id not in filled)
    if found:
        return found[0]
    if key == "customer.name" and _with_code(mine, CODES["customer.last_name"]):
        return None  # the name stands in parts there, and which word is which nobody can tell
    return _with_code(mine, CODES.get(key, ()))


def held_fields(words: Words) -> frozenset[str]:
    """Return those of the buyer's fields that the shop has properties for, whatever the payer type."""
    payers = {one.person_type for one in words.properties.values()}
    return frozenset(key for key in CODES for payer in payers if property_for(key, {"personTypeId": payer}, words))


def payer_for(keys: Collection[str], words: Words) -> str:
    """Return the payer type of an order that is to tell all this, empty where the shop has none.

    The one that has properties for the most of it; of equal ones a legal person's where a company is told of, and then
    the first in the shop's order.
    """
    is_company = any(key.startswith("company.") for key in keys)

    def fits(payer: str) -> tuple[int, bool]:
        held = sum(property_for(key, {"personTypeId": payer}, words) is not None for key in keys)
        return held, (payer in words.companies) is is_company

    return max(words.payers, key=fits, default="")


def _with_code(properties: Sequence[Property], codes: Sequence[str]) -> Property | None:
    known = {one.code: one for one in reversed(properties)}
    return next((known[code] for code in codes if code in known), None)
