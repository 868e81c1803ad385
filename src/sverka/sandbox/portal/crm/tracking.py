"""Traces of end-to-end analytics, and the triggers that applications set off."""

from __future__ import annotations

import json
import re
from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.crm import owners
from sverka.sandbox.portal.crm.fields import ABBREVIATIONS, NAMES
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.state import Item

_TYPES = {"COMPANY": 4, "CONTACT": 3, "DEAL": 2, "LEAD": 1, "QUOTE": 7}


def _refuse(text: str) -> RestError:
    return RestError(400, "ERROR_CORE", text)


def _parsed(raw: Any) -> dict[str, Any] | None:
    try:
        trace = json.loads(raw) if isinstance(raw, str) else None
    except ValueError:
        return None
    return trace if isinstance(trace, dict) else None


def _keep(core: Core, trace: dict[str, Any], entities: list[tuple[int, int]]) -> int:
    number = core.state.next_id("trace")
    core.state.tables["trace"][number] = Item(0, number, {"trace": trace, "entities": entities, "at": core.now()})
    return number


def trace_add(core: Core, params: Params) -> Reply:
    """Answer crm.tracking.trace.add with the trace's id."""
    if not params.get("TRACE"):
        raise _refuse("Parameter `TRACE` required.")
    trace = _parsed(params.get("TRACE"))
    if trace is None:
        raise _refuse("Can not parse JSON in parameter `TRACE`.")
    found = []
    for _, line in entries(params.get("ENTITIES")):
        name = str(line.get("TYPE") or "").upper() if isinstance(line, dict) else ""
        if name not in _TYPES:
            allowed = ",".join(_TYPES)
            raise _refuse(f"Wrong TYPE in parameter `ENTITIES`. Allowed types: {allowed}")
        number = to_int(line.get("ID"))
        if number is None or not owners.exists(core, _TYPES[name], number):
            raise _refuse("Wrong ID in parameter `ENTITIES`.")
        found.append((_TYPES[name], number))
    return Reply(_keep(core, trace, found))


def trace_delete(core: Core, params: Params) -> Reply:
    """Answer crm.tracking.trace.delete with null, whether there was such a trace or not."""
    if not params.get("id"):
        raise _refuse("Parameter `id` required.")
    core.state.tables["trace"].pop(params.number("id") or 0, None)
    return Reply(None)


def keep_given(core: Core, item: Item, raw: Any) -> None:
    """Keep the trace that came among the fields of a new record; a text that is none is passed over."""
    trace = _parsed(raw)
    if trace is not None:
        _keep(core, trace, [(item.entity_type_id, item.id)])


def _code(params: Params) -> str:
    code = str(params.get("CODE") or "")
    if not re.fullmatch(r"[A-Za-z0-9._-]+", code):
        raise RestError(400, "", "Wrong trigger code!")
    return code


def _triggers(core: Core) -> dict[str, Item]:
    """Return the triggers of the calling application by code."""
    client = core.caller.application.client_id if core.caller.application else ""
    held = core.state.tables["trigger"].values()
    return {str(item.values["CODE"]): item for item in held if item.values["client"] == client}


def trigger_add(core: Core, params: Params) -> Reply:
    """Answer crm.automation.trigger.add; a trigger of the same code gets the new name."""
    code, name = _code(params), str(params.get("NAME") or "")
    if not name:
        raise RestError(400, "", "Empty trigger name!")
    held = _triggers(core).get(code)
    if held is None:
        number = core.state.next_id("trigger")
        client = core.caller.application.client_id if core.caller.application else ""
        core.state.tables["trigger"][number] = Item(0, number, {"CODE": code, "NAME": name, "client": client})
    else:
        held.values["NAME"] = name
    return Reply(True)


def trigger_list(core: Core, params: Params) -> Reply:
    """Answer crm.automation.trigger.list: the application's triggers."""
    del params
    return Reply([{name: item.values[name] for name in ("CODE", "NAME")} for item in _triggers(core).values()])


def trigger_delete(core: Core, params: Params) -> Reply:
    """Answer crm.automation.trigger.delete."""
    held = _triggers(core).get(_code(params))
    if held is None:
        raise RestError(400, "", "Trigger not found!")
    del core.state.tables["trigger"][held.id]
    return Reply(True)


def _set_off(core: Core, code: str, entity_type_id: int | None, entity_id: int | None) -> Reply:
    if entity_type_id not in NAMES or not owners.exists(core, entity_type_id, entity_id):
        raise RestError(400, "", "Entity not found!")
    number = core.state.next_id("trigger_call")
    values = {"code": code, "entity": (entity_type_id, entity_id), "at": core.now()}
    core.state.tables["trigger_call"][number] = Item(0, number, values)
    return Reply(True)


def trigger_execute(core: Core, params: Params) -> Reply:
    """Answer crm.automation.trigger.execute."""
    code = _code(params)
    if code not in _triggers(core):
        raise RestError(400, "", "Trigger not found!")
    return _set_off(core, code, params.number("OWNER_TYPE_ID"), params.number("OWNER_ID"))


def trigger(core: Core, params: Params) -> Reply:
    """Answer crm.automation.trigger: what a webhook sets off at `DEAL_57` or `D_57`."""
    name, _, number = str(params.get("target") or "").rpartition("_")
    names = {name: number for number, name in NAMES.items()} | ABBREVIATIONS
    names |= {f"DYNAMIC_{number}": number for number in NAMES}
    return _set_off(core, str(params.get("code") or ""), names.get(name.upper()), to_int(number))


METHODS = [
    Method("crm.tracking.trace.add", trace_add, writes=True, classic=True),
    Method("crm.tracking.trace.delete", trace_delete, writes=True, classic=True),
    Method("crm.automation.trigger", trigger, required=("target",), writes=True, classic=True),
    Method(
        "crm.automation.trigger.add", trigger_add, required=("CODE", "NAME"), writes=True, classic=True, app_only=True
    ),
    Method("crm.automation.trigger.list", trigger_list, classic=True, app_only=True),
    Method(
        "crm.automation.trigger.delete", trigger_delete, required=("CODE",), writes=True, classic=True, app_only=True
    ),
    Method(
        "crm.automation.trigger.execute", trigger_execute, required=("CODE", "OWNER_TYPE_ID", "OWNER_ID"), writes=True,
        classic=True, app_only=True,
    ),
]  # fmt: skip
