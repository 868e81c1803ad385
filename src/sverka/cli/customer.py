"""`sverka customer list` and `send`: customers a store had before, and who of them the portal knows already."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.home import at_home, at_work
from sverka.cli.order.show import Json
from sverka.cli.person import who
from sverka.cli.screen import BAD, GOOD, line, table
from sverka.cli.words import say, t
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import StoreName
from sverka.domain.mapping.profile import Profile
from sverka.domain.text import Text
from sverka.engine.by_hand.import_customers import Known, known_customers, send_customers
from sverka.engine.hub import Hub
from sverka.operate.audit import note
from sverka.ports.customers import KeepsCustomers, LinksClients, StoreCustomer

_PART = 200
"""Customers looked up and made at a time."""

Store = Annotated[str, typer.Argument(metavar="STORE", help=t("The store's connection.", "Подключение магазина."))]
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help=t("Their ids.", "Их номера."))]
With = Annotated[str, typer.Option("--profile", help=t("The profile that says how.", "Профиль, по правилам которого."))]


def list_all(store: Store, ids: Ids = None, profile: With = "", as_json: Json = False) -> None:
    """List the store's customers with their contacts in the portal."""
    with at_home() as house:
        hub, chosen = _chosen(house, store, profile)
        shown = _Shown(hub, chosen, as_json=as_json)
        for part in _parts(_keeper(hub, store), ids or ()):
            shown.take(known_customers(hub, chosen, part))
    shown.end()


def send(
    store: Store,
    ids: Ids = None,
    everyone: Annotated[bool, typer.Option("--all", help=t("All of them.", "Всех."))] = False,
    preview: Annotated[bool, typer.Option("--preview", help=t("Write nothing.", "Ничего не писать."))] = False,
    profile: With = "",
    as_json: Json = False,
) -> None:
    """Send customers to the portal; those it knows are only remembered. Exit code 1 where any was held."""
    if bool(ids) == everyone:
        raise typer.BadParameter(t("Name customers, or give --all.", "Назовите покупателей или укажите --all."))
    states: Counter[str] = Counter()
    with at_work() as house:
        hub, chosen = _chosen(house, store, profile)
        shown = _Shown(hub, chosen, as_json=as_json)
        act = known_customers if preview else send_customers
        if not preview:
            note(house, who(), "customer send", f"connection {store}", "", " ".join(ids or ("all",)))
        for part in _parts(_keeper(hub, store), ids or ()):
            told = act(hub, chosen, part)
            shown.take(told)
            states.update(state_of(one) for one in told)
    shown.end()
    if not as_json:
        _sum_up(states, preview=preview)
    if states["held"]:
        raise typer.Exit(1)


def state_of(one: Known) -> str:
    """Return what the portal has of a customer, for programs: `known`, `made` just now, `unknown` yet, or `held`."""
    if one.why is not None:
        return "held"
    if one.contact is None:
        return "unknown"
    return "made" if one.is_new else "known"


def _sum_up(states: Counter[str], *, preview: bool) -> None:
    made, known, held = states["unknown" if preview else "made"], states["known"], states["held"]
    told = Text("Would be made", "Было бы создано") if preview else Text("Made", "Создано")
    line(t(f"{told.en}: {made}; known already: {known}; held: {held}.",
           f"{told.ru}: {made}; уже известны: {known}; придержано: {held}."), BAD if held else GOOD)  # fmt: skip


def _chosen(house: House, store: str, name: str) -> tuple[Hub, Profile]:
    house.connection(store)
    hub = house.hub()
    found = [one for one in hub.profiles() if one.store == store and name in ("", one.name)]
    if len(found) == 1 or (found and len({one.office for one in found}) == 1 and not name):
        return hub, found[0]
    if not found:
        raise Misconfigured(
            Text(f"No such profile is in force for {store}; see `sverka profile list` or `sverka profile new`.",
                 f"Для {store} нет такого профиля в силе; смотрите `sverka profile list` или `sverka profile new`.")
        )  # fmt: skip
    names = ", ".join(one.name for one in found)
    raise Misconfigured(
        Text(f"Say which profile's rules hold, with --profile; this store has: {names}.",
             f"Укажите --profile, по чьим правилам; у этого магазина: {names}.")
    )  # fmt: skip


def _keeper(hub: Hub, store: str) -> KeepsCustomers:
    side = hub.stores[StoreName(store)]
    if isinstance(side, KeepsCustomers):
        return side
    raise Misconfigured(
        Text(f"{store} shows no list of customers through its API; their contacts are made with their orders.",
             f"{store} не отдаёт список покупателей через API; контакты создаются вместе с заказами.")
    )  # fmt: skip


def _parts(side: KeepsCustomers, ids: Sequence[str]) -> Iterator[list[StoreCustomer]]:
    customers = iter(side.customers(ids))
    while part := list(islice(customers, _PART)):
        yield part


class _Shown:
    """Customers as they are told: a table for each part on a screen, one list at the end for programs."""

    def __init__(self, hub: Hub, profile: Profile, *, as_json: bool) -> None:
        """Take the portal's side, which knows the addresses of contacts."""
        self._is_empty = True
        self._office = hub.offices[profile.office]
        self._rows: list[dict[str, str | None]] | None = [] if as_json else None

    def take(self, told: Sequence[Known]) -> None:
        """Tell of some more."""
        self._is_empty &= not told
        if self._rows is not None:
            self._rows += [self._data(one) for one in told]
        elif told:
            _show(told)

    def end(self) -> None:
        """Print what is told at the end."""
        if self._rows is not None:
            typer.echo(json.dumps(self._rows, ensure_ascii=False))
        elif self._is_empty:
            line(t("The store shows no such customers.", "Таких покупателей магазин не показывает."))

    def _data(self, one: Known) -> dict[str, str | None]:
        record = one.contact or one.company
        return {
            "customer": one.customer.id,
            "name": _name(one),
            "state": state_of(one),
            "contact": one.contact,
            "company": one.company,
            "link": self._office.address_of(record) if record and isinstance(self._office, LinksClients) else None,
            "why": None if one.why is None else say(one.why),
        }


def _name(one: Known) -> str:
    fields = one.customer.fields
    return str(fields.get("company.name") or fields.get("customer.name") or "")


def _show(told: Sequence[Known]) -> None:
    rows = [
        (one.customer.id, _name(one), _state(one), " ".join(filter(None, (one.contact, one.company)))) for one in told
    ]
    headings = (t("Customer", "Покупатель"), t("Name", "Имя"), t("In Bitrix24", "В Битрикс24"), "Bitrix ID")
    table(headings, rows)


def _state(one: Known) -> str:
    if one.why is not None:
        return say(one.why)
    if one.contact is None:
        return t("not yet", "ещё нет")
    return t("made now", "создан сейчас") if one.is_new else t("already in Bitrix24", "уже в Битрикс24")
