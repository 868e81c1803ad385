"""Orders in the very form and key order of `GET /orders/{id}`, without `_links`; money is text with two places."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal

from sverka.sandbox.woocommerce.catalogue import Catalogue, Record

_CENT = Decimal("0.01")
ADDRESS = (
    "first_name", "last_name", "company", "address_1", "address_2", "city", "state", "postcode", "country",
)  # fmt: skip


def money(value: object) -> str:
    """Any number or numeric text with two places."""
    return str(Decimal(str(value or 0)).quantize(_CENT, ROUND_HALF_UP))


def address(given: Record, kind: str) -> Record:
    """Return a full billing or shipping address; shipping has no e-mail."""
    keys = (*ADDRESS, "email", "phone") if kind == "billing" else (*ADDRESS, "phone")
    return {key: str(given.get(key) or "") for key in keys}


def new_order(id_: int, catalogue: Catalogue) -> Record:
    """Return an empty pending order of a guest without dates."""
    return {
        "id": id_,
        "parent_id": 0,
        "status": "pending",
        "currency": catalogue.currency,
        "version": catalogue.version,
        "prices_include_tax": False,
        "date_created": None,
        "date_modified": None,
        "discount_total": "0.00",
        "discount_tax": "0.00",
        "shipping_total": "0.00",
        "shipping_tax": "0.00",
        "cart_tax": "0.00",
        "total": "0.00",
        "total_tax": "0.00",
        "customer_id": 0,
        "order_key": f"wc_order_{secrets.token_hex(7)}",
        "billing": address({}, "billing"),
        "shipping": address({}, "shipping"),
        "payment_method": "",
        "payment_method_title": "",
        "transaction_id": "",
        "customer_ip_address": "",
        "customer_user_agent": "",
        "created_via": "rest-api",
        "customer_note": "",
        "date_completed": None,
        "date_paid": None,
        "cart_hash": "",
        "number": str(id_),
        "meta_data": [],
        "line_items": [],
        "tax_lines": [],
        "shipping_lines": [],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
        "payment_url": "",
        "is_editable": True,
        "needs_payment": False,
        "needs_processing": True,
        "date_created_gmt": None,
        "date_modified_gmt": None,
        "date_completed_gmt": None,
        "date_paid_gmt": None,
        "currency_symbol": catalogue.currency_symbol,
    }


def set_date(order: Record, name: str, moment: datetime | None, zone: tzinfo) -> None:
    """Set `date_<name>` in the site's time and its `_gmt` twin, both naive and to the second; None clears them."""
    for key, place in ((f"date_{name}", zone), (f"date_{name}_gmt", UTC)):
        text = None if moment is None else moment.astimezone(place).replace(microsecond=0, tzinfo=None).isoformat()
        order[key] = text


def totals(order: Record) -> None:
    """Sum the order from its lines, as `calculate_totals` does."""
    lines, fees, shipping = order["line_items"], order["fee_lines"], order["shipping_lines"]
    net = _sum(lines, "total")
    order["discount_total"] = money(_sum(lines, "subtotal") - net)
    order["discount_tax"] = money(_sum(lines, "subtotal_tax") - _sum(lines, "total_tax"))
    order["shipping_total"] = money(_sum(shipping, "total"))
    order["shipping_tax"] = money(_sum(shipping, "total_tax"))
    cart_tax = _sum(lines, "total_tax") + _sum(fees, "total_tax")
    tax = cart_tax + _sum(shipping, "total_tax")
    order["cart_tax"], order["total_tax"] = money(cart_tax), money(tax)
    order["total"] = money(net + _sum(fees, "total") + _sum(shipping, "total") + tax)


def refresh(order: Record) -> None:
    """Set what WooCommerce computes on reading: unit prices and the flags of editing and payment."""
    for line in order["line_items"]:
        quantity = Decimal(str(line["quantity"] or 1))
        line["price"] = (Decimal(str(line["total"])) / quantity).quantize(Decimal("0.000001")).normalize()
    order["is_editable"] = order["status"] in {"pending", "on-hold", "auto-draft"}
    order["needs_payment"] = order["status"] in {"pending", "failed"} and Decimal(order["total"]) > 0


def with_links(order: Record, site: str) -> Record:
    """Return a copy of the order's top level with `payment_url` and `_links` of this site."""
    self_url = f"{site}/wp-json/wc/v3/orders/{order['id']}"
    key = order["order_key"]
    links = {
        "self": [{"href": self_url, "targetHints": {"allow": ["GET", "POST", "PUT", "PATCH", "DELETE"]}}],
        "collection": [{"href": f"{site}/wp-json/wc/v3/orders"}],
        "email_templates": [{"embeddable": True, "href": f"{self_url}/actions/email_templates"}],
    }
    payment_url = f"{site}/checkout/order-pay/{order['id']}/?pay_for_order=true&key={key}"
    return {**order, "payment_url": payment_url, "_links": links}


def _sum(rows: list[Record], key: str) -> Decimal:
    return sum((Decimal(str(row.get(key) or 0)) for row in rows), Decimal(0))
