"""Line items: what is split stays exact, and what means the same goods is the same."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sverka.domain.commerce.lines import Line, representable, same_lines, sum_of
from sverka.domain.commerce.money import to_kopecks


def line(name: str = "Mug", quantity: str = "1", total: str = "100.00", **more: object) -> Line:
    return Line(name, Decimal(quantity), Decimal(total), **more)  # type: ignore[arg-type]


def split(one: Line) -> list[tuple[str, str]]:
    return [(f"{part.quantity:f}", f"{part.price:f}") for part in representable([one])]


@pytest.mark.parametrize(
    ("quantity", "total", "parts"),
    [
        ("2", "100.00", [("2", "50.00")]),
        ("3", "100.00", [("2", "33.33"), ("1", "33.34")]),
        ("3", "0.02", [("1", "0.00"), ("2", "0.01")]),
        ("7", "0.00", [("7", "0.00")]),
        ("3", "-100.00", [("1", "-33.34"), ("2", "-33.33")]),
        ("0.5", "10.00", [("0.5", "20.00")]),
        ("1.5", "10.00", [("1", "10.00")]),
        ("0", "10.00", [("1", "10.00")]),
        ("0", "0.00", [("0", "0.00")]),
        ("-3", "-10.00", [("1", "-10.00")]),
    ],
)
def test_a_line_is_split_until_price_times_quantity_is_its_total(
    quantity: str, total: str, parts: list[tuple[str, str]]
) -> None:
    assert split(line(quantity=quantity, total=total)) == parts


def test_a_quantity_that_cannot_be_split_stays_readable_in_the_name() -> None:
    (one,) = representable([line("Paper", "1.5", "10.00", discount=Decimal(1), sku="P", tax_rate=Decimal(20))])
    assert (one.name, one.quantity, one.discount) == ("Paper × 1.5", 1, 0)
    assert (one.sku, one.tax_rate) == ("P", Decimal(20)), "what else is known of the goods stays"


def test_the_parts_of_a_split_line_keep_what_is_known_of_the_goods() -> None:
    whole = line(quantity="3", discount=Decimal(5), sku="M", product="7", tax_rate=Decimal(10), measure="796")
    for part in representable([whole]):
        assert replace(part, quantity=whole.quantity, total=whole.total) == whole


@given(st.data())
def test_the_sum_of_the_parts_is_the_total_to_the_kopeck(
    any_line: st.SearchStrategy[Line], data: st.DataObject
) -> None:
    whole = data.draw(any_line)
    parts = representable([whole])
    assert sum_of(parts) == to_kopecks(whole.total)
    for part in parts:
        assert part.price * part.quantity == part.total


@given(st.data())
def test_splitting_twice_is_splitting_once(any_line: st.SearchStrategy[Line], data: st.DataObject) -> None:
    once = representable([data.draw(any_line)])
    assert representable(once) == once


@given(st.data())
def test_a_split_of_whole_units_means_the_same_goods(any_line: st.SearchStrategy[Line], data: st.DataObject) -> None:
    whole = data.draw(any_line.filter(lambda one: one.quantity > 0 and one.quantity == int(one.quantity)))
    assert same_lines([whole], representable([whole]))


@given(st.data())
def test_the_order_of_lines_says_nothing(any_line: st.SearchStrategy[Line], data: st.DataObject) -> None:
    lines = data.draw(st.lists(any_line, max_size=4))
    assert same_lines(lines, data.draw(st.permutations(lines)))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ([line()], [line()], True),
        ([line(quantity="2", total="10.00")], [line(total="4.00"), line(total="6.00")], True),
        ([line("Red  mug ")], [line("Red mug")], True),
        ([line(quantity="1.0", total="100")], [line(quantity="1", total="100.000")], True),
        ([line(tax_rate=Decimal("20.00"))], [line(tax_rate=Decimal(20))], True),
        ([line(tax_rate=Decimal(20))], [line(tax_rate=Decimal(10))], False),
        ([line(tax_rate=Decimal(0))], [line()], False),
        ([line()], [line(total="100.01")], False),
        ([line()], [line(quantity="2")], False),
        ([line()], [line("Cup")], False),
        ([line()], [], False),
        ([], [], True),
    ],
)
def test_lines_are_the_same_by_goods_quantity_tax_and_money(one: list[Line], other: list[Line], *, same: bool) -> None:
    assert same_lines(one, other) is same
    assert same_lines(other, one) is same


def test_a_price_is_to_the_kopeck_and_nothing_costs_nothing() -> None:
    assert line(quantity="3").price == Decimal("33.33")
    assert line(quantity="0").price == 0


@given(st.data())
def test_a_stored_line_comes_back_equal(any_line: st.SearchStrategy[Line], data: st.DataObject) -> None:
    whole = data.draw(any_line)
    assert Line.from_dict(whole.as_dict()) == whole
    assert all(value is None or isinstance(value, str) for value in whole.as_dict().values())


def test_a_sum_is_rounded_once_at_the_end() -> None:
    assert sum_of([line(total="0.004"), line(total="0.004")]) == Decimal("0.01")
    assert str(sum_of([])) == "0.00"
