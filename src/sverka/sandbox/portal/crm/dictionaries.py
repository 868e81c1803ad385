"""Funnels, stages and other dictionaries, currencies, and the CRM's mode."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.crm.fields import DEAL
from sverka.sandbox.portal.errors import RestError, not_found
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.seed import add_funnel_stages
from sverka.sandbox.portal.state import Category, Status


def _category_out(category: Category) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": category.id,
        "name": category.name,
        "sort": category.sort,
        "entityTypeId": DEAL,
        "isDefault": "N" if category.id else "Y",
    }
    return answer | ({"originId": "", "originatorId": ""} if category.id else {})


def _only_deals(params: Params) -> None:
    if params.number("entityTypeId") != DEAL:
        raise RestError(400, "ENTITY_TYPE_NOT_SUPPORTED", "Entity type is not supported")


def category_list(core: Core, params: Params) -> Reply:
    """Answer crm.category.list: the funnels of deals by their sort."""
    _only_deals(params)
    categories = sorted(core.state.categories.values(), key=lambda category: category.sort)
    return Reply({"categories": [_category_out(category) for category in categories]}, len(categories))


def category_get(core: Core, params: Params) -> Reply:
    """Answer crm.category.get."""
    _only_deals(params)
    category = core.state.categories.get(params.number("id") or 0)
    if category is None:
        raise not_found(classic=False)
    return Reply({"category": _category_out(category)})


def category_add(core: Core, params: Params) -> Reply:
    """Answer crm.category.add: a new funnel with the default stages."""
    _only_deals(params)
    given = params.mapping("fields")
    if not given.get("name"):
        raise RestError(400, 0, "Field 'NAME' is required")
    category = Category(core.state.next_id("category"), str(given["name"]), to_int(given.get("sort")) or 200)
    core.state.categories[category.id] = category
    add_funnel_stages(core.state, category.id)
    return Reply({"category": _category_out(category)})


def _status_out(status: Status) -> dict[str, Any]:
    return {
        "ID": str(status.id),
        "ENTITY_ID": status.entity_id,
        "STATUS_ID": status.status_id,
        "NAME": status.name,
        "NAME_INIT": status.name if status.system else "",
        "SORT": str(status.sort),
        "SYSTEM": "Y" if status.system else "N",
        "CATEGORY_ID": None if status.category_id is None else str(status.category_id),
        "COLOR": status.color,
        "SEMANTICS": status.semantics,
        "EXTRA": {"SEMANTICS": status.extra_semantics, "COLOR": status.color},
    }


def status_list(core: Core, params: Params) -> Reply:
    """Answer crm.status.list: every matching line on one page, by dictionary and sort unless an order is given."""
    lines = [_status_out(s) for s in sorted(core.state.statuses.values(), key=lambda s: (s.entity_id, s.sort))]
    for key, value in params.mapping("filter").items():
        wanted = {str(one) for one in (value if isinstance(value, list) else [value])}
        name = key.lstrip("=@").upper()
        if lines and name in lines[0]:
            lines = [line for line in lines if str(line[name]) in wanted]
    for key, way in reversed(entries(params.get("order"))):
        name = key.upper()
        if lines and name in lines[0]:
            numeric = name in ("ID", "SORT")
            lines.sort(
                key=lambda line: int(line[name]) if numeric else str(line[name]),
                reverse=str(way).upper() == "DESC",
            )
    return Reply(lines, len(lines))


def status_entity_items(core: Core, params: Params) -> Reply:
    """Answer crm.status.entity.items: the light form of one dictionary."""
    lines = core.state.dictionary(str(params.get("entityId")))
    return Reply([{"NAME": s.name, "SORT": s.sort, "STATUS_ID": s.status_id} for s in lines])


def status_entity_types(core: Core, params: Params) -> Reply:
    """Answer crm.status.entity.types: which dictionaries there are."""
    del params
    seen: dict[str, Status] = {}
    for status in core.state.statuses.values():
        seen.setdefault(status.entity_id, status)
    return Reply([_type_out(entity_id, status) for entity_id, status in seen.items()])


def _type_out(entity_id: str, status: Status) -> dict[str, Any]:
    deal = entity_id.startswith("DEAL_STAGE")
    category_id = status.category_id or 0
    return {
        "ID": entity_id,
        "NAME": entity_id.replace("_", " ").capitalize(),
        "SEMANTIC_INFO": {"START_FIELD": status.status_id} if deal or entity_id == "STATUS" else [],
        "PREFIX": f"C{category_id}" if category_id else "",
        "ENTITY_TYPE_ID": DEAL if deal else 0,
        "CATEGORY_ID": category_id if deal else None,
    }


def status_add(core: Core, params: Params) -> Reply:
    """Answer crm.status.add with the new line's id; in DEAL_STAGE_n the status id gets the prefix `Cn:`."""
    given = params.mapping("fields")
    for name in ("ENTITY_ID", "STATUS_ID", "NAME"):
        if not given.get(name):
            raise RestError(400, "", f"The field {name} is required.")
    entity_id, status_id = str(given["ENTITY_ID"]), str(given["STATUS_ID"])
    funnel = to_int(entity_id.removeprefix("DEAL_STAGE_"))
    if funnel is not None and not status_id.startswith(f"C{funnel}:"):
        status_id = f"C{funnel}:{status_id}"
    if any(line.status_id == status_id for line in core.state.dictionary(entity_id)):
        raise RestError(400, "ERROR_CORE", "The specified status ID already exists.")
    semantics = {"S": "S", "F": "F"}.get(str(given.get("SEMANTICS")))
    status = Status(
        core.state.next_id("status"), entity_id, status_id, str(given["NAME"]), to_int(given.get("SORT")) or 500,
        False, str(given.get("COLOR") or "#39A8EF"), semantics,
        {"S": "success", "F": "failure"}.get(semantics or "", "process"), funnel,
    )  # fmt: skip
    core.state.statuses[status.id] = status
    return Reply(status.id)


def _status(core: Core, params: Params) -> Status:
    status = core.state.statuses.get(params.number("id") or 0)
    if status is None:
        raise not_found(classic=True)
    return status


def status_update(core: Core, params: Params) -> Reply:
    """Answer crm.status.update; a stage keeps its status id and semantics."""
    status = _status(core, params)
    given = params.mapping("fields")
    status.name = str(given.get("NAME") or status.name)
    status.sort = to_int(given.get("SORT")) or status.sort
    status.color = str(given.get("COLOR") or status.color)
    return Reply(True)


def status_delete(core: Core, params: Params) -> Reply:
    """Answer crm.status.delete; a stage with records on it, and a system line without FORCED, stay."""
    status = _status(core, params)
    if any(
        item.values.get("stageId") == status.status_id
        and core.state.stages(item.entity_type_id, item.values.get("categoryId") or 0).count(status)
        for entity_type_id in (1, 2)
        for item in core.state.items[entity_type_id].values()
    ):
        raise RestError(400, "", "There are active items in this status.")
    if status.system and str(params.mapping("params").get("FORCED")).upper() != "Y":
        raise RestError(400, "", "System status can be deleted only with FORCED.")
    del core.state.statuses[status.id]
    return Reply(True)


def currency_list(core: Core, params: Params) -> Reply:
    """Answer crm.currency.list; the first currency is the base."""
    del params
    return Reply(
        [
            {
                "CURRENCY": code,
                "AMOUNT_CNT": "1",
                "AMOUNT": "1.0000",
                "SORT": str(100 + number),
                "BASE": "N" if number else "Y",
                "FULL_NAME": code,
                "LID": "ru",
                "FORMAT_STRING": "#",
                "DEC_POINT": ".",
                "DECIMALS": "2",
            }
            for number, code in enumerate(core.state.currencies)
        ],
        len(core.state.currencies),
    )


def mode_get(core: Core, params: Params) -> Reply:
    """Answer crm.settings.mode.get: 1 with leads, 2 without."""
    del params
    return Reply(core.settings.crm_mode)


METHODS = [
    Method("crm.category.list", category_list, required=("entityTypeId",)),
    Method("crm.category.get", category_get, required=("entityTypeId", "id")),
    Method("crm.category.add", category_add, required=("entityTypeId", "fields"), writes=True),
    Method("crm.status.list", status_list, classic=True),
    Method("crm.status.entity.items", status_entity_items, required=("entityId",), classic=True),
    Method("crm.status.entity.types", status_entity_types, classic=True),
    Method("crm.status.add", status_add, required=("fields",), writes=True, classic=True),
    Method("crm.status.update", status_update, required=("id", "fields"), writes=True, classic=True),
    Method("crm.status.delete", status_delete, required=("id",), writes=True, classic=True),
    Method("crm.currency.list", currency_list, classic=True),
    Method("crm.settings.mode.get", mode_get, classic=True),
]
