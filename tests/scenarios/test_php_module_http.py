"""The module's own PHP under PHP's server, with stand-ins of the kernel, against the hub: both ways over real HTTP.

The site's REST answers from the practice site, which knows the shop's dictionaries and none of its orders: what is read
here of an order, the module has shown.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.http_world import PRINT, SITE, HttpWorld
from support.php import Site, needs_php, site
from support.standing import standing
from sverka.connectors.kit import Kit
from sverka.connectors.registry import make
from sverka.domain.ids import OrderId, OrderRef
from sverka.ports.findings import Level
from sverka.ports.journal import Event
from sverka.sandbox.portal.crm.fields import DEAL

pytestmark = needs_php

SECRET = "5f" * 20
NOBODY = "http://127.0.0.1:9/hooks/site/key"
DOCUMENT = (
    PRINT + '"property.CITY" = { to = "UF_CRM_CITY", way = "<->" }\n"coupons" = { to = "UF_CRM_COUPONS", way = "->" }\n'
)


class PhpWorld(HttpWorld):
    """A world whose shop is the module on a site of stand-ins."""

    def __init__(self, php: Site) -> None:
        super().__init__([SITE])
        self.php = php
        self.clock.reach(datetime.now(UTC))  # PHP has no other clock

    def _connect(self) -> None:
        super()._connect()
        self.connectors[SITE].close()  # type: ignore[union-attr]
        webhook = self.site.webhook_url.replace(self.site.url, self.php.url)
        kit = Kit(SITE, self.storage.hub_id, self.clock, self.storage.budget, 20.0)
        self.connectors[SITE] = make("bitrix_site", {}, {"webhook": webhook, "module_secret": SECRET}, kit)
        self.php.do("settings", hub=self.hook(SITE), secret=SECRET, instant="Y")

    def placed(self, **values: object) -> OrderRef:
        """Have a buyer place an order on the site."""
        return OrderRef(SITE, OrderId(str(self.php.do("place", **values))))

    def shown(self, order: OrderRef) -> dict[str, object]:
        """Return an order's properties by code, as the site has them."""
        tree = self.php.do("order", id=int(order.id))
        return {row["code"]: row["value"] for row in tree["propertyValues"]} | {"status": tree["statusId"]}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[PhpWorld]:

    root = tmp_path / "site"
    root.mkdir()
    with site(root, standing(SITE).served.url) as php, PhpWorld(php) as world:
        for name in ("CITY", "COUPONS"):
            world.portal.add_field(DEAL, name)
        world.learn()
        world.apply(DOCUMENT)
        yield world


@pytest.mark.covers("R32", "R70")
def test_an_order_of_the_site_becomes_a_deal_with_what_rest_does_not_show(world: PhpWorld) -> None:
    order = world.placed(CITY="Тверь")
    world.settle()
    deal = world.deal(order)
    assert (deal["title"], str(deal["opportunity"]), deal["stageId"]) == ("Заказ 132: Иванов Иван", "751.65", "C2:NEW")
    assert (deal["UF_CRM_CITY"], deal["UF_CRM_COUPONS"]) == ("Тверь", "SALE10, FRIEND")
    assert world.rows(order)[0][0] == "Визитки"
    assert not [call for call in world.site.log.calls() if "sale.order.get" in call.operation]


@pytest.mark.covers("R128")
def test_what_the_shop_changes_reaches_the_deal(world: PhpWorld) -> None:
    order = world.placed()
    world.settle()
    assert world.php.do("edit", id=int(order.id), field="STATUS_ID", value="P")
    world.settle()
    assert world.deal(order)["stageId"] == "C2:EXECUTING"


@pytest.mark.covers("R11", "C17")
def test_what_the_deal_changes_is_set_alone_and_rings_no_bell(world: PhpWorld) -> None:
    order = world.placed(CITY="Тверь", LAYOUT=7)
    world.settle()
    before = world.shown(order)
    world.php.do("settings", hub=NOBODY)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"UF_CRM_CITY": "Москва"})
    world.settle()
    assert world.shown(order) == {**before, "CITY": "Москва"}
    assert world.php.do("waiting") == 0
    assert not [call for call in world.site.log.calls() if "propertyvalue" in call.operation]


@pytest.mark.covers("C31", "C32")
def test_a_bell_that_nobody_heard_waits_in_the_sites_database_and_rings_again(world: PhpWorld) -> None:
    world.php.do("settings", hub=NOBODY)
    order = world.placed()
    assert world.php.do("waiting") > 0
    world.settle()
    assert world.deals(order) == []
    world.php.do("settings", hub=world.hook(SITE))
    world.php.do("agents", later=61)
    assert world.php.do("waiting") == 0
    world.settle()
    assert len(world.deals(order)) == 1


@pytest.mark.covers("C62")
def test_a_deleted_order_is_told_of(world: PhpWorld) -> None:
    order = world.placed()
    world.settle()
    assert world.php.do("delete", id=int(order.id))
    world.settle()
    assert [line.text.en for line in world.story(order)][-2] == "site rang: deleted"
    assert world.differences(order) == {"order": "gone"}


@pytest.mark.covers("C77")
def test_a_site_with_another_secret_is_not_heard(world: PhpWorld) -> None:
    world.php.do("settings", secret="a1" * 20)
    order = world.placed()
    assert world.php.do("waiting") > 0
    (line,) = world.storage.journal.tail(1)
    assert line.event is Event.FORGED
    world.settle()
    assert world.deals(order) == []


def test_the_check_speaks_of_the_module(world: PhpWorld) -> None:
    side = world.hub.stores[SITE]
    assert "0.1.0" in side.check()[-1].text.en
    world.php.do("settings", hub="")
    assert "no address of the hub" in side.check()[-1].text.en
    world.clock.advance(400)
    assert "clocks" in side.check()[-1].text.en
    world.php.do("settings", secret="a1" * 20)
    last = side.check()[-1]
    assert (last.level, "module_secret" in last.text.en) == (Level.WARNING, True)
