"""Orders made of deals (K23) when answers are lost, processes die, marks come late or are copied."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from support.by_hand import lost, made_of, opened, order_making_world, orders, rung
from support.world import CRM, MAIN, START, World, profile
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.ids import OrderRef, ProfileName, RecordId
from sverka.domain.mapping.profile import NewOrder
from sverka.ports.journal import Event
from sverka.ports.storage import IntentKind


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def world() -> Iterator[World]:
    world = order_making_world()
    yield world
    world.close()


def in_doubt(world: World) -> OrderRef:
    """Lose the answer to the creation of an order that was made."""
    record = opened(world)
    world.office_bell(record.id)
    lost(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    return record


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
    record = in_doubt(world)
    (made,) = orders(world)
    world.edit_order(world.order_ref(made), delivery__track="RB9")
    world.settle()
    assert world.differences(made_of(world, record))["track"] == "conflict"
    assert world.office.show(record.id)["UF_TRACK"] == "RB1"


def test_a_doubtful_deal_that_moved_on_is_bound_to_its_order(world: World) -> None:
    record = in_doubt(world)
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
    record = in_doubt(world)
    (made,) = orders(world)
    world.profiles.insert(0, profile("other"))
    world.bell(world.order_ref(made))
    world.wave()
    order = made_of(world, record)
    (binding,) = world.storage.recall([order], START).bindings[order]
    assert binding.profile == MAIN, "under the profile of its intent"
    assert Event.DECIDED not in world.events(order), "it does not wait for itself"
    assert world.storage.open_orders(CRM) == []
    assert world.clock.now() == START
    world.settle()
    assert len(world.office.records()) == 1


def test_an_order_whose_mark_is_late_waits_for_it(world: World) -> None:
    record = in_doubt(world)
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
    in_doubt(world)
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
    record = in_doubt(world)
    (made,) = orders(world)
    world.office.drop(record.id)
    world.settle()
    world.ring_and_settle(world.order_ref(made))
    assert world.office.records() == {}
    assert Event.RELEASED in world.events(world.order_ref(made))


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


def test_what_has_begun_under_a_profile_is_ended_under_it(world: World) -> None:
    world.profiles.append(profile("later", new_order=NewOrder(("EXECUTING",))))
    record = in_doubt(world)
    (intent,) = world.storage.open_orders(CRM)
    assert (intent.kind, intent.profile, intent.order) == (IntentKind.CREATE_ORDER, MAIN, record)
    world.edit_record(record.id, stageId="EXECUTING")
    world.settle()
    order = made_of(world, record)
    (binding,) = world.storage.recall([order], START).bindings[order]
    assert binding.profile == ProfileName("main")


def test_an_order_and_its_record_in_one_wave_are_bound_once(world: World) -> None:
    record = in_doubt(world)
    (made,) = orders(world)
    world.clock.sleep(world.hub.terms.doubt.total_seconds())
    world.bell(world.order_ref(made))
    report = world.wave()
    assert report is not None
    assert report.visits == 2
    assert world.events(made_of(world, record)).count(Event.BOUND) == 1
    assert world.storage.counts().open_intents == 0


def test_a_paused_profile_binds_nothing_until_it_goes_on(world: World) -> None:
    record = in_doubt(world)
    (made,) = orders(world)
    running = world.hub
    world.hub = replace(running, profiles=lambda: [replace(one, paused="stopped") for one in running.profiles()])
    world.bell(world.order_ref(made))
    world.wave()
    assert world.storage.orders_of(CRM, [RecordId(record.id)]) == {}
    world.hub = running
    world.settle()
    made_of(world, record)


def test_an_order_in_step_already_does_not_wait_for_another_ones_doubt(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    in_doubt(world)
    world.edit_order(order, status="P")
    world.bell(order)
    world.wave()
    assert world.deal(order)["stageId"] == "EXECUTING"


def test_a_deal_in_doubt_is_found_though_an_order_is_in_doubt_by_then(world: World) -> None:
    order = world.order(phone="")
    world.bell(order)
    left = [Fate.FINE, Fate.LOST_AFTER]
    world.office.weather.next_fate = lambda: left.pop(0) if left else Fate.FINE
    world.wave()
    world.clock.sleep(world.hub.terms.doubt.total_seconds() - 10)
    in_doubt(world)
    world.clock.sleep(11)
    world.wave()
    assert Event.BOUND in world.events(order)


def test_a_new_order_does_not_wait_for_another_ones_deal_in_doubt(world: World) -> None:
    world.bell(world.order("1", phone=""))
    left = [Fate.FINE, Fate.LOST_AFTER]
    world.office.weather.next_fate = lambda: left.pop(0) if left else Fate.FINE
    world.wave()
    other = world.order("2", phone="")
    world.bell(other)
    world.wave()
    assert len(world.records_of(other)) == 1


def test_a_look_by_mark_that_failed_leaves_the_intent_open_and_nobody_waiting(world: World) -> None:
    record = in_doubt(world)
    world.clock.sleep(world.hub.terms.doubt.total_seconds())
    stranger = world.order("7", phone="")
    world.bell(stranger)
    lost(world, Fate.FINE, Fate.NOT_SENT)
    world.wave()
    assert len(world.records_of(stranger)) == 1, "the doubt is over"
    assert len(world.storage.open_orders(CRM)) == 1
    world.store.drop(stranger.id)
    world.settle()
    assert "status" not in world.differences(made_of(world, record))


def test_what_was_held_of_an_order_is_over_once_its_mark_tells_whose_it_is(world: World) -> None:
    world.profiles.insert(0, profile("other"))
    order = world.order("7", status="X")
    world.ring_and_settle(order)
    assert world.differences(order) == {"status": "unmapped"}
    record = opened(world, "EXECUTING")
    world.store.mark(order.id, record.mark)
    world.bell(order)
    world.wave()
    assert made_of(world, record) == order
    assert world.differences(order) == {}


def test_a_stopped_profile_keeps_the_intent_though_order_and_record_meet_in_one_wave(world: World) -> None:
    record = in_doubt(world)
    (made,) = orders(world)
    running = world.hub
    world.hub = replace(running, profiles=lambda: [replace(one, paused="stopped") for one in running.profiles()])
    world.clock.sleep(world.hub.terms.doubt.total_seconds())
    world.bell(world.order_ref(made))
    world.wave()
    assert len(world.storage.open_orders(CRM)) == 1, "it is closed with what it led to, and it has led to nothing (K7)"
    world.hub = running
    world.edit_record(record.id, stageId="EXECUTING")
    world.settle()
    assert world.shop(made_of(world, record))["status"] == "P", "what was sent is still known"


def test_an_order_whose_deal_is_being_made_is_not_bound_to_the_deal_its_late_mark_names(world: World) -> None:
    order = world.order("7", phone="")
    world.bell(order)
    left = [Fate.FINE, Fate.LOST_AFTER]
    world.office.weather.next_fate = lambda: left.pop(0) if left else Fate.FINE
    world.wave()
    record = opened(world)
    world.store.mark(order.id, record.mark)
    world.office_bell(record.id)
    world.settle()
    (binding,) = world.storage.recall([order], START).bindings[order]
    assert [binding.record] == world.records_of(order)
    assert "belongs to another record" in world.story(record)[-1].text.en
    assert orders(world) == ["7"]


def test_an_order_of_another_offices_deal_does_not_wait(world: World) -> None:
    in_doubt(world)
    order = world.order("7", phone="")
    world.store.mark(order.id, "erp/5")
    world.bell(order)
    world.wave()
    assert len(world.records_of(order)) == 1, "its mark says that it is not the one being made"
