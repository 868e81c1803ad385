"""The shop itself: its orders, what a save does to them, and what its people and customers do by hand."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from sverka.sandbox.bitrix_site import records
from sverka.sandbox.bitrix_site.catalogue import CARD, COURIER, NO_DELIVERY, Catalogue, Record
from sverka.sandbox.bitrix_site.errors import BitrixError
from sverka.sandbox.bitrix_site.properties import Properties
from sverka.sandbox.clock import Clock, SystemClock

SAVED = "OnSaleOrderSaved"
BEFORE_DELETE = "OnSaleBeforeOrderDelete"


@dataclass
class _Hit:
    depth: int = 0
    #: Event name to the first order it was raised for: the kernel binds one call per event and hit.
    events: dict[str, Record] = field(default_factory=dict)
    #: Every order of the hit with the last that happened to it; none of a hit that is to be kept quiet.
    touched: dict[int, str] = field(default_factory=dict)
    quiet: bool = False


class BitrixSiteStore:
    """A shop on 1C-Bitrix with the catalogue of a fresh installation, `zone` being the site's own time zone.

    Orders are dictionaries in the form of `records`; whoever changes one calls `save`. Every public method is a hit of
    its own and may be called from any thread. `on_event` is told (event name, order) after the hit.
    """

    def __init__(
        self, clock: Clock | None = None, catalogue: Catalogue | None = None, zone: timezone | None = None
    ) -> None:
        self.clock = clock or SystemClock()
        self.catalogue = catalogue or Catalogue()
        self.zone = zone or timezone(timedelta(hours=3))
        self.user_id = 1
        self.secret = secrets.token_hex(8)
        self.scopes = {"sale", "catalog", "delivery", "pay_system"}
        self.filters_by_date = True
        """Whether lists of orders heed a date in a filter; old kernels may not."""
        self.orders: dict[int, Record] = {}
        self.coupons: dict[int, list[str]] = {}
        """Coupons of whole orders, which REST does not show."""
        self.on_hit: Callable[[Mapping[int, str]], None] = lambda _touched: None
        self.on_event: Callable[[str, Record], None] = lambda _event, _order: None
        self.properties = Properties(self.catalogue, self.next_id)
        self.ids: dict[str, int] = {}
        """The last row number of each table."""
        self.touched: set[int] = set()
        """Orders changed or deleted, until whoever keeps them empties it."""
        self._lock = threading.RLock()
        self._hit = _Hit()

    @contextmanager
    def hit(self, *, quietly: bool = False) -> Iterator[None]:
        """One PHP request: nested hits join the outer one, and each event leaves once, for the first order it met.

        `on_hit` is told of every order, unless a hit is to be kept `quietly`.
        """
        with self._lock:
            self._hit.depth += 1
            self._hit.quiet = self._hit.quiet or quietly
            try:
                yield
            finally:
                self._hit.depth -= 1
                if self._hit.depth == 0:
                    hit, self._hit = self._hit, _Hit()
                    self.touched.update(hit.touched)
                    for event, order in hit.events.items():
                        self.on_event(event, order)
                    if hit.touched and not hit.quiet:
                        self.on_hit(hit.touched)

    def now(self) -> datetime:
        """Return the site's time to the second, as the database keeps it."""
        return self.clock.now().astimezone(self.zone).replace(microsecond=0)

    def next_id(self, kind: str, first: int = 1) -> int:
        """Return the next row number of a table."""
        self.ids[kind] = self.ids.get(kind, first - 1) + 1
        return self.ids[kind]

    def order(self, order_id: int) -> Record:
        """Return the living record; BitrixError 200540400001 when there is none."""
        try:
            return self.orders[int(order_id)]
        except (KeyError, ValueError, TypeError):
            raise BitrixError(200540400001, "order does not exist") from None

    def part(self, kind: str, part_id: object) -> tuple[Record, Record] | None:
        """Return the order and its payment, shipment or basket item (`kind` is the order's key) with this id."""
        for order in self.orders.values():
            for row in order[kind]:
                if str(row["id"]) == str(part_id):
                    return order, row
        return None

    def save(self, order: Record) -> None:
        """Recalculate, bump `version` and `dateUpdate` even when nothing changed, and raise the saved event."""
        records.recalculate(order)
        order["version"] += 1
        order["dateUpdate"] = self.now()
        self._hit.events.setdefault(SAVED, order)
        self._hit.touched[order["id"]] = "saved"

    def set_order_fields(self, order: Record, fields: Mapping[str, Any]) -> None:
        """Set the writable ones of `fields` with what the kernel dates by itself; unknown names are passed over.

        BitrixError for a status that does not exist. Does not save.
        """
        status = fields.get("statusId", order["statusId"])
        if not self.catalogue.has_status(status, "O"):
            raise BitrixError("BX_INVALID_VALUE", f"Status {status} does not exist")
        now = self.now()
        if status != order["statusId"]:
            order.update(statusId=status, dateStatus=now, empStatusId=self.user_id)
        if fields.get("canceled", order["canceled"]) != order["canceled"]:
            order.update(canceled=fields["canceled"], dateCanceled=now, empCanceledId=self.user_id)
        for key in WRITABLE & fields.keys():
            order[key] = "" if fields[key] is None else fields[key]

    def place_order(
        self,
        customer: Mapping[str, object],
        items: Sequence[Mapping[str, Any]],
        delivery_price: object = "300",
        discount: object = "0",
        properties: Mapping[str, object] | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> int:
        """Let a customer check out and return the order's id.

        `customer` is property codes in any case (fio, email, phone, city, address…) and `properties` more of them;
        an item has name, price and maybe quantity, discount per unit, productId, discountCoupon, properties, vatRate;
        `discount` is percents off every item; `fields` are order fields such as personTypeId, userDescription,
        statusId, deliveryId, paySystemId, xmlId, userId.
        """
        more = dict(fields or {})
        with self.hit():
            order_id = self.next_id("order")
            order = records.new_order(order_id, self.now(), self.catalogue.site, self.catalogue.currency)
            order.update({key: more.pop(key) for key in ("personTypeId", "userId", "currency") if key in more})
            for item in items:
                self._add_item(order, dict(item), Decimal(str(discount)))
            self._add_shipments(order, int(more.pop("deliveryId", COURIER)), records.money(delivery_price))
            pay_system = self.catalogue.pay_system(int(more.pop("paySystemId", CARD)))
            order["payments"].append(records.new_payment(self.next_id("payment"), order, self.now(), pay_system))
            values = {str(key).upper(): value for key, value in {**customer, **(properties or {})}.items()}
            self.properties.set_by_code(order, values)
            self._add_bindings(order)
            self.set_order_fields(order, more)
            self.orders[order_id] = order
            records.recalculate(order)
            order["payments"][0]["sum"] = order["price"]
            self.save(order)
        return order_id

    def add_item(self, order_id: int, item: Mapping[str, Any]) -> int:
        """Let a manager add a line to the basket and to the shipment; return the line's id."""
        with self.hit():
            order = self.order(order_id)
            line = self.put_item(order, dict(item))
            self.save(order)
            return int(line["id"])

    def edit_item(self, order_id: int, item_id: int, changes: Mapping[str, Any]) -> None:
        """Let a manager change a line's price, quantity or name."""
        with self.hit():
            order = self.order(order_id)
            line = next(row for row in order["basketItems"] if row["id"] == item_id)
            line.update(item_changes(changes), dateUpdate=self.now())
            self.save(order)

    def remove_item(self, order_id: int, item_id: int) -> None:
        """Let a manager take a line out of the basket."""
        with self.hit():
            order = self.order(order_id)
            self.drop_item(order, item_id)
            self.save(order)

    def put_item(self, order: Record, item: Record, *, shipped: bool = True) -> Record:
        """Put a line into an order's basket and, as the manager's page does, into its shipment; does not save."""
        line = self._add_item(order, item, Decimal(0))
        shipment = next((row for row in order["shipments"] if row["system"] == "N" and shipped), None)
        if shipment is not None:
            self._ship_item(shipment, line)
        return line

    @staticmethod
    def drop_item(order: Record, item_id: int) -> None:
        """Take a line out of an order's basket and its shipments; does not save."""
        order["basketItems"] = [row for row in order["basketItems"] if row["id"] != item_id]
        for shipment in order["shipments"]:
            shipment["shipmentItems"] = [row for row in shipment["shipmentItems"] if row["basketId"] != item_id]

    def set_properties(self, order_id: int, values: Mapping[str, object]) -> None:
        """Let a manager edit properties by code in the admin pages; the others stay."""
        with self.hit():
            order = self.order(order_id)
            self.properties.set_by_code(order, values)
            self.save(order)

    def edit(self, order_id: int, fields: Mapping[str, Any]) -> None:
        """Let a manager edit order fields: statusId, comments, canceled, reasonCanceled, responsibleId and others."""
        self.mass_update([order_id], fields)

    def mass_update(self, order_ids: Sequence[int], fields: Mapping[str, Any]) -> None:
        """Many orders saved in one hit, as a 1C exchange does: they share a single event."""
        with self.hit():
            for order_id in order_ids:
                order = self.order(order_id)
                self.set_order_fields(order, fields)
                self.save(order)

    def pay(self, order_id: int, paid: bool = True) -> None:
        """Every payment becomes paid in full, or unpaid again."""
        with self.hit():
            order = self.order(order_id)
            for payment in order["payments"]:
                self.set_paid(payment, "Y" if paid else "N")
            self.save(order)

    def cancel(self, order_id: int, reason: str = "") -> None:
        """Cancel the order: a flag beside its status, which stays."""
        self.edit(order_id, {"canceled": "Y", "reasonCanceled": reason})

    def ship(self, order_id: int, tracking_number: str = "") -> None:
        """Every real shipment leaves with this tracking number."""
        with self.hit():
            order = self.order(order_id)
            for shipment in order["shipments"]:
                if shipment["system"] == "N":
                    shipment.update(trackingNumber=tracking_number, statusId="DF")
                    self.set_deducted(shipment, "Y", "Y")
            self.save(order)

    def delete(self, order_id: int) -> None:
        """Let a manager delete the order for good; no saved event follows."""
        with self.hit():
            order = self.order(order_id)
            self._hit.events.setdefault(BEFORE_DELETE, order)
            self._hit.touched[order["id"]] = "deleted"
            del self.orders[order["id"]]

    def set_paid(self, payment: Record, paid: str) -> None:
        """Mark a payment and dates it when the mark moves; does not save."""
        if payment["paid"] != paid:
            payment.update(paid=paid, datePaid=self.now(), empPaidId=self.user_id)

    def set_deducted(self, shipment: Record, allow: str, deducted: str) -> None:
        """Mark a shipment as allowed and shipped and dates what moves; does not save."""
        if shipment["allowDelivery"] != allow:
            shipment.update(allowDelivery=allow, dateAllowDelivery=self.now(), empAllowDeliveryId=self.user_id)
        if shipment["deducted"] != deducted:
            shipment.update(deducted=deducted, dateDeducted=self.now(), empDeductedId=self.user_id)

    def _add_item(self, order: Record, item: Record, percent: Decimal) -> Record:
        if percent:
            item["discount"] = records.money(Decimal(str(item["price"])) * percent / 100)
        line = records.new_basket_item(self.next_id("basket"), order, self.now(), item)
        order["basketItems"].append(line)
        return line

    def _add_shipments(self, order: Record, delivery_id: int, price: Decimal) -> None:
        for id_, cost in ((NO_DELIVERY, Decimal(0)), (delivery_id, price)):
            service = self.catalogue.delivery(id_)
            order["shipments"].append(records.new_shipment(self.next_id("shipment"), order, self.now(), service, cost))
        for line in order["basketItems"]:
            self._ship_item(order["shipments"][-1], line)

    def _ship_item(self, shipment: Record, line: Record) -> None:
        row = records.new_shipment_item(self.next_id("shipment_item"), shipment, self.now(), line)
        shipment["shipmentItems"].append(row)

    def _add_bindings(self, order: Record) -> None:
        id_ = order["id"]
        order["tradeBindings"].append(
            {
                "externalOrderId": str(id_),
                "id": self.next_id("binding"),
                "orderId": id_,
                "params": None,
                "tradingPlatformId": "1",
                "tradingPlatformXmlId": "bx_platform_1",
                "xmlId": records.xml_id(id_),
            }
        )
        client = {"entityId": order["userId"], "entityTypeId": 3, "id": self.next_id("client"), "isPrimary": "Y"}
        order["clients"].append({**client, "orderId": id_, "roleId": 0, "sort": 0})


#: Order fields that a manager or REST may set as they are; status and cancellation have rules of their own.
WRITABLE = frozenset(
    {
        "reasonCanceled", "comments", "userDescription", "additionalInfo", "responsibleId", "companyId", "marked",
        "reasonMarked", "xmlId", "id1c", "externalOrder", "orderTopic", "version1c", "updated1c", "recountFlag",
    }
)  # fmt: skip


def item_changes(fields: Mapping[str, Any]) -> Record:
    """Return what of `fields` a basket line takes; a new price counts as set by hand and ends the line's discount.

    A `basePrice` beside it leaves the difference as the discount.
    """
    plain = ("name", "sort", "measureCode", "measureName", "weight", "productXmlId", "xmlId")
    changes: Record = {key: fields[key] for key in plain if key in fields}
    if "quantity" in fields:
        changes["quantity"] = Decimal(str(fields["quantity"]))
    if "price" in fields:
        price = records.money(fields["price"])
        base = records.money(fields.get("basePrice", price))
        changes.update(price=price, basePrice=base, discountPrice=base - price, customPrice="Y")
    return changes
