"""One order's deal in two funnels, over real HTTP: handed over, paid, cancelled, and funnels that are deleted."""

from collections.abc import Iterator

import pytest

from support.http_world import PRINT, SITE, WOO, HttpWorld
from sverka.ports.journal import Event

SALES = """
schema  = 1
profile = "print"
store   = "site"
portal  = "portal"
[deal]
pipeline = "0"
title    = "Заказ {order.number}"
[status]
policy = "office_wins"
map = [
  { status = "N", stage = ["NEW"] },
  { status = "P", stage = ["PREPARATION", "PREPAYMENT_INVOICE", "EXECUTING"] },
  { status = "S", stage = ["C2:NEW", "C2:EXECUTING"] },
  { status = "F", stage = ["C2:WON", "WON"] },
]
cancel = ["LOSE", "C2:LOSE"]
[[milestone]]
when  = "payment.paid"
stage = "PREPAYMENT_INVOICE"
way   = "<->"
[[milestone]]
when  = "delivery.shipped"
stage = "C2:EXECUTING"
way   = "<-"
beyond = ["C2:WON"]
[[handover]]
at = "EXECUTING"
to = "C2:NEW"
[fields]
"order.number" = { to = "UF_CRM_ORDER_NUMBER", way = "->" }
"""


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        world.apply(SALES)
        yield world


def where(world: HttpWorld, order: object) -> tuple[int, str, str]:
    deal = world.deal(order)  # type: ignore[arg-type]
    return deal["categoryId"], deal["stageId"], world.status(order)  # type: ignore[arg-type]


@pytest.mark.covers("R27", "R39", "R6", "R264", "R267")
def test_a_deal_goes_from_sales_to_production_and_stays_its_orders(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    assert where(world, order) == (0, "NEW", "N")
    world.site.store.edit(int(order.id), {"statusId": "P"})
    world.settle()
    assert where(world, order) == (0, "PREPARATION", "P")
    world.move(order, "EXECUTING")
    world.settle()
    assert where(world, order) == (2, "C2:NEW", "S"), "handed over, and production's first stage is a status"
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "F"})
    world.settle()
    assert where(world, order) == (2, "C2:WON", "F"), "moved within the funnel the deal is in"
    assert world.differences(order) == {}
    assert len(world.deals(order)) == 1
    world.assert_at_rest()


@pytest.mark.covers("R35")
def test_the_journal_names_the_rule_of_every_move(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.site.store.pay(int(order.id))
    world.settle()
    world.move(order, "EXECUTING")
    world.settle()
    world.site.store.cancel(int(order.id))
    world.settle()
    moves = [
        (line.text.en.partition(":")[0], line.rule, line.before, line.after)
        for line in world.story(order)
        if line.event is Event.DECIDED and line.field == "stageId"
    ]
    assert moves == [
        ("milestone.payment.paid", "moved-alone", "NEW", "PREPAYMENT_INVOICE"),
        ("handover", "handover", "EXECUTING", "C2:NEW"),
        ("status", "moved-alone", "C2:NEW", "C2:LOSE"),
    ]


@pytest.mark.covers("R34", "C20")
def test_payment_moves_a_deal_by_a_milestone_only_and_closes_none(world: HttpWorld) -> None:
    paid, bare = world.order(), world.order()
    world.settle()
    world.site.store.pay(int(paid.id))
    world.settle()
    assert where(world, paid) == (0, "PREPAYMENT_INVOICE", "P"), "and what the stage means goes to the shop"
    world.apply(SALES.replace('way   = "<->"', 'way   = "<-"'))
    world.site.store.pay(int(bare.id))
    world.settle()
    assert where(world, bare) == (0, "NEW", "N"), "without the rule a payment moves nothing"
    assert world.deal(paid)["closed"] == "N"


@pytest.mark.covers("R34")
def test_a_payment_brings_no_deal_back_nor_to_life(world: HttpWorld) -> None:
    further, cancelled = world.order(), world.order()
    world.settle()
    world.move(further, "EXECUTING")
    world.site.store.cancel(int(cancelled.id))
    world.settle()
    for order in (further, cancelled):
        world.site.store.pay(int(order.id))
    world.settle()
    assert where(world, further) == (2, "C2:NEW", "S")
    assert where(world, cancelled) == (0, "LOSE", "cancelled")


@pytest.mark.covers("C27", "C61")
def test_a_stage_makes_the_order_paid_and_shipped_and_nothing_undoes_it(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.move(order, "PREPAYMENT_INVOICE")
    world.settle()
    assert world.site.store.order(int(order.id))["payments"][0]["paid"] == "Y"
    world.move(order, "EXECUTING")
    world.settle()
    world.move(order, "C2:EXECUTING")
    world.settle()
    shown = world.site.store.order(int(order.id))
    assert [one["deducted"] for one in shown["shipments"] if one["system"] == "N"] == ["Y"]
    world.move(order, "C2:LOSE")
    world.settle()
    assert (world.status(order), world.site.store.order(int(order.id))["payments"][0]["paid"]) == ("cancelled", "Y")
    assert world.differences(order) == {}


def test_a_paid_order_is_born_on_the_milestones_stage(world: HttpWorld) -> None:
    order = world.order()
    world.site.store.pay(int(order.id))
    world.settle()
    assert where(world, order) == (0, "PREPAYMENT_INVOICE", "P")
    assert world.differences(order) == {}


@pytest.mark.covers("R80", "R81")
def test_a_status_without_a_stage_in_the_deals_funnel_waits_and_goes_on_once_it_has_one(world: HttpWorld) -> None:
    order, other = world.order(), world.order()
    world.settle()
    world.move(order, "EXECUTING")
    world.settle()
    world.clock.advance(1)
    for one in (order, other):
        world.site.store.edit(int(one.id), {"statusId": "P"})
    world.settle()
    assert where(world, other) == (0, "PREPARATION", "P")
    assert where(world, order) == (2, "C2:NEW", "P")
    (held,) = world.storage.differences.list(order)
    assert (held.difference.key, held.difference.why.value) == ("status", "unmapped")
    assert "no stage in pipeline 2" in held.difference.text.en
    world.apply(SALES.replace('"EXECUTING"] }', '"EXECUTING", "C2:PREPARATION"] }'))
    world.settle()
    assert where(world, order) == (2, "C2:PREPARATION", "P")
    assert world.differences(order) == {}


@pytest.mark.covers("R84", "R83", "C29", "R146")
def test_an_order_placed_in_work_without_a_mapping_makes_no_deal_until_it_is_mapped(world: HttpWorld) -> None:
    bare = PRINT.replace('  { status = "P", stage = ["C2:EXECUTING", "C2:UC_QUALITY"] },\n', "")
    world.apply(bare)
    order = world.order(fields={"statusId": "P"})  # «В работе»
    fine = world.order()
    world.settle()
    assert world.deals(order) == []
    assert world.deal(fine)["stageId"] == "C2:NEW"
    (held,) = world.storage.differences.list(order)
    assert held.difference.text.en.startswith("Skipped: the status 'P' has no stage in the profile")
    world.apply(PRINT)
    world.settle()
    assert (world.deal(order)["stageId"], world.differences(order)) == ("C2:EXECUTING", {})


@pytest.mark.covers("R85")
def test_a_deal_in_an_unmapped_stage_changes_no_order_and_is_listed(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.move(order, "FINAL_INVOICE")
    world.settle()
    assert where(world, order) == (0, "FINAL_INVOICE", "N")
    assert world.differences(order) == {"status": "unmapped"}


@pytest.mark.covers("R290", "C38")
def test_orders_for_a_funnel_that_was_deleted_are_held_and_go_on_in_another(world: HttpWorld) -> None:
    made = world.portal.call("crm.category.add", {"entityTypeId": 2, "fields": {"name": "Опт"}}).result
    number = made["category"]["id"]
    wholesale = (
        PRINT.replace("C2:", f"C{number}:").replace('"2"', f'"{number}"').replace(f', "C{number}:UC_QUALITY"', "")
    )
    world.apply(wholesale)
    world.portal.call("crm.category.delete", {"entityTypeId": 2, "id": number})
    order, other = world.order(), world.order()
    world.settle()
    for one in (order, other):
        assert world.deals(one) == []
        (held,) = world.storage.differences.list(one)
        assert (held.difference.key, held.difference.why.value) == ("record", "refused")
    world.apply(PRINT)
    world.settle()
    assert [world.deal(one)["stageId"] for one in (order, other)] == ["C2:NEW", "C2:NEW"]
    assert world.differences(order) == {}


@pytest.mark.covers("C26")
def test_a_stage_that_was_deleted_on_the_portal_holds_its_order_and_no_other(world: HttpWorld) -> None:
    order, other = world.order(), world.order()
    world.settle()
    stages = world.portal.call("crm.status.list", {"filter": {"ENTITY_ID": "DEAL_STAGE", "STATUS_ID": "PREPARATION"}})
    world.portal.call("crm.status.delete", {"id": stages.result[0]["ID"], "params": {"FORCED": "Y"}})
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "P"})
    world.site.store.pay(int(other.id))
    world.settle()
    assert where(world, other) == (0, "PREPAYMENT_INVOICE", "P")
    assert (where(world, order), world.differences(order)) == ((0, "NEW", "P"), {"status": "refused"})
    world.apply(SALES.replace('"PREPARATION", ', ""))
    world.settle()
    assert (where(world, order), world.differences(order)) == ((0, "PREPAYMENT_INVOICE", "P"), {})


@pytest.mark.covers("R289", "R291", "R292")
def test_another_funnel_in_the_profile_is_for_new_deals_and_the_old_rows_stay_for_the_old_ones(
    world: HttpWorld,
) -> None:
    old = world.order()
    world.settle()
    moved = SALES.replace('pipeline = "0"', 'pipeline = "2"').replace('["NEW"]', '["NEW", "C2:PREPARATION"]')
    world.apply(moved)
    new = world.order()
    world.settle()
    assert where(world, old) == (0, "NEW", "N")
    assert where(world, new) == (2, "C2:PREPARATION", "N")
    world.clock.advance(1)
    for one in (old, new):
        world.site.store.edit(int(one.id), {"statusId": "F"})
    world.settle()
    assert where(world, old) == (0, "WON", "F")
    assert where(world, new) == (2, "C2:WON", "F")


@pytest.mark.covers("R147", "R10", "C30")
def test_what_a_manager_moves_the_buyer_sees_after_one_bell(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.move(order, "PREPARATION")
    before = world.clock.now()
    world.settle()
    assert world.status(order) == "P"
    assert (world.clock.now() - before).total_seconds() < 10


WHOLESALE = """
schema  = 1
profile = "souvenirs"
store   = "woo"
portal  = "portal"
[status]
policy   = "office_wins"
unmapped = "ignore"
map = [
  { status = "pending", stage = ["NEW"] },
  { status = "processing", stage = ["PREPARATION"] },
  { status = "completed", stage = ["EXECUTING", "FINAL_INVOICE", "WON"] },
]
[[milestone]]
when = "order.refunded"
stage = "FINAL_INVOICE"
"""


@pytest.mark.covers("R34", "C58")
def test_an_order_refunded_in_full_is_brought_to_its_stage_and_one_refunded_in_part_is_not() -> None:
    with HttpWorld([WOO]) as world:
        world.apply(WHOLESALE)
        whole, part = world.order(WOO), world.order(WOO)
        world.settle()
        for order in (whole, part):
            world.woo.store.pay(int(order.id))
        world.settle()
        assert [world.deal(order)["stageId"] for order in (whole, part)] == ["PREPARATION", "PREPARATION"]
        world.woo.store.refund(int(whole.id), world.total(whole))
        world.woo.store.refund(int(part.id), "10.00")
        world.settle()
        assert [world.deal(order)["stageId"] for order in (whole, part)] == ["FINAL_INVOICE", "PREPARATION"]
        world.assert_at_rest()
