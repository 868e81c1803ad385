"""The doors: incoming webhooks and the access tokens of applications."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sverka.sandbox.clock import Clock
from sverka.sandbox.portal import errors
from sverka.sandbox.portal.callers import Application, Caller
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.settings import Settings
from sverka.sandbox.portal.state import State

ACCESS_SECONDS = 3600


@dataclass(frozen=True)
class Token:
    """An access token: whose, of which application, and until when."""

    application: Application
    user_id: int
    expires: datetime


@dataclass
class Access:
    """Everything that opens the portal from outside; the portal's lock guards it."""

    settings: Settings
    clock: Clock
    state: State
    webhooks: dict[str, int] = field(default_factory=dict, repr=False)
    applications: dict[str, Application] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict, repr=False)

    def add_webhook(self, user_id: int) -> str:
        """Create an incoming webhook of an employee (KeyError when there is none) and return its code."""
        if user_id not in self.state.users:
            raise KeyError(f"no user {user_id}")
        code = secrets.token_hex(8)
        self.webhooks[code] = user_id
        return code

    def issue(self, application: Application, user_id: int) -> str:
        """Return a new access token of an application for an employee."""
        text = secrets.token_hex(35)
        expires = self.clock.now() + timedelta(seconds=ACCESS_SECONDS)
        self.tokens[text] = Token(application, user_id, expires)
        return text

    def by_webhook(self, user: str, code: str) -> Caller:
        """Return who an address like `/rest/{user}/{code}/` speaks for; RestError when nobody."""
        owner = self.webhooks.get(code)
        if owner is None or str(owner) != user or not self.state.users[owner].active:
            raise RestError(*errors.INVALID_CREDENTIALS)
        return Caller(owner, code, scopes=frozenset(self.settings.scopes))

    def by_token(self, text: str) -> Caller:
        """Return who an access token speaks for; RestError when it is missing, unknown or has run out."""
        token = self.tokens.get(text)
        if token is None or not self.state.users[token.user_id].active:
            raise RestError(*errors.NO_AUTH_FOUND)
        if token.expires <= self.clock.now():
            raise RestError(*errors.EXPIRED_TOKEN)
        application = token.application
        return Caller(token.user_id, application.client_id, application, frozenset(application.scopes))
