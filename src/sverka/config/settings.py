"""Where the hub lives: its database, its key, its address, its language. All from the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sverka.domain.errors import Misconfigured
from sverka.domain.text import Language, Text, reason

_SCHEMES = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}

_LISTEN = re.compile(r"^(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):(?P<port>\d{1,5})$")
_PASSWORD = re.compile(r"(?<=://)(?P<user>[^:/?#]*):(?P<password>.*)@(?=[^@]*$)")
_SECRET = re.compile(r"(?i)(?<=[?&]password=)[^&]*")


@dataclass(frozen=True)
class Settings:
    """Where the hub lives. `database` is an SQLAlchemy URL and may hold a password, so it is never printed."""

    database: str = field(repr=False)
    key_file: Path
    language: Language
    host: str
    port: int
    counter_file: Path

    @classmethod
    def from_env(cls, environ: Mapping[str, str], cwd: Path) -> "Settings":
        """Read SVERKA_DATABASE, SVERKA_KEY_FILE, SVERKA_COUNTER_FILE, SVERKA_LANG (or the locale) and SVERKA_LISTEN.

        SVERKA_DATABASE_FILE names a file that holds the URL, where an environment is no place for a password. All have
        defaults; the counter stands beside the key. Relative paths are taken from `cwd`. A port of 0 means
        any free one.

        Raises:
            Misconfigured: a value cannot be used; the sentence names the variable and an example.

        """
        host, port = _listen(environ.get("SVERKA_LISTEN", "") or "127.0.0.1:8080")
        key_file = cwd / (environ.get("SVERKA_KEY_FILE", "") or "sverka.key")
        counter_file = environ.get("SVERKA_COUNTER_FILE", "")
        return cls(
            database=_database(_url(environ, cwd), cwd),
            key_file=key_file,
            language=_language(environ),
            host=host,
            port=port,
            counter_file=cwd / counter_file if counter_file else key_file.with_suffix(".counter"),
        )

    @property
    def shown_database(self) -> str:
        """The database's URL without its password, fit for a log."""
        return _SECRET.sub("***", _PASSWORD.sub(r"\g<user>:***@", self.database))


def _url(environ: Mapping[str, str], cwd: Path) -> str:
    file = environ.get("SVERKA_DATABASE_FILE", "")
    if not file:
        return environ.get("SVERKA_DATABASE", "")
    try:
        return (cwd / file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error)
        raise Misconfigured(
            Text(
                f"SVERKA_DATABASE_FILE: {file} cannot be read ({why.en}); it must hold the database's URL, and the "
                "hub's user must be allowed to read it.",
                f"SVERKA_DATABASE_FILE: файл {file} не читается ({why.ru}); в нём должен быть URL базы, и у "
                "пользователя хаба должно быть право его читать.",
            )
        ) from None


def _database(url: str, cwd: Path) -> str:
    if not url:
        return f"sqlite:///{cwd / 'sverka.db'}"
    scheme, mark, rest = url.partition("://")
    if not mark or scheme not in _SCHEMES:
        raise Misconfigured(
            Text(
                "SVERKA_DATABASE must be a URL such as sqlite:///sverka.db or "
                "postgresql+psycopg://user:password@host/base; its scheme is not one the hub knows.",
                "SVERKA_DATABASE – это URL вида sqlite:///sverka.db или "
                "postgresql+psycopg://user:password@host/base; такой схемы хаб не знает.",
            )
        )
    if scheme.startswith("sqlite"):
        path = rest.removeprefix("/")
        if rest and not rest.startswith("/"):
            raise Misconfigured(
                Text(
                    "SVERKA_DATABASE: a SQLite file is written with three slashes, sqlite:///sverka.db.",
                    "SVERKA_DATABASE: файл SQLite пишется с тремя косыми чертами, sqlite:///sverka.db.",
                )
            )
        if not path or path.startswith(":memory:"):
            raise Misconfigured(
                Text(
                    "SVERKA_DATABASE names no file; a hub needs one that outlives it, such as sqlite:///sverka.db.",
                    "В SVERKA_DATABASE нет файла; хабу нужен постоянный, например sqlite:///sverka.db.",
                )
            )
        return f"{scheme}:///{cwd / path}"
    return f"{_SCHEMES[scheme]}://{rest}"


def _language(environ: Mapping[str, str]) -> Language:
    asked = environ.get("SVERKA_LANG", "")
    if asked and asked.lower()[:2] not in ("en", "ru"):
        raise Misconfigured(
            Text(
                f"SVERKA_LANG is {asked!r}; it may be en or ru.",
                f"SVERKA_LANG = {asked!r}; допустимо en или ru.",
            )
        )
    locale = asked or environ.get("LC_ALL", "") or environ.get("LANG", "")
    return "ru" if locale.lower().startswith("ru") else "en"


def _listen(text: str) -> tuple[str, int]:
    found = _LISTEN.match(text)
    if not found or int(found["port"]) > 65535:
        raise Misconfigured(
            Text(
                f"SVERKA_LISTEN is {text!r}; it must be host:port, such as 127.0.0.1:8080.",
                f"SVERKA_LISTEN = {text!r}; нужно адрес:порт, например 127.0.0.1:8080.",
            )
        )
    return found["host"].strip("[]"), int(found["port"])
