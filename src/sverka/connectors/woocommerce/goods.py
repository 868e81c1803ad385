"""Line items as the body of a PUT: what is changed, added and taken out, each with its sums before tax.

The shop takes sums without tax and taxes them anew, to the kopeck and line by line. So for every sum with tax one
without it is looked for that leads there; where the shop's arithmetic has none, that is said with the nearest ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sverka.connectors.woocommerce.orders import Reader, rates_of, rows_of, taxes_of
from sverka.domain.commerce.line_edits import edits
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.money import KOPECK, ZERO, to_kopecks
from sverka.domain.commerce.value import Value, lines_of
from sverka.domain.errors import Rejected
from sverka.domain.text import Text

LINES = ("lines", "lines.goods")
"""The keys of line items, with delivery and without."""

_PARTS = {"goods": "line_items", "service": "line_items", "fee": "fee_lines", "delivery": "shipping_lines"}
_NEAR = (0, 1, -1, 2, -2)


def body_of_lines(row: Mapping[str, Any], key: str, value: Value, reader: Reader) -> dict[str, Any]:
    """Return what makes an order's lines the wanted ones, empty where they are so already.

    Raises:
        Rejected: the order lets no goods be edited, or the shop cannot have a line as it is wanted.

    """
    order = reader.order(row)
    current = order.lines if key == "lines.goods" else [*order.lines, *order.delivery_lines()]
    fees = {line.name for line in current if line.kind == "fee"}
    rows = [(row, as_kept(row)) for row in lines_of(value)]
    found = edits(current, [kept if {row.name, kept.name} & fees else row for row, kept in rows])
    if not found:
        return {}
    if row.get("is_editable") is False or row.get("refunds"):
        raise Rejected(_locked(str(row.get("status") or "")))
    rates = rates_of(row)
    body: dict[str, list[dict[str, Any]]] = {}
    for before, after in found.changed:
        own = _row(row, before)
        body.setdefault(_PARTS[before.kind], []).append({"id": own["id"], **_sums(after, _rates(own, rates))})
    for line in found.removed:
        body.setdefault(_PARTS[line.kind], []).append(_removal(line))
    for line in found.added:
        part, new = _new(line, list(rates.values()))
        body.setdefault(part, []).append(new)
    return body


def _row(row: Mapping[str, Any], line: Line) -> Mapping[str, Any]:
    return next(one for one in rows_of(row, _PARTS[line.kind]) if str(one.get("id")) == line.id)


def _rates(own: Mapping[str, Any], rates: Mapping[str, Decimal]) -> Sequence[Decimal]:
    """Return the percents a line is taxed by."""
    used = taxes_of(own)
    if any(id_ not in rates for id_ in used) or (not used and Decimal(str(own.get("total_tax") or 0))):
        raise Rejected(_NO_RATE)
    return [rates[id_] for id_ in used]


def _sums(line: Line, rates: Sequence[Decimal]) -> dict[str, Any]:
    total = _net(line, line.total, rates)
    if line.kind not in ("goods", "service"):
        if line.quantity != 1:
            raise Rejected(_one_piece(line))
        return {"total": f"{total:f}"}
    if line.quantity != line.quantity.to_integral_value():
        raise Rejected(_whole_pieces(line))
    before = to_kopecks(line.total + line.discount * line.quantity)
    share = 1 + sum(rates, Decimal(0)) / 100
    subtotal = max(total, to_kopecks(before / share))
    return {"quantity": int(line.quantity), "subtotal": f"{subtotal:f}", "total": f"{total:f}"}


def _net(line: Line, gross: Decimal, rates: Sequence[Decimal]) -> Decimal:
    """Return the sum without tax that the shop's own taxes make this one of."""
    middle = to_kopecks(gross / (1 + sum(rates, Decimal(0)) / 100))
    tried = [middle + KOPECK * step for step in _NEAR]
    taxed = {net: net + sum((to_kopecks(net * rate / 100) for rate in rates), Decimal(0)) for net in tried}
    fitting = next((net for net in tried if taxed[net] == gross), None)
    if fitting is None:
        near = sorted(set(taxed.values()), key=lambda sum_: abs(sum_ - gross))[:2]
        raise Rejected(_unreachable(line, gross, sorted(near)))
    return fitting


def _removal(line: Line) -> dict[str, Any]:
    if line.kind == "delivery":
        return {"id": int(line.id), "total": "0"}
    return {"id": int(line.id), "name": None} if line.kind == "fee" else {"id": int(line.id), "quantity": 0}


def _new(line: Line, rates: Sequence[Decimal]) -> tuple[str, dict[str, Any]]:
    """Return an added row: a product of the shop's where its article is known, else a fee."""
    kept = as_kept(line)
    if kept.kind == "fee":
        return "fee_lines", {"name": kept.name, "total": f"{_net(line, line.total, rates):f}"}
    return "line_items", {"sku": line.sku, "name": line.name, **_sums(line, rates)}


def as_kept(line: Line) -> Line:
    """Return a deal's row as the shop can keep it: what has no article, or is sold by parts of a piece, is one fee."""
    whole = line.quantity == line.quantity.to_integral_value() and line.quantity > 0
    if line.sku and whole and line.total >= 0:
        return line
    name = line.name if line.quantity == 1 else f"{line.name} × {line.quantity.normalize():f}"
    return replace(line, name=name, quantity=Decimal(1), total=to_kopecks(line.total), discount=ZERO, kind="fee")


def body_of_new_lines(lines: Sequence[Line]) -> dict[str, Any]:
    """Return the goods of an order to be made, with their sums as if the shop had no taxes.

    What taxes a new order bears is the shop's secret until it is made; `body_of_lines` then sets the sums right.
    """
    body: dict[str, list[dict[str, Any]]] = {}
    for line in map(as_kept, lines):
        part, new = _new(line, ())
        body.setdefault(part, []).append(new)
    return body


_NO_RATE = Text(
    "The tax of this line cannot be told from the order, so its price is not changed; change it in the shop.",
    "По заказу не понять налог этой позиции, поэтому её цена не изменена; измените её в магазине.",
)


def _locked(status: str) -> Text:
    return Text(
        f"WooCommerce lets no goods be edited in an order of status “{status}” or with refunds; set it on-hold or "
        "pending there and retry, or edit the deal back.",
        f"WooCommerce не даёт менять состав заказа в статусе «{status}» или с возвратами; переведите его в on-hold или "
        "pending и повторите либо верните строки сделки.",
    )


def _one_piece(line: Line) -> Text:
    return Text(
        f"“{line.name}” has no article, and WooCommerce keeps such a row as a fee of one piece; set its quantity to 1, "
        "or bind the row to a product with an article.",
        f"У «{line.name}» нет артикула, а WooCommerce хранит такую строку только как сбор в одну штуку; укажите "
        "количество 1 или привяжите строку к товару с артикулом.",
    )


def _whole_pieces(line: Line) -> Text:
    return Text(
        f"WooCommerce sells whole pieces, and “{line.name}” has {line.quantity.normalize():f}; correct the quantity.",
        f"WooCommerce продаёт только целыми штуками, а у «{line.name}» {line.quantity.normalize():f}; исправьте.",
    )


def _unreachable(line: Line, gross: Decimal, near: Sequence[Decimal]) -> Text:
    told = ", ".join(f"{sum_:f}" for sum_ in near)
    return Text(
        f"With the shop's tax no price makes {gross:f} for “{line.name}”; the nearest sums are {told}.",
        f"С налогом магазина сумма {gross:f} для «{line.name}» недостижима; ближайшие: {told}.",
    )
