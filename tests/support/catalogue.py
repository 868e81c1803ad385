"""A practice portal's catalogue, as its people fill it."""

from typing import Any

from sverka.sandbox.portal import Portal

GOODS, OFFERS = 14, 15
"""The ids of the two catalogues a fresh practice portal has: of products, and of their variations."""


def call(portal: Portal, method: str, **params: Any) -> Any:
    """Run a method as the portal's administrator and return its result."""
    return portal.call(method, params).result


def section(portal: Portal, name: str = "Услуги") -> str:
    """Make a section and return its id."""
    made = call(portal, "catalog.section.add", fields={"iblockId": GOODS, "name": name})
    return str(made["section"]["id"])


def product(portal: Portal, name: str, iblock: int = GOODS, **fields: Any) -> int:
    """Make a product, in the catalogue of variations a variation, and return its id."""
    method = "catalog.product.add" if iblock == GOODS else "catalog.product.offer.add"
    made = call(portal, method, fields={"iblockId": iblock, "name": name, **fields})
    return int(next(iter(made.values()))["id"])


def article(portal: Portal, iblock: int = GOODS) -> str:
    """Make the property of the article and return the field it is kept in."""
    fields = {"iblockId": iblock, "name": "Артикул", "propertyType": "S", "code": "CML2_ARTICLE"}
    made = call(portal, "catalog.productProperty.add", fields=fields)
    return f"property{made['productProperty']['id']}"


def products(portal: Portal, iblock: int = GOODS) -> list[dict[str, Any]]:
    """Return the products of a catalogue."""
    select = ["id", "iblockId", "name", "xmlId", "type", "iblockSectionId"]
    found: list[dict[str, Any]] = call(portal, "catalog.product.list", select=select, filter={"iblockId": iblock})[
        "products"
    ]
    return found
