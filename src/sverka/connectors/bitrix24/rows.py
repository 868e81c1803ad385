"""Product rows: a deal's line items, both ways."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sverka.connectors.bitrix24.params import Param
from sverka.connectors.bitrix24.values import items_of
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.money import amount_of, to_kopecks
from sverka.domain.commerce.value import Value, lines_of
from sverka.domain.errors import Unanswered


def lines(answer: Any) -> tuple[Line, ...]:
    """Return the lines an answer of crm.item.productrow.* holds; Unanswered where a number is none."""
    try:
        return tuple(_line(row) for row in items_of(answer, "productRows"))
    except ValueError as error:
        raise Unanswered from error


def rows(value: Value) -> Sequence[Mapping[str, Param]]:
    """Return the rows for a field's lines: free text each, the price final, so that no catalogue is needed."""
    return [_row(line, (place + 1) * 10) for place, line in enumerate(lines_of(value))]


def _line(row: Mapping[str, Any]) -> Line:
    price, quantity = amount_of(row.get("price")), amount_of(row.get("quantity"))
    rate = row.get("taxRate")
    return Line(
        name=str(row.get("productName") or ""),
        quantity=quantity,
        total=to_kopecks(price * quantity),
        discount=amount_of(row.get("discountSum")),
        tax_rate=None if rate is None or rate == "" else amount_of(rate),
        measure=str(row.get("measureCode") or ""),
    )


def _row(line: Line, sort: int) -> Mapping[str, Param]:
    row: dict[str, Param] = {
        "productName": line.name,
        "price": line.price,
        "quantity": line.quantity,
        "taxIncluded": "Y",
        "sort": sort,
    }
    if line.tax_rate is not None:
        row["taxRate"] = line.tax_rate
    if line.discount > Decimal(0):
        row |= {"discountTypeId": 1, "discountSum": line.discount}
    return row
