"""The doors: incoming webhooks, and the codes and tokens of applications."""

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

CODE_SECONDS = 30
ACCESS_SECONDS = 3600
REFRESH_SECONDS = 180 * 24 * 3600


@dataclass(frozen=True)
class Token:
    """A code or a token: of which application, whose, and until when."""

    application: Application
    user_id: int
    expires: datetime


@dataclass(frozen=True)
class Pair:
    """An access token with the refresh token that renews it; `expires` is the access token's end."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires: datetime
    application: Application
    user_id: int


@dataclass
class Access:
    """Everything that opens the portal from outside; the portal's lock guards it.

    `codes` and `refreshes` are spent by their first use.
    """

    settings: Settings
    clock: Clock
    state: State
    webhooks: dict[str, int] = field(default_factory=dict, repr=False)
    applications: dict[str, Application] = field(default_factory=dict)
    codes: dict[str, Token] = field(default_factory=dict, repr=False)
    tokens: dict[str, Token] = field(default_factory=dict, repr=False)
    refreshes: dict[str, Token] = field(default_factory=dict, repr=False)

    def add_webhook(self, user_id: int) -> str:
        """Create an incoming webhook of an employee (KeyError when there is none) and return its code."""
        if user_id not in self.state.users:
            raise KeyError(f"no user {user_id}")
        code = secrets.token_hex(8)
        self.webhooks[code] = user_id
        return code

    def grant_code(self, application: Application, user_id: int) -> str:
        """Return a new authorisation code; KeyError when there is no such employee."""
        if user_id not in self.state.users:
            raise KeyError(f"no user {user_id}")
        return self._keep(self.codes, 16, application, user_id, CODE_SECONDS)

    def issue(self, application: Application, user_id: int) -> str:
        """Return a new access token of an application for an employee."""
        return self._keep(self.tokens, 35, application, user_id, ACCESS_SECONDS)

    def pair(self, application: Application, user_id: int) -> Pair:
        """Return a new access token and a new refresh token."""
        access = self.issue(application, user_id)
        refresh = self._keep(self.refreshes, 35, application, user_id, REFRESH_SECONDS)
        return Pair(access, refresh, self.tokens[access].expires, application, user_id)

    def expire(self, text: str) -> None:
        """Let an access token run out now; KeyError when there is none."""
        token = self.tokens[text]
        self.tokens[text] = Token(token.application, token.user_id, self.clock.now())

    def _keep(self, where: dict[str, Token], size: int, application: Application, user_id: int, seconds: int) -> str:
        text = secrets.token_hex(size)
        where[text] = Token(application, user_id, self.clock.now() + timedelta(seconds=seconds))
        return text

    def alive(self, token: Token) -> bool:
        """Tell whether the token has not run out and its employee is not dismissed."""
        return token.expires > self.clock.now() and self.state.users[token.user_id].active

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
        if token.application.client_id not in self.applications:
            raise RestError(*errors.INVALID_TOKEN)
        if not self.alive(token):
            raise RestError(*errors.EXPIRED_TOKEN)
        application = token.application
        if not application.installed and not self.state.users[token.user_id].admin:
            raise RestError(*errors.USER_ACCESS)
        scopes = frozenset(application.scopes)
        return Caller(token.user_id, application.client_id, application, scopes, expires=token.expires)
