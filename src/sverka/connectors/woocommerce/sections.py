"""The categories of the shop's products, of which one may stand in several, and what is left of them."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from sverka.connectors.kit.sections import Tree, paths
from sverka.connectors.woocommerce.api import PAGE, Api
from sverka.domain.commerce.money import amount_of
from sverka.domain.errors import AuthLost, Gone, Misconfigured, Rejected
from sverka.ports.clock import Clock
from sverka.ports.guard import Guard, free


class Sections:
    """What the shop's catalogue says, kept for a while."""

    def __init__(self, api: Api, clock: Clock) -> None:
        """Take the shop's API; nothing is asked yet."""
        self._api = api
        self._goods = Tree(
            clock,
            lambda ids, guard: {_id(row): _categories(row) for row in self._rows("", ids, guard, "id,categories")},
        )
        self._tree = Tree(
            clock,
            lambda ids, guard: {_id(row): _parent(row) for row in self._rows("/categories", ids, guard, "id,parent")},
        )

    def of(self, products: Collection[str], guard: Guard) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """Return the paths of products, a hundred new ones a request; raises the problem it met."""
        return paths(products, self._goods, self._tree, guard)

    def stock(self, products: Collection[str], guard: Guard) -> Mapping[str, Decimal]:
        """Return what is left of each product that the shop counts; no list of products has its variations."""
        rows = self._rows("", products, guard, "id,manage_stock,stock_quantity")
        counted = [row for row in rows if row.get("manage_stock") is True and row.get("stock_quantity") is not None]
        return {_id(row): amount_of(row["stock_quantity"]) for row in counted}

    def names(self) -> Mapping[str, str]:
        """Return every category by id; nothing where the shop does not tell them."""
        try:
            pages = list(self._api.pages("/products/categories", free, {"_fields": "id,name"}))
        except (Gone, Rejected, AuthLost, Misconfigured):
            return {}
        return {_id(row): str(row.get("name") or row["id"]) for rows in pages for row in rows}

    def _rows(self, route: str, ids: Collection[str], guard: Guard, fields: str) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = []
        wanted = [id_ for id_ in ids if id_.isdigit()]
        for start in range(0, len(wanted), PAGE):
            part = ",".join(wanted[start : start + PAGE])
            query = {"include": part, "per_page": str(PAGE), "_fields": fields}
            rows += self._api.rows(f"/products{route}", guard, query)
        return rows


def _id(row: Mapping[str, Any]) -> str:
    return str(row["id"])


def _categories(row: Mapping[str, Any]) -> list[str]:
    return [str(one["id"]) for one in row.get("categories") or () if isinstance(one, dict) and one.get("id")]


def _parent(row: Mapping[str, Any]) -> list[str]:
    return [str(row["parent"])] if row.get("parent") else []
