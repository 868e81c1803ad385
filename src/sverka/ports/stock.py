"""Stores that say how much of a product is left."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Final, Protocol, runtime_checkable

from sverka.ports.guard import Guard
from sverka.ports.store import Store

STOCK: Final = "lines.stock"
"""The key of what is left of an order's products, a line of text for each."""


@runtime_checkable
class CountsStock(Store, Protocol):
    """A store that counts its goods. `read` and `write` leave `STOCK` unread: it is the shop's and not the order's."""

    def stock(self, products: Collection[str], guard: Guard) -> Mapping[str, Decimal]:
        """Return what is left of each product (`Line.product`); one that is not counted or is gone has no entry.

        Raises the problem it met.
        """
