"""The two texts of an order, and what a portal with orders of its own makes of the next one."""

import pytest

from support.http_world import PRINT, SITE, HttpWorld
from sverka.sandbox.portal.crm.fields import DEAL

TEXTS = (
    PRINT
    + """
"comment.customer" = { to = "comments", way = "->" }
"comment.manager"  = { to = "UF_CRM_NOTE", way = "<->", policy = "office_wins" }
"""
)


@pytest.fixture
def world():
    with HttpWorld() as world:
        world.portal.add_field(DEAL, "NOTE")
        world.learn()
        world.apply(TEXTS)
        yield world


@pytest.mark.covers("R60")
def test_the_buyers_comment_stands_in_the_field(world):
    order = world.order(SITE, fields={"userDescription": "Позвоните до обеда"})
    world.settle()
    assert world.deal(order)["comments"] == "Позвоните до обеда"


@pytest.mark.covers("R61")
def test_the_managers_comment_goes_both_ways(world):
    order = world.order(SITE, fields={"comments": "Проверить макет"})
    world.settle()
    deal = int(world.deal(order)["id"])
    assert world.deal(order)["UF_CRM_NOTE"] == "Проверить макет"
    world.clock.advance(1)
    world.portal.edit(DEAL, deal, {"UF_CRM_NOTE": "Макет принят"})
    world.settle()
    assert world.site.store.order(int(order.id))["comments"] == "Макет принят"
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"comments": "Отдать до пяти"})
    world.settle()
    assert world.deal(order)["UF_CRM_NOTE"] == "Отдать до пяти"
    world.assert_in_step(order)


@pytest.mark.covers("R3")
def test_beside_the_portals_own_orders_a_stores_order_is_one_deal(world):
    fields = {"lid": "s1", "personTypeId": 1, "currency": "RUB", "price": 751}
    world.portal.call("sale.order.add", {"fields": fields})
    own = dict(world.portal.core.state.tables["sale_order"])
    assert len(own) == 1
    order = world.order(SITE)
    world.settle()
    world.assert_in_step(order)
    assert dict(world.portal.core.state.tables["sale_order"]) == own
