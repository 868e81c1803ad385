"""The main job, told as stories: an order becomes a deal, and the two stay in step."""

from decimal import Decimal

import pytest

from support.world import CRM, SHOP, World, profile
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.errors import Forged
from sverka.domain.mapping.routing import Route
from sverka.engine.bells.receive import receive
from sverka.engine.bells.sweep import compare_all
from sverka.ports.journal import Event


@pytest.mark.covers("R10", "R126", "R144", "C26", "C30")
def test_a_deal_that_a_manager_moves_takes_the_status_along(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_record(world.record_of(order), stageId="EXECUTING")
    world.office_bell(world.record_of(order))
    world.settle()
    assert world.shop(order)["status"] == "P"


@pytest.mark.covers("R49", "C22")
def test_a_finer_stage_is_not_flattened_back(world: World) -> None:
    order = world.order(status="P")
    world.ring_and_settle(order)
    world.edit_record(world.record_of(order), stageId="QUALITY")
    world.office_bell(world.record_of(order))
    world.settle()
    assert world.shop(order)["status"] == "P"
    assert world.deal(order)["stageId"] == "QUALITY"


def test_a_customers_edit_reaches_the_deal(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    lines = (Line("Mug", Decimal(2), Decimal("200.00")),)
    world.edit_order(order, lines=lines, total=Decimal("200.00"))
    world.ring_and_settle(order)
    assert world.deal(order)["rows"] == lines
    assert world.deal(order)["opportunity"] == Decimal("200.00")


@pytest.mark.covers("R34")
def test_a_payment_does_not_close_the_deal(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_order(order, payment__paid=True)
    world.ring_and_settle(order)
    assert world.deal(order)["stageId"] == "NEW"


@pytest.mark.covers("R297", "C16", "C17")
def test_an_echo_ends_at_a_comparison(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    writes = world.office.writes, world.store.writes
    world.office_bell(world.record_of(order))
    world.bell(order)
    world.settle()
    assert (world.office.writes, world.store.writes) == writes
    assert world.events(order)[-1] is Event.ECHO


@pytest.mark.covers("R128", "C31")
def test_a_lost_bell_is_healed_by_the_sweep(world: World) -> None:
    order = world.order()
    world.clock.sleep(60)
    world.sweep()
    world.settle()
    record = world.record_of(order)
    world.edit_record(record, stageId="WON")
    world.clock.sleep(600)
    world.sweep()
    world.settle()
    assert world.shop(order)["status"] == "F"


@pytest.mark.covers("R50")
def test_a_cancelled_order_and_a_lost_deal_are_one_thing(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_record(world.record_of(order), stageId="APOLOGY")
    world.office_bell(world.record_of(order))
    world.settle()
    assert world.shop(order)["status"] == CANCELLED
    assert world.deal(order)["stageId"] == "APOLOGY"


def test_an_order_placed_as_cancelled_stays_cancelled(world: World) -> None:
    order = world.order(status=CANCELLED)
    world.ring_and_settle(order)
    assert world.shop(order)["status"] == CANCELLED
    assert world.deal(order)["stageId"] == "LOSE"


def test_a_forged_bell_is_refused_and_kept_in_the_journal(world: World) -> None:
    with pytest.raises(Forged):
        receive(world.hub, SHOP, {"x-signature": "nonsense"}, b'{"id": "1"}')
    assert [line.event for line in world.storage.journal.tail(1)] == [Event.FORGED]


@pytest.mark.covers("R7", "C18")
def test_the_star_carries_a_move_in_one_funnel_to_the_other(world: World) -> None:
    world.profiles = [profile("one"), profile("two", route=Route((), also=True))]
    order = world.order()
    world.ring_and_settle(order)
    first, second = sorted(world.records_of(order))
    world.edit_record(first, stageId="EXECUTING")
    world.office_bell(first)
    world.settle()
    assert world.shop(order)["status"] == "P"
    assert world.office.show(second)["stageId"] == "EXECUTING"


@pytest.mark.covers("C13", "C46")
def test_a_nightly_comparison_of_unchanged_bindings_writes_nothing(world: World) -> None:
    orders = [world.order(str(number), phone="") for number in range(20)]
    for order in orders:
        world.bell(order)
    world.settle()
    writes, requests = world.office.writes, world.office.weather.requests
    assert list(compare_all(world.hub, CRM)) == [20]
    world.settle()
    assert world.office.writes == writes
    assert world.office.weather.requests == requests + 1
