"""Money: Decimal only, half up, and no text that is no number."""

from decimal import Decimal

import pytest

from sverka.domain.commerce.money import amount_of, to_kopecks


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.015", "0.02"),
        ("0.025", "0.03"),
        ("-0.005", "-0.01"),
        ("2.344999", "2.34"),
        ("7", "7.00"),
    ],
)
def test_amounts_are_rounded_half_up_as_shops_do(amount: str, rounded: str) -> None:
    assert str(to_kopecks(Decimal(amount))) == rounded


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        (None, "0.00"),
        ("", "0.00"),
        (0, "0"),
        (12, "12"),
        (1.1, "1.1"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234.50", "1234.50"),
        ("-3", "-3"),
        (Decimal("9.99"), "9.99"),
    ],
)
def test_what_json_carried_is_read_as_an_exact_amount(raw: object, amount: str) -> None:
    assert amount_of(raw) == Decimal(amount)
    assert str(amount_of(raw)) == amount


@pytest.mark.parametrize("raw", ["12 roubles", "--", "1.2.3", {}])
def test_a_text_that_is_no_number_is_an_error_and_never_a_zero(raw: object) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        amount_of(raw)
    assert caught.value.args == (raw,)
