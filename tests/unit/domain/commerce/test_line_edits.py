"""What a deal's rows mean for an order's lines: nothing where both mean the same, and never a kopeck lost."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sverka.domain.commerce.layout import Layout, spread
from sverka.domain.commerce.line_edits import LineEdits, edits
from sverka.domain.commerce.lines import Line, representable, sum_of

NAMES = st.sampled_from(["Кружка", "Кепка", "Плёнка", "Курьер"])
QUANTITIES = st.one_of(st.integers(1, 12).map(Decimal), st.decimals("0.1", "9", places=1).filter(lambda one: one > 0))
TOTALS = st.decimals("0.00", "5000.00", places=2)
CHOSEN = st.sampled_from([(), (("Цвет", "синий"),)])
LINES = st.lists(st.builds(Line, NAMES, QUANTITIES, TOTALS, properties=CHOSEN), min_size=1, max_size=6).map(
    lambda lines: [replace(line, id=str(place)) for place, line in enumerate(lines)]
)


def line(name: str, quantity: str, total: str, **more: str) -> Line:
    return Line(name, Decimal(quantity), Decimal(total), **more)  # type: ignore[arg-type]


def applied(current: list[Line], found: LineEdits) -> list[Line]:
    """Return what a store shows that has done as it was told."""
    changed = {before.id: after for before, after in found.changed}
    removed = {one.id for one in found.removed}
    return [*(changed.get(one.id, one) for one in current if one.id not in removed), *found.added]


@pytest.mark.covers("C15")
@settings(max_examples=300)
@given(LINES, st.booleans(), st.randoms())
def test_rows_nobody_has_edited_change_nothing(lines: list[Line], named: bool, chance: object) -> None:
    rows = list(representable(Layout(name_offers=named).lay(lines)))
    chance.shuffle(rows)  # type: ignore[attr-defined]
    assert not edits(lines, [replace(row, id="", properties=()) for row in rows])


@settings(max_examples=300)
@given(LINES, LINES)
def test_whatever_is_wanted_the_sum_is_the_one_wanted(current: list[Line], wanted: list[Line]) -> None:
    rows = [replace(row, id="", properties=()) for row in representable(wanted)]
    assert sum_of(applied(current, edits(current, rows))) == sum_of(rows)


@pytest.mark.parametrize(
    ("rows", "changed", "added", "removed"),
    [
        ([line("A", "2", "20.00"), line("B", "3", "100.00")], [], [], []),
        ([line("A", "3", "30.00"), line("B", "3", "100.00")], [("0", "3", "30.00")], [], []),
        ([line("B", "2", "66.66"), line("B", "1", "33.34"), line("A", "2", "20.00")], [], [], []),
        ([line("A", "2", "20.00")], [], [], ["1"]),
        ([line("A", "2", "20.00"), line("B", "3", "100.00"), line("C", "1", "5.00")], [], ["C"], []),
        ([line("A", "2", "20.00"), line("A", "1", "9.00"), line("B", "3", "100.00")], [("0", "3", "29.00")], [], []),
        ([line("A × 2", "1", "20.00"), line("B", "3", "100.00")], [], ["A × 2"], ["0"]),
    ],
)
def test_rows_are_given_to_the_line_of_their_name(
    rows: list[Line], changed: list[tuple[str, str, str]], added: list[str], removed: list[str]
) -> None:
    found = edits([line("A", "2", "20.00", id="0"), line("B", "3", "100.00", id="1")], rows)
    assert [(one.id, f"{to.quantity:f}", f"{to.total:f}") for one, to in found.changed] == changed
    assert ([one.name for one in found.added], [one.id for one in found.removed]) == (added, removed)


def test_one_unit_that_stands_for_an_odd_quantity_stands_for_it_still() -> None:
    film = line("Плёнка", "1.5", "10.00", id="7")
    assert not edits([film], [line("Плёнка × 1.5", "1", "10.00")])
    ((_, to),) = edits([film], [line("Плёнка × 1.5", "1", "12.00")]).changed
    assert (to.quantity, to.total, to.name) == (Decimal("1.5"), Decimal("12.00"), "Плёнка")


@pytest.mark.covers("C53", "C57")
@settings(max_examples=300)
@given(LINES, TOTALS)
def test_what_is_spread_keeps_the_sum_and_makes_no_row_below_zero(lines: list[Line], off: Decimal) -> None:
    bonus = Line("Бонусы", Decimal(1), -off)
    laid = spread([*lines, bonus])
    assert sum_of(laid) == sum_of([*lines, bonus])
    if off and off <= sum_of(lines):
        assert all(one.total >= 0 for one in laid)
        assert bonus not in laid
