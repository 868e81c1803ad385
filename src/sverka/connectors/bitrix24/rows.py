"""Product rows: a deal's line items, both ways."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sverka.connectors.bitrix24.products import Key, product_of
from sverka.connectors.bitrix24.values import items_of
from sverka.connectors.bitrix24.wire.params import Param
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.money import ZERO, amount_of, to_kopecks
from sverka.domain.commerce.value import Value, lines_of
from sverka.domain.errors import Rejected, Unanswered
from sverka.domain.text import Text

MOST = 1000
"""Rows of one deal: each is up to ten values of a form, and a portal's PHP cuts a form off at some ten thousand."""


def lines(answer: Any) -> tuple[Line, ...]:
    """Return the lines an answer of crm.item.productrow.* holds; Unanswered where a number is none."""
    try:
        return tuple(_line(row) for row in items_of(answer, "productRows"))
    except ValueError as error:
        raise Unanswered from error


def rows(value: Value, found: Mapping[Key, str]) -> Sequence[Mapping[str, Param]]:
    """Return the rows for a field's lines: the price final, bound to the product where one is found.

    Raises:
        Rejected: there are more rows than a portal takes.

    """
    listed = lines_of(value)
    if len(listed) > MOST:
        raise Rejected(_too_many(len(listed)))
    return [_row(line, (place + 1) * 10, product_of(line, found)) for place, line in enumerate(listed)]


def _line(row: Mapping[str, Any]) -> Line:
    price, quantity = amount_of(row.get("price")), amount_of(row.get("quantity"))
    rate, product = row.get("taxRate"), str(row.get("productId") or "")
    before = row.get("priceBrutto")
    return Line(
        name=str(row.get("productName") or ""),
        quantity=quantity,
        total=to_kopecks(price * quantity),
        discount=amount_of(row.get("discountSum")) if before in (None, "") else amount_of(before) - price,
        tax_rate=None if rate is None or rate == "" else amount_of(rate),
        product="" if product == "0" else product,
        measure=str(row.get("measureCode") or ""),
        tax_included=row.get("taxIncluded") == "Y",
    )


def _row(line: Line, sort: int, product: str) -> Mapping[str, Param]:
    row: dict[str, Param] = {
        "productName": line.name,
        "price": line.price,
        "quantity": line.quantity,
        "taxIncluded": "Y",
        "sort": sort,
    }
    if product:
        row["productId"] = int(product)
    if line.measure.isdigit():
        row["measureCode"] = int(line.measure)
    if line.tax_rate is not None:
        row["taxRate"] = line.tax_rate
    if line.discount > ZERO:
        row |= {"discountTypeId": 1, "discountSum": _before_tax(line)}
    return row


def _before_tax(line: Line) -> Decimal:
    """Return a line's discount as a portal keeps it: without tax, and so that its price before discount comes out."""
    share = 1 + (line.tax_rate or ZERO) / 100
    return to_kopecks((line.price + line.discount) / share) - to_kopecks(line.price / share)


def _too_many(count: int) -> Text:
    return Text(
        f"{count} product rows are more than a portal takes at once ({MOST}); split the order in the store, or take "
        'lines = "one_line" in the profile.',
        f"{count} строк товаров – больше, чем портал принимает за раз ({MOST}); разделите заказ в магазине или укажите "
        'lines = "one_line" в профиле.',
    )
