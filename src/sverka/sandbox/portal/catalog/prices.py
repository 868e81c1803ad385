"""Prices of products, one for each kind of price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sverka.sandbox.portal.catalog.room import (
    NO_WRITING,
    Room,
    clean_value,
    given_fields,
    guarded,
    lacking,
    refusal,
)
from sverka.sandbox.portal.catalog.tables import PRICE, PRICE_TYPE, PRODUCT
from sverka.sandbox.portal.core import Core, Event, Method, Reply
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.state import Item

_WRONG_TYPE = "Validate price error. Catalog price group is wrong"
_SINGLE = "Validate price error. Catalog product is allowed has only single price without ranges in price group"


def _check(core: Core, given: Values, item: Item | None) -> None:
    given["timestampX"] = core.now()
    if "price" in given:
        given["priceScale"] = given["price"]
    if item is not None:
        return
    if given["catalogGroupId"] not in PRICE_TYPE.rows(core):
        raise refusal(_WRONG_TYPE)
    if given["productId"] not in PRODUCT.rows(core):
        raise refusal("The product with the specified identifier does not exist")
    if PRICE.where(core, productId=given["productId"], catalogGroupId=given["catalogGroupId"]):
        raise refusal(_SINGLE)


def _shape(core: Core, item: Item, answer: Values) -> Values:
    del core, item
    answer.pop("priceScale")
    return answer


_FAMILY = Room(
    "catalog.price", PRICE, "price", "prices", read=None, demanded=("price", "currency"), check=_check, shape=_shape,
    events=("CATALOG.PRICE.ON.",), missing=(400, "", "Price does not exist"),
)  # fmt: skip


def base_price(core: Core, product_id: int) -> Item | None:
    """Return a product's price of the base kind."""
    base = PRICE_TYPE.where(core, base="Y")
    prices = PRICE.where(core, productId=product_id, catalogGroupId=base[0].id) if base else []
    return prices[0] if prices else None


def set_base_price(core: Core, product_id: int, price: Decimal, currency: str) -> None:
    """Put down what a product costs by the base kind of price."""
    put_price(core, product_id, PRICE_TYPE.where(core, base="Y")[0].id, price, currency)


def put_price(core: Core, product_id: int, group: int, price: Decimal, currency: str) -> Item:
    """Put down a price of a kind, in place of the one there was."""
    given = {"price": price, "priceScale": price, "currency": currency, "timestampX": core.now()}
    held = PRICE.where(core, productId=product_id, catalogGroupId=group)
    if held:
        held[0].values |= given
        _fire(core, "UPDATE", held[0])
        return held[0]
    item = PRICE.insert(core, given | {"productId": product_id, "catalogGroupId": group})
    _fire(core, "ADD", item)
    return item


def _fire(core: Core, deed: str, item: Item) -> None:
    core.emit(Event(f"CATALOG.PRICE.ON.{deed}", {"ID": str(item.id)}))


def price_modify(core: Core, params: Params) -> Reply:
    """Answer catalog.price.modify: the prices given are all the product has from then on.

    One with the id of a price changes it, one without makes a new price, a price not named goes.
    """
    product = given_fields(params).get("product")
    if not isinstance(product, dict) or product.get("id") in (None, "") or "prices" not in product:
        raise lacking("product" if not isinstance(product, dict) else "id, prices")
    item = PRODUCT.rows(core).get(to_int(product["id"]) or 0)
    if item is None:
        raise refusal("The product with the specified identifier does not exist")
    lines = [_line(core, item.id, line) for _, line in entries(product["prices"])]
    groups = [line["catalogGroupId"] for line in lines]
    if len(set(groups)) < len(groups):
        raise refusal(_SINGLE)
    kept = {line["id"] for line in lines if "id" in line}
    for old in PRICE.where(core, productId=item.id):
        if old.id not in kept:
            del PRICE.rows(core)[old.id]
            _fire(core, "DELETE", old)
    prices = [_put(core, item.id, line) for line in lines]
    return Reply({"prices": [_FAMILY.answer(core, p) | {"priceScale": _scale(core, p)} for p in prices]})


def _line(core: Core, product_id: int, raw: Any) -> Values:
    """Return one price of a call, clean; RestError when it lacks something or is about another product's price."""
    raw = raw if isinstance(raw, dict) else {}
    names = ("catalogGroupId", "price", "currency")
    absent = [name for name in names if raw.get(name) in (None, "")]
    if absent:
        raise lacking(", ".join(absent))
    line: Values = {name: clean_value(core, PRICE.columns[name], name, raw[name]) for name in names}
    if line["catalogGroupId"] not in PRICE_TYPE.rows(core):
        raise refusal(_WRONG_TYPE)
    if raw.get("id") not in (None, ""):
        held = PRICE.rows(core).get(to_int(raw["id"]) or 0)
        if held is None or held.values["productId"] != product_id:
            raise refusal("Price does not exist", "")
        line["id"] = held.id
    return line


def _put(core: Core, product_id: int, line: Values) -> Item:
    if "id" not in line:
        return put_price(core, product_id, line["catalogGroupId"], line["price"], line["currency"])
    item = PRICE.rows(core)[line["id"]]
    item.values |= line | {"priceScale": line["price"], "timestampX": core.now()}
    _fire(core, "UPDATE", item)
    return item


def _scale(core: Core, item: Item) -> Any:
    return _FAMILY.answer(core, item)["price"]


METHODS: list[Method] = [
    *_FAMILY.methods(),
    guarded(Method("catalog.price.modify", price_modify, "catalog", ("fields",), writes=True), NO_WRITING),
]
