"""What the hub has written that somebody is told of: kept for good, and not forgotten with a baseline."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from sverka.domain.ids import OrderRef
from sverka.storage.codec import of_orders, order_columns, order_of
from sverka.storage.database import many, taking, upsert
from sverka.storage.tables import told

_KEY = ("store", "order_id", "field", "value_key")


def of(connection: Connection, orders: Collection[OrderRef]) -> dict[OrderRef, set[tuple[str, str]]]:
    """Return the (field, value key) pairs written to each order."""
    found: dict[OrderRef, set[tuple[str, str]]] = defaultdict(set)
    for condition in of_orders(told, orders):
        for row in connection.execute(select(*told.c).where(condition)):
            found[order_of(row)].add((row.field, row.value_key))
    return dict(found)


def add(connection: Connection, values: Collection[tuple[OrderRef, str, str]], now: datetime) -> None:
    """Remember values in this transaction; harmless where they are remembered already."""
    rows = [
        {**order_columns(order), "field": field, "value_key": key, "at": now} for order, field, key in sorted(values)
    ]
    many(connection, upsert(connection, told, _KEY, taking("at")), rows)
