"""Fees, coupons, bonuses, taxes, refunds and payments: the deal follows its order to the kopeck, over real HTTP."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from support.catalogue import call
from support.http_world import PRINT, SITE, SOUVENIRS, WOO, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.sandbox.portal.crm.fields import DEAL
from sverka.sandbox.woocommerce.catalogue import Coupon, TaxRate

MUGS = {"name": "Кружка", "product_id": 10, "price": "100.00", "quantity": 3}


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE, WOO]) as world:
        for field in ("PAY", "PAID", "PAYMENTS", "PAY_STATUS", "REFUNDED"):
            world.portal.add_field(DEAL, field)
        yield world


def asking(world: HttpWorld, fields: str = "", **keys: str) -> None:
    more = "\n".join(f"{key} = {value}" for key, value in keys.items())
    for document in (PRINT, SOUVENIRS):
        world._catalogues["portal"] = world.connectors["portal"].catalogue()
        world.apply(document.replace("responsible", f"{more}\nresponsible") + fields)


def settled(world: HttpWorld, *args: Any, **more: Any) -> OrderRef:
    order = world.order(*args, **more)
    world.settle()
    return order


def in_step(world: HttpWorld, order: OrderRef, total: str) -> list[tuple[str, Decimal, Decimal]]:
    """Assert that the deal costs that much, by its amount and by its rows; return the rows."""
    rows = world.rows(order)
    assert Decimal(str(world.deal(order)["opportunity"])) == Decimal(total)
    assert sum(quantity * price for _, quantity, price in rows) == Decimal(total)
    assert world.differences(order) == {}
    return rows


@pytest.mark.covers("C53", "R132")
def test_a_voucher_of_75_on_an_order_of_85_leaves_10(world: HttpWorld) -> None:
    voucher = {"name": "Сертификат", "total": "-75.00"}
    item = [{"name": "Кружка", "product_id": 10, "price": "85.00"}]
    more = {"fields": {"fee_lines": [voucher]}, "shipping": None}
    order = settled(world, WOO, items=item, **more)
    assert ("Сертификат", 1, Decimal("-75.00")) in in_step(world, order, "10.00")
    asking(world, bonuses='"discount"')
    spread = settled(world, WOO, items=item, **more)
    assert in_step(world, spread, "10.00") == [("Кружка", 1, Decimal("10.00"))]


@pytest.mark.covers("C53", "C54", "R132")
def test_tax_is_counted_once_and_net_prices_are_not_taken_for_gross(world: HttpWorld) -> None:
    world.woo.store.catalogue.tax_rates.append(TaxRate(1, "НДС", Decimal(19)))
    order = settled(world, WOO, items=[{"name": "Кружка", "product_id": 10, "price": "57.98"}], shipping=None)
    assert in_step(world, order, "69.00") == [("Кружка", 1, Decimal("69.00"))]
    row = world.portal.core.state.rows["D", int(world.deal(order)["id"])][0]
    assert (row.tax_rate, row.tax_included, row.price_exclusive) == (Decimal(19), True, Decimal("57.98"))
    net = world.order(SITE, items=[{"name": "Визитки", "price": "57.50", "vatRate": "0.2"}], delivery_price="0")
    item = world.site.store.order(int(net.id))["basketItems"][0]
    item["vatIncluded"] = "N"
    world.site.store.order(int(net.id))["price"] = Decimal("69.00")
    world.settle()
    assert in_step(world, net, "69.00") == [("Визитки", 1, Decimal("69.00"))]


@pytest.mark.covers("C55", "R19", "R29", "R281", "R282")
def test_discounts_to_the_kopeck_are_taken_once(world: HttpWorld) -> None:
    world.woo.store.catalogue.coupons.append(Coupon("spring", "percent", Decimal("3.33")))
    order = settled(
        world, WOO, items=[MUGS, {**MUGS, "name": "Кепка", "price": "33.33", "quantity": 1}], coupon="spring"
    )
    total = str(world.total(order))
    rows = in_step(world, order, total)
    assert Decimal(total) == Decimal("333.33") - Decimal("11.10") + Decimal("300.00")
    assert sum(quantity for name, quantity, _ in rows if name == "Кружка") == 3
    site = settled(world, SITE, discount="3.33")
    in_step(world, site, str(world.total(site)))


@pytest.mark.covers("C56", "R30")
def test_fees_and_the_currency_of_the_order_are_not_lost(world: HttpWorld) -> None:
    fee = {"name": "Упаковка", "total": "49.90"}
    more: dict[str, Any] = {"items": [MUGS], "fields": {"fee_lines": [fee], "currency": "USD"}}
    unknown = settled(world, WOO, **more)
    assert world.differences(unknown) == {"record": "refused"}
    call(world.portal, "crm.currency.add", fields={"CURRENCY": "USD", "AMOUNT_CNT": 1, "AMOUNT": 90})
    order = settled(world, WOO, **more)
    assert ("Упаковка", 1, Decimal("49.90")) in in_step(world, order, "649.90")
    assert world.deal(order)["currencyId"] == "USD"


@pytest.mark.covers("C57")
def test_prices_of_four_decimals_and_bonus_points_survive_a_status(world: HttpWorld) -> None:
    order = world.order(SITE, items=[{"name": "Наклейка", "price": "1.00", "quantity": 300}])
    line = world.site.store.order(int(order.id))["basketItems"][0]
    line["price"] = line["basePrice"] = Decimal("0.3333")
    world.site.store.edit(int(order.id), {"comments": "пересчитан"})
    world.settle()
    in_step(world, order, "399.99")
    points = {"name": "Бонусы", "total": "-50.00"}
    paid = settled(world, WOO, items=[MUGS], fields={"fee_lines": [points], "status": "processing"})
    world.woo.store.edit(int(paid.id), {"status": "completed"})
    world.settle()
    assert ("Бонусы", 1, Decimal("-50.00")) in in_step(world, paid, "550.00")


REFUNDS = """
"payment.status"   = { to = "UF_CRM_PAY_STATUS" }
"payment.refunded" = { to = "UF_CRM_REFUNDED" }
"""


@pytest.mark.covers("C58")
@pytest.mark.parametrize(("refunds", "left"), [("keep", ("600.00", "600.00")), ("subtract", ("500.00", "0.00"))])
def test_refunds_never_make_totals_wrong(world: HttpWorld, refunds: str, left: tuple[str, str]) -> None:
    asking(world, REFUNDS, refunds=f'"{refunds}"')
    order = settled(world, WOO, items=[MUGS], fields={"set_paid": True, "payment_method": "bacs"})
    in_step(world, order, "600.00")
    assert world.deal(order)["UF_CRM_PAY_STATUS"] == "paid"
    for back, rest, status in (("100.00", left[0], "paid"), ("500.00", left[1], "refunded")):
        world.clock.advance(1)
        world.woo.store.refund(int(order.id), back)
        world.settle()
        deal = world.deal(order)
        assert Decimal(str(deal["opportunity"])) == Decimal(rest)
        assert sum(quantity * price for _, quantity, price in world.rows(order)) == Decimal(rest)
        assert deal["UF_CRM_PAY_STATUS"] == status
    assert Decimal(str(world.deal(order)["UF_CRM_REFUNDED"])) == Decimal(600)


PAYMENTS = """
"payment.method" = { to = "UF_CRM_PAY", way = "<->", policy = "ask", values = { cod = "наличные", bacs = "счёт" } }
"payment.paid"   = { to = "UF_CRM_PAID" }
"payments"       = { to = "UF_CRM_PAYMENTS" }
"""


@pytest.mark.covers("R14", "R15", "R113", "R162")
def test_the_payment_method_makes_the_round_trip_and_its_fact_is_told(world: HttpWorld) -> None:
    world._catalogues["portal"] = world.connectors["portal"].catalogue()
    world.apply(SOUVENIRS + PAYMENTS)
    order = settled(world, WOO, fields={"status": "pending"})
    assert (world.deal(order)["UF_CRM_PAY"], world.deal(order)["UF_CRM_PAID"]) == ("наличные", "N")
    world.clock.advance(1)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"UF_CRM_PAY": "счёт"})
    world.settle()
    shown = world.woo.store.order(int(order.id))
    assert (shown["payment_method"], shown["payment_method_title"]) == (
        "bacs",
        world.woo.store.catalogue.gateways["bacs"],
    )
    world.woo.store.pay(int(order.id))
    world.settle()
    deal = world.deal(order)
    assert (deal["UF_CRM_PAY"], deal["UF_CRM_PAID"]) == ("счёт", "Y")
    assert "751.65 RUB · 2026-03-0" in deal["UF_CRM_PAYMENTS"]


@pytest.mark.covers("C33")
def test_a_payment_nobody_has_mapped_holds_its_own_order_and_names_itself(world: HttpWorld) -> None:
    world._catalogues["portal"] = world.connectors["portal"].catalogue()
    world.apply(SOUVENIRS + PAYMENTS)
    odd = world.order(WOO, fields={"payment_method": "crypto", "payment_method_title": "Crypto"})
    good = settled(world, WOO)
    assert world.deals(odd) == []
    assert world.differences(odd) == {"payment.method": "unmapped"}
    assert "'crypto'" in next(iter(world.storage.differences.list(odd))).difference.text.ru
    in_step(world, good, "751.65")


@pytest.mark.covers("R121", "C33")
def test_a_method_the_site_refuses_is_held_and_all_else_of_the_order_flows(world: HttpWorld) -> None:
    world._catalogues["portal"] = world.connectors["portal"].catalogue()
    way = '"payment.method" = { to = "UF_CRM_PAY", way = "<->", values = { 2 = "карта", 99 = "крипта" } }\n'
    world.apply(PRINT + way)
    order = settled(world, SITE, fields={"paySystemId": 2})
    assert world.deal(order)["UF_CRM_PAY"] == "карта"
    world.clock.advance(1)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"UF_CRM_PAY": "крипта", "UF_CRM_TRACK": "RB1"})
    world.settle()
    assert world.differences(order) == {"payment.method": "refused"}
    assert world.site.store.order(int(order.id))["shipments"][-1]["trackingNumber"] == "RB1"


@pytest.mark.covers("R266", "R26", "R280", "R131")
def test_a_deal_has_all_that_analytics_need(world: HttpWorld) -> None:
    world.apply(PRINT.replace("responsible", 'source = "WEB"\nresponsible'))
    deal = world.deal(settled(world))
    assert (deal["sourceId"], deal["currencyId"], deal["categoryId"]) == ("WEB", "RUB", 2)
    assert all(deal[key] for key in ("opportunity", "stageId", "begindate", "assignedById", "contactIds"))


def test_an_order_of_ten_thousand_rows_is_held_and_others_go_on(world: HttpWorld) -> None:
    huge = world.order(SITE, items=[{"name": f"Лот {n}", "price": "1.00"} for n in range(10_000)])
    large = world.order(SITE, items=[{"name": f"Лот {n}", "price": "1.00"} for n in range(900)])
    good = settled(world, WOO)
    assert world.deals(huge) == []
    assert world.differences(huge) == {"record": "refused"}
    assert "one_line" in next(iter(world.storage.differences.list(huge))).difference.text.ru
    in_step(world, large, "1200.00")
    in_step(world, good, "751.65")
    asking(world, lines='"one_line"')
    world.settle()
    assert len(in_step(world, huge, "10300.00")) == 1
