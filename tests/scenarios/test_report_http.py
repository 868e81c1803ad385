"""The report accounts for every order by looking, and sees what is truly missing, over HTTP."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from support.http_world import PORTAL, PRINT, SITE, START, WOO, HttpWorld
from sverka.domain.merge.plan import Why
from sverka.engine.by_hand.account import Account, account
from sverka.sandbox.portal.crm.fields import DEAL

FUSSY = PRINT.replace("[deal]", '[when]\nsite = "s1"\nperson_type = "individual"\n[deal]', 1)


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE, WOO]) as world:
        yield world


def told(world: HttpWorld, store: str = SITE, *, full: bool = True) -> Account:
    world.clock.advance(1)
    writes = world.portal.counters.writes
    period = (START - timedelta(days=1), world.clock.now())
    found = account(world.hub, world.storage.accounts, (store, PORTAL), period, full=full)  # type: ignore[arg-type]
    assert world.portal.counters.writes == writes, "a report writes nothing"
    return found


@pytest.mark.covers("R129", "R131", "C26", "C31", "C75")
def test_after_work_every_order_is_accounted_for_and_nothing_differs(world: HttpWorld) -> None:
    orders = [world.order(SITE) for _ in range(3)]
    other = world.order(WOO)
    world.settle()
    world.move(orders[0], "C2:EXECUTING")
    world.settle()
    found = told(world)
    assert (found.orders, found.bound, found.is_whole) == (3, 3, True)
    assert (found.fields, found.doubles, found.lost, found.vanished) == ({}, [], [], [])
    assert found.lag is not None
    assert found.lag.bells == 4, "three orders made, one stage that travelled"
    assert timedelta() <= found.lag.median <= found.lag.nearly_all <= found.lag.longest < timedelta(seconds=5)
    assert found.oldest_bell is None
    assert told(world, WOO).bound == 1
    world.assert_in_step(*orders, other)


@pytest.mark.covers("R131", "C60", "C62")
def test_a_deal_deleted_behind_the_hubs_back_is_seen(world: HttpWorld) -> None:
    orders = [world.order() for _ in range(2)]
    world.settle()
    world.portal.events.switches.drop_all = True
    world.portal.call("crm.item.delete", {"entityTypeId": DEAL, "id": world.deal(orders[0])["id"]})
    found = told(world, full=False)
    assert (found.orders, found.bound, found.vanished) == (2, 1, [orders[0]])
    assert not found.is_whole
    world.ring(orders[0])
    world.settle()
    noticed = told(world)
    assert (noticed.bound, noticed.released, noticed.is_whole) == (1, 1, True)


@pytest.mark.covers("R131", "C32", "C33", "C35", "C36")
def test_a_lost_order_is_seen_until_the_sweep_finds_it(world: HttpWorld) -> None:
    world.site.courier.drop(10)
    lost = world.order()
    world.settle()
    found = told(world, full=False)
    assert (found.orders, found.bound, found.lost, found.is_whole) == (1, 0, [lost], False)
    world.sweep()
    waiting = told(world, full=False)
    assert (waiting.waiting, waiting.lost, waiting.is_whole) == (1, [], True)
    assert waiting.oldest_bell is not None
    world.settle()
    assert told(world).bound == 1


@pytest.mark.covers("R131", "C29", "C33")
def test_held_orders_and_those_no_profile_takes_are_told_with_their_reasons(world: HttpWorld) -> None:
    world.apply(FUSSY)
    fine, held = world.order(), world.order(fields={"statusId": "S"})
    firm = {"fio": "Ким Анна", "email": "office@example.test", "phone": "+7 999 111-22-33", "company": "ООО «Печать»"}
    world.order(customer=firm, fields={"personTypeId": 2})
    world.settle()
    found = told(world)
    assert (found.orders, found.bound, found.is_whole) == (3, 1, True)
    assert found.held == {Why.UNMAPPED: 1}
    assert found.unrouted == {"print: person_type": 1}
    assert world.differences(held)
    world.clock.advance(1)
    world.site.store.edit(int(fine.id), {"statusId": "S"})
    world.settle()
    assert told(world).asked == {Why.UNMAPPED: 1}


@pytest.mark.covers("R131", "C36", "C26")
def test_a_field_out_of_step_that_nobody_waits_for_is_seen(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.portal.events.switches.drop_all = True
    world.move(order, "C2:WON")
    world.deliver()
    assert told(world, full=False).is_whole, "the order has its record; only a comparison sees more"
    found = told(world)
    assert (found.fields, found.is_whole) == ({"status": 1}, False)
    world.ring(order)
    assert told(world).is_whole, "it waits"
    world.settle()
    assert told(world).fields == {}


@pytest.mark.covers("R131", "C3")
def test_a_second_record_of_one_order_is_seen(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    deal = world.deal(order)
    world.portal.create(DEAL, {"title": "twin", "originatorId": deal["originatorId"], "originId": deal["originId"]})
    found = told(world)
    assert (found.doubles, found.is_whole) == ([order], False)
    assert told(world, full=False).doubles is None


def test_a_time_is_reported_by_when_orders_were_placed(world: HttpWorld) -> None:
    world.order()
    world.settle()
    world.clock.advance(7200)
    later = world.order()
    world.settle()
    world.clock.advance(1)
    middle = START + timedelta(hours=1)
    for period, amount in (((START, middle), 1), ((middle, world.clock.now()), 1), ((START, START), 0)):
        found = account(world.hub, world.storage.accounts, (SITE, PORTAL), period, full=False)
        assert (found.orders, found.bound) == (amount, amount)
    world.assert_at_rest()
    assert world.deal(later)
