"""Orders as the shop shows them: a hundred a request, and one bad order spoils no other."""

from collections.abc import Collection, Mapping
from typing import Any, TypeGuard

from sverka.connectors.kit import Home
from sverka.connectors.woocommerce.api import PAGE, Api, repeated
from sverka.connectors.woocommerce.orders import Reader, told_by
from sverka.connectors.woocommerce.statuses import DRAFTS
from sverka.domain.errors import Gone, Problem, Rejected
from sverka.domain.ids import OrderId
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.guard import Guard

TRASH = "trash"
_WHOLE = frozenset({"status", "total", "billing", "line_items"})
"""What every order shows that was asked for as a whole: what lacks it was asked for in parts, by another."""
_UNSEEN = {TRASH, *DRAFTS}


class Orders:
    """The orders of one shop, which is told from a copy of it by the address in its answers."""

    def __init__(self, api: Api, home: Home, reader: Reader) -> None:
        """Take the shop's API; nothing is asked yet."""
        self._api = api
        self._home = home
        self._is_home = False
        self.reader = reader

    def rows(self, orders: Collection[OrderId], guard: Guard) -> dict[OrderId, Mapping[str, Any] | Problem]:
        """Return each order's own payload; one that a list does not show is asked for by itself before it is `Gone`."""
        found: dict[OrderId, Mapping[str, Any] | Problem] = {id_: Gone() for id_ in orders if not id_.isdigit()}
        wanted = [id_ for id_ in dict.fromkeys(orders) if id_.isdigit()]
        for start in range(0, len(wanted), PAGE):
            part = wanted[start : start + PAGE]
            query = {"include": ",".join(part), "per_page": str(PAGE), "status": "any"}
            try:
                rows = {str(row.get("id")): row for row in self._api.rows("/orders", guard, query)}
                if not all(id_ in part and is_whole(row, id_) for id_, row in rows.items()):
                    raise repeated(self._api.site)
                self.vet(rows.values())
            except Problem as problem:
                found.update(dict.fromkeys(part, problem))
                continue
            found.update({id_: rows.get(id_) or self.alone(id_, guard) for id_ in part})
        return found

    def alone(self, id_: OrderId, guard: Guard) -> Mapping[str, Any] | Problem:
        """Return one order's payload, or why it cannot be had."""
        try:
            row: Mapping[str, Any] = self._api.get(f"/orders/{id_}", guard)
        except Problem as problem:
            return problem
        return row if is_whole(row, id_) else repeated(self._api.site)

    def shown(self, row: Mapping[str, Any]) -> Snapshot | Problem:
        """Return what a payload shows; `Gone` for the trash and for drafts, which are no orders yet."""
        if row.get("status") in _UNSEEN:
            return Gone()
        try:
            return self.reader.snapshot(row)
        except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError) as error:
            return Rejected(
                Text(
                    f"The order's data cannot be read ({type(error).__name__}); look at it in the shop, then retry.",
                    f"Данные заказа не читаются ({type(error).__name__}); посмотрите заказ в магазине и повторите.",
                )
            )

    def vet(self, rows: Collection[Mapping[str, Any]]) -> None:
        """Raise `Misconfigured` where these orders are another shop's, or a copy's."""
        self._home.vet(told_by(rows))
        self._is_home = self._is_home or bool(rows)

    def is_home(self, guard: Guard) -> None:
        """Have the shop tell its address, once: before anything is made there, for a copy may list nothing else."""
        if not self._is_home:
            self.vet(self._api.rows("/orders", guard, {"per_page": "1", "status": "any", "_fields": "id,_links"}))


def is_whole(row: object, id_: str) -> TypeGuard[Mapping[str, Any]]:
    """Tell whether an answer is this order's, and all of it: a cache before the shop may give another request's."""
    return isinstance(row, dict) and str(row.get("id")) == id_ and row.keys() >= _WHOLE
