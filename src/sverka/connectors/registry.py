"""The connectors there are: what each needs to be told, and how it is made."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeAlias

from sverka.connectors import bitrix24, bitrix_site, commerceml, pixlpark, woocommerce
from sverka.connectors.kit import Kit
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.ports.backoffice import BackOffice
from sverka.ports.store import Store

Connector: TypeAlias = Store | BackOffice

_FACTORIES: Mapping[str, Callable[[Mapping[str, str], Mapping[str, str], Kit], Connector]] = {
    "bitrix24": bitrix24.connect,
    "bitrix_site": bitrix_site.connect,
    "commerceml": commerceml.connect,
    "pixlpark": pixlpark.connect,
    "woocommerce": woocommerce.connect,
}


@dataclass(frozen=True)
class Wanted:
    """One setting or secret a connector asks for, from its manifest."""

    name: str
    label: Text
    help: Text
    is_secret: bool
    is_required: bool
    default: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """What a connector says of itself."""

    kind: str
    side: Side
    title: Text
    wanted: tuple[Wanted, ...]


@cache
def manifests() -> Mapping[str, Manifest]:
    """Return every connector's manifest by its kind."""
    return {kind: _manifest(kind) for kind in _FACTORIES}


def _manifest(kind: str) -> Manifest:
    raw = tomllib.loads((files("sverka.connectors") / kind / "manifest.toml").read_text("utf-8"))
    wanted = [
        Wanted(
            name,
            Text(**row["label"]),
            Text(**row["help"]),
            table == "secrets",
            bool(row["required"]),
            str(row.get("default", "")),
            tuple(row.get("options", ())),
        )
        for table in ("settings", "secrets")
        for name, row in raw.get(table, {}).items()
    ]
    return Manifest(kind, Side(raw["side"]), Text(**raw["title"]), tuple(wanted))


def make(kind: str, settings: Mapping[str, str], secrets: Mapping[str, str], kit: Kit) -> Connector:
    """Return a connector of a kind.

    Raises:
        Misconfigured: there is no such kind, or something required is missing.
    """
    if kind not in _FACTORIES:
        known = ", ".join(sorted(_FACTORIES))
        raise Misconfigured(
            Text(f"There is no connector {kind!r}; there are: {known}.", f"Нет коннектора {kind!r}; есть: {known}.")
        )
    given = {**settings, **secrets}
    missing = [one.name for one in manifests()[kind].wanted if one.is_required and not given.get(one.name)]
    if missing:
        names = ", ".join(missing)
        raise Misconfigured(
            Text(f"{kit.name} lacks: {names}; run `sverka connect` again.",
                 f"Для {kit.name} не задано: {names}; выполните `sverka connect` ещё раз.")
        )  # fmt: skip
    return _FACTORIES[kind](settings, secrets, kit)
