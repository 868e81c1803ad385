"""The table of an order's fields says what an order really has."""

from datetime import UTC, datetime
from decimal import Decimal

from sverka.domain.commerce.order import Order
from sverka.domain.mapping.order_fields import LOOKED_UP, order_fields

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)


def test_every_field_of_an_order_stands_in_the_table_once() -> None:
    keys = [field.key for field in order_fields((), {})]
    held = Order("1", "1", "N", "RUB", Decimal(1), MOMENT, MOMENT).fields()
    assert sorted(keys) == sorted([*held, *LOOKED_UP])


def test_a_stores_own_words_are_laid_over_the_table() -> None:
    fields = {field.key: field for field in order_fields({"status"}, {"status": {"N": "New"}}, {"site"})}
    assert fields["status"].writable
    assert fields["status"].options == {"N": "New"}
    assert not fields["total"].writable
    assert "site" not in fields
