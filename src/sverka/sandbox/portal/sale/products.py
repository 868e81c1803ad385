"""What the shop takes from the catalogue for a position of a basket."""

from __future__ import annotations

from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.records.tables import Values


def product_of(core: Core, product_id: int) -> Values | None:
    """Return a product's name and price for a position; None when the catalogue has none or it is not sold."""
    product = core.state.tables["catalogProduct"].get(product_id)
    if product is None or product.values.get("active") == "N":
        return None
    kinds = core.state.tables["catalogPriceType"].values()
    base = {kind.id for kind in kinds if kind.values.get("base") == "Y"}
    found: Values = {"name": product.values.get("name"), "productXmlId": product.values.get("xmlId") or str(product_id)}
    for price in core.state.tables["catalogPrice"].values():
        if price.values["productId"] == product_id and price.values["catalogGroupId"] in base:
            found |= {"price": price.values["price"], "basePrice": price.values["price"], "discountPrice": 0}
    return found
