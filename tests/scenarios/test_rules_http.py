"""Robots, finer stages, mended profiles, crooked totals, two stores and two kinds of payers, over real HTTP."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from support.http_world import PRINT, SITE, WOO, HttpWorld
from sverka.ports.journal import Event
from sverka.sandbox.bitrix_site.catalogue import COMPANY
from sverka.sandbox.portal.crm.fields import CONTACT

MENDED = PRINT.replace('{ status = "F"', '{ status = "S", stage = ["C2:UC_QUALITY"] },\n  { status = "F"').replace(
    '"C2:EXECUTING", "C2:UC_QUALITY"', '"C2:EXECUTING"'
)
PEOPLE = PRINT.replace("[deal]", '[when]\nperson_type = "individual"\n[deal]')
FIRMS = """
schema  = 1
profile = "firms"
store   = "site"
portal  = "portal"
[when]
person_type = "company"
[deal]
pipeline = "0"
title    = "{company.name}: {order.number}"
lines    = "one_line"
[status]
policy = "office_wins"
map = [
  { status = "N", stage = ["NEW"] },
  { status = "P", stage = ["EXECUTING"] },
]
cancel = ["LOSE"]
"""


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        yield world


@pytest.fixture
def both() -> Iterator[HttpWorld]:
    with HttpWorld([SITE, WOO]) as world:
        yield world


@pytest.mark.covers("R10", "C23")
def test_a_robot_that_moves_a_new_deal_on_is_news_for_the_shop(world: HttpWorld) -> None:
    world.portal.add_robot("C2:NEW", "C2:EXECUTING")
    order = world.order()
    world.settle()
    assert (world.deal(order)["stageId"], world.status(order)) == ("C2:EXECUTING", "P")
    world.assert_in_step(order)


def test_a_robot_that_moves_a_new_deal_to_a_finer_stage_changes_nothing_in_the_shop(world: HttpWorld) -> None:
    world.portal.add_robot("C2:NEW", "C2:PREPARATION")
    order = world.order()
    world.settle()
    assert (world.deal(order)["stageId"], world.status(order)) == ("C2:PREPARATION", "N")
    assert world.differences(order) == {}
    assert world.site.store.order(int(order.id))["version"] == 1


@pytest.mark.covers("R10", "C17", "C20")
def test_a_robot_that_answers_every_change_does_not_keep_the_hub_busy(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.portal.add_robot("C2:EXECUTING", "C2:NEW")
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "P"})
    world.settle()
    assert (world.deal(order)["stageId"], world.status(order)) == ("C2:NEW", "N")
    world.assert_in_step(order)


@pytest.mark.covers("R10", "R49", "R147", "R297", "C30")
def test_a_managers_finer_stage_is_not_flattened_back(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    for stage, status in (("C2:EXECUTING", "P"), ("C2:UC_QUALITY", "P"), ("C2:WON", "F")):
        world.move(order, stage)
        world.settle()
        assert (world.deal(order)["stageId"], world.status(order)) == (stage, status)
    assert world.site.store.order(int(order.id))["version"] == 3, "placed, P, F: the finer stage wrote nothing"
    world.assert_in_step(order)


@pytest.mark.covers("R83", "R84", "C29")
def test_an_order_in_an_unmapped_status_waits_for_the_profile_and_goes_on_by_itself(world: HttpWorld) -> None:
    order = world.order(fields={"statusId": "S"})
    world.settle()
    assert (world.deals(order), world.differences(order)) == ([], {"status": "unmapped"})
    world.apply(MENDED)
    world.settle()
    assert world.deal(order)["stageId"] == "C2:UC_QUALITY"
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R146", "C29")
def test_a_deal_whose_order_got_an_unmapped_status_goes_on_once_the_profile_is_mended(world: HttpWorld) -> None:
    order, other = world.order(), world.order()
    world.settle()
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "S"})
    world.settle()
    assert (world.deal(order)["stageId"], world.differences(order)) == ("C2:NEW", {"status": "unmapped"})
    world.apply(MENDED)
    world.settle()
    assert (world.deal(order)["stageId"], world.differences(order)) == ("C2:UC_QUALITY", {})
    assert (world.deal(other)["stageId"], world.differences(other)) == ("C2:NEW", {})


@pytest.mark.covers("R85")
def test_an_unmapped_stage_holds_the_status_and_lets_the_rest_flow(world: HttpWorld) -> None:
    order = world.order()
    world.apply(PRINT.replace(', "C2:PREPARATION"', ""))
    world.settle()
    world.move(order, "C2:PREPARATION")
    world.site.store.ship(int(order.id), "RB123456789RU")
    world.settle()
    assert (world.status(order), world.differences(order)) == ("N", {"status": "unmapped"})
    assert world.deal(order)["UF_CRM_TRACK"] == "RB123456789RU"


@pytest.mark.covers("R132", "C55")
@pytest.mark.parametrize("total", ["100.00", "0.05", "99.99", "1000.01"])
@pytest.mark.parametrize("quantity", [3, 7])
def test_a_row_whose_total_does_not_divide_is_split_and_adds_up(both: HttpWorld, total: str, quantity: int) -> None:
    line = {"product_id": 10, "name": "Визитки", "quantity": quantity, "subtotal": total, "total": total}
    order = both.order(WOO, items=[], fields={"line_items": [line]})
    both.settle()
    goods = [(count, price) for name, count, price in both.rows(order) if name == "Визитки"]
    assert sum(count for count, _ in goods) == quantity
    assert sum(count * price for count, price in goods) == Decimal(total)
    assert all(price == price.quantize(Decimal("0.01")) for _, price in goods)
    both.assert_in_step(order)


@pytest.mark.covers("R132", "C55")
@pytest.mark.parametrize("discount", ["7", "33", "12.5"])
def test_a_percentage_off_every_item_adds_up_to_the_kopeck(world: HttpWorld, discount: str) -> None:
    goods = [{"name": f"Буклет {n}", "price": "17.35", "quantity": n} for n in (1, 3, 300)]
    order = world.order(items=goods, discount=discount)
    world.settle()
    world.assert_in_step(order)


@pytest.mark.covers("R5", "R23", "R288", "C70")
def test_two_stores_with_the_same_number_give_two_deals(both: HttpWorld) -> None:
    one, two = both.order(SITE, buyer=1), both.order(WOO, buyer=1)
    assert one.id == two.id
    both.settle()
    assert both.deal(one)["UF_CRM_ORDER_NUMBER"] == both.deal(two)["UF_CRM_ORDER_NUMBER"]
    assert (both.deal(one)["categoryId"], both.deal(two)["categoryId"]) == (2, 0)
    both.move(two, "WON")
    both.settle()
    assert (both.status(one), both.status(two)) == ("N", "completed")
    both.assert_in_step(one, two, buyers=1)


@pytest.mark.covers("R4", "R6", "R36", "R38", "R41", "R100")
def test_people_and_firms_go_their_own_ways(world: HttpWorld) -> None:
    world.apply(PEOPLE)
    world.apply(FIRMS)
    firm = {"fio": "Ким Анна", "email": "office@example.test", "phone": "+7 999 111-22-33", "company": "ООО «Печать»"}
    person, company = world.order(), world.order(customer=firm, fields={"personTypeId": COMPANY})
    world.settle()
    assert (world.deal(person)["categoryId"], world.deal(person)["originId"]) == (2, f"{person}/print")
    assert (world.deal(company)["categoryId"], world.deal(company)["originId"]) == (0, f"{company}/firms")
    assert world.deal(company)["title"] == f"ООО «Печать»: {company.id}"
    assert len(world.rows(company)) == 1
    assert world.contacts == 2
    world.move(company, "EXECUTING")
    world.settle()
    assert (world.status(company), world.status(person)) == ("P", "N")
    assert (world.differences(company), world.differences(person)) == ({}, {})


@pytest.mark.covers("R34", "C25")
def test_a_payment_does_not_close_the_deal(both: HttpWorld) -> None:
    paid, placed = both.order(SITE), both.order(WOO, fields={"status": "pending"})
    both.settle()
    both.clock.advance(1)
    both.site.store.pay(int(paid.id))
    both.woo.store.pay(int(placed.id), "T-1")
    both.settle()
    assert (both.deal(paid)["stageId"], both.deal(paid)["closed"]) == ("C2:NEW", "N")
    assert (both.deal(placed)["stageId"], both.deal(placed)["closed"]) == ("PREPARATION", "N")
    both.assert_in_step(paid, placed)


@pytest.mark.covers("R19", "R281", "R282", "C7", "C59")
def test_a_customers_edit_reaches_the_deal_and_its_rows(both: HttpWorld) -> None:
    one, two = both.order(SITE), both.order(WOO)
    both.settle()
    both.clock.advance(1)
    both.site.store.add_item(int(one.id), {"name": "Ламинация", "price": "99.90", "quantity": 3})
    item = {"product_id": 11, "name": "Ламинация", "quantity": 3, "subtotal": "299.70", "total": "299.70"}
    both.woo.store.edit(int(two.id), {"line_items": [item]})
    both.settle()
    for order in (one, two):
        assert ("Ламинация", Decimal(3), Decimal("99.90")) in both.rows(order)
    both.assert_in_step(one, two)


@pytest.mark.covers("R11", "R69", "C16")
def test_a_track_number_travels_both_ways_and_echoes_end(both: HttpWorld) -> None:
    order, other = both.order(SITE), both.order(WOO)
    both.settle()
    both.clock.advance(1)
    both.portal.edit(2, int(both.deal(order)["id"]), {"UF_CRM_TRACK": "RB1"})
    both.portal.edit(2, int(both.deal(other)["id"]), {"UF_CRM_TRACK": "RB2"})
    both.settle()
    tracks = [row["trackingNumber"] for row in both.site.store.order(int(order.id))["shipments"]]
    assert "RB1" in tracks
    metas = {row["key"]: row["value"] for row in both.woo.store.order(int(other.id))["meta_data"]}
    assert metas["_tracking_number"] == "RB2"
    assert both.events(order)[-1] is Event.ECHO
    both.assert_in_step(order, other)


@pytest.mark.covers("R31", "R137", "C9")
def test_a_buyer_the_portal_knows_by_an_old_phone_gets_no_second_contact(world: HttpWorld) -> None:
    fm = [{"typeId": "PHONE", "valueType": "WORK", "value": "8 999 000-00-01"}]
    known = world.portal.create(CONTACT, {"name": "Анна", "fm": fm})
    order = world.order(buyer=1)
    world.settle()
    assert list(world.deal(order)["contactIds"]) == [known]
    world.assert_in_step(order)
