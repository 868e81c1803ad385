"""Merging duplicates: the first record takes what the others have, and the others vanish."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.crm import links
from sverka.sandbox.portal.crm.fields import ABBREVIATIONS, CATALOGUE, TITLES
from sverka.sandbox.portal.crm.items import change_item, delete_item, timeline_name
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records.multifields import search_key
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.state import Item, Multifield

#: fields in which the survivor's value stands whatever the others have
_OWN = {
    "assignedById", "opened", "categoryId", "stageId", "isManualOpportunity", "sourceId", "typeId", "begindate",
    "closedate", "actualDate", "accountNumber", "originatorId", "originId", "originVersion", "export", "personTypeId",
    "storageTypeId", "contactId", "currencyId",
}  # fmt: skip
_OWNERS = {entity_type_id: letters for letters, entity_type_id in ABBREVIATIONS.items()}
#: how plain tables name the record a line belongs to
_OWNER_COLUMNS = (("entityTypeId", "entityId"), ("ownerTypeId", "ownerId"))


def merge_batch(core: Core, params: Params) -> Reply:
    """Answer crm.entity.mergeBatch: SUCCESS with the ids that vanished, or CONFLICT when two values disagree."""
    given = params.mapping("params")
    entity_type_id = to_int(given.get("entityTypeId"))
    if not entity_type_id:
        raise RestError(400, 0, "The parameter entityTypeId is required.")
    if entity_type_id not in CATALOGUE:
        raise RestError(400, 0, f"Entity type {entity_type_id} is not supported")
    ids = list(dict.fromkeys(to_int(one) or 0 for _, one in entries(given.get("entityIds"))))
    if not [number for number in ids if number > 0]:
        raise RestError(400, 0, "The parameter entityIds does not contains valid elements.")
    if len(ids) < 2:
        raise RestError(400, 0, "The parameter entityIds must contains at least two elements.")
    items = [core.state.item(entity_type_id, number) for number in ids]
    found = [item for item in items if item is not None]
    if len(found) < len(items):
        raise RestError(400, 0, "Owner was not found")
    if _disagree(core, found):
        return Reply({"STATUS": "CONFLICT", "ENTITY_IDS": []})
    merge(core, found[0], found[1:])
    return Reply({"STATUS": "SUCCESS", "ENTITY_IDS": ids[1:]})


def merge(core: Core, survivor: Item, others: list[Item]) -> None:
    """Give the survivor the others' values where it has none, their lists, multifields, rows and links; delete them.

    Fires the survivor's UPDATE when it changes, and a DELETE for each of the others; records that referred to them
    refer to the survivor from now on, without an event.
    """
    fm = list(survivor.fm)
    values = {
        name: _merged(survivor, spec, [item.values.get(name) for item in (survivor, *others)])
        for name, spec in _writable(core, survivor).items()
    }
    for other in others:
        known = {(line.type_id, search_key(line.type_id, line.value)) for line in fm}
        fm += [line for line in other.fm if (line.type_id, search_key(line.type_id, line.value)) not in known]
        _hand_over(core, other, survivor)
    _take(core, survivor, values, fm)
    for other in others:
        delete_item(core, other)


def _merged(survivor: Item, spec: FieldSpec, held: list[Any]) -> Any:
    """Return what becomes of a field: lists are joined, texts put below each other, else the first value there is."""
    if spec.multiple:
        joined = [one for value in held for one in value or []]
        return [one for place, one in enumerate(joined) if one not in joined[:place]]
    if spec.kind == "text":
        return "\n".join(dict.fromkeys(str(value) for value in held if value)) or None
    if spec.name in _OWN and held[0] not in (None, "", 0):
        return held[0]
    return next((value for value in held if not _empty(survivor, spec.name, value)), held[0])


def _take(core: Core, survivor: Item, values: dict[str, Any], fm: list[Multifield]) -> None:
    changed = {name: value for name, value in values.items() if value != survivor.values.get(name)}
    if "contactId" in survivor.values and "contactIds" in survivor.values:
        changed.pop("contactId", None)
    if "companyIds" in survivor.values:
        changed.pop("companyId", None)
    changed.pop("stageId", None)
    changed.pop("categoryId", None)
    change_item(core, survivor, changed, fm, strict=False)


def _writable(core: Core, item: Item) -> dict[str, FieldSpec]:
    return {name: spec for name, spec in core.state.specs(item.entity_type_id).items() if not spec.read_only}


def _empty(item: Item, name: str, value: Any) -> bool:
    """Tell whether a value gives way to another: nothing, a zero, a No, a title the portal made up itself."""
    if name == "title" and isinstance(value, str):
        return value.rpartition("#")[0] == f"{TITLES[item.entity_type_id]} "
    return not value or value == "N"


def _disagree(core: Core, items: list[Item]) -> bool:
    first = items[0]
    for name, spec in _writable(core, first).items():
        if spec.multiple or name in _OWN or spec.kind in ("boolean", "text"):
            continue
        told = [item.values.get(name) for item in items if not _empty(item, name, item.values.get(name))]
        if any(value != told[0] for value in told):
            return True
    return False


def _hand_over(core: Core, other: Item, survivor: Item) -> None:
    """Pass on what hangs on a record: rows, comments, lines of plain tables, and the links of other records."""
    state = core.state
    letters = _OWNERS[survivor.entity_type_id]
    for row in state.rows.pop((letters, other.id), []):
        row.owner_id = survivor.id
        state.rows[letters, survivor.id].append(row)
    entity = timeline_name(survivor.entity_type_id)
    for comment in state.comments.values():
        if (comment.entity_type, comment.entity_id) == (entity, other.id):
            comment.entity_id = survivor.id
    for table in state.tables.values():
        for line in table.values():
            for type_column, id_column in _OWNER_COLUMNS:
                if (line.values.get(type_column), line.values.get(id_column)) == (other.entity_type_id, other.id):
                    line.values[id_column] = survivor.id
    for changed in links.forget(state, other, heir=survivor.id):
        core.index.put(changed)


METHODS = [Method("crm.entity.mergeBatch", merge_batch, required=("params",), writes=True)]
