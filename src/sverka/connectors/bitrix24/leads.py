"""Who a new lead is, and how he is reached: a lead carries that itself, where a deal has a contact for it."""

from collections.abc import Mapping
from typing import Final

from sverka.connectors.bitrix24.wire.params import Param
from sverka.domain.commerce.reached import emails_in, phones_in
from sverka.ports.backoffice import RecordWrite

_REACHED: Final = {"phone": ("PHONE", "MOBILE"), "email": ("EMAIL", "HOME")}
_PARTS: Final = {"phone": phones_in, "email": emails_in}
_FULL_NAME: Final = "fullName"

OWN_KEYS: Final = frozenset({*_REACHED, _FULL_NAME})
"""The keys a new lead is given beyond its fields: a phone, an e-mail, and a name that could not be told apart."""


def person(write: RecordWrite) -> Mapping[str, Param]:
    """Return what these keys say of a lead to be made, as the portal takes it.

    Of a text with phones or addresses in it those alone; what is neither is told as typed, for nothing else keeps it.
    """
    given = {key: value for key, value in write.fields.items() if key in OWN_KEYS and isinstance(value, str) and value}
    lines = [
        {"typeId": kind, "valueType": use, "value": one}
        for key, (kind, use) in _REACHED.items()
        if key in given
        for one in _PARTS[key](given[key]) or (given[key],)
    ]
    found: dict[str, Param] = {"fm": lines} if lines else {}
    if _FULL_NAME in given and not (write.fields.get("name") or write.fields.get("lastName")):
        found["name"] = given[_FULL_NAME]
    return found
