"""The print shop itself: its orders, and what its customers and its people do."""

from __future__ import annotations

import copy
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sverka.sandbox.clock import Clock, SystemClock

Record = dict[str, Any]

STATUSES = (
    *("None", "Preparing", "NotProcessed", "AwaitingPayment", "ReadyToProcessing", "DesignCoordination"),
    *("DesignCoordinationAwaitingReply", "DesignCoordinationComplete", "PrepressCoordination"),
    *("PrepressCoordinationAwaitingReply", "PrepressCoordinationComplete", "Printing", "PostPress"),
    *("PrintedWithDefect", "Printed", "Shipped", "ShippedToStorage", "Delivered", "Returned", "Refused"),
    *("Cancelled", "CancelledWithDefect", "Deleted"),
)
"""The names statuses have on the wire."""

CREATED, CHANGED, COMMENTED, RENDERED = "created", "changed", "commented", "rendered"
"""What a webhook can be set for: «Заказ: оформлен», «изменен», «добавлен комментарий», «статус рендеринга изменен»."""

_POINT = {"Id": 8106, "Title": "Офис компании на Белинского", "Phone": None, "Email": None, "Type": "Point"}

_NOTHING = Decimal(0)
_UNSET: Record = {
    **dict.fromkeys(("SourceOrderId", "AssignedToId", "DiscountTitle", "DatePaid", "DateReady")),
    **dict.fromkeys(("LastDownloadedPaymentDocument", "PaymentSystemUniqueId")),
    **dict.fromkeys(("ManagerId", "Title", "TrackingUrl", "TrackingNumber", "DownloadLink", "PreviewImageUrl"), ""),
    "GoogleClientId": "",
    "Status": "NotProcessed",
    "PaymentStatus": "NotPaid",
    "RenderStatus": "NotStarted",
    "CommentsCount": 0,
    **dict.fromkeys(("Price", "DiscountPrice", "TotalPrice", "PaidPrice"), _NOTHING),
    "DeliveryPrice": Decimal(400),
}
"""What an order shows before anything is known of it."""


class PixlparkStore:
    """A print shop in memory, safe from several threads. Moments are aware, money is Decimal.

    `on_event` is told the event and the order's id; `notified` are the orders whose customer was written to, with the
    status he was told.
    """

    def __init__(self, clock: Clock | None = None, photolab: int = 1164) -> None:
        self.clock = clock or SystemClock()
        self.photolab = photolab
        self.orders: dict[int, Record] = {}
        self.items: dict[int, list[Record]] = {}
        self.comments: list[Record] = []
        self.notified: list[tuple[int, str]] = []
        self.on_event: Callable[[str, int], None] = lambda _event, _id: None
        self._lock = threading.RLock()
        self._next = 5811695

    def place_order(self, customer: Mapping[str, str], items: Iterable[Mapping[str, Any]], **fields: object) -> int:
        """Have a customer order; `customer` has name, email, phone, an organisation's account and inn.

        `items` have name, price, quantity and perhaps discount, options and skus. `fields` are those of the order
        that are other than usual, by their own names (`Status`, `DeliveryPrice`, `Shipping`).
        """
        with self._lock:
            number = self._next
            self._next += 1
            rows = [self._item(number, place, one) for place, one in enumerate(items, 1)]
            self.items[number] = rows
            record = {**self._blank(number, customer), **fields}
            price, discount = _sum(rows, "TotalPrice"), Decimal(str(fields.get("DiscountPrice", 0)))
            delivery = Decimal(str(record["DeliveryPrice"]))
            record |= {"Price": price, "DiscountPrice": discount, "TotalPrice": price - discount + delivery}
            record["Title"] = "; ".join(str(row["Name"]) for row in rows)
            self.orders[number] = record | {"TotalPrice": fields.get("TotalPrice", record["TotalPrice"])}
        self.on_event(CREATED, number)
        return number

    def edit(self, order: int, fields: Mapping[str, object]) -> None:
        """Have somebody of the shop change fields of an order, by their own names; LookupError for an unknown one."""
        with self._lock:
            record = self._order(order)
            if set(fields) - set(record):
                raise LookupError(f"an order has no {', '.join(sorted(set(fields) - set(record)))}")
            if fields.get("Status", record["Status"]) != record["Status"]:
                record["StatusDate"] = self.clock.now()
            record |= fields
            record["DateModified"] = self.clock.now()
        self.on_event(CHANGED, order)

    def set_status(self, order: int, status: str, *, notify: bool = False) -> None:
        """Move an order to a status, and tell its customer where he is to be notified; ValueError for none."""
        if status not in STATUSES:
            raise ValueError(f"no such status: {status}")
        with self._lock:
            if notify:
                self.notified.append((order, status))
            self.edit(order, {"Status": status})

    def pay(self, order: int, amount: str = "") -> None:
        """Have the customer pay `amount`, or all that is left."""
        with self._lock:
            record = self._order(order)
            total = Decimal(str(record["TotalPrice"]))
            paid = Decimal(str(record["PaidPrice"])) + Decimal(amount) if amount else total
            state = "Paid" if paid >= total else "PartiallyPaid"
            self.edit(order, {"PaidPrice": paid, "PaymentStatus": state, "DatePaid": self.clock.now()})

    def render(self, order: int, link: str = "") -> None:
        """Finish rendering and packing: the archive is ready."""
        link = link or f"https://editor.site.example/content/order-download/{order}?secret=archive"
        with self._lock:
            self._order(order).update(RenderStatus="ArchiveSuccess", DownloadLink=link, DateModified=self.clock.now())
        self.on_event(RENDERED, order)

    def comment(self, order: int, email: str, text: str) -> Record:
        """Add a comment to an order and return it as the API shows it."""
        with self._lock:
            record = self._order(order)
            record["CommentsCount"] = int(record["CommentsCount"]) + 1
            record["DateModified"] = self.clock.now()
            made = {
                "Id": 900 + len(self.comments),
                "OrderId": order,
                "Status": "Published",
                "DateCreated": self.clock.now(),
                "BodySource": text,
                "UserCreatedId": email,
            }
            self.comments.append(made)
        self.on_event(COMMENTED, order)
        return dict(made)

    def delete(self, order: int) -> None:
        """Take an order out of the system."""
        with self._lock:
            self._order(order)
            del self.orders[order], self.items[order]

    def order(self, order: int) -> Record:
        """Return a copy of an order's record; LookupError where there is none."""
        with self._lock:
            return copy.deepcopy(self._order(order))

    def listed(self, take: int, skip: int, where: Mapping[str, str], *, oldest: bool = False) -> list[Record]:
        """Return a page of the orders whose fields are so, the newest first or the oldest."""
        with self._lock:
            found = [
                record
                for _, record in sorted(self.orders.items(), reverse=not oldest)
                if all(_told(record, name) == value for name, value in where.items())
            ]
            return copy.deepcopy(found[skip : skip + take])

    def lines(self, order: int) -> list[Record]:
        """Return the items of an order; LookupError where there is none."""
        with self._lock:
            self._order(order)
            return copy.deepcopy(self.items[order])

    def _order(self, order: int) -> Record:
        if order not in self.orders:
            raise LookupError(f"no order {order}")
        return self.orders[order]

    def _blank(self, number: int, customer: Mapping[str, str]) -> Record:
        now: datetime = self.clock.now()
        name, phone = customer.get("name", ""), customer.get("phone", "")
        address = {"ZipCode": "634029", "AddressLine1": "Белинского, 18", "AddressLine2": "", "Description": ""}
        place = {"City": "Томск", "Country": "Россия", "State": "Томская область"}
        told = {"Name": name, "Email": customer.get("email", ""), "Phone": phone}
        account = customer.get("account")
        return _UNSET | {
            "Id": number,
            "PhotolabId": self.photolab,
            "CustomId": str(number),
            "StatusDate": now,
            "DeliveryAddress": {**address, **place, "FullName": name, "Phone": phone},
            "Shipping": dict(_POINT),
            "UserId": int(customer.get("id") or 1),
            "UserAdditionalInfo": told,
            "UserCompanyAccountId": int(account) if account else None,
            "UserCompanyAccountINN": customer.get("inn"),
            "DateCreated": now,
            "DateModified": now,
            "ContractorOrders": [],
        }

    @staticmethod
    def _item(order: int, place: int, told: Mapping[str, Any]) -> Record:
        price, quantity = Decimal(str(told["price"])), int(told.get("quantity", 1))
        return {
            "Id": order * 10 + place,
            "OrderId": order,
            "MaterialId": int(told.get("material", 501)),
            "Name": told["name"],
            "Description": told.get("description", ""),
            "Quantity": quantity,
            "ItemPrice": price,
            "AdditionalPrice": Decimal(0),
            "CustomWorkPrice": Decimal(0),
            "TotalPrice": price * quantity,
            "DiscountPrice": Decimal(str(told.get("discount", 0))),
            "PageCount": 1,
            "SkuItems": list(told.get("skus", ())),
            "PreviewImages": [],
            "Options": list(told.get("options", ())),
            "AdditionalFields": {},
            "DirectoryName": f"{place:03}_{secrets.token_hex(2)}",
            "Comment": "",
        }


def _sum(rows: Iterable[Record], key: str) -> Decimal:
    return sum((Decimal(str(row[key])) for row in rows), Decimal(0))


def _told(record: Record, name: str) -> str:
    held = record["Shipping"]["Id"] if name == "ShippingId" else record[name]
    return str(held)
