"""Payments and deliveries of a deal: crm.item.payment.*, crm.item.delivery.*, crm.orderentity.*."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records import values
from sverka.sandbox.portal.records.filters import Filter, sort_items
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import Table, Values
from sverka.sandbox.portal.sale import model
from sverka.sandbox.portal.sale.columns import Links, refused
from sverka.sandbox.portal.sale.hidden import (
    follow_rows,
    order_for,
    orders_of,
    owner_of,
)
from sverka.sandbox.portal.sale.pay_systems import PAY_SYSTEMS
from sverka.sandbox.portal.sale.payments import drop_payment, mark_paid, name_pay_system, number_payment
from sverka.sandbox.portal.sale.totals import owners_of, part_saved, recount_payment
from sverka.sandbox.portal.state import Item

_PAYMENT = ["id", "accountNumber", "paid", "datePaid", "empPaidId", "paySystemId", "sum", "currency", "paySystemName"]
_DELIVERY = [
    "id",
    "accountNumber",
    "deducted",
    "dateDeducted",
    "deliveryId",
    "priceDelivery",
    "currency",
    "deliveryName",
]


def _told(core: Core, table: Table, item: Item, names: list[str]) -> Values:
    return {name: values.universal(core, table.columns[name], item.values[name]) for name in names}


def _payment(core: Core, params: Params, name: str = "id") -> Item:
    payment = model.PAYMENTS.rows(core).get(params.number(name) or 0)
    if payment is None:
        raise refused(0, "Payment has not been found")
    return payment


def _chosen(core: Core, params: Params, items: list[Item], resolve: Any) -> list[Item]:
    for name in ("filter", "order"):
        if params.has(name) and not isinstance(params.get(name), dict | list):
            raise refused(100, f"Parameter '{name}' must be array.")
    chosen = Filter(core, resolve, params.get("filter"), strict=False)
    return sort_items([item for item in items if chosen.matches(item)], params.get("order"), resolve, strict=False)


def payment_add(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.add with the id of an empty payment in the record's hidden order."""
    owner = owner_of(core, params.number("entityTypeId"), params.number("entityId"))
    order = order_for(core, owner)
    given: Values = {"orderId": order.id, "responsibleId": owner.values.get("assignedById")}
    systems = PAY_SYSTEMS.where(core, ACTIVE="Y", ENTITY_REGISTRY_TYPE="ORDER")
    if systems:
        name_pay_system(core, given, systems[0].id)
    payment = model.PAYMENTS.insert(core, given)
    number_payment(core, payment)
    part_saved(core, order.id, ("ONPAYMENTENTITYSAVED", payment.id))
    return Reply(payment.id)


def payment_list(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.list with a plain list."""
    owner = owner_of(core, params.number("entityTypeId"), params.number("entityId"))
    held = [p for order in orders_of(core, owner) for p in model.PAYMENTS.where(core, orderId=order.id)]
    found = _chosen(core, params, held, model.PAYMENTS.columns.get)
    return Reply([_told(core, model.PAYMENTS, payment, _PAYMENT) for payment in found])


def payment_get(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.get."""
    return Reply(_told(core, model.PAYMENTS, _payment(core, params), _PAYMENT))


def change_payment(core: Core, payment: Item, given: Values) -> None:
    """Change a payment and save its order; nothing is saved when nothing changes."""
    mark_paid(core, given, payment)
    if any(payment.values.get(name) != value for name, value in given.items()):
        payment.values |= given
        part_saved(core, payment.values["orderId"], ("ONPAYMENTENTITYSAVED", payment.id))


def payment_update(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.update: `paid` and `paySystemId`, anything else counts for nothing."""
    payment = _payment(core, params)
    raw = params.mapping("fields")
    given: Values = {}
    if "paySystemId" in raw:
        name_pay_system(core, given, Params(raw).number("paySystemId"))
    if "paid" in raw:
        if raw["paid"] not in ("Y", "N"):
            raise refused(0, "paid is Y or N")
        given["paid"] = raw["paid"]
    change_payment(core, payment, given)
    return Reply(True)


def payment_pay(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.pay."""
    change_payment(core, _payment(core, params), {"paid": "Y"})
    return Reply(True)


def payment_unpay(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.unpay."""
    change_payment(core, _payment(core, params), {"paid": "N"})
    return Reply(True)


def payment_delete(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.delete."""
    payment = _payment(core, params)
    drop_payment(core, payment)
    part_saved(core, payment.values["orderId"])
    return Reply(True)


def _quantity(core: Core, params: Params, position: Item | None, but: int = 0) -> Decimal:
    """Return the asked quantity; RestError when it is none, not above 0, or more than is left of the position."""
    spec = model.PAID_PRODUCTS.columns["quantity"]
    try:
        quantity: Decimal | None = values.clean(core, spec, params.get("quantity"))
    except ValueError as error:
        raise refused(100, "Invalid value of parameter {quantity}") from error
    if quantity is None or not quantity.is_finite() or quantity <= 0:
        raise refused(0, "Quantity must be greater than 0")
    if position is not None:
        parts = model.PAID_PRODUCTS.where(core, basketId=position.id)
        taken = sum((part.values["quantity"] for part in parts if part.id != but), model.ZERO)
        if quantity + taken > position.values["quantity"]:
            raise refused(0, "There is not enough quantity of the product")
    return quantity


def product_add(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.product.add with the id of the position in the payment, which costs more by it."""
    payment = _payment(core, params, "paymentId")
    order = model.order_of(core, payment.values["orderId"])
    for owner in owners_of(core, order.id):
        follow_rows(core, owner, order)
    found = model.BASKET.where(core, orderId=order.id, rowId=params.number("rowId") or 0)
    if not found:
        raise refused(0, "Product row has not been found")
    quantity = _quantity(core, params, found[0])
    given = {"paymentId": payment.id, "basketId": found[0].id, "quantity": quantity}
    part = model.PAID_PRODUCTS.insert(core, given | {"rowId": found[0].values["rowId"]})
    recount_payment(core, payment)
    return Reply(part.id)


def product_list(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.product.list with a plain list."""
    payment = _payment(core, params, "paymentId")
    held = model.PAID_PRODUCTS.where(core, paymentId=payment.id)
    found = _chosen(core, params, held, model.PAID_PRODUCTS.columns.get)
    names = ["id", "paymentId", "quantity"]
    return Reply(
        [_told(core, model.PAID_PRODUCTS, part, names) | {"rowId": part.values.get("rowId")} for part in found]
    )


def _part(core: Core, table: Table, params: Params) -> tuple[Item, Item]:
    part = table.rows(core).get(params.number("id") or 0)
    payment = model.PAYMENTS.rows(core).get(part.values["paymentId"]) if part else None
    if part is None or payment is None:
        raise refused(0, "Payable item has not been found")
    return part, payment


def product_set(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.product.setQuantity."""
    part, payment = _part(core, model.PAID_PRODUCTS, params)
    position = model.BASKET.rows(core).get(part.values["basketId"])
    part.values["quantity"] = _quantity(core, params, position, part.id)
    recount_payment(core, payment)
    return Reply(True)


def product_delete(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.product.delete."""
    return _taken_out(core, model.PAID_PRODUCTS, params)


def delivery_delete(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.delivery.delete."""
    return _taken_out(core, model.PAID_DELIVERIES, params)


def _taken_out(core: Core, table: Table, params: Params) -> Reply:
    part, payment = _part(core, table, params)
    del table.rows(core)[part.id]
    recount_payment(core, payment)
    return Reply(True)


def _shipment(core: Core, params: Params, order_id: int) -> Item:
    shipment = model.SHIPMENTS.rows(core).get(params.number("deliveryId") or 0)
    if shipment is None or shipment.values["orderId"] != order_id:
        raise refused(0, "Delivery has not been found")
    return shipment


def part_delivery_add(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.delivery.add with the id of the position in the payment."""
    payment = _payment(core, params, "paymentId")
    shipment = _shipment(core, params, payment.values["orderId"])
    if model.PAID_DELIVERIES.where(core, paymentId=payment.id, shipmentId=shipment.id):
        raise refused(0, "The delivery is in the payment already")
    part = model.PAID_DELIVERIES.insert(core, {"paymentId": payment.id, "shipmentId": shipment.id})
    part.values["quantity"] = Decimal(1)
    recount_payment(core, payment)
    return Reply(part.id)


def part_delivery_list(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.delivery.list with a plain list."""
    payment = _payment(core, params, "paymentId")
    held = model.PAID_DELIVERIES.where(core, paymentId=payment.id)
    known = model.PAID_DELIVERIES.columns | {"quantity": FieldSpec("quantity", "double", "QUANTITY")}
    found = _chosen(core, params, held, known.get)
    names = ("id", "paymentId")
    return Reply(
        [
            {name: p.values[name] for name in names} | {"quantity": 1, "deliveryId": p.values["shipmentId"]}
            for p in found
        ]
    )


def part_delivery_set(core: Core, params: Params) -> Reply:
    """Answer crm.item.payment.delivery.setDelivery."""
    part, payment = _part(core, model.PAID_DELIVERIES, params)
    part.values["shipmentId"] = _shipment(core, params, payment.values["orderId"]).id
    recount_payment(core, payment)
    return Reply(True)


def delivery_list(core: Core, params: Params) -> Reply:
    """Answer crm.item.delivery.list with a plain list."""
    owner = owner_of(core, params.number("entityTypeId"), params.number("entityId"))
    held = [s for order in orders_of(core, owner) for s in model.SHIPMENTS.where(core, orderId=order.id)]
    found = _chosen(core, params, held, model.SHIPMENTS.columns.get)
    return Reply([_told(core, model.SHIPMENTS, shipment, _DELIVERY) for shipment in found])


def delivery_get(core: Core, params: Params) -> Reply:
    """Answer crm.item.delivery.get."""
    shipment = model.SHIPMENTS.rows(core).get(params.number("id") or 0)
    if shipment is None:
        raise refused(0, "Delivery has not been found")
    return Reply(_told(core, model.SHIPMENTS, shipment, _DELIVERY))


def _link_checked(core: Core, given: Values, item: Item | None) -> None:
    del item
    if given["orderId"] not in model.ORDERS.rows(core):
        raise RestError(*model.NO_ORDER)
    owner_of(core, given["ownerTypeId"], given["ownerId"])
    twins = model.OWNERS.where(core, **{name: given[name] for name in ("orderId", "ownerId", "ownerTypeId")})
    if not twins and owners_of(core, given["orderId"]):
        raise refused(0, "The order belongs to another record")


class OrderOwners(Links):
    """Which record an order belongs to: one at most."""

    def _add(self, core: Core, params: Params) -> Reply:
        result = super()._add(core, params).result
        return Reply({"dealOrder": result[self.one]})

    def _list(self, core: Core, params: Params) -> Reply:
        for link in list(self.table.rows(core).values()):
            owners_of(core, link.values["orderId"])
        return super()._list(core, params)

    def _delete_by_filter(self, core: Core, params: Params) -> Reply:
        order_id = Params(params.mapping("fields")).number("orderId")
        if order_id is not None and order_id not in model.ORDERS.rows(core):
            raise RestError(*model.NO_ORDER)
        return super()._delete_by_filter(core, params)


_OWNER = ("entityId", "entityTypeId")
METHODS: list[Method] = [
    Method("crm.item.payment.add", payment_add, required=_OWNER, writes=True),
    Method("crm.item.payment.list", payment_list, required=_OWNER),
    Method("crm.item.payment.get", payment_get, required=("id",)),
    Method("crm.item.payment.update", payment_update, required=("id", "fields"), writes=True),
    Method("crm.item.payment.pay", payment_pay, required=("id",), writes=True),
    Method("crm.item.payment.unpay", payment_unpay, required=("id",), writes=True),
    Method("crm.item.payment.delete", payment_delete, required=("id",), writes=True),
    Method("crm.item.payment.product.add", product_add, required=("paymentId", "rowId", "quantity"), writes=True),
    Method("crm.item.payment.product.list", product_list, required=("paymentId", "filter")),
    Method("crm.item.payment.product.setQuantity", product_set, required=("id", "quantity"), writes=True),
    Method("crm.item.payment.product.delete", product_delete, required=("id",), writes=True),
    Method("crm.item.payment.delivery.add", part_delivery_add, required=("paymentId", "deliveryId"), writes=True),
    Method("crm.item.payment.delivery.list", part_delivery_list, required=("paymentId", "filter")),
    Method("crm.item.payment.delivery.setDelivery", part_delivery_set, required=("id", "deliveryId"), writes=True),
    Method("crm.item.payment.delivery.delete", delivery_delete, required=("id",), writes=True),
    Method("crm.item.delivery.list", delivery_list, required=_OWNER),
    Method("crm.item.delivery.get", delivery_get, required=("id",)),
    *OrderOwners(
        "crm.orderentity", model.OWNERS, "orderEntity", "orderEntity", scope="crm", check=_link_checked,
        keys=("orderId", "ownerId", "ownerTypeId"),
        twice=(201650000001, "Duplicate entry for key [ownerId, ownerTypeId, orderId]"),
        missing=(400, 201640400004, "entity relation is not exists"),
    ).methods(),
]  # fmt: skip
