"""The iblock sections of the shop's products; a trade offer stands where its product does.

Documented at apidocs.bitrix24.com, catalog.product.get and catalog.section.get: both need nothing but an id.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sverka.connectors.bitrix_site.api import BATCH, Api, Command, chunks
from sverka.connectors.bitrix_site.dictionary import listed
from sverka.connectors.kit import not_sent
from sverka.connectors.kit.sections import Tree, paths
from sverka.domain.errors import AuthLost, Gone, Misconfigured, Problem, Rejected
from sverka.ports.clock import Clock
from sverka.ports.guard import Guard, free


class Sections:
    """What the shop's catalogue says, kept for a while."""

    def __init__(self, api: Api, clock: Clock) -> None:
        """Take the shop's API; nothing is asked yet."""
        self._api = api
        self._goods = Tree(clock, self._products)
        self._tree = Tree(clock, self._parents)

    def of(self, products: Collection[str], guard: Guard) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """Return the paths of products, fifty new ones a request; raises the problem it met."""
        return paths(products, self._goods, self._tree, guard)

    def names(self) -> Mapping[str, str]:
        """Return every section of the shop's catalogues by id; nothing where the webhook may not read them."""
        names: dict[str, str] = {}
        try:
            for catalog in listed(self._api, "catalog.catalog.list", "catalogs", free):
                where = {"select": ["id", "iblockId", "name"], "filter": {"iblockId": catalog["iblockId"]}}
                rows = listed(self._api, "catalog.section.list", "sections", free, **where)
                names |= {str(row["id"]): str(row.get("name") or row["id"]) for row in rows}
        except (Rejected, AuthLost, Misconfigured):
            return {}
        return names

    def _parents(self, ids: Collection[str], guard: Guard) -> Mapping[str, Collection[str]]:
        return {id_: _sections(row) for id_, row in records(self._api, "section", ids, guard).items()}

    def _products(self, ids: Collection[str], guard: Guard) -> Mapping[str, Collection[str]]:
        found = records(self._api, "product", ids, guard)
        offers = {id_: _parent_product(row) for id_, row in found.items()}
        parents = sorted({owner for owner in offers.values() if owner} - found.keys())
        owners = records(self._api, "product", parents, guard)
        return {id_: _sections(owners.get(offers[id_]) or found.get(offers[id_]) or found[id_]) for id_ in found}


def records(api: Api, what: str, ids: Collection[str], guard: Guard) -> dict[str, Mapping[str, Any]]:
    """Ask the catalogue for products or sections one by one, fifty a request; those that are gone are left out."""
    found: dict[str, Mapping[str, Any]] = {}
    for part in chunks([id_ for id_ in ids if id_.isdigit()], BATCH):
        commands = {f"r{id_}": Command(f"catalog.{what}.get", {"id": id_}) for id_ in part}
        try:
            answers = api.run(commands, guard)
        except Problem as problem:
            raise not_sent(problem) from problem
        for id_ in part:
            answer = answers[f"r{id_}"]
            if isinstance(answer, Problem) and not isinstance(answer, Gone | Rejected):
                raise not_sent(answer)
            row = answer.get(what) if isinstance(answer, dict) else None
            if isinstance(row, dict):
                found[id_] = row
    return found


def by_code(api: Api, codes: Collection[str], guard: Guard) -> dict[str, str]:
    """Return the ids of the products and offers with these external codes; of two with one code it is neither."""
    found: dict[str, set[str]] = {}
    for catalog in listed(api, "catalog.catalog.list", "catalogs", guard):
        for part in chunks(sorted(codes), BATCH):
            where = {"iblockId": catalog["iblockId"], "xmlId": part}
            ask = {"select": ["id", "iblockId", "xmlId"], "filter": where}
            for row in listed(api, "catalog.product.list", "products", guard, **ask):
                found.setdefault(str(row.get("xmlId")), set()).add(str(row["id"]))
    return {code: next(iter(ids)) for code, ids in found.items() if code in codes and len(ids) == 1}


def _sections(row: Mapping[str, Any]) -> list[str]:
    section = str(row.get("iblockSectionId") or "")
    return [section] if section not in ("", "0") else []


def _parent_product(row: Mapping[str, Any]) -> str:
    """Return the product a trade offer belongs to, which a site writes as a number or as a property's value."""
    parent = row.get("parentId")
    return str((parent.get("value") if isinstance(parent, dict) else parent) or "")
