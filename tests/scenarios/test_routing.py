"""Where an order goes and who answers for it: known buyers, sections, employees who take turns or have left."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from support.world import World, fates, mappings
from support.world import profile as any_profile
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.new_record import NewRecord, Pick
from sverka.domain.mapping.routing import KNOWN, SECTIONS, Condition, Route, SectionRule
from sverka.engine.preview import preview
from sverka.ports.backoffice import Look, Person
from sverka.ports.journal import Event

ANYWHERE = tuple(mapping for mapping in mappings() if mapping.key != "status")
"""Mappings that do in any pipeline."""

NEW_BUYERS = Route((Condition(KNOWN, any_of=("N",)),))


def profile(name: str = "main", **more: Any) -> Any:
    return any_profile(name, **{"mappings": ANYWHERE, **more})


def pipeline(world: World, order: OrderRef) -> Any:
    return world.deal(order)["categoryId"]


def into(name: str, where: str, **more: Any) -> Any:
    return profile(name, new=NewRecord(constants={"categoryId": where}), **more)


def counted(world: World) -> list[Look]:
    looks: list[Look] = []
    look = world.office.look

    def counting(ask: Look, guard: Any) -> Any:
        looks.append(ask)
        return look(ask, guard)

    world.office.look = counting  # type: ignore[method-assign]
    return looks


# New or known buyers


@pytest.mark.covers("R36", "R44")
def test_a_new_buyer_goes_one_way_and_a_known_one_the_other(world: World) -> None:
    world.profiles = [into("first", "7", route=NEW_BUYERS), into("again", "8")]
    orders = [world.order(number) for number in ("1", "2")]
    for order in orders:
        world.ring_and_settle(order)
    assert [pipeline(world, order) for order in orders] == ["7", "8"]


def test_a_buyer_the_portal_alone_knows_is_known(world: World) -> None:
    world.ring_and_settle(world.order("1"))
    world.office.drop(world.record_of(world.order_ref("1")))
    with world.storage._engine.begin() as connection:
        connection.exec_driver_sql("delete from contacts")
    world.profiles = [into("first", "7", route=NEW_BUYERS), into("again", "8")]
    order = world.order("2")
    world.ring_and_settle(order)
    assert pipeline(world, order) == "8"


def test_a_buyer_without_phone_and_mail_is_new(world: World) -> None:
    world.profiles = [into("first", "7", route=NEW_BUYERS), into("again", "8")]
    orders = [world.order(number, phone="") for number in ("1", "2")]
    for order in orders:
        world.ring_and_settle(order)
    assert [pipeline(world, order) for order in orders] == ["7", "7"]


@pytest.mark.parametrize("fate", [Fate.LOST_BEFORE, Fate.LOST_AFTER])
def test_his_own_contact_does_not_make_a_new_buyer_known(world: World, fate: Fate) -> None:
    """The contact is made first; where the record's request is lost after it, the route stays (K14)."""
    world.profiles = [into("first", "7", route=NEW_BUYERS), into("again", "8")]
    order = world.order("1")
    fates(world, Fate.FINE, Fate.FINE, Fate.FINE, fate)
    world.ring_and_settle(order)
    assert len(world.office.contacts()) == 1
    assert pipeline(world, order) == "7"


def test_a_process_that_dies_after_the_contact_leaves_the_route(world: World) -> None:
    world.profiles = [into("first", "7", route=NEW_BUYERS), into("again", "8")]
    order = world.order("1")
    add = world.office.add_customers

    def dies(new: Any, guard: Any) -> Any:
        world.office.add_customers = add  # type: ignore[method-assign]
        add(new, guard)
        raise SystemExit

    world.office.add_customers = dies  # type: ignore[method-assign]
    with pytest.raises(SystemExit):
        world.ring_and_settle(order)
    assert len(world.office.contacts()) == 1
    world.settle()
    assert pipeline(world, order) == "7"


def test_only_routes_that_ask_for_known_buyers_cost_a_look(world: World) -> None:
    looks = counted(world)
    world.ring_and_settle(world.order("1"))
    plain = len(looks)
    world.profiles = [into("first", "7", route=NEW_BUYERS), into("again", "8")]
    looks.clear()
    world.ring_and_settle(world.order("2", phone="+79990000002"))
    assert len(looks) == plain + 1
    assert [key for ask in looks for key in ask.keys] == looks[0].keys, "nobody is searched twice"
    looks.clear()
    world.edit_order(world.order_ref("2"), delivery__track="T1")
    world.ring_and_settle(world.order_ref("2"))
    assert all(not ask.keys for ask in looks)


def test_no_look_is_made_where_the_answer_changes_nothing(world: World) -> None:
    other = replace(NEW_BUYERS, conditions=(*NEW_BUYERS.conditions, Condition("status", any_of=("X",))))
    looks = counted(world)
    world.ring_and_settle(world.order("1"))
    plain = len(looks)
    world.profiles = [into("first", "7", route=other), into("again", "8")]
    looks.clear()
    world.ring_and_settle(world.order("2", phone="+79990000002"))
    assert len(looks) == plain


# Sections


@pytest.fixture
def catalogue(world: World) -> World:
    world.store.catalogue_sections = {"card": (("12", "5", "1"),), "mug": (("30",),), "flyer": (("5", "1"),)}
    return world


def by_section(*rules: tuple[str, str], default: str = "0", **more: Any) -> NewRecord:
    return NewRecord(
        constants={"categoryId": default}, by_section=tuple(SectionRule((s,), p) for s, p in rules), **more
    )


@pytest.mark.covers("R91", "R93", "R94", "R95")
def test_the_products_sections_lead_a_deal_to_its_pipeline(catalogue: World) -> None:
    world = catalogue
    world.profiles = [profile(new=by_section(("12", "6"), ("1", "5")))]
    goods: Mapping[str, tuple[str, ...]] = {
        "card": ("card",), "flyer": ("flyer",), "mug": ("mug",), "mixed": ("mug", "flyer", "card"), "none": (),
    }  # fmt: skip
    found = {}
    for name, products in goods.items():
        order = world.order(name, lines__product=products)
        world.ring_and_settle(order)
        found[name] = pipeline(world, order)
    assert found == {"card": "6", "flyer": "5", "mug": "0", "mixed": "6", "none": "0"}


def test_a_section_selects_the_profile(catalogue: World) -> None:
    world = catalogue
    world.profiles = [into("print", "5", route=Route((Condition(SECTIONS, any_of=("1",)),))), into("rest", "0")]
    orders = [world.order(name, lines__product=(name,)) for name in ("flyer", "mug")]
    for order in orders:
        world.ring_and_settle(order)
    assert [pipeline(world, order) for order in orders] == ["5", "0"]


@pytest.mark.covers("R289")
def test_another_direction_is_for_new_deals_alone(catalogue: World) -> None:
    world = catalogue
    world.profiles = [profile(new=by_section(("1", "5")))]
    first = world.order("1", lines__product=("flyer",))
    world.ring_and_settle(first)
    world.profiles = [profile(new=by_section(("1", "9")))]
    world.edit_order(first, delivery__track="T1")
    second = world.order("2", lines__product=("flyer",), phone="")
    for order in (first, second):
        world.ring_and_settle(order)
    assert [pipeline(world, order) for order in (first, second)] == ["5", "9"]
    assert world.deal(first)["UF_TRACK"] == "T1"


# Who answers


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


@pytest.mark.covers("R97", "R106", "R107", "R108", "R253", "R295", "R298")
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
    assert world.differences(first) == {"record": "refused"}
    world.office.refuses.clear()
    world.storage.differences.retry(first)
    assert answering(world, first, second) == ["7", "9"]


def test_pipelines_have_turns_of_their_own(catalogue: World) -> None:
    world = catalogue
    new = by_section(("1", "5"), responsible_by_pipeline={"5": ("3", "4"), "0": ("1", "2")})
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


# What else a deal is born with


@pytest.mark.covers("R26", "R272", "R273")
def test_source_and_its_description_follow_the_order(world: World) -> None:
    new = NewRecord(
        constants={"categoryId": "0", "sourceId": "WEB", "typeId": "GOODS"},
        picks=(Pick("sourceId", "channel", {"phone": "CALL"}),),
        texts={"sourceDescription": "{site.host}"},
    )
    world.profiles = [profile(new=new)]
    orders = [world.order(name, phone="", channel=name, site__host="print.test") for name in ("phone", "checkout")]
    for order in orders:
        world.ring_and_settle(order)
    deals = [world.deal(order) for order in orders]
    assert [deal["sourceId"] for deal in deals] == ["CALL", "WEB"]
    assert {(deal["sourceDescription"], deal["typeId"]) for deal in deals} == {("print.test", "GOODS")}


def test_bad_routing_holds_one_order_and_lets_the_others_go(world: World) -> None:
    """A store that cannot tell its sections now: those orders come later, others at once."""
    world.profiles = [profile(new=by_section(("1", "5")))]
    first, second = world.order("1", lines__product=("flyer",)), world.order("2", phone="", lines__product=())
    sections = world.store.sections

    def untold(*_: Any) -> Any:
        raise Misconfigured

    world.store.sections = untold  # type: ignore[method-assign]
    for order in (first, second):
        world.bell(order)
    world.wave()
    assert (len(world.records_of(first)), len(world.records_of(second))) == (0, 1)
    assert any("sections" in line.text.en for line in world.story(first))
    world.store.sections = sections  # type: ignore[method-assign]
    world.clock.moment += timedelta(hours=1)
    world.settle()
    assert len(world.records_of(first)) == 1
