"""Adding, changing and deleting records: what both generations of methods and the people of the portal go through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sverka.sandbox.portal.core import Core, Event
from sverka.sandbox.portal.crm import belongings, links
from sverka.sandbox.portal.crm.fields import (
    COMPANY,
    CONTACT,
    DEAL,
    FIRST_SMART,
    LEAD,
    QUOTE,
    SMART_INVOICE,
    TITLES,
    letters_of,
    name_of,
)
from sverka.sandbox.portal.crm.stages import Entry, choose_stage, derive_stage, enter_stage
from sverka.sandbox.portal.errors import RestError, invalid_value
from sverka.sandbox.portal.records.values import clean, default_of
from sverka.sandbox.portal.state import Item, Multifield

#: a robot that answers another robot for ever is stopped here
_ROBOT_DEPTH = 10


def add_item(
    core: Core,
    entity_type_id: int,
    given: dict[str, Any],
    fm: list[Multifield],
    *,
    strict: bool,
    system: dict[str, Any] | None = None,
) -> Item:
    """Create a record, fire its ADD event and run robots; `given` is keyed by universal and UF_ names.

    `strict` refuses values a field does not take (universal methods), else they are passed over (classic ones). An
    import gives `system`, the clean values of fields the portal else fills itself: no robots run then.
    """
    values = _cleaned(core, entity_type_id, given, strict=strict)
    if strict:
        _check_mandatory(core, entity_type_id, values)
    stage = (
        choose_stage(core.state, entity_type_id, None, values, strict=strict) if _staged(core, entity_type_id) else None
    )
    item = Item(entity_type_id, core.state.next_id(name_of(entity_type_id)), {}, fm)
    empty_means_default = ("title", "currencyId", "assignedById", "opportunity")
    kept = {name: value for name, value in values.items() if value is not None or name not in empty_means_default}
    item.values = {**_defaults(core, item), **kept}
    links.keep_in_step(item.values, values, {})
    if stage:
        enter_stage(core, item, stage, Entry.CREATED)
    if "isReturnCustomer" not in values:
        _mark_return(core, item)
    _derive(core, item)
    item.values |= system or {}
    core.state.items[entity_type_id][item.id] = item
    links.mirror(core.state, item, [])
    core.index.put(item)
    belongings.welcome(core, item)
    _fire(core, item, "ADD")
    if stage and system is None:
        _run_robots(core, item, 0)
    if entity_type_id == LEAD and core.settings.crm_mode == 2:
        values = item.values
        named = any(values[name] for name in ("name", "lastName"))
        convert(core, item, deal=True, contact=named, company=bool(values["companyTitle"]))
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
    if _staged(core, item.entity_type_id) and ("stageId" in values or "categoryId" in values):
        stage = choose_stage(core.state, item.entity_type_id, item, values, strict=strict)
    before = dict(item.values)
    mirrored = links.mirrored(item)
    held_fm = list(item.fm)
    old_funnel = before.get("categoryId")
    moved = stage is not None and (stage.status_id, stage.category_id or 0) != (before["stageId"], old_funnel or 0)
    item.values.update(values)
    links.keep_in_step(item.values, values, before)
    item.fm = held_fm if fm is None else fm
    _derive(core, item)
    if item.values == before and item.fm == held_fm and not moved:
        return False
    if moved and stage is not None:
        other_funnel = item.entity_type_id in core.state.funnels and (stage.category_id or 0) != old_funnel
        enter_stage(core, item, stage, Entry.OTHER_FUNNEL if other_funnel else Entry.MOVED)
    links.mirror(core.state, item, mirrored)
    belongings.changed(core, item, before)
    core.index.put(item)
    touch(
        core, item, funnel_changed=moved and item.entity_type_id == DEAL and item.values.get("categoryId") != old_funnel
    )
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
        _fire(core, item, "UPDATE")


def _fire(core: Core, item: Item, deed: str) -> None:
    """Fire the event of a deed; invoices have the events of smart processes, under two names."""
    if not _is_dynamic(item.entity_type_id):
        core.emit(Event(f"ONCRM{name_of(item.entity_type_id)}{deed}", {"ID": str(item.id)}))
        return
    for name in (f"ONCRMDYNAMICITEM{deed}", f"ONCRMDYNAMICITEM{deed}_{item.entity_type_id}"):
        core.emit(Event(name, {"ID": str(item.id), "ENTITY_TYPE_ID": str(item.entity_type_id)}))


def _is_dynamic(entity_type_id: int) -> bool:
    return entity_type_id == SMART_INVOICE or entity_type_id >= FIRST_SMART


def delete_item(core: Core, item: Item) -> None:
    """Delete a record with its rows and comments, unlink it from others without a trace, fire its DELETE event."""
    state = core.state
    del state.items[item.entity_type_id][item.id]
    core.index.drop(item)
    state.rows.pop((letters_of(item.entity_type_id), item.id), None)
    belongings.forget(core, item)
    for changed in links.forget(state, item):
        core.index.put(changed)
    _fire(core, item, "DELETE")


def _staged(core: Core, entity_type_id: int) -> bool:
    return "stageId" in core.state.catalogues[entity_type_id]


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
    specs = state.specs(item.entity_type_id)
    values: dict[str, Any] = {name: default_of(core, spec) for name, spec in specs.items()}
    values |= dict.fromkeys(("createdTime", "updatedTime", "lastActivityTime"), now)
    values |= dict.fromkeys(("createdBy", "updatedBy", "lastActivityBy", "assignedById"), core.caller.user_id)
    values |= {"id": item.id, "opened": "Y", "sourceId": state.dictionary("SOURCE")[0].status_id}
    values |= {name: 0 for name in ("companyId", "contactId") if name in values}
    if "title" in values:
        values["title"] = f"{TITLES.get(item.entity_type_id, 'Item')} #{item.id}"
    if "currencyId" in values:
        values["currencyId"] = state.currencies[0]
    if "opportunity" in values:
        values["opportunity"] = Decimal("0.00")
    if "taxValue" in values:
        values["taxValue"] = Decimal("0.00")
    if "begindate" in values:
        today = now.astimezone(core.settings.zone).date()
        values |= {"begindate": today, "closedate": today + timedelta(days=7)}
    if "categoryId" in values:
        values["categoryId"] = state.default_funnel(item.entity_type_id)
    if "mycompanyId" in values:
        mine = (company.id for company in state.items[COMPANY].values() if company.values["isMyCompany"] == "Y")
        values["mycompanyId"] = next(mine, 0)
    values |= _own_defaults(core, item, values)
    return {name: value for name, value in values.items() if name in specs}


def _own_defaults(core: Core, item: Item, values: dict[str, Any]) -> dict[str, Any]:
    if item.entity_type_id == DEAL:
        return {"isNew": "Y", "typeId": core.state.dictionary("DEAL_TYPE")[0].status_id}
    if item.entity_type_id == QUOTE:
        return {"quoteNumber": str(item.id), "actualDate": values["closedate"], "personTypeId": 1, "storageTypeId": 3}
    return {"accountNumber": str(item.id)} if item.entity_type_id == SMART_INVOICE else {}


def _mark_return(core: Core, item: Item) -> None:
    """Note in a new lead or deal that its client has already bought."""
    if "isReturnCustomer" not in item.values:
        return
    clients = {f"{CONTACT}:{number}" for number in item.values["contactIds"]} | {
        f"{COMPANY}:{item.values['companyId']}"
    }
    item.values["isReturnCustomer"] = "Y" if core.index.find("buyer", DEAL, clients) else "N"


def convert(core: Core, lead: Item, *, deal: bool, contact: bool, company: bool, funnel: int = 0) -> dict[str, int]:
    """Make what is asked of a lead, and return the ids; the lead itself stays, on its successful stage.

    A deal takes over the lead's sums, rows and those user fields that both have under one name. A lead that already
    names a contact or a company gets no other.
    """
    values = lead.values
    shared = ("assignedById", "sourceId", "sourceDescription", "originatorId", "originId", "opened")
    kept = {name: values[name] for name in shared if values[name] is not None}
    made: dict[str, int] = {}
    company_id, contact_ids = values["companyId"], values["contactIds"]
    if company and not company_id:
        given = {**kept, "title": values["companyTitle"] or values["title"], "leadId": lead.id}
        company_id = made["company"] = add_item(core, COMPANY, given, [], strict=False).id
    if contact and not contact_ids:
        names = ("name", "lastName", "secondName", "post", "birthdate", "honorific")
        given = {**kept, **{name: values[name] for name in names}, "leadId": lead.id, "companyId": company_id}
        made["contact"] = add_item(core, CONTACT, given, _copied(core, lead.fm), strict=False).id
        contact_ids = [made["contact"]]
    if deal:
        parties = {"companyId": company_id, "contactIds": contact_ids}
        made["deal"] = _deal_of(core, lead, {**kept, **parties, "categoryId": funnel}).id
    change_item(core, lead, {"stageId": "CONVERTED"}, strict=False)
    return made


def _deal_of(core: Core, lead: Item, kept: dict[str, Any]) -> Item:
    sums = ("title", "opportunity", "isManualOpportunity", "currencyId", "comments", "utmSource", "utmMedium",
            "utmCampaign", "utmContent", "utmTerm")  # fmt: skip
    both = [name for name in core.state.specs(DEAL) if name.startswith("UF_") and name in lead.values]
    given = {**kept, **{name: lead.values[name] for name in (*sums, *both)}, "leadId": lead.id}
    deal = add_item(core, DEAL, given, [], strict=False)
    rows = core.state.rows.get((letters_of(LEAD), lead.id), [])
    copied = [replace(row, id=core.state.next_id("row"), owner_type="D", owner_id=deal.id) for row in rows]
    core.state.rows["D", deal.id] = copied
    return deal


def _copied(core: Core, fm: list[Multifield]) -> list[Multifield]:
    return [replace(line, id=core.state.next_id("multifield")) for line in fm]


def _derive(core: Core, item: Item) -> None:
    values = item.values
    if "hasPhone" in values:
        values["hasPhone"] = "Y" if any(m.type_id == "PHONE" for m in item.fm) else "N"
        values["hasEmail"] = "Y" if any(m.type_id == "EMAIL" for m in item.fm) else "N"
    if "stageId" in values:
        derive_stage(core.state, item)
    if "isManualOpportunity" in values:
        rows = core.state.rows.get((letters_of(item.entity_type_id), item.id), [])
        if values["isManualOpportunity"] == "N" and rows:
            values["opportunity"] = rows_total(rows)


def rows_total(rows: list[Any]) -> Decimal:
    """Return what product rows come to, each line rounded to the hundredth."""
    return sum(((row.price * row.quantity).quantize(Decimal("0.01")) for row in rows), Decimal("0.00"))


def _run_robots(core: Core, item: Item, depth: int) -> None:
    if item.entity_type_id != DEAL or depth >= _ROBOT_DEPTH:
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
