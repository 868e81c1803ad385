"""Duplicate search: by phone and e-mail, and the further fields the portal's own search is told to compare."""

from __future__ import annotations

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT, LEAD, NAMES
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.records.filters import visible
from sverka.sandbox.portal.records.multifields import search_key
from sverka.sandbox.portal.records.tables import Table, column


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


_TYPES = Table("volatile_type", [column("id", "integer"), column("entityTypeId", "integer"), column("fieldCode")])
MOST_TYPES = 7
#: fields a user may add to the search, beside his own text fields
_CODES = {
    LEAD: ("TITLE", "NAME", "LAST_NAME", "SECOND_NAME", "COMPANY_TITLE", "POST"),
    CONTACT: ("NAME", "LAST_NAME", "SECOND_NAME", "POST", "RQ_INN"),
    COMPANY: ("TITLE", "RQ_INN", "RQ_OGRN"),
}


def _available(core: Core, entity_type_id: int) -> dict[str, str]:
    """Return the fields that can be added to the search of an entity type, with their titles."""
    own = {
        line.field_name: line.label or line.field_name
        for line in core.state.user_fields.values()
        if line.entity_id == f"CRM_{NAMES[entity_type_id]}" and line.kind in ("string", "url", "address")
    }
    return {code: code.replace("_", " ").capitalize() for code in _CODES[entity_type_id]} | own


def volatile_fields(core: Core, params: Params) -> Reply:
    """Answer crm.duplicate.volatileType.fields: what can be added to the search, of one entity type or of all."""
    wanted = params.number("entityTypeId")
    lines = [
        {"entityTypeId": entity_type_id, "fieldCode": code, "fieldTitle": title}
        for entity_type_id in _CODES
        if wanted in (None, entity_type_id)
        for code, title in _available(core, entity_type_id).items()
    ]
    return Reply(lines)


def volatile_list(core: Core, params: Params) -> Reply:
    """Answer crm.duplicate.volatileType.list: what has been added."""
    del params
    return Reply([dict(item.values) for item in _TYPES.rows(core).values()])


def volatile_register(core: Core, params: Params) -> Reply:
    """Answer crm.duplicate.volatileType.register with the id; a field already added keeps the one it has."""
    entity_type_id, code = params.number("entityTypeId") or 0, str(params.get("fieldCode") or "")
    if entity_type_id not in _CODES or code not in _available(core, entity_type_id):
        raise RestError(400, "FIELD_NOT_FOUND", "Field not found")
    held = _TYPES.where(core, entityTypeId=entity_type_id, fieldCode=code)
    if held:
        return Reply({"id": held[0].id})
    if len(_TYPES.rows(core)) >= MOST_TYPES:
        raise RestError(400, "MAX_TYPES_COUNT_EXCEEDED", "There is already a maximum number of volatile types")
    return Reply({"id": _TYPES.insert(core, {"entityTypeId": entity_type_id, "fieldCode": code}).id})


def volatile_unregister(core: Core, params: Params) -> Reply:
    """Answer crm.duplicate.volatileType.unregister."""
    if _TYPES.rows(core).pop(params.number("id") or 0, None) is None:
        raise RestError(400, "TYPE_IS_NOT_ASSIGNED", "This type is not assigned")
    return Reply(True)


_VOLATILE = "crm.duplicate.volatileType"
METHODS = [
    Method("crm.duplicate.findbycomm", find_by_comm, classic=True),
    Method(f"{_VOLATILE}.fields", volatile_fields, admin_only=True),
    Method(f"{_VOLATILE}.list", volatile_list, admin_only=True),
    Method(
        f"{_VOLATILE}.register", volatile_register, required=("entityTypeId", "fieldCode"), writes=True, admin_only=True
    ),
    Method(f"{_VOLATILE}.unregister", volatile_unregister, required=("id",), writes=True, admin_only=True),
]
