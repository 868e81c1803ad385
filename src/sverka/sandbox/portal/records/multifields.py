"""Phones, e-mails and the like of a record, and the ways to change them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sverka.sandbox.portal.params import entries, to_int
from sverka.sandbox.portal.state import Multifield, State

TYPES = ("PHONE", "EMAIL", "WEB", "IM", "LINK")

#: flat read-only aliases of universal answers: (type, value type or any)
ALIASES: dict[str, tuple[str, str]] = {
    "phone": ("PHONE", ""),
    "email": ("EMAIL", ""),
    "phoneMobile": ("PHONE", "MOBILE"),
    "phoneWork": ("PHONE", "WORK"),
    "phoneMailing": ("PHONE", "MAILING"),
    "emailHome": ("EMAIL", "HOME"),
    "emailWork": ("EMAIL", "WORK"),
    "emailMailing": ("EMAIL", "MAILING"),
    "imol": ("IM", "OPENLINE"),
}


def change_universal(state: State, held: list[Multifield], given: Any) -> list[Multifield]:
    """Return the multifields after `fm`: `n0` and entries of a list add, an id changes or, with "", deletes.

    An entry without typeId does nothing, as on a portal.
    """
    as_list = isinstance(given, list)
    result = list(held)
    for key, entry in entries(given):
        if not isinstance(entry, dict) or not entry.get("typeId"):
            continue
        value = str(entry.get("value") or "")
        known = None if as_list else to_int(key)
        if known is not None:
            result = _changed(result, known, value, entry.get("valueType"))
        elif value:
            type_id, value_type = str(entry["typeId"]), str(entry.get("valueType") or "WORK")
            result.append(Multifield(state.next_id("multifield"), type_id, value_type, value))
    return result


def change_classic(state: State, held: list[Multifield], type_id: str, given: Any) -> list[Multifield]:
    """Return the multifields after `PHONE: [...]`: an entry with ID changes or, with DELETE, deletes; another adds."""
    result = list(held)
    for _, entry in entries(given):
        if not isinstance(entry, dict):
            continue
        known = to_int(entry.get("ID"))
        value = str(entry.get("VALUE") or "")
        if known is not None:
            deleted = str(entry.get("DELETE", "")).upper() == "Y"
            result = _changed(result, known, "" if deleted else value, entry.get("VALUE_TYPE"), keep_empty=not deleted)
        elif value:
            value_type = str(entry.get("VALUE_TYPE") or "WORK")
            result.append(Multifield(state.next_id("multifield"), type_id, value_type, value))
    return result


def _changed(
    held: list[Multifield], known: int, value: str, value_type: Any, keep_empty: bool = False
) -> list[Multifield]:
    result = []
    for line in held:
        if line.id != known:
            result.append(line)
        elif value or keep_empty:
            result.append(replace(line, value=value or line.value, value_type=str(value_type or line.value_type)))
    return result


def universal_out(held: list[Multifield]) -> list[dict[str, Any]]:
    """Return `fm` as `crm.item.*` answers it."""
    return [{"id": m.id, "valueType": m.value_type, "value": m.value, "typeId": m.type_id} for m in held]


def aliases_out(held: list[Multifield]) -> dict[str, str]:
    """Return the flat aliases: the first value of each, "" where there is none."""
    return {alias: first(held, type_id, value_type) for alias, (type_id, value_type) in ALIASES.items()}


def classic_out(held: list[Multifield], type_id: str) -> list[dict[str, str]]:
    """Return the values of one type as the classic methods answer them."""
    return [
        {"ID": str(m.id), "VALUE_TYPE": m.value_type, "VALUE": m.value, "TYPE_ID": type_id}
        for m in held
        if m.type_id == type_id
    ]


def first(held: list[Multifield], type_id: str, value_type: str = "") -> str:
    """Return the first value of a type (and value type), "" when there is none."""
    return next((m.value for m in held if m.type_id == type_id and value_type in ("", m.value_type)), "")


def search_key(type_id: str, value: str) -> str:
    """Return what duplicate search compares: a phone's digits without extension, an e-mail in lower case.

    Digits are compared as stored: +7 999… and 8 999… are two numbers.
    """
    if type_id != "PHONE":
        return value.strip().lower()
    number = re.split(r"[;,#]|доб|ext|x", value.lower(), maxsplit=1)[0]
    return re.sub(r"\D", "", number)
