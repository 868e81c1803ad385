"""`crm.type.*`: smart processes, the entity types that users make."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sverka.sandbox.portal.core import Core, Event, Method, Reply
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT, FIRST_SMART, SMART_SWITCHES, smart_catalogue
from sverka.sandbox.portal.errors import RestError, invalid_argument
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records.tables import Family, Table, Values, column
from sverka.sandbox.portal.seed import add_funnel_stages
from sverka.sandbox.portal.state import Category, Item

_FIRST_FREE = 1030
_SWITCHES = [
    "isCategoriesEnabled",
    "isStagesEnabled",
    "isBeginCloseDatesEnabled",
    "isClientEnabled",
    "isUseInUserfieldEnabled",
    "isLinkWithProductsEnabled",
    "isMycompanyEnabled",
    "isDocumentsEnabled",
    "isSourceEnabled",
    "isObserversEnabled",
    "isRecyclebinEnabled",
    "isAutomationEnabled",
    "isBizProcEnabled",
    "isSetOpenPermissions",
    "isPaymentsEnabled",
    "isCountersEnabled",
]
_TYPES = Table(
    "smart_type",
    [
        column("id", "integer", read_only=True),
        column("title", mandatory=True, limit=255),
        column("code", limit=255),
        column("createdBy", "user", read_only=True),
        column("entityTypeId", "integer", immutable=True),
        column("customSectionId", "integer"),
        *[column(name, "boolean") for name in _SWITCHES],
        column("createdTime", "datetime", read_only=True),
        column("updatedTime", "datetime", read_only=True),
        column("updatedBy", "user", read_only=True),
    ],
    {
        "code": "",
        "createdBy": lambda core: core.caller.user_id,
        "createdTime": lambda core: core.now(),
        **dict.fromkeys(_SWITCHES, "N"),
        "isSetOpenPermissions": "Y",
    },
)


def smart_title(core: Core, entity_type_id: int) -> str:
    """Return what a smart process is called."""
    return str(_TYPES.rows(core)[core.state.smart_types[entity_type_id]].values["title"])


def _check(core: Core, given: Values, item: Item | None) -> None:
    if item is not None:
        return
    wanted = given.get("entityTypeId")
    if wanted is None:
        taken = [number for number in core.state.catalogues if number >= _FIRST_FREE]
        given["entityTypeId"] = max(taken, default=_FIRST_FREE - 2) + 2
    elif not (FIRST_SMART <= wanted <= 192 or (_FIRST_FREE <= wanted < 2**31 and wanted % 2 == 0)):
        raise invalid_argument("entityTypeId is out of allowed range")
    elif wanted in core.state.catalogues:
        raise invalid_argument("entityTypeId is already in use")


def _changed(core: Core, item: Item) -> None:
    """Give a smart process its fields and, when it is new, its first funnel."""
    state, entity_type_id = core.state, item.values["entityTypeId"]
    item.values |= {"updatedTime": core.now(), "updatedBy": core.caller.user_id}
    switches = {name for name in SMART_SWITCHES if item.values[name] == "Y"}
    _fill_new_fields(core, entity_type_id, switches)
    if entity_type_id in state.smart_types:
        core.emit(Event("ONCRMTYPEUPDATE", {"ID": str(item.id)}))
        return
    state.smart_types[entity_type_id] = item.id
    state.items[entity_type_id] = {}
    number = state.next_id(f"category{entity_type_id}")
    state.funnels[entity_type_id] = {number: Category(number, "General", 500, is_default=True, created=core.now())}
    add_funnel_stages(state, entity_type_id, number)
    core.emit(Event("ONCRMTYPEADD", {"ID": str(item.id)}))


def _fill_new_fields(core: Core, entity_type_id: int, switches: set[str]) -> None:
    """Put the fields of these switches in place; records that are there already get them with their first values."""
    state = core.state
    state.catalogues[entity_type_id] = catalogue = smart_catalogue(switches)
    for record in state.items.get(entity_type_id, {}).values():
        for name, spec in catalogue.items():
            empty: Any = [] if spec.multiple else "N" if spec.kind == "boolean" else None
            record.values.setdefault(name, empty)
        if "stageId" in catalogue and not record.values["stageId"]:
            record.values["stageId"] = state.stages(entity_type_id, record.values["categoryId"])[0].status_id


def _shape(core: Core, item: Item, answer: Values) -> Values:
    """Add what a type is related to: with clients, contacts and companies are above it."""
    del core
    client = item.values["isClientEnabled"] == "Y"
    above = [
        {"entityTypeId": number, "isChildrenListEnabled": "Y", "isPredefined": "Y"} for number in (CONTACT, COMPANY)
    ]
    fields = ("CALENDAR_EVENT|UF_CRM_CAL_EVENT", "TASKS_TASK|UF_CRM_TASK", "TASKS_TASK_TEMPLATE|UF_CRM_TASK")
    return answer | {
        "relations": {"parent": above if client else [], "child": []},
        "linkedUserFields": dict.fromkeys(fields, "N"),
        "customSections": [],
    }


_FAMILY = Family(
    "crm.type",
    _TYPES,
    one="type",
    many="types",
    verbs=("add", "get", "list", "update"),
    admin_only=True,
    missing=(400, 0, "SPA not found"),
    check=_check,
    changed=_changed,
    shape=_shape,
)


def type_fields(core: Core, params: Params) -> Reply:
    """Answer crm.type.fields: what a smart process has."""
    return Reply({"fields": replace(_FAMILY, one="", verbs=("fields",)).methods()[0].run(core, params).result})  # type: ignore[misc]


def type_by_number(core: Core, params: Params) -> Reply:
    """Answer crm.type.getByEntityTypeId."""
    number = core.state.smart_types.get(params.number("entityTypeId") or 0)
    return Reply({"type": _FAMILY.answer(core, _FAMILY.find(core, number))})


def type_delete(core: Core, params: Params) -> Reply:
    """Answer crm.type.delete with an empty list; a smart process with records stays."""
    item = _FAMILY.find(core, params.number("id"))
    state, entity_type_id = core.state, item.values["entityTypeId"]
    if state.items[entity_type_id]:
        raise RestError(400, "BX_ERROR", "You cannot delete an entity type that has elements")
    for number in state.funnels[entity_type_id]:
        for status in state.stages(entity_type_id, number):
            del state.statuses[status.id]
    owner = state.entity_id(entity_type_id)
    for field in [line for line in state.user_fields.values() if line.entity_id == owner]:
        del state.user_fields[field.id]
    for held in (state.funnels, state.items, state.catalogues, state.smart_types):
        del held[entity_type_id]
    del _TYPES.rows(core)[item.id]
    core.emit(Event("ONCRMTYPEDELETE", {"ID": str(item.id)}))
    return Reply([])


METHODS = [
    *_FAMILY.methods(),
    Method("crm.type.fields", type_fields, admin_only=True),
    Method("crm.type.getByEntityTypeId", type_by_number, required=("entityTypeId",), admin_only=True),
    Method("crm.type.delete", type_delete, required=("id",), writes=True, admin_only=True),
]
