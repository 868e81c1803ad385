"""How the hub is watched: its numbers, alerts, traces and memory. All from the environment; secrets from files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text, reason


@dataclass(frozen=True)
class Mail:
    """A mail server and who is written to; `password` is empty where the server asks for none."""

    server: SplitResult
    password: str = field(repr=False)
    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Watching:
    """What is asked for; None or empty where it is not. Moments of `keep` are days."""

    metrics_token: str = field(default="", repr=False)
    patience: timedelta = timedelta(minutes=5)
    mail: Mail | None = None
    hook: str = field(default="", repr=False)
    keep: timedelta = timedelta(days=90)
    keep_acts: timedelta = timedelta(days=365)
    has_traces: bool = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str], cwd: Path) -> "Watching":
        """Read the variables of docs/how-to/watch.md; relative paths are taken from `cwd`.

        Raises:
            Misconfigured: a value cannot be used; the sentence names the variable.
        """
        given = _Given(environ, cwd)
        return cls(
            given.file("SVERKA_METRICS_FILE"),
            timedelta(minutes=given.number("SVERKA_ALERT_MINUTES", 5)),
            _mail(given),
            _hook(given),
            timedelta(days=given.number("SVERKA_KEEP_DAYS", 90)),
            timedelta(days=given.number("SVERKA_KEEP_AUDIT_DAYS", 365)),
            bool(environ.get("SVERKA_TRACES", "")),
        )


@dataclass(frozen=True)
class _Given:
    environ: Mapping[str, str]
    cwd: Path

    def text(self, name: str) -> str:
        return self.environ.get(name, "").strip()

    def number(self, name: str, without: int) -> int:
        text = self.text(name)
        # Beyond a century no date could be counted back.
        if text and not (text.isascii() and text.isdigit() and 0 < int(text) <= 36500):
            raise Misconfigured(
                Text(f"{name} is {text!r}; write a whole number from 1 to 36500.",
                     f"{name} = {text!r}; напишите целое число от 1 до 36500.")
            )  # fmt: skip
        return int(text or without)

    def file(self, name: str) -> str:
        """Return what stands in the file a variable names, empty without the variable."""
        file = self.text(name)
        if not file:
            return ""
        try:
            found = (self.cwd / file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = reason(error)
            raise Misconfigured(
                Text(f"{name}: {file} cannot be read ({why.en}); write the secret there, for the hub's user to read.",
                     f"{name}: файл {file} не читается ({why.ru}); запишите туда секрет и дайте хабу право чтения.")
            ) from None  # fmt: skip
        if not found:
            raise Misconfigured(
                Text(f"{name}: {file} is empty; write the secret there.", f"{name}: файл {file} пуст; запишите секрет.")
            )
        return found


def _mail(given: _Given) -> Mail | None:
    recipients = tuple(one.strip() for one in given.text("SVERKA_ALERT_MAIL").split(",") if one.strip())
    if not recipients:
        return None
    server = _split(given.text("SVERKA_SMTP"))
    if server is None or server.scheme not in ("smtp", "smtps"):
        raise Misconfigured(
            Text("SVERKA_ALERT_MAIL needs a mail server: set SVERKA_SMTP to smtps://USER@HOST or smtp://HOST:25, "
                 "without a password; that goes into the file SVERKA_SMTP_PASSWORD_FILE names.",
                 "Для SVERKA_ALERT_MAIL нужен почтовый сервер: задайте SVERKA_SMTP вида smtps://USER@HOST или "
                 "smtp://HOST:25, без пароля; пароль – в файле, который назван в SVERKA_SMTP_PASSWORD_FILE.")
        )  # fmt: skip
    sender = given.text("SVERKA_ALERT_FROM") or recipients[0]
    for one in (sender, *recipients):
        name, _, host = one.rpartition("@")
        if not (name and host and one.isascii() and one.isprintable() and not set(one) & set(" <>,;")):
            raise Misconfigured(
                Text(f"{one!r} is no address for alerts; write one such as you@example.com in SVERKA_ALERT_MAIL.",
                     f"{one!r} – не адрес; напишите в SVERKA_ALERT_MAIL адрес вида you@example.com.")
            )  # fmt: skip
    return Mail(server, given.file("SVERKA_SMTP_PASSWORD_FILE"), sender, recipients)


def _hook(given: _Given) -> str:
    hook = given.file("SVERKA_ALERT_HOOK_FILE")
    parts = _split(hook)
    if hook and (parts is None or parts.scheme not in ("http", "https")):
        raise Misconfigured(
            Text("The file SVERKA_ALERT_HOOK_FILE names holds no address; write one there, such as https://HOST/PATH.",
                 "В файле из SVERKA_ALERT_HOOK_FILE нет адреса; запишите туда адрес вида https://HOST/PATH.")
        )  # fmt: skip
    return hook


def _split(url: str) -> SplitResult | None:
    """Return the parts of a URL with a host and a right port; its password, where it has one, stops it too."""
    try:
        parts = urlsplit(url)
        bad = not parts.hostname or parts.port == 0 or (parts.scheme.startswith("smtp") and parts.password)
    except ValueError:
        return None
    return None if bad else parts
