"""What a new record is born with, and what keeps it from being born."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from support.world import World, mappings, profile
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.convert import ValueMap
from sverka.domain.mapping.field_mapping import FieldMapping, Way
from sverka.domain.mapping.new_record import NewRecord
from sverka.domain.merge.plan import Why
from sverka.engine.survey.create import BIRTH, birth_fields, birth_key, plan_birth

PAPER = FieldMapping("paper", "property.paper", "UF_PAPER", converter=ValueMap({"glossy": "45"}))
BACK = FieldMapping("note", "comment.manager", "comments", Way.TO_STORE)
ORDER: dict[str, Value] = {
    "order.number": "A-1", "customer.name": "Anna", "status": "P", "delivery.track": "", "total": Decimal(0),
    "property.paper": "glossy", "comment.manager": "hello",
}  # fmt: skip


def test_every_mapped_value_that_may_travel_is_sent(make_task: Any) -> None:
    task = make_task(ORDER, by=profile(mappings=(*mappings(), PAPER, BACK)))
    plan_birth(task)
    assert task.is_birth
    assert {change.field: change.value for change in task.plan.changes} == {
        "stageId": "EXECUTING", "opportunity": Decimal(0), "UF_PAPER": "45",
    }  # fmt: skip
    assert {(change.old, change.rule) for change in task.plan.changes} == {(None, "birth")}


def test_anything_unmapped_holds_the_whole_order(make_task: Any) -> None:
    both = {**ORDER, "status": "X", "property.paper": "oak"}
    task = make_task(both, by=profile(mappings=(*mappings(), PAPER)))
    plan_birth(task)
    assert not task.is_birth
    assert task.plan.changes == []
    assert [(one.key, one.why, one.store) for one in task.plan.differences] == [
        ("status", Why.UNMAPPED, "X"), ("paper", Why.UNMAPPED, "oak"),
    ]  # fmt: skip
    assert "'X' has no stage" in task.plan.differences[0].text.en
    assert "`paper` is 'oak'" in task.plan.differences[1].text.en


def test_only_a_status_is_never_passed_over(make_task: Any) -> None:
    status, *_ = mappings()
    lenient = profile(mappings=(replace(status, ignore_unmapped=True), replace(PAPER, ignore_unmapped=True)))
    one = make_task({**ORDER, "property.paper": "oak"}, by=lenient)
    plan_birth(one)
    assert [change.field for change in one.plan.changes] == ["stageId"]
    other = make_task({**ORDER, "status": "X"}, by=lenient)
    plan_birth(other)
    assert not other.is_birth


def test_mapped_fields_stand_above_the_profiles_constants(make_task: Any) -> None:
    new = NewRecord("Order {order.number}", "name", {"categoryId": "0", "stageId": "C2:NEW", "name": "x"}, "5")
    task = make_task(ORDER, by=profile(mappings=mappings()[:1], new=new))
    plan_birth(task)
    assert birth_fields(task) == {
        "categoryId": "0", "name": "Order A-1", "assignedById": "5", "stageId": "EXECUTING",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("own", "contacts", "prefer", "given"),
    [("5", "7", True, "7"), ("5", "7", False, "5"), ("5", "", True, "5"), ("", "7", False, None), ("", "", True, None)],
)
def test_the_responsible_is_the_contacts_where_the_profile_says_so(
    make_task: Any, own: str, contacts: str, *, prefer: bool, given: str | None
) -> None:
    new = NewRecord(responsible=own, responsible_from_contact=prefer)
    task = make_task(ORDER, by=profile(new=new), responsible=contacts)
    assert birth_fields(task).get("assignedById") == given


def test_a_refused_birth_is_held_until_something_of_it_changes(make_task: Any) -> None:
    first = make_task(ORDER)
    plan_birth(first)
    key = birth_key(first)
    again = make_task(ORDER, refused={BIRTH: key})
    plan_birth(again)
    assert not again.is_birth
    assert [(one.key, one.why) for one in again.plan.differences] == [(BIRTH, Why.REFUSED)]
    moved = make_task({**ORDER, "status": "F"}, refused={BIRTH: key})
    plan_birth(moved)
    assert moved.is_birth
    renamed = make_task({**ORDER, "customer.name": "Maria"}, refused={BIRTH: key})
    plan_birth(renamed)
    assert renamed.is_birth, "the title is sent too"


def test_what_is_unmapped_is_shown_and_not_the_old_refusal(make_task: Any) -> None:
    task = make_task({**ORDER, "status": "X"})
    plan_birth(task)
    again = make_task({**ORDER, "status": "X"}, refused={BIRTH: birth_key(task)})
    plan_birth(again)
    assert [one.key for one in again.plan.differences] == ["status"]


def test_an_unmapped_order_makes_no_contact_either(world: World) -> None:
    world.ring_and_settle(world.order(status="X"))
    assert world.office.contacts() == {}
