"""The orders a shop had before, brought over real HTTP: once each, whatever is lost, whoever orders, whatever dies."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from support.http_world import PORTAL, START, WOO, HttpWorld
from sverka.connectors.bitrix24 import Bitrix24
from sverka.domain.ids import OrderId, OrderRef, ProfileName
from sverka.engine.bells.backfill import Backfiller
from sverka.engine.hub import Hub
from sverka.engine.wave import run_wave
from sverka.ports.history import Stage
from sverka.ports.storage import Lane, Storage
from sverka.sandbox.portal.crm.fields import CONTACT, DEAL

NAME = ProfileName("souvenirs")
SINCE = START - timedelta(days=400)
ITEM = {"name": "Визитки", "price": "150.55", "quantity": 3, "product_id": 10}
IMPORT = "crm.item.batchimport"


@contextmanager
def old_shop(count: int, buyers: int, known: int, *, rings: bool = False) -> Iterator[tuple[HttpWorld, list[OrderRef]]]:
    """Have a shop that has had orders, an hour apart, and a portal that knows some buyers, and `rings` or not."""
    world = HttpWorld([WOO])
    orders = []
    for number in range(count):
        buyer = number % buyers
        who = {"first_name": "Анна", "last_name": "Ким", "phone": f"+7 901 000-{buyer // 100:02}-{buyer % 100:02}"}
        shipping = {"method_id": "flat_rate", "method_title": "Курьер", "total": "300.00"}
        made = world.woo.store.place_order(billing=who, items=[ITEM], shipping=shipping)
        placed = (SINCE + timedelta(days=1, hours=number)).replace(tzinfo=None).isoformat()
        world.woo.store.order(made).update(date_created_gmt=placed, date_created=placed, status="completed")
        orders.append(OrderRef(WOO, OrderId(str(made))))
    for buyer in range(known):
        line = {"typeId": "PHONE", "valueType": "WORK", "value": f"8 901 000 {buyer // 100:02} {buyer % 100:02}"}
        world.portal.call("crm.item.add", {"entityTypeId": CONTACT, "fields": {"name": "Анна", "fm": [line]}})
    with world:
        if not rings:
            world.portal.events.unsubscribe(world.hook(PORTAL))
        world.storage.backfills.start(NAME, WOO, PORTAL, SINCE)
        yield world, orders


def bring(world: HttpWorld, hub: Hub | None = None, limit: int = 400) -> None:
    """Step the backfill to its end, a wave after each step; where nothing can be done, time passes."""
    backfiller = Backfiller(world.storage.backfills)
    for _ in range(limit):
        one = world.storage.backfills.get(NAME)
        if one is None or one.stage is Stage.DONE:
            return
        wait = backfiller.step(hub or world.hub, one)
        if run_wave(hub or world.hub, PORTAL) is None:
            due = world.storage.due(PORTAL, world.clock.now()) or world.clock.now()
            world.clock.advance(max(wait.total_seconds(), (due - world.clock.now()).total_seconds(), 1))
    raise AssertionError(world.storage.backfills.progress(NAME))


def assert_brought(world: HttpWorld, orders: list[OrderRef], buyers: int) -> None:
    """Assert one deal an order, whole, and one contact a buyer; nothing is in doubt."""
    for order in orders:
        deal = world.deal(order)
        assert (deal["stageId"], len(deal["contactIds"])) == ("WON", 1)
        assert sum(quantity * price for _, quantity, price in world.rows(order)) == world.total(order)
        assert world.differences(order) == {}
    assert world.contacts == buyers
    assert world.storage.counts().open_intents == 0


@pytest.mark.covers("C13", "C42")
def test_history_is_brought_once_with_its_dates_and_without_robots():
    with old_shop(200, 50, 20) as (world, orders):
        world.portal.add_robot("WON", "LOSE")
        world.portal.reset_counters()
        bring(world)
        assert_brought(world, orders, 50)
        assert world.portal.counters.requests < 20
        created = [world.deal(order)["createdTime"] for order in orders]
        assert created == [SINCE + timedelta(days=1, hours=number) for number in range(200)]
        writes = world.portal.counters.writes
        world.storage.backfills.start(NAME, WOO, PORTAL, SINCE)
        bring(world)
        assert (len(world.portal.core.state.items[DEAL]), world.portal.counters.writes) == (200, writes)


def test_the_portals_bells_for_what_was_brought_change_nothing():
    with old_shop(20, 20, 0, rings=True) as (world, orders):
        bring(world)
        writes = world.portal.counters.writes
        world.settle()
        assert_brought(world, orders, 20)
        assert world.portal.counters.writes == writes


def test_lost_answers_make_no_deal_and_no_contact_twice():
    with old_shop(60, 20, 5) as (world, orders):
        world.fault("close", IMPORT, percent=35.0, times=4)
        world.fault("truncate", "crm.item.productrow.set", times=1, after=1)
        bring(world)
        world.settle()
        assert_brought(world, orders, 20)
        assert len(world.portal.core.state.items[DEAL]) == 60


@pytest.mark.covers("C45")
def test_live_orders_wait_for_no_more_than_the_wave_that_runs():
    with old_shop(100, 50, 0) as (world, orders):
        office, live = cast("Bitrix24", world.connectors[PORTAL]), list[OrderRef]()
        begun, posted, waves = office.client.requests, office.client._posted, list[set[str]]()

        def order_meanwhile(*given: Any) -> Any:
            if office.client.requests - begun in (3, 5):
                live.append(world.order(WOO))
                assert world.woo.wait_idle() is None
            return posted(*given)

        office.client._posted = order_meanwhile  # type: ignore[method-assign]
        backfiller = Backfiller(world.storage.backfills)
        while (one := world.storage.backfills.get(NAME)) and one.stage is not Stage.DONE:
            backfiller.step(world.hub, one)
            before = set(live)
            if run_wave(world.hub, PORTAL) is None:
                world.clock.advance(1)
            waves.append({order.id for order in before if not world.deals(order)})
        assert len(live) == 2
        assert waves == [set()] * len(waves), "each has its deal after the wave that began when it was there"
        assert_brought(world, orders, 52)


class Dying:
    """A storage of a process that is killed: it never comes to give anything back."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def release(self, *_: object) -> None:
        """Do nothing: it is dead."""


class Killed(BaseException):
    """The process is no more."""


@pytest.mark.parametrize("at", [2, 3, 4, 6])
def test_killed_in_the_midst_it_goes_on_and_makes_nothing_twice(at):
    with old_shop(60, 20, 5) as (world, orders):
        office = cast("Bitrix24", world.connectors[PORTAL])
        posted, sent = office.client._posted, list[int]()

        def die(*given: Any) -> Any:
            answer = posted(*given)
            sent.append(1)
            if len(sent) == at:
                raise Killed
            return answer

        office.client._posted = die  # type: ignore[method-assign]
        with pytest.raises(Killed):
            bring(world, replace(world.hub, storage=cast("Storage", Dying(world.storage))))
        office.client._posted = posted  # type: ignore[method-assign]
        world.clock.advance(600)
        bring(world)
        world.settle()
        assert_brought(world, orders, 20)
        assert len(world.portal.core.state.items[DEAL]) == 60


def test_paused_nothing_is_brought_but_live_orders():
    with old_shop(60, 20, 0) as (world, orders):
        backfiller = Backfiller(world.storage.backfills)
        for _ in range(4):
            one = world.storage.backfills.get(NAME)
            assert one is not None
            backfiller.step(world.hub, one)
        run_wave(world.hub, PORTAL)
        some = len(world.portal.core.state.items[DEAL])
        assert 0 < some < 60
        world.storage.backfills.pause(NAME)
        live = world.order(WOO)
        world.settle()
        assert len(world.portal.core.state.items[DEAL]) == some + 1
        assert world.deal(live)
        assert not [one for one in world.storage.counts().waiting if one.lane is Lane.HISTORY]
        world.storage.backfills.resume(NAME)
        bring(world)
        assert_brought(world, orders, 21)
