"""The values a field may hold: stored without loss, shown in one line."""

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.value import Value, decode, encode, is_empty, lines_of, many, show

MUG = Line("Mug", Decimal("2.50"), Decimal("25.00"))
MOSCOW = timezone(timedelta(hours=3))


def kinds(value: Value) -> object:
    """Return a value's types, all the way down."""
    return tuple(kinds(item) for item in value) if isinstance(value, tuple) else type(value)


@given(st.data())
def test_every_value_comes_back_equal_through_real_json(
    any_value: st.SearchStrategy[Value], data: st.DataObject
) -> None:
    value = data.draw(any_value)
    back = decode(json.loads(json.dumps(encode(value))))
    assert back == value
    assert kinds(back) == kinds(value)


def test_a_stored_number_keeps_its_zeros_and_a_moment_its_instant() -> None:
    assert str(decode(encode(Decimal("1.500")))) == "1.500"
    moment = datetime(2026, 3, 1, 1, tzinfo=MOSCOW)
    assert encode(moment) == {"t": "2026-02-28T22:00:00+00:00"}
    assert decode(encode(moment)) == moment


@pytest.mark.parametrize("value", [None, "", ()])
def test_nothing_is_empty(value: Value) -> None:
    assert is_empty(value)
    assert many(value) == ()
    assert show(value) == "—"


@pytest.mark.parametrize("value", [False, Decimal(0), Decimal("0.00"), " ", ("",), date(2026, 1, 1), MUG])
def test_a_zero_and_a_no_are_something(value: Value) -> None:
    assert not is_empty(value)
    assert len(many(value)) == 1


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a text", "a text"),
        (True, "yes"),
        (False, "no"),
        (Decimal("1E+3"), "1000"),
        (Decimal("10.50"), "10.50"),
        (datetime(2026, 3, 1, 1, 2, 3, tzinfo=MOSCOW), "2026-02-28 22:02:03 UTC"),
        (date(2026, 3, 1), "2026-03-01"),
        (MUG, "Mug × 2.50 = 25.00"),
        (("a", None, Decimal(2)), "a; —; 2"),
    ],
)
def test_a_value_is_shown_as_a_person_reads_it(value: Value, shown: str) -> None:
    assert show(value) == shown


def test_one_value_is_a_tuple_of_one_and_a_tuple_is_itself() -> None:
    assert many("a") == ("a",)
    assert many(("a", "b")) == ("a", "b")


def test_only_line_items_are_taken_for_lines() -> None:
    assert lines_of((MUG, "a", Decimal(1), MUG)) == [MUG, MUG]
    assert lines_of(MUG) == [MUG]
    assert lines_of("a") == []
