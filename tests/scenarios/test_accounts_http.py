"""A buyer edits his account in a WooCommerce shop, and none of his orders: his contact follows."""

from collections.abc import Iterator

import pytest

from support.http_world import PORTAL, SOUVENIRS, WOO, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.engine.bells.sweep import compare_all
from sverka.sandbox.portal.crm.fields import CONTACT
from sverka.sandbox.shop.faults import Fault

FOLLOWING = (
    SOUVENIRS
    + """
"account.phone"     = { to = "contact.phone", way = "->", write = "append" }
"account.last_name" = { to = "contact.last_name", way = "->" }
[customer]
match = ["external_id", "phone", "email"]
"""
)
ANNA = {"first_name": "Анна", "last_name": "Ким", "phone": "+7 999 100-10-10", "email": "anna@example.test"}


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([WOO]) as world:
        world.learn()
        world.apply(FOLLOWING)
        yield world


def registered(world: HttpWorld) -> int:
    world.clock.advance(1)
    return world.woo.store.register(**ANNA)


def ordered(world: HttpWorld, customer: int) -> OrderRef:
    order = world.order(WOO, billing=ANNA, fields={"customer_id": customer})
    world.settle()
    return order


def contact(world: HttpWorld) -> tuple[object, list[str]]:
    """Return the last name and the phones of the only contact."""
    (one,) = world.portal.core.state.items[CONTACT].values()
    return one.values["lastName"], [line.value for line in one.fm if line.type_id == "PHONE"]


@pytest.mark.covers("R136")
def test_an_account_edited_alone_reaches_the_contact_at_once(world: HttpWorld) -> None:
    customer = registered(world)
    orders = [ordered(world, customer), ordered(world, customer)]
    world.clock.advance(5)
    world.woo.store.edit_account(customer, last_name="Пак", phone="+7 999 100-10-11")
    world.settle()
    assert contact(world) == ("Пак", ["+79991001010", "+79991001011"])
    for order in orders:
        assert world.woo.store.order(int(order.id))["billing"]["last_name"] == "Ким"
        assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R136")
def test_a_lost_bell_is_made_up_for_by_the_nightly_comparison(world: HttpWorld) -> None:
    customer = registered(world)
    ordered(world, customer)
    world.woo.courier.drop(1)
    world.woo.store.edit_account(customer, last_name="Пак")
    assert contact(world)[0] == "Ким", "the API has no list of customers by their last change"
    assert list(compare_all(world.hub, PORTAL)) == [1]
    world.settle()
    assert contact(world)[0] == "Пак"


def test_a_shop_in_trouble_when_the_bell_rings_is_asked_again(world: HttpWorld) -> None:
    customer = registered(world)
    ordered(world, customer)
    for on in ("GET /orders", "GET /customers"):
        world.woo.faults.arm(Fault.HTML_503, on=on)
    world.woo.store.edit_account(customer, last_name="Пак")
    world.settle()
    assert contact(world)[0] == "Пак"


def test_a_guests_order_leaves_the_contact_alone_and_asks_for_no_account(world: HttpWorld) -> None:
    order = ordered(world, 0)
    assert contact(world) == ("Ким", ["+79991001010"])
    assert world.differences(order) == {}
    assert world.woo.log.count("GET /customers") == 0


def test_a_deleted_account_leaves_the_contact_alone(world: HttpWorld) -> None:
    customer = registered(world)
    order = ordered(world, customer)
    del world.woo.store.customers[customer]
    world.ring(order)
    world.settle()
    assert contact(world)[0] == "Ким"
    assert world.differences(order) == {}


def test_where_no_profile_follows_accounts_nobody_is_rung_for(world: HttpWorld) -> None:
    world.apply(SOUVENIRS)
    customer = registered(world)
    ordered(world, customer)
    before = world.woo.log.count()
    world.woo.store.edit_account(customer, last_name="Пак")
    world.deliver()
    assert world.storage.due(PORTAL, world.clock.now()) is None
    assert world.woo.log.count() == before
