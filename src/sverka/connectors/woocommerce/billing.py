"""Who pays and where the goods go, as parts of a PUT: nothing of an address is sent but what is to be set."""

import html
from collections.abc import Mapping
from typing import Any

BILLING = {
    "customer.first_name": "first_name",
    "customer.last_name": "last_name",
    "customer.phone": "phone",
    "customer.email": "email",
    "company.name": "company",
}
"""Fields of an order that stand in its billing address, by the shop's own name there."""

ADDRESS = "delivery.address"
"""The field of an order that is its whole shipping address, or where there is none the billing one, in one text."""

PLACE = ("postcode", "state", "city", "address_1", "address_2")
"""The parts of an address in the order in which one text is made of them."""

_FIRST = PLACE[:3]


def put_address(values: dict[str, Any], key: str, text: str, before: Mapping[str, Any]) -> None:
    """Put one of these fields into the body of an order; `before` is the order as it was, as far as that is known."""
    # As the checkout saves it, for so it is read.
    text = html.escape(text, quote=False)
    if key == ADDRESS:
        values["shipping"] = _place(text, before.get("shipping"))
    else:
        values.setdefault("billing", {})[BILLING[key]] = text


def _place(text: str, before: object) -> Mapping[str, str]:
    """Return the parts of an address that read as this text; postcode, region and city stay if it begins with them."""
    known = before if isinstance(before, dict) else {}
    parts = dict.fromkeys(PLACE, "")
    for name in _FIRST:
        told = str(known.get(name) or "")
        if told and (text == told or text.startswith(f"{told}, ")):
            parts[name], text = told, text.removeprefix(told).removeprefix(", ")
    return {**parts, "address_1": text}
