"""A store at its worst while a status is written to it: the status lands, nothing is doubled, the journal tells it."""

from collections.abc import Iterator

import pytest

from support.http_world import SITE, START, WOO, HttpWorld
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.ids import OrderRef, StoreName
from sverka.ports.journal import Event
from sverka.sandbox.bitrix_site import BitrixSiteServer
from sverka.sandbox.shop.faults import Fault
from sverka.sandbox.woocommerce import WooServer

MOVED = {SITE: ("C2:EXECUTING", "P"), WOO: ("WON", "completed")}
WRITE = {SITE: ("batch", 2), WOO: ("PUT ", 0)}
"""How the request that writes a status is told, and how many like it come first: the wave's look, the write's own."""

READ = {SITE: ("batch", 0), WOO: ("GET /orders", 0)}
DONE = {Fault.TRUNCATED, Fault.CLOSED_AFTER_COMMIT}
DOUBTFUL = {*DONE, Fault.HTML_503, Fault.LOGIN_PAGE}
"""Faults whose write was done, and those after which the hub cannot know: a page tells it nothing."""

NOISE = [Fault.BOM, Fault.PHP_WARNING]
"""What stands before a whole answer, and spoils nothing."""

BAD = sorted(set(Fault) - {*NOISE, Fault.REPEATED})
"""What spoils a request; a list that is repeated is told by its pages, and not by one request."""


@pytest.fixture
def world(store: StoreName) -> Iterator[HttpWorld]:
    with HttpWorld([store]) as world:
        yield world


def saves(world: HttpWorld, order: OrderRef) -> int:
    """Return how many times an order's status was set anew, by the shop's own records."""
    if order.store == WOO:
        notes = world.woo.store.notes[int(order.id)]
        return sum(str(note["note"]).startswith("Order status changed") for note in notes)
    return int(world.site.store.order(int(order.id))["version"]) - 1


def shop(world: HttpWorld, store: StoreName) -> BitrixSiteServer | WooServer:
    return world.site if store == SITE else world.woo


def clear_up(world: HttpWorld, store: StoreName) -> None:
    world.settle()
    shop(world, store).faults.clear()
    world.resume()
    world.settle()


@pytest.mark.covers("C23", "C30")
@pytest.mark.parametrize("store", [SITE, WOO])
@pytest.mark.parametrize("fault", BAD)
def test_a_status_is_written_once_whatever_the_write_meets(world: HttpWorld, store: StoreName, fault: Fault) -> None:
    order = world.order(store)
    world.settle()
    born = len(world.events(order))
    stage, status = MOVED[store]
    world.move(order, stage)
    on, skip = WRITE[store]
    shop(world, store).faults.arm(fault, on=on, skip=skip)
    world.wave()
    assert any(call.fault for call in shop(world, store).log.calls()), "the fault was met"
    clear_up(world, store)
    assert (world.status(order), saves(world, order)) == (status, 1)
    assert world.differences(order) == {}
    world.assert_at_rest()
    story = world.events(order)
    assert (Event.DOUBT in story) == (Event.RECOVERED in story) == (fault in DOUBTFUL)
    assert (Event.WROTE in story[born:]) == (fault not in DONE)


@pytest.mark.parametrize("store", [SITE, WOO])
@pytest.mark.parametrize("fault", BAD)
def test_a_status_is_written_once_whatever_the_look_meets(world: HttpWorld, store: StoreName, fault: Fault) -> None:
    order = world.order(store)
    world.settle()
    stage, status = MOVED[store]
    world.move(order, stage)
    on, skip = READ[store]
    shop(world, store).faults.arm(fault, on=on, skip=skip, times=2)
    world.wave()
    clear_up(world, store)
    assert (world.status(order), saves(world, order)) == (status, 1)
    assert Event.DOUBT not in world.events(order)
    world.assert_in_step(order)


@pytest.mark.covers("R166", "C3")
@pytest.mark.parametrize("store", [SITE, WOO])
@pytest.mark.parametrize("fault", BAD)
def test_an_order_placed_in_bad_weather_becomes_one_deal(world: HttpWorld, store: StoreName, fault: Fault) -> None:
    shop(world, store).faults.arm(fault, times=3)
    orders = [world.order(store), world.order(store)]
    world.wave()
    clear_up(world, store)
    world.assert_in_step(*orders)


@pytest.mark.parametrize("store", [SITE, WOO])
@pytest.mark.parametrize("fault", BAD)
def test_several_orders_are_cancelled_together_and_each_once(world: HttpWorld, store: StoreName, fault: Fault) -> None:
    orders = [world.order(store) for _ in range(3)]
    world.settle()
    for order in orders:
        world.move(order, "C2:LOSE" if store == SITE else "LOSE")
    on, skip = ("batch", 2) if store == SITE else ("POST /orders/batch", 0)
    shop(world, store).faults.arm(fault, on=on, skip=skip)
    world.wave()
    clear_up(world, store)
    assert [world.status(order) for order in orders] == [CANCELLED] * 3
    assert [saves(world, order) for order in orders] == [1] * 3
    world.assert_in_step(*orders)


@pytest.mark.parametrize("store", [SITE, WOO])
def test_an_answer_to_another_request_makes_and_empties_no_deal(world: HttpWorld, store: StoreName) -> None:
    order = world.order(store)
    world.settle()
    before = world.deal(order)
    late = world.order(store)
    world.ring(order)
    world.deliver()
    list(world.connectors[store].placed_since(START))  # type: ignore[union-attr]
    on, skip = READ[store]
    shop(world, store).faults.arm(Fault.REPEATED, on=on, skip=skip)
    world.wave()
    assert any(call.fault for call in shop(world, store).log.calls()), "the fault was met"
    assert (world.deal(order), world.deals(late)) == (before, [])
    clear_up(world, store)
    world.assert_in_step(order, late)


@pytest.mark.covers("R127")
@pytest.mark.parametrize("store", [SITE, WOO])
def test_an_edit_in_the_shop_while_a_write_is_in_doubt_is_not_lost(world: HttpWorld, store: StoreName) -> None:
    order = world.order(store)
    world.settle()
    stage, status = MOVED[store]
    world.move(order, stage)
    on, skip = WRITE[store]
    shop(world, store).faults.arm(Fault.CLOSED_AFTER_COMMIT, on=on, skip=skip)
    world.wave()
    world.clock.advance(1)
    if store == SITE:
        world.site.store.add_item(int(order.id), {"name": "Ламинация", "price": "99.90", "quantity": 3})
    else:
        item = {"product_id": 11, "name": "Ламинация", "quantity": 3, "subtotal": "299.70", "total": "299.70"}
        world.woo.store.edit(int(order.id), {"line_items": [item]})
    world.settle()
    assert world.status(order) == status
    world.assert_in_step(order)


@pytest.mark.parametrize("store", [SITE, WOO])
@pytest.mark.parametrize("fault", sorted(DOUBTFUL))
def test_a_managers_next_move_while_a_write_is_in_doubt_goes_on(
    world: HttpWorld, store: StoreName, fault: Fault
) -> None:
    order = world.order(store)
    world.settle()
    world.move(order, MOVED[store][0])
    on, skip = WRITE[store]
    shop(world, store).faults.arm(fault, on=on, skip=skip)
    world.wave()
    further, status = {SITE: ("C2:WON", "F"), WOO: ("EXECUTING", "processing")}[store]
    world.move(order, further)
    world.settle()
    assert (world.deal(order)["stageId"], world.status(order)) == (further, status)
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.parametrize("store", [SITE, WOO])
@pytest.mark.parametrize("fault", NOISE)
def test_what_a_host_puts_before_an_answer_spoils_nothing(world: HttpWorld, store: StoreName, fault: Fault) -> None:
    shop(world, store).faults.arm(fault, times=1000)
    order = world.order(store)
    world.settle()
    stage, status = MOVED[store]
    world.move(order, stage)
    world.settle()
    assert (world.status(order), saves(world, order)) == (status, 1)
    assert {call.fault for call in shop(world, store).log.calls()} >= {fault}
    assert Event.DOUBT not in world.events(order)
    world.assert_in_step(order)
