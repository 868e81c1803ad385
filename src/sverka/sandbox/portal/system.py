"""Methods of the portal as a whole: who calls, what he may, what time it is, who works here."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.moments import write_moment
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.state import User


def profile(core: Core, params: Params) -> Reply:
    """Answer profile; ADMIN is a real boolean."""
    del params
    user = core.state.users[core.caller.user_id]
    return Reply(
        {
            "ID": str(user.id),
            "ADMIN": user.admin,
            "NAME": user.name,
            "LAST_NAME": user.last_name,
            "PERSONAL_GENDER": "",
            "TIME_ZONE": "",
        }
    )


def scope(core: Core, params: Params) -> Reply:
    """Answer scope: what the webhook or the application was granted."""
    del params
    application = core.caller.application
    return Reply(list(application.scopes if application else core.settings.scopes))


def server_time(core: Core, params: Params) -> Reply:
    """Answer server.time in the portal's offset."""
    del params
    return Reply(write_moment(core.now(), core.settings.zone))


def _user_out(user: User) -> dict[str, Any]:
    return {
        "ID": str(user.id),
        "ACTIVE": user.active,
        "NAME": user.name,
        "LAST_NAME": user.last_name,
        "SECOND_NAME": "",
        "EMAIL": user.email,
        "IS_ONLINE": "N",
        "TIME_ZONE": "",
        "PERSONAL_GENDER": "",
        "WORK_POSITION": "",
        "UF_DEPARTMENT": [1],
        "USER_TYPE": "employee",
    }


def user_get(core: Core, params: Params) -> Reply:
    """Answer user.get; the filter knows ID, ACTIVE, EMAIL, NAME and LAST_NAME, equality only."""
    wanted = {key.lstrip("=@").upper(): value for key, value in entries(params.get("filter"))}
    if params.has("id"):
        wanted["ID"] = params.get("id")
    people = [_user_out(user) for user in core.state.users.values()]
    for key, value in wanted.items():
        values = {str(one) for one in (value if isinstance(value, list) else [value])}
        if key == "ACTIVE":
            values = {"True" if one.lower() in {"1", "y", "true"} else "False" for one in values}
        people = [person for person in people if str(person.get(key)) in values]
    rows, total, following = page(people, to_int(params.get("start")))
    return Reply(rows, total, following)


def user_current(core: Core, params: Params) -> Reply:
    """Answer user.current: the employee the webhook acts as."""
    del params
    return Reply(_user_out(core.state.users[core.caller.user_id]))


APP_ONLY = ("userfieldtype.add", "bizproc.robot.add")

METHODS = [
    Method("profile", profile, scope="", classic=True),
    Method("scope", scope, scope="", classic=True),
    Method("server.time", server_time, scope="", classic=True),
    Method("user.get", user_get, scope="user_brief", classic=True),
    Method("user.current", user_current, scope="user_brief", classic=True),
    *[Method(name, None, scope="", app_only=True, classic=True) for name in APP_ONLY],
]
