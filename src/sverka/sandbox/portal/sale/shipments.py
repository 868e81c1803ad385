"""Shipments of orders and what is in them: sale.shipment.* and sale.shipmentitem.*."""

from __future__ import annotations

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.sale import model
from sverka.sandbox.portal.sale.columns import Shop, refused
from sverka.sandbox.portal.sale.dictionaries import status_of
from sverka.sandbox.portal.sale.properties import SHIPMENT_VALUES
from sverka.sandbox.portal.sale.services import DELIVERIES
from sverka.sandbox.portal.sale.totals import drop_parts, part_saved, recount_payment, tell
from sverka.sandbox.portal.state import Item

_MARKS = {
    "allowDelivery": ("dateAllowDelivery", "empAllowDeliveryId"),
    "deducted": ("dateDeducted", "empDeductedId"),
    "responsibleId": ("dateResponsibleId", "empResponsibleId"),
}


def _checked(core: Core, given: Values, item: Item | None) -> None:
    if item is None and given["orderId"] not in model.ORDERS.rows(core):
        raise refused(0, "order is not exists")
    if "deliveryId" in given:
        service = DELIVERIES.rows(core).get(given["deliveryId"] or 0)
        if service is None:
            raise refused("SALE_SHIPMENT_WRONG_DELIVERY_SERVICE", "Delivery service is not found")
        given["deliveryName"] = service.values["NAME"]
    if given.get("statusId"):
        given["statusXmlId"] = status_of(core, given["statusId"], "D").values["xmlId"] or ""
    if given.get("basePriceDelivery") is not None:
        given["priceDelivery"] = given["basePriceDelivery"]
    if (given.get("priceDelivery") or 0) < 0:
        raise refused("BX_INVALID_VALUE", "priceDelivery is negative")
    for name, (at, by) in _MARKS.items():
        before = item.values[name] if item else {"responsibleId": None}.get(name, "N")
        if given.get(name, before) != before:
            given |= {at: core.now(), by: core.caller.user_id}


def _changed(core: Core, item: Item) -> None:
    if not item.values["accountNumber"]:
        number_shipment(core, item)
    for part in model.PAID_DELIVERIES.where(core, shipmentId=item.id):
        recount_payment(core, model.PAYMENTS.rows(core)[part.values["paymentId"]])
    part_saved(core, item.values["orderId"], ("ONSHIPMENTENTITYSAVED", item.id))


def number_shipment(core: Core, item: Item) -> None:
    """Give a new shipment its number within the order; number 1 is that of the order's own, hidden one."""
    order = model.order_of(core, item.values["orderId"])
    number = core.state.next_id(f"shipment of order {order.id}") + 1
    item.values["accountNumber"] = f"{order.values['accountNumber']}/{number}"
    item.values["currency"] = order.values["currency"]


def drop_shipment(core: Core, shipment: Item) -> None:
    """Delete a shipment with all that hangs on it, and tell."""
    model.SHIPMENTS.rows(core).pop(shipment.id, None)
    drop_parts(core, model.SHIPMENT_ITEMS, orderDeliveryId=shipment.id)
    drop_parts(core, SHIPMENT_VALUES.table, shipmentId=shipment.id)
    for part in drop_parts(core, model.PAID_DELIVERIES, shipmentId=shipment.id):
        recount_payment(core, model.PAYMENTS.rows(core)[part.values["paymentId"]])
    tell(core, "ONSHIPMENTDELETED", shipment.id)


class Shipments(Shop):
    """Shipments; a shipped one is not deleted."""

    def _delete(self, core: Core, params: Params) -> Reply:
        shipment = self.found(core, params)
        if shipment.values["deducted"] == "Y":
            raise refused("SALE_SHIPMENT_EXIST_SHIPPED", "The shipment is shipped")
        drop_shipment(core, shipment)
        part_saved(core, shipment.values["orderId"])
        return Reply(True)


def _shaped(core: Core, item: Item, answer: Values) -> Values:
    lines = model.SHIPMENT_ITEMS.where(core, orderDeliveryId=item.id)
    return answer | {"shipmentItems": [SHIPMENT_PARTS.answer(core, line) for line in lines]}


def _part_checked(core: Core, given: Values, item: Item | None) -> None:
    if given.get("quantity", 1) <= 0:
        raise refused(0, "Quantity must be greater than 0")
    if item is not None:
        return
    if given["orderDeliveryId"] not in model.SHIPMENTS.rows(core):
        raise refused(201240400002, "shipment is not exists")
    if given["basketId"] not in model.BASKET.rows(core):
        raise refused(201240400003, "basket item is not exists")
    wanted = {name: given[name] for name in ("orderDeliveryId", "basketId")}
    if model.SHIPMENT_ITEMS.where(core, **wanted):
        raise refused(201250000001, "Duplicate entry for key [basketId, orderDeliveryId]")


def _part_changed(core: Core, part: Item) -> None:
    shipment = model.SHIPMENTS.rows(core).get(part.values["orderDeliveryId"])
    if shipment is not None:
        part_saved(core, shipment.values["orderId"], ("ONSHIPMENTENTITYSAVED", shipment.id))


SALE_SHIPMENTS = Shipments(
    "sale.shipment", model.SHIPMENTS, "shipment", "shipments", missing=model.NO_SHIPMENT, check=_checked,
    changed=_changed, shape=_shaped, needed=("allowDelivery", "deducted", "deliveryId"),
)  # fmt: skip
SHIPMENT_PARTS = Shop(
    "sale.shipmentitem", model.SHIPMENT_ITEMS, "shipmentItem", "shipmentItems",
    missing=(400, 201240400001, "shipment item is not exists"), check=_part_checked, changed=_part_changed,
    deleted=_part_changed, needed=("quantity",),
)  # fmt: skip
METHODS: list[Method] = [*SALE_SHIPMENTS.methods(), *SHIPMENT_PARTS.methods()]
