"""Adding, changing and deleting records: what both generations of methods and the people of the portal go through."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sverka.sandbox.portal.core import Core, Event
from sverka.sandbox.portal.crm import belongings
from sverka.sandbox.portal.crm.fields import ABBREVIATIONS, DEAL, HAS_STAGES, LEAD, NAMES, TITLES
from sverka.sandbox.portal.crm.stages import Entry, choose_stage, derive_stage, enter_stage
from sverka.sandbox.portal.errors import RestError, invalid_value
from sverka.sandbox.portal.params import to_int
from sverka.sandbox.portal.records.values import clean, default_of
from sverka.sandbox.portal.state import Item, Multifield

_OWNERS = {entity_type_id: letters for letters, entity_type_id in ABBREVIATIONS.items()}
#: a robot that answers another robot for ever is stopped here
_ROBOT_DEPTH = 10


def add_item(core: Core, entity_type_id: int, given: dict[str, Any], fm: list[Multifield], *, strict: bool) -> Item:
    """Create a record, fire its ADD event and run robots; `given` is keyed by universal and UF_ names.

    `strict` refuses values a field does not take (universal methods), else they are passed over (classic ones).
    """
    values = _cleaned(core, entity_type_id, given, strict=strict)
    if strict:
        _check_mandatory(core, entity_type_id, values)
    stage = choose_stage(core.state, entity_type_id, None, values, strict=strict) if _staged(entity_type_id) else None
    item = Item(entity_type_id, core.state.next_id(NAMES[entity_type_id]), {}, fm)
    empty_means_default = ("title", "currencyId", "assignedById", "opportunity")
    kept = {name: value for name, value in values.items() if value is not None or name not in empty_means_default}
    item.values = {**_defaults(core, item), **kept}
    _link_contacts(item.values, values, [])
    if stage:
        enter_stage(core, item, stage, Entry.CREATED)
    _derive(core, item)
    core.state.items[entity_type_id][item.id] = item
    core.index.put(item)
    belongings.welcome(core, item)
    core.emit(Event(f"ONCRM{NAMES[entity_type_id]}ADD", {"ID": str(item.id)}))
    if stage:
        _run_robots(core, item, 0)
    return item


def change_item(
    core: Core,
    item: Item,
    given: dict[str, Any],
    fm: list[Multifield] | None = None,
    *,
    strict: bool,
    depth: int = 0,
) -> bool:
    """Change a record and tell whether anything really changed; if not, nothing is saved and no event fires.

    With `strict` values a field does not take are refused, and a deal may change its funnel.
    """
    values = _cleaned(core, item.entity_type_id, given, strict=strict)
    stage = None
    if _staged(item.entity_type_id) and ("stageId" in values or "categoryId" in values):
        stage = choose_stage(core.state, item.entity_type_id, item, values, strict=strict)
    before = dict(item.values)
    held_fm = list(item.fm)
    old_funnel = before.get("categoryId")
    moved = stage is not None and (stage.status_id, stage.category_id or 0) != (before["stageId"], old_funnel or 0)
    item.values.update(values)
    _link_contacts(item.values, values, before.get("contactIds") or [])
    item.fm = held_fm if fm is None else fm
    _derive(core, item)
    if item.values == before and item.fm == held_fm and not moved:
        return False
    if moved and stage is not None:
        other_funnel = item.entity_type_id == DEAL and (stage.category_id or 0) != old_funnel
        enter_stage(core, item, stage, Entry.OTHER_FUNNEL if other_funnel else Entry.MOVED)
    belongings.changed(core, item, before)
    core.index.put(item)
    touch(core, item, funnel_changed=moved and item.values.get("categoryId") != old_funnel)
    if moved:
        _run_robots(core, item, depth)
    return True


def touch(core: Core, item: Item, funnel_changed: bool = False) -> None:
    """Stamp a changed record and fire its UPDATE event, or for a change of funnel the one of its own."""
    item.values["updatedTime"] = item.values["lastActivityTime"] = core.now()
    item.values["updatedBy"] = item.values["lastActivityBy"] = core.caller.user_id
    if funnel_changed:
        fields = {
            "ID": str(item.id),
            "CATEGORY_ID": str(item.values["categoryId"]),
            "STAGE_ID": str(item.values["stageId"]),
        }
        core.emit(Event("ONCRMDEALMOVETOCATEGORY", fields, app_only=True))
    else:
        core.emit(Event(f"ONCRM{NAMES[item.entity_type_id]}UPDATE", {"ID": str(item.id)}))


def delete_item(core: Core, item: Item) -> None:
    """Delete a record with its rows and comments, unlink it from others without a trace, fire its DELETE event."""
    state = core.state
    del state.items[item.entity_type_id][item.id]
    core.index.drop(item)
    state.rows.pop((_OWNERS[item.entity_type_id], item.id), None)
    belongings.forget(core, item)
    name = {"CONTACT": "contactIds", "COMPANY": "companyId"}.get(NAMES[item.entity_type_id])
    for others in state.items.values() if name else ():
        for other in others.values():
            if name == "companyId" and other.values.get(name) == item.id:
                other.values[name] = 0
            elif name == "contactIds" and item.id in (other.values.get(name) or []):
                other.values[name] = [number for number in other.values[name] if number != item.id]
                other.values["contactId"] = next(iter(other.values[name]), 0)
    core.emit(Event(f"ONCRM{NAMES[item.entity_type_id]}DELETE", {"ID": str(item.id)}))


def _staged(entity_type_id: int) -> bool:
    return entity_type_id in HAS_STAGES


def _cleaned(core: Core, entity_type_id: int, given: dict[str, Any], *, strict: bool) -> dict[str, Any]:
    specs = core.state.specs(entity_type_id)
    values: dict[str, Any] = {}
    for name, raw in given.items():
        spec = specs.get(name)
        if spec is None or spec.read_only:
            continue
        if name == "stageId":
            values[name] = str(raw)
            continue
        try:
            values[name] = clean(core, spec, raw)
        except ValueError as error:
            if strict:
                raise invalid_value(name) from error
            if spec.kind == "crm_currency":
                raise RestError(400, "", 'Invalid value for the "Currency" field') from error
    return values


def _check_mandatory(core: Core, entity_type_id: int, values: dict[str, Any]) -> None:
    for spec in core.state.specs(entity_type_id).values():
        if spec.mandatory and values.get(spec.name) in (None, "", []):
            text = f'The "{spec.name}" field is required'
            raise RestError(400, "CRM_FIELD_ERROR_REQUIRED", text)


def _defaults(core: Core, item: Item) -> dict[str, Any]:
    now, state = core.now(), core.state
    values: dict[str, Any] = {name: default_of(core, spec) for name, spec in state.specs(item.entity_type_id).items()}
    values |= dict.fromkeys(("createdTime", "updatedTime", "lastActivityTime"), now)
    values |= dict.fromkeys(("createdBy", "updatedBy", "lastActivityBy", "assignedById"), core.caller.user_id)
    values |= {"id": item.id, "opened": "Y", "sourceId": state.dictionary("SOURCE")[0].status_id}
    values |= {name: 0 for name in ("companyId", "contactId") if name in values}
    if "title" in values:
        values["title"] = f"{TITLES[item.entity_type_id]} #{item.id}"
    if "currencyId" in values:
        values["currencyId"] = state.currencies[0]
    if "opportunity" in values:
        values["opportunity"] = Decimal("0.00")
    if item.entity_type_id == DEAL:
        today = now.astimezone(core.settings.zone).date()
        values |= {"categoryId": 0, "begindate": today, "closedate": today + timedelta(days=7), "isNew": "Y"}
        values |= {"taxValue": Decimal("0.00"), "typeId": state.dictionary("DEAL_TYPE")[0].status_id}
    return values


def _link_contacts(values: dict[str, Any], given: dict[str, Any], held: list[int]) -> None:
    """Keep the list of contacts and the single, older contactId (the first of the list) in step."""
    if "contactIds" not in values:
        return
    if "contactIds" in given:
        values["contactIds"] = list(dict.fromkeys(given["contactIds"]))
    elif "contactId" in given:
        single = to_int(given["contactId"]) or 0
        values["contactIds"] = [single, *(number for number in held if number != single)] if single else []
    if "contactId" in values:
        values["contactId"] = next(iter(values["contactIds"]), 0)


def _derive(core: Core, item: Item) -> None:
    values = item.values
    if "hasPhone" in values:
        values["hasPhone"] = "Y" if any(m.type_id == "PHONE" for m in item.fm) else "N"
        values["hasEmail"] = "Y" if any(m.type_id == "EMAIL" for m in item.fm) else "N"
    if item.entity_type_id in HAS_STAGES:
        derive_stage(core.state, item)
        rows = core.state.rows.get((_OWNERS[item.entity_type_id], item.id), [])
        if values["isManualOpportunity"] == "N" and rows:
            values["opportunity"] = rows_total(rows)


def rows_total(rows: list[Any]) -> Decimal:
    """Return what product rows come to, each line rounded to the hundredth."""
    return sum(((row.price * row.quantity).quantize(Decimal("0.01")) for row in rows), Decimal("0.00"))


def _run_robots(core: Core, item: Item, depth: int) -> None:
    if item.entity_type_id == LEAD or depth >= _ROBOT_DEPTH:
        return
    for robot in core.state.robots:
        if robot.stage_id == item.values["stageId"]:
            target = next((s for s in core.state.statuses.values() if _is_stage(s.entity_id, s.status_id, robot)), None)
            if target is not None:
                given = {"stageId": target.status_id, "categoryId": target.category_id or 0}
                change_item(core.robot(robot.user_id), item, given, strict=True, depth=depth + 1)
            return


def _is_stage(entity_id: str, status_id: str, robot: Any) -> bool:
    return entity_id.startswith("DEAL_STAGE") and status_id == robot.to_stage_id
