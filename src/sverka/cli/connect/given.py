"""What a connector asks for, gathered from options, the environment, what was saved earlier, and the person."""

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import typer

from sverka.bootstrap import House
from sverka.cli.connect import asking
from sverka.cli.words import say, t
from sverka.connectors.registry import Manifest, Wanted
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text


@dataclass(frozen=True)
class Given:
    """The values of a connection, by name; secrets apart, and never in a repr. `asked`: what a person was asked for."""

    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    asked: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Given(settings={dict(self.settings)!r})"


@dataclass(frozen=True)
class Asked:
    """What is asked of a person: secrets and settings by name, though they are not required.

    Those of `again` are asked for whatever there is already, for what there is was wrong.
    """

    names: Sequence[str] = ()
    again: Sequence[str] = ()

    def has(self, one: Wanted) -> bool:
        """Tell whether this one is asked for."""
        return one.name in self.names or one.name in self.again


def gather(house: House, manifest: Manifest, name: str, options: Mapping[str, str], asked: Asked) -> Given:
    """Return the values: an option's, else SVERKA_SECRET_NAME's, else the saved, else one drawn, else the person's.

    Without a terminal nobody is asked.

    Raises:
        Misconfigured: something required is missing or cannot be right; the sentence says how to give it.
    """
    kept = _kept(house, manifest, name)
    values: dict[str, str] = {}
    due: list[Wanted] = []
    for one in manifest.wanted:
        value = "" if one.name in asked.again else one.tidied(options.get(one.name) or _from_env(one))
        flaw = one.flaw(value) if value else None
        if flaw and one.options:
            raise typer.BadParameter(say(flaw))
        if flaw:
            where = one.where or one.help
            raise Misconfigured(Text(f"{flaw.en} {where.en}", f"{flaw.ru} {where.ru}"))
        must = one.is_required and not (value or kept.get(one.name) or one.is_made)
        if must or (asked.has(one) and not value):
            due.append(one)
        else:
            value = value or kept.get(one.name, "") or (secrets.token_hex(20) if one.is_made else "")
        values[one.name] = value
    for number, one in enumerate(due, start=1):
        values[one.name] = _answer(one, f"{number}/{len(due)}", options.get(one.name) or kept.get(one.name, ""))
    hidden = {one.name for one in manifest.wanted if one.is_secret}
    return Given(
        {key: value for key, value in values.items() if value and key not in hidden},
        {key: value for key, value in values.items() if value and key in hidden},
        tuple(one.name for one in due),
    )


def _kept(house: House, manifest: Manifest, name: str) -> Mapping[str, str]:
    saved = house.storage.connections.get(name)
    if saved is None:
        return {}
    settings = {key: str(value) for key, value in saved.settings.items()}
    vault = {one.name: house.storage.vault.get(f"{name}/{one.name}") or "" for one in manifest.wanted if one.is_secret}
    return {**settings, **vault}


def _answer(one: Wanted, place: str, kept: str) -> str:
    """Return a person's answer; of a secret that is kept, Enter alone leaves it."""
    if not asking.somebody():
        raise Misconfigured(_missing(one))
    return asking.ask(one, place, kept)


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


def _missing(one: Wanted) -> Text:
    where = one.where or one.help
    if one.is_secret:
        variable = f"SVERKA_SECRET_{one.name.upper()}"
        return Text(
            f"{one.label.en} is missing; run this in a terminal to be asked, or set {variable}. {where.en}",
            f"Не задано: {one.label.ru}; выполните команду в терминале, она спросит, или задайте {variable}. "
            f"{where.ru}",
        )
    return Text(
        f"{one.label.en} is missing; give it as --set {one.name}=VALUE. {where.en}",
        f"Не задано: {one.label.ru}; передайте --set {one.name}=ЗНАЧЕНИЕ. {where.ru}",
    )
