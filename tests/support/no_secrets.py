"""No test's output holds a secret: every secret that a test keeps is looked for in all that it said, at its end.

Secrets are those put into a vault or given to a connector, those by which sandboxes are entered, and passwords of
users. What is looked through is what the test printed and logged, what its commands printed, and the files and
databases left in its own folder.
"""

import functools
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from sverka import bootstrap
from sverka.operate import people
from sverka.sandbox.bitrix_site import BitrixSiteStore
from sverka.sandbox.pixlpark.rest import Rest
from sverka.sandbox.portal.access import Access
from sverka.sandbox.woocommerce import WooStore
from sverka.storage.vault import Vault

SHORTEST = 8
"""A shorter one is a word that may stand anywhere."""

_SHOWN = ("hook", "exchange", "home", "handler", "state")
"""Kept in the vault, and shown by the commands that tell a person where to ring and what to open."""

_LOOKED_THROUGH = frozenset({".json", ".csv", ".log", ".md", ".html", ".db", ".db-wal", ".xml"})


@dataclass
class Watch:
    """The secrets of the test that runs, and of fixtures that outlive it, by value with their names."""

    own: dict[str, str] = field(default_factory=dict)
    lasting: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    outlives: bool = False

    def begin(self) -> None:
        """Begin another test."""
        self.own.clear()
        self.said.clear()

    def note(self, name: str, secret: str) -> None:
        """Remember a secret."""
        if name.rpartition("/")[2] not in _SHOWN:
            kept = self.lasting if self.outlives else self.own
            kept.update(dict.fromkeys(values_of(secret), name))

    def leaks(self, texts: Iterable[tuple[str, str | bytes]]) -> list[str]:
        """Return which secrets stand where; texts come with the names of their places."""
        secrets = {**self.lasting, **self.own}
        found = []
        for place, text in texts:
            known = text if isinstance(text, str) else text.decode("utf-8", "replace")
            found += [f"{name} in {place}" for secret, name in secrets.items() if secret in known]
        return sorted(set(found))


WATCH = Watch()


def values_of(secret: str) -> set[str]:
    """Return what of a secret must not be seen: of an address its path's parts, of several together each."""
    if secret.startswith("{"):
        try:
            told = json.loads(secret)
        except ValueError:
            told = {}
        return {value for name in ("access", "refresh") if len(value := str(told.get(name, ""))) >= SHORTEST}
    if "://" in secret:
        parts = re.split(r"[/?&=]", urlsplit(secret).path)
        return {one for one in parts if len(one) >= SHORTEST and not one.isalpha()}
    return {secret} if len(secret) >= SHORTEST else set()


def files_of(folder: Path | None) -> Iterable[tuple[str, bytes]]:
    """Yield the files of a test's folder that a program, and not the test, is likely to have written."""
    if folder is not None and folder.is_dir():
        for path in folder.rglob("*"):
            if path.suffix in _LOOKED_THROUGH and path.is_file():
                yield path.name, path.read_bytes()


def judge(item: pytest.Item, report: pytest.TestReport) -> None:
    """Fail the report of a test's end where a secret of its was told; the report names the secret and its place."""
    said = [*report.sections, *(("what a command printed", text) for text in WATCH.said)]
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    leaks = WATCH.leaks([*said, *files_of(folder)])
    if leaks:
        report.outcome = "failed"
        report.longrepr = f"a secret was told: {', '.join(leaks)}"


def listen() -> None:
    """Have vaults, connectors, passwords and commands tell the watch what they were given and what they said."""

    def put(_vault: Vault, name: str, secret: str) -> None:
        WATCH.note(name, secret)

    def made(kind: str, _settings: Mapping[str, str], secrets: Mapping[str, str], *_: Any) -> None:
        for name, secret in secrets.items():
            WATCH.note(f"{kind}/{name}", secret)

    def hashed(name: str, password: str) -> None:
        WATCH.note(f"password of {name}", password)

    Vault.put = _first(put, Vault.put)  # type: ignore[method-assign]
    bootstrap.make = _first(made, bootstrap.make)
    people.hashed = _first(hashed, people.hashed)
    for sandbox, name in ((WooStore, "consumer_secret"), (BitrixSiteStore, "secret"), (Rest, "private_key")):
        sandbox.__init__ = _then(sandbox.__init__, name)  # type: ignore[misc]
    Access.add_webhook = _returned(Access.add_webhook, "webhook")  # type: ignore[method-assign]
    Access._keep = _returned(Access._keep, "token")  # type: ignore[method-assign]
    invoke = CliRunner.invoke

    @functools.wraps(invoke)
    def invoked(*arguments: Any, **options: Any) -> Any:
        result = invoke(*arguments, **options)
        WATCH.said.append(result.output)
        return result

    CliRunner.invoke = invoked  # type: ignore[method-assign]


def _first(before: Callable[..., None], real: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(real)
    def both(*arguments: Any, **options: Any) -> Any:
        before(*arguments, **options)
        return real(*arguments, **options)

    return both


def _then(real: Callable[..., None], name: str) -> Callable[..., None]:
    """Return a constructor that tells the watch of the secret kept under a name."""

    @functools.wraps(real)
    def both(made: Any, *arguments: Any, **options: Any) -> None:
        real(made, *arguments, **options)
        WATCH.note(f"{type(made).__name__}/{name}", getattr(made, name))

    return both


def _returned(real: Callable[..., str], name: str) -> Callable[..., str]:
    """Return a function that tells the watch of the secret it returns."""

    @functools.wraps(real)
    def both(*arguments: Any, **options: Any) -> str:
        secret = real(*arguments, **options)
        WATCH.note(f"sandbox/{name}", secret)
        return secret

    return both
