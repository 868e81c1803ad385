"""Items of an order as line items whose sum is the order's, its discount and its delivery apart."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from sverka.domain.commerce.lines import Line, sum_of
from sverka.domain.commerce.money import KOPECK, amount_of, to_kopecks


def lines_of(items: Sequence[Mapping[str, Any]], due: Decimal) -> Sequence[Line]:
    """Return the items as line items; `due` is what the order costs without its delivery.

    Nothing published says whether an item's sum has its discount in it, so what agrees with the order is taken: the
    items' sums, these less their own discounts, or these with the order's discount spread over them to the kopeck.
    Where nothing agrees they stay as told, and the order is held for a person to look at.
    """
    lines = [_line(item) for item in items]
    total = sum_of(lines)
    if total == due:
        return lines
    less = [_less(line, amount_of(item.get("DiscountPrice"))) for line, item in zip(lines, items, strict=True)]
    if sum_of(less) == due:
        return less
    return _spread(lines, total, due) if 0 <= due < total else lines


def _line(item: Mapping[str, Any]) -> Line:
    quantity = amount_of(item.get("Quantity")) or Decimal(1)
    told = item.get("TotalPrice")
    product = str(item.get("MaterialId") or "")
    return Line(
        name=str(item.get("Name") or item.get("Description") or product),
        quantity=quantity,
        total=to_kopecks(amount_of(item.get("ItemPrice")) * quantity if told in (None, "") else amount_of(told)),
        product=product,
        properties=_chosen(item),
        xml_id=product,
        id=str(item.get("Id") or ""),
    )


def _less(line: Line, taken: Decimal) -> Line:
    return replace(line, total=to_kopecks(line.total - taken), discount=to_kopecks(taken / line.quantity))


def _spread(lines: Sequence[Line], total: Decimal, due: Decimal) -> Sequence[Line]:
    """Take a discount off each line by its share; the kopecks left over come off the first ones."""
    shares = [((total - due) * line.total / total).quantize(KOPECK, ROUND_FLOOR) for line in lines]
    left = int((total - due - sum(shares)) / KOPECK)
    for place in [place for place, line in enumerate(lines) if line.total > shares[place]][:left]:
        shares[place] += KOPECK
    return [_less(line, share) for line, share in zip(lines, shares, strict=True)]


def _chosen(item: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what was chosen of a product: its variant and its options, by the names the shop shows."""
    rows = [(row, "Name", "Value") for row in item.get("SkuItems") or ()]
    rows += [(row, "Title", "Description") for row in item.get("Options") or ()]
    return tuple((str(row.get(name) or ""), str(row.get(value) or "")) for row, name, value in rows if row.get(name))
