"""Taxes on goods, fees and deliveries, row by row and summed by rate, as `calculate_taxes` keeps them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from sverka.sandbox.woocommerce.catalogue import Record, TaxRate
from sverka.sandbox.woocommerce.records import money


def levy(order: Record, rates: Sequence[TaxRate], next_id: Callable[[str], int]) -> None:
    """Tax every row of an order anew; without rates rows keep the tax they were given.

    `subtotal` of a tax is the tax before coupons; a fee and a delivery have none, and show an empty text.
    """
    if not rates:
        return
    for line in order["line_items"]:
        line["taxes"] = [_tax(line, rate, before=line["subtotal"]) for rate in rates]
        line["subtotal_tax"] = _sum(line, "subtotal")
        line["total_tax"] = _sum(line, "total")
    for fee in order["fee_lines"]:
        fee["taxes"] = [_tax(fee, rate) for rate in rates]
        fee["total_tax"] = _sum(fee, "total")
    for delivery in order["shipping_lines"]:
        delivery["taxes"] = [_tax(delivery, rate) for rate in rates if rate.shipping]
        delivery["total_tax"] = _sum(delivery, "total")
    ids = {line["rate_id"]: line["id"] for line in order["tax_lines"]}
    order["tax_lines"] = [_summed(order, rate, ids.get(rate.rate_id) or next_id("item")) for rate in rates]


def _tax(row: Record, rate: TaxRate, before: str | None = None) -> Record:
    subtotal = "" if before is None else money(Decimal(before) * rate.percent / 100)
    return {"id": rate.rate_id, "total": money(Decimal(row["total"]) * rate.percent / 100), "subtotal": subtotal}


def _sum(row: Record, key: str) -> str:
    return money(sum((Decimal(tax[key]) for tax in row["taxes"]), Decimal(0)))


def _summed(order: Record, rate: TaxRate, id_: int) -> Record:
    def of(*kinds: str) -> str:
        found = (tax for kind in kinds for row in order[kind] for tax in row["taxes"] if tax["id"] == rate.rate_id)
        return money(sum((Decimal(tax["total"]) for tax in found), Decimal(0)))

    return {
        "id": id_,
        "rate_code": rate.code,
        "rate_id": rate.rate_id,
        "label": rate.label,
        "compound": False,
        "tax_total": of("line_items", "fee_lines"),
        "shipping_tax_total": of("shipping_lines"),
        "rate_percent": rate.percent,
        "meta_data": [],
    }
