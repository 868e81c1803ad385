"""The shop itself: orders, notes, and what a save does; its customers and managers act through the same methods."""

from __future__ import annotations

import copy
import html
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from sverka.sandbox.clock import Clock, SystemClock
from sverka.sandbox.woocommerce import records, taxes
from sverka.sandbox.woocommerce.catalogue import Catalogue, Record
from sverka.sandbox.woocommerce.errors import WooError, invalid_param, no_order, not_in
from sverka.sandbox.woocommerce.items import Items

_PLAIN = ("customer_note", "transaction_id", "payment_method", "payment_method_title", "customer_id", "currency")
_PARTS = ("line_items", "shipping_lines", "fee_lines")
_TEXTS = ("customer_note", "transaction_id", "payment_method", "payment_method_title", "currency")


class WooStore:
    """A shop on WooCommerce; `zone` is the site's own time zone, three hours ahead of UTC unless given.

    Orders are dictionaries in the wire's form. Every public method may be called from any thread. `on_event` is told
    (event, order id) inside the change, event being created, updated, deleted or restored, and `on_customer` likewise
    (event, customer id).
    """

    def __init__(
        self, clock: Clock | None = None, catalogue: Catalogue | None = None, zone: timezone | None = None
    ) -> None:
        self.clock = clock or SystemClock()
        self.catalogue = catalogue or Catalogue()
        self.zone = zone or timezone(timedelta(hours=3))
        self.consumer_key = f"ck_{secrets.token_hex(20)}"
        self.consumer_secret = f"cs_{secrets.token_hex(20)}"
        self.orders: dict[int, Record] = {}
        self.customers: dict[int, Record] = {}
        self.uploads: dict[str, bytes] = {}
        """What lies in the upload directory, by path."""
        self.notes: dict[int, list[Record]] = {}
        self.on_event: Callable[[str, int], None] = lambda _event, _order_id: None
        self.on_customer: Callable[[str, int], None] = lambda _event, _customer_id: None
        self._items = Items(self.catalogue, self.next_id)
        self.ids: dict[str, int] = {}
        self.before_trash: dict[int, str] = {}
        self.touched: set[int] = set()
        """Orders changed or deleted, until whoever keeps them empties it."""
        self._lock = threading.RLock()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other threads away from the orders."""
        with self._lock:
            yield

    def register(
        self, email: str, first_name: str = "", last_name: str = "", role: str = "customer", **billing: str
    ) -> int:
        """Let a buyer make an account, and return its id; `billing` is the address he has saved."""
        with self.locked():
            id_ = self.next_id("customer")
            told = {"first_name": first_name, "last_name": last_name, "email": email, **billing}
            self.customers[id_] = {
                "id": id_, "email": email, "first_name": first_name, "last_name": last_name, "role": role,
                "username": email.partition("@")[0], "billing": records.address(told, "billing"),
                "shipping": records.address({}, "shipping"), "is_paying_customer": False, "avatar_url": "",
                "meta_data": [],
            }  # fmt: skip
            records.set_date(self.customers[id_], "created", self.clock.now(), self.zone)
            self.on_customer("created", id_)
            return id_

    def edit_account(self, customer_id: int, **billing: str) -> None:
        """Let a buyer, or a manager for him, change the address saved in his account; his orders stay as they are."""
        with self.locked():
            row = self.customers[customer_id]
            row["billing"] = {**row["billing"], **billing}
            row |= {key: billing[key] for key in ("first_name", "last_name", "email") if key in billing}
            records.set_date(row, "modified", self.clock.now(), self.zone)
            self.on_customer("updated", customer_id)

    def next_id(self, kind: str) -> int:
        """Return the next row number of a table."""
        self.ids[kind] = self.ids.get(kind, 0) + 1
        return self.ids[kind]

    def order(self, order_id: int, missing: int = 404) -> Record:
        """Return the living record, trashed ones too; WooError with the status `missing` when there is none."""
        try:
            return self.orders[int(order_id)]
        except (KeyError, ValueError, TypeError):
            raise no_order(missing) from None

    def create(self, payload: Mapping[str, Any], created_via: str = "rest-api") -> int:
        """Make an order from a REST body and return its id; both created and updated follow."""
        with self._lock:
            self._check(payload)
            order = records.new_order(self.next_id("order"), self.catalogue)
            told = payload.get("created_via") if self.catalogue.knows_channels else None
            order["created_via"] = told or created_via
            records.set_date(order, "created", self.clock.now(), self.zone)
            self._apply(order, payload, creating=True)
            self.orders[order["id"]] = order
            self.notes[order["id"]] = []
            self._save(order, created=True)
            return int(order["id"])

    def edit(self, order_id: int, payload: Mapping[str, Any]) -> None:
        """Change an order as `PUT /orders/{id}` and the admin page do; a change of nothing is a save too."""
        with self._lock:
            order = self.order(order_id, missing=400)
            self._check(payload)
            draft = copy.deepcopy(order)
            self._apply(draft, payload, creating=False)
            order.update(draft)
            self._save(order)

    def unchecked(self, payload: Mapping[str, Any]) -> Record:
        """Return what is made of an item of a batch, which no schema checks: PHP's own conversions and defaults."""
        found = dict(payload)
        for key in _TEXTS:
            if isinstance(found.get(key), list | dict):
                found[key] = "Array"
        if found.get("status"):
            status = str(found["status"]).removeprefix("wc-")
            found["status"] = status if status in self._settable() else "pending"
        for kind in (*_PARTS, "coupon_lines", "meta_data"):
            if not isinstance(found.get(kind, []), list):
                del found[kind]
        return found

    def place_order(
        self,
        billing: Mapping[str, object],
        items: Sequence[Mapping[str, Any]],
        shipping: Mapping[str, object] | None = None,
        coupon: str | None = None,
        meta: Mapping[str, object] | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> int:
        """Let a customer check out and return the order's id.

        An item has product_id (and name when the catalogue lacks it) and maybe quantity, price and tax for one piece,
        discount for one piece, meta (a mapping); `shipping` is method_id, method_title, total; `meta` takes
        `_wc_order_attribution_*` and anything else; `fields` are other REST fields (status is processing by default).
        What the buyer types is saved with its `&`, `<` and `>` as HTML entities, as the checkout block saves it.
        """
        typed = {key: html.escape(str(value or ""), quote=False) for key, value in billing.items()}
        more = dict(fields or {})
        if "customer_note" in more:
            more["customer_note"] = html.escape(str(more["customer_note"]), quote=False)
        rows = [{"key": key, "value": value} for key, value in (meta or {}).items()]
        payload: Record = {
            "billing": typed,
            "shipping": dict(typed),
            "status": "processing",
            "payment_method": "cod",
            "payment_method_title": self.catalogue.gateways["cod"],
            "line_items": [_line(item) for item in items],
            "shipping_lines": [dict(shipping)] if shipping else [],
            **({"coupon_lines": [{"code": coupon}]} if coupon else {}),
            "meta_data": [{"key": "is_vat_exempt", "value": "no"}, *rows],
            **more,
        }
        return self.create(payload, created_via="checkout")

    def pay(self, order_id: int, transaction_id: str = "") -> None:
        """Let a customer pay what is still to be paid."""
        self.edit(order_id, {"set_paid": True, "transaction_id": transaction_id})

    def cancel(self, order_id: int) -> None:
        """Let a manager cancel; the date of payment stays."""
        self.edit(order_id, {"status": "cancelled"})

    def trash(self, order_id: int) -> None:
        """Let a manager put the order into the trash: it is gone from `any`, and `deleted` follows."""
        with self._lock:
            order = self.order(order_id)
            if order["status"] == "trash":
                raise WooError("woocommerce_rest_already_trashed", "The order has already been deleted.", 410)
            self.before_trash[order["id"]] = order["status"]
            order["status"] = "trash"
            self._touch(order)
            self.on_event("deleted", order["id"])

    def restore(self, order_id: int) -> None:
        """Let a manager take the order out of the trash into its former status; `restored` and `updated` follow."""
        with self._lock:
            order = self.order(order_id)
            order["status"] = self.before_trash.pop(order["id"], "pending")
            self._touch(order)
            self.on_event("restored", order["id"])
            self.on_event("updated", order["id"])

    def delete(self, order_id: int) -> None:
        """Let a program delete the order for good, past the trash or out of it: no webhook tells of that."""
        with self._lock:
            order = self.order(order_id)
            del self.orders[order["id"]]
            self.touched.add(order["id"])

    def refund(self, order_id: int, amount: object, reason: str = "") -> int:
        """Let a manager give money back and return the refund's id; the total stays as it was.

        A refund of all that is left sets the status refunded. WooError 400 for no amount, 500 for more than is left.
        """
        with self._lock:
            order = self.order(order_id)
            back = Decimal(records.money(amount))
            left = Decimal(order["total"]) + sum((Decimal(row["total"]) for row in order["refunds"]), Decimal(0))
            if back <= 0:
                message = "Refund amount must be greater than zero."
                raise WooError("woocommerce_rest_invalid_order_refund", message, 400)
            if back > left:
                raise WooError("woocommerce_rest_cannot_create_order_refund", "Invalid refund amount.", 500)
            # A refund is an order of its own kind and takes its number from the orders.
            id_ = self.next_id("order")
            order["refunds"].insert(0, {"id": id_, "reason": reason, "total": records.money(-back)})
            if back == left:
                self._move(order, "refunded", creating=False)
            self._save(order)
            return id_

    def add_note(self, order_id: int, note: str, customer_note: bool = False, author: str = "WooCommerce") -> Record:
        """Write a note for the managers, or one that the buyer gets by mail; the order is not saved by it."""
        with self._lock:
            order = self.order(order_id)
            row: Record = {"id": self.next_id("note"), "author": author}
            records.set_date(row, "created", self.clock.now(), self.zone)
            row.update(note=note, customer_note=customer_note)
            self.notes[order["id"]].append(row)
            self.touched.add(order["id"])
            return row

    def replay(self, order: Mapping[str, Any]) -> int:
        """Put a recorded order in as it is, with its ids, dates and sums; an order with that id is replaced.

        New ids continue above those of the recording.
        """
        with self._lock:
            row = {**records.new_order(int(order["id"]), self.catalogue), **copy.deepcopy(dict(order))}
            row.pop("_links", None)
            created = row["id"] not in self.orders
            self.orders[row["id"]] = row
            self.notes.setdefault(row["id"], [])
            self.touched.add(row["id"])
            items = [item["id"] for kind in (*_PARTS, "coupon_lines", "tax_lines") for item in row[kind]]
            lines = [meta["id"] for item in row["line_items"] for meta in item["meta_data"]]
            metas = [meta["id"] for meta in row["meta_data"]] + lines
            for kind, ids in (("order", [row["id"]]), ("item", items), ("meta", metas)):
                self.ids[kind] = max([self.ids.get(kind, 0), *ids])
            for event in ("created", "updated") if created else ("updated",):
                self.on_event(event, row["id"])
            return int(row["id"])

    def _check(self, payload: Mapping[str, Any]) -> None:
        status = payload.get("status")
        if status is not None and status not in self._settable():
            raise not_in("status", self._settable())
        for kind in (*_PARTS, "coupon_lines", "meta_data"):
            if kind in payload and not isinstance(payload[kind], list):
                raise invalid_param(kind, f"{kind} is not of type array.")

    def _settable(self) -> list[str]:
        return ["auto-draft", *self.catalogue.statuses]

    def _apply(self, order: Record, payload: Mapping[str, Any], creating: bool) -> None:
        for key in _PLAIN:
            if key in payload:
                order[key] = payload[key]
        for kind in ("billing", "shipping"):
            if kind in payload:
                order[kind] = records.address({**order[kind], **payload[kind]}, kind)
        if order["billing"]["email"] and "@" not in order["billing"]["email"]:
            raise WooError("order_invalid_billing_email", "Invalid billing email address", 400)
        for kind in _PARTS:
            self._items.write(order, kind, _rows(payload, kind))
        if "coupon_lines" in payload:
            self._items.coupons(order, _rows(payload, "coupon_lines"))
        self._items.meta(order, _rows(payload, "meta_data"))
        if creating or {"billing", "shipping", "coupon_lines", *_PARTS} & payload.keys():
            taxes.levy(order, self.catalogue.tax_rates, self.next_id)
            records.totals(order)
        if payload.get("status"):
            self._move(order, str(payload["status"]), creating)
        records.refresh(order)
        if payload.get("set_paid") is True and (creating or order["needs_payment"]):
            self._move(order, "processing", creating)
            if order["date_paid"] is None:
                records.set_date(order, "paid", self.clock.now(), self.zone)

    def _move(self, order: Record, status: str, creating: bool) -> None:
        """Change the status with its dates: cash on delivery counts as paid only when the order is completed."""
        before = order["status"]
        if status == before:
            return
        order["status"] = status
        if not creating:
            names = self.catalogue.statuses
            text = f"Order status changed from {names.get(before, before)} to {names.get(status, status)}."
            self.add_note(order["id"], text)
        paid_at = {"completed"} if order["payment_method"] == "cod" else {"processing", "completed"}
        if status in paid_at and order["date_paid"] is None:
            records.set_date(order, "paid", self.clock.now(), self.zone)
        if status == "completed":
            records.set_date(order, "completed", self.clock.now(), self.zone)

    def _touch(self, order: Record) -> None:
        records.refresh(order)
        self.touched.add(order["id"])
        records.set_date(order, "modified", self.clock.now(), self.zone)

    def _save(self, order: Record, created: bool = False) -> None:
        self._touch(order)
        for event in ("created", "updated") if created else ("updated",):
            self.on_event(event, order["id"])

    def now(self) -> datetime:
        """Return the site's own time."""
        return self.clock.now().astimezone(self.zone)


def _rows(payload: Mapping[str, Any], key: str) -> Iterable[Mapping[str, Any]]:
    return [row for row in payload.get(key) or () if isinstance(row, dict)]


def _line(item: Mapping[str, Any]) -> Record:
    quantity = int(item.get("quantity", 1))
    line = {key: item[key] for key in ("product_id", "variation_id", "sku", "name") if key in item}
    if line.get("name"):
        line["name"] = html.escape(str(line["name"]), quote=False)
    line["quantity"] = quantity
    line["meta_data"] = [{"key": key, "value": value} for key, value in (item.get("meta") or {}).items()]
    if "price" in item:
        price, off = Decimal(str(item["price"])), Decimal(str(item.get("discount", 0)))
        line.update(subtotal=price * quantity, total=(price - off) * quantity)
    if "tax" in item:
        line["total_tax"] = Decimal(str(item["tax"])) * quantity
    return line
