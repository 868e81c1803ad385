"""Events that wait to be fetched: for each object and event one line, however often it happened."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sverka.sandbox.portal.apps.store import Handler
from sverka.sandbox.portal.core import Core, Event, Method, Reply, page
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.moments import write_moment
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.records.filters import Filter, sort_items
from sverka.sandbox.portal.records.tables import Table, column
from sverka.sandbox.portal.state import Item

LINES = Table(
    "offline",
    [
        column("id", "integer", "ID"),
        column("timestampX", "datetime", "TIMESTAMP_X"),
        column("eventName", "string", "EVENT_NAME"),
        column("messageId", "string", "MESSAGE_ID"),
        column("processId", "string", "PROCESS_ID"),
        column("error", "integer", "ERROR"),
    ],
    {"processId": "", "error": 0},
)
#: what makes two events to be about one object
_IDENTITY = ("ID", "ENTITY_TYPE_ID", "ENTITY_ID", "TYPE_ID", "FIELD_NAME")
_LIMIT = 50
_KEPT = timedelta(days=30)


def record(core: Core, handler: Handler, event: Event) -> bool:
    """Put an event into the queue of a handler, unless its own source caused it, and tell whether it went in."""
    connector = handler.connector if core.settings.has_auth_connector else ""
    if connector and event.caller.auth_connector == connector:
        return False
    about = {name: event.fields[name] for name in _IDENTITY if name in event.fields}
    place = {"application": handler.application.client_id, "connector": connector, "about": about}
    waiting = LINES.where(core, eventName=event.name, processId="", error=0, **place)
    line = waiting[0] if waiting else LINES.insert(core, {"eventName": event.name, **place})
    data = dict(event.fields) if event.bare else {"FIELDS": dict(event.fields)}
    line.values |= {"timestampX": core.now(), "messageId": str(line.id), "data": data if event.fields else False}
    return True


def _mine(core: Core, params: Params) -> list[Item]:
    """Return the lines of the calling application and the source it names; what was held for too long is dropped."""
    rows = LINES.rows(core)
    for item in list(rows.values()):
        held = item.values.get("held")
        if held is not None and held + _KEPT <= core.now():
            del rows[item.id]
    application = core.caller.application
    connector = str(params.get("auth_connector") or "") if core.settings.has_auth_connector else ""
    place = {"application": application.client_id if application else "", "connector": connector}
    return LINES.where(core, **place)


def _chosen(core: Core, params: Params, items: list[Item]) -> list[Item]:
    for name in ("filter", "order"):
        if params.has(name) and not isinstance(params.get(name), dict | list):
            raise RestError(400, "ERROR_ARGUMENT", f"Parameter '{name}' must be array.", argument=name)
    chosen = Filter(core, LINES.by_upper.get, params.get("filter"), strict=False)
    order = params.get("order") or {"TIMESTAMP_X": "ASC"}
    return sort_items([item for item in items if chosen.matches(item)], order, LINES.by_upper.get, strict=False)


def _line(core: Core, item: Item) -> dict[str, Any]:
    return {
        "ID": str(item.id),
        "TIMESTAMP_X": write_moment(item.values["timestampX"], core.settings.zone),
        "EVENT_NAME": item.values["eventName"],
        "EVENT_DATA": item.values["data"],
        "EVENT_ADDITIONAL": False,
        "MESSAGE_ID": item.values["messageId"],
    }


def offline_get(core: Core, params: Params) -> Reply:
    """Answer event.offline.get: the oldest lines, which are deleted by it, or held under a process to be cleared."""
    clear = not params.has("clear") or params.flag("clear")
    if not clear and not core.settings.has_offline_extended:
        raise RestError(403, "ACCESS_DENIED", "Access denied! Confirmation of offline events is not part of the plan")
    process, bad = str(params.get("process_id") or ""), params.flag("error")
    waiting = [
        item
        for item in _mine(core, params)
        if item.values["processId"] == process and (bad or not item.values["error"])
    ]
    limit = params.number("limit")
    lines = _chosen(core, params, waiting)[: _LIMIT if limit is None or limit < 0 else limit]
    answer = [_line(core, item) for item in lines]
    if clear:
        for item in lines:
            del LINES.rows(core)[item.id]
        return Reply({"process_id": None, "events": answer})
    if not process:
        process = secrets.token_hex(16)
        for item in lines:
            item.values |= {"processId": process, "held": core.now()}
    return Reply({"process_id": process, "events": answer})


def offline_list(core: Core, params: Params) -> Reply:
    """Answer event.offline.list: the queue as it is, held and failed lines included."""
    rows, total, following = page(_chosen(core, params, _mine(core, params)), params.number("start"))
    answer = [
        _line(core, item) | {"PROCESS_ID": item.values["processId"], "ERROR": str(item.values["error"])}
        for item in rows
    ]
    return Reply(answer, total, following)


def _held(core: Core, params: Params, *names: tuple[str, str]) -> list[Item]:
    """Return the lines a process holds, those of them the first list given by one of `names` picks out."""
    process = str(params.get("process_id") or "")
    application = core.caller.application
    if not process:
        raise RestError(400, "ERROR_ARGUMENT", "Argument 'PROCESS_ID' is null or empty", argument="PROCESS_ID")
    client_id = application.client_id if application else ""
    held = LINES.where(core, processId=process, application=client_id)
    for name, key in names:
        if params.has(name):
            given = params.get(name)
            wanted = {str(one) for _, one in entries(given if isinstance(given, dict | list) else [given])}
            return [item for item in held if str(item.values[key]) in wanted]
    return held


def offline_clear(core: Core, params: Params) -> Reply:
    """Answer event.offline.clear: lines a process holds are done with, all of them unless some are named."""
    for item in _held(core, params, ("id", "id"), ("message_id", "messageId")):
        del LINES.rows(core)[item.id]
    return Reply(True)


def offline_error(core: Core, params: Params) -> Reply:
    """Answer event.offline.error: lines a process holds have failed; they are fetched again only with `error`."""
    for item in _held(core, params, ("message_id", "messageId")):
        item.values |= {"processId": "", "error": 1}
        item.values.pop("held", None)
    return Reply(True)


METHODS = [
    Method(f"event.offline.{name}", run, scope="", required=required, classic=True, app_only=True, admin_only=True)
    for name, run, required in (
        ("get", offline_get, ()),
        ("list", offline_list, ()),
        ("clear", offline_clear, ("process_id",)),
        ("error", offline_error, ("process_id",)),
    )
]
