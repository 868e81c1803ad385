"""Baskets of orders: sale.basketitem.* and sale.basketproperties.*."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.sale import model
from sverka.sandbox.portal.sale.columns import Shop, for_administrators, refused
from sverka.sandbox.portal.sale.products import product_of
from sverka.sandbox.portal.sale.totals import drop_parts, part_saved, recount_payment
from sverka.sandbox.portal.state import Item

_BAD = 200140400007
#: what the catalogue's variants take; the rest of the position comes from the catalogue
_OF_PRODUCT = frozenset(
    [
        "orderId",
        "productId",
        "sort",
        "price",
        "basePrice",
        "discountPrice",
        "currency",
        "customPrice",
        "quantity",
        "xmlId",
        "name",
    ]
)


def _checked(core: Core, given: Values, item: Item | None) -> None:
    order_id = item.values["orderId"] if item else given["orderId"]
    order = model.ORDERS.rows(core).get(order_id)
    if order is None:
        raise refused(200140400009, "Order not found")
    if item is None and given["currency"] != order.values["currency"]:
        raise refused(200140400011, "Currency must be the currency of the order")
    wrong = given.get("quantity", Decimal(1)) <= 0 or (given.get("productId") or 0) < 0
    if wrong or not 0 <= (given.get("vatRate") or 0) <= 1:
        raise refused(_BAD, "basket item is not saved - bad data")
    _priced(given, item)
    given["dateUpdate"] = core.now()


def _priced(given: Values, item: Item | None) -> None:
    """Keep price = base price - discount: the one of the three that is not given follows from the others."""
    if not given.keys() & {"price", "basePrice", "discountPrice"}:
        return
    held = item.values if item else {"price": model.ZERO, "basePrice": model.ZERO, "discountPrice": model.ZERO}
    price, base, discount = (given.get(name) for name in ("price", "basePrice", "discountPrice"))
    if price is None:
        base = held["basePrice"] if base is None else base
        discount = held["discountPrice"] if discount is None else discount
        price = base - discount
    elif base is None:
        discount = held["discountPrice"] if discount is None else discount
        base = price + discount
    elif discount is None:
        discount = base - price
    if price < 0 or base != price + discount:
        raise refused(_BAD, "basket item is not saved - bad data")
    given |= {"price": price, "basePrice": base, "discountPrice": discount}


def _changed(core: Core, item: Item) -> None:
    for part in model.PAID_PRODUCTS.where(core, basketId=item.id):
        recount_payment(core, model.PAYMENTS.rows(core)[part.values["paymentId"]])
    part_saved(core, item.values["orderId"])


def drop_basket_item(core: Core, item: Item) -> None:
    """Take away what hangs on a deleted basket item: properties, and its places in shipments and payments."""
    drop_parts(core, model.BASKET_PROPERTIES, basketId=item.id)
    drop_parts(core, model.SHIPMENT_ITEMS, basketId=item.id)
    for part in drop_parts(core, model.PAID_PRODUCTS, basketId=item.id):
        recount_payment(core, model.PAYMENTS.rows(core)[part.values["paymentId"]])
    part_saved(core, item.values["orderId"])


def _shaped(core: Core, item: Item, answer: Values) -> Values:
    properties = model.BASKET_PROPERTIES.where(core, basketId=item.id)
    lines = [PROPERTIES.answer(core, line) for line in properties]
    return answer | {"properties": lines, "reservations": []}


class Basket(Shop):
    """Positions of orders; `productid`, as the documents spell it once, is `productId`."""

    def _spec(self, name: str) -> FieldSpec | None:
        return super()._spec("productId" if name == "productid" else name)

    def _clean(self, core: Core, params: Params) -> Values:
        given = super()._clean(core, params)
        if params.get("id") is None and given.get("orderId") is None:
            raise refused(200140400008, "Required fields: fields[ORDER_ID]")
        return given


class CatalogueBasket(Basket):
    """Positions with a product of the catalogue, which gives what the caller does not."""

    def methods(self) -> list[Method]:
        """Return the three methods by their own names."""
        read = Method(f"{self.prefix}.getFieldsCatalogProduct", self._fields, self.scope)
        add = Method(f"{self.prefix}.addCatalogProduct", self._add, self.scope, ("fields",), writes=True)
        update = Method(f"{self.prefix}.updateCatalogProduct", self._update, self.scope, ("id", "fields"), writes=True)
        return [for_administrators(method) for method in (add, update, read)]

    def _spec(self, name: str) -> FieldSpec | None:
        spec = super()._spec(name)
        return spec if spec is not None and spec.name in _OF_PRODUCT else None

    def _clean(self, core: Core, params: Params) -> Values:
        given = super()._clean(core, params)
        if params.get("id") is None:
            product = product_of(core, given.get("productId") or 0)
            if product is None:
                raise refused(_BAD, "basket item is not saved - bad data")
            given = (
                product | given if given.get("customPrice") == "Y" else given | product | {"name": given.get("name")}
            )
            given["name"] = given.get("name") or product["name"]
        return given

    def _fields(self, core: Core, params: Params) -> Reply:
        del core, params
        described = {
            name: self.described(spec) | {"isReadOnly": name not in _OF_PRODUCT}
            for name, spec in self.table.columns.items()
        }
        return Reply({self.one: described})


def _property_checked(core: Core, given: Values, item: Item | None) -> None:
    if item is None and given["basketId"] not in model.BASKET.rows(core):
        raise refused(200240400001, "Basket item not found")


class Properties(Shop):
    """Properties of positions, with refusals of their own about the position."""

    def _clean(self, core: Core, params: Params) -> Values:
        raw: Any = params.mapping("fields").get("basketId")
        if params.get("id") is None:
            if raw in (None, ""):
                raise refused(200240400004, "Basket item id is absent")
            if not str(raw).isdigit():
                raise refused(200240400005, "Basket item id is bad")
        return super()._clean(core, params)

    def _fields(self, core: Core, params: Params) -> Reply:
        return Reply({self.many: super()._fields(core, params).result[self.one]})

    def _delete(self, core: Core, params: Params) -> Reply:
        if (params.number("id") or 0) not in self.table.rows(core):
            raise RestError(*model.NO_BASKET_ITEM)
        return super()._delete(core, params)


def _property_changed(core: Core, item: Item) -> None:
    owner = model.BASKET.rows(core).get(item.values["basketId"])
    if owner is not None:
        part_saved(core, owner.values["orderId"])


PROPERTIES = Properties(
    "sale.basketproperties", model.BASKET_PROPERTIES, "basketProperty", "basketProperties",
    missing=(400, 200240400003, "Basket item not found"), check=_property_checked, changed=_property_changed,
    deleted=_property_changed,
)  # fmt: skip
BASKET_ITEMS = Basket(
    "sale.basketitem", model.BASKET, "basketItem", "basketItems", missing=model.NO_BASKET_ITEM, check=_checked,
    changed=_changed, deleted=drop_basket_item, shape=_shaped,
)  # fmt: skip
_OF_CATALOGUE = CatalogueBasket(
    "sale.basketitem", model.BASKET, "basketItem", "basketItems", missing=model.NO_BASKET_ITEM, check=_checked,
    changed=_changed, deleted=drop_basket_item, shape=_shaped,
)  # fmt: skip
METHODS: list[Method] = [*BASKET_ITEMS.methods(), *_OF_CATALOGUE.methods(), *PROPERTIES.methods()]
