"""`sverka connector`: the connectors there are, and a draft of one of your own."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from sverka.cli.screen import BAD, GOOD, line, table, whole
from sverka.cli.words import say, t
from sverka.connectors.registry import connectors
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text

_NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


def list_all() -> None:
    """List the connectors, those of other packages with the package; exit code 1 where one cannot be used."""
    found = connectors()
    sides = {Side.STORE: t("store", "магазин"), Side.OFFICE: t("portal", "портал")}
    own = t("the hub's own", "свой")
    rows = [
        (kind, sides[one.side], say(one.title), found.packages.get(kind, own))
        for kind, one in sorted(found.manifests.items())
    ]
    columns = (t("Kind", "Вид"), t("Side", "Сторона"), t("System", "Система"), t("From", "Откуда"))
    table(columns, rows, narrow=(0, 1))
    for why in found.broken.values():
        line(f"  x {say(why)}", BAD)
    if found.broken:
        raise typer.Exit(1)


def new(
    name: Annotated[str, typer.Argument(help=t("Its kind: small letters, digits, _.", "Вид: a-z, цифры, _."))],
    side: Annotated[Side, typer.Option(help=t("What it connects.", "Что подключает."))],
    into: Annotated[Path, typer.Option(help=t("A folder that is not there yet.", "Новая папка."))],
) -> None:
    """Write a package with a connector that works and passes its contract, to be filled with calls of your system."""
    if not _NAME.match(name):
        raise typer.BadParameter(
            t(
                "A kind has small Latin letters, digits and `_`, and begins with a letter.",
                "Вид – из строчных латинских букв, цифр и `_`, первая – буква.",
            )
        )
    if name in connectors().manifests:
        raise Misconfigured(
            Text(f"There is a connector {name} already; take another name.",
                 f"Коннектор {name} уже есть; возьмите другое имя.")
        )  # fmt: skip
    if into.exists():
        raise Misconfigured(
            Text(f"{into} is there already; name a folder that is not.",
                 f"{into} уже есть; назовите папку, которой ещё нет.")
        )  # fmt: skip
    write_draft(name, side, into)
    line(t(f"Written: {into}. Next:", f"Записано: {into}. Дальше:"), GOOD)
    checkout = Path(__file__).resolve().parents[4] / "scripts" / "add"
    install = f"{checkout} {into} && cd {into}" if checkout.exists() else f"cd {into} && pip install -e '.[test]'"
    whole(f"  {install} && pytest")


def write_draft(name: str, side: Side, into: Path) -> None:
    """Write the package of a draft into a folder, which is made."""
    words = {"kind": name, "klass": "".join(part.title() for part in name.split("_")), "title": name}
    draft = files("sverka.cli.connect") / "draft"
    for source in [*_sources(draft), *_sources(draft / side.value)]:
        file = source.name.removesuffix(".in")
        folder = _FOLDERS.get(file, f"src/sverka_{name}")
        (into / folder).mkdir(parents=True, exist_ok=True)
        (into / folder / file).write_text(Template(source.read_text("utf-8")).substitute(words), "utf-8")


_FOLDERS = {"pyproject.toml": ".", "README.md": ".", "test_contract.py": "tests"}
"""Where files go that are not the package's code."""


def _sources(folder: Traversable) -> list[Traversable]:
    return sorted((one for one in folder.iterdir() if one.name.endswith(".in")), key=lambda one: one.name)
