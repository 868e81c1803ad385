"""The merge, case by case: the table in `support.merge_table`, and what holds of all its rows."""

from dataclasses import replace

import pytest

from support.merge_table import TABLE
from support.merge_table.row import (
    AGREED,
    ASK,
    BOTH,
    FIRST,
    FORGOTTEN,
    LEFT,
    NOTHING,
    OFFICE_WINS,
    RIGHT,
    STORE_WINS,
    Row,
    left,
    right,
    said,
)
from sverka.domain.mapping.convert import ValueMap
from sverka.domain.mapping.field_mapping import Policy, Side, Way
from sverka.domain.merge.binding import Pair
from sverka.domain.merge.plan import Plan, Why

PAPER = ValueMap({"glossy": "45", "matte": "46"})


@pytest.mark.parametrize("row", TABLE, ids=[row.says for row in TABLE])
def test_the_table(row: Row) -> None:
    rule = row.then[2] if isinstance(row.then, tuple) else ""
    assert said(row.plan, rule) == row.then


def test_every_row_of_the_table_says_something_of_its_own() -> None:
    assert len(TABLE) >= 130
    assert len({row.says for row in TABLE}) == len(TABLE)
    given = [repr(replace(row, says="", then=None)) for row in TABLE]
    assert [row.says for row, one in zip(TABLE, given, strict=True) if given.count(one) > 1] == []


@pytest.mark.parametrize("row", TABLE, ids=[row.says for row in TABLE])
def test_an_outcome_tells_what_was_seen(row: Row) -> None:
    plan = row.plan
    assert list(plan.agreed.values()) in ([], [Pair(row.store, row.office)])
    for difference in plan.differences:
        assert (difference.key, difference.store, difference.office) == ("x", row.store, row.office)
        assert difference.text.en
        assert difference.text.ru
    for change in plan.changes:
        target = row.office if change.side is Side.OFFICE else row.store
        assert (change.old, change.field) == (target, "o" if change.side is Side.OFFICE else "s")


CONFLICT, KEPT = Why.CONFLICT, Why.KEPT
TO_OFFICE, TO_STORE = right("b", "one-way"), left("b", "one-way")
# Agreed on `a` and `a`: the store moves to b · the office moves to b · the store to b and the office to c. Then, never
# having agreed: b and nothing · nothing and b · b and c. Then forgotten: b and c.
GRID = {
    (BOTH, ASK): (right("b"), left("b"), CONFLICT, right("b"), left("b"), CONFLICT, CONFLICT),
    (BOTH, STORE_WINS): (right("b"), left("b"), right("b"), right("b"), left("b"), CONFLICT, CONFLICT),
    (BOTH, OFFICE_WINS): (right("b"), left("b"), left("c"), right("b"), left("b"), CONFLICT, CONFLICT),
    (RIGHT, ASK): (right("b"), KEPT, right("b"), right("b"), KEPT, CONFLICT, CONFLICT),
    (RIGHT, STORE_WINS): (right("b"), KEPT, right("b"), right("b"), KEPT, CONFLICT, CONFLICT),
    (RIGHT, OFFICE_WINS): (right("b"), KEPT, right("b"), right("b"), KEPT, CONFLICT, CONFLICT),
    (LEFT, ASK): (KEPT, left("b"), left("c"), KEPT, left("b"), CONFLICT, CONFLICT),
    (LEFT, STORE_WINS): (KEPT, left("b"), left("c"), KEPT, left("b"), CONFLICT, CONFLICT),
    (LEFT, OFFICE_WINS): (KEPT, left("b"), left("c"), KEPT, left("b"), CONFLICT, CONFLICT),
}


@pytest.mark.parametrize(("way", "policy"), GRID, ids=lambda one: one.name)
def test_every_way_under_every_policy(way: Way, policy: Policy) -> None:
    agreed = ("a", "a")
    seen = [
        (agreed, "b", "a"), (agreed, "a", "b"), (agreed, "b", "c"),
        (FIRST, "b", None), (FIRST, None, "b"), (FIRST, "b", "c"), (FORGOTTEN, "b", "c"),
    ]  # fmt: skip
    found = tuple(said(Row("", base, store, office, None, way, policy).plan) for base, store, office in seen)
    assert found == GRID[way, policy]
    still = [(agreed, "a", "a", NOTHING), (agreed, "b", "b", AGREED), (FIRST, "b", "b", AGREED)]
    still += [(FIRST, None, "", AGREED), (FORGOTTEN, "b", "b", AGREED)]
    for base, store, office, then in still:
        assert said(Row("", base, store, office, None, way, policy).plan) == then


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (Row("", ("a", "a"), "b", "c", None), "Both sides changed it"),
        (Row("", FIRST, "b", "c", None), "at first sight"),
        (Row("", FORGOTTEN, "b", "c", None), "no longer known"),
        (Row("", ("a", "a"), "b", "a", None, taken={"store_field": "s2"}), "no longer known"),
        (Row("", ("a", "a"), "a", "c", None, RIGHT), "only receives"),
        (Row("", ("a", "a"), "b", "a", None, refused="b"), "refused this value"),
        (Row("", ("matte", "46"), "oak", "46", None, by=PAPER), "'oak' has no counterpart"),
        (Row("", ("a", "a"), "a", None, None, lacks=True), "has no field o any more"),
    ],
)
def test_a_difference_says_its_own_reason(row: Row, words: str) -> None:
    plan: Plan = row.plan
    assert [words in difference.text.en for difference in plan.differences] == [True]
