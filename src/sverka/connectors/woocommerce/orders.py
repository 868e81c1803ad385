"""An order as REST v3 shows it, in our words."""

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from sverka.connectors.kit.moments import moment_of
from sverka.connectors.kit.phone import to_e164
from sverka.connectors.woocommerce.billing import PLACE
from sverka.domain.commerce.customer import Customer
from sverka.domain.commerce.lines import Line, LineKind
from sverka.domain.commerce.money import ZERO, amount_of, to_kopecks
from sverka.domain.commerce.order import CANCELLED, Order, Shipment
from sverka.domain.commerce.payment import Payment
from sverka.domain.commerce.value import Value
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.comments import COMMENTS, FEED
from sverka.ports.customers import ACCOUNT
from sverka.ports.stock import STOCK

_ATTRIBUTION = "_wc_order_attribution_"
CHANNEL = "sverka-"
"""What the channel of an order begins with that the hub has made."""

MARK = "_sverka_mark"
"""The meta key of the mark such an order carries, after the hub's own id."""

UNREAD = frozenset({COMMENTS, FEED, *ACCOUNT, STOCK})
"""What an order's own answer leaves out: its notes, its buyer's account and the stock are read by themselves."""


@dataclass(frozen=True)
class Reader:
    """Turns payloads of one shop into orders; `track_meta` is the meta key of tracking numbers, `hub` the hub's id."""

    site: str
    region: str
    track_meta: str
    hub: str = ""

    def snapshot(self, row: Mapping[str, Any]) -> Snapshot:
        """Return what the order shows; its stamp is its last save, to the second."""
        order = self.order(row)
        stamp = str(row.get("date_modified_gmt") or "")
        return Snapshot(
            order.id,
            order.fields(),
            stamp,
            order.updated_at,
            title=order.number,
            url=order.url,
            unread=UNREAD,
            mark=mark_of(row, self.hub),
        )

    def order(self, row: Mapping[str, Any]) -> Order:
        """Read an order with its parts; manager notes are not part of it."""
        id_, status = str(row["id"]), str(row.get("status") or "")
        created = moment_of(row.get("date_created_gmt")) or datetime.fromtimestamp(0, UTC)
        billing = {key: _said(value) for key, value in _map(row, "billing").items()}
        total = amount_of(row.get("total"))
        return Order(
            id=id_,
            number=str(row.get("number") or id_),
            status=status,
            currency=str(row.get("currency") or ""),
            total=total,
            created_at=created,
            updated_at=moment_of(row.get("date_modified_gmt")) or created,
            customer=_customer(row, billing, self.region),
            lines=lines_of(row),
            payments=[_payment(row, total)],
            shipments=self._shipments(row),
            properties=properties_of(row),
            attribution=_attribution(row),
            coupons=[str(line.get("code") or "") for line in rows_of(row, "coupon_lines")],
            channel=_channel(row),
            person_type="company" if billing.get("company") else "individual",
            cancelled=status == CANCELLED,
            discount=amount_of(row.get("discount_total")) + amount_of(row.get("discount_tax")),
            tax=amount_of(row.get("total_tax")),
            comment_customer=_said(row.get("customer_note")),
            delivery_address=_address(_map(row, "shipping")) or _address(_map(row, "billing")),
            delivery_region=_part(row, "state"),
            delivery_city=_part(row, "city"),
            url=f"{self.site}/wp-admin/admin.php?page=wc-orders&action=edit&id={id_}",
            host=urlsplit(self.site).netloc,
            products=[str(line["product_id"]) for line in rows_of(row, "line_items") if line.get("product_id")],
        )

    def _shipments(self, row: Mapping[str, Any]) -> Sequence[Shipment]:
        """Return the shipping lines; a tracking number without one still needs a place to stand in."""
        shipped = row.get("status") == "completed"
        at = moment_of(row.get("date_completed_gmt")) if shipped else None
        track = self._track(row)
        rates = rates_of(row)
        found = [
            Shipment(
                str(line.get("id")),
                _service(line),
                _said(line.get("method_title")),
                _gross(line),
                track,
                shipped,
                at,
                tax_rate=_rate(line, rates),
            )
            for line in rows_of(row, "shipping_lines")
        ]
        return found or ([Shipment("", "", "", ZERO, track, shipped, at)] if track else [])

    def _track(self, row: Mapping[str, Any]) -> str:
        """Return the tracking number: a text, or what plugins keep as a list of parcels."""
        value = next(
            (meta.get("value") for meta in rows_of(row, "meta_data") if meta.get("key") == self.track_meta), ""
        )
        parcels = value if isinstance(value, list) else [value]
        numbers = (
            str(one.get("tracking_number") or "") if isinstance(one, dict) else str(one or "") for one in parcels
        )
        return ", ".join(number for number in numbers if number)


def mark_of(row: Mapping[str, Any], hub: str) -> str:
    """Return the mark this hub gave an order (K23), empty where it gave none: another hub's is another's business."""
    told = next((str(meta.get("value")) for meta in rows_of(row, "meta_data") if meta.get("key") == MARK), "")
    whose, _, mark = told.partition(" ")
    return mark if whose == hub else ""


def _channel(row: Mapping[str, Any]) -> str:
    told = str(row.get("created_via") or "")
    return CHANNEL.rstrip("-") if told.startswith(CHANNEL) else told


def told_by(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the address a shop gives itself in its orders' links, empty where it gives none."""
    for row in rows:
        for link in (link for link in _map(row, "_links").get("self") or () if isinstance(link, dict)):
            return str(link.get("href") or "")
    return ""


def metas_of(row: Mapping[str, Any]) -> set[str]:
    """Return the keys of an order's meta data, hidden ones too."""
    return {str(meta.get("key")) for meta in row.get("meta_data") or ()}


def lines_of(row: Mapping[str, Any]) -> Sequence[Line]:
    """Return goods and fees, with tax; delivery stands in the shipping lines."""
    rates, gross = rates_of(row), row.get("prices_include_tax") is True
    goods = [_line(line, rates, "goods", gross=gross) for line in rows_of(row, "line_items")]
    return [*goods, *(_line(line, rates, "fee", gross=gross) for line in rows_of(row, "fee_lines"))]


def _line(line: Mapping[str, Any], rates: Mapping[str, Decimal], kind: LineKind, *, gross: bool) -> Line:
    quantity = amount_of(line.get("quantity")) if kind == "goods" else Decimal(1)
    total = _gross(line)
    before = total
    if kind == "goods":
        before = amount_of(line.get("subtotal")) + amount_of(line.get("subtotal_tax"))
    product = str(line.get("variation_id") or line.get("product_id") or "")
    return Line(
        name=_said(line.get("name")),
        quantity=quantity,
        total=to_kopecks(total),
        discount=to_kopecks((before - total) / quantity) if quantity else ZERO,
        tax_rate=_rate(line, rates),
        product=product,
        sku=str(line.get("sku") or ""),
        kind=kind,
        properties=_chosen(line),
        xml_id=product,
        id=str(line.get("id") or ""),
        tax_included=gross,
        picture=str(_map(line, "image").get("src") or ""),
    )


def _chosen(line: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what was chosen of a variation, by the names the shop shows; keys with an underscore are its own."""
    return tuple(
        (_said(meta.get("display_key") or meta["key"]), _said(meta.get("display_value") or meta.get("value")))
        for meta in rows_of(line, "meta_data")
        if meta.get("key") and not str(meta["key"]).startswith("_") and isinstance(meta.get("value"), str | int | float)
    )


def rates_of(row: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the percents by tax rate, of those the order tells; a tax on a tax has no percent of the line."""
    return {
        str(tax.get("rate_id")): amount_of(tax["rate_percent"])
        for tax in rows_of(row, "tax_lines")
        if tax.get("rate_percent") is not None and not tax.get("compound")
    }


def taxes_of(line: Mapping[str, Any]) -> Sequence[str]:
    """Return the ids of the tax rates a line is taxed by."""
    return [str(tax.get("id")) for tax in rows_of(line, "taxes") if tax.get("total") not in (None, "")]


def _rate(line: Mapping[str, Any], rates: Mapping[str, Decimal]) -> Decimal | None:
    used = taxes_of(line)
    if not used or any(id_ not in rates for id_ in used):
        return None
    return sum((rates[id_] for id_ in used), Decimal(0))


def _gross(line: Mapping[str, Any]) -> Decimal:
    return amount_of(line.get("total")) + amount_of(line.get("total_tax"))


def _service(line: Mapping[str, Any]) -> str:
    method, instance = str(line.get("method_id") or ""), str(line.get("instance_id") or "")
    return f"{method}:{instance}" if instance not in ("", "0") else method


def _payment(row: Mapping[str, Any], total: Decimal) -> Payment:
    paid_at = moment_of(row.get("date_paid_gmt"))
    return Payment(
        id=str(row["id"]),
        system=str(row.get("payment_method") or ""),
        system_name=str(row.get("payment_method_title") or ""),
        total=total,
        paid=paid_at is not None,
        paid_at=paid_at,
        reference=str(row.get("transaction_id") or ""),
        refunded=-sum((amount_of(refund.get("total")) for refund in rows_of(row, "refunds")), ZERO),
    )


def _customer(row: Mapping[str, Any], billing: Mapping[str, str], region: str) -> Customer:
    first, last = billing.get("first_name", ""), billing.get("last_name", "")
    guest = row.get("customer_id") in (None, 0, "0", "")
    return Customer(
        name=" ".join(part for part in (first, last) if part),
        first_name=first,
        last_name=last,
        phone=to_e164(billing.get("phone", ""), region),
        email=billing.get("email", ""),
        external_id="" if guest else str(row["customer_id"]),
        company=billing.get("company", ""),
    )


def properties_of(row: Mapping[str, Any]) -> dict[str, Value]:
    """Return the order's meta data by key, those of plugins that hide theirs (`_…`) too; one met twice holds several.

    The traces of advertising have fields of their own, and the mark is the hub's.
    """
    found: dict[str, Value] = {}
    for meta in rows_of(row, "meta_data"):
        key, value = str(meta.get("key") or ""), _value(meta.get("value"))
        if key.startswith(_ATTRIBUTION) or key in ("", MARK):
            continue
        before = found.get(key)
        if key not in found:
            found[key] = value
        else:
            found[key] = (*(before if isinstance(before, tuple) else (before,)), value)
    return found


def _value(raw: Any) -> Value:
    if raw is None or isinstance(raw, bool | str):
        return raw
    if isinstance(raw, list) and not any(isinstance(item, dict | list) for item in raw):
        return tuple(_value(item) for item in raw)
    return json.dumps(raw, ensure_ascii=False, sort_keys=True) if isinstance(raw, dict | list) else str(raw)


def _attribution(row: Mapping[str, Any]) -> dict[str, str]:
    found = {str(meta.get("key")): meta.get("value") for meta in rows_of(row, "meta_data")}
    return {
        key.removeprefix(_ATTRIBUTION): str(value)
        for key, value in found.items()
        if key.startswith(_ATTRIBUTION) and value
    }


def _part(row: Mapping[str, Any], key: str) -> str:
    """Return a part of the address the goods go to: the buyer's own where none is given for them."""
    return _said(_map(row, "shipping").get(key)) or _said(_map(row, "billing").get(key))


def _address(place: Mapping[str, Any]) -> str:
    parts = (_said(place.get(key)) for key in PLACE)
    return ", ".join(part for part in parts if part)


def _said(value: object) -> str:
    """Return a text as the person typed it: the checkout saves `&`, `<` and `>` as HTML entities."""
    return html.unescape(str(value or ""))


def rows_of(row: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    """Return the rows of one part of an order or a line."""
    rows = row.get(key) or ()
    return [one for one in rows if isinstance(one, dict)]


def _map(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = row.get(key)
    return value if isinstance(value, dict) else {}
