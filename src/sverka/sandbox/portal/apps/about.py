"""Methods about the application itself, its options, the plan, and the rights of whoever calls."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.callers import Application
from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.moments import write_moment
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.settings import Plan

#: (licence, its type, its family) by plan
_LICENCES: dict[Plan, tuple[str, str]] = {
    "basic": ("basic", "basic"),
    "standard": ("std", "std"),
    "enterprise": ("ent250", "ent"),
    "box": ("selfhosted", "selfhosted"),
}
_GROUPS = {"G1": "Administrators", "G2": "All visitors", "AU": "All authorized users"}


def app_info(core: Core, params: Params) -> Reply:
    """Answer app.info: what the portal says of an application, and what the authorisation server says of its token.

    The sandbox is both at one address, so the two answers are one.
    """
    del params
    application, settings = core.caller.application, core.settings
    if application is None:
        raise RestError(400, "ACCESS_DENIED", "Access denied! Application context required")
    kind, family = _LICENCES[settings.plan]
    expires = core.caller.expires or core.now()
    return Reply(
        {
            "ID": application.id,
            "CODE": application.code,
            "VERSION": application.version,
            "STATUS": application.status,
            "INSTALLED": application.installed,
            "PAYMENT_EXPIRED": "Y" if settings.app_unpaid else "N",
            "DAYS": None,
            "LANGUAGE_ID": settings.language,
            "LICENSE": f"{settings.language}_{kind}",
            "LICENSE_TYPE": kind,
            "LICENSE_FAMILY": family,
            "client_id": application.client_id,
            "scope": application.scope,
            "expires": write_moment(expires.replace(microsecond=0), settings.zone),
            "install": {
                "installed": application.installed,
                "version": str(application.version),
                "status": application.status,
                "scope": application.scope,
                "domain": settings.domain,
                "uri": application.handler,
                "client_endpoint": settings.client_endpoint,
                "member_id": settings.member_id,
                "member_type": "bitrix24",
            },
            "user_id": core.caller.user_id,
        }
    )


def _chosen(options: dict[str, Any], params: Params) -> Reply:
    if params.has("option"):
        return Reply(options.get(str(params.get("option"))))
    return Reply(dict(options) or [])


def _application(core: Core) -> Application:
    if core.caller.application is None:
        raise RestError(400, "AccessException", "Application context required")
    return core.caller.application


def _user_options(core: Core) -> dict[str, Any]:
    return _application(core).user_options.setdefault(core.caller.user_id, {})


def app_option_get(core: Core, params: Params) -> Reply:
    """Answer app.option.get: one option of the application, null when it is not set, or all of them."""
    return _chosen(_application(core).options, params)


def user_option_get(core: Core, params: Params) -> Reply:
    """Answer user.option.get: one option the application keeps for this employee, or all of them."""
    return _chosen(_user_options(core), params)


def _set(options: dict[str, Any], params: Params) -> Reply:
    given = params.get("options")
    if not isinstance(given, dict | list) or not given:
        raise RestError(400, "ArgumentNullException", "options is empty")
    options |= dict(entries(given))
    return Reply(True)


def app_option_set(core: Core, params: Params) -> Reply:
    """Answer app.option.set; options that are not named stay."""
    application = _application(core)
    if not core.is_administrator:
        raise RestError(400, "AccessException", "Administrator authorization required")
    return _set(application.options, params)


def user_option_set(core: Core, params: Params) -> Reply:
    """Answer user.option.set; options that are not named stay."""
    return _set(_user_options(core), params)


def feature_get(core: Core, params: Params) -> Reply:
    """Answer feature.get: whether the plan has offline events that are confirmed, or their sources."""
    code = str(params.get("CODE") or "")
    if not code:
        raise RestError(400, "CODE_EMPTY", "CODE can't be empty")
    known = {
        "rest_offline_extended": core.settings.has_offline_extended,
        "rest_auth_connector": core.settings.has_auth_connector,
    }
    return Reply({"value": "Y" if known.get(code) else "N"})


def user_admin(core: Core, params: Params) -> Reply:
    """Answer user.admin: whether the caller may set applications up."""
    del params
    return Reply(core.is_administrator)


def _codes(params: Params) -> list[str]:
    given = params.get("ACCESS")
    return [str(code) for _, code in entries(given)] if isinstance(given, dict | list) else [str(given or "")]


def user_access(core: Core, params: Params) -> Reply:
    """Answer user.access: whether the caller has one of the codes; an administrator has them all."""
    user = core.state.users[core.caller.user_id]
    if not any(_codes(params)):
        raise RestError(400, "ERROR_ARGUMENT", "Argument 'ACCESS' is null or empty", argument="ACCESS")
    return Reply(user.admin or not {f"U{user.id}", "G2", "AU"}.isdisjoint(_codes(params)))


def access_name(core: Core, params: Params) -> Reply:
    """Answer access.name: what codes of rights are called; unknown ones are left out, and none at all is false."""
    codes = [code for code in _codes(params) if code]
    if not codes:
        return Reply(False)
    names = {code: {"provider": "", "name": name, "provider_id": "other"} for code, name in _GROUPS.items()}
    for user in core.state.users.values():
        name = f"{user.name} {user.last_name}".strip()
        names[f"U{user.id}"] = {"provider": "User", "name": name, "provider_id": "user"}
    return Reply({code: names[code] for code in codes if code in names} or [])


METHODS = [
    Method("app.info", app_info, scope="", classic=True),
    Method("app.option.get", app_option_get, scope="", classic=True),
    Method("app.option.set", app_option_set, scope="", classic=True),
    Method("user.option.get", user_option_get, scope="", classic=True),
    Method("user.option.set", user_option_set, scope="", classic=True),
    Method("feature.get", feature_get, scope="", classic=True),
    Method("user.admin", user_admin, scope="", classic=True),
    Method("user.access", user_access, scope="", classic=True),
    Method("access.name", access_name, scope="", classic=True),
]
