"""The order, in our words, whatever store it came from; and its flat form that mappings and routes read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from sverka.domain.commerce.customer import Customer
from sverka.domain.commerce.lines import Line, sum_of
from sverka.domain.commerce.money import ZERO
from sverka.domain.commerce.payment import Payment, paid_state, refunded
from sverka.domain.commerce.value import Value

CANCELLED = "cancelled"
"""The status every cancelled order shows and is cancelled by, though some stores keep a flag apart from statuses."""

REQUISITES = ("full_name", "inn", "kpp", "ogrn", "address", "bank", "bik", "account", "cor_account")
"""What an order may tell of the company it is bought for, beside its name; keys of `Order.requisites`."""

PERSON, ORGANISATION = "person", "organisation"
"""Whom an order is for, whatever types of payers its store has."""

REFUND = "Возврат"
"""What the row is called that takes a refund off a deal."""


@dataclass(frozen=True)
class Shipment:
    """One delivery of an order; `price` is what the buyer pays for it, tax included.

    `tax_rate` is that tax in percent, None meaning "without VAT". `status` is its own, where the store keeps one, and
    `allowed` tells whether it may leave then.
    """

    id: str
    service: str
    service_name: str
    price: Decimal
    tracking_number: str = ""
    shipped: bool = False
    shipped_at: datetime | None = None
    status: str = ""
    tax_rate: Decimal | None = None
    allowed: bool = False

    def told(self) -> str:
        """Return the delivery in one line: its service, tracking number, and the day it left."""
        day = self.shipped_at.astimezone(UTC).strftime("%Y-%m-%d") if self.shipped_at else "✓"
        parts = [self.service_name or self.service or self.id, self.tracking_number, day if self.shipped else "✗"]
        return " · ".join(part for part in parts if part)

    def as_line(self) -> Line:
        """Return the delivery as a line item."""
        return Line(
            name=self.service_name or self.service,
            quantity=Decimal(1),
            total=self.price,
            tax_rate=self.tax_rate,
            product=self.service,
            kind="delivery",
            id=self.id,
        )


@dataclass(frozen=True)
class Order:
    """What a customer ordered. `lines` are goods and services; delivery stands in `shipments` (R30).

    `products` are the ids that stand in the store's catalogue, the parents of variations. `host` is the site's name
    in the network. `payer` is the store's own payer type, where it has some.
    """

    id: str
    number: str
    status: str
    currency: str
    total: Decimal
    created_at: datetime
    updated_at: datetime
    customer: Customer = field(default_factory=Customer)
    requisites: Mapping[str, str] = field(default_factory=dict)
    lines: Sequence[Line] = ()
    payments: Sequence[Payment] = ()
    shipments: Sequence[Shipment] = ()
    properties: Mapping[str, Value] = field(default_factory=dict)
    attribution: Mapping[str, str] = field(default_factory=dict)
    coupons: Sequence[str] = ()
    site: str = ""
    channel: str = ""
    person_type: str = "individual"
    cancelled: bool = False
    cancel_reason: str = ""
    discount: Decimal = ZERO
    tax: Decimal = ZERO
    comment_customer: str = ""
    comment_manager: str = ""
    responsible: str = ""
    delivery_address: str = ""
    delivery_region: str = ""
    delivery_city: str = ""
    url: str = ""
    host: str = ""
    payer: str = ""
    products: Sequence[str] = ()

    @property
    def is_organisations(self) -> bool:
        """Whether a firm is the buyer: its payer type says so, or a company is named (R284)."""
        return self.person_type == "company" or bool(self.customer.company)

    @property
    def delivery(self) -> Decimal:
        """What the buyer pays for delivery, over all shipments."""
        return sum((shipment.price for shipment in self.shipments), ZERO)

    def delivery_lines(self) -> Sequence[Line]:
        """Return the shipments that cost something, as line items."""
        return [shipment.as_line() for shipment in self.shipments if shipment.price]

    def refund_lines(self) -> Sequence[Line]:
        """Return what was given back as one line item below zero; none where nothing was."""
        back = refunded(self.payments)
        return [Line(name=REFUND, quantity=Decimal(1), total=-back, kind="refund")] if back else []

    def fields(self) -> dict[str, Value]:
        """Return every field by its key; properties are `property.CODE`, traces of advertising `attribution.NAME`."""
        return {
            **self._head(),
            **self._people(),
            **self._money(),
            **self._delivery(),
            **{f"property.{code}": value for code, value in self.properties.items()},
            **{f"attribution.{name}": value for name, value in self.attribution.items()},
        }

    def _head(self) -> dict[str, Value]:
        return {
            "order.id": self.id,
            "order.number": self.number,
            "order.created_at": self.created_at,
            "order.url": self.url,
            "status": CANCELLED if self.cancelled else self.status,
            "status.code": self.status,
            "cancel_reason": self.cancel_reason,
            "site": self.site,
            "site.host": self.host,
            "channel": self.channel,
            "person_type": self.person_type,
            "payer": self.payer,
            "client": ORGANISATION if self.is_organisations else PERSON,
            "comment.customer": self.comment_customer,
            "comment.manager": self.comment_manager,
            "responsible": self.responsible,
        }

    def _people(self) -> dict[str, Value]:
        buyer = self.customer
        return {
            "customer.name": buyer.name,
            "customer.first_name": buyer.first_name,
            "customer.last_name": buyer.last_name,
            "customer.middle_name": buyer.middle_name,
            "customer.phone": buyer.phone,
            "customer.email": buyer.email,
            "customer.external_id": buyer.external_id,
            "company.name": buyer.company,
            **{f"company.{key}": self.requisites.get(key, "") for key in REQUISITES},
        }

    def _money(self) -> dict[str, Value]:
        paid = [payment for payment in self.payments if payment.paid]
        state, back = paid_state(self.payments, self.total), refunded(self.payments)
        return {
            "currency": self.currency,
            "total": self.total,
            "total.net": self.total - back,
            "discount": self.discount,
            "tax": self.tax,
            "coupons": tuple(self.coupons),
            "lines": (*self.lines, *self.delivery_lines()),
            "lines.goods": tuple(self.lines),
            "lines.net": (*self.lines, *self.delivery_lines(), *self.refund_lines()),
            "lines.total": sum_of(self.lines),
            "lines.product": tuple(dict.fromkeys(self.products)),
            "payment.method": self.payments[0].system if self.payments else "",
            "payment.method_name": self.payments[0].system_name if self.payments else "",
            "payment.paid": bool(self.payments) and len(paid) == len(self.payments),
            "payment.total": sum((payment.total for payment in paid), ZERO),
            "payment.paid_at": max((payment.paid_at for payment in paid if payment.paid_at), default=None),
            "payment.status": state,
            "payment.refunded": back,
            "payments": tuple(payment.told(self.currency) for payment in self.payments),
            "order.refunded": state == "refunded",
        }

    def _delivery(self) -> dict[str, Value]:
        first = self.shipments[0] if self.shipments else None
        return {
            "delivery.method": first.service if first else "",
            "delivery.method_name": first.service_name if first else "",
            "delivery.price": self.delivery,
            "delivery.track": first.tracking_number if first else "",
            "delivery.shipped": bool(self.shipments) and all(shipment.shipped for shipment in self.shipments),
            "delivery.allowed": bool(self.shipments) and all(shipment.allowed for shipment in self.shipments),
            "delivery.status": first.status if first else "",
            "shipments": tuple(shipment.told() for shipment in self.shipments),
            "delivery.address": self.delivery_address,
            "delivery.region": self.delivery_region,
            "delivery.city": self.delivery_city,
        }
