"""Orders that a checkout is still writing: they are left alone first (C2)."""

from datetime import timedelta

import pytest

from support.world import World, profile
from sverka.domain.mapping.routing import Route
from sverka.engine.by_hand.preview import preview


@pytest.fixture
def waiting(world: World) -> World:
    world.profiles = [profile(route=Route(quiet_minutes=15, confirmed=("P",)))]
    return world


@pytest.mark.covers("C1", "C2")
def test_an_order_that_is_saved_at_every_step_becomes_one_deal_once_it_is_left_alone(waiting: World) -> None:
    order = waiting.order()
    for _ in range(5):
        waiting.bell(order)
        waiting.wave()
        assert waiting.records_of(order) == []
        waiting.clock.sleep(600)
        waiting.edit_order(order, customer__name="Анна")
    asked = waiting.clock.now()
    waiting.ring_and_settle(order)
    assert len(waiting.records_of(order)) == 1
    assert waiting.clock.now() == asked + timedelta(minutes=15)


@pytest.mark.covers("C2")
def test_a_confirmed_order_does_not_wait(waiting: World) -> None:
    order = waiting.order(status="P")
    asked = waiting.clock.now()
    waiting.ring_and_settle(order)
    assert len(waiting.records_of(order)) == 1
    assert waiting.clock.now() == asked


def test_what_follows_a_deal_is_not_kept_waiting(waiting: World) -> None:
    order = waiting.order(status="P")
    waiting.ring_and_settle(order)
    waiting.edit_order(order, status="N", delivery__track="RR1")
    asked = waiting.clock.now()
    waiting.ring_and_settle(order)
    assert waiting.deal(order)["UF_TRACK"] == "RR1"
    assert waiting.clock.now() == asked


def test_an_order_deleted_meanwhile_leaves_nothing(waiting: World) -> None:
    order = waiting.order()
    waiting.bell(order)
    waiting.wave()
    waiting.store.drop(order.id)
    waiting.settle()
    assert waiting.records_of(order) == []


def test_the_journal_and_a_preview_say_that_it_waits(waiting: World) -> None:
    order = waiting.order()
    waiting.bell(order)
    waiting.wave()
    assert "not placed yet" in waiting.story(order)[-1].text.en
    foreseen = preview(waiting.hub, waiting.profiles[0].office, [order])
    assert "quiet_minutes" in foreseen.problems[order].text.en
    assert foreseen.unrouted == []


def test_several_profiles_get_the_order_together(world: World) -> None:
    world.profiles = [profile("one"), profile("two", route=Route(also=True, quiet_minutes=15))]
    order = world.order()
    world.bell(order)
    world.wave()
    assert world.records_of(order) == []
    world.settle()
    assert len(world.records_of(order)) == 2
