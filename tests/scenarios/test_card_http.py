"""The deal a manager sees, over HTTP: complete, of the right person, soon there, and left to whoever takes it over."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from support.http_world import PRINT, SITE, START, WOO, HttpWorld
from support.running import until
from sverka.dispatch import embedded
from sverka.domain.ids import StoreName
from sverka.sandbox.portal.crm.fields import DEAL
from sverka.worker import Worker
from sverka.worker.worker import Rhythm

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


@pytest.mark.covers("R249", "R253", "R275", "R295")
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


@pytest.fixture
def at_work(world: HttpWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpWorld]:
    """The hub's own threads at work: they never sweep, and do nothing unless a bell has woken them."""
    never = timedelta(days=1)
    monkeypatch.setattr(embedded, "LONGEST_NAP", never.total_seconds())
    worker = Worker(lambda: world.hub, dict, Rhythm(sweep=never))
    monkeypatch.setattr(world.dispatch, "wake", worker.dispatch.wake)
    worker.start()
    until(lambda: worker.dispatch.is_idle, "the threads wait to be woken")
    yield world
    worker.stop()


@pytest.mark.covers("R32", "R128", "R147")
@pytest.mark.parametrize("store", [SITE, WOO])
def test_bells_alone_make_the_deal_and_carry_its_moves_back(at_work: HttpWorld, store: StoreName) -> None:
    begun = at_work.clock.now()
    order = at_work.order(store)
    until(lambda: at_work.deals(order), "the shop's bell has become a deal")
    until(lambda: at_work.storage.counts().open_intents == 0, "it is known to be there")
    stage, status = {SITE: ("C2:EXECUTING", "P"), WOO: ("WON", "completed")}[store]
    at_work.move(order, stage)
    until(lambda: at_work.status(order) == status, "the portal's bell has moved the order")
    assert at_work.clock.now() - begun < timedelta(seconds=10), "no pause is waited for"


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
