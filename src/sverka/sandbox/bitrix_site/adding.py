"""What `sale.*.add` makes: orders without goods, and the parts of orders one by one, as the vendor documents them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sverka.sandbox.bitrix_site import records
from sverka.sandbox.bitrix_site.catalogue import NO_DELIVERY, Record
from sverka.sandbox.bitrix_site.errors import BitrixError
from sverka.sandbox.bitrix_site.modify import set_payment_fields, set_shipment_fields
from sverka.sandbox.bitrix_site.store import BitrixSiteStore

Params = Mapping[str, Any]


def add_order(store: BitrixSiteStore, fields: Params) -> Record:
    """Save an order of nothing: with its hidden system shipment, and with the properties that have a default."""
    lists = store.catalogue
    if str(fields["lid"]) != lists.site:
        raise BitrixError("BX_INVALID_VALUE", f"Site {fields['lid']} does not exist")
    payer = next((row["id"] for row in lists.person_types if str(row["id"]) == str(fields["personTypeId"])), None)
    if payer is None:
        raise BitrixError("BX_INVALID_VALUE", "Person type does not exist")
    order = records.new_order(store.next_id("order"), store.now(), lists.site, str(fields["currency"]))
    order.update(personTypeId=payer, userId=int(fields.get("userId") or store.user_id))
    system = records.new_shipment(
        store.next_id("shipment"), order, store.now(), lists.delivery(NO_DELIVERY), Decimal(0)
    )
    order["shipments"].append(system)
    defaults = {row["code"]: row["defaultValue"] for row in lists.properties if row["personTypeId"] == payer}
    store.properties.set_by_code(order, {code: value for code, value in defaults.items() if value})
    store.set_order_fields(order, fields)
    store.orders[order["id"]] = order
    store.save(order)
    return order


def add_payment(store: BitrixSiteStore, order: Record, fields: Params) -> Record:
    """Put a payment into an order's draft."""
    system = _known(store.catalogue.pay_system, fields["paySystemId"])
    row = records.new_payment(store.next_id("payment"), order, store.now(), system)
    set_payment_fields(store, row, fields)
    order["payments"].append(row)
    return row


def add_shipment(store: BitrixSiteStore, order: Record, fields: Params) -> Record:
    """Put a shipment without goods into an order's draft; without a price of its own it costs what its service does."""
    service = _known(store.catalogue.delivery, fields["deliveryId"])
    price = records.money(fields.get("basePriceDelivery", service["PRICE"]))
    row = records.new_shipment(store.next_id("shipment"), order, store.now(), service, price)
    set_shipment_fields(store, row, {key: value for key, value in fields.items() if key != "basePriceDelivery"})
    order["shipments"].append(row)
    return row


def add_shipment_item(store: BitrixSiteStore, order: Record, shipment_id: object, fields: Params) -> Record:
    """Put goods of an order's draft into a shipment of it, no more than are in none yet."""
    shipment = next(row for row in order["shipments"] if str(row["id"]) == str(shipment_id))
    item = next((row for row in order["basketItems"] if str(row["id"]) == str(fields["basketId"])), None)
    if item is None:
        raise BitrixError(200140400001, "basket item does not exist")
    if shipment["deducted"] == "Y":
        raise BitrixError("SALE_SHIPMENT_ITEM_SHIPMENT_ALREADY_SHIPPED_CANNOT_EDIT", "The shipment is shipped")
    sent = [row for one in order["shipments"] for row in one["shipmentItems"] if row["basketId"] == item["id"]]
    quantity = Decimal(str(fields["quantity"]))
    if quantity + sum((row["quantity"] for row in sent), Decimal(0)) > item["quantity"]:
        raise BitrixError("SALE_SHIPMENT_ITEM_LESS_AVAILABLE_QUANTITY", "Not enough of the product is left to ship")
    row = {**records.new_shipment_item(store.next_id("shipment_item"), shipment, store.now(), item)}
    row.update(quantity=quantity, reservedQuantity=quantity)
    shipment["shipmentItems"].append(row)
    return row


def _known(find: Any, id_: object) -> Record:
    try:
        found: Record = find(int(str(id_)))
    except (LookupError, ValueError) as error:
        raise BitrixError("BX_INVALID_VALUE", str(error)) from None
    return found
