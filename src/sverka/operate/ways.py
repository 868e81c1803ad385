"""The ways an alert goes: the log, a mail, a webhook."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import NoReturn, Protocol
from urllib.parse import unquote, urlsplit

import httpx2
import structlog

from sverka.config.watching import Mail, Watching
from sverka.connectors.kit.http import client_of
from sverka.domain.errors import Later, Misconfigured
from sverka.domain.text import Language, Text
from sverka.ports.clock import Clock
from sverka.storage.alerts import Standing

_SECONDS = 20.0


@dataclass(frozen=True)
class Told:
    """An alert that begins, or is over."""

    name: str
    standing: Standing
    is_over: bool = False

    @property
    def text(self) -> Text:
        """What people read."""
        text = self.standing.text
        return Text(f"Over: {text.en}", f"Прошло: {text.ru}") if self.is_over else text


class Way(Protocol):
    """One way for alerts; `name` is the one under which it is kept what went this way."""

    name: str

    def tell(self, told: Told) -> None:
        """Tell it; raises a `Problem` where it did not arrive."""


def ways_of(wanted: Watching, language: Language, clock: Clock) -> Sequence[Way]:
    """Return the ways that are asked for; the log always is."""
    ways: list[Way] = [ToLog()]
    if wanted.mail:
        ways.append(ToMail(wanted.mail, language, clock))
    if wanted.hook:
        ways.append(ToHook(wanted.hook, language))
    return ways


class ToLog:
    """A line of the log."""

    name = "log"

    def tell(self, told: Told) -> None:
        """Write the line."""
        log = structlog.get_logger("sverka.alerts")
        (log.info if told.is_over else log.error)("alert", name=told.name, reason=told.text)


class ToMail:
    """A message to each recipient, over TLS wherever the server offers it; a password never goes without."""

    name = "mail"

    def __init__(self, mail: Mail, language: Language, clock: Clock) -> None:
        """Take the server and the language people read."""
        self._mail = mail
        self._language = language
        self._clock = clock

    def tell(self, told: Told) -> None:
        """Send the message; raises `Later` where the server does not take it, `Misconfigured` without TLS."""
        text = " ".join(told.text.say(self._language).split())
        message = EmailMessage()
        message["From"], message["To"] = self._mail.sender, ", ".join(self._mail.recipients)
        message["Subject"] = f"sverka: {text[:100]}"
        message["Date"], message["Message-ID"] = format_datetime(self._clock.now()), make_msgid(domain="sverka")
        message.set_content(f"{text}\n\n{told.name}, {told.standing.since:%Y-%m-%d %H:%M} UTC\n")
        try:
            with self._server() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            host = self._mail.server.hostname
            raise Later(
                Text(
                    f"The mail server {host} did not take an alert ({type(error).__name__}); see SVERKA_SMTP.",
                    f"Почтовый сервер {host} не принял оповещение ({type(error).__name__}); см. SVERKA_SMTP.",
                )
            ) from None

    def _server(self) -> smtplib.SMTP:
        url, host = self._mail.server, self._mail.server.hostname or ""
        trust = ssl.create_default_context()
        if url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=_SECONDS, context=trust)
        else:
            server = smtplib.SMTP(host, url.port or 587, timeout=_SECONDS)
        try:
            server.ehlo()
            is_safe = url.scheme == "smtps"
            if not is_safe and server.has_extn("starttls"):
                server.starttls(context=trust)
                is_safe = True
            if url.username:
                if not is_safe:
                    _refuse(host)
                server.login(unquote(url.username), self._mail.password)
        except BaseException:
            server.close()
            raise
        return server


def _refuse(host: str) -> NoReturn:
    raise Misconfigured(
        Text(
            f"{host} offers no TLS, so the password was not sent there; use smtps:// in SVERKA_SMTP.",
            f"{host} не предлагает TLS, поэтому пароль не отправлен; задайте smtps:// в SVERKA_SMTP.",
        )
    )


class ToHook:
    """A POST of JSON: `text`, `name`, `state` (begun or over) and `since`. Its address may hold a secret."""

    name = "hook"

    def __init__(self, url: str, language: Language) -> None:
        """Take the address and the language people read."""
        self._url = url
        self._language = language

    def tell(self, told: Told) -> None:
        """Send it; raises `Later` unless it was taken, `Misconfigured` where nothing may be sent to that address."""
        body = {
            "text": told.text.say(self._language),
            "name": told.name,
            "state": "over" if told.is_over else "begun",
            "since": told.standing.since.isoformat(),
        }
        host = urlsplit(self._url).hostname
        try:
            with client_of(self._url, _SECONDS, {"User-Agent": "sverka"}) as client:
                answer = str(status) if (status := client.post(self._url, json=body).status_code) >= 300 else ""
        except httpx2.HTTPError as error:
            answer = type(error).__name__
        if answer:
            raise Later(
                Text(
                    f"{host} did not take an alert ({answer}); see the address in SVERKA_ALERT_HOOK_FILE.",
                    f"{host} не принял оповещение ({answer}); см. адрес в SVERKA_ALERT_HOOK_FILE.",
                )
            )
