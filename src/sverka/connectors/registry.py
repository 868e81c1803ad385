"""The connectors there are, the hub's own and those of other packages: what each wants to be told, and how it is made.

A package offers one by an entry point of the group `sverka.connectors`, named by its kind and leading to a module with
`connect` in it and `manifest.toml` beside it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from types import ModuleType
from typing import Final, TypeAlias

from sverka.connectors import bitrix24, bitrix_site, commerceml, pixlpark, woocommerce
from sverka.connectors.guarded import guard
from sverka.connectors.kit import Kit
from sverka.connectors.manifest import Manifest, Wanted, read_manifest
from sverka.domain.errors import Misconfigured, Problem
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.ports.backoffice import BackOffice
from sverka.ports.store import Store

__all__ = ["GROUP", "Connector", "Connectors", "Manifest", "Wanted", "connectors", "gather", "make", "manifests"]

Connector: TypeAlias = Store | BackOffice
Connect: TypeAlias = Callable[[Mapping[str, str], Mapping[str, str], Kit], Connector]

GROUP: Final = "sverka.connectors"
"""The group of entry points by which other packages offer theirs."""

_OWN: Mapping[str, ModuleType] = {
    "bitrix24": bitrix24,
    "bitrix_site": bitrix_site,
    "commerceml": commerceml,
    "pixlpark": pixlpark,
    "woocommerce": woocommerce,
}


_PORTS: Final = {
    Side.STORE: frozenset({"can", *(name for name in vars(Store) if not name.startswith("_"))}),
    Side.OFFICE: frozenset(name for name in vars(BackOffice) if not name.startswith("_")),
}
"""What must be there for the hub to talk to a side at all."""


@dataclass(frozen=True)
class Connectors:
    """The connectors that can be used, by kind; and those that cannot, with a sentence that says why.

    `packages` has the name of the package of every one that is not the hub's own.
    """

    manifests: Mapping[str, Manifest]
    factories: Mapping[str, Connect]
    broken: Mapping[str, Text]
    packages: Mapping[str, str]


@cache
def connectors() -> Connectors:
    """Return those of this process, looked for once."""
    return gather(entry_points(group=GROUP))


def gather(offered: Iterable[EntryPoint]) -> Connectors:
    """Return the hub's own connectors and those offered; a broken one is named and spoils no other.

    Of two that go by one kind neither is taken, but for the hub's own, which stays.
    """
    manifests = {kind: read_manifest(files(module), kind) for kind, module in _OWN.items()}
    factories: dict[str, Connect] = {kind: module.connect for kind, module in _OWN.items()}
    broken: dict[str, Text] = {}
    packages: dict[str, str] = {}
    by_kind: dict[str, dict[str, EntryPoint]] = {}
    for point in offered:
        by_kind.setdefault(point.name, {})[_package(point)] = point
    for kind, points in sorted(by_kind.items()):
        from_ = sorted(points)
        if kind in _OWN or len(points) > 1:
            broken[kind] = _clash(kind, from_)
            continue
        try:
            manifests[kind], factories[kind] = _load(points[from_[0]])
        except Misconfigured as problem:
            broken[kind] = _cannot(kind, from_[0], problem.text)
        else:
            packages[kind] = from_[0]
    return Connectors(manifests, factories, broken, packages)


def _load(point: EntryPoint) -> tuple[Manifest, Connect]:
    try:
        module = point.load()
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise Misconfigured(Text(f"its code does not load ({what})", f"его код не загружается ({what})")) from error
    if not isinstance(module, ModuleType) or not callable(getattr(module, "connect", None)):
        raise Misconfigured(
            Text("its entry point leads to no module with `connect`", "её точка входа ведёт не к модулю с `connect`")
        )
    return read_manifest(files(module), point.name), module.connect


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.value


def _cannot(kind: str, package: str, why: Text) -> Text:
    return Text(
        f"The connector {kind} of the package {package} cannot be used: {why.en}. Mend or uninstall the package, and "
        "start the hub again.",
        f"Коннектор {kind} из пакета {package} не работает: {why.ru}. Исправьте или удалите пакет и запустите хаб "
        "снова.",
    )


def _clash(kind: str, packages: list[str]) -> Text:
    listed = ", ".join(packages)
    if kind in _OWN:
        return Text(
            f"{listed} offers a connector {kind}, and the hub has its own of that name, which stays. Uninstall the "
            "package, or have its author give the connector another name.",
            f"{listed} предлагает коннектор {kind}, а у хаба есть свой с таким именем, он и остаётся. Удалите пакет "
            "или попросите автора назвать коннектор иначе.",
        )
    return Text(
        f"Several packages offer a connector {kind} ({listed}), so none of them is used; uninstall all but one.",
        f"Коннектор {kind} предлагают сразу несколько пакетов ({listed}), поэтому не используется ни один; оставьте "
        "один из них.",
    )


def manifests() -> Mapping[str, Manifest]:
    """Return the manifest of every connector that can be used, by its kind."""
    return connectors().manifests


def make(kind: str, settings: Mapping[str, str], secrets: Mapping[str, str], kit: Kit) -> Connector:
    """Return a connector of a kind.

    Raises:
        Misconfigured: there is no such kind, it cannot be used, or something required is missing.
        Problem: whatever the connector itself has against what it was given.
    """
    found = connectors()
    if kind not in found.factories:
        raise Misconfigured(found.broken.get(kind) or _unknown(kind, found.factories))
    given = {**settings, **secrets}
    missing = [one.name for one in found.manifests[kind].wanted if one.is_required and not given.get(one.name)]
    if missing:
        names = ", ".join(missing)
        raise Misconfigured(
            Text(f"{kit.name} lacks: {names}; run `sverka connect` again.",
                 f"Для {kit.name} не задано: {names}; выполните `sverka connect` ещё раз.")
        )  # fmt: skip
    if kind not in found.packages:
        return found.factories[kind](settings, secrets, kit)
    try:
        made = found.factories[kind](settings, secrets, kit)
    except Problem:
        raise
    except Exception as error:
        what = f"`connect` breaks down ({type(error).__name__})", f"`connect` падает ({type(error).__name__})"
        raise Misconfigured(_cannot(kind, found.packages[kind], Text(*what))) from error
    lacking = ", ".join(sorted(_PORTS[found.manifests[kind].side] - set(dir(made))))
    if lacking:
        what = f"it has no {lacking}", f"в нём нет {lacking}"
        raise Misconfigured(_cannot(kind, found.packages[kind], Text(*what)))
    guard(made, kind, found.packages[kind])
    return made


def _unknown(kind: str, factories: Mapping[str, Connect]) -> Text:
    known = ", ".join(sorted(factories))
    return Text(
        f"There is no connector {kind!r} here; there are: {known}. If another package brings it, install that.",
        f"Коннектора {kind!r} здесь нет; есть: {known}. Если его приносит другой пакет, установите этот пакет.",
    )
