"""Line items as commands of the site: basket items changed, added and taken out, and what delivery costs."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sverka.connectors.bitrix_site.api import Command
from sverka.connectors.bitrix_site.orders import delivery_of, lines_of, rate_of
from sverka.connectors.bitrix_site.rows import rows_of
from sverka.domain.commerce.line_edits import LineEdits, edits
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.money import to_kopecks
from sverka.domain.commerce.value import Value
from sverka.domain.commerce.value import lines_of as lines_in
from sverka.domain.errors import Rejected
from sverka.domain.text import Text

LINES = ("lines", "lines.goods")
"""The keys of line items, with delivery and without."""

MOST = 40
"""Commands for one order's lines at most: they share a request of fifty with the rest of its write."""


def line_commands(tree: Mapping[str, Any], key: str, value: Value, products: Mapping[str, str]) -> list[Command]:
    """Return the commands that make an order's lines the wanted ones, none where they are so already.

    `products` are those of the shop's catalogue that rows may mean, by external code.

    Raises:
        Rejected: the order is paid, shipped or cancelled, or a price cannot be kept without a rest.

    """
    lines, wanted = lines_of(tree), lines_in(value)
    found = edits(lines if key == "lines.goods" else [*lines, *delivery_of(tree, {row.name for row in wanted})], wanted)
    if found and any(tree.get(flag) == "Y" for flag in ("payed", "deducted", "canceled")):
        raise Rejected(_LOCKED)
    commands = list(_commands(tree, found, products))
    if len(commands) > MOST:
        raise Rejected(_TOO_MANY)
    return commands


def _commands(tree: Mapping[str, Any], found: LineEdits, products: Mapping[str, str]) -> Iterator[Command]:
    for before, after in found.changed:
        if before.kind == "delivery":
            yield _delivery(tree, before, after.total)
        else:
            row = next(one for one in rows_of(tree, "basketItems") if str(one.get("id")) == before.id)
            net = rate_of(row) if row.get("vatIncluded") == "N" else None
            yield Command("sale.basketitem.update", {"id": before.id, "fields": _sums(after, net or Decimal(0))})
    for line in found.added:
        yield Command("sale.basketitem.add", {"fields": _new(tree, line, products.get(line.xml_id, "0"))})
    for line in found.removed:
        if line.kind == "delivery":
            yield _delivery(tree, line, Decimal(0))
        else:
            yield Command("sale.basketitem.delete", {"id": line.id})


def _sums(line: Line, net: Decimal) -> dict[str, str]:
    """Return a line's quantity and prices, set by hand; `net` is the share of tax its price has not in it."""
    share = 1 + net
    price, off = to_kopecks(line.total / line.quantity / share), to_kopecks(line.discount / share)
    if to_kopecks(price * line.quantity * share) != line.total:
        raise Rejected(_no_price(line))
    told = {"quantity": f"{line.quantity.normalize():f}", "price": f"{price:f}", "discountPrice": f"{off:f}"}
    return {**told, "basePrice": f"{price + off:f}", "customPrice": "Y"}


def _new(tree: Mapping[str, Any], line: Line, product: str) -> dict[str, str]:
    """Return an added row as an item of the product, 0 being none of the shop's, with its code where it has one."""
    told = {
        "orderId": str(tree["id"]),
        "productId": product,
        "currency": str(tree.get("currency") or ""),
        "name": line.name,
    }
    rate = "" if line.tax_rate is None else f"{(line.tax_rate / 100).normalize():f}"
    code = {"productXmlId": line.xml_id} if line.xml_id else {}
    measure = {"measureCode": line.measure} if line.measure else {}
    return {**told, **_sums(line, Decimal(0)), "vatRate": rate, "vatIncluded": "Y", **code, **measure}


def _delivery(tree: Mapping[str, Any], line: Line, price: Decimal) -> Command:
    row = next(one for one in rows_of(tree, "shipments") if str(one.get("id")) == line.id)
    kept = {key: row.get(key) or "N" for key in ("allowDelivery", "deducted")}
    sums = {"priceDelivery": f"{price:f}", "basePriceDelivery": f"{price:f}", "customPriceDelivery": "Y"}
    return Command(
        "sale.shipment.update", {"id": line.id, "fields": {"deliveryId": row.get("deliveryId"), **kept, **sums}}
    )


_LOCKED = Text(
    "The order is paid, shipped or cancelled on the site, so its goods are not changed; take that back there and retry "
    "or edit the deal back.",
    "Заказ на сайте оплачен, отгружен или отменён, поэтому его состав не изменён; снимите это на сайте и повторите "
    "либо верните строки сделки.",
)
_TOO_MANY = Text(
    f"More than {MOST} rows were changed at once, which the site does not take in one request; change the goods there.",
    f"Изменено больше {MOST} строк сразу, сайт не принимает столько за один запрос; измените состав на сайте.",
)


def _no_price(line: Line) -> Text:
    return Text(
        f"{line.quantity.normalize():f} of “{line.name}” for {line.total:f} have no price in whole kopecks; change the "
        "sum, or give the rows different names.",
        f"У {line.quantity.normalize():f} × «{line.name}» на {line.total:f} нет цены в целых копейках; измените "
        "сумму или назовите строки по-разному.",
    )


def new_codes(tree: Mapping[str, Any], fields: Mapping[str, Value]) -> set[str]:
    """Return the external codes of rows whose goods the order has not yet."""
    rows = [row for key in LINES for row in lines_in(fields.get(key)) if row.xml_id]
    return {row.xml_id for row in rows} - {line.xml_id for line in lines_of(tree)} if rows else set()
