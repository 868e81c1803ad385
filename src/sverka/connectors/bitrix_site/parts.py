"""An order's shipments and payments as commands: changed by their ids, made where the order has none yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sverka.connectors.bitrix_site.api import Command
from sverka.connectors.bitrix_site.goods import LINES
from sverka.connectors.bitrix_site.rows import real_shipments, rows_of
from sverka.connectors.bitrix_site.values import flag_of, text_of
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.value import Value, is_empty
from sverka.domain.errors import Problem, Rejected
from sverka.domain.text import Text

DELIVERY = ("delivery.track", "delivery.shipped", "delivery.method", "delivery.allowed", "delivery.status")
PAYMENT = ("payment.paid", "payment.method")

_NO_SHIPMENT = Text(
    "The order has no shipment to write to; add one on the site or choose a delivery service in the deal, then retry.",
    "У заказа нет отгрузки, в которую можно записать; добавьте её на сайте или выберите доставку в сделке и повторите.",
)
_NO_PAYMENT = Text(
    "The order has no payment to mark; add one on the site or choose the payment method in the deal, then retry.",
    "У заказа нет оплаты, которую можно отметить; добавьте её на сайте или выберите оплату в сделке и повторите.",
)


@dataclass(frozen=True)
class Part:
    """One command and the field keys that stand or fall with it."""

    keys: tuple[str, ...]
    command: Command


@dataclass
class Parts:
    """The commands that set an order's fields, and the fields that no command can set."""

    commands: list[Part] = field(default_factory=list)
    refused: dict[str, Problem] = field(default_factory=dict)


def plan_shipments(tree: Mapping[str, Any], fields: Mapping[str, Value], delivery: Line | None, found: Parts) -> None:
    """Plan what shipments are to show; `delivery` is the row of a new order that pays for one."""
    keys = [key for key in DELIVERY if key in fields]
    shipments = real_shipments(tree)
    if not shipments and (keys or delivery):
        _first_shipment(tree, fields, delivery, found)
    for index, row in enumerate(shipments):
        changes = {_OF_FIRST[key]: text_of(fields[key]) for key in _OF_FIRST if key in fields and index == 0}
        changes |= {
            name: flag_of(fields[key])
            for key, name in _OF_ALL.items()
            if key in fields and flag_of(fields[key]) != (row.get(name) or "N")
        }
        moved = tuple(key for key, name in {**_OF_FIRST, **_OF_ALL}.items() if name in changes)
        if moved:
            found.commands.append(Part(moved, _shipment(row, changes)))


_OF_FIRST = {
    "delivery.track": "trackingNumber",
    "delivery.method": "deliveryId",
    "delivery.status": "statusId",
}
"""What is told of the first shipment."""

_OF_ALL = {"delivery.shipped": "deducted", "delivery.allowed": "allowDelivery"}
"""What is told of all of them."""


def _shipment(row: Mapping[str, Any], changes: Mapping[str, str]) -> Command:
    """Change a shipment; the site wants its service and both flags in every update, and allows before it ships."""
    kept = {"deliveryId": row.get("deliveryId"), "allowDelivery": row.get("allowDelivery") or "N"}
    kept["deducted"] = row.get("deducted") or "N"
    if changes.get("deducted") == "Y":
        kept["allowDelivery"] = "Y"
    return Command("sale.shipment.update", {"id": row["id"], "fields": {**kept, **changes}})


def _first_shipment(tree: Mapping[str, Any], fields: Mapping[str, Value], delivery: Line | None, found: Parts) -> None:
    """Plan the shipment an order has not yet; what it costs is what a row says, nothing where there are rows without.

    It is marked as shipped later, with its goods in it.
    """
    told = fields.get("delivery.method")
    service = delivery.product if is_empty(told) and delivery else text_of(told)
    wanted = [key for key in DELIVERY if not is_empty(fields.get(key)) and fields.get(key) is not False]
    if not service:
        found.refused.update({key: Rejected(_NO_SHIPMENT) for key in wanted})
        return
    row = {"orderId": tree["id"], "deliveryId": service, "allowDelivery": "N", "deducted": "N"}
    for key in ("delivery.track", "delivery.status"):
        if not is_empty(fields.get(key)):
            row[_OF_FIRST[key]] = text_of(fields[key])
    if "delivery.allowed" in fields:
        row["allowDelivery"] = flag_of(fields["delivery.allowed"])
    if "lines" in fields:
        row["basePriceDelivery"] = f"{delivery.total if delivery else Decimal(0):f}"
    keys = tuple(key for key in (*_OF_FIRST, "delivery.allowed", "lines") if key in fields)
    found.commands.append(Part(keys, Command("sale.shipment.add", {"fields": row})))


def plan_payments(tree: Mapping[str, Any], fields: Mapping[str, Value], found: Parts) -> None:
    """Plan what payments are to show; money that was given back is no payment to be marked."""
    for index, row in enumerate(rows_of(tree, "payments")):
        changes = {"paySystemId": row.get("paySystemId")}
        moved = []
        if "payment.method" in fields and index == 0:
            changes["paySystemId"] = text_of(fields["payment.method"])
            moved.append("payment.method")
        is_returned = row.get("isReturn") in ("Y", "P")
        if "payment.paid" in fields and not is_returned and row.get("paid") != flag_of(fields["payment.paid"]):
            changes["paid"] = flag_of(fields["payment.paid"])
            moved.append("payment.paid")
        if moved:
            command = Command("sale.payment.update", {"id": row["id"], "fields": changes})
            found.commands.append(Part(tuple(moved), command))


def following(before: Mapping[str, Any], after: Mapping[str, Any], fields: Mapping[str, Value]) -> Parts:
    """Plan what can be written only once the goods are there: they go into a shipment, and the first payment is made.

    `before` is the order as it was, `after` as it shows itself with the rest of the write done.
    """
    found = Parts()
    if after.get("canceled") == "Y":
        return found
    open_ = [row for row in real_shipments(after) if row.get("deducted") != "Y"]
    if open_:
        keys = tuple(key for key in (*LINES, *DELIVERY) if key in fields)
        found.commands += [Part(keys[:1], _shipment_item(row, open_[0])) for row in _loose(before, after) if keys]
    if not rows_of(before, "payments") and not rows_of(after, "payments"):
        _first_payment(after, fields, found)
    if not real_shipments(before) and open_ and fields.get("delivery.shipped") is True:
        found.commands.append(Part(("delivery.shipped",), _shipment(open_[0], {"deducted": "Y"})))
    return found


def _loose(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the goods that are new and in no shipment; all that are in none where the shipment itself is new."""
    held = {str(item.get("basketId")) for row in real_shipments(after) for item in rows_of(row, "shipmentItems")}
    if real_shipments(before):
        held |= {str(row.get("id")) for row in rows_of(before, "basketItems")}
    return [row for row in rows_of(after, "basketItems") if str(row.get("id")) not in held]


def _shipment_item(row: Mapping[str, Any], shipment: Mapping[str, Any]) -> Command:
    told = {"orderDeliveryId": shipment["id"], "basketId": row["id"], "quantity": row.get("quantity")}
    return Command("sale.shipmentitem.add", {"fields": told})


def _first_payment(tree: Mapping[str, Any], fields: Mapping[str, Value], found: Parts) -> None:
    """Plan the payment an order has not yet: one, over all it costs."""
    keys = tuple(key for key in PAYMENT if key in fields)
    if is_empty(fields.get("payment.method")):
        if fields.get("payment.paid") is True:
            found.refused["payment.paid"] = Rejected(_NO_PAYMENT)
        return
    told = {"orderId": tree["id"], "paySystemId": text_of(fields["payment.method"]), "sum": str(tree.get("price") or 0)}
    row = {**told, "paid": flag_of(fields.get("payment.paid"))}
    found.commands.append(Part(keys, Command("sale.payment.add", {"fields": row})))
