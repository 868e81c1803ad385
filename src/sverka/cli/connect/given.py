"""What a connector asks for, gathered from options, the environment, what was saved earlier, and the person."""

import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import typer

from sverka.bootstrap import House
from sverka.cli.screen import line
from sverka.cli.words import say, t
from sverka.connectors.registry import Manifest, Wanted
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text


@dataclass(frozen=True)
class Given:
    """The values of a connection, by name; secrets apart, and never in a repr."""

    settings: Mapping[str, str]
    secrets: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Given(settings={dict(self.settings)!r})"


def gather(house: House, manifest: Manifest, name: str, options: Mapping[str, str], asked: Sequence[str]) -> Given:
    """Return the values: an option's, else SVERKA_SECRET_NAME's, else the saved, else one drawn, else the person's.

    `asked` are secrets to be prompted for although they are not required. Without a terminal nobody is asked.

    Raises:
        Misconfigured: something required is missing; the sentence names it and how to give it.
    """
    saved = house.storage.connections.get(name)
    kept = {key: str(value) for key, value in saved.settings.items()} if saved else {}
    values: dict[str, str] = {}
    for one in manifest.wanted:
        value = options.get(one.name) or _from_env(one)
        if not value and one.name in asked:
            value = _prompt(one)
        value = value or (house.storage.vault.get(f"{name}/{one.name}") if one.is_secret else kept.get(one.name)) or ""
        if not value and one.is_made:
            value = secrets.token_hex(20)
        if not value and one.is_required:
            value = _prompt(one)
        if one.options and value and value not in one.options:
            raise typer.BadParameter(
                t(f"{one.name} may be: {', '.join(one.options)}.", f"{one.name} может быть: {', '.join(one.options)}.")
            )
        if value:
            values[one.name] = value
    hidden = {one.name for one in manifest.wanted if one.is_secret}
    return Given(
        {key: value for key, value in values.items() if key not in hidden},
        {key: value for key, value in values.items() if key in hidden},
    )


def pairs(manifest: Manifest, sets: Sequence[str], asked: Sequence[str]) -> dict[str, str]:
    """Return what `--set name=value` gave; bad usage where a name is none of the connector's."""
    known = {one.name for one in manifest.wanted}
    found: dict[str, str] = {}
    for text in sets:
        name, mark, value = text.partition("=")
        if not mark:
            # The text may be a secret, so it is not repeated.
            raise typer.BadParameter(t("--set takes name=value.", "--set принимает имя=значение."))
        found[name.strip()] = value.strip()
    for name in (*found, *asked):
        if name not in known:
            names = ", ".join(sorted(known))
            raise typer.BadParameter(
                t(
                    f"{manifest.kind} has no {name!r}; it has: {names}.",
                    f"У {manifest.kind} нет {name!r}; есть: {names}.",
                )
            )
    return found


def _from_env(one: Wanted) -> str:
    return os.environ.get(f"SVERKA_SECRET_{one.name.upper()}", "").strip() if one.is_secret else ""


def _prompt(one: Wanted) -> str:
    if not sys.stdin.isatty():
        raise Misconfigured(_missing(one))
    line(say(one.help))
    default = one.default or (None if one.is_required else "")
    return str(typer.prompt(say(one.label), hide_input=one.is_secret, default=default, show_default=bool(default)))


def _missing(one: Wanted) -> Text:
    if one.is_secret:
        variable = f"SVERKA_SECRET_{one.name.upper()}"
        return Text(
            f"{one.label.en} is missing; run this in a terminal to be asked, or set {variable}. {one.help.en}",
            f"Не задано: {one.label.ru}; выполните команду в терминале, она спросит, или задайте {variable}. "
            f"{one.help.ru}",
        )
    return Text(
        f"{one.label.en} is missing; give it as --set {one.name}=VALUE. {one.help.en}",
        f"Не задано: {one.label.ru}; передайте --set {one.name}=ЗНАЧЕНИЕ. {one.help.ru}",
    )
