"""`crm.status.*`: the stages of funnels and the other dictionaries."""

from __future__ import annotations

import re
from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.crm.fields import (
    DEAL,
    HAS_STAGES,
    LEAD,
    QUOTE,
    SMART_INVOICE,
    stage_dictionary,
    stage_prefix,
)
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, to_int
from sverka.sandbox.portal.records.lines import choose_lines, order_lines
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import describe
from sverka.sandbox.portal.state import Status

_NAMES = {
    "SOURCE": "Sources",
    "CONTACT_TYPE": "Contact type",
    "COMPANY_TYPE": "Company type",
    "EMPLOYEES": "Number of employees",
    "INDUSTRY": "Industry",
    "DEAL_TYPE": "Deal type",
    "HONORIFIC": "Salutations",
    "CALL_LIST": "Call statuses",
}
_LONGEST = {LEAD: 21, QUOTE: 22, DEAL: 22}
_EXTRA = {"S": "success", "F": "failure"}


def _dictionaries(core: Core) -> dict[str, tuple[int, int]]:
    """Return the entity type (0 for plain dictionaries) and the funnel of every dictionary there is."""
    known: dict[str, tuple[int, int]] = {"STATUS": (LEAD, 0), "QUOTE_STATUS": (QUOTE, 0)}
    for entity_type_id, funnels in core.state.funnels.items():
        known |= {stage_dictionary(entity_type_id, number): (entity_type_id, number) for number in funnels}
    return dict.fromkeys(_NAMES, (0, 0)) | known


def _light(status: Status) -> dict[str, Any]:
    return {
        "ID": str(status.id),
        "ENTITY_ID": status.entity_id,
        "STATUS_ID": status.status_id,
        "NAME": status.name,
        "NAME_INIT": status.name_init,
        "SORT": str(status.sort),
        "SYSTEM": "Y" if status.system else "N",
        "CATEGORY_ID": None if status.category_id is None else str(status.category_id),
        "COLOR": status.color,
        "SEMANTICS": status.semantics,
    }


def _full(status: Status) -> dict[str, Any]:
    return _light(status) | {"EXTRA": {"SEMANTICS": status.extra_semantics, "COLOR": status.color}}


def status_fields(core: Core, params: Params) -> Reply:
    """Answer crm.status.fields."""
    del core, params
    specs = [
        FieldSpec("id", "integer", "ID", read_only=True),
        FieldSpec("entityId", "string", "ENTITY_ID", mandatory=True, immutable=True),
        FieldSpec("statusId", "string", "STATUS_ID", mandatory=True, immutable=True),
        FieldSpec("sort", "integer", "SORT"),
        FieldSpec("name", "string", "NAME", mandatory=True),
        FieldSpec("nameInit", "string", "NAME_INIT", read_only=True),
        FieldSpec("system", "char", "SYSTEM", read_only=True),
        FieldSpec("categoryId", "integer", "CATEGORY_ID", immutable=True),
        FieldSpec("color", "string", "COLOR"),
        FieldSpec("semantics", "char", "SEMANTICS", immutable=True),
        FieldSpec("extra", "crm_status_extra", "EXTRA"),
    ]
    return Reply({spec.upper: describe(spec) for spec in specs})


def status_list(core: Core, params: Params) -> Reply:
    """Answer crm.status.list: every matching line on one page, by dictionary and sort unless an order is given."""
    for name in ("filter", "order"):
        if params.has(name) and not isinstance(params.get(name), dict | list):
            raise RestError(400, "", f"Parameter '{name}' must be array.")
    lines = [_full(s) for s in sorted(core.state.statuses.values(), key=lambda s: (s.entity_id, s.sort))]
    lines = order_lines(choose_lines(lines, params.get("filter")), params.get("order"), ("ID", "SORT"))
    return Reply(lines, len(lines))


def status_get(core: Core, params: Params) -> Reply:
    """Answer crm.status.get: one line, without EXTRA."""
    return Reply(_light(_status(core, params)))


def status_entity_items(core: Core, params: Params) -> Reply:
    """Answer crm.status.entity.items: the light form of one dictionary."""
    entity_id = params.get("entityId")
    if not isinstance(entity_id, str) or not entity_id:
        raise RestError(400, "", "The parameter entityId is not defined or invalid.")
    lines = core.state.dictionary(entity_id)
    return Reply([{"NAME": s.name, "SORT": s.sort, "STATUS_ID": s.status_id} for s in lines])


def status_entity_types(core: Core, params: Params) -> Reply:
    """Answer crm.status.entity.types: which dictionaries there are; those of stages tell where stages begin and end."""
    del params
    return Reply([_type_out(core, name, *place) for name, place in _dictionaries(core).items()])


def _type_out(core: Core, entity_id: str, entity_type_id: int, category_id: int) -> dict[str, Any]:
    if not entity_type_id:
        return {"ID": entity_id, "NAME": _NAMES[entity_id]}
    answer: dict[str, Any] = {"ID": entity_id, "ENTITY_TYPE_ID": entity_type_id}
    if entity_type_id in (LEAD, QUOTE):
        name = "Lead stages" if entity_type_id == LEAD else "Quote stages"
        return answer | {"NAME": name, "SEMANTIC_INFO": _semantics(core, entity_id)}
    category = core.state.funnels[entity_type_id][category_id]
    answer |= {
        "NAME": f"Stages of {category.name}",
        "SEMANTIC_INFO": _semantics(core, entity_id) if entity_type_id == DEAL else [],
        "FIELD_ATTRIBUTE_SCOPE": f"category_{category_id}" if category_id else "",
        "CATEGORY_ID": category_id,
    }
    if category_id:
        answer["PREFIX"] = stage_prefix(entity_type_id, category_id)
    if entity_type_id == SMART_INVOICE:
        answer["IS_ENABLED"] = True
    return answer | ({"PARENT_ID": "DEAL_STAGE"} if entity_type_id == DEAL and category_id else {})


def _semantics(core: Core, entity_id: str) -> dict[str, Any]:
    lines = core.state.dictionary(entity_id)

    def first(semantics: str | None) -> str:
        return next((line.status_id for line in lines if line.semantics == semantics), "")

    return {
        "START_FIELD": first(None),
        "FINAL_SUCCESS_FIELD": first("S"),
        "FINAL_UNSUCCESS_FIELD": first("F"),
        "FINAL_SORT": 0,
    }


def status_add(core: Core, params: Params) -> Reply:
    """Answer crm.status.add with the new line's id; the ids of a funnel's stages get its prefix (`Cn:`)."""
    if not isinstance(params.get("fields"), dict | list):
        raise RestError(400, "", "Parameter 'fields' must be array.")
    given = params.mapping("fields")
    missing = [f"The field {name} is required." for name in ("ENTITY_ID", "STATUS_ID") if not given.get(name)]
    if not missing and not given.get("NAME"):
        missing = ["The field Title is required."]
    if missing:
        raise RestError(400, "", "<br>".join(missing))
    entity_id, status_id = str(given["ENTITY_ID"]), str(given["STATUS_ID"])
    if entity_id not in _dictionaries(core):
        raise RestError(400, "", "Specified entity type is not supported.")
    entity_type_id, funnel = _dictionaries(core)[entity_id]
    status_id = _stage_id(entity_type_id, funnel, status_id)
    if any(line.status_id == status_id for line in core.state.dictionary(entity_id)):
        raise RestError(400, "ERROR_CORE", "The specified status ID already exists.")
    sort = to_int(given.get("SORT")) or 10
    semantics = str(given.get("SEMANTICS")) if str(given.get("SEMANTICS")) in _EXTRA else None
    if entity_type_id and semantics != "F":
        _check_order(core.state.dictionary(entity_id), semantics, sort)
    status = Status(
        core.state.next_id("status"), entity_id, status_id, str(given["NAME"]), sort, False,
        str(given.get("COLOR") or "#39A8EF"), semantics, _EXTRA.get(semantics or "", "process"), funnel or None,
    )  # fmt: skip
    core.state.statuses[status.id] = status
    return Reply(status.id)


def _stage_id(entity_type_id: int, funnel: int, status_id: str) -> str:
    """Return the id with the prefix of its funnel; RestError when it is too long or has other than plain characters."""
    prefix = stage_prefix(entity_type_id, funnel)
    bare = status_id.removeprefix(f"{prefix}:") if prefix else status_id
    if len(bare) > _LONGEST.get(entity_type_id, 50):
        raise RestError(400, "", f"The status ID is longer than {_LONGEST.get(entity_type_id, 50)} characters.")
    if entity_type_id and not re.fullmatch(r"[A-Za-z0-9_-]+", bare):
        raise RestError(400, "", "The status ID may contain only Latin letters, numbers, hyphens and underscores.")
    return f"{prefix}:{bare}" if prefix else bare


def _check_order(lines: list[Status], semantics: str | None, sort: int) -> None:
    won = next((line for line in lines if line.semantics == "S"), None)
    if won is not None and (semantics == "S" or sort > won.sort):
        text = "Cannot create more stages after the final stage because the final successful stage already exists."
        text += " Try using sort order values less than that of the final stage."
        raise RestError(400, "", text)


def _status(core: Core, params: Params) -> Status:
    number = params.number("id") or 0
    if number <= 0:
        raise RestError(400, "", "Invalid identifier.")
    status = core.state.statuses.get(number)
    if status is None:
        raise RestError(400, "", "Status is not found.")
    return status


def status_update(core: Core, params: Params) -> Reply:
    """Answer crm.status.update; a stage keeps its status id and semantics."""
    status = _status(core, params)
    if not isinstance(params.get("fields"), dict | list):
        raise RestError(400, "", "Parameter 'fields' must be array.")
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
        and stage_dictionary(entity_type_id, item.values.get("categoryId") or 0) == status.entity_id
        for entity_type_id in HAS_STAGES
        for item in core.state.items[entity_type_id].values()
    ):
        raise RestError(400, "", "There are active items in this status.")
    if status.system and str(params.mapping("params").get("FORCED")).upper() != "Y":
        text = 'CRM System Status can be deleted only if parameter FORCED is specified and equal to "Y".'
        raise RestError(400, "", text)
    del core.state.statuses[status.id]
    return Reply(True)


METHODS = [
    Method("crm.status.fields", status_fields, classic=True),
    Method("crm.status.list", status_list, classic=True),
    Method("crm.status.get", status_get, classic=True),
    Method("crm.status.entity.items", status_entity_items, classic=True),
    Method("crm.status.entity.types", status_entity_types, classic=True),
    Method("crm.status.add", status_add, writes=True, classic=True),
    Method("crm.status.update", status_update, writes=True, classic=True),
    Method("crm.status.delete", status_delete, writes=True, classic=True),
]
