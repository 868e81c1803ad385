"""Deals that managers open by hand become orders of a 1C-Bitrix site, over real HTTP (K23): one each, in step after."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from support.http_world import PORTAL, PRINT, SITE, HttpWorld
from sverka.domain.ids import OrderId, OrderRef, RecordId
from sverka.ports.journal import Event
from sverka.sandbox.bitrix_site.catalogue import CARD, CASH, COMPANY, COURIER, INDIVIDUAL
from sverka.sandbox.portal.crm.fields import COMPANY as FIRM
from sverka.sandbox.portal.crm.fields import CONTACT, DEAL

RULES = """
"payment.method" = { to = "UF_CRM_PAY", way = "<->", policy = "ask", values = { "1" = "cash", "2" = "card" } }
[new_order]
stages = ["C2:NEW"]
[payment]
default = "2"
[customer.fields]
name    = { write = "overwrite", way = "<->", policy = "office_wins" }
phone   = { write = "append", way = "<->", policy = "office_wins" }
email   = { write = "append", way = "<->", policy = "office_wins" }
company = { write = "overwrite", way = "<->", policy = "office_wins" }
"""
CLIENT = {
    "name": "Анна",
    "lastName": "Ким",
    "fm": {
        "n0": {"typeId": "PHONE", "valueType": "MOBILE", "value": "+79990000001"},
        "n1": {"typeId": "EMAIL", "valueType": "HOME", "value": "kim@example.test"},
    },
}
CARDS = {"productName": "Визитки", "price": "150.55", "quantity": 3, "taxRate": 20, "taxIncluded": "Y"}
POST = {"productName": "Курьер", "price": "300.00", "quantity": 1, "taxIncluded": "Y"}


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        world.portal.add_field(DEAL, "PAY")
        world.learn()
        world.apply(PRINT.replace("responsible", 'lines_way = "<->"\nresponsible') + RULES)
        yield world


def call(world: HttpWorld, method: str, **params: Any) -> Any:
    """Let a manager do something in the portal, a second later."""
    world.clock.advance(1)
    return world.portal.call(method, params).result


def client(world: HttpWorld, kind: int = CONTACT, **fields: Any) -> int:
    return int(call(world, "crm.item.add", entityTypeId=kind, fields=fields or CLIENT)["item"]["id"])


def opened(world: HttpWorld, *rows: Mapping[str, Any], **fields: Any) -> int:
    """Let a manager open a deal by hand, with its rows; nothing of it is rung for yet."""
    told = {"title": "По звонку", "categoryId": 2, "stageId": "C2:NEW", **fields}
    deal = int(call(world, "crm.item.add", entityTypeId=DEAL, fields=told)["item"]["id"])
    if rows:
        call(world, "crm.item.productrow.set", ownerType="D", ownerId=deal, productRows=list(rows))
    return deal


def order_of(world: HttpWorld, deal: int) -> OrderRef:
    """Return the one order of the shop that was made of a deal."""
    mark = f"sverka/{world.storage.hub_id}/portal/{deal}"
    (order,) = (one for one in world.site.store.orders.values() if one["xmlId"] == mark)
    return OrderRef(SITE, OrderId(str(order["id"])))


def shop(world: HttpWorld, order: OrderRef) -> Mapping[str, Any]:
    return world.site.store.order(int(order.id))


def values(world: HttpWorld, order: OrderRef) -> dict[str, Any]:
    return {row["code"]: row["value"] for row in shop(world, order)["propertyValues"]}


def shown(world: HttpWorld, deal: int) -> Mapping[str, Any]:
    return world.portal.core.state.items[DEAL][deal].values


def quiet(world: HttpWorld, order: OrderRef) -> None:
    """Assert that both sides agree and another look at everything moves nothing."""
    assert world.differences(order) == {}
    before = shop(world, order)["version"]
    world.sweep()
    world.settle()
    assert shop(world, order)["version"] == before
    assert len(world.portal.core.state.items[DEAL]) == len(world.site.store.orders)
    world.assert_at_rest()


@pytest.mark.covers("R8", "R121", "R122", "R123", "C68")
def test_a_deal_with_rows_and_client_becomes_one_order_and_gets_its_number(world: HttpWorld) -> None:
    deal = opened(world, CARDS, POST, contactIds=[client(world)])
    world.settle()
    order = order_of(world, deal)
    assert values(world, order) == {"FIO": "Ким Анна", "PHONE": "+79990000001", "EMAIL": "kim@example.test"}
    placed = shop(world, order)
    assert [(row["name"], row["quantity"], row["price"]) for row in placed["basketItems"]] == [
        ("Визитки", 3, Decimal("150.55"))
    ]
    assert (placed["statusId"], placed["personTypeId"], placed["price"]) == ("N", INDIVIDUAL, Decimal("751.65"))
    assert [row["deliveryId"] for row in placed["shipments"] if row["system"] == "N"] == [COURIER]
    assert [(row["paySystemId"], row["sum"]) for row in placed["payments"]] == [(CARD, Decimal("751.65"))]
    assert shown(world, deal)["UF_CRM_ORDER_NUMBER"] == placed["accountNumber"]
    assert shown(world, deal)["UF_CRM_PAY"] == "card", "the default is told to the deal"
    assert Decimal(str(shown(world, deal)["opportunity"])) == placed["price"]
    record = OrderRef.of_record(PORTAL, RecordId(str(deal)))
    assert any(line.rule == "default" and "payment.method" in line.text.en for line in world.story(record))
    quiet(world, order)


@pytest.mark.covers("R8")
def test_the_section_alone_brings_client_and_rows(world: HttpWorld) -> None:
    world.apply(f'{PRINT}\n[new_order]\nstages = ["C2:NEW"]\n')
    deal = opened(world, CARDS, POST, contactIds=[client(world)], companyId=client(world, FIRM, title="ООО Ромашка"))
    world.settle()
    order = order_of(world, deal)
    told = {"FIO": "Ким Анна", "PHONE": "+79990000001", "EMAIL": "kim@example.test", "COMPANY": "ООО Ромашка"}
    assert values(world, order) == told
    assert (shop(world, order)["personTypeId"], world.total(order)) == (COMPANY, Decimal("751.65"))
    quiet(world, order)


@pytest.mark.covers("R8")
def test_both_are_in_step_from_then_on(world: HttpWorld) -> None:
    contact = client(world)
    deal = opened(world, CARDS, POST, contactIds=[contact])
    world.settle()
    order = order_of(world, deal)
    world.portal.move_stage(deal, "C2:EXECUTING")
    call(world, "crm.item.update", entityTypeId=DEAL, id=deal, fields={"ufCrmPay": "cash"})
    call(world, "crm.item.update", entityTypeId=CONTACT, id=contact, fields={"name": "Мария"})
    world.sweep()
    world.settle()
    assert (shop(world, order)["statusId"], shop(world, order)["payments"][0]["paySystemId"]) == ("P", CASH)
    assert values(world, order)["FIO"] == "Ким Мария"
    world.clock.advance(1)
    world.site.store.add_item(int(order.id), {"name": "Ламинация", "price": "99.90", "quantity": 3})
    world.settle()
    assert ("Ламинация", 3, Decimal("99.90")) in [
        (row.product_name, row.quantity, row.price) for row in world.portal.core.state.rows["D", deal]
    ]
    quiet(world, order)


@pytest.mark.covers("R8")
def test_a_company_that_buys_is_a_legal_persons_order(world: HttpWorld) -> None:
    firm = client(world, FIRM, title="ООО Ромашка")
    deal = opened(world, CARDS, companyId=firm, contactIds=[client(world)])
    world.settle()
    order = order_of(world, deal)
    assert shop(world, order)["personTypeId"] == COMPANY
    assert values(world, order)["COMPANY"] == "ООО Ромашка"


@pytest.mark.covers("R8", "R166", "C3")
@pytest.mark.parametrize("skip", [1, 2, 3])
@pytest.mark.parametrize("fault", ["closed_after_commit", "truncated", "html_503"])
def test_a_lost_answer_makes_no_second_order(world: HttpWorld, fault: str, skip: int) -> None:
    deal = opened(world, CARDS, POST, contactIds=[client(world)])
    world.site.faults.arm(fault, on="batch", skip=skip - 1)
    world.wave()
    assert any(one.fault for one in world.site.log.calls()), "the fault was met"
    world.settle()
    world.site.faults.clear()
    world.sweep()
    world.settle()
    order = order_of(world, deal)
    assert len(world.site.store.orders) == len(world.portal.core.state.items[DEAL]) == 1
    assert shown(world, deal)["UF_CRM_ORDER_NUMBER"] == order.id
    placed = shop(world, order)
    assert [row["name"] for row in placed["basketItems"]] == ["Визитки"]
    assert len([row for row in placed["shipments"] if row["system"] == "N"]) == 1
    assert values(world, order) == {"FIO": "Ким Анна", "PHONE": "+79990000001", "EMAIL": "kim@example.test"}
    assert world.differences(order) == {}
    world.assert_at_rest()


def test_an_order_the_shop_will_not_take_is_held_and_others_go_on(world: HttpWorld) -> None:
    world.site.store.catalogue.statuses[:] = [row for row in world.site.store.catalogue.statuses if row["id"] != "N"]
    held = opened(world, CARDS)
    world.settle()
    record = OrderRef.of_record(PORTAL, RecordId(str(held)))
    assert world.differences(record) == {"record": "refused"}
    assert Event.RANG in world.events(record)
    assert world.site.store.orders == {}
    world.assert_at_rest()


def test_a_deal_in_another_stage_stays_a_deal(world: HttpWorld) -> None:
    opened(world, CARDS, stageId="C2:EXECUTING")
    world.settle()
    assert world.site.store.orders == {}


def test_an_idle_deal_costs_five_requests_of_the_site(world: HttpWorld) -> None:
    opened(world, CARDS, POST, contactIds=[client(world)])
    world.settle()
    world.site.log.clear()
    opened(world, CARDS, POST, contactIds=[client(world)])
    world.deliver()
    world.wave()
    assert world.site.log.counts() == {"sale.order.list": 2, "sale.delivery.getlist": 1, "batch": 4}
