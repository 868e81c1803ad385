"""What is left of an order's products stands in its deal where a profile asks for it (R139), over real HTTP."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from support.field_pairs import joined
from support.http_world import SITE, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.sandbox.portal.crm.fields import DEAL

ITEMS = [
    {"name": "Визитки", "price": "150.55", "quantity": 3, "productId": 101},
    {"name": "Кружка белая", "price": "300", "quantity": 1, "productId": 201},
    {"name": "Дизайн", "price": "500", "quantity": 1},
]


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        world.portal.add_field(DEAL, "STOCK")
        joined(world, '"lines.stock" = { to = "UF_CRM_STOCK" }')
        yield world


def left(world: HttpWorld, product: int, quantity: str, **more: str) -> None:
    """Have the shop's people count a product anew."""
    row = next(one for one in world.site.store.catalogue.products if one["id"] == product)
    row.update(quantity=Decimal(quantity), **more)


def told(world: HttpWorld, order: OrderRef) -> object:
    return world.deal(order).get("UF_CRM_STOCK")


@pytest.mark.covers("R139")
def test_what_is_left_of_the_rows_products_follows_at_every_visit(world: HttpWorld) -> None:
    left(world, 101, "12.5")
    order = world.order(items=ITEMS)
    world.settle()
    assert told(world, order) == "Визитки: 12.5, Кружка белая: 100"
    left(world, 101, "9.5")
    world.ring(order)
    world.settle()
    assert told(world, order) == "Визитки: 9.5, Кружка белая: 100"
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R139")
def test_what_the_shop_does_not_count_is_not_told(world: HttpWorld) -> None:
    left(world, 101, "0", quantityTrace="N")
    order = world.order(items=ITEMS)
    world.settle()
    assert told(world, order) == "Кружка белая: 100"


@pytest.mark.covers("R139")
def test_an_order_goes_on_where_the_stock_cannot_be_read(world: HttpWorld) -> None:
    order = world.order(items=ITEMS)
    world.settle()
    world.site.store.scopes -= {"catalog"}
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "P"})
    world.settle()
    assert world.deal(order)["stageId"] == "C2:EXECUTING"
    assert told(world, order) == "Визитки: 100, Кружка белая: 100", "what was known stays"
    assert world.differences(order) == {}
    assert any("catalog" in one.text.en for one in world.connectors[SITE].check())


def test_a_profile_that_does_not_ask_costs_no_request(world: HttpWorld) -> None:
    joined(world, "")
    world.site.log.clear()
    order = world.order(items=ITEMS)
    world.settle()
    assert told(world, order) is None
    assert set(world.site.log.counts()) <= {"batch", "sale.property.list", "sale.persontype.list",
                                            "sale.propertyvariant.list"}  # fmt: skip
    joined(world, '"lines.stock" = { to = "UF_CRM_STOCK" }')
    world.site.log.clear()
    world.order(items=ITEMS)
    world.settle()
    visits, odd = divmod(world.site.log.count("batch"), 2)
    assert (visits > 0, odd) == (True, 0), "one more at each visit, of which a slow bell may make two"
