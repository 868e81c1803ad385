"""Payments of orders and what is in them: sale.payment.*, sale.paymentItemBasket.*, sale.paymentItemShipment.*."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Method
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.sale import model
from sverka.sandbox.portal.sale.columns import Shop, refused
from sverka.sandbox.portal.sale.pay_systems import PAY_SYSTEMS
from sverka.sandbox.portal.sale.totals import drop_parts, part_saved, recount_payment, tell
from sverka.sandbox.portal.state import Item


def _checked(core: Core, given: Values, item: Item | None) -> None:
    if item is None and given["orderId"] not in model.ORDERS.rows(core):
        raise refused(0, "order is not exists")
    if "paySystemId" in given:
        name_pay_system(core, given, given["paySystemId"])
    mark_paid(core, given, item)
    if given.get("marked", "N") != (item.values["marked"] if item else "N"):
        given |= {"dateMarked": core.now(), "empMarkedId": given.get("empMarkedId") or core.caller.user_id}
    if given.get("responsibleId"):
        given |= {"dateResponsibleId": core.now(), "empResponsibleId": core.caller.user_id}


def name_pay_system(core: Core, given: Values, pay_system_id: int | None) -> None:
    """Set the pay system among a payment's values; RestError when there is none."""
    system = PAY_SYSTEMS.rows(core).get(pay_system_id or 0)
    if system is None:
        raise refused(0, "Payment system has not been found")
    given |= {
        "paySystemId": system.id,
        "paySystemName": system.values["NAME"],
        "paySystemXmlId": system.values["XML_ID"] or "",
        "paySystemIsCash": "Y" if system.values["IS_CASH"] == "Y" else "N",
    }


def mark_paid(core: Core, given: Values, item: Item | None) -> None:
    """Note when and by whom a payment was paid; taking that back forgets both."""
    before = item.values["paid"] if item else "N"
    if given.get("paid", before) == before:
        return
    if given["paid"] == "Y":
        given["datePaid"] = given.get("datePaid") or core.now()
        given.setdefault("empPaidId", core.caller.user_id)
    else:
        given |= {"datePaid": None, "empPaidId": None}


def _changed(core: Core, item: Item) -> None:
    if not item.values["accountNumber"]:
        number_payment(core, item)
    part_saved(core, item.values["orderId"], ("ONPAYMENTENTITYSAVED", item.id))


def number_payment(core: Core, item: Item) -> None:
    """Give a new payment its number within the order, and the order's currency."""
    order = model.order_of(core, item.values["orderId"])
    number = core.state.next_id(f"payment of order {order.id}")
    item.values["accountNumber"] = f"{order.values['accountNumber']}/{number}"
    item.values["currency"] = order.values["currency"]


def drop_payment(core: Core, payment: Item) -> None:
    """Delete a payment with what is in it, and tell."""
    model.PAYMENTS.rows(core).pop(payment.id, None)
    drop_parts(core, model.PAID_PRODUCTS, paymentId=payment.id)
    drop_parts(core, model.PAID_DELIVERIES, paymentId=payment.id)
    tell(core, "ONPAYMENTDELETED", payment.id)


def _deleted(core: Core, payment: Item) -> None:
    drop_payment(core, payment)
    part_saved(core, payment.values["orderId"])


def _shaped(core: Core, item: Item, answer: Values) -> Values:
    del core, item
    return answer | {"priceCod": str(answer["priceCod"] or 0)}


def _twice(core: Core, table: Any, given: Values, names: tuple[str, str]) -> None:
    if table.where(core, **{name: given[name] for name in names}):
        raise refused(201250000001, f"Duplicate entry for key [{', '.join(names)}]")


def _product_checked(core: Core, given: Values, item: Item | None) -> None:
    if given.get("quantity", 1) <= 0:
        raise refused(0, "Quantity must be greater than 0")
    if item is not None:
        return
    _payment(core, given)
    position = model.BASKET.rows(core).get(given["basketId"])
    if position is None:
        raise refused(201240400003, "basket item is not exists")
    given["rowId"] = position.values.get("rowId")
    _twice(core, model.PAID_PRODUCTS, given, ("paymentId", "basketId"))


def _delivery_checked(core: Core, given: Values, item: Item | None) -> None:
    if item is not None:
        return
    _payment(core, given)
    if given["shipmentId"] not in model.SHIPMENTS.rows(core):
        raise refused(201240400003, "shipment is not exists")
    _twice(core, model.PAID_DELIVERIES, given, ("paymentId", "shipmentId"))


def _payment(core: Core, given: Values) -> None:
    if given["paymentId"] not in model.PAYMENTS.rows(core):
        raise refused(201240400002, "payment is not exists")


def _part_changed(core: Core, part: Item) -> None:
    payment = model.PAYMENTS.rows(core).get(part.values["paymentId"])
    if payment is not None:
        recount_payment(core, payment)


_NO_PART = (400, 201240400001, "payment item is not exists")
SALE_PAYMENTS = Shop(
    "sale.payment", model.PAYMENTS, "payment", "payments", missing=model.NO_PAYMENT, check=_checked, changed=_changed,
    deleted=_deleted, shape=_shaped,
)  # fmt: skip
METHODS: list[Method] = [
    *SALE_PAYMENTS.methods(),
    *Shop(
        "sale.paymentitembasket", model.PAID_PRODUCTS, "paymentItemBasket", "paymentItemsBasket",
        names={"fields": "getfields"}, missing=_NO_PART, check=_product_checked, changed=_part_changed,
        deleted=_part_changed, needed=("quantity",),
    ).methods(),
    *Shop(
        "sale.paymentItemShipment", model.PAID_DELIVERIES, "paymentItemShipment", "paymentItemsShipment",
        missing=_NO_PART, check=_delivery_checked, changed=_part_changed, deleted=_part_changed,
    ).methods(),
]  # fmt: skip
