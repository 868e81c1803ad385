"""`sverka connection show` and `sverka connector show`: what is connected and could be, with what it can and cannot."""

from collections.abc import Iterable
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.connect.abilities import tell_abilities
from sverka.cli.connect.reach import base_of, is_here, only_here
from sverka.cli.connect.trying import tell_of_notices
from sverka.cli.home import at_home
from sverka.cli.screen import STRONG, WARN, line, table
from sverka.cli.words import say, t
from sverka.connectors.manifest import Kept
from sverka.connectors.quality import RULES
from sverka.connectors.registry import Manifest, Wanted, connectors
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.storage.connections import SavedConnection


def connection(
    name: Annotated[str, typer.Argument(help=t("The connection's name.", "Имя подключения."))],
    public: Annotated[str, typer.Option(help=t("The hub's address from outside.", "Адрес хаба снаружи."))] = "",
) -> None:
    """Show a connection: what it was told, what it can and cannot do, and what the other side needs; asks nobody."""
    with at_home() as house:
        saved = house.connection(name)
        manifest = connectors().manifests.get(saved.kind)
        if manifest is None:
            raise Misconfigured(connectors().broken.get(saved.kind) or _gone(saved))
        line(f"{name}: {say(manifest.title)} ({saved.kind})", STRONG)
        if saved.stands_still:
            line(f"  x {say(saved.stands_still)}", WARN)
        _tell_settings(house, saved, manifest)
        _tell_abilities(house, saved, manifest)
        if saved.settings.get("portal"):
            line(t("It is entered by a local application; `sverka doctor` says how its changes come.",
                   "Вход – локальным приложением; как приходят изменения, скажет `sverka doctor`."))  # fmt: skip
            return
        base = base_of(public)
        line()
        line(
            t("What the other side needs, where it is not done yet:", "Что нужно на той стороне, если ещё не сделано:"),
            STRONG,
        )
        if is_here(base):
            line(f"  ! {say(only_here(base))}", WARN)
        tell_of_notices(name, manifest, f"{base}/hooks/{name}/{house.hook_key(name)}", base, unreachable=False)


def connector(
    kind: Annotated[str, typer.Argument(help=t("See `sverka connector list`.", "См. `sverka connector list`."))],
) -> None:
    """Show a connector before anything is connected: what it asks for, and which rules it keeps or cannot keep."""
    found = connectors()
    if kind in found.broken:
        raise Misconfigured(found.broken[kind])
    if kind not in found.manifests:
        listed = ", ".join(sorted(found.manifests))
        raise typer.BadParameter(t(f"KIND may be: {listed}.", f"Вид может быть: {listed}."))
    manifest = found.manifests[kind]
    line(f"{kind}: {say(manifest.title)}", STRONG)
    for one in manifest.suits:
        line(f"  {say(one.engine)}: {say(one.given)}.")
    line()
    line(t("It asks for:", "Он спросит:"), STRONG)
    for wanted in manifest.wanted:
        _tell_wanted(wanted)
    line()
    line(t("How it keeps the rules of connectors:", "Как он держит правила коннекторов:"), STRONG)
    _tell_rules(manifest.quality.items())


def _tell_wanted(one: Wanted) -> None:
    needed = t("required", "обязательно") if one.is_required else t("may be left out", "можно не задавать")
    hidden = t(", secret", ", секрет") if one.is_secret else ""
    line(f"  + {say(one.label)} – {one.name}{hidden}, {needed}")
    line(f"    {say(one.help)}")
    if one.where:
        line(f"    {t('Where', 'Где')}: {say(one.where)}")


def _tell_rules(rules: Iterable[tuple[str, Kept]]) -> None:
    levels = {"done": t("kept", "держит"), "todo": t("not yet", "ещё нет"), "exempt": t("cannot", "не может")}
    rows = [(say(RULES[name]), levels[one.level], say(one.reason) if one.reason else "") for name, one in rules]
    table((t("Rule", "Правило"), "", t("Why", "Почему")), rows, narrow=(1,))


def _tell_settings(house: House, saved: SavedConnection, manifest: Manifest) -> None:
    rows = []
    for one in manifest.wanted:
        if one.is_secret:
            is_given = house.storage.vault.get(f"{saved.name}/{one.name}") is not None
            value = t("given", "задан") if is_given else "–"
        else:
            value = str(saved.settings.get(one.name) or one.default or "–")
        rows.append((one.name, say(one.label), value))
    table((t("Setting", "Настройка"), "", t("Value", "Значение")), rows, narrow=(0,))
    command = "portal" if manifest.side is Side.OFFICE else "store"
    again = f"sverka connect {command} {saved.name}"
    line(t(f"To change one: `{again} --set NAME=VALUE`, a secret: `{again} --secret NAME`.",
           f"Изменить настройку: `{again} --set ИМЯ=ЗНАЧЕНИЕ`, секрет: `{again} --secret ИМЯ`."))  # fmt: skip


def _tell_abilities(house: House, saved: SavedConnection, manifest: Manifest) -> None:
    fields = house.storage.catalogues.get(saved.name)
    if manifest.side is Side.OFFICE:
        line()
        line(t("How it keeps the rules of connectors:", "Как оно держит правила коннекторов:"), STRONG)
        _tell_rules(manifest.quality.items())
    elif not fields:
        again = f"`sverka connect store {saved.name}`"
        line(t(f"It has never passed its check, so what it can is not known; run {again}.",
               f"Проверка ещё не пройдена, и что оно умеет, неизвестно; выполните {again}."), WARN)  # fmt: skip
    else:
        tell_abilities(saved.name, house.connector(saved), manifest, fields)  # type: ignore[arg-type] # it is a store


def _gone(saved: SavedConnection) -> Text:
    return Text(
        f"{saved.name} was connected by a connector {saved.kind} that is not here; install its package.",
        f"{saved.name} подключено коннектором {saved.kind}, которого здесь нет; установите его пакет.",
    )
