"""A shop behind its exchange with 1C: orders become deals, what is done in the portal goes back, nothing is lost."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest

from support.commerceml_world import PRINT, SHOP, WITH_TRACK, ExchangeWorld
from support.standing import Moments
from sverka.domain.errors import Later, Problem
from sverka.domain.ids import OrderRef
from sverka.engine.bells.sweep import sweep
from sverka.sandbox.portal.crm.fields import DEAL

WAYS = {"crm": {"way": "crm"}, "sale": {"way": "sale"}, "sale in containers": {"way": "sale", "schema": "3.1"}}

FLAGS = """
"payment.paid"     = { to = "UF_CRM_PAID", way = "<->", policy = "ask" }
"delivery.shipped" = { to = "UF_CRM_SHIPPED", way = "<->", policy = "ask" }
"""


def track(world: ExchangeWorld, order: OrderRef, number: str) -> None:
    world.clock.advance(1)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"UF_CRM_TRACK": number})
    world.settle()


@pytest.fixture(params=WAYS)
def world(request: pytest.FixtureRequest) -> Iterator[ExchangeWorld]:
    with ExchangeWorld(**WAYS[request.param]) as world:
        yield world


@pytest.fixture
def keeping() -> Iterator[ExchangeWorld]:
    with ExchangeWorld(way="sale") as world:
        yield world


@pytest.mark.covers("R10", "R19", "R126", "R144")
def test_an_order_becomes_a_deal_and_its_stage_comes_back_as_the_status(world: ExchangeWorld) -> None:
    order = world.place()
    world.look()
    deal = world.deal(order)
    assert (deal["stageId"], Decimal(str(deal["opportunity"]))) == ("C2:NEW", Decimal("751.65"))
    assert sum(quantity * price for _, quantity, price in world.rows(order)) == Decimal("751.65")
    world.move(order, "C2:EXECUTING")
    world.settle()
    assert world.status(order) == "P"
    world.shop.store.edit(int(order.id), {"statusId": "F"})
    world.look()
    assert world.field(order, "stageId") == "C2:WON"
    world.look()
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R50")
def test_a_lost_deal_cancels_the_order_and_a_later_write_does_not_uncancel_it(world: ExchangeWorld) -> None:
    order = world.place()
    world.look()
    world.move(order, "C2:APOLOGY")
    world.settle()
    assert world.status(order) == "cancelled"
    track(world, order, "RA123456785RU")
    assert world.record(order)["shipments"][1]["trackingNumber"] == "RA123456785RU"
    assert world.status(order) == "cancelled"


def test_an_order_cancelled_in_the_shop_is_a_lost_deal_and_comes_back(world: ExchangeWorld) -> None:
    order = world.place()
    world.look()
    world.clock.advance(1)
    world.shop.store.cancel(int(order.id), "Передумал")
    world.look()
    assert world.field(order, "stageId") == "C2:LOSE"
    world.move(order, "C2:EXECUTING")
    world.settle()
    assert world.status(order) == "P"


def test_a_payment_and_a_shipment_are_marked_by_documents_of_their_own(world: ExchangeWorld) -> None:
    world.portal.add_field(DEAL, "PAID", "boolean")
    world.portal.add_field(DEAL, "SHIPPED", "boolean")
    world.learn()
    world.apply(WITH_TRACK + FLAGS)
    order = world.place()
    world.look()
    world.clock.advance(1)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"UF_CRM_PAID": True, "UF_CRM_SHIPPED": True})
    world.settle()
    shown = world.record(order)
    assert (shown["payed"], shown["deducted"]) == ("Y", "Y")
    assert world.differences(order) == {}
    assert [row["name"] for row in shown["basketItems"]] == ["Визитки"], "the basket is as it was"


def test_the_basket_outlives_every_write(world: ExchangeWorld) -> None:
    items = [{"name": f"Товар {number}", "price": "10.10", "quantity": number} for number in range(1, 6)]
    order = world.place(items=items)
    world.look()
    for stage, status in (("C2:EXECUTING", "P"), ("C2:WON", "F"), ("C2:EXECUTING", "P")):
        world.move(order, stage)
        world.settle()
        assert world.status(order) == status
    shown = world.record(order)
    assert [(row["name"], row["quantity"]) for row in shown["basketItems"]] == [
        (item["name"], item["quantity"]) for item in items
    ]


# What only a shop that tells once can do to us


@pytest.mark.covers("R11", "R166", "C31")
def test_what_was_shown_once_survives_a_crash_before_it_was_confirmed_and_after(keeping: ExchangeWorld) -> None:
    order = keeping.place()
    keeping.shop.faults.arm("closed_after_commit", on="sale success")
    with pytest.raises(Later):
        sweep(keeping.hub, SHOP, keeping.clock.now())
    keeping.reconnect()
    keeping.look()
    assert keeping.field(order, "stageId") == "C2:NEW"
    keeping.shop.log.clear()
    keeping.reconnect()
    keeping.ring(order)
    keeping.settle()
    assert keeping.differences(order) == {}, "the shelf is still there, though the shop shows the order no more"


@pytest.mark.parametrize("trouble", ["cut", "bomb", "empty", "login_page", "failure", "lost_session", "php_warning"])
def test_no_order_is_lost_to_a_spoilt_answer(keeping: ExchangeWorld, trouble: str) -> None:
    orders = [keeping.place() for _ in range(3)]
    keeping.shop.exchange.troubles.order(trouble, "query", times=2)
    for _ in range(3):
        with suppress(Problem):
            keeping.look()
    keeping.look()
    assert [keeping.field(order, "stageId") for order in orders] == ["C2:NEW"] * 3


@pytest.mark.parametrize("trouble", ["login_page", "failure", "lost_session", "php_warning", "empty"])
def test_a_status_lands_whatever_the_import_answers(world: ExchangeWorld, trouble: str) -> None:
    order = world.place()
    world.look()
    world.move(order, "C2:EXECUTING")
    world.shop.exchange.troubles.order(trouble, "import")
    world.settle()
    if trouble == "failure":
        assert world.differences(order) == {"status": "refused"}
        world.ring(order)
        world.apply(WITH_TRACK)
        world.settle()
        return
    assert world.status(order) == "P"
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=400)])
def test_a_shop_whose_clock_is_put_back_goes_on_being_kept(ahead: timedelta) -> None:
    with ExchangeWorld(way="crm") as world:
        right = world.shop.store.clock
        world.shop.store.clock = Moments(world.clock.now() + ahead)
        first = world.place()
        world.look()
        world.shop.store.clock = right
        world.clock.advance(300)
        second = world.place()
        world.look()
        assert [len(world.deals(order)) for order in (first, second)] == [1, 1]
        world.shop.store.edit(int(first.id), {"statusId": "P"})
        world.look()
        assert world.field(first, "stageId") == "C2:EXECUTING"


def test_a_page_by_page_shop_is_read_to_its_end(keeping: ExchangeWorld) -> None:
    keeping.shop.manners.step = 2
    orders = [keeping.place() for _ in range(7)]
    keeping.look()
    assert len({keeping.deal(order)["id"] for order in orders}) == 7


@pytest.mark.parametrize("way", WAYS)
def test_what_was_there_before_the_shop_was_connected_is_history_until_it_changes(way: str) -> None:
    with ExchangeWorld(**WAYS[way]) as world:
        world.shop.manners.step = 2
        old = [world.place() for _ in range(5)]
        world.clock.advance(86_400)
        connected = world.clock.now()
        world.learn()
        changed_meanwhile = world.place()
        for _ in range(2):
            sweep(world.hub, SHOP, connected)
            world.settle()
        assert [len(world.deals(order)) for order in (*old, changed_meanwhile)] == [0, 0, 0, 0, 0, 1]
        world.clock.advance(60)
        world.shop.store.edit(int(old[0].id), {"statusId": "P"})
        sweep(world.hub, SHOP, connected)
        world.settle()
        assert world.field(old[0], "stageId") == "C2:EXECUTING"


def test_one_that_does_not_confirm_leaves_the_orders_to_a_real_1c() -> None:
    with ExchangeWorld(way="sale", confirm="no") as world:
        order = world.place()
        world.look()
        assert world.field(order, "stageId") == "C2:NEW"
        assert world.shop.log.count("sale success") == 0
        assert world.shop.exchange.as_1c() == [int(order.id)]


def test_a_shop_of_another_engine_has_orders_and_statuses_by_name() -> None:
    with ExchangeWorld(document=PRINT, way="sale") as world:
        world.shop.manners.plain()
        world.learn()
        order = world.place()
        world.look()
        world.move(order, "C2:EXECUTING")
        world.settle()
        assert world.status(order) == "P"


def test_a_shop_that_takes_no_statuses_is_found_out() -> None:
    with ExchangeWorld(way="crm") as world:
        world.shop.manners.takes_statuses = False
        order = world.place()
        other = world.place()
        world.look()
        world.move(order, "C2:EXECUTING")
        world.settle()
        assert world.status(order) == "N"
        assert world.differences(order) == {"status": "refused"}
        (held,) = world.storage.differences.list(order)
        assert "по информации из 1С" in held.difference.text.ru
        assert world.differences(other) == {}
