"""Methods by which an application asks to be told of events."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sverka.sandbox.portal.apps.names import EVENTS, event_known
from sverka.sandbox.portal.apps.store import Handler
from sverka.sandbox.portal.callers import Application
from sverka.sandbox.portal.core import Core, Event, Method, Reply
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries

_AUTH = {"auth", "access_token", "auth_connector"}


def application_of(core: Core) -> Application:
    """Return the application that calls; the methods here are reached by none but applications."""
    if core.caller.application is None:
        raise RestError(400, "ACCESS_DENIED", "Access denied! Application context required")
    return core.caller.application


def lacking(name: str, status: int = 400) -> RestError:
    """Return the refusal of an empty argument."""
    return RestError(status, "ERROR_ARGUMENT", f"Argument '{name}' is null or empty", argument=name)


def check_url(name: str, url: str) -> None:
    """Refuse an address that is none."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise RestError(400, "ERROR_UNSUPPORTED_PROTOCOL", f"Unsupported event handler protocol in {name}")
    if not parts.hostname:
        raise RestError(400, "ERROR_WRONG_HANDLER_URL", f"Wrong handler URL in {name}")


def events(core: Core, params: Params) -> Reply:
    """Answer events: the names of one scope, of all scopes, or of those the application has."""
    scopes = application_of(core).scopes
    if params.has("SCOPE"):
        return Reply(list(EVENTS.get(str(params.get("SCOPE")), [])))
    full = params.flag("FULL")
    return Reply([name for scope, names in EVENTS.items() if full or not scope or scope in scopes for name in names])


def _wanted(core: Core, params: Params, verb: str) -> Handler:
    """Return the binding a call describes; only administrators may meddle with offline ones and other people's."""
    application, admin = application_of(core), core.is_administrator
    name = str(params.get("event") or "").upper()
    if not name:
        raise lacking("EVENT")
    kind = str(params.get("event_type") or "online").lower()
    if kind not in ("online", "offline"):
        raise RestError(400, "ERROR_ARGUMENT", "Value must be online or offline", argument="EVENT_TYPE")
    offline = kind == "offline"
    if offline and not admin:
        text = f"Access denied! Offline events {verb} requires administrator access rights"
        raise RestError(403, "ACCESS_DENIED", text)
    user_id = params.number("auth_type") or 0
    if not admin and user_id not in (0, core.caller.user_id):
        raise RestError(
            403, "ACCESS_DENIED", f"Access denied! Event {verb} with AUTH_TYPE requires administrator access rights"
        )
    url = "" if offline else str(params.get("handler") or "")
    if not offline and not url:
        raise lacking("HANDLER")
    connector = str(params.get("auth_connector") or "") if offline else ""
    return Handler(0, application, name, url, user_id if admin else core.caller.user_id, offline, connector)


def bind(core: Core, params: Params) -> Reply:
    """Answer event.bind; binding the same again is an error."""
    handler = _wanted(core, params, "binding")
    if not event_known(handler.event, handler.application.scopes):
        raise RestError(400, "ERROR_EVENT_NOT_FOUND", "Event not found")
    if handler.user_id and handler.user_id not in core.state.users:
        raise RestError(400, "ERROR_ARGUMENT", "Unknown user in 'AUTH_TYPE'", argument="AUTH_TYPE")
    if not handler.offline:
        check_url("HANDLER", handler.url)
    if any(_same(handler, other) and handler.user_id == other.user_id for other in core.apps.handlers):
        raise RestError(400, "ERROR_CORE", "Unable to set event handler: Handler already binded")
    handler.id = core.state.next_id("event_handler")
    handler.options = dict(entries(params.get("options")))
    core.apps.handlers.append(handler)
    return Reply(True)


def _same(one: Handler, other: Handler) -> bool:
    return (one.application is other.application) and (one.event, one.url, one.offline, one.connector) == (
        other.event,
        other.url,
        other.offline,
        other.connector,
    )


def unbind(core: Core, params: Params) -> Reply:
    """Answer event.unbind: how many bindings went; without `auth_type` an administrator removes those of everybody."""
    wanted = _wanted(core, params, "unbinding")
    everybody = core.is_administrator and not params.has("auth_type")
    gone = [
        handler
        for handler in core.apps.handlers
        if _same(wanted, handler) and (everybody or handler.user_id == wanted.user_id)
    ]
    core.apps.handlers = [handler for handler in core.apps.handlers if handler not in gone]
    return Reply({"count": len(gone)})


def get(core: Core, params: Params) -> Reply:
    """Answer event.get: the application's own bindings; who is no administrator sees his alone."""
    del params
    user = core.state.users[core.caller.user_id]
    answer: list[dict[str, Any]] = [
        {
            "event": handler.event,
            "handler": handler.url,
            "auth_type": str(handler.user_id),
            "offline": int(handler.offline),
        }
        for handler in core.apps.handlers_of(application_of(core))
        if user.admin or handler.user_id == user.id
    ]
    return Reply(answer)


def test(core: Core, params: Params) -> Reply:
    """Answer event.test: fire ONAPPTEST for this application with whatever parameters came."""
    query = {name: value for name, value in params.raw.items() if name.lower() not in _AUTH}
    core.emit(Event("ONAPPTEST", {"QUERY": query}, app_only=True, bare=True, to=application_of(core)))
    return Reply(1)


METHODS = [
    Method("events", events, scope="", classic=True, app_only=True),
    Method("event.bind", bind, scope="", classic=True, app_only=True),
    Method("event.unbind", unbind, scope="", classic=True, app_only=True),
    Method("event.get", get, scope="", classic=True, app_only=True),
    Method("event.test", test, scope="", classic=True, app_only=True),
]
