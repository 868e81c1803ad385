"""Deals opened by hand in a real portal become orders of a WooCommerce shop, once, with their client and their rows."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from support.catalogue import article, call, product
from support.http_world import PORTAL, SOUVENIRS, WOO, HttpWorld
from sverka.domain.ids import OrderId, OrderRef, RecordId
from sverka.ports.journal import Event
from sverka.sandbox.portal.crm.fields import CONTACT, DEAL
from sverka.sandbox.shop.faults import Fault
from sverka.sandbox.woocommerce.catalogue import TaxRate

MAKING = (
    SOUVENIRS
    + """
[new_order]
stages = ["NEW", "PREPARATION"]
[payment]
default = "bacs"
"""
)
ANNA = [
    {"typeId": "PHONE", "valueType": "WORK", "value": "+79991001010"},
    {"typeId": "EMAIL", "valueType": "HOME", "value": "anna@example.test"},
]


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([WOO]) as world:
        world.apply(MAKING)
        world.settle()
        yield world


def opened(world: HttpWorld, stage: str = "NEW", *, rows: bool = True, **fields: Any) -> int:
    """Have a manager open a deal with a client and product rows, and return its id."""
    world.clock.advance(1)
    told = {"name": "Анна", "lastName": "Ким", "fm": ANNA}
    contact = call(world.portal, "crm.item.add", entityTypeId=CONTACT, fields=told)["item"]["id"]
    made = {"title": "По телефону", "stageId": stage, "contactId": contact, **fields}
    deal = int(call(world.portal, "crm.item.add", entityTypeId=DEAL, fields=made)["item"]["id"])
    if rows:
        mug = product(world.portal, "Кружка", **{article(world.portal): "MUG-330"})
        goods = [
            {"productName": "Кружка", "productId": mug, "price": "450.00", "quantity": 3, "taxIncluded": "Y"},
            {"productName": "Дизайн", "price": "1000.00", "quantity": 2, "taxIncluded": "Y"},
        ]
        call(world.portal, "crm.item.productrow.set", ownerType="D", ownerId=deal, productRows=goods)
    return deal


def shown(world: HttpWorld) -> Mapping[str, Any]:
    """Return the shop's only order."""
    (order,) = world.woo.store.orders.values()
    return order


def in_step(world: HttpWorld, deal: int) -> OrderRef:
    """Check that the shop's only order is the deal's, and no other deal was made of it."""
    order = OrderRef(WOO, OrderId(str(shown(world)["id"])))
    assert world.storage.orders_of(PORTAL, [RecordId(str(deal))]) == {RecordId(str(deal)): [order]}
    assert list(world.portal.core.state.items[DEAL]) == [deal]
    world.assert_at_rest()
    return order


@pytest.mark.covers("R8", "R113", "R121", "R122", "R123")
def test_a_deal_opened_by_hand_is_one_order_with_its_client_goods_and_default_payment(world: HttpWorld) -> None:
    deal = opened(world)
    world.settle()
    order = in_step(world, deal)
    row = shown(world)
    who = row["billing"]
    assert (who["first_name"], who["last_name"], who["phone"], who["email"]) == (
        "Анна", "Ким", "+79991001010", "anna@example.test",
    )  # fmt: skip
    assert [(line["product_id"], line["quantity"], line["total"]) for line in row["line_items"]] == [(10, 3, "1350.00")]
    assert [(fee["name"], fee["total"]) for fee in row["fee_lines"]] == [("Дизайн × 2", "2000.00")]
    assert (row["status"], row["total"], row["payment_method"]) == ("pending", "3350.00", "bacs")
    assert [line.rule for line in world.story(OrderRef.of_record(PORTAL, RecordId(str(deal))))].count("default") == 1
    assert world.portal.core.state.items[DEAL][deal].values["UF_CRM_ORDER_NUMBER"] == order.id
    assert world.differences(order) == {"lines": "kept"}, "two pieces without an article are one fee, and that is said"


@pytest.mark.covers("R8", "C8")
def test_from_then_on_both_are_kept_in_step(world: HttpWorld) -> None:
    deal = opened(world, rows=False)
    world.settle()
    order = in_step(world, deal)
    world.clock.advance(1)
    world.portal.move_stage(deal, "EXECUTING")
    world.settle()
    assert shown(world)["status"] == "processing"
    world.clock.advance(1)
    world.woo.store.edit(int(order.id), {"status": "completed"})
    world.settle()
    assert world.portal.core.state.items[DEAL][deal].values["stageId"] == "WON"
    assert world.differences(order) == {}


@pytest.mark.covers("R166", "C3")
@pytest.mark.parametrize("stage", ["NEW", "PREPARATION"])
@pytest.mark.parametrize("fault", Fault)
def test_whatever_the_request_meets_there_is_one_order(world: HttpWorld, stage: str, fault: Fault) -> None:
    deal = opened(world, stage)
    world.woo.faults.arm(fault, on="POST /orders")
    world.wave()
    assert any(call.fault for call in world.woo.log.calls())
    world.settle()
    world.woo.faults.clear()
    world.resume()
    world.settle()
    order = in_step(world, deal)
    assert shown(world)["total"] == "3350.00"
    assert world.status(order) == {"NEW": "pending", "PREPARATION": "processing"}[stage]


@pytest.mark.covers("C3")
@pytest.mark.parametrize("knows_channels", [True, False])
def test_an_order_whose_answer_was_lost_is_found_in_shops_old_and_new(
    world: HttpWorld, *, knows_channels: bool
) -> None:
    world.woo.store.catalogue.knows_channels = knows_channels
    deal = opened(world)
    world.woo.faults.arm(Fault.CLOSED_AFTER_COMMIT, on="POST /orders")
    world.woo.courier.drop(10)  # no webhook tells of the order
    world.settle()
    order = in_step(world, deal)
    assert Event.DOUBT in world.events(OrderRef.of_record(PORTAL, RecordId(str(deal))))
    assert any("by its mark" in line.text.en for line in world.story(order))


def test_prices_of_the_deal_are_the_orders_whatever_tax_the_shop_has(world: HttpWorld) -> None:
    world.woo.store.catalogue.tax_rates.append(TaxRate(1, "НДС", Decimal(20)))
    deal = opened(world)
    world.settle()
    in_step(world, deal)
    assert shown(world)["total"] == "3350.00"
    assert shown(world)["total_tax"] != "0.00"


def test_a_client_that_the_shop_refuses_holds_this_order_alone(world: HttpWorld) -> None:
    bad = opened(world, rows=False)
    (contact,) = world.portal.core.state.items[CONTACT].values()
    contact.fm[-1].value = "anna"
    world.settle()
    record = OrderRef.of_record(PORTAL, RecordId(str(bad)))
    (held,) = world.storage.differences.list(record)
    assert "Invalid billing email" in held.difference.text.en
    other = world.order(WOO)
    world.settle()
    assert world.deal(other)


@pytest.mark.parametrize("switch", ["client", "lines"])
def test_what_is_switched_off_does_not_come_along(world: HttpWorld, switch: str) -> None:
    world.apply(MAKING.replace("[payment]", f"{switch} = false\n[payment]"))
    deal = opened(world)
    world.settle()
    in_step(world, deal)
    row = shown(world)
    assert (bool(row["billing"]["email"]), bool(row["line_items"])) == (switch != "client", switch != "lines")


def test_an_order_made_of_a_deal_costs_the_shop_one_request(world: HttpWorld) -> None:
    deal = opened(world)
    world.wave()
    in_shop = world.woo.log.counts()
    assert in_shop.get("POST /orders") == 1
    assert in_shop.get("PUT /orders/{id}", 0) == 0
    world.settle()
    in_step(world, deal)
