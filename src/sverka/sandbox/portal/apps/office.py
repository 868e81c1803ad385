"""The administrator's room: applications added, installed, updated and removed."""

from __future__ import annotations

import secrets
import threading
from datetime import timedelta
from typing import Any

from sverka.sandbox.portal.access import Access, Pair
from sverka.sandbox.portal.apps.oauth import event_auth
from sverka.sandbox.portal.apps.offline import record
from sverka.sandbox.portal.apps.store import Handler
from sverka.sandbox.portal.callers import Application, Caller
from sverka.sandbox.portal.core import Core, Event
from sverka.sandbox.portal.events import Outgoing, Target
from sverka.sandbox.portal.params import to_int
from sverka.sandbox.portal.people import People

#: events that bring the means to stay: with these alone comes a refresh token
_RENEWABLE = {"ONAPPINSTALL", "ONAPPUPDATE", "ONOFFLINEEVENT"}


class Office(People):
    """What an administrator does with applications; `application` is the one every portal is born with."""

    def __init__(self, core: Core, lock: threading.RLock, access: Access, events: Outgoing) -> None:
        super().__init__(core, lock)
        self.access, self.events = access, events
        self.application = self.add_application("Sverka")

    def add_application(
        self,
        title: str,
        handler: str = "",
        redirect_uri: str = "",
        scopes: tuple[str, ...] | None = None,
        ui: bool = False,
    ) -> Application:
        """Add a local application (scopes: all the portal has, unless given) and return it with its keys.

        One without pages of its own (`ui`) is installed at once; else its installer has to finish first. `redirect_uri`
        is where people are sent back after logging in, the handler when left out.
        """
        with self.lock:
            number = self.core.state.next_id("application")
            client_id = f"local.{secrets.token_hex(7)}.{secrets.randbelow(10**8):08}"
            application = Application(
                client_id,
                secrets.token_urlsafe(37)[:50],
                secrets.token_hex(16),
                code=client_id,
                title=title,
                handler=handler,
                redirect_uri=redirect_uri,
                scopes=self.core.settings.scopes if scopes is None else tuple(scopes),
                installed=not ui,
                id=number,
                ui=ui,
                fresh=ui,
            )
            self.access.applications[client_id] = application
            if not ui:
                self._installed(application, 1)
            return application

    def tokens(self, application: Application | None = None, user_id: int = 1) -> Pair:
        """Return a new pair of tokens, as if that employee had opened the application."""
        with self.lock:
            return self.access.pair(application or self.application, user_id)

    def expire_token(self, text: str) -> None:
        """Let an access token run out now; KeyError when there is none."""
        with self.lock:
            self.access.expire(text)

    def as_application(self, user_id: int = 1, application: Application | None = None, **given: Any) -> Caller:
        """Return an employee who calls through an application, for `call_as`; `given` are other marks of a caller."""
        app = application or self.application
        return Caller(user_id, app.client_id, app, frozenset(app.scopes), **given)

    def dismiss(self, user_id: int) -> None:
        """Dismiss an employee: his webhooks and tokens die with it; KeyError when there is none."""
        with self.lock:
            self.core.state.users[user_id].active = False

    def publish(self, event: Event) -> None:
        """Tell outgoing webhooks and applications of an event; applications that are not installed hear nothing."""
        self.events.publish(event)
        for handler in list(self.core.apps.handlers):
            application = handler.application
            if handler.event != event.name or not application.installed or event.to not in (None, application):
                continue
            if not handler.offline:
                self._send(event, handler)
            elif record(self.core, handler, event):
                self._ping(application, event)

    def _ping(self, application: Application, event: Event) -> None:
        """Tell an application that something waits to be fetched, unless it was told less than `minTimeout` ago.

        With a `minTimeout` of 0 it is told once for each call.
        """
        now, by = self.core.clock.now(), event.caller
        for handler in self.core.apps.handlers_of(application):
            if handler.event != "ONOFFLINEEVENT" or handler.offline:
                continue
            pause = to_int(handler.options.get("minTimeout", 1))
            late = handler.pinged is None or now - handler.pinged >= timedelta(seconds=1 if pause is None else pause)
            if late and (pause != 0 or handler.pinged_by is not by):
                handler.pinged, handler.pinged_by = now, by
                self._send(Event("ONOFFLINEEVENT", {}, bare=True, caller=event.caller), handler)

    def _send(self, event: Event, handler: Handler) -> None:
        self._post(event, handler.application, handler.url, handler.id, handler.user_id)

    def _post(self, event: Event, application: Application, url: str, number: int, user_id: int) -> None:
        """Queue an event for an application's handler, with tokens of `user_id` or, if 0, of whoever caused it."""
        pair = None
        whose = user_id or (0 if event.caller.robot else event.caller.user_id)
        if whose and event.name != "ONAPPUNINSTALL" and self.core.state.users[whose].active:
            pair = self.access.pair(application, whose)
        auth = event_auth(self.core.settings, application.application_token, application, pair)
        if pair is not None and event.name in _RENEWABLE:
            auth["refresh_token"] = pair.refresh
        self.events.send(event, Target(number, url, auth, application.client_id))

    def finish_install(self, application: Application, user_id: int = 1) -> None:
        """Finish the installation of an application, as its installer does; nothing when that was done before."""
        with self.lock:
            if not application.installed:
                application.installed = True
                self._installed(application, user_id)

    def _installed(self, application: Application, user_id: int) -> None:
        data = {"VERSION": str(application.version), "ACTIVE": "Y", "INSTALLED": "Y"}
        self._about(application, "ONAPPINSTALL", data, user_id)

    def _about(self, application: Application, name: str, data: dict[str, Any], user_id: int) -> None:
        """Tell an application of its own life: its handlers, and if it has no pages the address it is installed at."""
        data |= {"LANGUAGE_ID": self.core.settings.language}
        event = Event(name, data, app_only=True, bare=True, caller=Caller(user_id), to=application)
        heard = {line.url for line in self.core.apps.handlers_of(application) if line.event == name}
        self.publish(event)
        if application.handler and not application.ui and application.handler not in heard:
            self._post(event, application, application.handler, 0, user_id)

    def update_application(self, application: Application, user_id: int = 1) -> None:
        """Install the next version: handlers and placements go, the application token is new, an installer runs again.

        ONAPPUPDATE still reaches the handlers that were there.
        """
        with self.lock:
            previous, application.version = application.version, application.version + 1
            application.application_token = secrets.token_hex(16)
            data = {"VERSION": str(application.version), "PREVIOUS_VERSION": str(previous)}
            self._about(application, "ONAPPUPDATE", data, user_id)
            self.core.apps.forget(application)
            application.installed, application.fresh = not application.ui, application.ui

    def remove_application(self, application: Application, clean: bool = False, user_id: int = 1) -> None:
        """Remove an application with its handlers and placements; KeyError when it is gone. Its tokens open nothing."""
        with self.lock:
            del self.access.applications[application.client_id]
            self._about(application, "ONAPPUNINSTALL", {"CLEAN": int(clean)}, user_id)
            self.core.apps.forget(application)
