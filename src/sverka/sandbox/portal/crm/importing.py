"""`crm.item.import` and `crm.item.batchImport`: records brought over from elsewhere, with their history."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.crm.fields import HAS_MULTIFIELDS
from sverka.sandbox.portal.crm.items import add_item
from sverka.sandbox.portal.crm.universal import Names
from sverka.sandbox.portal.errors import RestError, invalid_value
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.records.multifields import TYPES, change_classic, change_universal
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.values import clean
from sverka.sandbox.portal.state import Item, Multifield

MOST = 20
_TIMES = ("createdTime", "updatedTime", "movedTime")
_PEOPLE = ("createdBy", "updatedBy", "movedBy")


def item_import(core: Core, params: Params) -> Reply:
    """Answer crm.item.import with the id of the new record."""
    names = Names(core, params)
    fields = params.get("fields")
    if not isinstance(fields, dict | list):
        raise RestError(400, 100, "Invalid value {fields}. Should be value of type array.")
    return Reply({"item": {"id": _bring(core, names, dict(entries(fields))).id}})


def batch_import(core: Core, params: Params) -> Reply:
    """Answer crm.item.batchImport: for each of at most twenty records its id or why it was refused."""
    names = Names(core, params)
    data = params.get("data")
    if not isinstance(data, dict | list):
        raise RestError(400, 100, "Invalid value {data}. Should be value of type array.")
    if len(data) > MOST:
        raise RestError(400, "MAX_IMPORT_BATCH_SIZE_EXCEEDED", f"You cannot import more than {MOST} items")
    return Reply({"items": [_one(core, names, fields) for _, fields in entries(data)]})


def _one(core: Core, names: Names, fields: Any) -> dict[str, Any]:
    try:
        return {"item": {"id": _bring(core, names, dict(entries(fields))).id}}
    except RestError as error:
        return error.body()


def _bring(core: Core, names: Names, fields: dict[str, Any]) -> Item:
    system = history(core, names.entity_type_id, fields)
    return add_item(
        core, names.entity_type_id, names.inward(fields), _multifields(core, names, fields), strict=True, system=system
    )


def _multifields(core: Core, names: Names, fields: dict[str, Any]) -> list[Multifield]:
    """Return the phones and the like, given as `fm` or, as the documents show here, as PHONE, EMAIL and so on."""
    if names.entity_type_id not in HAS_MULTIFIELDS:
        return []
    given = fields.get("fm")
    held = change_universal(core.state, [], list(given.values()) if isinstance(given, dict) else given)
    for type_id in TYPES:
        held = change_classic(core.state, held, type_id, fields.get(type_id))
    return held


def history(core: Core, entity_type_id: int, fields: dict[str, Any]) -> dict[str, Any]:
    """Return when and by whom a record was made, changed and moved; RestError, also when no administrator says so.

    Nothing lies in the future, the change not before the creation, the move between the two, and no record is created
    before one that is already there.
    """
    specs = core.state.specs(entity_type_id)
    system = {
        name: _system_value(core, specs[name], fields[name])
        for name in (*_TIMES, *_PEOPLE)
        if fields.get(name) not in (None, "") and name in specs
    }
    if system and not core.is_administrator:
        raise invalid_value(next(iter(system)))
    created = system.get("createdTime")
    if created is not None:
        newest = core.index.newest(entity_type_id, core.state.items[entity_type_id])
        if created > core.now() or (newest is not None and newest > created):
            raise invalid_value("createdTime")
        system.setdefault("updatedTime", created)
    updated = system.get("updatedTime")
    if updated is not None and not (created or core.now()) <= updated <= core.now():
        raise invalid_value("updatedTime")
    moved = system.get("movedTime")
    if moved is not None and not (created or core.now()) <= moved <= (updated or core.now()):
        raise invalid_value("movedTime")
    return system


def _system_value(core: Core, spec: FieldSpec, raw: Any) -> Any:
    try:
        value = clean(core, spec, raw)
    except ValueError as error:
        raise invalid_value(spec.name) from error
    if spec.name in _PEOPLE and value not in core.state.users:
        raise invalid_value(spec.name)
    return value


METHODS = [
    Method("crm.item.import", item_import, required=("entityTypeId", "fields"), writes=True),
    Method("crm.item.batchImport", batch_import, required=("entityTypeId", "data"), writes=True),
]
