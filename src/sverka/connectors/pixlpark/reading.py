"""Orders one by one, each with its items: the API has no list of given ids."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sverka.connectors.pixlpark import listing
from sverka.connectors.pixlpark.api import Api
from sverka.connectors.pixlpark.orders import Terms, snapshot_of
from sverka.connectors.pixlpark.statuses import DELETED
from sverka.domain.errors import Gone, Later, Problem, Rejected
from sverka.domain.ids import OrderId
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.guard import Guard

Row = Mapping[str, Any]

_ANOTHER = Text(
    "Pixlpark answered with another order than it was asked for; the hub will ask again by itself.",
    "Pixlpark ответил не тем заказом, о котором его спросили; хаб спросит ещё раз сам.",
)


class Orders:
    """The orders behind one pair of keys."""

    def __init__(self, api: Api, terms: Terms) -> None:
        """Take the API; nothing is asked yet."""
        self._api = api
        self._terms = terms

    def read(self, orders: Collection[OrderId], guard: Guard) -> dict[OrderId, Snapshot | Problem]:
        """Return each order, two requests each; what keeps the API from answering at all is asked about once."""
        found: dict[OrderId, Snapshot | Problem] = {}
        stopped: Problem | None = None
        for id_ in dict.fromkeys(orders):
            found[id_] = stopped or self.alone(id_, guard)
            stopped = stopped or stops(found[id_])
        return found

    def alone(self, order: OrderId, guard: Guard) -> Snapshot | Problem:
        """Return one order, or why it cannot be shown."""
        try:
            return self.shown(self.row(order, guard), guard)
        except Problem as problem:
            return problem

    def row(self, order: OrderId, guard: Guard) -> Row:
        """Return an order's own payload; raises `Gone` where there is none, or it is deleted.

        That nothing is at an order's address means it is gone only while the list of orders is at its own.
        """
        try:
            rows = self._rows(f"/orders/{order}", guard) if order.isdecimal() else []
        except Gone:
            listing.newest(self._api, guard)
            raise
        row = next((row for row in rows if str(row.get("Id")) == order), None)
        if row is None and rows:
            raise Later(_ANOTHER)
        if row is None or row.get("Status") == DELETED:
            raise Gone
        return row

    def shown(self, row: Row, guard: Guard) -> Snapshot | Problem:
        """Read an order's items and return what both show; raises the problem they cannot be read for."""
        items = self._rows(f"/orders/{row['Id']}/items", guard)
        if any(str(item.get("OrderId") or row["Id"]) != str(row["Id"]) for item in items):
            raise Later(_ANOTHER)
        return snapshot_of(row, items, self._terms)

    def _rows(self, path: str, guard: Guard) -> Sequence[Row]:
        return [row for row in self._api.get(path, guard) if isinstance(row, dict)]


def stops(answer: object) -> Problem | None:
    """Return the problem the next order would meet too; None where it was this order's own, or none."""
    return answer if isinstance(answer, Problem) and not isinstance(answer, Gone | Rejected) else None
