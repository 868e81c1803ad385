"""The way in: a token to ask with, an access token for it, and a new one before it runs out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from sverka.connectors.kit import Answer, Http, not_sent
from sverka.domain.errors import AuthLost, Later, Unanswered
from sverka.domain.text import Text
from sverka.ports.clock import Clock
from sverka.ports.guard import Guard

_MARGIN = timedelta(seconds=60)
"""How long before its end a token is not trusted any more; a tenth of its life where that is less."""

_LONGEST = timedelta(days=1)
_HOUR = timedelta(hours=1)
"""However long a token is said to live, or a pause to last, no longer is believed."""


@dataclass(frozen=True)
class Keys:
    """The two keys of the panel's page «Доступность API»."""

    public: str
    private: str = field(repr=False)


class Tokens:
    """The access token of one connection, kept in memory alone; several threads may ask for it."""

    def __init__(self, http: Http, address: str, keys: Keys, clock: Clock) -> None:
        """Take the way to the API; nothing is asked yet."""
        self._http = http
        self._address = address
        self._keys = keys
        self._clock = clock
        self._lock = Lock()
        self._access = self._refresh = ""
        self._until: datetime | None = None

    def current(self, guard: Guard) -> str:
        """Return an access token, asking for one where there is none or it is about to run out.

        `Expires` is taken for seconds; a token that tells none is used until it is refused. Raises `AuthLost` where
        the keys are refused, and `Later` where nobody answers.
        """
        with self._lock:
            if self._access and (self._until is None or self._clock.now() < self._until):
                return self._access
            if not (self._refresh and self._refreshed(guard)):
                self._whole_flow(guard)
            return self._access

    def drop(self, token: str) -> None:
        """Forget a token that was refused, and what would renew it; one that came since stays."""
        with self._lock:
            if token == self._access:
                self._access = self._refresh = ""

    def veil(self, words: str) -> str:
        """Return words of the other side without any secret they repeat."""
        for secret in (self._access, self._refresh, self._keys.private):
            words = words.replace(secret, "…") if secret else words
        return words

    def _whole_flow(self, guard: Guard) -> None:
        asked = self._ask("requesttoken", {}, guard)
        token = str(asked.get("RequestToken") or "")
        if not token:
            raise self._no_access(asked)
        # The vendor's own scheme: it is no choice of ours.
        password = hashlib.sha1(f"{token}{self._keys.private}".encode(), usedforsecurity=False).hexdigest()
        query = {"oauth_token": token, "grant_type": "api", "username": self._keys.public, "password": password}
        granted = self._ask("accesstoken", query, guard)
        if not self._keep(granted):
            raise self._no_access(granted)

    def _refreshed(self, guard: Guard) -> bool:
        try:
            return self._keep(self._ask("refreshtoken", {"refreshToken": self._refresh}, guard))
        except AuthLost:
            return False

    def _keep(self, granted: Mapping[str, Any]) -> bool:
        access = str(granted.get("AccessToken") or "")
        if granted.get("Success") is False or not access:
            return False
        self._access, self._refresh = access, str(granted.get("RefreshToken") or "")
        told = str(granted.get("Expires") or "").partition(".")[0]
        life = min(timedelta(seconds=int(told[:9])), _LONGEST) if told.isdecimal() else timedelta()
        self._until = self._clock.now() + life - min(_MARGIN, life / 10) if life else None
        return True

    def _ask(self, step: str, query: Mapping[str, str], guard: Guard) -> Mapping[str, Any]:
        try:
            answer = self._http.send("GET", f"{self._address}/oauth/{step}", guard, query=query)
        except Unanswered as problem:
            raise not_sent(problem) from problem
        if answer.status in (429, 503):
            raise Later(after=pause_of(answer))
        if answer.status >= 500 or not isinstance(answer.data, dict):
            if answer.status in (400, 401, 403):
                raise self._no_access({})
            raise Later
        if answer.status >= 400:
            raise self._no_access(answer.data)
        return answer.data

    def _no_access(self, told: Mapping[str, Any]) -> AuthLost:
        return no_access(self._http.host, self.veil(str(told.get("Error") or told.get("ErrorMessage") or "")))


def no_access(host: str, words: str) -> AuthLost:
    """Return the problem of keys that are refused, in the other side's own words where it has some."""
    why = f" ({words})" if words else ""
    return AuthLost(
        Text(
            f"{host} does not let the API keys in{why}. Access works about 30 minutes after it is switched on under "
            "Настройка → Доступ → Доступность API; wait, or take both keys from there anew and run `sverka connect`.",
            f"{host} не пускает ключи API{why}. Доступ начинает работать примерно через 30 минут после включения: "
            "Настройка → Доступ → Доступность API; подождите или возьмите там оба ключа заново и выполните "
            "`sverka connect`.",
        )
    )


def pause_of(answer: Answer) -> timedelta:
    """Return how long the other side asks to wait; half a minute where it does not say, an hour at most."""
    told = answer.headers.get("retry-after", "")
    return min(timedelta(seconds=int(told[:9])), _HOUR) if told.isdecimal() else timedelta(seconds=30)
