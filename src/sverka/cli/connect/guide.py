"""The first questions of a connection: what the shop runs on, what its administrator gives, and a name for it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import typer

from sverka.bootstrap import House
from sverka.cli.connect import asking
from sverka.cli.screen import WARN, line, whole
from sverka.cli.words import say, t
from sverka.connectors.manifest import Suited
from sverka.connectors.registry import Manifest, connectors
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text

NAME: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
NO_NAME: Final = Text(
    "A name has Latin letters, digits, `.`, `_` and `-`.", "В имени – латинские буквы, цифры, `.`, `_` и `-`."
)
"""What names of connections are made of, and what is said of others."""


@dataclass(frozen=True)
class Choice:
    """The kind of connector a person was led to, and the shop it suits where that is known."""

    kind: str
    suited: Suited | None = None

    @property
    def values(self) -> Mapping[str, str]:
        """The settings that follow from the shop."""
        return self.suited.values if self.suited else {}

    @property
    def asks(self) -> Sequence[str]:
        """What is asked for in such a shop although it is not required."""
        return self.suited.asks if self.suited else ()

    def told(self, manifest: Manifest) -> Manifest:
        """Return the manifest with what it says of such a shop: where things are found there."""
        where = self.suited.where if self.suited else {}
        return replace(
            manifest, wanted=tuple(replace(one, where=where.get(one.name, one.where)) for one in manifest.wanted)
        )


def choose_store() -> Choice:
    """Return the connector that suits a person's shop; ends the command where there is none."""
    engines = offers()
    named = [(engine, "") for engine in engines]
    none = (t("None of these", "Ничего из этого"), "")
    place = asking.choose(t("What does the shop run on?", "На чём работает магазин?"), [*named, none])
    if place == len(engines):
        _tell_of_none()
        raise typer.Exit(1)
    ways = list(engines.values())[place]
    if len(ways) == 1:
        kind, one = ways[0]
    else:
        given = [(say(one.given), "") for _, one in ways]
        question = t("What can its administrator give?", "Что может дать администратор?")
        kind, one = ways[asking.choose(question, given)]
    line(t(f"So: connector {kind}.", f"Подойдёт коннектор {kind}."))
    return Choice(kind, one)


def offers() -> Mapping[str, Sequence[tuple[str, Suited]]]:
    """Return, for each engine in the person's words, the connectors that suit it, one of many engines last."""
    stores = {kind: one for kind, one in connectors().manifests.items() if one.side is Side.STORE}
    found: dict[str, list[tuple[str, Suited]]] = {}
    for kind, manifest in stores.items():
        for one in manifest.suits or (_plain(manifest),):
            found.setdefault(say(one.engine), []).append((kind, one))
    for ways in found.values():
        ways.sort(key=lambda way: len({one.engine for one in stores[way[0]].suits}))
    return found


def _plain(manifest: Manifest) -> Suited:
    package = connectors().packages.get(manifest.kind, "")
    more = f" ({package})" if package else ""
    return Suited(Text(manifest.title.en + more, manifest.title.ru + more), manifest.title)


def _tell_of_none() -> None:
    line(
        t(
            "If the shop can exchange orders with 1C, by itself or with a module, go by that: choose the engines that "
            "exchange with 1C. Otherwise a connector is to be written; docs/how-to/write-a-connector.md shows how, "
            "and this drafts one:",
            "Если магазин умеет обмениваться заказами с 1С, сам или с модулем, выберите пункт про обмен с 1С. Иначе "
            "нужен свой коннектор; как его написать, рассказывает docs/how-to/write-a-connector.md, а заготовку даст:",
        )
    )
    whole("  sverka connector new my_shop --side store --into sverka-my-shop")


def choose_name(house: House, usual: str) -> str:
    """Return a person's name for a connection; Enter alone takes the usual one, or the next that is free."""
    taken = {one.name for one in house.storage.connections.list()}
    free = next(name for name in (usual, *(f"{usual}{number}" for number in range(2, 1000))) if name not in taken)
    question = t("A name of yours for it, in Latin letters", "Как назвать это подключение (латиницей)")
    line()
    while True:
        name = str(typer.prompt(question, default=free)).strip()
        if NAME.match(name):
            return name
        line(say(NO_NAME), WARN)
