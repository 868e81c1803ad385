"""Funnels: `crm.category.*`, and the older `crm.dealcategory.*` of deals alone."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.crm.fields import CATALOGUE, DEAL, HAS_FUNNELS, NAMES, stage_dictionary
from sverka.sandbox.portal.errors import RestError, not_found
from sverka.sandbox.portal.moments import write_moment
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records.lines import choose_lines, order_lines
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import describe
from sverka.sandbox.portal.seed import add_funnel_stages
from sverka.sandbox.portal.state import Category

#: where a new funnel stands when the call does not say
_DEFAULT_SORT = {True: 200, False: 500}


def _type_of(params: Params) -> int:
    """Return the entity type of a call; RestError when it has no funnels or is none."""
    entity_type_id = params.number("entityTypeId") or 0
    if entity_type_id in HAS_FUNNELS:
        return entity_type_id
    if entity_type_id in CATALOGUE or entity_type_id in (5, 14):
        name = NAMES.get(entity_type_id, str(entity_type_id))
        raise RestError(400, "ENTITY_TYPE_NOT_SUPPORTED", f"Entity type {name} is not supported")
    raise RestError(400, "NOT_FOUND", "SPA not found")


def _out(entity_type_id: int, category: Category) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": category.id,
        "name": category.name,
        "sort": category.sort,
        "entityTypeId": entity_type_id,
        "isDefault": "Y" if category.is_default else "N",
    }
    external = {"originId": category.origin_id, "originatorId": category.originator_id}
    return answer | external if entity_type_id == DEAL and not category.is_default else answer


def _find(core: Core, params: Params) -> tuple[int, Category]:
    entity_type_id = _type_of(params)
    number = params.number("id")
    category = None if number is None else core.state.funnels[entity_type_id].get(number)
    if category is None:
        raise not_found(classic=False)
    return entity_type_id, category


def category_list(core: Core, params: Params) -> Reply:
    """Answer crm.category.list: the funnels of an entity type by their sort."""
    entity_type_id = _type_of(params)
    categories = sorted(core.state.funnels[entity_type_id].values(), key=lambda category: category.sort)
    return Reply({"categories": [_out(entity_type_id, category) for category in categories]}, len(categories))


def category_get(core: Core, params: Params) -> Reply:
    """Answer crm.category.get."""
    return Reply({"category": _out(*_find(core, params))})


def category_fields(core: Core, params: Params) -> Reply:
    """Answer crm.category.fields: what a funnel has; the default of deals cannot be changed."""
    del core
    specs = [
        FieldSpec("id", "integer", "ID", read_only=True),
        FieldSpec("name", "string", "NAME"),
        FieldSpec("sort", "integer", "SORT"),
        FieldSpec("entityTypeId", "integer", "ENTITY_TYPE_ID", read_only=True, mandatory=True),
        FieldSpec("isDefault", "boolean", "IS_DEFAULT", read_only=_type_of(params) == DEAL),
        FieldSpec("originId", "string", "ORIGIN_ID"),
        FieldSpec("originatorId", "string", "ORIGINATOR_ID"),
    ]
    return Reply({"fields": {spec.name: describe(spec) | {"upperName": spec.upper} for spec in specs}})


def category_add(core: Core, params: Params) -> Reply:
    """Answer crm.category.add: a new funnel with the default stages."""
    entity_type_id = _type_of(params)
    given = params.mapping("fields")
    if not str(given.get("name") or "").strip():
        raise RestError(400, 0, "Field 'NAME' is required")
    category = _add(core, entity_type_id, given)
    return Reply({"category": _out(entity_type_id, category)})


def category_update(core: Core, params: Params) -> Reply:
    """Answer crm.category.update; what is not given stays."""
    entity_type_id, category = _find(core, params)
    _change(core, entity_type_id, category, params.mapping("fields"))
    return Reply({"category": _out(entity_type_id, category)})


def category_delete(core: Core, params: Params) -> Reply:
    """Answer crm.category.delete with null: a funnel goes with its stages, unless it is the default or in use."""
    _delete(core, *_find(core, params))
    return Reply(None)


def _add(core: Core, entity_type_id: int, given: dict[str, Any]) -> Category:
    kind = "category" if entity_type_id == DEAL else f"category{entity_type_id}"
    number = core.state.next_id(kind)
    category = Category(number, "-", _DEFAULT_SORT[entity_type_id == DEAL], created=core.now())
    core.state.funnels[entity_type_id][number] = category
    add_funnel_stages(core.state, entity_type_id, number)
    _change(core, entity_type_id, category, given)
    return category


def _change(core: Core, entity_type_id: int, category: Category, given: dict[str, Any]) -> None:
    category.name = str(given.get("name") or "").strip()[:255] or category.name
    sort = to_int(given.get("sort"))
    category.sort = category.sort if sort is None else max(sort, 0)
    category.origin_id = str(given.get("originId", category.origin_id) or "")
    category.originator_id = str(given.get("originatorId", category.originator_id) or "")
    if entity_type_id != DEAL and str(given.get("isDefault")).upper() == "Y":
        for other in core.state.funnels[entity_type_id].values():
            other.is_default = other is category


def _delete(core: Core, entity_type_id: int, category: Category) -> None:
    used = any(item.values.get("categoryId") == category.id for item in core.state.items[entity_type_id].values())
    if entity_type_id == DEAL and category.is_default:
        raise RestError(400, 0, "Default deal category cannot be deleted")
    if entity_type_id == DEAL and used:
        raise RestError(400, 0, f"Deals related to the funnel {category.name} found")
    if category.is_default:
        raise RestError(400, "BX_ERROR", "This funnel is the default funnel")
    if used:
        raise RestError(400, "BX_ERROR", "Elements related to the funnel found")
    for status in core.state.stages(entity_type_id, category.id):
        del core.state.statuses[status.id]
    del core.state.funnels[entity_type_id][category.id]


_OLD_NAMES = {"NAME": "name", "SORT": "sort"}


def _old_out(core: Core, category: Category) -> dict[str, Any]:
    created = category.created
    return {
        "ID": str(category.id),
        "CREATED_DATE": write_moment(created, core.settings.zone) if created else "",
        "NAME": category.name,
        "IS_LOCKED": "N",
        "SORT": str(category.sort),
    }


def _old_find(core: Core, params: Params) -> Category:
    number = params.number("id")
    if number is None:
        raise RestError(400, "", "ID is not defined or invalid.")
    category = core.state.categories.get(number)
    if category is None or category.is_default:
        raise not_found(classic=True)
    return category


def old_list(core: Core, params: Params) -> Reply:
    """Answer crm.dealcategory.list: the funnels of deals without the default one."""
    lines = [_old_out(core, category) for category in core.state.categories.values() if not category.is_default]
    lines = order_lines(choose_lines(lines, params.get("filter")), params.get("order"), ("ID", "SORT"))
    rows, total, following = page(lines, params.number("start"))
    wanted = {str(name) for _, name in entries(params.get("select"))}
    return Reply(
        [{name: line[name] for name in line if not wanted or name in wanted or "*" in wanted} for line in rows],
        total,
        following,
    )


def old_get(core: Core, params: Params) -> Reply:
    """Answer crm.dealcategory.get."""
    return Reply(_old_out(core, _old_find(core, params)))


def old_fields(core: Core, params: Params) -> Reply:
    """Answer crm.dealcategory.fields."""
    del core, params
    specs = [
        FieldSpec("id", "integer", "ID", read_only=True),
        FieldSpec("createdDate", "datetime", "CREATED_DATE", read_only=True),
        FieldSpec("name", "string", "NAME", mandatory=True),
        FieldSpec("isLocked", "char", "IS_LOCKED", read_only=True),
        FieldSpec("sort", "integer", "SORT"),
    ]
    return Reply({spec.upper: describe(spec) for spec in specs})


def _old_given(params: Params) -> dict[str, Any]:
    if not isinstance(params.get("fields"), dict | list):
        raise RestError(400, "", "Parameter 'fields' must be array.")
    return {_OLD_NAMES[name]: value for name, value in params.mapping("fields").items() if name in _OLD_NAMES}


def old_add(core: Core, params: Params) -> Reply:
    """Answer crm.dealcategory.add with the new funnel's id."""
    given = _old_given(params)
    if not str(given.get("name") or "").strip():
        raise RestError(400, "", "Field 'NAME' is required")
    return Reply(_add(core, DEAL, given).id)


def old_update(core: Core, params: Params) -> Reply:
    """Answer crm.dealcategory.update."""
    _change(core, DEAL, _old_find(core, params), _old_given(params))
    return Reply(True)


def old_delete(core: Core, params: Params) -> Reply:
    """Answer crm.dealcategory.delete."""
    _delete(core, DEAL, _old_find(core, params))
    return Reply(True)


def default_get(core: Core, params: Params) -> Reply:
    """Answer crm.dealcategory.default.get."""
    del params
    default = core.state.categories[core.state.default_funnel(DEAL)]
    return Reply({"ID": default.id, "NAME": default.name})


def default_set(core: Core, params: Params) -> Reply:
    """Answer crm.dealcategory.default.set: the default funnel gets another name."""
    name = str(params.get("name") or "").strip()
    if not name:
        raise RestError(400, "", "Parameter 'name' is not defined or empty.")
    core.state.categories[core.state.default_funnel(DEAL)].name = name[:255]
    return Reply(True)


def old_stages(core: Core, params: Params) -> Reply:
    """Answer crm.dealcategory.stage.list: the stages of a funnel, the default one's without an id; [] of none."""
    lines = core.state.stages(DEAL, params.number("id") or 0)
    return Reply([{"NAME": line.name, "SORT": line.sort, "STATUS_ID": line.status_id} for line in lines])


def old_status(core: Core, params: Params) -> Reply:
    """Answer crm.dealcategory.status: which dictionary holds the stages of a funnel."""
    number = params.number("id") or 0
    if number not in core.state.categories:
        raise not_found(classic=True)
    return Reply(stage_dictionary(DEAL, number))


METHODS = [
    Method("crm.category.list", category_list, required=("entityTypeId",)),
    Method("crm.category.get", category_get, required=("entityTypeId", "id")),
    Method("crm.category.fields", category_fields, required=("entityTypeId",)),
    Method("crm.category.add", category_add, required=("entityTypeId", "fields"), writes=True),
    Method("crm.category.update", category_update, required=("entityTypeId", "id", "fields"), writes=True),
    Method("crm.category.delete", category_delete, required=("entityTypeId", "id"), writes=True),
    Method("crm.dealcategory.list", old_list, classic=True),
    Method("crm.dealcategory.get", old_get, classic=True),
    Method("crm.dealcategory.fields", old_fields, classic=True),
    Method("crm.dealcategory.add", old_add, writes=True, classic=True),
    Method("crm.dealcategory.update", old_update, writes=True, classic=True),
    Method("crm.dealcategory.delete", old_delete, writes=True, classic=True),
    Method("crm.dealcategory.default.get", default_get, classic=True),
    Method("crm.dealcategory.default.set", default_set, writes=True, classic=True),
    Method("crm.dealcategory.stage.list", old_stages, classic=True),
    Method("crm.dealcategory.status", old_status, classic=True),
]
