"""An order of the API in our words."""

import json
from decimal import Decimal

import pytest

from sverka.config.check import check
from sverka.connectors.pixlpark import notices
from sverka.connectors.pixlpark.goods import lines_of
from sverka.connectors.pixlpark.orders import Terms, order_of
from sverka.connectors.pixlpark.statuses import known_as, sent_as
from sverka.domain.commerce.lines import sum_of
from sverka.domain.errors import Forged, Misconfigured, Rejected
from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite

FIRM = {"id": "12", "name": "Ким Анна", "phone": "+79990000001", "account": "20", "inn": "7707083893"}


def shown(shop, order, **settings):
    return shop.store(**settings).read([order])[order]


def test_what_the_settings_tell_stands_beside_what_the_api_tells(shop):
    told = {"sites": "1164=print.example", "order_url": "https://p.example/o/{id}", "currency": "BYN"}
    (order,) = shop.place(PaymentSystemUniqueId="yk-1")
    found = shown(shop, order, **told, payments="yk-1=ЮKassa; cash=Наличные")
    assert (found.get("site"), found.get("site.host"), found.get("currency")) == ("1164", "print.example", "BYN")
    assert (found.url, found.get("payment.method_name")) == (f"https://p.example/o/{order}", "ЮKassa")


@pytest.mark.parametrize("setting", ["1164", "=x", "1164=; 2=y"])
def test_a_list_that_is_none_is_refused_before_anything_is_sent(shop, setting):
    with pytest.raises(Misconfigured, match="sites"):
        shop.store(sites=setting)
    with pytest.raises(Misconfigured, match="rate"):
        shop.store(rate="fast")


@pytest.mark.covers("R268", "R269", "R270")
def test_a_person_and_an_organisation_are_told_apart(shop):
    (one,), (firm,) = shop.place(), shop.place(customer=FIRM)
    person, company = shown(shop, one), shown(shop, firm)
    assert (person.get("client"), person.get("customer.external_id")) == ("person", "10")
    assert (person.get("customer.phone"), person.get("customer.email")) == ("+79990000001", "anna@example.test")
    assert (company.get("client"), company.get("company.inn")) == ("organisation", "7707083893")
    assert company.get("company.name") == "Организация, ИНН 7707083893"


def test_a_buyer_without_a_profile_of_his_own_is_the_one_the_goods_go_to(shop):
    (order,) = shop.place(UserAdditionalInfo=None)
    assert (shown(shop, order).get("customer.name"), shown(shop, order).get("customer.email")) == ("Ким Анна", "")


def test_payments_in_part_and_in_full(shop):
    store, (order,) = shop.store(), shop.place()
    assert store.read([order])[order].get("payment.status") == "unpaid"
    shop.kept.pay(int(order), "200")
    half = store.read([order])[order]
    assert (half.get("payment.status"), half.get("payment.total")) == ("partly", Decimal(200))
    assert half.get("payment.paid") is False
    shop.kept.pay(int(order))
    whole = store.read([order])[order]
    assert (whole.get("payment.status"), whole.get("payment.paid_at")) == ("paid", shop.clock.now())


@pytest.mark.covers("R277")
def test_no_archive_is_told_before_it_can_be_opened(shop):
    (order,) = shop.place(RenderStatus="Rendering", DownloadLink="https://x.example/dead")
    assert shown(shop, order).get("property.DownloadLink") == ""
    shop.kept.render(int(order), "https://x.example/a.zip")
    assert shown(shop, order).get("property.DownloadLink") == "https://x.example/a.zip"


def test_what_was_chosen_of_a_product_is_told(shop):
    chosen = {"skus": [{"Name": "Тираж", "Value": "100"}], "options": [{"Title": "Бумага", "Description": "Матовая"}]}
    (order,) = shop.place(items=[{"name": "Визитки", "price": "10", "quantity": 5, **chosen}])
    (line, _) = shown(shop, order).get("lines")
    assert line.properties == (("Тираж", "100"), ("Бумага", "Матовая"))


ITEMS = [
    {"Id": 1, "Name": "A", "Quantity": 3, "TotalPrice": "100.00", "DiscountPrice": "10.00"},
    {"Id": 2, "Name": "B", "Quantity": 1, "TotalPrice": "50.00", "DiscountPrice": 0},
]


@pytest.mark.covers("R281")
@pytest.mark.parametrize(
    ("due", "totals"),
    [
        ("150", ["100.00", "50.00"]),
        ("140", ["90.00", "50.00"]),
        ("149.99", ["99.99", "50.00"]),
        ("100.01", ["66.67", "33.34"]),
        ("0", ["0.00", "0.00"]),
        ("151", ["100.00", "50.00"]),
    ],
)
def test_items_add_up_to_what_the_order_costs_where_any_reading_of_their_discounts_does(due, totals):
    lines = lines_of(ITEMS, Decimal(due))
    assert [str(line.total) for line in lines] == totals
    assert sum_of(lines) == Decimal(due) or due == "151"


def test_an_order_of_the_api_is_read_as_it_was_recorded(sample):
    row = sample("order_api.json")["Result"][0]
    order = order_of(row, [{"Id": 1, "Name": "Визитки", "Quantity": 100, "TotalPrice": 1800}], Terms())
    assert (order.id, order.status, order.total, order.delivery) == ("1000001", "NotProcessed", 2010, 390)
    assert (order.customer.name, order.person_type, order.created_at.year) == ("Иван Петров", "company", 2021)
    assert sum_of(order.lines) == Decimal(1620)
    assert order.properties["DownloadLink"] == "https://cdn.example/orders/1000001.zip"


def test_a_recorded_webhook_rings_and_its_order_can_be_read(sample):
    row = sample("order_message_dto.json")
    (notice,) = notices.read(json.dumps(row).encode())
    assert notice.id == "5811695"
    order = order_of(row, [], Terms())
    assert (order.payments[0].paid_at.isoformat(), order.total) == ("2025-12-24T06:41:38+00:00", 1600)
    assert (order.shipments[0].service, order.customer.email) == ("8106", "andrew@pixlpark.com")


@pytest.mark.parametrize(
    ("body", "rings"),
    [
        (b'{"Id": 7, "Status": "Printed"}', ["7"]),
        (b'{"Id": "7", "PhotolabId": 1}', ["7"]),
        (b'{"Id": 900, "OrderId": 7, "BodySource": "x"}', ["7"]),
        (b'[{"Id": 7, "Status": ""}, {"Id": 8, "Status": ""}]', ["7", "8"]),
    ],
)
def test_a_webhook_rings_for_the_order_it_is_about(body, rings):
    assert [notice.id for notice in notices.read(body)] == rings


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"Id": 7}', b'{"Id": "7/../8", "Status": ""}', b"7", b"\xff"]
)
def test_what_has_not_the_shape_of_a_webhook_rings_for_nothing(body):
    with pytest.raises(Forged):
        notices.read(body)


def test_statuses_have_one_name_each():
    assert (known_as("Fulfilled"), known_as("Printed"), known_as("Own")) == ("Printed", "Printed", "Own")
    assert (sent_as("cancelled"), sent_as("Printed")) == ("Cancelled", "Printed")


def test_deleted_is_never_sent_and_a_profile_that_names_it_does_not_pass(shop):
    store, (order,) = shop.store(), shop.place()
    refused = store.write([OrderWrite(order, {"status": "Deleted"})], free)[order]
    assert isinstance(refused, Rejected)
    assert "насовсем" in refused.say("ru")
    assert shop.kept.order(int(order))["Status"] == "NotProcessed"
    text = 'schema = 1\nprofile = "p"\nstore = "shop"\nportal = "b24"\n[status]\ncancel = ["LOSE"]\nmap = [{ status = '
    fields = store.catalogue()
    for status, is_bad in (("Printed", False), ("Deleted", True)):
        said = check(f'{text}"{status}", stage = ["NEW"] }}]\n', fields, None)
        assert any(status in one.say("en") and one.bad for one in said) is is_bad


def test_a_status_it_has_already_is_not_sent_again(shop):
    store, (order,) = shop.store(notify="all"), shop.place()
    for _ in range(2):
        store.write([OrderWrite(order, {"status": "Printed"})], free)
    assert shop.kept.notified == [(int(order), "Printed")]
    assert shop.asked("POST /orders/{id}/status") == 1


def test_what_the_answer_calls_an_error_is_a_refusal(shop):
    store, (order,) = shop.store(), shop.place()
    shop.server.rest._move = lambda *_: [[{"Type": "error", "Description": "Заказ не оплачен"}]]
    refused = store.write([OrderWrite(order, {"status": "Printed"})], free)[order]
    assert "Заказ не оплачен" in refused.say("ru")
    shop.server.rest._move = lambda *_: [[{"Type": "success", "Description": "ok"}]]
    assert "NotProcessed" in store.write([OrderWrite(order, {"status": "Printed"})], free)[order].say("en")


def test_an_id_is_a_text_or_a_number(shop):
    store, (order,) = shop.store(), shop.place()
    shop.server.rest._result = lambda call: [] if "items" in call.path else [shop.kept.order(int(order))]
    assert store.read([order, OrderId("abc")])[order].id == order


def test_a_look_costs_two_requests_and_a_new_status_four(shop):
    store, (order,) = shop.store(), shop.place()
    store.read([order])
    shop.server.log.clear()
    store.read([order])
    assert shop.server.log.counts() == {"GET /orders/{id}": 1, "GET /orders/{id}/items": 1}
    shop.server.log.clear()
    store.write([OrderWrite(order, {"status": "Printing"})], free)
    one, items, post = "GET /orders/{id}", "GET /orders/{id}/items", "POST /orders/{id}/status"
    assert shop.server.log.counts() == {one: 2, post: 1, items: 1}
