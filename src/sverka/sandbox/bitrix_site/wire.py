"""Orders as REST shows them: copies with the site's dates, and the places where ids are text."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.bitrix_site.catalogue import Record
from sverka.sandbox.bitrix_site.records import PARTS


def order_tree(order: Record) -> Record:
    """Return the whole order of `sale.order.get`, where alone basket lines have `id` and `orderId` as text."""
    tree: Record = copied(order)
    for line in tree["basketItems"]:
        line.update(id=str(line["id"]), orderId=str(line["orderId"]))
    return tree


def order_row(order: Record) -> Record:
    """Return the order's own fields, without its parts."""
    return {key: value for key, value in order.items() if key not in PARTS}


def list_row(row: Record) -> Record:
    """Return a payment, shipment or basket line by itself, with numeric ids."""
    result: Record = copied(row)
    return result


def copied(value: Any) -> Any:
    """Return a deep copy of dictionaries and lists; everything inside them is immutable."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value
