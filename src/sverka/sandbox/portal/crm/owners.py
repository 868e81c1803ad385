"""The records that comments, log entries and activities hang on, by the names the timeline has for their types."""

from __future__ import annotations

import re

from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.crm.fields import NAMES
from sverka.sandbox.portal.errors import RestError

_ORDER = 14
_CLASSIC = {1: "lead", 2: "deal", 3: "contact", 4: "company", 7: "quote", _ORDER: "order"}
OWNER_NOT_FOUND = (400, "OWNER_NOT_FOUND", "Owner was not found")


def timeline_name(entity_type_id: int) -> str:
    """Return what the timeline calls a type: `deal`, `order`, `dynamic_31`."""
    return _CLASSIC.get(entity_type_id, f"dynamic_{entity_type_id}")


def type_of(name: str) -> int | None:
    """Return the type of that name in the timeline, None when there is none."""
    folded = name.lower()
    if re.fullmatch(r"dynamic_[0-9]{1,9}", folded):
        return int(folded.removeprefix("dynamic_"))
    for entity_type_id in {*_CLASSIC, *NAMES}:
        if folded in (timeline_name(entity_type_id), NAMES.get(entity_type_id, "").lower()):
            return entity_type_id
    return None


def exists(core: Core, entity_type_id: int | None, entity_id: int | None) -> bool:
    """Tell whether there is such a record; orders are those of the shop."""
    if entity_type_id == _ORDER:
        return entity_id in core.state.tables["order"]
    return entity_type_id in core.state.items and core.state.item(entity_type_id, entity_id) is not None


def check(core: Core, entity_type_id: int | None, entity_id: int | None) -> tuple[int, int]:
    """Return type and id of a record that exists; RestError OWNER_NOT_FOUND otherwise."""
    if entity_type_id is None or entity_id is None or not exists(core, entity_type_id, entity_id):
        raise RestError(*OWNER_NOT_FOUND)
    return entity_type_id, entity_id
