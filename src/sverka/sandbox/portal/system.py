"""Methods of the portal as a whole: who calls, what he may, what time it is."""

from __future__ import annotations

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.moments import write_moment
from sverka.sandbox.portal.params import Params


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


APP_ONLY = ("bizproc.robot.add",)

METHODS = [
    Method("profile", profile, scope="", classic=True),
    Method("scope", scope, scope="", classic=True),
    Method("server.time", server_time, scope="", classic=True),
    *[Method(name, None, scope="", app_only=True, classic=True) for name in APP_ONLY],
]
