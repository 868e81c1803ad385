"""Which records hang together: the lists of contacts and companies, their single, older fields, and their mirrors.

The first of a list is the primary one and stands in the single field too. A contact's companies and a company's
contacts are one relation told from both ends; each end keeps an order of its own.
"""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.crm.fields import CATALOGUE, COMPANY, CONTACT, NAMES
from sverka.sandbox.portal.params import to_int
from sverka.sandbox.portal.state import Item, State

#: (list, single field)
_PAIRS = (("contactIds", "contactId"), ("companyIds", "companyId"))
_SINGLES = {single: many for many, single in _PAIRS}
#: (list, the type it lists, the list over there)
_MIRRORS = {CONTACT: ("companyIds", COMPANY, "contactIds"), COMPANY: ("contactIds", CONTACT, "companyIds")}


def keep_in_step(values: dict[str, Any], given: dict[str, Any], before: dict[str, Any]) -> None:
    """Make lists and single fields agree after a change: a list given wins, a single one goes first in the list."""
    for many, single in _PAIRS:
        if many not in values:
            continue
        if many in given:
            values[many] = list(dict.fromkeys(given[many]))
        elif single in given:
            first = to_int(given[single]) or 0
            held = before.get(many) or []
            values[many] = [first, *(number for number in held if number != first)] if first else []
        if single in values:
            values[single] = next(iter(values[many]), 0)


def mirror(state: State, item: Item, before: list[int]) -> None:
    """Enter a contact's new companies, or a company's new contacts, on the other side; that is no change over there."""
    if item.entity_type_id not in _MIRRORS:
        return
    name, other_type, back = _MIRRORS[item.entity_type_id]
    now = item.values[name]
    for number in {*before} ^ {*now}:
        other = state.item(other_type, number)
        if other is not None:
            held = [one for one in other.values[back] if one != item.id]
            other.values[back] = [*held, item.id] if number in now else held
            keep_in_step(other.values, {back: other.values[back]}, {})


def mirrored(item: Item) -> list[int]:
    """Return a contact's companies or a company's contacts, nothing of other records."""
    return list(item.values.get(_MIRRORS[item.entity_type_id][0]) or []) if item.entity_type_id in _MIRRORS else []


def forget(state: State, item: Item, heir: int = 0) -> list[Item]:
    """Take a record out of all that refer to it, without a trace there, or put its heir in its place; return those."""
    kind = f"crm_{NAMES[item.entity_type_id].lower()}"
    changed = []
    for entity_type_id, catalogue in CATALOGUE.items():
        names = [spec.name for spec in catalogue.values() if spec.kind == kind]
        for other in state.items[entity_type_id].values() if names else ():
            touched = [name for name in names if _replace(other.values, name, item.id, heir)]
            if touched:
                lists = {name: other.values[name] for name in touched if catalogue[name].multiple}
                keep_in_step(other.values, lists, {})
                changed.append(other)
    return changed


def _replace(values: dict[str, Any], name: str, old: int, heir: int) -> bool:
    held = values.get(name)
    if isinstance(held, list):
        if old not in held:
            return False
        values[name] = [number for number in dict.fromkeys(heir if one == old else one for one in held) if number]
        return True
    if held != old or (name in _SINGLES and _SINGLES[name] in values):
        return False
    values[name] = heir or (0 if name.lower().endswith("companyid") or name == "contactId" else None)
    return True
