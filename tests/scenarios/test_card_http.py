"""The deal a manager sees, over HTTP: complete, of the right person, soon there, and left to whoever takes it over."""

from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter

import pytest

from support.http_world import PORTAL, PRINT, SITE, START, WOO, HttpWorld
from sverka.domain.ids import StoreName
from sverka.sandbox.portal.crm.fields import DEAL
from sverka.worker import Worker

SOURCED = PRINT.replace("[status]", 'source = "WEB"\n[status]', 1)
NOBODYS = PRINT.replace("responsible = 9\n", "")


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE, WOO]) as world:
        yield world


@pytest.mark.covers(
    "R25", "R26", "R97", "R99", "R261", "R262", "R264", "R265", "R266", "R267", "R272", "R274", "R294", "R298"
)
def test_a_new_deals_card_is_complete(world: HttpWorld) -> None:
    world.apply(SOURCED)
    order = world.order()
    world.settle()
    deal = world.deal(order)
    shown = ("title", "categoryId", "stageId", "currencyId", "sourceId", "assignedById")
    assert {key: deal[key] for key in shown} == {
        "title": f"Заказ {order.id}: Ким Анна",
        "categoryId": 2,
        "stageId": "C2:NEW",
        "currencyId": "RUB",
        "sourceId": "WEB",
        "assignedById": 9,
    }
    assert deal["begindate"] == START.date()
    world.assert_in_step(order)


@pytest.mark.covers("R253", "R275", "R295")
def test_where_nobody_is_named_the_webhooks_owner_is_responsible(world: HttpWorld) -> None:
    world.apply(NOBODYS)
    order = world.order()
    world.settle()
    assert world.deal(order)["assignedById"] == int(world.portal.call("user.current").result["ID"])


@pytest.mark.covers("R296", "R297")
def test_who_takes_a_deal_over_keeps_it(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.clock.advance(1)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"assignedById": 6})
    world.settle()
    version = world.site.store.order(int(order.id))["version"]
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "P"})
    world.settle()
    assert (world.deal(order)["assignedById"], world.deal(order)["stageId"]) == (6, "C2:EXECUTING")
    assert world.site.store.order(int(order.id))["version"] == version + 1, "the hub has written nothing to the shop"
    world.assert_in_step(order)


@pytest.mark.covers("R32", "R128")
@pytest.mark.parametrize("store", [SITE, WOO])
def test_from_bell_to_deal_it_takes_no_waiting(world: HttpWorld, store: StoreName) -> None:
    moment, begun = world.clock.now(), perf_counter()
    order = world.order(store)
    world.deliver()
    assert set(world.dispatch.offices) == {PORTAL}, "the bell itself has woken the portal's worker"
    Worker(lambda: world.hub, dict).work(PORTAL)
    assert world.deal(order)
    assert world.clock.now() - moment < timedelta(seconds=5), "no pause is waited for"
    assert perf_counter() - begun < 5


@pytest.mark.covers("C39")
def test_a_bell_that_comes_before_its_order_can_be_read_loses_nothing(world: HttpWorld) -> None:
    order = world.order()
    world.deliver()
    hidden = world.site.store.orders.pop(int(order.id))
    world.wave()
    assert world.deals(order) == []
    world.site.store.orders[int(order.id)] = hidden
    world.clock.advance(300)
    world.sweep()
    world.settle()
    world.assert_in_step(order)
