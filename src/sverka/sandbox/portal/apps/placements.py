"""Methods by which an application shows itself in the portal's pages; their refusals come with HTTP status 200."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.apps.bindings import application_of, check_url, lacking
from sverka.sandbox.portal.apps.names import PLACEMENTS
from sverka.sandbox.portal.apps.store import Placement
from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries

#: those an application may bind but once
_SINGLE = {"PAGE_BACKGROUND_WORKER", "REST_APP_URI"}
_TEXTS = ("TITLE", "DESCRIPTION", "GROUP_NAME")


def _codes(scopes: tuple[str, ...] | None) -> list[str]:
    return [
        code
        for scope, codes in PLACEMENTS.items()
        if scopes is None or scope in scopes or scope == "placement"
        for code in codes
    ]


def _text(params: Params, name: str) -> str:
    value = params.get(name)
    if value in (None, ""):
        raise lacking(name, 200)
    if not isinstance(value, str):
        text = f"The value of an argument '{name}' must be of type string"
        raise RestError(200, "ERROR_ARGUMENT", text, argument=name)
    return value


def _texts(params: Params) -> dict[str, Any]:
    """Return the texts by language; a language without some of them gets empty ones."""
    return {
        language.lower(): {name: str(dict(entries(given)).get(name) or "") for name in _TEXTS}
        for language, given in entries(params.get("LANG_ALL"))
    }


def bind(core: Core, params: Params) -> Reply:
    """Answer placement.bind; the same handler at the same place again is an error."""
    application = application_of(core)
    code, url = _text(params, "PLACEMENT").upper(), _text(params, "HANDLER")
    user_id = params.number("USER_ID") or 0
    options = dict(entries(params.get("OPTIONS")))
    if code not in _codes(application.scopes):
        raise RestError(400, "ERROR_PLACEMENT_NOT_FOUND", "Placement not found")
    check_url("HANDLER", url)
    if user_id and code != "PAGE_BACKGROUND_WORKER":
        raise RestError(200, "ERROR_PLACEMENT_USER_MODE", "User mode is not available")
    if user_id and user_id not in core.state.users:
        raise RestError(200, "ERROR_ARGUMENT", "Unknown user in 'USER_ID'", argument="USER_ID")
    if code == "PAGE_BACKGROUND_WORKER" and not options.get("errorHandlerUrl"):
        raise RestError(200, "EMPTY_ERROR_HANDLER_URL", "OPTIONS[errorHandlerUrl] is required")
    there = [line for line in core.apps.placements_of(application) if (line.code, line.user_id) == (code, user_id)]
    if there and code in _SINGLE:
        raise RestError(200, "ERROR_PLACEMENT_MAX_COUNT", "Placement max count: 1")
    if any(line.handler == url for line in there):
        raise RestError(400, "ERROR_CORE", "Unable to set placement handler: Handler already binded")
    texts = _texts(params)
    own = {name: str(params.get(name) or "") for name in _TEXTS}
    if not texts and any(own.values()):
        texts = {core.settings.language: own}
    title = own["TITLE"] or next((line["TITLE"] for line in texts.values()), "") or application.title
    core.apps.placements.append(
        Placement(application, code, url, title, own["DESCRIPTION"], own["GROUP_NAME"], texts, options, user_id)
    )
    return Reply(True)


def get(core: Core, params: Params) -> Reply:
    """Answer placement.get: what the application itself has bound."""
    del params
    return Reply(
        [
            {
                "placement": line.code,
                "userId": line.user_id,
                "handler": line.handler,
                "options": line.options or [],
                "title": line.title,
                "description": line.description,
                "langAll": line.texts or [],
            }
            for line in core.apps.placements_of(application_of(core))
        ]
    )


def list_codes(core: Core, params: Params) -> Reply:
    """Answer placement.list: the places of one scope, of all, or of those the application has."""
    scopes = application_of(core).scopes
    if params.get("SCOPE"):
        return Reply(list(PLACEMENTS.get(str(params.get("SCOPE")), [])))
    return Reply(_codes(None if params.flag("FULL") else scopes))


def unbind(core: Core, params: Params) -> Reply:
    """Answer placement.unbind; `count` grows by one for what was found and by one more for what was deleted."""
    application = application_of(core)
    code = params.get("PLACEMENT")
    if code in (None, ""):
        raise lacking("PLACEMENT")
    if not isinstance(code, str):
        text = "The value of an argument 'PLACEMENT' must be of type string"
        raise RestError(400, "ERROR_ARGUMENT", text, argument="PLACEMENT")
    user_id, url = params.number("USER_ID"), str(params.get("HANDLER") or "")
    gone = [
        line
        for line in core.apps.placements_of(application)
        if line.code == code.upper() and url in ("", line.handler) and user_id in (None, line.user_id)
    ]
    core.apps.placements = [line for line in core.apps.placements if line not in gone]
    return Reply({"count": 2 * len(gone)})


METHODS = [
    Method("placement.bind", bind, scope="placement", classic=True, app_only=True, admin_only=True),
    Method("placement.get", get, scope="placement", classic=True, app_only=True, admin_only=True),
    Method("placement.list", list_codes, scope="placement", classic=True, app_only=True),
    Method("placement.unbind", unbind, scope="placement", classic=True, app_only=True, admin_only=True),
]
