"""The example profiles of whole set-ups, in force between a sandbox store and a sandbox portal over HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.field_pairs import add_property
from support.http_world import PORTAL, SITE, START, HttpWorld
from support.leads import convert, deal, lead, looked_at
from sverka.config.check import check
from sverka.sandbox.portal.crm.fields import DEAL, LEAD

ROOT = Path(__file__).parents[2] / "profiles"


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        world._profiles.clear()
        yield world


def in_force(world: HttpWorld, name: str, **fields: str) -> None:
    """Put an example in force: its connections are the world's, the portal has its `fields`, by type."""
    for field, kind in fields.items():
        if field not in ("TRACK", "ORDER_NUMBER"):
            world.portal.add_field(DEAL, field, kind)
    world.learn()
    text = (ROOT / f"{name}.toml").read_text("utf-8")
    document = text.replace('"shop-main"', f'"{SITE}"').replace('"b24-company"', f'"{PORTAL}"')
    sides = world._catalogues[SITE], world._catalogues[PORTAL]
    assert [one.say("en") for one in check(document, *sides) if one.bad] == []
    world.apply(document)


@pytest.mark.covers("R111")
def test_a_deal_alone_tells_how_its_order_is_paid(world: HttpWorld) -> None:
    in_force(world, "deal-only", PAY_METHOD="string", PAID="boolean", PAID_AT="datetime", PAID_SUM="money")
    order = world.order()
    world.settle()
    assert world.deal(order)["UF_CRM_PAY_METHOD"] == "Банковской картой"
    assert world.deal(order)["UF_CRM_PAID"] == "N"
    world.site.store.pay(int(order.id))
    world.settle()
    assert world.deal(order)["UF_CRM_PAID"] == "Y"
    assert world.deal(order)["UF_CRM_PAID_SUM"] == f"{world.total(order)}|RUB"
    world.assert_at_rest()


@pytest.mark.covers("R126", "R61")
def test_goods_and_buyer_go_both_ways(world: HttpWorld) -> None:
    call = world.portal.call
    call("catalog.section.add", {"fields": {"iblockId": 14, "name": "Доставка"}})
    in_force(world, "both-ways", TRACK="string", NOTE="string", ADDRESS="string")
    order = world.order()
    world.settle()
    number = int(world.deal(order)["id"])
    rows = call("crm.item.productrow.list", {"filter": {"=ownerType": "D", "=ownerId": number}}).result["productRows"]
    delivery = next(row for row in rows if row["productName"] == "Курьер")
    assert delivery["productId"], "bound to a service of the catalogue"
    world.clock.advance(1)
    cards = next(row for row in rows if row["productName"] == "Визитки")
    call("crm.item.productrow.update", {"id": cards["id"], "fields": {"quantity": 5}})
    world.portal.edit(DEAL, number, {"UF_CRM_NOTE": "Звонить вечером"})
    world.settle()
    kept = world.site.store.order(int(order.id))
    assert [float(line["quantity"]) for line in kept["basketItems"]] == [5]
    assert kept["comments"] == "Звонить вечером"
    world.assert_at_rest()


SALES = {"PAY_STATUS": "string", "PAYMENTS": "string", "REFUNDED": "money", "TRACK": "", "CANCEL_REASON": "string"}


@pytest.mark.parametrize(
    ("act", "stage", "status"),
    [
        (lambda world, number: world.site.store.pay(number), "PREPARATION", "P"),
        (lambda world, number: world.site.store.ship(number, "RB1"), "EXECUTING", "S"),
        (lambda world, number: world.site.store.cancel(number, "раздумал"), "LOSE", "N"),
    ],
    ids=["paid", "shipped", "cancelled"],
)
def test_what_happens_to_an_order_moves_its_deal(
    world: HttpWorld, act: Callable[[HttpWorld, int], Any], stage: str, status: str
) -> None:
    in_force(world, "sales-scenarios", **SALES)
    order = world.order()
    world.settle()
    assert world.deal(order)["stageId"] == "NEW"
    world.clock.advance(1)
    act(world, int(order.id))
    world.settle()
    assert world.deal(order)["stageId"] == stage
    assert world.site.store.order(int(order.id))["statusId"] == status
    assert world.differences(order) == {}


@pytest.mark.covers("R271", "R272", "R273", "R274", "R275", "R276")
def test_the_further_fields_of_a_printing_houses_deal_are_filled(world: HttpWorld) -> None:
    for code in ("ARCHIVE", "BITRIX_ID"):
        add_property(world, code, "STRING")
    in_force(world, "print-panel", DELIVERY="string")
    order = world.order(properties={"ARCHIVE": "https://shop.test/a.zip"})
    world.settle()
    made = world.deal(order)
    assert (made["sourceId"], made["assignedById"], made["begindate"]) == ("WEB", 9, START.date())
    assert made["sourceDescription"] == world.site.url.removeprefix("http://")
    assert made["UF_CRM_DELIVERY"] == "Курьер"
    first, second = str(made["comments"]).split("\n")
    assert first.startswith("Заказ: http")
    assert f"?ID={order.id}&" in first
    assert second == "Макеты: https://shop.test/a.zip"


@pytest.mark.covers("R313")
def test_the_delivery_stands_in_the_lead_and_in_the_deal_made_of_it(world: HttpWorld) -> None:
    world.portal.add_field(LEAD, "DELIVERY")
    in_force(world, "leads", ORDER_NUMBER="", DELIVERY="string")
    order = world.order()
    world.settle()
    assert lead(world, order)["UF_CRM_DELIVERY"] == "Курьер"
    convert(world, order, deal=True, contact=True, company=False)
    looked_at(world)
    assert deal(world)["UF_CRM_DELIVERY"] == "Курьер"
