"""Activities of records: calls, meetings, letters and to-dos, with the people talked to and the records they are at."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Event, Method, Reply, page
from sverka.sandbox.portal.crm import owners
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records import files
from sverka.sandbox.portal.records.filters import Filter, sort_items
from sverka.sandbox.portal.records.specs import FieldSpec, Kind
from sverka.sandbox.portal.records.tables import Family, Table, Values, column, describe
from sverka.sandbox.portal.state import Item

MEETING, CALL, TASK, EMAIL, PROVIDER = 1, 2, 3, 4, 6
CONFIGURABLE = "CONFIGURABLE_REST_APP"
#: answered only when asked for by name
_ON_DEMAND = ("BINDINGS", "COMMUNICATIONS", "FILES", "WEBDAV_ELEMENTS", "IS_INCOMING_CHANNEL")


def _upper(names: str, kind: Kind = "string", **extra: Any) -> list[FieldSpec]:
    return [column(name, kind, name, **extra) for name in names.split()]


def _enum(name: str, **extra: Any) -> FieldSpec:
    kind = name.lower().removesuffix("_id").replace("_", "")
    told = {"ownertype": "ownertype", "descriptiontype": "contenttype", "type": "activitytype"}
    return column(name, "integer", name, type_id=f"crm_enum_{told.get(kind, f'activity{kind}')}", **extra)


ACTIVITIES = Table(
    "activity",
    [
        column("id", "integer", read_only=True),
        *_upper("OWNER_ID", "integer", immutable=True, mandatory=True),
        _enum("OWNER_TYPE_ID", immutable=True, mandatory=True),
        _enum("TYPE_ID", immutable=True, mandatory=True),
        *_upper("PROVIDER_ID PROVIDER_TYPE_ID PROVIDER_GROUP_ID", limit=100),
        *_upper("ASSOCIATED_ENTITY_ID", "integer", read_only=True),
        *_upper("SUBJECT", limit=512, mandatory=True),
        *_upper("CREATED LAST_UPDATED", "datetime", read_only=True),
        *_upper("START_TIME END_TIME DEADLINE", "datetime"),
        *_upper("COMPLETED", "boolean", type_id="char"),
        _enum("STATUS"),
        *_upper("RESPONSIBLE_ID", "user", mandatory=True),
        _enum("PRIORITY"),
        _enum("NOTIFY_TYPE"),
        *_upper("NOTIFY_VALUE", "integer"),
        *_upper("DESCRIPTION", limit=65535),
        _enum("DESCRIPTION_TYPE"),
        _enum("DIRECTION"),
        *_upper("LOCATION", limit=256),
        *_upper("SETTINGS", "any", type_id="object"),
        *_upper("ORIGINATOR_ID ORIGIN_ID", limit=255),
        *_upper("AUTHOR_ID EDITOR_ID", "user", read_only=True),
        *_upper("PROVIDER_PARAMS", "any", type_id="object"),
        *_upper("PROVIDER_DATA"),
        *_upper("RESULT_MARK", "integer"),
        *_upper("RESULT_VALUE RESULT_SUM", "double"),
        *_upper("RESULT_CURRENCY_ID"),
        *_upper("RESULT_STATUS RESULT_STREAM", "integer"),
        *_upper("RESULT_SOURCE_ID"),
        *_upper("AUTOCOMPLETE_RULE", "integer"),
        *_upper("BINDINGS", "any", read_only=True, type_id="crm_activity_binding"),
        *_upper("COMMUNICATIONS", "any", type_id="crm_activity_communication"),
        *_upper("FILES WEBDAV_ELEMENTS", "any", type_id="diskfile"),
        *_upper("IS_INCOMING_CHANNEL", "boolean", read_only=True, type_id="char"),
    ],
    {
        "CREATED": lambda core: core.now(), "LAST_UPDATED": lambda core: core.now(),
        "AUTHOR_ID": lambda core: core.caller.user_id, "EDITOR_ID": lambda core: core.caller.user_id,
        "COMPLETED": "N", "STATUS": 1, "PRIORITY": 2, "NOTIFY_TYPE": 0, "NOTIFY_VALUE": 0, "DESCRIPTION": "",
        "DESCRIPTION_TYPE": 1, "DIRECTION": 0, "LOCATION": "", "ASSOCIATED_ENTITY_ID": 0, "RESULT_MARK": 0,
        "RESULT_STATUS": 0, "RESULT_STREAM": 0, "AUTOCOMPLETE_RULE": 0, "IS_INCOMING_CHANNEL": "N",
    },
)  # fmt: skip
_COMMUNICATION: dict[str, Kind] = {
    "ID": "integer", "ACTIVITY_ID": "integer", "ENTITY_ID": "integer", "ENTITY_TYPE_ID": "integer", "TYPE": "string",
    "VALUE": "string",
}  # fmt: skip


def _refuse(name: str) -> RestError:
    what = "defined or empty" if name == "SUBJECT" else "defined or invalid"
    return RestError(400, "", f"The field {name} is not {what}.")


def _check(core: Core, given: Values, item: Item | None) -> None:
    """Refuse what makes no activity, and complete the rest: bindings, deadline, status, the deed to tell of."""
    whole = (item.values if item else {}) | given
    if item is None:
        _check_new(core, whole, given)
    if item is None or "COMMUNICATIONS" in given:
        given["COMMUNICATIONS"] = _communications(core, given.get("COMMUNICATIONS"))
        if whole["TYPE_ID"] == CALL and len(given["COMMUNICATIONS"]) > 1:
            raise RestError(400, "", "The only one communication is allowed for activity of specified type.")
    if item is None:
        owner = whole["OWNER_TYPE_ID"], whole["OWNER_ID"]
        told = [(line["ENTITY_TYPE_ID"], line["ENTITY_ID"]) for line in given["COMMUNICATIONS"]]
        given["BINDINGS"] = list(dict.fromkeys([owner, *(one for one in told if owners.exists(core, *one))]))
    _derive(whole, given)
    if "FILES" in given:
        given["FILES"] = _files(core, given["FILES"])
        files.drop(core, [whole.get("FILES") or []], [given["FILES"]])
    if item is None:
        given["deed"] = "ADD"
    elif any(item.values.get(name) != value for name, value in given.items()):
        given |= {"deed": "UPDATE", "LAST_UPDATED": core.now(), "EDITOR_ID": core.caller.user_id}


def _check_new(core: Core, whole: Values, given: Values) -> None:
    if not owners.exists(core, whole["OWNER_TYPE_ID"], whole["OWNER_ID"]):
        text = "Could not build binding. Please ensure that owner info and communications are defined correctly."
        raise RestError(400, "", text)
    if whole["TYPE_ID"] not in (MEETING, CALL, TASK, EMAIL, PROVIDER):
        raise _refuse("TYPE_ID")
    if whole["TYPE_ID"] == PROVIDER and not whole.get("PROVIDER_ID"):
        raise RestError(400, "", "The custom activity without provider is not supported in current context.")
    if whole.get("PROVIDER_ID") == CONFIGURABLE:
        raise RestError(400, "", "Use crm.activity.configurable.add for this activity provider.")
    providers = {MEETING: ("CRM_MEETING", "MEETING"), CALL: ("CRM_CALL_TRACKER", "CALL"), EMAIL: ("CRM_EMAIL", "EMAIL")}
    provider_id, kind = providers.get(whole["TYPE_ID"], ("", ""))
    if provider_id:
        given.setdefault("PROVIDER_ID", provider_id)
        given.setdefault("PROVIDER_TYPE_ID", kind)


def _derive(whole: Values, given: Values) -> None:
    source = "START_TIME" if whole["TYPE_ID"] in (MEETING, CALL) else "END_TIME"
    if given.get(source) is not None:
        given["DEADLINE"] = given[source]
    if "COMPLETED" in given:
        given["STATUS"] = 2 if given["COMPLETED"] == "Y" else 1
    elif "STATUS" in given:
        given["COMPLETED"] = "Y" if given["STATUS"] == 2 else "N"


def _communications(core: Core, raw: Any) -> list[Values]:
    lines = []
    for _, line in entries(raw):
        entity = (to_int(line.get("ENTITY_TYPE_ID")), to_int(line.get("ENTITY_ID"))) if isinstance(line, dict) else None
        if entity is None or (any(entity) and not owners.exists(core, *entity)):
            raise _refuse("COMMUNICATIONS")
        lines.append(
            {"ID": core.state.next_id("communication"), "ENTITY_TYPE_ID": entity[0] or 0, "ENTITY_ID": entity[1] or 0,
             "TYPE": str(line.get("TYPE") or ""), "VALUE": str(line.get("VALUE") or "")}
        )  # fmt: skip
    if not lines:
        raise _refuse("COMMUNICATIONS")
    return lines


def _files(core: Core, raw: Any) -> list[Values]:
    try:
        taken = [files.take(core, one) for _, one in entries(raw)]
    except ValueError as error:
        raise RestError(400, "", "Invalid value of field FILES") from error
    return [value for value in taken if value is not None]


def _changed(core: Core, item: Item) -> None:
    core.emit(Event(f"ONCRMACTIVITY{item.values['deed']}", {"ID": str(item.id)}))


def _deleted(core: Core, item: Item) -> None:
    files.drop(core, [item.values.get("FILES") or []])
    core.emit(Event("ONCRMACTIVITYDELETE", {"ID": str(item.id)}))


def _shape(core: Core, item: Item, answer: Values) -> Values:
    """Return an answer without what has to be asked for; empty objects are lists."""
    del core, item
    answer = {name: value for name, value in answer.items() if name not in _ON_DEMAND}
    return answer | {name: answer[name] or [] for name in ("SETTINGS", "PROVIDER_PARAMS")}


FAMILY = Family(
    "crm.activity", ACTIVITIES, classic=True, lacking=_refuse, check=_check, changed=_changed, deleted=_deleted,
    shape=_shape, missing=(400, "", "Activity is not found."), verbs=("add", "get", "update", "delete"),
)  # fmt: skip


def activity_list(core: Core, params: Params) -> Reply:
    """Answer crm.activity.list; the filter knows BINDINGS, and COMMUNICATIONS and FILES come when selected by name."""
    for name in ("filter", "order", "select"):
        if params.has(name) and not isinstance(params.get(name), dict | list):
            raise RestError(400, "", f"Parameter '{name}' must be array.")
    given = params.mapping("filter")
    bindings = given.pop("BINDINGS", None)
    find = ACTIVITIES.by_upper.get
    chosen = Filter(core, find, given, strict=False)
    items = [item for item in ACTIVITIES.rows(core).values() if chosen.matches(item) and _at_any(item, bindings)]
    items = sort_items(items, params.get("order"), find, strict=False)
    rows, total, following = page(items, params.number("start"))
    wanted = {str(name) for _, name in entries(params.get("select"))}
    every = not wanted or "*" in wanted
    extra = [name for name in ("COMMUNICATIONS", "FILES") if name in wanted]
    answers = [
        FAMILY.answer(core, item, None if every else wanted) | {name: _demanded(core, item, name) for name in extra}
        for item in rows
    ]
    return Reply(answers, total, following)


def _at_any(item: Item, bindings: Any) -> bool:
    if bindings is None:
        return True
    lines = [line for _, line in entries(bindings) if isinstance(line, dict)]
    asked = [(to_int(line.get("OWNER_TYPE_ID")), to_int(line.get("OWNER_ID"))) for line in lines]
    return any(
        (kind is None or kind == held[0]) and (number is None or number == held[1])
        for kind, number in asked
        for held in item.values["BINDINGS"]
    )


def _demanded(core: Core, item: Item, name: str) -> Any:
    held = item.values.get(name) or []
    if name == "FILES":
        return [
            {"id": one["id"], "url": core.settings.origin + files.relative_address(core, one["id"])} for one in held
        ]
    return [{key: str(value) for key, value in line.items()} | {"ACTIVITY_ID": str(item.id)} for line in held]


def activity_fields(core: Core, params: Params) -> Reply:
    """Answer crm.activity.fields; nothing but a to-do goes without people talked to."""
    del core, params
    answer = {spec.upper: describe(spec) for spec in ACTIVITIES.columns.values()}
    answer["COMMUNICATIONS"] |= {"isRequired": True, "isMultiple": True}
    return Reply(answer)


def communication_fields(core: Core, params: Params) -> Reply:
    """Answer crm.activity.communication.fields."""
    del core, params
    kinds = _COMMUNICATION.items()
    return Reply({name: describe(column(name, kind, name, read_only=name.endswith("ID"))) for name, kind in kinds})


def at(core: Core, entity_type_id: int, entity_id: int) -> list[Item]:
    """Return the activities of a record."""
    return [item for item in ACTIVITIES.rows(core).values() if (entity_type_id, entity_id) in item.values["BINDINGS"]]


def bound(core: Core, number: int, entity_type_id: int, entity_id: int) -> bool:
    """Tell whether there is such an activity at the record."""
    return any(item.id == number for item in at(core, entity_type_id, entity_id))


def insert(core: Core, given: Values) -> Item:
    """Put in an activity of the portal's own making and tell of it; `given` are clean values."""
    item = ACTIVITIES.insert(core, given | {"deed": "ADD"})
    _changed(core, item)
    return item


def put(core: Core, item: Item, given: Values) -> None:
    """Change an activity and tell of it, if that changes anything."""
    if any(item.values.get(name) != value for name, value in given.items()):
        item.values |= given | {"deed": "UPDATE", "LAST_UPDATED": core.now(), "EDITOR_ID": core.caller.user_id}
        _changed(core, item)


def forget(core: Core, entity_type_id: int, entity_id: int) -> None:
    """Take every activity off a record that is no more; one that is nowhere else is deleted."""
    for item in at(core, entity_type_id, entity_id):
        item.values["BINDINGS"] = [one for one in item.values["BINDINGS"] if one != (entity_type_id, entity_id)]
        if not item.values["BINDINGS"]:
            del ACTIVITIES.rows(core)[item.id]
            _deleted(core, item)


METHODS = [
    *FAMILY.methods(),
    Method("crm.activity.list", activity_list, classic=True),
    Method("crm.activity.fields", activity_fields, classic=True),
    Method("crm.activity.communication.fields", communication_fields, classic=True),
]
