"""What only applications do with activities: types of their own, configurable ones, and blocks of content."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.crm import activities, owners, timeline
from sverka.sandbox.portal.crm.activities import ACTIVITIES, CONFIGURABLE
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.moments import read_moment, write_moment
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.state import Item

_NOT_FOUND = (400, "NOT_FOUND", "Not found.")


def _client(core: Core) -> str:
    return core.caller.application.client_id if core.caller.application else ""


def _types(core: Core) -> dict[str, Item]:
    """Return the calling application's types by TYPE_ID."""
    held = core.state.tables["activity_type"].values()
    return {str(item.values["TYPE_ID"]): item for item in held if item.values["client"] == _client(core)}


def type_add(core: Core, params: Params) -> Reply:
    """Answer crm.activity.type.add."""
    given = params.mapping("fields")
    type_id = str(given.get("TYPE_ID") or "")
    if not type_id or isinstance(given.get("TYPE_ID"), dict | list):
        raise RestError(400, "", "TYPE_ID is not defined or invalid.")
    if type_id in _types(core):
        raise RestError(400, "", "Activity type with this TYPE_ID already exists.")
    number = core.state.next_id("activity_type")
    values = {
        "TYPE_ID": type_id, "NAME": str(given.get("NAME") or type_id), "ICON_ID": "0", "client": _client(core),
        "IS_CONFIGURABLE_TYPE": "Y" if str(given.get("IS_CONFIGURABLE_TYPE")).upper() == "Y" else "N",
    }  # fmt: skip
    core.state.tables["activity_type"][number] = Item(0, number, values)
    return Reply(True)


def type_list(core: Core, params: Params) -> Reply:
    """Answer crm.activity.type.list: the application's types."""
    del params
    names = ("TYPE_ID", "NAME", "IS_CONFIGURABLE_TYPE", "ICON_ID")
    return Reply([{name: item.values[name] for name in names} for item in _types(core).values()])


def type_delete(core: Core, params: Params) -> Reply:
    """Answer crm.activity.type.delete."""
    held = _types(core).get(str(params.get("TYPE_ID")))
    if held is None:
        raise RestError(400, "", "Activity type is not found.")
    del core.state.tables["activity_type"][held.id]
    return Reply(True)


def _out(core: Core, item: Item) -> dict[str, Any]:
    values = item.values
    deadline = values["DEADLINE"]
    return {
        "activity": {
            "id": item.id,
            "ownerTypeId": values["OWNER_TYPE_ID"],
            "ownerId": values["OWNER_ID"],
            "fields": {
                "typeId": values["PROVIDER_TYPE_ID"],
                "completed": values["COMPLETED"] == "Y",
                "deadline": write_moment(deadline, core.settings.zone) if deadline else None,
                "responsibleId": values["RESPONSIBLE_ID"],
                "originatorId": values["ORIGINATOR_ID"],
                "originId": values["ORIGIN_ID"],
            },
            "layout": values["layout"],
        }
    }


def _given(core: Core, params: Params) -> dict[str, Any]:
    """Return clean values of `fields` and `layout`; a layout has a header and a body."""
    fields, layout = params.mapping("fields"), params.get("layout")
    given: dict[str, Any] = {}
    if params.has("layout"):
        if not isinstance(layout, dict) or "body" not in layout:
            raise RestError(400, "ERROR_WRONG_LAYOUT", "Wrong layout")
        given |= {"layout": layout, "SUBJECT": str(layout.get("header") or "")[:255] or "Activity"}
    if fields.get("deadline"):
        try:
            given["DEADLINE"] = read_moment(fields["deadline"], core.settings.zone)
        except (ValueError, OverflowError) as error:
            raise RestError(400, "WRONG_DATETIME_FORMAT", "Incorrect date format") from error
    if "completed" in fields:
        done = str(fields["completed"]).lower() in ("y", "1", "true")
        given |= {"COMPLETED": "Y" if done else "N", "STATUS": 2 if done else 1}
    if to_int(fields.get("responsibleId")) in core.state.users:
        given["RESPONSIBLE_ID"] = to_int(fields["responsibleId"])
    for name, column in (("originatorId", "ORIGINATOR_ID"), ("originId", "ORIGIN_ID"), ("typeId", "PROVIDER_TYPE_ID")):
        if isinstance(fields.get(name), str | int):
            given[column] = str(fields[name])
    return given


def configurable_add(core: Core, params: Params) -> Reply:
    """Answer crm.activity.configurable.add with the activity and its layout."""
    owner = owners.check(core, params.number("ownerTypeId"), params.number("ownerId"))
    values = {
        "TYPE_ID": activities.PROVIDER, "PROVIDER_ID": CONFIGURABLE, "PROVIDER_TYPE_ID": "CONFIGURABLE",
        "RESPONSIBLE_ID": core.caller.user_id, "OWNER_TYPE_ID": owner[0], "OWNER_ID": owner[1], "BINDINGS": [owner],
        "COMMUNICATIONS": [], "client": _client(core),
    }  # fmt: skip
    return Reply(_out(core, activities.insert(core, values | _given(core, params))))


def _configurable(core: Core, params: Params) -> Item:
    item = ACTIVITIES.rows(core).get(params.number("id") or 0)
    if item is None or item.values["PROVIDER_ID"] != CONFIGURABLE or item.values.get("client") != _client(core):
        raise RestError(*_NOT_FOUND)
    return item


def configurable_get(core: Core, params: Params) -> Reply:
    """Answer crm.activity.configurable.get."""
    return Reply(_out(core, _configurable(core, params)))


def configurable_update(core: Core, params: Params) -> Reply:
    """Answer crm.activity.configurable.update with the activity as it now is."""
    item = _configurable(core, params)
    activities.put(core, item, _given(core, params))
    return Reply(_out(core, item))


def _place(core: Core, params: Params, kind: str) -> dict[str, Any]:
    """Return the key of blocks: the application's, at one entry of one record; RestError without such an entry."""
    owner = owners.check(core, params.number("entityTypeId"), params.number("entityId"))
    number = params.number(f"{kind}Id") or 0
    if kind == "activity":
        found = activities.bound(core, number, *owner)
    else:
        comment = core.state.comments.get(number)
        found = comment is not None and (owners.timeline_name(owner[0]), owner[1]) in timeline.places(comment)
    if not found:
        raise RestError(*_NOT_FOUND)
    return {"kind": kind, "entry": number, "client": _client(core), "entityTypeId": owner[0], "entityId": owner[1]}


def _blocks(kind: str) -> list[Method]:
    def held(core: Core, params: Params) -> tuple[dict[str, Any], Item | None]:
        key = _place(core, params, kind)
        lines = core.state.tables["blocks"].values()
        return key, next((line for line in lines if {name: line.values[name] for name in key} == key), None)

    def put(core: Core, params: Params) -> Reply:
        layout = params.get("layout")
        if not isinstance(layout, dict) or not entries(layout.get("blocks")):
            raise RestError(400, "ERROR_WRONG_LAYOUT", "Wrong layout")
        key, line = held(core, params)
        number = line.id if line else core.state.next_id("blocks")
        core.state.tables["blocks"][number] = Item(0, number, key | {"layout": layout})
        return Reply({"success": True})

    def get(core: Core, params: Params) -> Reply:
        line = held(core, params)[1]
        return Reply({"layout": line.values["layout"] if line else None})

    def delete(core: Core, params: Params) -> Reply:
        line = held(core, params)[1]
        if line is not None:
            del core.state.tables["blocks"][line.id]
        return Reply({"success": True})

    prefix, key = f"crm.{kind}.layout.blocks", ("entityTypeId", "entityId", f"{kind}Id")
    return [
        Method(f"{prefix}.set", put, required=(*key, "layout"), writes=True, app_only=True),
        Method(f"{prefix}.get", get, required=key, app_only=True),
        Method(f"{prefix}.delete", delete, required=key, writes=True, app_only=True),
    ]


METHODS = [
    Method("crm.activity.type.add", type_add, required=("fields",), writes=True, classic=True, app_only=True),
    Method("crm.activity.type.list", type_list, classic=True, app_only=True),
    Method("crm.activity.type.delete", type_delete, required=("TYPE_ID",), writes=True, classic=True, app_only=True),
    Method(
        "crm.activity.configurable.add", configurable_add,
        required=("ownerTypeId", "ownerId", "fields", "layout"), writes=True, app_only=True,
    ),
    Method("crm.activity.configurable.get", configurable_get, required=("id",), app_only=True),
    Method(
        "crm.activity.configurable.update", configurable_update, required=("id", "fields", "layout"), writes=True,
        app_only=True,
    ),
    *_blocks("activity"),
    *_blocks("timeline"),
]  # fmt: skip
