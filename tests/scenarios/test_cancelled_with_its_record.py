"""A profile that says `on_deal_deleted = "cancel_order"`: the one way in which a deletion travels (K19)."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.http_world import PRINT, SITE, SOUVENIRS, WOO, HttpWorld
from support.world import CRM, MAIN, World, mappings, profile
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.errors import Later
from sverka.domain.ids import OrderRef, ProfileName
from sverka.domain.mapping.field_mapping import Policy
from sverka.domain.mapping.profile import Brakes, Switches
from sverka.domain.mapping.routing import Route
from sverka.domain.merge.binding import BindingState
from sverka.domain.merge.snapshot import Snapshot
from sverka.engine.bells.sweep import compare_all
from sverka.ports.journal import Event
from sverka.ports.storage import IntentKind
from sverka.ports.store import Wrote

CANCELS = Brakes(on_record_deleted="cancel_order")


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    world.profiles = [profile(brakes=CANCELS)]
    yield world
    world.close()


def bound(world: World, number: str = "1") -> OrderRef:
    order = world.order(number, phone="")
    world.ring_and_settle(order)
    return order


def deleted(world: World, order: OrderRef) -> None:
    """Let a manager delete the record, and its bell ring."""
    record = world.record_of(order)
    world.office.drop(record)
    world.office_bell(record)


def store_meets(world: World, *fates: Fate) -> None:
    left = list(fates)
    world.store.weather.next_fate = lambda: left.pop(0) if left else Fate.FINE


def states(world: World, order: OrderRef) -> dict[str, BindingState]:
    return {one.profile: one.state for one in world.storage.recall([order], world.clock.now()).bindings[order]}


def intents(world: World, order: OrderRef) -> list[IntentKind]:
    return [one.kind for one in world.storage.recall([order], world.clock.now()).intents]


def test_a_profile_that_writes_no_orders_cancels_none_and_says_so(world: World) -> None:
    order = bound(world)
    world.profiles = [profile(brakes=CANCELS, switches=Switches(update_orders=False))]
    deleted(world, order)
    world.settle()
    assert world.shop(order)["status"] == "N"
    assert states(world, order) == {MAIN: BindingState.RELEASED}
    [shown] = world.storage.differences.list()
    assert "update_orders = false" in shown.difference.text.en


def test_the_order_is_cancelled_and_released_and_gets_no_new_record(world: World) -> None:
    order = bound(world)
    deleted(world, order)
    world.settle()
    assert world.shop(order)["status"] == CANCELLED
    assert states(world, order) == {MAIN: BindingState.RELEASED}
    assert intents(world, order) == []
    [decided, wrote, released] = world.story(order)[-3:]
    assert (decided.event, decided.rule) == (Event.DECIDED, "cancel_order")
    assert (wrote.event, wrote.field, wrote.before, wrote.after) == (Event.WROTE, "status", "N", CANCELLED)
    assert released.event is Event.RELEASED
    world.edit_order(order, comment__manager="?")
    world.ring_and_settle(order)
    assert world.records_of(order) == []
    assert world.differences(order) == {}
    assert world.store.writes == 1


def test_an_order_that_is_cancelled_already_is_only_released(world: World) -> None:
    order = bound(world)
    world.edit_order(order, status=CANCELLED)
    deleted(world, order)
    world.settle()
    assert world.store.writes == 0
    assert states(world, order) == {MAIN: BindingState.RELEASED}


def test_the_intent_is_committed_before_the_network_and_closed_with_the_release(world: World) -> None:
    order = bound(world)
    deleted(world, order)
    seen: list[Any] = []
    world.store.weather.between = lambda: seen.append((intents(world, order), states(world, order)))
    world.wave()
    assert seen == [([IntentKind.PATCH_ORDER], {MAIN: BindingState.BOUND})]
    assert intents(world, order) == []
    assert states(world, order) == {MAIN: BindingState.RELEASED}


@pytest.mark.parametrize("fate", [Fate.LOST_AFTER, Fate.LOST_BEFORE])
def test_without_an_answer_the_order_is_in_doubt_and_then_looked_at(world: World, fate: Fate) -> None:
    order = bound(world)
    deleted(world, order)
    store_meets(world, Fate.FINE, fate)  # the first request reads
    world.wave()
    assert states(world, order) == {MAIN: BindingState.BOUND}
    assert intents(world, order) == [IntentKind.PATCH_ORDER]
    world.bell(order)
    assert world.wave() is None, "an order in doubt is not claimed, whoever rings"
    world.settle()
    assert world.shop(order)["status"] == CANCELLED
    assert states(world, order) == {MAIN: BindingState.RELEASED}
    assert intents(world, order) == []
    assert world.store.writes == 1
    assert world.differences(order) == {}


def test_a_kill_between_write_and_commit_loses_nothing(world: World) -> None:
    order = bound(world)
    deleted(world, order)
    commit = world.storage.commit
    times = [0]

    def killed(*arguments: Any) -> Any:
        times[0] += 1
        if times[0] == 2:
            raise KeyboardInterrupt
        return commit(*arguments)

    world.storage.commit = killed  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        world.wave()
    world.storage.commit = commit  # type: ignore[method-assign]
    assert world.shop(order)["status"] == CANCELLED
    assert states(world, order) == {MAIN: BindingState.BOUND}
    assert intents(world, order) == [IntentKind.PATCH_ORDER]
    world.settle()
    assert states(world, order) == {MAIN: BindingState.RELEASED}
    assert intents(world, order) == []
    assert world.store.writes == 1


def test_a_store_that_asks_for_patience_keeps_the_binding(world: World) -> None:
    order = bound(world)
    deleted(world, order)
    store_meets(world, Fate.FINE, Fate.NOT_SENT)
    world.wave()
    assert states(world, order) == {MAIN: BindingState.BOUND}
    world.settle()
    assert states(world, order) == {MAIN: BindingState.RELEASED}
    assert world.store.writes == 1


def test_a_field_the_store_cannot_write_just_now_keeps_the_binding(world: World) -> None:
    order = bound(world)
    deleted(world, order)
    write = world.store.write

    def later(writes: Any, guard: Any) -> Any:
        world.store.write = write  # type: ignore[method-assign]
        guard()
        shown = world.store.read([order.id])[order.id]
        assert isinstance(shown, Snapshot)
        return {one.order: Wrote(shown, {"status": Later()}) for one in writes}

    world.store.write = later  # type: ignore[method-assign]
    world.wave()
    assert states(world, order) == {MAIN: BindingState.BOUND}
    world.settle()
    assert world.shop(order)["status"] == CANCELLED
    assert states(world, order) == {MAIN: BindingState.RELEASED}


def test_a_refusal_is_shown_until_somebody_has_cancelled_the_order(world: World) -> None:
    order = bound(world)
    world.store.refuses.add(("status", CANCELLED))
    deleted(world, order)
    world.settle()
    assert world.shop(order)["status"] == "N"
    assert states(world, order) == {MAIN: BindingState.RELEASED}
    assert world.differences(order) == {"status": "refused"}
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    assert world.differences(order) == {"status": "refused"}
    world.edit_order(order, status=CANCELLED)
    world.ring_and_settle(order)
    assert world.differences(order) == {}


def test_the_order_s_other_record_hears_of_it(world: World) -> None:
    second = profile("second", route=Route((), also=True))
    world.profiles = [profile(brakes=CANCELS), second]
    order = bound(world)
    records = {str(origin.profile): id_ for id_, origin in world.office.records().items() if origin}
    world.office.drop(records[MAIN])
    world.office_bell(records[MAIN])
    world.settle()
    assert world.shop(order)["status"] == CANCELLED
    assert world.deal(order)["stageId"] == "LOSE"
    assert states(world, order) == {MAIN: BindingState.RELEASED, ProfileName("second"): BindingState.BOUND}


def test_two_records_gone_at_once_cancel_the_order_once(world: World) -> None:
    world.profiles = [profile(brakes=CANCELS), profile("second", route=Route((), also=True), brakes=CANCELS)]
    order = bound(world)
    for record in world.records_of(order):
        world.office.drop(record)
    world.ring_and_settle(order)
    assert world.store.writes == 1
    assert set(states(world, order).values()) == {BindingState.RELEASED}


@pytest.mark.covers("C62")
def test_both_stores_cancel_an_order_whose_deal_was_deleted() -> None:
    with HttpWorld([SITE, WOO]) as world:
        for document in (PRINT, SOUVENIRS):
            world.apply(f'{document}[brakes]\non_deal_deleted = "cancel_order"\n')
        orders = [world.order(SITE), world.order(WOO)]
        world.settle()
        for order in orders:
            world.portal.call("crm.item.delete", {"entityTypeId": 2, "id": world.deal(order)["id"]})
        world.deliver()
        world.settle()
        assert [world.status(order) for order in orders] == [CANCELLED, CANCELLED]
        assert [world.deals(order) for order in orders] == [[], []]
        assert all(Event.RELEASED in world.events(order) for order in orders)
        world.assert_at_rest()


def test_many_gone_at_once_cancel_nothing(world: World) -> None:
    orders = [bound(world, str(number)) for number in range(6)]
    for order in orders:
        world.office.drop(world.record_of(order))
    list(compare_all(world.hub, CRM))
    world.wave()
    assert world.paused == {MAIN}
    assert {world.shop(order)["status"] for order in orders} == {"N"}
    assert {state for order in orders for state in states(world, order).values()} == {BindingState.BOUND}


def test_a_flood_of_cancellations_is_held_and_no_binding_is_lost(world: World) -> None:
    world.profiles = [profile(brakes=Brakes(on_record_deleted="cancel_order", writes_per_wave=2))]
    orders = [bound(world, str(number)) for number in range(4)]
    for order in orders:
        deleted(world, order)
    world.wave()
    assert world.paused == {MAIN}
    assert world.store.writes == 0
    assert {state for order in orders for state in states(world, order).values()} == {BindingState.BOUND}


def test_an_order_reopened_while_its_cancellation_was_in_doubt_is_asked_about(world: World) -> None:
    order = bound(world)
    deleted(world, order)
    store_meets(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    assert world.shop(order)["status"] == CANCELLED
    world.edit_order(order, status="P")
    world.settle()
    assert world.shop(order)["status"] == "P", "neither what was sent nor as it was: nobody knows (K4)"
    assert world.differences(order) == {"status": "gone"}
    assert states(world, order) == {MAIN: BindingState.RELEASED}
    assert intents(world, order) == []


@pytest.mark.parametrize(("policy", "status"), [(Policy.OFFICE_WINS, CANCELLED), (Policy.ASK, "F")])
def test_an_order_that_moved_too_is_cancelled_only_where_the_office_wins(
    world: World, policy: Policy, status: str
) -> None:
    world.profiles = [profile(brakes=CANCELS, mappings=mappings(policy))]
    order = bound(world)
    world.edit_order(order, status="F")
    deleted(world, order)
    world.settle()
    assert world.shop(order)["status"] == status
    assert world.differences(order) == ({} if status == CANCELLED else {"status": "gone"})
    assert states(world, order) == {MAIN: BindingState.RELEASED}
