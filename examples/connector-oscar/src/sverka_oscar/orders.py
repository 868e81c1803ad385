"""Oscar's orders in the hub's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sverka.domain.commerce.customer import Customer
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.money import to_kopecks
from sverka.domain.commerce.order import CANCELLED, Order, Shipment
from sverka.domain.merge.snapshot import Snapshot
from sverka_oscar.client import Row


@dataclass(frozen=True)
class Words:
    """What the shop calls a cancelled order: the hub has one word for that."""

    cancelled: str

    def ours(self, status: str) -> str:
        """Return the hub's word for a status of the shop."""
        return CANCELLED if status == self.cancelled else status

    def theirs(self, status: str) -> str:
        """Return the shop's word for a status."""
        return self.cancelled if status == CANCELLED else status


def snapshot_of(id_: str, row: Row, lines: Sequence[Row], changed: datetime, words: Words) -> Snapshot:
    """Return an order as it is now; its stamp is when it last changed."""
    address = row.get("shipping_address") or row.get("billing_address") or {}
    first, last = address.get("first_name") or "", address.get("last_name") or ""
    streets = [address.get(f"line{number}") or "" for number in (1, 2, 3)]
    discount = sum(
        (_amount(one, "price_incl_tax_excl_discounts") - _amount(one, "price_incl_tax") for one in lines), _0
    )
    order = Order(
        id=id_,
        number=str(row["number"]),
        status=words.ours(str(row["status"])),
        currency=str(row["currency"]),
        total=_amount(row, "total_incl_tax"),
        created_at=datetime.fromisoformat(row["date_placed"]),
        updated_at=changed,
        customer=Customer(
            name=f"{first} {last}".strip(),
            first_name=first,
            last_name=last,
            phone=address.get("phone_number") or "",
            email=row.get("email") or "",
        ),
        lines=[_line(one) for one in lines],
        shipments=[Shipment("", row["shipping_code"], row["shipping_method"], _amount(row, "shipping_incl_tax"))],
        cancelled=row["status"] == words.cancelled,
        discount=discount,
        tax=_amount(row, "total_incl_tax") - _amount(row, "total_excl_tax"),
        comment_customer=address.get("notes") or "",
        delivery_address=", ".join(filter(None, [address.get("postcode") or "", *streets])),
        delivery_region=address.get("state") or "",
        delivery_city=address.get("line4") or "",
    )
    return Snapshot(id_, order.fields(), changed.isoformat(), changed, title=order.number)


_0 = Decimal("0.00")


def _amount(row: Row, key: str) -> Decimal:
    return Decimal(str(row.get(key) or 0)).quantize(_0)


def _line(row: Row) -> Line:
    quantity, total = Decimal(row["quantity"]), _amount(row, "price_incl_tax")
    off = _amount(row, "price_incl_tax_excl_discounts") - total
    product = str(row.get("product") or "").rstrip("/").rpartition("/")[2]
    return Line(
        name=str(row.get("title") or product),
        quantity=quantity,
        total=total,
        discount=to_kopecks(off / quantity) if quantity else _0,
        product=product,
        sku=str(row.get("partner_sku") or ""),
    )
