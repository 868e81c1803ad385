"""Warehouses, and how much of a product each holds."""

from __future__ import annotations

from decimal import Decimal

from sverka.sandbox.portal.catalog.products import touch_product
from sverka.sandbox.portal.catalog.references import forget
from sverka.sandbox.portal.catalog.room import Room, refusal, stamp
from sverka.sandbox.portal.catalog.tables import DOCUMENT_ELEMENT, PRODUCT, STORE, STORE_PRODUCT
from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.state import Item


def _check(core: Core, given: Values, item: Item | None) -> None:
    stamp(core, given, item, STORE.columns)


def _drop(core: Core, item: Item) -> None:
    forget(core, STORE_PRODUCT, storeId=item.id)


class _Stores(Room):
    """Warehouses; one that documents name cannot be deleted."""

    def _delete(self, core: Core, params: Params) -> Reply:
        item = self.find(core, params.number("id"))
        if any(DOCUMENT_ELEMENT.where(core, **{name: item.id}) for name in ("storeFrom", "storeTo")):
            raise refusal("Documents are issued for this warehouse")
        return super()._delete(core, params)


def _store_shape(core: Core, item: Item, answer: Values) -> Values:
    del core
    image = item.values["imageId"]
    if image:
        answer["imageId"] = {"id": image["id"], "url": f"/upload/store/{image['id']}/{image.get('name', '')}"}
    return answer


def amount_of(core: Core, product_id: int, store_id: int) -> Decimal:
    """Return how much of a product a warehouse holds."""
    held = STORE_PRODUCT.where(core, productId=product_id, storeId=store_id)
    return held[0].values["amount"] if held else Decimal(0)


def move_stock(core: Core, product_id: int, store_id: int, amount: Decimal) -> None:
    """Add to what a warehouse holds of a product (take away, if negative); its quantity is the sum of all."""
    held = STORE_PRODUCT.where(core, productId=product_id, storeId=store_id)
    line = held[0] if held else STORE_PRODUCT.insert(core, {"productId": product_id, "storeId": store_id})
    line.values["amount"] += amount
    product = PRODUCT.rows(core).get(product_id)
    if product is not None:
        lines = STORE_PRODUCT.where(core, productId=product_id)
        product.values["quantity"] = sum((one.values["amount"] for one in lines), Decimal(0))
        touch_product(core, product)


_FAMILIES: list[Room] = [
    _Stores(
        "catalog.store", STORE, "store", "stores", check=_check, deleted=_drop, shape=_store_shape,
        missing=(400, 201100000000, "store does not exist"),
    ),
    Room(
        "catalog.storeproduct", STORE_PRODUCT, "storeProduct", "storeProducts", verbs=("get", "list", "fields"),
        read=None, missing=(400, "", "Store product does not exist"),
    ),
]  # fmt: skip
METHODS: list[Method] = [method for family in _FAMILIES for method in family.methods()]
