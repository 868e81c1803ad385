"""Deals that people open by hand become orders (K23): once, bound, and in step from then on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from support.by_hand import lost, made_of, opened, order_making_world, orders, rung
from support.world import CRM, MAIN, START, World, mappings, profile
from sverka.connectors.in_memory import MemoryOffice
from sverka.connectors.in_memory.weather import Fate
from sverka.connectors.kit import MakesNoOrders
from sverka.domain.commerce.lines import Line
from sverka.domain.ids import OfficeName, OrderId
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.profile import NewOrder
from sverka.domain.mapping.routing import Condition, Route
from sverka.engine.bells.retry import ring_orders
from sverka.engine.bells.sweep import sweep
from sverka.engine.by_hand.preview import preview
from sverka.engine.wave import run_wave
from sverka.ports.journal import Event
from sverka.ports.store import StoreCan

ERP = OfficeName("erp")


@pytest.fixture
def world() -> Iterator[World]:
    world = order_making_world()
    yield world
    world.close()


@pytest.mark.covers("R8", "C68")
def test_a_deal_opened_by_hand_becomes_one_order_in_step_both_ways(world: World) -> None:
    record = opened(world)
    world.office_bell(record.id)
    report = world.wave()
    assert report is not None
    assert (report.visits, report.births) == (1, 1)
    world.settle()
    order = made_of(world, record)
    shown = world.shop(order)
    assert (shown["status"], shown["delivery.track"]) == ("N", "RB1")
    assert world.store.read([order.id])[order.id].mark == f"{CRM}/{record.id}"  # type: ignore[union-attr]
    assert len(world.office.records()) == 1, "the order gets no deal of its own"
    assert world.differences(order) == {}

    world.edit_record(record.id, stageId="QUALITY")
    rung(world, record)
    assert world.shop(order)["status"] == "P"
    world.edit_order(order, delivery__track="RB2")
    world.ring_and_settle(order)
    assert world.office.show(record.id)["UF_TRACK"] == "RB2"
    assert orders(world) == [order.id]


def test_what_the_store_gives_its_order_fills_empty_fields_of_the_deal_and_nothing_else(world: World) -> None:
    record = opened(world, opportunity=5000, rows=(Line("Mug", Decimal(1), Decimal(5000)),))
    world.office_bell(record.id)
    world.wave()
    order = made_of(world, record)
    assert world.shop(order)["total"] == 0, "what only goes to the portal is not sent to the store"
    (binding,) = world.storage.recall([order], START).bindings[order]
    assert set(binding.baseline) == {"status", "track", "lines", "total"}
    world.settle()
    deal = world.office.show(record.id)
    assert deal["UF_NUMBER"] == made_of(world, record).id
    assert deal["opportunity"] == 5000, "the order's own total is memory, and no reason to write (K13)"


def test_both_stories_tell_it(world: World) -> None:
    record = opened(world)
    rung(world, record)
    order = made_of(world, record)
    text = f"Made order {order} of record {record.id}"
    for ref in (order, record):
        assert [line.rule for line in world.story(ref) if line.text.en == text] == ["K23"]
    assert Event.RANG in world.events(record)


@pytest.mark.covers("R8", "C8")
def test_a_second_bell_and_a_sweep_make_no_second_order(world: World) -> None:
    record = opened(world)
    world.office_bell(record.id)
    world.office_bell(record.id)
    world.wave()
    world.sweep()
    world.settle()
    rung(world, record)
    made_of(world, record)


def test_a_bell_that_came_while_the_order_was_made_leaves_the_binding_as_it_is(world: World) -> None:
    record = opened(world)
    rung(world, record)
    order = made_of(world, record)
    before = world.storage.recall([order], START).bindings
    ring_orders(world.hub, [record], "again")
    world.wave()
    assert world.storage.recall([order], START).bindings == before


def test_a_sweep_finds_the_deal_whose_bell_was_lost(world: World) -> None:
    record = opened(world)
    sweep(world.hub, CRM, START)
    world.settle()
    made_of(world, record)


def test_several_deals_are_made_orders_of_in_one_wave(world: World) -> None:
    records = [opened(world, UF_TRACK=f"RB{number}") for number in range(3)]
    for record in records:
        world.office_bell(record.id)
    before = world.store.weather.requests
    world.wave()
    assert world.store.weather.requests - before == 2, "one look by mark, one request that makes them all"
    world.settle()
    assert sorted(str(world.store.show(id_)["delivery.track"]) for id_ in orders(world)) == ["RB0", "RB1", "RB2"]


@pytest.mark.parametrize("stage", ["EXECUTING", "WON", ""])
def test_a_deal_in_another_stage_stays_a_deal(world: World, stage: str) -> None:
    record = opened(world, stage)
    rung(world, record)
    assert orders(world) == []
    world.edit_record(record.id, stageId="NEW")
    rung(world, record)
    made_of(world, record)


@pytest.mark.covers("C69")
def test_without_the_section_nothing_is_looked_at(world: World) -> None:
    world.profiles = [profile()]
    record = opened(world)
    world.office_bell(record.id)
    assert world.storage.due(CRM, world.clock.now()) is None
    assert orders(world) == []


def test_the_hubs_own_new_deal_makes_no_order_even_before_it_is_bound(world: World) -> None:
    order = world.order(phone="")
    world.bell(order)
    left = [Fate.FINE, Fate.LOST_AFTER]
    world.office.weather.next_fate = lambda: left.pop(0) if left else Fate.FINE
    world.wave()
    record = world.record_of(order)
    assert world.office.show(record)["stageId"] == "NEW"
    world.office_bell(record)
    world.wave()
    assert orders(world) == [order.id], "its binding is in doubt, and its origin tells whose it is"
    world.settle()
    assert orders(world) == [order.id]


def test_a_deal_deleted_meanwhile_makes_no_order(world: World) -> None:
    record = opened(world)
    world.office_bell(record.id)
    world.office.drop(record.id)
    world.settle()
    assert orders(world) == []
    assert world.story(record)[-1].rule == "K19"


def test_an_order_of_another_offices_deal_gets_its_record_here(world: World) -> None:
    erp = MemoryOffice(world.clock, "s3cret")
    world.hub = replace(world.hub, offices={CRM: world.office, ERP: erp})
    world.profiles.append(replace(profile("second"), office=ERP))
    record = opened(world)
    rung(world, record)
    (made,) = orders(world)
    assert run_wave(world.hub, ERP) is not None, "the new order is rung for wherever it may go"
    (origin,) = erp.records().values()
    assert origin is not None
    assert origin.order == world.order_ref(made)
    assert len(world.office.records()) == 1


def test_another_profile_of_the_same_office_makes_no_deal_of_it(world: World) -> None:
    world.profiles.append(profile("also", route=Route((Condition("order.number", contains=("1",)),), also=True)))
    record = opened(world)
    rung(world, record)
    world.ring_and_settle(made_of(world, record))
    assert len(world.office.records()) == 1


def test_a_value_without_a_counterpart_holds_the_order_and_is_shown(world: World) -> None:
    world.profiles = [replace(world.profiles[0], new_order=NewOrder(("NEW", "ODD")))]
    record = opened(world, "ODD")
    rung(world, record)
    rung(world, record)
    assert orders(world) == []
    assert world.differences(record) == {"status": "unmapped"}
    assert world.events(record).count(Event.HELD) == 1, "told once"
    world.edit_record(record.id, stageId="NEW")
    rung(world, record)
    assert world.differences(record) == {}
    made_of(world, record)


def test_what_was_held_is_over_once_the_profile_makes_no_orders_any_more(world: World) -> None:
    world.profiles = [replace(world.profiles[0], new_order=NewOrder(("ODD",)))]
    record = opened(world, "ODD")
    rung(world, record)
    assert world.differences(record) == {"status": "unmapped"}
    world.profiles = [profile()]
    ring_orders(world.hub, [record], "profile applied")
    world.settle()
    assert world.differences(record) == {}


def test_after_its_deadline_a_wave_makes_no_orders_and_keeps_what_it_did(world: World) -> None:
    order = world.order(phone="")
    record = opened(world)
    world.bell(order)
    world.office_bell(record.id)
    world.office.weather.between = lambda: world.clock.sleep(130)
    world.wave()
    assert orders(world) == [order.id]
    assert world.storage.recall([order], START).bindings[order]
    world.office.weather.between = lambda: None
    world.settle()
    assert len(orders(world)) == 2


def test_an_order_the_store_refuses_is_held_until_something_changes(world: World) -> None:
    world.store.refuses = {("delivery.track", "RB1")}
    record = opened(world)
    rung(world, record)
    assert world.differences(record) == {"record": "refused"}
    requests = world.store.weather.requests
    rung(world, record)
    assert world.store.weather.requests == requests + 1, "the same order is not sent again (K18), only looked for"
    world.edit_record(record.id, UF_TRACK="RB2")
    rung(world, record)
    made_of(world, record)
    assert world.differences(record) == {}


def test_what_was_held_is_over_once_the_shop_has_made_the_order_itself(world: World) -> None:
    world.store.refuses = {("delivery.track", "RB1")}
    record = opened(world)
    rung(world, record)
    world.store.mark(world.order("7").id, record.mark)
    rung(world, record)
    assert made_of(world, record).id == "7"
    assert world.differences(record) == {}


def test_a_deal_that_cannot_be_reckoned_with_is_held_alone(world: World) -> None:
    record = opened(world, UF_TRACK=datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))))
    order = world.order("7", phone="")
    world.bell(order)
    rung(world, record)
    assert len(world.records_of(order)) == 1
    assert world.differences(record) == {"record": "refused"}
    world.edit_record(record.id, UF_TRACK="RB2")
    rung(world, record)
    assert len(orders(world)) == 2
    assert world.differences(record) == {}


def test_a_store_that_keeps_no_mark_says_so(world: World) -> None:
    store: Any = world.store
    store.can = StoreCan(keeps_mark=False)
    store.create, store.find = MakesNoOrders().create, MakesNoOrders().find
    record = opened(world)
    rung(world, record)
    assert orders(world) == []
    (shown,) = world.storage.differences.list(record)
    assert "cannot make orders" in shown.difference.text.en
    assert world.storage.counts().paused_connections == 0


def test_a_store_in_trouble_is_tried_again(world: World) -> None:
    record = opened(world)
    world.office_bell(record.id)
    lost(world, Fate.NOT_SENT, Fate.FINE, Fate.NOT_SENT)
    world.settle()
    made_of(world, record)


def test_a_store_that_refuses_the_hub_is_paused_and_an_office_too(world: World) -> None:
    record = opened(world)
    world.office_bell(record.id)
    lost(world, Fate.REFUSED)
    world.wave()
    assert world.storage.counts().paused_connections == 1
    left = [Fate.REFUSED]
    world.office.weather.next_fate = lambda: left.pop(0) if left else Fate.FINE
    world.settle()
    made_of(world, record)


def test_a_paused_profile_makes_no_orders_until_it_goes_on(world: World) -> None:
    running = world.profiles
    world.profiles = [replace(running[0])]
    applied = world._applied
    world.hub = replace(world.hub, profiles=lambda: [replace(one, paused="stopped") for one in applied()])
    record = opened(world)
    world.office_bell(record.id)
    world.wave()
    assert orders(world) == []
    world.hub = replace(world.hub, profiles=applied)
    world.settle()
    made_of(world, record)


def test_the_first_profile_whose_stage_it_is_takes_the_deal(world: World) -> None:
    world.profiles = [profile("other", new_order=NewOrder(("WON",))), *world.profiles]
    record = opened(world)
    rung(world, record)
    order = made_of(world, record)
    (binding,) = world.storage.recall([order], START).bindings[order]
    assert binding.profile == MAIN


def test_a_robot_of_the_store_that_moves_the_new_order_is_news(world: World) -> None:
    status = replace(mappings()[0], store_type=FieldType.CHOICE)
    world.profiles = [replace(world.profiles[0], mappings=(status, *world.profiles[0].mappings[1:]))]
    store: Any = world.store
    create_one = store._create_one

    def robot(new: Any) -> Any:
        answer = create_one(new)
        store.put(answer.after.id, status="P")
        return type(answer)(store._snapshot(OrderId(answer.after.id)))

    store._create_one = robot
    record = opened(world)
    rung(world, record)
    made_of(world, record)
    assert world.office.show(record.id)["stageId"] == "EXECUTING"


def test_a_preview_does_not_stumble_over_a_record(world: World) -> None:
    order, record = world.order(), opened(world)
    found = preview(world.hub, CRM, [order, record])
    assert [one.order for one in found.foreseen] == [order]
    assert "record without an order" in found.problems[record].text.en
    assert found.unrouted == []
    assert orders(world) == [order.id]
