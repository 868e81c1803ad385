"""What goes to a record adds up to the order's own total, to the kopeck."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from support.world import World, mappings, profile
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.field_mapping import Side, Way
from sverka.domain.mapping.profile import Profile
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.plan import Why
from sverka.engine.survey.create import plan_birth
from sverka.engine.survey.money_gate import check_money
from sverka.engine.survey.whole import merge
from sverka.engine.task import Task

MUG = Line("Mug", Decimal(3), Decimal("100.00"))
POST = Line("Post", Decimal(1), Decimal("50.00"), kind="delivery")


def goods_only() -> Profile:
    """Return a profile whose delivery goes to a field of its own and not among the rows."""
    parts = [replace(one, store_field="lines.goods") if one.key == "lines" else one for one in mappings()]
    return profile(mappings=tuple(parts))


def gated(task: Task) -> Task:
    if task.record is None:
        plan_birth(task)
    else:
        task.plan = merge(task, task.record)
    check_money(task)
    return task


@pytest.mark.parametrize(
    ("fields", "by", "fits"),
    [
        ({"lines": (MUG, POST), "total": Decimal("150.00")}, profile(), True),
        ({"lines": (MUG, POST), "total": Decimal(150)}, profile(), True),
        ({"lines": (MUG, POST), "total": Decimal("150.01")}, profile(), False),
        ({"lines": (MUG, POST), "total": Decimal("149.99")}, profile(), False),
        ({"lines": (MUG,), "delivery.price": Decimal("50.00"), "total": Decimal("150.00")}, profile(), False),
        ({"lines": (MUG,), "total": None}, profile(), False),
        ({"lines.goods": (MUG,), "delivery.price": Decimal(50), "total": Decimal("150.00")}, goods_only(), True),
        ({"lines.goods": (MUG,), "delivery.price": Decimal(50), "total": Decimal("100.00")}, goods_only(), False),
        ({"lines.goods": (MUG,), "total": Decimal("100.00")}, goods_only(), True),
        ({"total": Decimal("100.00")}, profile(), True),
    ],
)
def test_a_birth_that_does_not_add_up_is_held_whole(make_task: Any, fields: Any, by: Profile, *, fits: bool) -> None:
    task = gated(make_task({"status": "N", **fields}, by=by))
    assert task.is_birth is fits
    assert bool(task.plan.changes) is fits
    assert [(one.key, one.why) for one in task.plan.differences] == ([] if fits else [("lines", Why.MONEY)])


def test_what_does_not_fit_is_shown_with_both_sums(make_task: Any) -> None:
    task = gated(make_task({"lines": (MUG,), "total": Decimal("100.01")}))
    (shown,) = task.plan.differences
    assert (shown.store, shown.office) == (Decimal("100.01"), Decimal("100.00"))
    assert "100.00, the order says 100.01" in shown.text.en


def test_a_patch_that_does_not_add_up_goes_without_its_money(make_task: Any) -> None:
    fields: dict[str, Value] = {"status": "P", "lines": (MUG,), "total": Decimal("100.01")}
    seen: dict[str, Value] = {"stageId": "", "rows": (), "opportunity": None}
    task = gated(make_task(fields, seen))
    assert [change.field for change in task.plan.changes] == ["stageId"]
    assert [(one.key, one.why) for one in task.plan.differences] == [("lines", Why.MONEY), ("total", Why.MONEY)]


def test_a_patch_that_adds_up_goes_whole(make_task: Any) -> None:
    fields: dict[str, Value] = {"lines": (MUG,), "total": Decimal("100.00")}
    task = gated(make_task(fields, {"stageId": "", "rows": (), "opportunity": None}))
    assert {change.field for change in task.plan.changes} == {"rows", "opportunity"}


def test_an_order_mended_in_the_store_is_let_through(world: World) -> None:
    order = world.order(price="100.00", total=Decimal("90.00"))
    world.ring_and_settle(order)
    assert world.differences(order) == {"lines": "money"}
    world.edit_order(order, total=Decimal("100.00"))
    world.ring_and_settle(order)
    assert world.deal(order)["opportunity"] == Decimal("100.00")
    assert world.differences(order) == {}


@pytest.mark.covers("R132")
def test_a_total_that_moves_alone_is_rebuilt_from_the_lines_behind_it(make_task: Any) -> None:
    rows = (Line("Mug", Decimal(2), Decimal("66.66")), Line("Mug", Decimal(1), Decimal("33.34")))
    seen: dict[str, Value] = {"stageId": "", "rows": rows, "opportunity": None}
    for total, fits in (("100.00", True), ("99.99", False)):
        task = gated(make_task({"lines": (MUG,), "total": Decimal(total)}, dict(seen)))
        assert [change.field for change in task.plan.changes] == (["opportunity"] if fits else [])
        assert [(one.key, one.why) for one in task.plan.differences] == ([] if fits else [("total", Why.MONEY)])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((), "no product rows left"),
        ((Line("Mug", Decimal(0), Decimal("0.00")),), "a quantity above zero"),
        ((Line(" ", Decimal(1), Decimal("1.00")),), "give it a name"),
    ],
)
def test_rows_no_order_could_have_do_not_go_to_the_store(make_task: Any, rows: tuple[Line, ...], words: str) -> None:
    both = [replace(one, way=Way.BOTH) if one.key == "lines" else one for one in mappings()]
    by = profile(mappings=tuple(both))
    lines = next(one for one in both if one.key == "lines")
    task = make_task({"lines": (MUG,), "total": Decimal("100.00")}, {"stageId": "", "rows": rows}, by=by)
    task.baseline["lines"] = Entry(Pair((MUG,), (MUG,)), lines.fingerprint())
    gated(task)
    assert [change for change in task.plan.changes if change.side is Side.STORE] == []
    (shown,) = [one for one in task.plan.differences if one.key == "lines"]
    assert shown.why is Why.MONEY
    assert words in shown.text.en
