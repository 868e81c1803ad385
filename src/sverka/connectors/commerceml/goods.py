"""The positions of an order's document: goods and services, and the delivery that stands among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sverka.connectors.commerceml.values import amount, is_true
from sverka.connectors.commerceml.xml import Node
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.money import ZERO, to_kopecks
from sverka.domain.commerce.order import Shipment

DELIVERY = "ORDER_DELIVERY"
"""The id of the position that is no product but the price of delivery."""

BASKET = "СвойствоКорзины#"
_SKUS = ("ARTICLE", "ARTNUMBER", "CML2_ARTICLE", "SKU")
_TECHNICAL = {"NAME", "PHOTO", "OLD_PRICE", "BASE_PRICE", "DETAIL_PAGE_URL", *_SKUS}


@dataclass(frozen=True)
class Goods:
    """What an order is made of; `discount` is what its positions were given off in all."""

    lines: Sequence[Line]
    delivery: Sequence[Shipment]
    discount: Decimal


def goods_of(document: Node) -> Goods:
    """Read the positions; one that costs nothing and is delivery stays delivery."""
    rows = [(row, row.requisites()) for row in document.under("Товары", "Товар")]
    goods = [_line(row, told) for row, told in rows if not is_delivery(row, told)]
    delivery = [_delivery(row) for row, told in rows if is_delivery(row, told)]
    return Goods(goods, delivery, to_kopecks(sum((line.discount * line.quantity for line in goods), ZERO)))


def is_delivery(row: Node, told: Mapping[str, str]) -> bool:
    """Tell whether a position is the order's delivery, by its id, or by its name in engines that give it none."""
    if row.told("Ид"):
        return row.told("Ид") == DELIVERY
    return told.get("ТипНоменклатуры") == "Услуга" and row.told("Наименование").casefold().startswith("доставка")


def on_delivery(shipments: Sequence[Shipment], delivery: Sequence[Shipment]) -> Sequence[Shipment]:
    """Return the shipments with the order's price of delivery, which stands with the first where theirs differ."""
    price = sum((one.price for one in delivery), ZERO)
    rates = [one.tax_rate for one in delivery]
    rate = rates[0] if rates else None
    if not delivery or sum((one.price for one in shipments), ZERO) == price:
        return [replace(one, tax_rate=rate) for one in shipments]
    return [replace(one, price=price if place == 0 else ZERO, tax_rate=rate) for place, one in enumerate(shipments)]


def _line(row: Node, told: Mapping[str, str]) -> Line:
    quantity = amount(row.told("Количество")) or Decimal(1)
    total, is_net = _total(row, quantity)
    chosen = {name.partition("#")[2]: value for name, value in told.items() if name.startswith(BASKET)}
    return Line(
        name=" ".join(row.told("Наименование").split()),
        quantity=quantity,
        total=total,
        discount=_discount(row),
        tax_rate=_rate(row),
        product=row.told("Ид"),
        sku=row.told("Артикул") or next((chosen[code] for code in _SKUS if chosen.get(code)), ""),
        measure=_measure(row),
        kind="service" if told.get("ТипНоменклатуры") == "Услуга" else "goods",
        properties=_properties(row, chosen),
        xml_id=row.told("Ид"),
        id=told.get("НомерПозицииКорзины", ""),
        tax_included=not is_net,
    )


def _total(row: Node, quantity: Decimal) -> tuple[Decimal, bool]:
    """Return what a position costs with its tax, and whether the shop's price is without it."""
    total = amount(row.told("Сумма")) if row.told("Сумма") else amount(row.told("ЦенаЗаЕдиницу")) * quantity
    on_top = [
        amount(tax.told("Сумма"))
        for tax in row.under("Налоги", "Налог")
        if tax.told("УчтеноВСумме") and not is_true(tax.told("УчтеноВСумме"))
    ]
    off = [
        amount(one.told("Сумма"))
        for one in row.under("Скидки", "Скидка")
        if one.told("УчтеноВСумме") and not is_true(one.told("УчтеноВСумме"))
    ]
    return to_kopecks(total + sum(on_top, ZERO) - sum(off, ZERO)), bool(on_top)


def _discount(row: Node) -> Decimal:
    """Return what was taken off one unit; shops write the discount of a position per unit."""
    return sum((amount(one.told("Сумма")) for one in row.under("Скидки", "Скидка")), ZERO)


def _rate(row: Node) -> Decimal | None:
    told = next((rate.told("Ставка") for rate in row.under("СтавкиНалогов", "СтавкаНалога")), "")
    bare = told.replace("%", "").strip()
    if not bare or not bare[0].isdigit():
        return None
    rate = amount(bare).normalize()
    return rate.quantize(Decimal(1)) if rate == rate.to_integral_value() else rate


def _measure(row: Node) -> str:
    unit = row.child("БазоваяЕдиница")
    if unit is not None:
        return unit.attr("Код") or unit.text.strip()
    unit = row.child("Единица")
    return (unit.told("Код") or unit.told("Ид")) if unit is not None else ""


def _properties(row: Node, chosen: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return what was chosen of an offer: its characteristics, and the basket's properties but technical ones."""
    traits = [
        (one.told("Наименование"), one.told("Значение"))
        for one in row.under("ХарактеристикиТовара", "ХарактеристикаТовара")
    ]
    basket = [
        (code, value)
        for code, value in chosen.items()
        if value and code not in _TECHNICAL and not code.endswith("XML_ID")
    ]
    return tuple(dict.fromkeys([*(pair for pair in traits if pair[1]), *basket]))


def _delivery(row: Node) -> Shipment:
    name = row.told("Наименование")
    return Shipment("", "", name, _total(row, Decimal(1))[0], tax_rate=_rate(row))
