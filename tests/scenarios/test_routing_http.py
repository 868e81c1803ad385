"""Routing over real HTTP: two stores with equal numbers, sections of their catalogues, employees, a lost funnel."""

from typing import Any

import pytest

from support.http_world import PORTAL, PRINT, SITE, SOUVENIRS, WOO, HttpWorld
from sverka.sandbox.portal.crm.fields import DEAL

BY_SECTION = PRINT.replace(
    'pipeline    = "2"',
    'pipeline    = "0"\nby_section = [{ section = "2", pipeline = "2" }, { section = "4", pipeline = "0" }]',
)
EVERYWHERE = (
    BY_SECTION.replace('["C2:NEW", "C2:PREPARATION"]', '["C2:NEW", "NEW"]')
    .replace('["C2:EXECUTING", "C2:UC_QUALITY"]', '["C2:EXECUTING", "EXECUTING"]')
    .replace('["C2:WON"]', '["C2:WON", "WON"]')
    .replace('["C2:LOSE", "C2:APOLOGY"]', '["C2:LOSE", "LOSE"]')
)


def goods(product: int) -> list[dict[str, object]]:
    return [{"name": "Товар", "price": "100", "quantity": 1, "productId": product}]


@pytest.mark.covers("R5", "R23", "R25", "C70")
def test_two_stores_with_the_same_number_feed_one_portal() -> None:
    with HttpWorld((SITE, WOO)) as world:
        site, woo = world.order(SITE), world.order(WOO)
        assert site.id == woo.id
        world.settle()
        deals = [world.deal(order) for order in (site, woo)]
        assert [deal["categoryId"] for deal in deals] == [2, 0]
        assert len({deal["originId"] for deal in deals}) == 2
        world.move(site, "C2:EXECUTING")
        world.settle()
        assert (world.status(site), world.status(woo)) == ("P", "processing")
        world.assert_in_step(site, woo)


@pytest.mark.covers("R93", "R94", "R95", "R264")
def test_the_sites_sections_lead_to_funnels() -> None:
    with HttpWorld() as world:
        world.apply(EVERYWHERE)
        found = {}
        for product in (102, 201, 103, 105):
            order = world.order(items=goods(product))
            world.settle()
            deal = world.deal(order)
            found[product] = (deal["categoryId"], deal["stageId"])
        # 102 stands below section 2; 201 is an offer of a mug below 4; 103 and 105 have no rule.
        assert found == {102: (2, "C2:NEW"), 201: (0, "NEW"), 103: (0, "NEW"), 105: (0, "NEW")}


def test_the_shops_categories_select_orders() -> None:
    mugs = SOUVENIRS.replace("[deal]", '[when]\n"lines.section" = "30"\n[deal]')
    with HttpWorld((WOO,)) as world:
        world.apply(mugs)
        mug = world.order(WOO)
        card = world.order(WOO, items=[{"name": "Визитки", "product_id": 13, "price": "600", "quantity": 1}])
        world.settle()
        assert (len(world.deals(mug)), len(world.deals(card))) == (1, 0)
        assert "No profile takes this order" in world.story(card)[-1].text.en


def test_a_site_that_does_not_tell_its_sections_holds_only_whom_it_concerns() -> None:
    with HttpWorld() as world:
        world.apply(EVERYWHERE)
        world.site.store.scopes.discard("catalog")
        asks, plain = world.order(items=goods(102)), world.order(items=goods(0))
        world.wave()
        assert (len(world.deals(asks)), len(world.deals(plain))) == (0, 1)
        assert world.stopped("connection") == set()
        assert any("sections" in line.text.en for line in world.story(asks))
        world.site.store.scopes.add("catalog")
        world.ring(asks)
        world.clock.advance(3600)
        world.settle()
        assert len(world.deals(asks)) == 1


@pytest.mark.covers("R290", "C38")
def test_orders_of_a_deleted_funnel_are_held_and_not_lost() -> None:
    with HttpWorld((SITE, WOO)) as world:
        world.portal.call("crm.category.delete", {"entityTypeId": DEAL, "id": 2})
        lost, fine = world.order(SITE), world.order(WOO)
        world.settle()
        assert (len(world.deals(lost)), len(world.deals(fine))) == (0, 1)
        assert world.differences(lost) == {"record": "refused"}
        world.apply(PRINT.replace('"2"', '"0"', 1).replace("C2:UC_QUALITY", "FINAL_INVOICE").replace("C2:", ""))
        world.settle()
        assert world.deal(lost)["categoryId"] == 0


@pytest.mark.covers("R97", "R99", "R275", "R298")
def test_a_dismissed_employee_is_passed_over_without_a_request_more() -> None:
    with HttpWorld() as world:
        client = world.connectors[PORTAL].client  # type: ignore[union-attr]
        send, sent = client._send, []

        def kept(method: str, params: Any, *rest: Any, **more: Any) -> Any:
            sent.append([command.partition("?")[0] for command in params["cmd"].values()])
            return send(method, params, *rest, **more)

        client._send = kept

        def placed() -> tuple[int, bool]:
            order = world.order()
            world.settle()
            told = " ".join(line.text.en for line in world.story(order))
            return world.deal(order)["assignedById"], "does not work" in told

        assert placed() == (9, False)
        world.portal.core.state.users[9].active = False
        assert placed() == (9, False), "what was read is good for a while"
        world.clock.advance(1000)
        assert placed() == (1, True), "the webhook's owner answers"
        asked = [methods for methods in sent if "user.get" in methods]
        assert len(asked) == 2
        assert all("crm.item.list" in methods for methods in asked), "it rides along with what is asked anyway"


def test_a_hub_that_may_not_ask_who_works_takes_everybody_to() -> None:
    with HttpWorld() as world:
        world.portal.settings.scopes = ("crm",)
        world.portal.core.state.users[9].active = False
        order = world.order()
        world.settle()
        assert world.deal(order)["assignedById"] == 9
        assert world.stopped("connection") == set()
