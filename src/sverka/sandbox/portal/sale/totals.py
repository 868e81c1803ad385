"""What follows from what: sums and marks of orders and payments, and the events of a saved order."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from sverka.sandbox.portal.core import Core, Event
from sverka.sandbox.portal.sale import model
from sverka.sandbox.portal.state import Item

_CENT = Decimal("0.01")
#: room for a sum of whatever prices and quantities the columns take
_ROOM = Context(prec=100)


def cents(value: Decimal) -> Decimal:
    """Return a sum rounded to the hundredth."""
    return value.quantize(_CENT, ROUND_HALF_UP, _ROOM)


def line_total(item: Item) -> Decimal:
    """Return what a basket item comes to, with the tax that is not in its price."""
    return cents(piece_price(item) * Decimal(item.values["quantity"]))


def piece_price(item: Item) -> Decimal:
    """Return what one piece costs the buyer."""
    price, rate = Decimal(item.values["price"] or 0), Decimal(item.values["vatRate"] or 0)
    return price if item.values["vatIncluded"] == "Y" else price * (1 + rate)


def _tax(item: Item) -> Decimal:
    rate = Decimal(item.values["vatRate"] or 0)
    return cents(line_total(item) * rate / (1 + rate))


def parts(core: Core, order_id: int) -> tuple[list[Item], list[Item], list[Item]]:
    """Return the basket, the payments and the shipments of an order."""
    tables = (model.BASKET, model.PAYMENTS, model.SHIPMENTS)
    basket, payments, shipments = (table.where(core, orderId=order_id) for table in tables)
    return basket, payments, shipments


def paid_sum(core: Core, order_id: int) -> Decimal:
    """Return how much of an order is paid."""
    payments = model.PAYMENTS.where(core, orderId=order_id, paid="Y")
    return sum((payment.values["sum"] or model.ZERO for payment in payments), model.ZERO)


def recount(core: Core, order: Item) -> bool:
    """Bring an order's sums and marks in step with its parts and tell whether that changed it.

    The price somebody gave stays as long as there is neither a basket nor a shipment.
    """
    basket, payments, shipments = parts(core, order.id)
    derived: dict[str, Any] = {"deducted": _all(shipments, "deducted")}
    if basket or shipments:
        delivery = sum((line.values["priceDelivery"] or model.ZERO for line in shipments), model.ZERO)
        derived["price"] = cents(sum((line_total(line) for line in basket), model.ZERO) + delivery)
        derived["taxValue"] = sum((_tax(line) for line in basket), model.ZERO)
    price = derived.get("price", order.values["price"]) or model.ZERO
    paid = any(payment.values["paid"] == "Y" for payment in payments) and paid_sum(core, order.id) >= price
    derived["payed"] = "Y" if paid else "N"
    changed = any(order.values[name] != value for name, value in derived.items())
    order.values |= derived
    return changed


def _all(items: list[Item], mark: str) -> str:
    return "Y" if items and all(item.values[mark] == "Y" for item in items) else "N"


def saved(core: Core, order: Item, *parts_events: tuple[str, int], itself: bool = False) -> None:
    """Save an order after a change of it (`itself`) or of its parts, whose events go between the order's two."""
    if recount(core, order) or itself:
        order.values |= {"dateUpdate": core.now(), "version": (order.values["version"] or 0) + 1}
        tell(core, "ONORDERENTITYSAVED", order.id)
    for name, number in parts_events:
        tell(core, name, number)
    set_stage(core, order.id)
    whole = {"ID": str(order.id), "XML_ID": order.values["xmlId"] or "", "ACTION": "save"}
    core.emit(Event("ONSALEORDERSAVED", whole))


def part_saved(core: Core, order_id: int, *parts_events: tuple[str, int]) -> None:
    """Save the order whose part was changed, if it is still there."""
    order = model.ORDERS.rows(core).get(order_id)
    if order is not None:
        saved(core, order, *parts_events)


def tell(core: Core, name: str, number: int) -> None:
    """Fire an event about a record."""
    core.emit(Event(name, {"ID": str(number)}))


def owners_of(core: Core, order_id: int) -> list[Item]:
    """Return the records an order belongs to; a link to a deleted one is forgotten."""
    found = []
    for link in model.OWNERS.where(core, orderId=order_id):
        owner = core.state.items.get(link.values["ownerTypeId"], {}).get(link.values["ownerId"])
        if owner is None:
            del model.OWNERS.rows(core)[link.id]
        else:
            found.append(owner)
    return found


def set_stage(core: Core, order_id: int) -> None:
    """Note on the order's owners how its newest payment goes.

    The documents name no values; these are the ones a payment's own stage has.
    """
    payments = model.PAYMENTS.where(core, orderId=order_id)
    newest = payments[-1].values if payments else {"paid": "N", "stage": None}
    stage = "PAID" if newest["paid"] == "Y" else newest.get("stage", "NOT_PAID")
    for owner in owners_of(core, order_id):
        if "orderStage" in owner.values:
            owner.values["orderStage"] = stage


def recount_payment(core: Core, payment: Item) -> None:
    """Set a payment's sum to what is put in it, and save its order."""
    total = model.ZERO
    for part in model.PAID_PRODUCTS.where(core, paymentId=payment.id):
        item = model.BASKET.rows(core).get(part.values["basketId"])
        total += piece_price(item) * Decimal(part.values["quantity"]) if item else model.ZERO
    for part in model.PAID_DELIVERIES.where(core, paymentId=payment.id):
        shipment = model.SHIPMENTS.rows(core).get(part.values["shipmentId"])
        total += shipment.values["priceDelivery"] or model.ZERO if shipment else model.ZERO
    payment.values["sum"] = cents(total)
    part_saved(core, payment.values["orderId"], ("ONPAYMENTENTITYSAVED", payment.id))


def drop_parts(core: Core, table: Any, **wanted: Any) -> list[Item]:
    """Take the records that have these very values out of a table and return them."""
    found: list[Item] = table.where(core, **wanted)
    for item in found:
        del table.rows(core)[item.id]
    return found
