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
from sverka.domain.ids import OfficeName, OrderRef, ProfileName, RecordId
from sverka.domain.mapping.new_record import NewRecord, Pick
from sverka.domain.mapping.profile import CustomerRule, Switches
from sverka.domain.mapping.routing import KNOWN, SECTIONS, Condition, Route, SectionRule
from sverka.domain.text import Text
from sverka.ports.backoffice import Look
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import NewBinding

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


def test_a_record_elsewhere_does_not_leave_a_buyer_unknown_here(world: World) -> None:
    world.profiles = [
        into("first", "7", route=NEW_BUYERS),
        into("again", "8", route=Route((Condition(KNOWN, any_of=("Y",)),))),
    ]
    order = world.order("1")
    elsewhere = NewBinding(order, ProfileName("other"), RecordId("5"))
    line = JournalLine(world.clock.now(), Event.BOUND, Text("Bound.", "Связан."))
    world.storage.adopt(OfficeName("erp"), [elsewhere], [], line)
    world.ring_and_settle(order)
    assert pipeline(world, order) == "7"


def test_a_buyer_the_portal_alone_knows_is_known(world: World) -> None:
    world.ring_and_settle(world.order("1"))
    world.office.drop(world.record_of(world.order_ref("1")))
    with world.storage._engine.begin() as connection:
        connection.exec_driver_sql("delete from contacts")
    world.profiles = [into("first", "7", route=NEW_BUYERS), into("again", "8")]
    order = world.order("2")
    world.ring_and_settle(order)
    assert pipeline(world, order) == "8"


def test_a_buyer_is_known_by_what_the_profiles_match_by(world: World) -> None:
    rule = CustomerRule(match=("external_id",))
    world.profiles = [into("first", "7", route=NEW_BUYERS, customer=rule), into("again", "8", customer=rule)]
    orders = [world.order(number, phone=number * 9, customer__external_id="5") for number in ("1", "2")]
    for order in orders:
        world.ring_and_settle(order)
    assert [pipeline(world, order) for order in orders] == ["7", "8"]


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


# Switches


@pytest.mark.covers("C69", "C28")
@pytest.mark.parametrize(
    ("switches", "born", "deal", "shop"),
    [
        (Switches(), True, "EXECUTING", "T2"),
        (Switches(create_records=False), False, "", ""),
        (Switches(update_records=False), True, "NEW", "T2"),
        (Switches(update_orders=False), True, "EXECUTING", "T1"),
    ],
)
def test_each_direction_has_a_switch_of_its_own(
    world: World, switches: Switches, *, born: bool, deal: str, shop: str
) -> None:
    world.profiles = [any_profile(switches=switches, new=NewRecord())]
    order = world.order("1", delivery__track="T1")
    world.ring_and_settle(order)
    assert bool(world.records_of(order)) is born
    if not born:
        assert "No profile takes this order" in world.story(order)[-1].text.en
        return
    world.edit_order(order, status="P")
    world.edit_record(world.record_of(order), UF_TRACK="T2")
    world.office_bell(world.record_of(order))
    world.ring_and_settle(order)
    assert (world.deal(order)["stageId"], world.shop(order)["delivery.track"]) == (deal, shop)
    held = world.differences(order)
    assert set(held.values()) <= {"kept"}
    assert bool(held) is (switches != Switches())
    world.profiles = [any_profile(new=NewRecord())]
    world.ring_and_settle(order)
    assert (world.deal(order)["stageId"], world.shop(order)["delivery.track"]) == ("EXECUTING", "T2")
    assert world.differences(order) == {}


def test_no_new_records_does_not_touch_those_there_are(world: World) -> None:
    world.profiles = [any_profile(new=NewRecord())]
    order = world.order("1")
    world.ring_and_settle(order)
    world.profiles = [any_profile(new=NewRecord(), switches=Switches(create_records=False)), into("next", "0")]
    world.edit_order(order, status="P")
    later = world.order("2", phone="")
    for one in (order, later):
        world.ring_and_settle(one)
    assert world.deal(order)["stageId"] == "EXECUTING"
    assert [origin.profile for origin in world.office.records().values() if origin] == ["main", "next"]
