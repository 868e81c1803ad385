"""Deals that people open by hand become orders (K23): once, bound, and in step from then on."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from support.world import CRM, MAIN, START, World, mappings, profile
from sverka.connectors.in_memory import MemoryOffice
from sverka.connectors.in_memory.weather import Fate
from sverka.connectors.kit import MakesNoOrders
from sverka.domain.ids import OfficeName, OrderId, OrderRef, ProfileName, RecordId
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Way
from sverka.domain.mapping.profile import NewOrder
from sverka.domain.mapping.routing import Condition, Route
from sverka.engine.preview import preview
from sverka.engine.sweep import sweep
from sverka.engine.wave import run_wave
from sverka.ports.journal import Event
from sverka.ports.storage import IntentKind
from sverka.ports.store import StoreCan

ERP = OfficeName("erp")
NUMBER = FieldMapping("number", "order.number", "UF_NUMBER", Way.TO_OFFICE)


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    world.profiles = [profile(new_order=NewOrder(("NEW",)), mappings=(*mappings(), NUMBER))]
    yield world
    world.close()


def opened(world: World, stage: str = "NEW", **fields: Any) -> OrderRef:
    """Let a manager open a deal, and return the name it is visited under."""
    record = world.office.open({"title": "By hand", "stageId": stage, "UF_TRACK": "RB1", **fields})
    return OrderRef.of_record(CRM, record)


def rung(world: World, record: OrderRef) -> None:
    world.office_bell(record.id)
    world.settle()


def orders(world: World) -> list[str]:
    return sorted(world.store.ids())


def made_of(world: World, record: OrderRef) -> OrderRef:
    """Return the one order that was made of a record, bound to it and to nothing else."""
    (order,) = (world.order_ref(id_) for id_ in orders(world))
    (binding,) = world.storage.recall([order], START).bindings[order]
    assert (binding.record, binding.office) == (record.id, CRM)
    return order


def lost(world: World, *fates: Fate) -> None:
    """Let the next requests to the store meet these fates."""
    left = list(fates)
    world.store.weather.next_fate = lambda: left.pop(0) if left else Fate.FINE


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
    record = opened(world, opportunity=5000)
    rung(world, record)
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


def test_a_second_bell_and_a_sweep_make_no_second_order(world: World) -> None:
    record = opened(world)
    world.office_bell(record.id)
    world.office_bell(record.id)
    world.wave()
    world.sweep()
    world.settle()
    rung(world, record)
    made_of(world, record)


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


@pytest.mark.parametrize("fate", [Fate.LOST_AFTER, Fate.LOST_BEFORE, Fate.CUT])
def test_an_answer_that_never_came_makes_one_order_all_the_same(world: World, fate: Fate) -> None:
    record = opened(world)
    world.office_bell(record.id)
    lost(world, Fate.FINE, fate)
    world.wave()
    world.office_bell(record.id)
    assert world.wave() is None, "a record in doubt is not claimed, whoever rings"
    world.settle()
    order = made_of(world, record)
    assert "status" not in world.differences(order), "what shows the value sent has its pair (K6)"
    assert world.storage.counts().open_intents == 0
    world.edit_record(record.id, stageId="EXECUTING")
    rung(world, record)
    assert world.shop(order)["status"] == "P"


def test_an_order_edited_before_it_was_found_again_asks(world: World) -> None:
    record = opened(world)
    world.office_bell(record.id)
    lost(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    (made,) = orders(world)
    world.edit_order(world.order_ref(made), delivery__track="RB9")
    world.settle()
    assert world.differences(made_of(world, record))["track"] == "conflict"
    assert world.office.show(record.id)["UF_TRACK"] == "RB1"


def test_a_doubtful_deal_that_moved_on_is_bound_to_its_order(world: World) -> None:
    record = opened(world)
    world.office_bell(record.id)
    lost(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    world.edit_record(record.id, stageId="EXECUTING")
    world.settle()
    assert world.shop(made_of(world, record))["status"] == "P"


def test_a_doubtful_deal_that_moved_on_before_anything_was_made_stays_a_deal(world: World) -> None:
    record = opened(world)
    world.office_bell(record.id)
    lost(world, Fate.FINE, Fate.LOST_BEFORE)
    world.wave()
    world.edit_record(record.id, stageId="EXECUTING")
    world.settle()
    assert orders(world) == []
    assert world.storage.counts().open_intents == 0


def _kill_after_create(world: World) -> None:
    """Let the process die between the store's answer and the commit, its lock left behind."""
    store: Any = world.store
    storage: Any = world.storage
    create, release = store.create, storage.release

    def killed(*args: Any) -> None:
        create(*args)
        raise Killed

    store.create, storage.release = killed, lambda *_: None
    with pytest.raises(Killed):
        world.wave()
    store.create, storage.release = create, release


@pytest.mark.parametrize("bell", ["before", "never"])
def test_a_kill_between_the_order_and_its_binding_is_made_good(world: World, bell: str) -> None:
    record = opened(world)
    world.office_bell(record.id)
    _kill_after_create(world)
    (made,) = orders(world)
    if bell == "before":
        world.bell(world.order_ref(made))
    world.clock.sleep(world.hub.terms.doubt.total_seconds())
    world.wave()  # the lock of the dead is free by now, and what it held is taken up (K12)
    world.settle()
    order = made_of(world, record)
    assert len(world.office.records()) == 1
    assert "status" not in world.differences(order)
    assert world.storage.counts().open_intents == 0


def test_the_orders_own_bell_binds_it_without_waiting_for_the_doubts_end(world: World) -> None:
    record = opened(world)
    world.office_bell(record.id)
    lost(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    (made,) = orders(world)
    world.bell(world.order_ref(made))
    world.wave()
    made_of(world, record)
    assert world.storage.open_orders(CRM) == []
    assert world.clock.now() == START
    world.settle()
    assert len(world.office.records()) == 1


def test_an_order_whose_mark_is_late_waits_for_it(world: World) -> None:
    record = opened(world)
    world.office_bell(record.id)
    lost(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    (made,) = orders(world)
    order = world.order_ref(made)
    world.store.mark(made, "")
    world.bell(order)
    world.wave()
    assert len(world.office.records()) == 1, "it may be the one that is being made"
    due = world.storage.due(CRM, world.clock.now())
    assert due == START + world.hub.terms.doubt
    world.store.mark(made, record.mark)
    world.settle()
    assert made_of(world, record) == order
    assert len(world.office.records()) == 1


def test_a_strangers_order_waits_for_the_doubt_and_then_gets_its_deal(world: World) -> None:
    record = opened(world)
    world.office_bell(record.id)
    lost(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    order = world.order("7", phone="")
    world.bell(order)
    world.wave()
    assert world.records_of(order) == []
    world.settle()
    assert len(world.records_of(order)) == 1


def test_an_orders_copy_with_the_same_mark_goes_its_own_way(world: World) -> None:
    record = opened(world)
    rung(world, record)
    copy = world.order("2000", phone="")
    world.store.mark(copy.id, record.mark)
    world.ring_and_settle(copy)
    assert len(world.records_of(copy)) == 1
    (order,) = world.storage.orders_of(CRM, [RecordId(record.id)])[RecordId(record.id)]
    assert order.id == "1001"


def test_two_orders_with_one_mark_in_one_wave_are_one_and_its_copy(world: World) -> None:
    record = opened(world, "EXECUTING")
    for number in ("10", "9"):
        world.store.mark(world.order(number, phone="").id, record.mark)
        world.bell(world.order_ref(number))
    world.settle()
    assert [str(one) for one in world.storage.orders_of(CRM, [RecordId(record.id)])[RecordId(record.id)]] == ["shop/9"]
    assert len(world.records_of(world.order_ref("10"))) == 1


def test_an_order_whose_deal_is_gone_gets_no_other(world: World) -> None:
    record = opened(world)
    world.office_bell(record.id)
    lost(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    (made,) = orders(world)
    world.office.drop(record.id)
    world.settle()
    world.ring_and_settle(world.order_ref(made))
    assert world.office.records() == {}
    assert Event.RELEASED in world.events(world.order_ref(made))


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


def test_a_deal_back_from_the_bin_finds_its_order_again(world: World) -> None:
    record = opened(world)
    rung(world, record)
    order = made_of(world, record)
    kept = world.office._records.pop(RecordId(record.id))
    world.ring_and_settle(order)
    assert world.storage.orders_of(CRM, [RecordId(record.id)]) == {}
    world.office._records[RecordId(record.id)] = kept
    rung(world, record)
    assert made_of(world, record) == order


def test_an_order_that_has_another_record_is_not_bound_twice(world: World) -> None:
    order = world.order("7", phone="")
    world.ring_and_settle(order)
    record = opened(world)
    world.store.mark(order.id, record.mark)
    rung(world, record)
    assert orders(world) == ["7"]
    assert world.storage.orders_of(CRM, [RecordId(record.id)]) == {}
    assert "belongs to another record" in world.story(record)[-1].text.en


def test_the_first_profile_whose_stage_it_is_takes_the_deal(world: World) -> None:
    world.profiles = [profile("other", new_order=NewOrder(("WON",))), *world.profiles]
    record = opened(world)
    rung(world, record)
    order = made_of(world, record)
    (binding,) = world.storage.recall([order], START).bindings[order]
    assert binding.profile == MAIN


def test_what_has_begun_under_a_profile_is_ended_under_it(world: World) -> None:
    world.profiles.append(profile("later", new_order=NewOrder(("EXECUTING",))))
    record = opened(world)
    world.office_bell(record.id)
    lost(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    (intent,) = world.storage.open_orders(CRM)
    assert (intent.kind, intent.profile, intent.order) == (IntentKind.CREATE_ORDER, MAIN, record)
    world.edit_record(record.id, stageId="EXECUTING")
    world.settle()
    order = made_of(world, record)
    (binding,) = world.storage.recall([order], START).bindings[order]
    assert binding.profile == ProfileName("main")


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
