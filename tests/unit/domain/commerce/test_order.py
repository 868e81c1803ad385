"""The order's flat form: every key that mappings and routes may name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sverka.domain.commerce.customer import Customer
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.order import CANCELLED, REFUND, REQUISITES, Order, Shipment
from sverka.domain.commerce.payment import Payment
from sverka.domain.commerce.value import Value

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MUG = Line("Mug", Decimal(2), Decimal("200.00"))
POST = Line("Post", Decimal(1), Decimal("50.00"), product="post", kind="delivery")
BACK = Line(REFUND, Decimal(1), Decimal("-30.00"), kind="refund")
ORDER = Order(
    id="17",
    number="A-17",
    status="P",
    currency="RUB",
    total=Decimal("250.00"),
    created_at=NOON,
    updated_at=NOON + timedelta(hours=1),
    requisites={"inn": "7707083893"},
    customer=Customer("Anna Kim", "Anna", "Kim", "M", "+79990000001", "anna@example.test", "c1", "Kim and sons"),
    lines=[MUG],
    payments=[
        Payment("1", "card", "By card", Decimal("100.00"), True, NOON),
        Payment("2", "cash", "In cash", Decimal("150.00"), True, NOON + timedelta(days=1), refunded=Decimal("30.00")),
    ],
    shipments=[
        Shipment("1", "post", "Post", Decimal("50.00"), "RB1", True, NOON, "DF", allowed=True),
        Shipment("2", "pickup", "", Decimal("0.00"), "", True),
    ],
    properties={"PAPER": "glossy"},
    attribution={"utm_source": "mail"},
    coupons=["SPRING"],
    site="s1",
    channel="phone",
    person_type="company",
    cancel_reason="changed his mind",
    discount=Decimal("5.00"),
    tax=Decimal("41.67"),
    comment_customer="ring first",
    comment_manager="a good one",
    responsible="9",
    delivery_address="Somewhere 1",
    delivery_region="Moscow oblast",
    delivery_city="Khimki",
    url="https://shop.example.test/17",
    host="shop.example.test",
    payer="2",
    products=["7", "7", "9"],
)
EXPECTED: dict[str, Value] = {
    "order.id": "17",
    "order.number": "A-17",
    "order.created_at": NOON,
    "order.url": "https://shop.example.test/17",
    "status": "P",
    "status.code": "P",
    "cancel_reason": "changed his mind",
    "site": "s1",
    "site.host": "shop.example.test",
    "channel": "phone",
    "person_type": "company",
    "payer": "2",
    "client": "organisation",
    "comment.customer": "ring first",
    "comment.manager": "a good one",
    "responsible": "9",
    "customer.name": "Anna Kim",
    "customer.first_name": "Anna",
    "customer.last_name": "Kim",
    "customer.middle_name": "M",
    "customer.phone": "+79990000001",
    "customer.email": "anna@example.test",
    "customer.external_id": "c1",
    "company.name": "Kim and sons",
    **{f"company.{key}": "" for key in REQUISITES},
    "company.inn": "7707083893",
    "currency": "RUB",
    "total": Decimal("250.00"),
    "total.net": Decimal("220.00"),
    "discount": Decimal("5.00"),
    "tax": Decimal("41.67"),
    "coupons": ("SPRING",),
    "lines": (MUG, POST),
    "lines.goods": (MUG,),
    "lines.net": (MUG, POST, BACK),
    "lines.total": Decimal("200.00"),
    "lines.product": ("7", "9"),
    "payment.method": "card",
    "payment.method_name": "By card",
    "payment.paid": True,
    "payment.total": Decimal("250.00"),
    "payment.paid_at": NOON + timedelta(days=1),
    "payment.status": "paid",
    "payment.refunded": Decimal("30.00"),
    "payments": ("By card · 100.00 RUB · 2026-03-01", "In cash · 150.00 RUB · 2026-03-02 · −30.00"),
    "order.refunded": False,
    "delivery.method": "post",
    "delivery.method_name": "Post",
    "delivery.price": Decimal("50.00"),
    "delivery.track": "RB1",
    "delivery.shipped": True,
    "delivery.allowed": False,
    "delivery.status": "DF",
    "shipments": ("Post · RB1 · 2026-03-01", "pickup · ✓"),
    "delivery.address": "Somewhere 1",
    "delivery.region": "Moscow oblast",
    "delivery.city": "Khimki",
    "property.PAPER": "glossy",
    "attribution.utm_source": "mail",
}


@pytest.mark.parametrize("key", EXPECTED)
def test_every_key_holds_its_own_part_of_the_order(key: str) -> None:
    assert ORDER.fields()[key] == EXPECTED[key]


def test_there_is_no_key_besides() -> None:
    assert ORDER.fields().keys() == EXPECTED.keys()


@pytest.mark.covers("R38", "R284")
@pytest.mark.parametrize(
    ("payer", "company", "client"),
    [
        ("individual", "", "person"),
        ("company", "", "organisation"),
        ("individual", "Kim and sons", "organisation"),
    ],
)
def test_a_firm_is_known_by_its_payer_type_or_by_its_name(payer: str, company: str, client: str) -> None:
    order = replace(ORDER, person_type=payer, customer=Customer(company=company))
    assert order.fields()["client"] == client


def test_a_cancelled_order_shows_it_whatever_its_status() -> None:
    fields = replace(ORDER, cancelled=True).fields()
    assert (fields["status"], fields["status.code"]) == (CANCELLED, "P")


def test_an_order_paid_in_part_is_not_paid() -> None:
    half = replace(ORDER, payments=[ORDER.payments[0], replace(ORDER.payments[1], paid=False)])
    fields = half.fields()
    assert (fields["payment.paid"], fields["payment.total"]) == (False, Decimal("100.00"))
    assert fields["payment.status"] == "partly"
    assert fields["payment.paid_at"] == NOON


def test_an_order_sent_in_part_is_not_shipped() -> None:
    half = replace(ORDER, shipments=[ORDER.shipments[0], replace(ORDER.shipments[1], shipped=False)])
    assert half.fields()["delivery.shipped"] is False


def test_an_order_without_payments_and_shipments_is_neither_paid_nor_shipped() -> None:
    fields = replace(ORDER, payments=(), shipments=()).fields()
    assert (fields["payment.paid"], fields["payment.total"], fields["payment.paid_at"]) == (False, 0, None)
    assert (fields["payment.method"], fields["payment.method_name"]) == ("", "")
    assert fields["payment.status"] == "unpaid"
    assert (fields["delivery.shipped"], fields["delivery.price"], fields["delivery.track"]) == (False, 0, "")
    assert (fields["delivery.method"], fields["delivery.method_name"]) == ("", "")
    assert fields["lines"] == (MUG,)


def test_delivery_is_a_line_only_where_it_costs_something() -> None:
    assert ORDER.delivery_lines() == [POST]
    unnamed = replace(ORDER, shipments=[replace(ORDER.shipments[0], service_name="")])
    assert [line.name for line in unnamed.delivery_lines()] == ["post"]


@pytest.mark.covers("R15")
@pytest.mark.parametrize(
    ("paid", "back", "state"),
    [
        ((False, False), ("0", "0"), "unpaid"),
        ((True, False), ("0", "0"), "partly"),
        ((True, True), ("0", "0"), "paid"),
        ((True, True), ("30.00", "0"), "paid"),
        ((True, True), ("100.00", "150.00"), "refunded"),
        ((True, False), ("100.00", "0"), "refunded"),
        ((False, False), ("100.00", "0"), "unpaid"),
        ((False, False), ("100.00", "150.00"), "refunded"),
    ],
)
def test_how_far_an_order_is_paid(paid: tuple[bool, bool], back: tuple[str, str], state: str) -> None:
    payments = [
        replace(one, paid=done, paid_at=NOON if done else None, refunded=Decimal(off))
        for one, done, off in zip(ORDER.payments, paid, back, strict=True)
    ]
    fields = replace(ORDER, payments=payments).fields()
    assert (fields["payment.status"], fields["order.refunded"]) == (state, state == "refunded")
    assert fields["payment.refunded"] == sum(Decimal(off) for off in back)


def test_an_order_for_nothing_is_paid_once_its_payment_is() -> None:
    free = replace(ORDER, total=Decimal(0), payments=[Payment("1", "cod", "", Decimal(0), True)])
    assert free.fields()["payment.status"] == "paid"
    assert replace(free, payments=[]).fields()["payment.status"] == "unpaid"
