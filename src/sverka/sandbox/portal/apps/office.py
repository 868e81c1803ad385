"""The administrator's room: applications added, installed, updated and removed."""

from __future__ import annotations

import secrets
import threading
from typing import Any

from sverka.sandbox.portal.access import Access, Pair
from sverka.sandbox.portal.callers import Application, Caller
from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.people import People


class Office(People):
    """What an administrator does with applications; `application` is the one every portal is born with."""

    def __init__(self, core: Core, lock: threading.RLock, access: Access) -> None:
        super().__init__(core, lock)
        self.access = access
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
