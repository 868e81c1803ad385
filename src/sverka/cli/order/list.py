"""`sverka order list`: bound orders, or what differs, as sentences, for programs, or for a spreadsheet."""

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.home import at_home
from sverka.cli.order.filters import Only, narrowed
from sverka.cli.order.show import Json, show_differences
from sverka.cli.screen import STRONG, WARN, line, table
from sverka.cli.words import language, say, t
from sverka.connectors.registry import Connector
from sverka.domain.commerce.value import is_empty
from sverka.domain.commerce.value import show as show_value
from sverka.domain.errors import Problem
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.binding import Binding
from sverka.engine.survey.whole import read_stores
from sverka.operate.orders import bound_orders, difference_data
from sverka.operate.status import WHYS
from sverka.ports.guard import free
from sverka.ports.pages import HasPages
from sverka.storage.conflicts import Shown

_SCREEN, _EVERY = 100, 1_000_000_000
"""How many lines a person is shown, and a bound that nothing reaches, for what is read by programs."""

_TOLD = {
    "status": "status", "buyer": "customer.name", "delivery": "delivery.method_name", "payment": "payment.method_name",
}  # fmt: skip
"""What a list says of an order, and the keys it stands under."""

_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d() -]*$)")
"""A cell that begins so is a formula to a spreadsheet; a phone or a number is not one."""


@narrowed
def list_all(
    *,
    differences: Annotated[
        bool, typer.Option("--differences", help=t("Only what differs, with reasons.", "Только расхождения."))
    ] = False,
    only: Only,
    details: Annotated[
        bool, typer.Option("--details", help=t("Ask the stores what each order is.", "Спросить магазины о заказах."))
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help=t("How many at most; 100 on the screen.", "Сколько; на экран 100.")),
    ] = None,
    as_json: Json = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help=t("Differences for a spreadsheet.", "Расхождения для таблицы."))
    ] = False,
) -> None:
    """List bound orders with their records, or everything that differs."""
    limit = limit or (_EVERY if as_json or as_csv else _SCREEN)
    with at_home() as house:
        if differences or as_csv or only.is_about_differences:
            found = house.storage.differences.list(limit=limit + 1, asked=only.asked(house.clock.now()))
            _show(found, limit, as_json=as_json, as_csv=as_csv)
            if not (as_json or as_csv):
                _tell_waiting(house)
            return
        bound = bound_orders(house, limit, only.profile, only.store)
        _show_bound(house, bound, as_json=as_json, details=details)


def _show_bound(house: House, bound: Sequence[Binding], *, as_json: bool, details: bool) -> None:
    held = {one.order for one in house.storage.differences.list(limit=None)}
    told = told_of(house, [one.order for one in bound]) if details else {}
    offices = house.storage.connections.list(Side.OFFICE) if details else []
    links = {one.name: house.connector(one) for one in offices}
    if as_json:
        rows = [
            {"order": str(b.order), "office": b.office, "record": b.record, "profile": b.profile}
            | ({"link": _link(b, links), **told.get(b.order, {})} if details else {})
            for b in bound
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    if not bound:
        line(t("No order has a record yet.", "Ни у одного заказа ещё нет записи."))
        return
    differs = t("differs", "расходится")
    if details:
        for b in bound:
            line(f"{b.order} ↔ {_link(b, links)}{f' ({differs})' if b.order in held else ''}", STRONG)
            line(f"  {', '.join(one for one in told.get(b.order, {}).values() if one) or '–'}")
        return
    table(
        (t("Order", "Заказ"), t("Portal", "Портал"), t("Record", "Запись"), t("Profile", "Профиль"), ""),
        [(str(b.order), b.office, b.record, b.profile, differs if b.order in held else "") for b in bound],
    )


def told_of(house: House, orders: Sequence[OrderRef]) -> dict[OrderRef, dict[str, str]]:
    """Return what stores tell of orders: status, buyer, delivery, payment; an order that cannot be read says why."""
    found: dict[OrderRef, dict[str, str]] = {}
    for order, shown in read_stores(house.hub(), list(dict.fromkeys(orders)), free).items():
        if isinstance(shown, Problem):
            found[order] = {"problem": say(shown.text)}
            continue
        paid = t("paid", "оплачен") if shown.get("payment.paid") is True else t("not paid", "не оплачен")
        told = {name: shown.get(key) for name, key in _TOLD.items()}
        found[order] = {name: "" if is_empty(value) else show_value(value) for name, value in told.items()}
        found[order]["paid"] = paid
    return found


def _link(one: Binding, portals: Mapping[str, Connector]) -> str:
    """Return the address of a record's card; what is in no known portal is only named."""
    portal = portals.get(one.office)
    return portal.page_of(one.record) if isinstance(portal, HasPages) else f"{one.office} {one.record}"


def _show(found: Sequence[Shown], limit: int, *, as_json: bool, as_csv: bool) -> None:
    if as_json:
        typer.echo(json.dumps([difference_data(one, language()) for one in found[:limit]], ensure_ascii=False))
    elif as_csv:
        write_csv(found[:limit])
    else:
        show_differences(found[:limit])
        if found:
            line()
            line(counted(found[:limit]), STRONG)
        if len(found) > limit:
            line(t(f"There are more than these {limit}; see them with --limit.",
                   f"Показаны только {limit}; остальные – с --limit."))  # fmt: skip


def _tell_waiting(house: House) -> None:
    """Say how many orders nobody has looked at yet: what differs in them is not in any list."""
    orders = house.storage.accounts.orders_waiting()
    if orders:
        line(t(f"Orders that wait to be looked at, so that more may differ: {orders}. A running `sverka up` looks at "
               "them, `sverka status` says how long they wait.",
               f"Заказов ждут просмотра, в них тоже могут найтись расхождения: {orders}. Их смотрит запущенный "
               "`sverka up`, сколько они ждут – в `sverka status`."), WARN)  # fmt: skip


def counted(found: Sequence[Shown]) -> str:
    """Return how many differences there are of each reason, in words."""
    reasons = Counter(one.difference.why for one in found)
    return ", ".join(f"{say(WHYS[why])}: {amount}" for why, amount in reasons.most_common())


def write_csv(found: Sequence[Shown]) -> None:
    """Print differences as a table that spreadsheets open: with a mark of UTF-8, and no cell that is a formula."""
    rows = [difference_data(one, language()) for one in found]
    names = ["order", "profile", "key", "why", "store", "office", "text", "since", "decided"]
    sys.stdout.write("\ufeff")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) else text
