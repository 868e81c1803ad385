"""The portal's pages as far as applications are in them: opening one at a place, and answering its frame."""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2

from sverka.sandbox.portal.access import ACCESS_SECONDS, Access, Pair
from sverka.sandbox.portal.apps.office import Office
from sverka.sandbox.portal.apps.store import Placement
from sverka.sandbox.portal.callers import Application
from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.events import Outgoing
from sverka.sandbox.portal.params import Tree

_HANDLER_SECONDS = 30.0
#: the pages an application may open over its own
_OPEN = re.compile(r"/(crm/(deal|lead|contact|company|type)|marketplace|company/personal/user/\d+|workgroups)/")


@dataclass(frozen=True)
class Frame:
    """An application opened by an employee at a place: under `sid` its page talks to the portal's."""

    sid: str = field(repr=False)
    application: Application
    user_id: int
    placement: str
    options: Tree
    handler: str
    pair: Pair


class Screens(Office):
    """What employees see of applications; `frames` are those opened so far, by their `sid`."""

    def __init__(self, core: Core, lock: threading.RLock, access: Access, events: Outgoing) -> None:
        super().__init__(core, lock, access, events)
        self.frames: dict[str, Frame] = {}

    def placements_at(self, code: str, user_id: int) -> list[Placement]:
        """Return what applications show at a place to an employee; those not installed show nothing."""
        return [
            line
            for line in self.core.apps.placements
            if line.code == code and line.application.installed and line.user_id in (0, user_id)
        ]

    def enter(self, application: Application, placement: str, options: Tree, user_id: int, handler: str = "") -> Frame:
        """Open an application at a place (`DEFAULT` is its own page), with tokens of the employee.

        KeyError when it shows nothing there: a place needs a binding and a finished installation, the own page a
        handler and, before the installation has finished, an administrator.
        """
        with self.lock:
            if placement == "DEFAULT":
                allowed = application.installed or self.core.state.users[user_id].admin
                handlers = [application.handler] if application.handler and allowed else []
            else:
                lines = self.placements_at(placement, user_id)
                handlers = [line.handler for line in lines if line.application is application]
            handler = handler or next(iter(handlers), "")
            if handler not in handlers:
                raise KeyError(f"{application.title} shows nothing at {placement}")
            pair = self.access.pair(application, user_id)
            frame = Frame(secrets.token_hex(16), application, user_id, placement, options, handler, pair)
            self.frames[frame.sid] = frame
            return frame

    def entrance(self, frame: Frame) -> tuple[str, dict[str, str]]:
        """Return the address and the form with which the handler is opened."""
        settings = self.core.settings
        query = {"DOMAIN": settings.domain, "PROTOCOL": self.protocol, "LANG": settings.language, "APP_SID": frame.sid}
        form = {
            "AUTH_ID": frame.pair.access,
            "AUTH_EXPIRES": str(ACCESS_SECONDS),
            "REFRESH_ID": frame.pair.refresh,
            "SERVER_ENDPOINT": settings.auth_endpoint,
            "APPLICATION_TOKEN": frame.application.application_token,
            "APPLICATION_SCOPE": frame.application.scope,
            "member_id": settings.member_id,
            "status": frame.application.status,
            "PLACEMENT": frame.placement,
        }
        if frame.options or frame.placement != "DEFAULT":
            form["PLACEMENT_OPTIONS"] = json.dumps(frame.options, ensure_ascii=False)
        return f"{frame.handler}{'&' if '?' in frame.handler else '?'}{urlencode(query)}", form

    @property
    def protocol(self) -> str:
        """`1` when the portal is at an https address, else `0`."""
        return "1" if self.core.settings.origin.startswith("https:") else "0"

    def open_placement(
        self, application: Application, placement: str = "DEFAULT", options: Tree | None = None, user_id: int = 1
    ) -> httpx2.Response:
        """Open an application as a browser would and return its answer; KeyError when it shows nothing there."""
        url, form = self.entrance(self.enter(application, placement, options or {}, user_id))
        with httpx2.Client(timeout=_HANDLER_SECONDS, trust_env=False) as client:
            return client.post(url, data=form)

    def ask_frame(self, sid: str, command: str, given: Tree) -> Any:
        """Answer a command of an opened application's page; KeyError for an unknown frame or command."""
        with self.lock:
            return _COMMANDS[command](self, self.frames[sid], given)

    def rename(self, host: str) -> None:
        """Move the portal to another host (with the port, where it is served on one); the old one answers 302."""
        with self.lock:
            settings = self.core.settings
            scheme = settings.origin.partition("://")[0]
            settings.former.add(settings.domain)
            settings.former.discard(host)
            settings.host = host
            if settings.address:
                settings.address = f"{scheme}://{host}"


def _renewed(portal: Screens, frame: Frame, given: Tree) -> Tree:
    del given
    pair = portal.access.pair(frame.application, frame.user_id)
    return {"AUTH_ID": pair.access, "REFRESH_ID": pair.refresh, "AUTH_EXPIRES": str(ACCESS_SECONDS)}


def _init_data(portal: Screens, frame: Frame, given: Tree) -> Tree:
    application, settings = frame.application, portal.core.settings
    return _renewed(portal, frame, given) | {
        "DOMAIN": settings.domain,
        "PROTOCOL": portal.protocol,
        "PATH": "/rest",
        "LANG": settings.language,
        "MEMBER_ID": settings.member_id,
        "IS_ADMIN": portal.core.state.users[frame.user_id].admin,
        "APP_OPTIONS": application.options,
        "USER_OPTIONS": application.user_options.get(frame.user_id, {}),
        "PLACEMENT": frame.placement,
        "PLACEMENT_OPTIONS": frame.options,
        "INSTALL": not application.installed,
        "FIRST_RUN": application.fresh,
    }


def _install(portal: Screens, frame: Frame, given: Tree) -> bool:
    del portal, given
    frame.application.fresh = False
    return True


def _finish(portal: Screens, frame: Frame, given: Tree) -> bool:
    del given
    if not portal.core.state.users[frame.user_id].admin:
        return False
    frame.application.fresh = False
    portal.finish_install(frame.application, frame.user_id)
    return True


def _app_option(portal: Screens, frame: Frame, given: Tree) -> Tree:
    if portal.core.state.users[frame.user_id].admin:
        frame.application.options[str(given.get("name"))] = given.get("value")
    return frame.application.options


def _user_option(portal: Screens, frame: Frame, given: Tree) -> Tree:
    del portal
    options = frame.application.user_options.setdefault(frame.user_id, {})
    options[str(given.get("name"))] = given.get("value")
    return options


def _path(portal: Screens, frame: Frame, given: Tree) -> Tree:
    del portal, frame
    path = str(given.get("path") or "")
    if not _OPEN.match(path):
        return {"result": "error", "errorCode": "PATH_NOT_AVAILABLE"}
    return {"result": "open", "path": path}


_COMMANDS: dict[str, Callable[[Screens, Frame, Tree], Any]] = {
    "getInitData": _init_data,
    "refreshAuth": _renewed,
    "setInstall": _install,
    "setInstallFinish": _finish,
    "setAppOption": _app_option,
    "setUserOption": _user_option,
    "openPath": _path,
}
