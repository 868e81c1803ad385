"""Sums, moments and flags, as different shops write them."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from sverka.connectors.commerceml.values import amount, currency_of, is_true, moment_of, zone_of
from sverka.domain.errors import Misconfigured

MOSCOW = timezone(timedelta(hours=3))


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("231.7400", "231.7400"), ("1 234,50", "1234.50"), ("1\u00a0234.50", "1234.50"), ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"), ("", "0"), ("-5", "-5"), ("1'000", "1000"),
    ],
)  # fmt: skip
def test_sums(raw: str, wanted: str) -> None:
    assert amount(raw) == Decimal(wanted)


def test_what_is_no_sum_is_said_to_be_none() -> None:
    with pytest.raises(ValueError, match="десять"):
        amount("десять")


@pytest.mark.parametrize(
    ("raw", "wanted"), [("руб", "RUB"), ("руб.", "RUB"), ("RUR", "RUB"), ("643", "RUB"), ("eur", "EUR"), ("тг", "KZT")]
)
def test_currencies(raw: str, wanted: str) -> None:
    assert currency_of(raw) == wanted


@pytest.mark.parametrize(
    "raw",
    ["2026-03-01 15:00:00", "2026-03-01T15:00:00", "01.03.2026 15:00:00", "01.03.2026 15:00", "2026-03-01T12:00:00Z"],
)
def test_moments_are_of_the_shops_zone_unless_they_say_otherwise(raw: str) -> None:
    assert moment_of(raw, MOSCOW) == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["", "скоро", "31.02.2026", "00.00.0000 00:00:00"])
def test_what_is_no_moment_is_none(raw: str) -> None:
    assert moment_of(raw, MOSCOW) is None


def test_flags() -> None:
    assert [is_true(raw) for raw in ("true", "Да", "1", "false", "", "нет")] == [True, True, True, False, False, False]


@pytest.mark.parametrize(("raw", "hours"), [("+03:00", 3), ("+7", 7), ("-0500", -5)])
def test_offsets(raw: str, hours: int) -> None:
    assert zone_of(raw).utcoffset(None) == timedelta(hours=hours)


@pytest.mark.parametrize("raw", ["", "Europe/Moscow", "+99:00"])
def test_what_is_no_offset_says_how_one_looks(raw: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        zone_of(raw)
    assert "+03:00" in caught.value.say("ru")
