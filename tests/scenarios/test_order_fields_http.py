"""What every order has, in fields of the deal: numbers, links, comments, methods, payment, coupons; and bad input."""

from collections.abc import Iterator
from datetime import date, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.request import urlopen

import pytest

from support.field_pairs import add_property, joined, raw, site_order
from support.http_world import PRINT, SITE, SOUVENIRS, WOO, HttpWorld
from sverka.config.check import check
from sverka.sandbox.portal.crm.fields import DEAL
from sverka.sandbox.portal.crm.user_fields import remove

FIELDS = {
    "ID_TEXT": "string", "ID_NUMBER": "integer", "PLACED": "datetime", "LINK": "url", "NOTE": "string",
    "MANAGER": "string", "DELIVERY": "string", "PAYMENT": "string", "PAID": "string", "COUPONS": "string",
    "COUPON_LIST": "string",
}  # fmt: skip
ROWS = """
"order.id"             = { to = "UF_CRM_ID_TEXT" }
"order.created_at"     = { to = "UF_CRM_PLACED" }
"order.url"            = { to = "UF_CRM_LINK" }
"comment.customer"     = { to = "UF_CRM_NOTE" }
"comment.manager"      = { to = "UF_CRM_MANAGER", way = "<->" }
"delivery.method_name" = { to = "UF_CRM_DELIVERY" }
"payment.method_name"  = { to = "UF_CRM_PAYMENT" }
"payment.status"       = { to = "UF_CRM_PAID", values = { paid = "Оплачен", partly = "Частично", unpaid = "Нет" } }
"coupons"              = { to = "UF_CRM_COUPONS" }
"{order.url}\\n{property.ARCHIVE}" = { to = "comments" }
"property.ARCHIVE"     = { to = "UF_CRM_ARCHIVE" }
"delivery.method"      = { to = "UF_CRM_SERVICE", way = "<->", by_name = true }
"payment.method"       = { to = "UF_CRM_SYSTEM", way = "<->", by_name = true }
"""


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        add_property(world, "ARCHIVE", "STRING")
        for name, kind in FIELDS.items():
            world.portal.add_field(DEAL, name, kind)
        world.portal.add_field(DEAL, "ARCHIVE", "url")
        world.portal.add_field(DEAL, "SERVICE", "enumeration", options=["Курьер", "Самовывоз"])
        systems = [str(row["NAME"]) for row in world.site.store.catalogue.pay_systems]
        world.portal.add_field(DEAL, "SYSTEM", "enumeration", options=systems)
        document = joined(world, ROWS)
        fields = world._catalogues
        assert [one.say("en") for one in check(document, fields[SITE], fields["portal"]) if one.bad] == []
        yield world


def seen(world: HttpWorld, order: Any, name: str) -> Any:
    return world.deal(order).get(f"UF_CRM_{name}")


@pytest.mark.covers("R16", "R17", "R60", "R62", "R63", "R64", "R65", "R66", "R67", "R70", "R113", "R279")
def test_a_new_deal_has_what_the_order_has(world: HttpWorld) -> None:
    items = [
        {"name": "Визитки", "price": "150.55", "quantity": 1, "discountCoupon": "SPRING"},
        {"name": "Буклет", "price": "10", "quantity": 1, "discountCoupon": "ВЕСНА-2"},
    ]
    order = world.order(SITE, items=items, fields={"userDescription": "Позвоните\nзаранее"})
    world.site.store.order(int(order.id))["accountNumber"] = "A-100/7"
    placed = world.site.store.order(int(order.id))["dateInsert"]
    world.settle()
    assert seen(world, order, "ID_TEXT") == order.id
    assert seen(world, order, "ORDER_NUMBER") == "A-100/7"
    assert seen(world, order, "PLACED") == placed
    assert seen(world, order, "NOTE") == "Позвоните\nзаранее"
    assert seen(world, order, "DELIVERY") == "Курьер"
    assert seen(world, order, "PAYMENT") == world.site.store.order(int(order.id))["payments"][0]["paySystemName"]
    assert seen(world, order, "COUPONS") == "SPRING, ВЕСНА-2"
    with urlopen(seen(world, order, "LINK")) as page:
        assert "A-100/7" in page.read().decode()
    assert world.differences(order) == {}


@pytest.mark.covers("R62")
def test_an_orders_id_goes_to_a_field_of_numbers(world: HttpWorld) -> None:
    joined(world, '"order.id" = { to = "UF_CRM_ID_NUMBER" }')
    order = world.order()
    world.settle()
    assert seen(world, order, "ID_NUMBER") == int(order.id)


@pytest.mark.covers("R276", "R277")
def test_the_comment_holds_the_link_and_the_archive_once_there_is_one(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    link = seen(world, order, "LINK")
    assert (world.deal(order)["comments"], seen(world, order, "ARCHIVE")) == (link, None)
    world.clock.advance(1)
    world.site.store.set_properties(int(order.id), {"ARCHIVE": "https://shop.test/archive/1.zip"})
    world.settle()
    assert world.deal(order)["comments"] == f"{link}\nhttps://shop.test/archive/1.zip"


@pytest.mark.covers("R61")
def test_a_managers_comment_goes_both_ways(world: HttpWorld) -> None:
    order = world.order(SITE, fields={"comments": "из магазина"})
    world.settle()
    assert seen(world, order, "MANAGER") == "из магазина"
    world.clock.advance(1)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"UF_CRM_MANAGER": "с портала\n2"})
    world.settle()
    assert world.site.store.order(int(order.id))["comments"] == "с портала\n2"


@pytest.mark.covers("R66", "R67", "R113")
def test_another_delivery_and_payment_chosen_in_the_deal_are_the_orders(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    fields = {one.field_name: one for one in world.portal.core.state.user_fields.values()}
    pickup = fields["UF_CRM_SERVICE"].options[1].id
    before = world.site.store.order(int(order.id))["payments"][0]["paySystemName"]
    other = next(one for one in fields["UF_CRM_SYSTEM"].options if one.value != before)
    world.clock.advance(1)
    chosen = {"UF_CRM_SERVICE": str(pickup), "UF_CRM_SYSTEM": str(other.id)}
    world.portal.edit(DEAL, int(world.deal(order)["id"]), chosen)
    world.settle()
    shown = world.site.store.order(int(order.id))
    assert next(row["deliveryName"] for row in shown["shipments"] if row["system"] == "N") == "Самовывоз"
    assert shown["payments"][0]["paySystemName"] == other.value
    assert (seen(world, order, "DELIVERY"), seen(world, order, "PAYMENT")) == ("Самовывоз", other.value)
    assert world.differences(order) == {}


@pytest.mark.covers("R68", "R69")
def test_payment_and_track_follow_changes(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    assert seen(world, order, "PAID") == "Нет"
    world.clock.advance(1)
    world.site.store.pay(int(order.id))
    world.site.store.ship(int(order.id), "RB1")
    world.settle()
    assert (seen(world, order, "PAID"), seen(world, order, "TRACK")) == ("Оплачен", "RB1")
    world.clock.advance(1)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"UF_CRM_TRACK": "RB2"})
    world.settle()
    shipments = world.site.store.order(int(order.id))["shipments"]
    assert [row["trackingNumber"] for row in shipments if row["system"] == "N"] == ["RB2"]


@pytest.mark.covers("R68")
def test_an_order_paid_in_part_says_so_until_the_rest_is_paid(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    shop, number = world.site.store, int(order.id)
    with shop.hit():
        kept = shop.order(number)
        (whole,) = kept["payments"]
        whole["sum"] -= 100
        kept["payments"].append({**whole, "id": whole["id"] + 1, "sum": Decimal(100)})
        shop.set_paid(whole, "Y")
        shop.save(kept)
    world.clock.advance(1)
    shop.edit(number, {"userDescription": "доплачу при получении"})
    world.settle()
    assert seen(world, order, "PAID") == "Частично"
    world.clock.advance(1)
    shop.pay(number)
    world.settle()
    assert seen(world, order, "PAID") == "Оплачен"


@pytest.mark.covers("R56")
@pytest.mark.parametrize("hours", [-11, -3, 0, 3, 12, 14])
def test_a_day_stays_the_day_in_any_zone(hours: int) -> None:
    with HttpWorld([SITE]) as world:
        world.portal.settings.utc_offset_hours = hours
        world.site.store.zone = timezone(timedelta(hours=-hours if abs(hours) <= 12 else 3))
        add_property(world, "DUE", "DATE")
        world.portal.add_field(DEAL, "DUE", "date")
        joined(world, '"property.DUE" = { to = "UF_CRM_DUE", way = "<->" }')
        order = site_order(world, DUE="31.12.2026")
        world.settle()
        assert seen(world, order, "DUE") == date(2026, 12, 31)
        world.clock.advance(1)
        world.portal.edit(DEAL, int(world.deal(order)["id"]), {"UF_CRM_DUE": "2027-01-01"})
        world.settle()
        assert raw(world, order, "DUE") == "01.01.2027"
        assert world.differences(order) == {}


@pytest.mark.covers("R54")
def test_a_sum_goes_in_the_orders_currency_and_one_in_another_is_held() -> None:
    with HttpWorld([WOO]) as world:
        world.portal.add_field(DEAL, "BUDGET", "money")
        world.portal.call("crm.currency.add", {"fields": {"CURRENCY": "USD", "AMOUNT_CNT": 1, "AMOUNT": 90}})
        joined(world, '"property.budget" = { to = "UF_CRM_BUDGET", way = "<->" }', SOUVENIRS)
        order = world.order(WOO, fields={"currency": "USD", "meta_data": [{"key": "budget", "value": "1234.50"}]})
        world.settle()
        assert seen(world, order, "BUDGET") == "1234.50|USD"
        world.clock.advance(1)
        world.portal.edit(DEAL, int(world.deal(order)["id"]), {"UF_CRM_BUDGET": "99|RUB"})
        world.settle()
        [held] = [one for one in world.storage.differences.list(order) if one.difference.key == "property.budget"]
        assert "не в валюте заказа" in held.difference.text.ru


# Bad input: held with what to do, and every other order goes on


@pytest.mark.covers("R53", "C67")
def test_an_address_that_is_none_is_reported_and_not_sent(world: HttpWorld) -> None:
    order, other = site_order(world, ARCHIVE="не ссылка 🎈"), site_order(world, ARCHIVE="https://shop.test/1.zip")
    world.settle()
    [held] = [one for one in world.storage.differences.list(order) if one.difference.key == "property.ARCHIVE"]
    assert "http://" in held.difference.text.ru
    assert world.deals(order) == []
    assert seen(world, other, "ARCHIVE") == "https://shop.test/1.zip"
    world.clock.advance(1)
    world.site.store.set_properties(int(order.id), {"ARCHIVE": "https://shop.test/2.zip"})
    world.settle()
    assert seen(world, order, "ARCHIVE") == "https://shop.test/2.zip"


@pytest.mark.covers("C24")
def test_a_field_that_was_removed_is_told_and_the_rest_flows(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    field = next(one for one in world.portal.core.state.user_fields.values() if one.field_name == "UF_CRM_NOTE")
    with world.portal.lock:
        remove(world.portal.core, field)
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"userDescription": "новое", "statusId": "P"})
    world.settle()
    assert world.differences(order)["comment.customer"] == "gone"
    assert world.deal(order)["stageId"] == "C2:EXECUTING"


def test_a_property_that_changed_its_type_is_told_and_the_rest_flows(world: HttpWorld) -> None:
    add_property(world, "COUNT", "NUMBER")
    world.portal.add_field(DEAL, "COUNT", "integer")
    joined(world, ROWS + '"property.COUNT" = { to = "UF_CRM_COUNT", way = "->" }')
    order = site_order(world, COUNT="5")
    world.settle()
    row = next(row for row in world.site.store.catalogue.properties if row["code"] == "COUNT")
    row["type"] = "STRING"
    world.clock.advance(1)
    world.site.store.set_properties(int(order.id), {"COUNT": "пять"})
    world.site.store.edit(int(order.id), {"statusId": "P"})
    world.settle()
    [held] = [one for one in world.storage.differences.list(order) if one.difference.key == "property.COUNT"]
    assert "не число" in held.difference.text.ru
    assert (world.deal(order)["stageId"], seen(world, order, "COUNT")) == ("C2:EXECUTING", 5)


def test_a_currency_the_portal_lacks_holds_that_order_alone(world: HttpWorld) -> None:
    order, other = world.order(SITE, fields={"currency": "KZT"}), world.order(SITE)
    world.settle()
    assert world.deals(order) == []
    [held] = world.storage.differences.list(order)
    assert held.difference.why == "refused"
    assert "Валюты" in held.difference.text.ru
    assert len(world.deals(other)) == 1


@pytest.mark.covers("R12", "R72")
def test_pairs_that_cannot_be_are_refused_with_their_reason(world: HttpWorld) -> None:
    add_property(world, "FLAG", "Y/N")
    add_property(world, "DAY", "DATE")
    world.portal.add_field(DEAL, "FLAGS", "string", multiple=True)
    world.portal.add_field(DEAL, "COUNT", "integer")
    world.learn()
    fields = world._catalogues

    def said(row: str) -> str:
        return " ".join(one.say("en") for one in check(f"{PRINT}\n{row}\n", fields[SITE], fields["portal"]) if one.bad)

    assert "a CRM has no multiple yes or no" in said('"property.FLAG" = { to = "UF_CRM_FLAGS" }')
    assert "neither can be made of the other" in said('"property.DAY" = { to = "UF_CRM_COUNT" }')
    assert "files go to files only" in said('"property.LAYOUT" = { to = "UF_CRM_NOTE" }')
    assert "sent by `lines`" in said('"lines" = { to = "UF_CRM_NOTE" }')
    assert "is no list" in said('"order.id" = { to = "UF_CRM_MANAGER", by_name = true }')
