"""Orders made on the site of deals: marked at once, of the right payer type, filled, and never made twice."""

from decimal import Decimal

import pytest

from sverka.connectors.bitrix_site import BitrixSite
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.errors import Later, Misconfigured, Rejected, Unanswered
from sverka.ports.guard import free
from sverka.ports.store import NewOrderWrite, OrderWrite, Wrote
from sverka.sandbox.bitrix_site.catalogue import CARD, COMPANY, COURIER, INDIVIDUAL

MARK = "portal/57"
CARDS = Line("Визитки", Decimal(3), Decimal("451.65"), tax_rate=Decimal(20), xml_id="cards")
POST = Line("Курьер", Decimal(1), Decimal("300.00"))


def make(site, currency="", **fields):
    given = {key.replace("__", "."): value for key, value in fields.items()}
    return site.create([NewOrderWrite(1, MARK, given, currency)], free)[1]


def only(shop):
    (order,) = shop.orders.values()
    return order


def values(order):
    return {row["code"]: row["value"] for row in order["propertyValues"]}


@pytest.mark.covers("R8", "R114")
def test_an_order_has_its_client_goods_delivery_and_payment(site, shop):
    wrote = make(
        site, customer__name="Ким Анна", customer__phone="+79990000001", customer__email="kim@example.test",
        lines=(CARDS, POST), payment__method=str(CARD), status="P", comment__manager="звонили",
    )  # fmt: skip
    assert isinstance(wrote, Wrote)
    assert not wrote.refused
    order = only(shop)
    assert (order["xmlId"], order["personTypeId"], order["statusId"]) == ("sverka/hub-1/portal/57", INDIVIDUAL, "P")
    assert values(order) == {"FIO": "Ким Анна", "PHONE": "+79990000001", "EMAIL": "kim@example.test"}
    (item,) = order["basketItems"]
    assert (item["name"], item["quantity"], item["price"], item["productXmlId"]) == (
        "Визитки", 3, Decimal("150.55"), "cards",
    )  # fmt: skip
    (shipment,) = [row for row in order["shipments"] if row["system"] == "N"]
    assert (shipment["deliveryId"], shipment["priceDelivery"], shipment["deducted"]) == (COURIER, Decimal(300), "N")
    assert [(row["basketId"], row["quantity"]) for row in shipment["shipmentItems"]] == [(item["id"], 3)]
    (payment,) = order["payments"]
    assert (payment["paySystemId"], payment["sum"], payment["paid"]) == (CARD, Decimal("751.65"), "N")
    assert wrote.after == site.read([wrote.after.id])[wrote.after.id]
    assert (wrote.after.mark, wrote.after.get("total")) == (MARK, Decimal("751.65"))


def test_a_company_is_a_legal_persons_order(site, shop):
    make(site, company__name="ООО Ромашка", company__inn="7701000001", customer__email="buh@example.test")
    order = only(shop)
    assert order["personTypeId"] == COMPANY
    assert values(order) == {"COMPANY": "ООО Ромашка", "INN": "7701000001", "EMAIL": "buh@example.test"}


def test_a_property_that_legal_persons_alone_have_tells_as_much(site, shop):
    make(site, property__INN="7701000001")
    assert only(shop)["personTypeId"] == COMPANY


def test_a_person_is_one_though_legal_persons_stand_first(site, shop):
    shop.catalogue.person_types[1]["sort"] = "10"
    make(site, customer__name="Ким Анна")
    assert only(shop)["personTypeId"] == INDIVIDUAL


def test_payer_types_out_of_use_are_not_taken(site, shop):
    shop.catalogue.person_types[0]["active"] = "N"
    make(site, customer__name="Ким Анна")
    assert only(shop)["personTypeId"] == COMPANY


def test_a_shop_without_payer_types_says_so_and_nothing_is_sent(site, shop):
    shop.catalogue.person_types.clear()
    problem = make(site)
    assert isinstance(problem, Misconfigured)
    assert shop.orders == {}


def test_site_currency_and_user_are_the_shops_usual_ones_or_those_told(site, server, shop, kit, placed):
    shop.catalogue.site = "s2"
    placed(fields={"currency": "KZT"})
    make(site)
    made = shop.orders[2]
    assert (made["lid"], made["currency"], made["userId"]) == ("s2", "KZT", shop.user_id)
    told = BitrixSite(server.webhook_url, "", kit, "s2", "77")
    told.create([NewOrderWrite(1, "portal/58", {}, "USD")], free)
    told.close()
    made = shop.orders[3]
    assert (made["lid"], made["currency"], made["userId"]) == ("s2", "USD", 77)


def test_paid_shipped_and_tracked_in_one_go(site, shop):
    wrote = make(
        site, lines=(CARDS,), payment__method=str(CARD), payment__paid=True,
        delivery__method=str(COURIER), delivery__track="RA1", delivery__shipped=True,
    )  # fmt: skip
    assert not wrote.refused
    order = only(shop)
    (shipment,) = [row for row in order["shipments"] if row["system"] == "N"]
    assert (order["payed"], shipment["deducted"], shipment["trackingNumber"]) == ("Y", "Y", "RA1")
    assert len(shipment["shipmentItems"]) == 1
    assert shipment["priceDelivery"] == 0, "no row of the deal pays for delivery"
    assert order["payments"][0]["sum"] == order["price"] == Decimal("451.65")


def test_without_rows_delivery_costs_what_the_service_does(site, shop):
    make(site, delivery__method=str(COURIER))
    assert only(shop)["price"] == Decimal(300)


def test_what_the_site_refuses_is_named_and_the_rest_is_there(site, shop):
    wrote = make(site, property__PAPER="no such", delivery__track="RA1", customer__name="Ким Анна", payment__paid=True)
    assert set(wrote.refused) == {"property.PAPER", "delivery.track", "payment.paid"}
    assert values(only(shop)) == {"FIO": "Ким Анна"}
    assert "choose a delivery service in the deal" in wrote.refused["delivery.track"].text.en


def test_the_only_field_refused_leaves_the_order_made(site, shop):
    wrote = make(site, property__PAPER="no such")
    assert isinstance(wrote, Wrote)
    assert set(wrote.refused) == {"property.PAPER"}
    assert only(shop)["xmlId"] == "sverka/hub-1/portal/57"


def test_a_status_the_site_does_not_know_makes_no_order(site, shop):
    assert isinstance(make(site, status="ZZ"), Rejected)
    assert shop.orders == {}


def test_a_cancelled_one_is_filled_and_then_cancelled(site, shop):
    wrote = make(site, status=CANCELLED, customer__name="Ким Анна")
    assert not wrote.refused
    assert (only(shop)["canceled"], values(only(shop))) == ("Y", {"FIO": "Ким Анна"})


def test_defaults_of_the_shop_are_kept(site, shop):
    shop.catalogue.properties[3]["defaultValue"] = "Тверь"
    make(site, customer__name="Ким Анна")
    assert values(only(shop)) == {"FIO": "Ким Анна", "CITY": "Тверь"}


@pytest.mark.parametrize("skip", [0, 1, 2])
@pytest.mark.parametrize("fault", ["closed_after_commit", "truncated", "html_503", "429", "401"])
def test_wherever_it_breaks_off_there_is_one_order_and_its_mark_finds_it(site, server, shop, fault, skip):
    server.faults.arm(fault, on="batch", skip=skip)
    answer = make(site, customer__name="Ким Анна", lines=(CARDS,))
    left = len(shop.orders)
    if skip:
        assert isinstance(answer, Unanswered), "the order is there, whatever its filling met"
    elif left:
        assert isinstance(answer, Unanswered)
    found = site.find([MARK])[MARK]
    assert len(found) == left == (0 if (skip, fault) in {(0, "html_503"), (0, "429"), (0, "401")} else 1)
    assert [one.mark for one in found] == [MARK] * left


def test_an_order_left_half_made_is_filled_by_a_write(site, server, shop):
    server.faults.arm("429", on="batch", skip=1)
    make(site, lines=(CARDS, POST), payment__method=str(CARD))
    (found,) = site.find([MARK])[MARK]
    fields = {"lines": (CARDS, POST), "payment.method": str(CARD), "customer.name": "Ким Анна"}
    wrote = site.write([OrderWrite(found.id, fields)], free)[found.id]
    assert not wrote.refused
    order = only(shop)
    assert (order["payments"][0]["sum"], order["price"]) == (Decimal("751.65"), Decimal("751.65"))
    assert [len(row["shipmentItems"]) for row in order["shipments"]] == [0, 1]


def test_a_shop_that_cannot_be_read_is_asked_later(site, server, shop):
    server.faults.arm("closed_after_commit")
    assert isinstance(make(site), Later)
    assert shop.orders == {}


def test_many_orders_are_begun_in_one_request(site, server, shop):
    site.read(["1"])
    make(site)
    server.log.clear()
    done = site.create([NewOrderWrite(key, f"portal/{key}", {"customer.name": "Ким"}) for key in range(2, 32)], free)
    assert all(isinstance(one, Wrote) for one in done.values())
    assert server.log.counts() == {"sale.order.list": 1, "batch": 1 + 1 + 2}
    assert len(shop.orders) == 31


def test_marks_are_looked_for_together_and_told_apart_to_the_letter(site, server, shop, placed):
    for key, mark in enumerate(("portal/5", "portal/57", "Portal/57")):
        site.create([NewOrderWrite(key, mark, {})], free)
    placed(fields={"xmlId": "portal/57"})
    other = placed(fields={"xmlId": "sverka/hub-2/portal/57"})
    assert site.read([other])[other].mark == ""
    site.read(["1"])
    server.log.clear()
    found = site.find(["portal/5", "portal/57", "portal/571"])
    assert {mark: [one.mark for one in some] for mark, some in found.items()} == {
        "portal/5": ["portal/5"], "portal/57": ["portal/57"], "portal/571": [],
    }  # fmt: skip
    assert server.log.counts() == {"sale.order.list": 1, "batch": 1}
    server.log.clear()
    assert site.find(["portal/99"]) == {"portal/99": []}
    assert server.log.counts() == {"sale.order.list": 1}


def test_goods_added_to_an_order_go_into_its_shipment(site, shop, placed):
    id_ = placed(items=[{"name": "Визитки", "price": "150.55", "quantity": 3}], delivery_price="0")
    wrote = site.write([OrderWrite(id_, {"lines.goods": (CARDS, Line("Дизайн", Decimal(1), Decimal(1000)))})], free)[
        id_
    ]
    assert not wrote.refused
    (shipment,) = [row for row in shop.order(id_)["shipments"] if row["system"] == "N"]
    assert {row["basketId"] for row in shipment["shipmentItems"]} == {
        row["id"] for row in shop.order(id_)["basketItems"]
    }


@pytest.mark.covers("R139")
def test_rows_with_a_code_of_the_shops_catalogue_are_its_products(site, shop, server):
    shop.catalogue.products[0]["xmlId"] = "cards"
    shop.catalogue.products[1]["xmlId"] = shop.catalogue.products[2]["xmlId"] = "twice"
    twins = Line("Листовки", Decimal(1), Decimal(10), xml_id="twice")
    make(site, lines=(CARDS, twins, Line("Дизайн", Decimal(1), Decimal(100))))
    assert [(row["name"], row["productId"]) for row in only(shop)["basketItems"]] == [
        ("Визитки", 101), ("Листовки", 0), ("Дизайн", 0),
    ]  # fmt: skip
    server.log.clear()
    site.write([OrderWrite("1", {"lines": (CARDS, twins)})], free)
    assert not server.log.count("catalog.product.list"), "they are in the order by now"


def test_without_the_right_to_the_catalogue_rows_are_goods_of_none(site, shop):
    shop.scopes -= {"catalog"}
    assert not make(site, lines=(CARDS, POST)).refused
    assert [row["productId"] for row in only(shop)["basketItems"]] == [0]
    assert only(shop)["price"] == Decimal("751.65")
