"""The vendor's authorisation server: codes against tokens, and old tokens against new ones."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from sverka.connectors.bitrix24.wire import problems
from sverka.connectors.bitrix24.wire.doors import is_loopback
from sverka.connectors.kit import Http, Kit
from sverka.domain.errors import AuthLost, Forged, Later, Misconfigured, Problem, Unanswered
from sverka.domain.text import Text
from sverka.ports.guard import free

VENDORS: Final = ("oauth.bitrix.info", "oauth.bitrix24.tech")
"""The hosts of the vendor's own servers. The hub's tokens and its client secret go to these and the configured one."""

_EASTERN: Final = (".ru", ".by", ".kz", ".uz")


@dataclass(frozen=True)
class Tokens:
    """What opens a portal to an application, and where: `endpoint` is the REST's base, `server` who renews it.

    `member` is the portal's own id, which outlives its name.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    endpoint: str
    server: str
    member: str

    def write(self) -> str:
        """Return them as one text, so that they are kept and replaced together."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str | None) -> "Tokens | None":
        """Return what `write` wrote; None where nothing is kept."""
        return cls(**json.loads(text)) if text else None


class AuthServer:
    """Asks for tokens with the application's own secret, and only where that secret may go."""

    def __init__(self, kit: Kit, client_id: str, client_secret: str, configured: str) -> None:
        """Take the application's keys; `configured` is a server of one's own, "" for the vendor's."""
        self._kit = kit
        self._keys = {"client_id": client_id, "client_secret": client_secret}
        self._configured = configured.rstrip("/")

    def root(self, told: str, portal: str) -> str:
        """Return the server's address for an endpoint or a host that was told; raises `Forged` for a strange one.

        Where nothing was told it is the configured one, else the vendor's for the portal's zone.
        """
        host = _host(told)
        own = _host(self._configured)
        if own and host in ("", own):
            return self._configured
        if not host:
            host = VENDORS[1] if _host(portal).endswith(_EASTERN) else VENDORS[0]
        if host not in VENDORS:
            raise Forged(
                Text(
                    f"{host} is no authorisation server of Bitrix24; if it is yours, give --set auth_server=URL.",
                    f"{host} – не сервер авторизации Битрикс24; если он ваш, задайте --set auth_server=URL.",
                )
            )
        return f"https://{host}"

    def grant(self, root: str, **grant: str) -> Tokens:
        """Return the tokens for a code or a refresh token, which is spent by this.

        Raises:
            AuthLost: the server does not take the code, the refresh token or the application's keys.
            Later: the server does not answer now.
        """
        told = self._asked(root, "/oauth/token/", {**grant, **self._keys})
        endpoint, server = str(told.get("client_endpoint") or ""), str(told.get("server_endpoint") or root)
        access, refresh = str(told.get("access_token") or ""), str(told.get("refresh_token") or "")
        parts = urlsplit(endpoint)
        if not (access and refresh and (parts.scheme == "https" or is_loopback(parts))):
            raise Later
        try:
            renews = self.root(server, endpoint)
        except Forged:
            renews = root  # it gave these, and the ones spent for them are gone
        return Tokens(access, refresh, endpoint.rstrip("/"), renews, str(told.get("member_id")))

    def confirm(self, root: str, access: str, member: str) -> None:
        """Have the server say that a token is genuine, this application's and that portal's; else raises `Forged`."""
        try:
            result = self._asked(root, "/rest/app.info", {"auth": access}).get("result")
        except Later:
            raise
        except Problem:
            raise Forged from None
        told = result if isinstance(result, dict) else {}
        install = told.get("install")
        named = (install if isinstance(install, dict) else {}).get("member_id", member)
        if not told or named != member or told.get("client_id", self._keys["client_id"]) != self._keys["client_id"]:
            raise Forged

    def _asked(self, root: str, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        http = Http(self._kit, root)
        try:
            answer = http.send("GET", f"{root}{path}", free, query=query)
        except Unanswered:
            raise Later from None
        finally:
            http.close()
        told = answer.data if isinstance(answer.data, dict) else {}
        if told.get("error") is not None:
            raise _refusal(str(told["error"]), str(told.get("error_description") or ""), http.host)
        if not told or answer.status >= 400:
            raise Later
        return told


def _refusal(code: str, words: str, host: str) -> Problem:
    if code.lower() in ("invalid_grant", "bad_verification_code", "expired_token"):
        return AuthLost(
            Text(
                "The application's authorisation has run out or was used already; authorise it anew with "
                "`sverka connect portal NAME --app`.",
                "Разрешение приложения истекло или уже использовано; выдайте его заново: "
                "`sverka connect portal ИМЯ --app`.",
            )
        )
    if code.lower() in ("invalid_client", "wrong_client", "no_auth_found", "invalid_token", "application_not_found"):
        return AuthLost(
            Text(
                f"{host} does not know the application ({code}); check its id and secret and give them again with "
                "`sverka connect portal NAME --app --secret client_secret`.",
                f"{host} не знает приложения ({code}); проверьте его код и ключ и задайте снова: "
                "`sverka connect portal ИМЯ --app --secret client_secret`.",
            )
        )
    said = problems.tidy(words) or code
    return Misconfigured(
        Text(
            f"{host} gives no tokens: {said} See to it in the portal.",
            f"{host} не выдаёт токены: {said} Исправьте это на портале.",
        )
    )


def _host(address: str) -> str:
    try:
        return urlsplit(address if "//" in address else f"//{address}").netloc.lower()
    except ValueError:
        return "?"
