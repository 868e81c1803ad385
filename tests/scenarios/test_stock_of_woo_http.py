"""What a WooCommerce shop has left of an order's products stands in its deal where a profile asks for it (R139)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from support.http_world import SOUVENIRS, WOO, HttpWorld
from sverka.sandbox.portal.crm.fields import DEAL

SHOWING = SOUVENIRS + '"lines.stock" = { to = "UF_CRM_STOCK", way = "->" }\n'
ITEMS = [
    {"product_id": 10, "name": "Кружка", "quantity": 2},
    {"product_id": 13, "name": "Визитки", "quantity": 1},
    {"product_id": 11, "variation_id": 12, "name": "Листовка", "quantity": 1},
]


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([WOO]) as world:
        world.portal.add_field(DEAL, "STOCK")
        world.learn()
        world.apply(SHOWING)
        left(world, 7)
        yield world


def left(world: HttpWorld, pieces: int) -> None:
    """Let the shop count the mugs it has; of the cards nobody counts."""
    goods = world.woo.store.catalogue.products
    goods[0] = replace(goods[0], stock=pieces)


@pytest.mark.covers("R139")
def test_what_is_left_of_counted_goods_follows_at_every_visit(world: HttpWorld) -> None:
    order = world.order(WOO, items=ITEMS)
    world.settle()
    assert world.deal(order)["UF_CRM_STOCK"] == "Кружка: 7"
    left(world, 3)
    world.ring(order)
    world.settle()
    assert world.deal(order)["UF_CRM_STOCK"] == "Кружка: 3"
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R139")
def test_several_orders_cost_one_request_and_an_unmapped_stock_none(world: HttpWorld) -> None:
    for _ in range(3):
        world.order(WOO, items=ITEMS)
    world.wave()
    assert world.woo.log.count("GET /products") == 1
    world.settle()
    world.apply(SOUVENIRS)
    world.woo.log.clear()
    world.order(WOO, items=ITEMS)
    world.settle()
    assert world.woo.log.count("GET /products") == 0
