"""`/control/*`: the same acts, switches and logs as the Python object has, as JSON.

Every call is a POST with a JSON object (logs also answer GET); answers are `{"result"}`, or 400 and `{"error"}`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.events import EventSwitches
from sverka.sandbox.portal.faults import Fault
from sverka.sandbox.portal.portal import Portal

Act = Callable[[Portal, dict[str, Any]], Any]


def _move_stage(portal: Portal, given: dict[str, Any]) -> Any:
    return portal.move_stage(int(given["id"]), given["stage"], int(given.get("user", 6)))


def _create(portal: Portal, given: dict[str, Any]) -> Any:
    return portal.create(int(given["entityTypeId"]), given["fields"], int(given.get("user", 6)))


def _edit(portal: Portal, given: dict[str, Any]) -> Any:
    return portal.edit(int(given["entityTypeId"]), int(given["id"]), given["fields"], int(given.get("user", 6)))


def _delete(portal: Portal, given: dict[str, Any]) -> Any:
    return portal.delete(int(given["entityTypeId"]), int(given["id"]))


def _field(portal: Portal, given: dict[str, Any]) -> Any:
    options = given.get("options")
    kind, many = given.get("kind", "string"), bool(given.get("multiple"))
    return portal.add_field(int(given["entityTypeId"]), given["name"], kind, multiple=many, options=options).field_name


def _robot(portal: Portal, given: dict[str, Any]) -> Any:
    return portal.add_robot(given["stage"], given["to"], int(given.get("user", 1)))


def _subscribe(portal: Portal, given: dict[str, Any]) -> Any:
    return {"application_token": portal.subscribe(given["url"], list(given["events"]))}


def _webhook(portal: Portal, given: dict[str, Any]) -> Any:
    user_id = int(given["user"])
    return {"path": f"/rest/{user_id}/{portal.add_webhook(user_id)}/"}


def _application(portal: Portal, given: dict[str, Any]) -> Any:
    """Add an application and answer its keys; without parameters, answer those of the one that is always there."""
    scopes = tuple(given["scopes"]) if "scopes" in given else None
    texts = {name: str(given[name]) for name in ("title", "handler", "redirect_uri") if name in given}
    application = (
        portal.add_application(**{"title": "Application"} | texts, scopes=scopes, ui=bool(given.get("ui")))
        if given
        else portal.application
    )
    names = ("client_id", "client_secret", "application_token")
    return {name: getattr(application, name) for name in names}


def _tokens(portal: Portal, given: dict[str, Any]) -> Any:
    application = portal.access.applications[given["client_id"]] if "client_id" in given else portal.application
    pair = portal.tokens(application, int(given.get("user", 1)))
    return {"access_token": pair.access, "refresh_token": pair.refresh}


def _fault(portal: Portal, given: dict[str, Any]) -> Any:
    known = {field.name for field in fields(Fault)}
    if not set(given) <= known:
        raise ValueError(f"a fault knows {', '.join(sorted(known))}")
    portal.fault(Fault(**given | {"keys": tuple(given.get("keys", ()))}))


def _switches(portal: Portal, given: dict[str, Any]) -> Any:
    for name, value in given.items():
        if name not in {field.name for field in fields(EventSwitches)}:
            raise ValueError(f"no switch {name!r}")
        setattr(portal.events.switches, name, value)
    return asdict(portal.events.switches)


_SETTINGS = (
    "plan",
    "lag_seconds",
    "rows_fire_update",
    "unresolved_reference",
    "costs",
    "default_cost",
    "operating_limit",
    "condition",
    "https_required",
    "app_unpaid",
    "offline_extended",
    "auth_connector",
)


def _settings(portal: Portal, given: dict[str, Any]) -> Any:
    for name, value in given.items():
        if name not in _SETTINGS:
            raise ValueError(f"settings that may be changed: {', '.join(_SETTINGS)}")
        setattr(portal.settings, name, value)
    return {name: getattr(portal.settings, name) for name in _SETTINGS}


_ACTS: dict[str, Act] = {
    "move-stage": _move_stage,
    "create": _create,
    "edit": _edit,
    "delete": _delete,
    "field": _field,
    "robot": _robot,
    "subscribe": _subscribe,
    "webhook": _webhook,
    "application": _application,
    "application-install": lambda portal, given: portal.finish_install(portal.access.applications[given["client_id"]]),
    "application-update": lambda portal, given: portal.update_application(
        portal.access.applications[given["client_id"]]
    ),
    "application-remove": lambda portal, given: portal.remove_application(
        portal.access.applications[given["client_id"]], bool(given.get("clean"))
    ),
    "tokens": _tokens,
    "token-expire": lambda portal, given: portal.expire_token(given["access_token"]),
    "rename": lambda portal, given: portal.rename(given["host"]),
    "dismiss": lambda portal, given: portal.dismiss(int(given["user"])),
    "fault": _fault,
    "faults-clear": lambda portal, _: portal.faults.clear(),
    "events": _switches,
    "events-release": lambda portal, given: portal.events.release(bool(given.get("backwards"))),
    "events-flush": lambda portal, given: portal.flush(float(given.get("timeout", 10))),
    "settings": _settings,
    "advance": lambda portal, given: portal.advance(float(given["seconds"])),
    "requests": lambda portal, _: [asdict(line) for line in portal.requests],
    "deliveries": lambda portal, _: [asdict(line) for line in portal.events.log],
    "counters": lambda portal, _: asdict(portal.counters),
    "reset": lambda portal, _: portal.reset_counters(),
}
_READABLE = {"requests", "deliveries", "counters"}


def control_routes(portal: Portal) -> list[Route]:
    """Return the routes of a portal's control."""
    return [
        Route(f"/control/{name}", _endpoint(portal, act), methods=["GET", "POST"] if name in _READABLE else ["POST"])
        for name, act in _ACTS.items()
    ]


def _endpoint(portal: Portal, act: Act) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            given = json.loads(await request.body() or b"{}")
            result = await asyncio.to_thread(act, portal, given)
        except (KeyError, TypeError, ValueError, RuntimeError, RestError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)
        return Response(json.dumps({"result": result}, default=_plain), media_type="application/json")

    return endpoint


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
