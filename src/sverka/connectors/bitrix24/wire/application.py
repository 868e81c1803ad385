"""A local application of one portal as the way into it: tokens that are renewed once for all processes."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from sverka.connectors.bitrix24.wire.auth_server import AuthServer, Tokens
from sverka.connectors.bitrix24.wire.doors import is_loopback
from sverka.connectors.kit import Kit
from sverka.domain.errors import AuthLost, Forged, Later, Misconfigured
from sverka.domain.text import Text

TOKENS: Final = "tokens"
PENDING: Final = "pending"
APPLICATION_TOKEN: Final = "application_token"  # noqa: S105 - the name of a secret

_STATE: Final = "state"
"""The name under which the mark of the link is kept until somebody came back with it."""

_LONGEST = 120.0
"""Seconds a renewal may take before another process thinks its holder dead: longer than any request."""

_TRIES = 20
_PAUSE = 0.5

_WAITS = Later(
    Text(
        "Another process is renewing the portal's tokens; the hub will try again by itself.",
        "Токены портала обновляет другой процесс; хаб повторит сам.",
    )
)


class Application:
    """A door that shows an access token, and renews it when the portal says that it has run out."""

    def __init__(self, kit: Kit, portal: str, client_id: str, client_secret: str, auth_server: str = "") -> None:
        """Take the portal's address and the application's keys, or none yet; Misconfigured for a bad address."""
        for address in (portal, auth_server):
            _check_address(address)
        self._kit = kit
        self._portal = portal.rstrip("/")
        self._client_id = client_id
        self._has_keys = bool(client_id and client_secret)
        self._server = AuthServer(kit, client_id, client_secret, auth_server)
        self._tokens: Tokens | None = None

    @property
    def base(self) -> str:
        """Where the portal's REST is, as its authorisation server told."""
        held = self._held()
        return held.endpoint if held else f"{self._portal}/rest"

    @property
    def is_authorised(self) -> bool:
        """Whether there are tokens; they may have run out."""
        return self._held() is not None

    @property
    def has_keys(self) -> bool:
        """Whether the application's id and secret are known."""
        return self._has_keys

    def link(self) -> str:
        """Return the address at which a person of the portal lets the application in; it leads to the door once."""
        state = self._kit.secrets.get(_STATE) or secrets.token_urlsafe(24)
        self._kit.secrets.put(_STATE, state)
        return f"{self._portal}/oauth/authorize/?{urlencode({'client_id': self._client_id, 'state': state})}"

    def dressed(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the parameters with the access token; raises `AuthLost` where there is none yet."""
        held = self._held()
        if held is None:
            raise AuthLost(
                Text(
                    "The application is not authorised yet; `sverka connect portal NAME --app` says what to do.",
                    "Приложению ещё не выдано разрешение; что делать, скажет `sverka connect portal ИМЯ --app`.",
                )
            )
        return {**params, "auth": held.access}

    def renewed(self, sent: Mapping[str, Any], *, is_expired: bool) -> bool:
        """Take the tokens another process has got; else renew them, if it is that they ran out. One process does it.

        Raises:
            AuthLost: they can be renewed no more.
            Later: another process is at it, or the authorisation server does not answer.
        """
        for _ in range(_TRIES):
            if self._has_others_than(sent):
                return True
            if not is_expired:
                return False
            with self._kit.secrets.alone(TOKENS, _LONGEST) as is_mine:
                if is_mine:
                    return self._has_others_than(sent) or self._renew(sent)
            self._kit.clock.sleep(_PAUSE)
        raise _WAITS

    def moved(self, base: str) -> None:
        """Go to the portal's new address with the tokens there are now, which stay good there.

        It is kept unless they are being renewed: that brings the address by itself, and tokens are never put back.
        """
        with self._kit.secrets.alone(TOKENS, _LONGEST) as is_mine:
            held = Tokens.read(self._kit.secrets.get(TOKENS))
            self._tokens = replace(held, endpoint=base) if held else None
            if is_mine and self._tokens:
                self._keep(self._tokens)

    def exchange(self, given: str) -> None:
        """Get the first tokens for the code in the address a person was sent back to, or for the code itself.

        Raises:
            AuthLost: the code is good no more, or the keys are wrong.
            Forged: the address names another portal or a strange authorisation server.
        """
        told = dict(parse_qsl(urlsplit(given.strip()).query)) if "=" in given else {"code": given.strip()}
        root = self._server.root(told.get("server_domain", ""), self._portal)
        self._admit(self._server.grant(root, grant_type="authorization_code", code=told.get("code", "")))
        self._kit.secrets.put(_STATE, "")

    def visited(self, query: str) -> None:
        """Take the code a person's browser brings to the hub's own door, if it began with our link.

        Whoever else of the portal logs in to the application is led there too, and the hub must not become him.
        Raises what `exchange` does, and `Forged` for a visit nobody asked for.
        """
        state, shown = self._kit.secrets.get(_STATE) or "", dict(parse_qsl(query)).get("state", "")
        if not state or not hmac.compare_digest(shown.encode(), state.encode()):
            raise Forged(
                Text(
                    "Nobody asked for this visit; `sverka connect portal NAME --app` tells the link to open.",
                    "Этого входа никто не просил; ссылку даст `sverka connect portal ИМЯ --app`.",
                )
            )
        self.exchange(f"?{query}")

    def install(self, body: bytes) -> bool:
        """Take the portal's message that the application was installed, False where it is about something else.

        It is sent once, so it is kept until it is taken: the application's keys may come later, or other ones, and
        the authorisation server may not answer now.

        Nothing in it is believed: the authorisation server confirms its token, and gives new ones for our own secret.

        Raises:
            Forged: it is not from this application's portal, as far as its keys are known.
            Later: the authorisation server does not answer.
        """
        told = _form(body)
        if told.get("event", "").upper() != "ONAPPINSTALL":
            return False
        self._kit.secrets.put(PENDING, body.decode())
        if self._has_keys:
            self._take(told)
            self._kit.secrets.put(PENDING, "")
        return True

    def install_pending(self) -> bool:
        """Take the message that could not be taken when it came; False where there is none, or it is not the portal's.

        Raises `Later` where the authorisation server does not answer; the message is kept.
        """
        kept = self._kit.secrets.get(PENDING)
        if not kept or not self._has_keys:
            return False
        try:
            return self.install(kept.encode())
        except Forged:
            self._kit.secrets.put(PENDING, "")
            return False

    def _take(self, told: Mapping[str, str]) -> None:
        root = self._server.root(told.get("auth[server_endpoint]", ""), self._portal)
        self._server.confirm(root, told.get("auth[access_token]", ""), told.get("auth[member_id]", ""))
        try:
            fresh = self._server.grant(
                root, grant_type="refresh_token", refresh_token=told.get("auth[refresh_token]", "")
            )
        except AuthLost:
            raise Forged from None
        self._admit(fresh)
        self._kit.secrets.put(APPLICATION_TOKEN, told.get("auth[application_token]", ""))

    def _held(self) -> Tokens | None:
        if self._tokens is None:
            self._tokens = Tokens.read(self._kit.secrets.get(TOKENS))
        return self._tokens

    def _has_others_than(self, sent: Mapping[str, Any]) -> bool:
        self._tokens = Tokens.read(self._kit.secrets.get(TOKENS))
        return self._tokens is not None and self._tokens.access != sent.get("auth")

    def _renew(self, sent: Mapping[str, Any]) -> bool:
        held = self._held()
        if held is None:
            return False
        try:
            fresh = self._server.grant(held.server, grant_type="refresh_token", refresh_token=held.refresh)
        except AuthLost:
            # One whose lease ran out while it waited may have been here first.
            if self._has_others_than(sent):
                return True
            self._kit.secrets.put(TOKENS, "")
            self._tokens = None
            raise
        self._admit(fresh)
        return True

    def _admit(self, fresh: Tokens) -> None:
        """Keep tokens of this portal, by its id or the first time its host; raises `Forged` for another's."""
        held = self._held()
        same = fresh.member == held.member if held else _host(fresh.endpoint) == _host(self._portal)
        if not same:
            raise Forged(
                Text(
                    f"These tokens are not for {_host(self._portal)}; to connect another portal take another name.",
                    f"Эти токены не для {_host(self._portal)}; другой портал подключите под другим именем.",
                )
            )
        self._keep(fresh)

    def _keep(self, tokens: Tokens) -> None:
        self._kit.secrets.put(TOKENS, tokens.write())
        self._tokens = tokens


def _form(body: bytes) -> Mapping[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=200))
    except ValueError as error:
        raise Forged from error


def _host(address: str) -> str:
    return urlsplit(address).netloc.rpartition("@")[2].lower()


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        is_good = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts))
    except ValueError:
        is_good = False
    if address and not is_good:
        raise Misconfigured(
            Text(
                "An address of a portal or an authorisation server begins with https://, such as https://a.bitrix24.ru.",
                "Адрес портала или сервера авторизации начинается с https://, например https://a.bitrix24.ru.",
            )
        )
