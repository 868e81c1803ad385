"""Duplicate search by phone and e-mail."""

from __future__ import annotations

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT, LEAD, NAMES
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.records.filters import visible
from sverka.sandbox.portal.records.multifields import search_key


def find_by_comm(core: Core, params: Params) -> Reply:
    """Answer crm.duplicate.findbycomm: ids by entity type, `[]` when there are none.

    Phones are compared by their digits as stored, without extension; e-mails without case. Twenty hits in one type
    leave the later types out, and records younger than the search lag are not found.
    """
    type_id = str(params.get("type") or "")
    values = params.get("values")
    if type_id not in ("PHONE", "EMAIL"):
        raise RestError(400, "Communication type is not defined", "Communication type is not defined")
    if not isinstance(values, list | dict) or not values:
        raise RestError(400, "Communication values is not defined", "Communication values is not defined")
    lines = [str(value) for _, value in entries(values)]
    if len(lines) > 20:
        text = "Limit of communication values is exceeded. Max: 20"
        raise RestError(400, text, text)
    keys = {search_key(type_id, value) for value in lines} - {""}
    wanted = str(params.get("entity_type") or "").upper()
    found: dict[str, list[int]] = {}
    for entity_type_id in (LEAD, CONTACT, COMPANY):
        if wanted and wanted != NAMES[entity_type_id]:
            continue
        held = core.state.items[entity_type_id]
        ids = [number for number in core.index.find(type_id, entity_type_id, keys) if visible(core, held[number])]
        if ids:
            found[NAMES[entity_type_id]] = ids
        if len(ids) >= 20:
            break
    return Reply(found or [])


METHODS = [
    Method("crm.duplicate.findbycomm", find_by_comm, classic=True),
]
