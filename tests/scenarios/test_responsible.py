"""Who answers for a new deal: the buyer's own, the pipeline's, those who take turns; nobody who has left."""

from dataclasses import replace
from typing import Any

import pytest

from support.world import World, mappings
from support.world import profile as any_profile
from sverka.domain.commerce.customer import MatchKey
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.new_record import NewRecord
from sverka.domain.mapping.routing import SectionRule
from sverka.engine.by_hand.preview import preview
from sverka.ports.backoffice import Person
from sverka.ports.journal import Event

ANYWHERE = tuple(mapping for mapping in mappings() if mapping.key != "status")
"""Mappings that do in any pipeline."""


def profile(name: str = "main", **more: Any) -> Any:
    return any_profile(name, **{"mappings": ANYWHERE, **more})


def answering(world: World, *orders: OrderRef) -> list[Any]:
    for order in orders:
        world.ring_and_settle(order)
    return [world.deal(order).get("assignedById") for order in orders]


def people(world: World, *works: str, left: tuple[str, ...] = ()) -> None:
    world.office.employees = {one: Person(one, f"Employee {one}", one not in left) for one in (*works, *left)}


RANKS = NewRecord(
    constants={"categoryId": "5"},
    responsible="9",
    responsible_from_contact=True,
    responsible_by_pipeline={"5": ("8",)},
)


@pytest.mark.covers("R97", "R106", "R107", "R108", "R253", "R294", "R295", "R298")
@pytest.mark.parametrize(
    ("new", "known", "answers"),
    [
        (RANKS, "7", "7"),
        (RANKS, "", "8"),
        (replace(RANKS, responsible_from_contact=False), "7", "8"),
        (replace(RANKS, constants={"categoryId": "6"}), "", "9"),
        (NewRecord(responsible="9"), "7", "9"),
        (NewRecord(), "7", None),
    ],
)
def test_the_customers_own_employee_then_the_pipelines_then_the_default_then_the_hubs(
    world: World, new: NewRecord, known: str, answers: str | None
) -> None:
    if known:
        world.profiles = [profile(new=NewRecord(responsible=known))]
        world.ring_and_settle(world.order("0"))
    world.profiles = [profile(new=new)]
    assert answering(world, world.order("1")) == [answers]


@pytest.mark.covers("R296", "R297")
def test_a_manager_who_takes_a_deal_over_keeps_it(world: World) -> None:
    world.profiles = [profile(new=NewRecord(responsible="9"))]
    order = world.order("1")
    assert answering(world, order) == ["9"]
    writes = world.office.writes
    world.edit_record(world.record_of(order), assignedById="4")
    world.office_bell(world.record_of(order))
    world.settle()
    assert (world.deal(order)["assignedById"], world.office.writes) == ("4", writes)
    world.edit_order(order, delivery__track="T1")
    world.ring_and_settle(order)
    assert world.deal(order)["assignedById"] == "4"


TURNS = NewRecord(responsible="7", in_turn=("7", "9", "12"))


def test_employees_take_turns_over_waves_and_restarts(world: World) -> None:
    world.profiles = [profile(new=TURNS)]
    orders = [world.order(str(number), phone="") for number in range(7)]
    for order in orders[:4]:
        world.bell(order)
    world.settle()
    assert answering(world, *orders) == ["7", "9", "12", "7", "9", "12", "7"]
    other = [world.order(str(number), phone="") for number in range(7, 9)]
    assert answering(world, *other) == ["9", "12"]


def test_a_birth_that_was_refused_takes_no_turn(world: World) -> None:
    world.profiles = [profile(new=TURNS)]
    first, second = (world.order(number, phone="") for number in ("1", "2"))
    world.office.refuses.add(("UF_TRACK", "BAD"))
    world.edit_order(first, delivery__track="BAD")
    world.ring_and_settle(first)
    assert world.differences(first)["record"] == "refused"
    world.office.refuses.clear()
    world.storage.differences.retry(first)
    assert answering(world, first, second) == ["7", "9"]


def test_pipelines_have_turns_of_their_own(world: World) -> None:
    world.store.catalogue_sections = {"mug": (("30",),), "flyer": (("5", "1"),)}
    new = NewRecord(
        constants={"categoryId": "0"},
        by_section=(SectionRule(("1",), "5"),),
        responsible_by_pipeline={"5": ("3", "4"), "0": ("1", "2")},
    )
    world.profiles = [profile(new=new)]
    goods = ("flyer", "mug", "flyer", "mug")
    orders = [world.order(str(n), phone="", lines__product=(product,)) for n, product in enumerate(goods)]
    assert answering(world, *orders) == ["3", "1", "4", "2"]


@pytest.mark.covers("R98", "R99")
def test_whom_the_portal_has_dismissed_is_passed_over_and_told_of(world: World) -> None:
    world.profiles = [profile(new=RANKS)]
    people(world, "9", left=("8",))
    order = world.order("1")
    assert answering(world, order) == ["9"]
    (line,) = [line for line in world.story(order) if line.rule == "responsible"]
    assert line.event is Event.DECIDED
    assert "Employee 8" in line.text.en
    people(world, left=("8", "9"))
    assert answering(world, world.order("2", phone="")) == [None], "the webhook's owner answers"


def test_a_customers_employee_who_left_is_passed_over(world: World) -> None:
    world.profiles = [profile(new=NewRecord(responsible="7"))]
    world.ring_and_settle(world.order("0"))
    world.profiles = [profile(new=RANKS)]
    people(world, "8", "9", left=("7",))
    assert answering(world, world.order("1")) == ["8"]


def test_who_left_loses_his_turns_to_the_others(world: World) -> None:
    world.profiles = [profile(new=TURNS)]
    people(world, "7", "12", left=("9",))
    orders = [world.order(str(number), phone="") for number in range(4)]
    assert answering(world, *orders) == ["7", "12", "7", "12"]


def test_a_preview_names_who_would_answer_and_takes_no_turn(world: World) -> None:
    world.profiles = [profile(new=TURNS)]
    orders = [world.order(str(number), phone="") for number in range(2)]
    for _ in range(2):
        found = preview(world.hub, "crm", orders)  # type: ignore[arg-type]
        assert [one.birth["assignedById"] for one in found.foreseen if one.birth] == ["7", "9"]
    assert answering(world, *orders) == ["7", "9"]


def test_the_employee_of_a_contact_that_several_keys_agree_on_is_known_too(world: World) -> None:
    phone, email = MatchKey("phone", "79990000001"), MatchKey("email", "anna@example.test")
    world.office.add_contact({}, phone, responsible="3")
    world.office.add_contact({}, email, responsible="4")
    world.office.add_contact({}, phone, email, responsible="7")
    people(world, "3", "4", "7", "9")
    world.profiles = [profile(new=NewRecord(responsible="9", responsible_from_contact=True))]
    assert answering(world, world.order("1", customer__email="anna@example.test")) == ["7"]
