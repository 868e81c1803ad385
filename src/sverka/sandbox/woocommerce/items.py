"""Writing lines, coupons and meta data the way the REST controller does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from sverka.sandbox.woocommerce.catalogue import Catalogue, Coupon, Product, Record
from sverka.sandbox.woocommerce.errors import WooError
from sverka.sandbox.woocommerce.records import money

#: An existing line is removed by quantity 0 or by one of these sent as null.
_NULLABLE = ("product_id", "method_id", "method_title", "name", "code")


class Items:
    """Applies what a request says of an order's parts; `next_id` gives row numbers by table."""

    def __init__(self, catalogue: Catalogue, next_id: Callable[[str], int]) -> None:
        self._catalogue = catalogue
        self._next_id = next_id

    def write(self, order: Record, kind: str, sent: Iterable[Mapping[str, Any]]) -> None:
        """Apply rows to `line_items`, `shipping_lines` or `fee_lines`: no id appends, an id changes or removes.

        WooError 400 for an id of another order and for a new line without a product.
        """
        for row in sent:
            if not row.get("id"):
                order[kind].append(self._new(kind, row))
                continue
            line = next((line for line in order[kind] if line["id"] == int(row["id"])), None)
            if line is None:
                message = "Order item ID provided is not associated with order."
                raise WooError("woocommerce_rest_invalid_item_id", message, 400)
            if row.get("quantity", 1) == 0 or any(key in row and row[key] is None for key in _NULLABLE):
                order[kind].remove(line)
            else:
                self._change(line, row)

    def coupons(self, order: Record, sent: Iterable[Mapping[str, Any]]) -> None:
        """Replace the order's coupons and take each one off the lines anew; WooError 400 for an unknown code."""
        found = []
        for row in sent:
            coupon = self._catalogue.coupon(str(row.get("code") or ""))
            if coupon is None:
                message = f'Coupon "{row.get("code")}" does not exist!'
                raise WooError("woocommerce_rest_invalid_coupon", message, 400)
            found.append(coupon)
        if not found and not order["coupon_lines"]:
            return
        for line in order["line_items"]:
            _set_total(line, Decimal(line["subtotal"]))
        order["coupon_lines"] = [self._take_off(order, coupon) for coupon in found]

    def meta(self, holder: Record, sent: Iterable[Mapping[str, Any]]) -> None:
        """Set meta data: by id, or by key in place; a null value removes, an unknown key is added."""
        rows = holder["meta_data"]
        for row in sent:
            existing = next((old for old in rows if "id" in row and old["id"] == row["id"]), None)
            existing = existing or next((old for old in rows if old["key"] == row.get("key")), None)
            if existing is not None:
                if row.get("value") is None:
                    rows.remove(existing)
                else:
                    existing.update({key: row[key] for key in ("key", "value") if key in row})
            elif row.get("key") and row.get("value") is not None:
                rows.append({"id": self._next_id("meta"), "key": row["key"], "value": row["value"]})

    def _new(self, kind: str, row: Mapping[str, Any]) -> Record:
        build = {"line_items": self._new_line, "shipping_lines": self._new_shipping, "fee_lines": self._new_fee}[kind]
        line = build(row)
        self._item_meta(line, row)
        return line

    def _new_line(self, row: Mapping[str, Any]) -> Record:
        product = self._catalogue.product(row.get("product_id"), row.get("variation_id"), row.get("sku"))
        if not (row.get("product_id") or row.get("sku")):
            raise WooError("woocommerce_rest_required_product_reference", "Product ID or SKU is required.", 400)
        if product is None:
            # A reference to no product makes a line of none: it has what name and sums were sent with it.
            told = int(row.get("product_id") or 0)
            product = Product(told, str(row.get("name") or ""), Decimal(0))
        quantity = int(row.get("quantity", 1))
        subtotal = row.get("subtotal", row.get("total", product.price * quantity))
        return {
            "id": self._next_id("item"),
            "name": row.get("name") or product.name,
            "product_id": product.product_id,
            "variation_id": product.variation_id,
            "quantity": quantity,
            "tax_class": "",
            "subtotal": money(subtotal),
            "subtotal_tax": money(row.get("subtotal_tax", row.get("total_tax", 0))),
            "total": money(row.get("total", subtotal)),
            "total_tax": money(row.get("total_tax", 0)),
            "taxes": [],
            "meta_data": [],
            "sku": product.sku,
            "global_unique_id": "",
            "price": 0,
            "image": {"id": "", "src": ""},
            "parent_name": product.parent_name,
        }

    def _new_shipping(self, row: Mapping[str, Any]) -> Record:
        return {
            "id": self._next_id("item"),
            "method_title": str(row.get("method_title") or ""),
            "method_id": str(row.get("method_id") or ""),
            "instance_id": str(row.get("instance_id") or ""),
            "total": money(row.get("total", 0)),
            "total_tax": money(row.get("total_tax", 0)),
            "taxes": [],
            "tax_status": "taxable",
            "meta_data": [],
        }

    def _new_fee(self, row: Mapping[str, Any]) -> Record:
        return {
            "id": self._next_id("item"),
            "name": str(row.get("name") or ""),
            "tax_class": "",
            "tax_status": "taxable",
            "amount": str(row.get("total", "0")),
            "total": money(row.get("total", 0)),
            "total_tax": money(row.get("total_tax", 0)),
            "taxes": [],
            "meta_data": [],
        }

    def _change(self, line: Record, row: Mapping[str, Any]) -> None:
        for key in ("name", "quantity", "method_id", "method_title", "instance_id", "product_id", "variation_id"):
            if key in row:
                line[key] = row[key]
        if "subtotal" in row:
            line["subtotal"] = money(row["subtotal"])
        if "total" in row:
            _set_total(line, Decimal(str(row["total"])))
        self._item_meta(line, row)

    def _item_meta(self, line: Record, row: Mapping[str, Any]) -> None:
        self.meta(line, row.get("meta_data") or ())
        for meta in line["meta_data"]:
            meta.update(display_key=str(meta["key"]).capitalize(), display_value=meta["value"])

    def _take_off(self, order: Record, coupon: Coupon) -> Record:
        lines = order["line_items"]
        goods = sum((Decimal(line["total"]) for line in lines), Decimal(0))
        taken = goods * coupon.amount / 100 if coupon.kind == "percent" else min(coupon.amount, goods)
        left = Decimal(money(taken))
        for index, line in enumerate(lines):
            total = Decimal(line["total"])
            share = left if index == len(lines) - 1 else Decimal(money(taken * total / goods if goods else 0))
            _set_total(line, total - share)
            left -= share
        info = json.dumps([self._next_id("coupon"), coupon.code, coupon.kind, float(coupon.amount)])
        meta = {"id": self._next_id("meta"), "key": "coupon_info", "value": info}
        return {
            "id": self._next_id("item"),
            "code": coupon.code,
            "discount": str(Decimal(money(taken)).normalize()),
            "discount_tax": "0",
            "meta_data": [{**meta, "display_key": "coupon_info", "display_value": info}],
            "discount_type": coupon.kind,
            "nominal_amount": coupon.amount,
            "free_shipping": False,
        }


def _set_total(line: Record, total: Decimal) -> None:
    """Set a line's net total and let its tax follow at the line's own rate."""
    before, tax = Decimal(str(line["total"])), Decimal(str(line["total_tax"]))
    line["total"] = money(total)
    if before:
        line["total_tax"] = money(tax * total / before)
