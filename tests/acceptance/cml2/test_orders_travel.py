"""Orders of a site with the real django-cml2 become deals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cml2_shop import PASSWORD, USER, Cml2Shop, needed
from support.http_world import HttpWorld
from sverka.connectors.kit import Kit
from sverka.connectors.registry import make
from sverka.domain.ids import OrderId, OrderRef, StoreName
from sverka.engine.bells.sweep import sweep
from sverka.sandbox.portal.crm.fields import DEAL

SHOP = StoreName("shop")
PROFILE = """
schema  = 1
profile = "exchange"
store   = "shop"
portal  = "portal"
[deal]
pipeline    = "2"
title       = "Заказ {order.number}: {customer.name}"
responsible = 9
[fields]
"order.number"    = { to = "UF_CRM_ORDER_NUMBER", way = "->" }
"comment.manager" = { to = "comments", way = "<->", policy = "ask" }
"""


class World(HttpWorld):
    """A hub between a sandbox portal and the site."""

    def __init__(self, shop: Cml2Shop) -> None:
        super().__init__([])
        self.shop = shop
        self.keys[SHOP] = "key-of-shop"

    def _connect(self) -> None:
        super()._connect()
        own, shelf = self.storage.secrets_of(SHOP), self.storage.shelf_of(SHOP)
        kit = Kit(SHOP, self.storage.hub_id, self.clock, self.storage.budget, 20.0, secrets=own, shelf=shelf)
        given = {"url": self.shop.address, "login": USER, "way": "sale"}
        self.connectors[SHOP] = make("commerceml", given, {"password": PASSWORD}, kit)

    def look(self) -> None:
        """Let the hub ask the site what has changed, and do what follows."""
        self.clock.advance(60)
        sweep(self.hub, SHOP, self.clock.now())
        self.settle()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    needed()
    with Cml2Shop(tmp_path).running() as shop, World(shop) as world:
        world.learn()
        world.apply(PROFILE)
        yield world


def test_an_order_becomes_a_deal_once_and_what_the_package_cannot_take_is_shown(world: World) -> None:
    world.look()
    world.clock.advance(60)
    world.shop.place(7, rows=2, placed=world.clock.now().strftime("%Y-%m-%dT%H:%M:%S"))
    for _ in range(3):
        world.look()
    order = OrderRef(SHOP, OrderId("uid-7"))
    (deal,) = world.deals(order)
    assert deal["title"] == "Заказ 7: Ким Анна"
    assert str(deal["opportunity"]) == "903.30"
    world.shop.edit(7, comment="Позвоните")
    world.look()
    assert world.deal(order)["comments"] == "Позвоните"
    world.clock.advance(60)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"comments": "Готово"})
    world.settle()
    held = {one.difference.key: one.difference for one in world.storage.differences.list(order)}
    assert "--set import=no" in held["comment.manager"].text.en
    assert set(held) == {"comment.manager", "customer"}, "the package tells neither phone nor e-mail of a buyer"
