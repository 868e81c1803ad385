"""A profile: its mappings by key, and the templates of new records."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sverka.domain.commerce.value import Value
from sverka.domain.ids import OfficeName, ProfileName, StoreName
from sverka.domain.mapping.field_mapping import FieldMapping
from sverka.domain.mapping.new_record import fill, places
from sverka.domain.mapping.profile import Profile

FIELDS: dict[str, Value] = {
    "order.number": "A-17",
    "customer.name": "",
    "company.name": "{order.number}",
    "total": Decimal("10.50"),
    "payment.paid": False,
    "delivery.price": Decimal(0),
    "coupons": ("A", "B"),
    "order.created_at": datetime(2026, 3, 1, 12, tzinfo=UTC),
}


@pytest.mark.parametrize(
    ("template", "title"),
    [
        ("Order {order.number}", "Order A-17"),
        ("Order { order.number }", "Order A-17"),
        ("{order.number}: {customer.name}", "A-17"),
        ("{order.number} — {customer.name}", "A-17"),
        ("{order.number}, {customer.name}", "A-17"),
        ("{customer.name} {order.number}", "A-17"),
        ("{order.number} {customer.name} paid", "A-17 paid"),
        ("{total} for {order.number}", "10.50 for A-17"),
        ("{payment.paid}", "no"),
        ("{delivery.price}", "0"),
        ("{coupons}", "A; B"),
        ("{order.created_at}", "2026-03-01 12:00:00 UTC"),
        ("{no.such.field}!", "!"),
        ("{company.name}", "{order.number}"),
        ("{}", "{}"),
        ("plain", "plain"),
        ("{customer.name}", ""),
        ("", ""),
    ],
)
def test_an_empty_field_leaves_nothing_behind(template: str, title: str) -> None:
    assert fill(template, FIELDS) == title


def test_a_template_names_its_fields() -> None:
    assert places("{order.number}: { customer.name } {} {total}") == ["order.number", "customer.name", "total"]
    assert places("nothing") == []


def test_a_mapping_is_found_by_its_key() -> None:
    paper, track = FieldMapping("paper", "property.paper", "UF_PAPER"), FieldMapping("track", "delivery.track", "UF_T")
    one = Profile(ProfileName("main"), StoreName("shop"), OfficeName("crm"), mappings=(paper, track))
    assert one.mapping("track") is track
    assert one.mapping("delivery.track") is None
