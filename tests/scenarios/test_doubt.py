"""Answers that never came, takeovers, deadlines, credentials lost."""

import pytest

from support.world import CRM, World, fates
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.errors import Superseded
from sverka.engine.wave import run_wave
from sverka.ports.journal import Event


def test_an_answer_that_never_came_makes_no_second_deal(world: World) -> None:
    order = world.order(phone="")
    world.bell(order)
    fates(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    assert len(world.records_of(order)) == 1
    world.bell(order)
    assert world.wave() is None, "an order in doubt is not claimed, whoever rings"
    world.settle()
    assert len(world.records_of(order)) == 1
    assert world.differences(order) == {"customer": "waiting"}, "it tells nothing of its buyer, and no more differs"
    assert Event.RECOVERED in world.events(order)


def test_a_write_that_was_never_done_is_done_once(world: World) -> None:
    order = world.order(phone="")
    world.bell(order)
    fates(world, Fate.FINE, Fate.LOST_BEFORE)
    world.wave()
    assert world.records_of(order) == []
    world.settle()
    assert len(world.records_of(order)) == 1


@pytest.mark.parametrize("fate", [Fate.LOST_AFTER, Fate.LOST_BEFORE])
def test_a_doubtful_patch_is_settled_by_what_is_seen(world: World, fate: Fate) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_order(order, status="P")
    world.bell(order)
    fates(world, Fate.FINE, fate)
    world.wave()
    world.settle()
    assert world.deal(order)["stageId"] == "EXECUTING"
    assert world.differences(order) == {}


def test_a_wave_that_was_taken_over_commits_nothing(world: World) -> None:
    order = world.order(phone="")
    world.bell(order)

    def takeover() -> None:
        world.clock.sleep(600)
        assert run_wave(world.hub, CRM) is not None

    world.office.weather.between = lambda: (setattr(world.office.weather, "between", lambda: None), takeover())[1]
    with pytest.raises(Superseded):
        world.wave()
    world.settle()
    assert len(world.records_of(order)) <= 2
    assert world.storage.counts().open_intents == 0


def test_after_its_deadline_a_wave_sends_nothing_more(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_record(world.record_of(order), stageId="EXECUTING")
    world.edit_order(order, delivery__track="RB1")
    world.bell(order)
    world.office.weather.between = lambda: world.clock.sleep(130)
    world.wave()
    assert world.deal(order)["UF_TRACK"] == "RB1"
    assert world.shop(order)["status"] == "N", "its deadline had passed before the store was to be written"
    world.office.weather.between = lambda: None
    world.settle()
    assert world.shop(order)["status"] == "P"
    assert world.differences(order) == {}


def test_credentials_lost_pause_the_connection_and_lose_nothing(world: World) -> None:
    order = world.order()
    world.bell(order)
    fates(world, Fate.REFUSED)
    world.wave()
    assert world.storage.counts().paused_connections == 1
    world.settle()
    assert world.record_of(order)
