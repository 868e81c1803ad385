"""`sverka connection`: what is connected, and why something stands still."""

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.connect.reach import base_of, is_here
from sverka.cli.home import at_home, at_work
from sverka.cli.person import who
from sverka.cli.screen import line, table, warn, whole
from sverka.cli.words import say, t
from sverka.config.load import load
from sverka.connectors.registry import manifests
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import ProfileName
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.text import Text
from sverka.operate.audit import in_words, noted
from sverka.operate.connections import pause_connection, resume_connection
from sverka.operate.documents import on_side
from sverka.storage.connections import SavedConnection

Name = Annotated[str, typer.Argument(help=t("The connection's name.", "Имя подключения."))]


def list_all() -> None:
    """List the connections with what each is and whether it works."""
    with at_home() as house:
        saved = house.storage.connections.list()
        if not saved:
            line(
                t("Nothing is connected; begin with `sverka connect`.", "Подключений нет; начните с `sverka connect`.")
            )
            return
        sides = {Side.STORE: t("store", "магазин"), Side.OFFICE: t("portal", "портал")}
        rows = [(one.name, sides[one.side], _title(one.kind), _state(one)) for one in saved]
        columns = (t("Name", "Имя"), t("Side", "Сторона"), t("System", "Система"), t("State", "Состояние"))
        table(columns, rows, narrow=(1, 2))


def _state(one: SavedConnection) -> str:
    return say(one.stands_still) if one.stands_still else t("works", "работает")


def _title(kind: str) -> str:
    manifest = manifests().get(kind)
    return say(manifest.title) if manifest else kind


def remove(
    name: Name,
    yes: Annotated[
        bool, typer.Option("--yes", help=t("Also switch off the profiles that use it.", "Выключить и её профили."))
    ] = False,
) -> None:
    """Forget a connection and its secrets; refused while profiles use it, unless --yes switches those off."""
    with at_work() as house:
        before = in_words(house.connection(name).settings)
        users = _users(house, name)
        if users and not yes:
            listed = ", ".join(users)
            raise Misconfigured(
                Text(f"{name} is used by profiles: {listed}. To switch them off and remove it, add --yes.",
                     f"{name} нужно профилям: {listed}. Чтобы выключить их и удалить подключение, добавьте --yes.")
            )  # fmt: skip
        noted(house, who(), "connection remove", f"connection {name}", lambda: _forget(house, name, users), before)
        for profile in users:
            line(t(f"Switched off: profile {profile}.", f"Выключен профиль {profile}."))
        line(t(f"Removed: {name}. Nothing was changed there.", f"Удалено: {name}. На той стороне ничего не изменено."))


def _forget(house: House, name: str, users: Sequence[ProfileName]) -> None:
    for profile in users:
        house.storage.profiles.set_active(profile, active=False)
    house.storage.connections.remove(name)
    for secret in [one for one in house.storage.vault.names() if one.startswith(f"{name}/")]:
        house.storage.vault.forget(secret)


def _users(house: House, name: str) -> list[ProfileName]:
    found = []
    for one in house.storage.profiles.list(active_only=True):
        bare = load(one.document, version=one.version)
        if name in (bare.store, bare.office):
            found.append(one.name)
    return found


def exchange(
    name: Name,
    public: Annotated[str, typer.Option(help=t("The hub's address from outside.", "Адрес хаба снаружи."))] = "",
    off: Annotated[bool, typer.Option("--off", help=t("Switch it off.", "Выключить."))] = False,
) -> None:
    """Let a 1C exchange orders with a store through the hub, and say what to type into it."""
    with at_home() as house:
        on_side(house, name, Side.STORE)
        before, after = "on" if house.exchange_password(name) else "off", "off" if off else "on"
        turn: Callable[[str], object] = house.close_exchange if off else house.open_exchange
        if before != after:
            act, subject = "connection exchange", f"connection {name}"
            noted(house, who(), act, subject, lambda: turn(name), before, after)
        if off:
            line(t(f"The exchange of {name} is off: nobody is answered there.",
                   f"Обмен {name} выключен: по его адресу никто не получит ответа."))  # fmt: skip
            return
        facts = {
            t("address", "адрес"): f"{base_of(public)}/exchange/{name}",
            t("user", "пользователь"): name,
            t("password", "пароль"): house.exchange_password(name),
        }
        for title, fact in facts.items():
            whole(f"  {title:12}  {fact}")
        if is_here(base_of(public)):
            warn(t("this address is reached from this machine alone; give the 1C's with --public https://...",
                   "этот адрес виден только с этой машины; адрес для 1С задайте в --public https://..."))  # fmt: skip
        line(t("In the 1C: exchange with a site, orders in both directions. What it sets in an order is written to the "
               f"store and travels on from there. To switch this off: `sverka connection exchange {name} --off`.",
               "В 1С: обмен с сайтом, заказы в обе стороны. Что 1С изменит в заказе, будет записано в магазин и пойдёт "
               f"оттуда дальше. Выключить: `sverka connection exchange {name} --off`."))  # fmt: skip


def pause(name: Name) -> None:
    """Stop a connection until it is resumed; what happens meanwhile is done after."""
    with at_work() as house:
        pause_connection(house, who(), name)
        line(t(f"{name} is stopped. To go on: `sverka connection resume {name}`.",
               f"{name}: остановлено. Продолжить: `sverka connection resume {name}`."))  # fmt: skip


def resume(name: Name) -> None:
    """Let a stopped connection go on."""
    with at_work() as house:
        if resume_connection(house, who(), name):
            line(t(f"{name} goes on.", f"{name} снова работает."), "green")
        else:
            line(t(f"{name} was not stopped.", f"{name} и не было остановлено."))
