"""To-dos, the records activities are bound to, and what applications add to activities: types and badges."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Handler, Method, Reply
from sverka.sandbox.portal.crm import activities, owners
from sverka.sandbox.portal.crm.activities import ACTIVITIES
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.moments import read_moment
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.state import Item

_TODO = {"TYPE_ID": activities.PROVIDER, "PROVIDER_ID": "CRM_TODO", "PROVIDER_TYPE_ID": "TODO", "COMMUNICATIONS": []}
_COLORS = ("", "default", "1", "2", "3", "4", "5", "6", "7")
_NOT_FOUND = (400, "NOT_FOUND", "Element not found")
_BADGES = ("failure", "success", "warning", "primary", "secondary")


def _deadline(core: Core, raw: Any) -> dict[str, Any]:
    try:
        moment = read_moment(raw, core.settings.zone)
    except (ValueError, OverflowError) as error:
        raise RestError(400, "WRONG_DATETIME_FORMAT", "Incorrect date format") from error
    return {"DEADLINE": moment, "START_TIME": moment, "END_TIME": moment}


def _responsible(core: Core, raw: Any) -> int:
    number = to_int(raw)
    if number not in core.state.users:
        raise RestError(400, "NOT_FOUND", "Responsible user is not found")
    return number


def _color(raw: Any) -> str:
    color = str(raw)
    if color not in _COLORS:
        raise RestError(400, "CAN_NOT_UPDATE_WRONG_COLOR_TODO", "Wrong color value")
    return color


def _given(core: Core, params: Params) -> dict[str, Any]:
    given = _deadline(core, params.get("deadline"))
    if params.has("title"):
        given["SUBJECT"] = str(params.get("title"))
    if params.has("description"):
        given["DESCRIPTION"] = str(params.get("description"))
    if params.has("responsibleId"):
        given["RESPONSIBLE_ID"] = _responsible(core, params.get("responsibleId"))
    parent = params.number("parentActivityId")
    if params.has("parentActivityId") and parent not in ACTIVITIES.rows(core):
        raise RestError(*_NOT_FOUND)
    settings = {
        "PARENT_ACTIVITY_ID": parent or 0,
        "PING_OFFSETS": [to_int(one) or 0 for _, one in entries(params.get("pingOffsets"))],
    }
    return given | {"SETTINGS": settings | {"COLOR": _color(params.get("colorId") or "")}}


def todo_add(core: Core, params: Params) -> Reply:
    """Answer crm.activity.todo.add with the new activity's id."""
    owner = owners.check(core, params.number("ownerTypeId"), params.number("ownerId"))
    blank = {"SUBJECT": "To-do", "RESPONSIBLE_ID": core.caller.user_id, "BINDINGS": [owner]}
    place = {"OWNER_TYPE_ID": owner[0], "OWNER_ID": owner[1]}
    return Reply({"id": activities.insert(core, {**_TODO, **blank, **place, **_given(core, params)}).id})


def _todo(core: Core, params: Params) -> Item:
    owner = owners.check(core, params.number("ownerTypeId"), params.number("ownerId"))
    item = ACTIVITIES.rows(core).get(params.number("id") or 0)
    if item is None or owner not in item.values["BINDINGS"] or item.values["PROVIDER_ID"] != "CRM_TODO":
        raise RestError(*_NOT_FOUND)
    return item


def _changing(change: Any, done: str = "CAN_NOT_UPDATE_COMPLETED_TODO") -> Handler:
    """Return a handler that changes a to-do; one that is done is refused with the code `done`."""

    def handler(core: Core, params: Params) -> Reply:
        item = _todo(core, params)
        if item.values["COMPLETED"] == "Y":
            raise RestError(400, done, "Completed activity cannot be modified")
        activities.put(core, item, change(core, params, item))
        return Reply({"id": item.id})

    return handler


def _recolored(core: Core, params: Params, item: Item) -> dict[str, Any]:
    del core
    return {"SETTINGS": (item.values["SETTINGS"] or {}) | {"COLOR": _color(params.get("colorId"))}}


def _binding(core: Core, params: Params, prefix: str = "entity") -> tuple[int, int]:
    kind, number = (f"{prefix}{'TypeId' if prefix == 'entity' else 'EntityTypeId'}",
                    f"{prefix}{'Id' if prefix == 'entity' else 'EntityId'}")  # fmt: skip
    return owners.check(core, params.number(kind), params.number(number))


def _activity(core: Core, params: Params) -> Item:
    item = ACTIVITIES.rows(core).get(params.number("activityId") or 0)
    if item is None:
        raise RestError(*_NOT_FOUND)
    return item


def binding_add(core: Core, params: Params) -> Reply:
    """Answer crm.activity.binding.add."""
    item, owner = _activity(core, params), _binding(core, params)
    if owner in item.values["BINDINGS"]:
        raise RestError(400, "ACTIVITY_IS_ALREADY_BOUND", "Activity is already bound to this entity")
    activities.put(core, item, {"BINDINGS": [*item.values["BINDINGS"], owner]})
    return Reply(True)


def binding_delete(core: Core, params: Params) -> Reply:
    """Answer crm.activity.binding.delete; the last record of an activity cannot be taken from it."""
    item, owner = _activity(core, params), _binding(core, params)
    left = [one for one in item.values["BINDINGS"] if one != owner]
    if len(left) == len(item.values["BINDINGS"]):
        raise RestError(400, "BINDING_NOT_FOUND", "Activity is not bound to this entity")
    if not left:
        raise RestError(400, "LAST_BINDING_CANNOT_BE_DELETED", "Last binding cannot be deleted")
    activities.put(core, item, _owned(left))
    return Reply(True)


def _owned(bindings: list[tuple[int, int]]) -> dict[str, Any]:
    return {"BINDINGS": bindings, "OWNER_TYPE_ID": bindings[0][0], "OWNER_ID": bindings[0][1]}


def binding_move(core: Core, params: Params) -> Reply:
    """Answer crm.activity.binding.move: from a record to another of the same type."""
    item, source, target = _activity(core, params), _binding(core, params, "source"), _binding(core, params, "target")
    if source[0] != target[0]:
        code = "SOURCE_AND_TARGET_ENTITY_TYPES_ARE_NOT_EQUAL_ERROR"
        raise RestError(400, code, "Source and target entity types are not equal")
    if source == target:
        raise RestError(400, "SOURCE_AND_TARGET_ENTITY_ID_ARE_EQUAL_ERROR", "Source and target entity ids are equal")
    held = item.values["BINDINGS"]
    if source not in held:
        raise RestError(400, "BINDING_NOT_FOUND", "Activity is not bound to this entity")
    if target in held:
        raise RestError(400, "ACTIVITY_IS_ALREADY_BOUND", "Activity is already bound to this entity")
    activities.put(core, item, _owned([target if one == source else one for one in held]))
    return Reply(True)


def binding_list(core: Core, params: Params) -> Reply:
    """Answer crm.activity.binding.list."""
    held = _activity(core, params).values["BINDINGS"]
    return Reply([{"entityTypeId": kind, "entityId": number} for kind, number in held])


def _named(core: Core, table: str, key: str, value: Any) -> Item | None:
    return next((item for item in core.state.tables[table].values() if item.values[key] == value), None)


def _keep(core: Core, table: str, key: str, values: dict[str, Any]) -> None:
    held = _named(core, table, key, values[key])
    number = held.id if held else core.state.next_id(table)
    core.state.tables[table][number] = Item(0, number, values)


def badge_add(core: Core, params: Params) -> Reply:
    """Answer crm.activity.badge.add; a badge of the same code is replaced."""
    values = {name: str(params.get(name)) for name in ("code", "title", "value", "type")}
    if values["type"] not in _BADGES:
        raise RestError(400, "INVALID_ARG_VALUE", "Wrong type of badge")
    _keep(core, "badge", "code", values)
    return Reply({"badge": values})


def _badge(core: Core, params: Params) -> Item:
    item = _named(core, "badge", "code", str(params.get("code")))
    if item is None:
        raise RestError(400, "NOT_FOUND", f"Badge not found for code `{params.get('code')}`")
    return item


def badge_get(core: Core, params: Params) -> Reply:
    """Answer crm.activity.badge.get."""
    return Reply({"badge": dict(_badge(core, params).values)})


def badge_list(core: Core, params: Params) -> Reply:
    """Answer crm.activity.badge.list."""
    del params
    return Reply({"badges": [dict(item.values) for item in core.state.tables["badge"].values()]})


def badge_delete(core: Core, params: Params) -> Reply:
    """Answer crm.activity.badge.delete."""
    del core.state.tables["badge"][_badge(core, params).id]
    return Reply(True)


_TODO_KEY = ("id", "ownerTypeId", "ownerId")
_BINDING_KEY = ("activityId", "entityTypeId", "entityId")


def _todo_method(verb: str, run: Handler, *required: str) -> Method:
    return Method(f"crm.activity.todo.{verb}", run, required=(*_TODO_KEY, *required), writes=True)


METHODS = [
    Method("crm.activity.todo.add", todo_add, required=("ownerTypeId", "ownerId", "deadline"), writes=True),
    _todo_method("update", _changing(lambda core, params, _: _given(core, params)), "deadline"),
    _todo_method("updateDeadline", _changing(lambda core, params, _: _deadline(core, params.get("value"))), "value"),
    _todo_method(
        "updateDescription", _changing(lambda _, params, __: {"DESCRIPTION": str(params.get("value"))}), "value"
    ),
    _todo_method("updateColor", _changing(_recolored, "CAN_NOT_UPDATE_COLOR_COMPLETED_TODO"), "colorId"),
    _todo_method(
        "updateResponsibleUser",
        _changing(lambda core, params, _: {"RESPONSIBLE_ID": _responsible(core, params.get("responsibleId"))}),
        "responsibleId",
    ),
    Method("crm.activity.binding.add", binding_add, required=_BINDING_KEY, writes=True),
    Method("crm.activity.binding.delete", binding_delete, required=_BINDING_KEY, writes=True),
    Method("crm.activity.binding.list", binding_list, required=("activityId",)),
    Method(
        "crm.activity.binding.move",
        binding_move,
        required=("activityId", "sourceEntityTypeId", "sourceEntityId", "targetEntityTypeId", "targetEntityId"),
        writes=True,
    ),
    Method("crm.activity.badge.add", badge_add, required=("code", "title", "value", "type"), writes=True),
    Method("crm.activity.badge.get", badge_get, required=("code",)),
    Method("crm.activity.badge.list", badge_list),
    Method("crm.activity.badge.delete", badge_delete, required=("code",), writes=True),
]
