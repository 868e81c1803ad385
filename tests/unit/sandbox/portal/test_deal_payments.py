from __future__ import annotations

from base64 import b64decode
from hashlib import sha256
from urllib.parse import urlsplit

import pytest

from sverka.sandbox.portal import RestError
from sverka.sandbox.portal.sale.qr import _modules, png

ROWS = [
    {"productName": "Mug", "price": 100.5, "quantity": 2},
    {"productName": "Pen", "price": 10, "quantity": 1, "taxRate": 20, "taxIncluded": "N"},
]


@pytest.fixture
def deal(result, portal):
    number = portal.create(2, {"currencyId": "RUB"})
    result("crm.item.productrow.set", ownerType="D", ownerId=number, productRows=ROWS)
    return number


@pytest.fixture
def payment(result, deal):
    return result("crm.item.payment.add", entityId=deal, entityTypeId=2)


def refusal(call, *args, **params):
    with pytest.raises(RestError) as caught:
        call(*args, **params)
    return caught.value


def rows(result, deal):
    return result("crm.item.productrow.list", filter={"=ownerType": "D", "=ownerId": deal})["productRows"]


def stage(result, deal):
    return result("crm.item.get", entityTypeId=2, id=deal)["item"]["orderStage"]


def test_the_first_payment_makes_a_hidden_order(result, deal):
    assert [row["xmlId"] for row in rows(result, deal)] == ["", ""]
    assert stage(result, deal) is None
    first = result("crm.item.payment.add", entityId=deal, entityTypeId=2)
    second = result("crm.item.payment.add", entityId=deal, entityTypeId=2)
    listed = result("crm.item.payment.list", entityId=deal, entityTypeId=2, order={"id": "desc"})
    assert [(p["id"], p["accountNumber"], p["sum"], p["paid"]) for p in listed] == [
        (second, "1/2", 0, "N"), (first, "1/1", 0, "N"),
    ]  # fmt: skip
    assert result("crm.orderentity.list")["orderEntity"] == [{"orderId": 1, "ownerId": deal, "ownerTypeId": 2}]
    order = result("sale.order.get", id=1)["order"]
    assert (order["price"], [item["name"] for item in order["basketItems"]]) == (211, ["Mug", "Pen"])
    assert [row["xmlId"] for row in rows(result, deal)] == ["sale_basket_1", "sale_basket_2"]
    assert stage(result, deal) == "NOT_PAID"


def test_rows_in_payments(result, deal, payment):
    mug, pen = (row["id"] for row in rows(result, deal))
    part = result("crm.item.payment.product.add", paymentId=payment, rowId=mug, quantity=1.5)
    result("crm.item.payment.product.add", paymentId=payment, rowId=pen, quantity=1)
    assert result("crm.item.payment.get", id=payment)["sum"] == 160.75
    too_much = refusal(result, "crm.item.payment.product.add", paymentId=payment, rowId=mug, quantity=0.6)
    assert too_much.code == 0
    assert refusal(result, "crm.item.payment.product.setQuantity", id=part, quantity=2.1).code == 0
    result("crm.item.payment.product.setQuantity", id=part, quantity=2)
    assert result("crm.item.payment.product.list", paymentId=payment, filter={"quantity": 2}) == [
        {"id": part, "paymentId": payment, "quantity": 2, "rowId": mug}
    ]
    result("crm.item.payment.product.delete", id=part)
    assert result("crm.item.payment.get", id=payment)["sum"] == 10


def test_the_hidden_basket_follows_the_rows(result, deal, payment):
    mug, _ = (row["id"] for row in rows(result, deal))
    result("crm.item.productrow.update", id=mug, fields={"price": 50, "quantity": 4})
    result("crm.item.payment.product.add", paymentId=payment, rowId=mug, quantity=4)
    assert result("crm.item.payment.get", id=payment)["sum"] == 200
    result("crm.item.productrow.set", ownerType="D", ownerId=deal, productRows=ROWS[1:])
    result("crm.item.payment.add", entityId=deal, entityTypeId=2)
    names = [item["name"] for item in result("sale.order.get", id=1)["order"]["basketItems"]]
    assert names == ["Mug", "Pen"]  # what is in a payment stays


def test_paying_and_taking_it_back(result, deal, payment, portal):
    assert result("crm.item.payment.pay", id=payment) is True
    told = result("crm.item.payment.get", id=payment)
    assert (told["paid"], told["datePaid"], told["empPaidId"]) == ("Y", "2026-05-14T10:26:32+03:00", 1)
    assert stage(result, deal) == "PAID"
    result("crm.item.payment.unpay", id=payment)
    assert result("crm.item.payment.get", id=payment)["datePaid"] is None
    result("crm.item.payment.update", id=payment, fields={"paySystemId": 2, "paid": "Y", "sum": 5})
    told = result("crm.item.payment.get", id=payment)
    assert (told["paySystemName"], told["paid"], told["sum"]) == ("Банковская карта", "Y", 0)
    assert refusal(result, "crm.item.payment.update", id=payment, fields={"paySystemId": 99}).code == 0
    result("crm.item.payment.delete", id=payment)
    assert stage(result, deal) is None


def test_deliveries_of_a_deal(result, deal, payment):
    fields = {"orderId": 1, "allowDelivery": "N", "deducted": "N", "deliveryId": 2, "basePriceDelivery": 300}
    shipment = result("sale.shipment.add", fields=fields)["shipment"]["id"]
    told = result("crm.item.delivery.list", entityId=deal, entityTypeId=2)
    assert [(line["id"], line["accountNumber"], line["priceDelivery"]) for line in told] == [(shipment, "1/2", 300)]
    part = result("crm.item.payment.delivery.add", paymentId=payment, deliveryId=shipment)
    assert result("crm.item.payment.get", id=payment)["sum"] == 300
    listed = result("crm.item.payment.delivery.list", paymentId=payment, filter={"quantity": 1})
    assert listed == [{"id": part, "paymentId": payment, "quantity": 1, "deliveryId": shipment}]
    other = result("sale.shipment.add", fields=fields | {"basePriceDelivery": 50})["shipment"]["id"]
    result("crm.item.payment.delivery.setDelivery", id=part, deliveryId=other)
    assert result("crm.item.payment.get", id=payment)["sum"] == 50
    assert refusal(result, "crm.item.payment.delivery.add", paymentId=payment, deliveryId=99).code == 0


def test_an_order_has_one_owner_and_forgets_a_deleted_one(result, portal, deal, payment):
    other = portal.create(2, {})
    taken = {"orderId": 1, "ownerTypeId": 2, "ownerId": deal}
    assert refusal(result, "crm.orderentity.add", fields=taken).code == 201650000001
    assert refusal(result, "crm.orderentity.add", fields=taken | {"ownerId": other}).code == 0
    assert refusal(result, "crm.orderentity.add", fields=taken | {"orderId": 9}).code == 200540400001
    portal.delete(2, deal)
    assert result("crm.orderentity.list")["orderEntity"] == []
    assert result("crm.orderentity.add", fields=taken | {"ownerId": other})["dealOrder"]["ownerId"] == other
    assert refusal(result, "crm.item.payment.add", entityId=deal, entityTypeId=2).code == 0
    assert refusal(result, "crm.item.payment.add", entityId=1, entityTypeId=3).code == 0


def test_a_buyer_pays_on_the_public_page(result, portal, server, client, listener, deal, payment):
    portal.subscribe(listener.url, ["ONPAYMENTENTITYSAVED"])
    mug = rows(result, deal)[0]["id"]
    result("crm.item.payment.product.add", paymentId=payment, rowId=mug, quantity=2)
    link = result("salescenter.payment.getPublicUrl", id=payment)["payment"]
    assert link == result("salescenter.payment.getPublicUrl", id=payment)["payment"]
    assert stage(result, deal) == "SENT_NO_VIEWED"
    assert b64decode(link["qr"]) == png(link["shortUrl"])
    short = f"{server.url}/{link['shortUrl'].rpartition('/')[2]}"
    shown = client.get(short, follow_redirects=True)
    assert (shown.status_code, "201.00 RUB" in shown.text, "Mug" in shown.text) == (200, True, True)
    assert stage(result, deal) == "VIEWED_NO_PAID"
    long = urlsplit(link["url"])
    page = f"{server.url}{long.path}?{long.query}"
    assert client.post(page.replace("access=", "access=x")).status_code == 404
    assert result("crm.item.payment.get", id=payment)["paid"] == "N"
    assert portal.flush()
    portal.reset_counters()
    assert 'id="paid"' in client.post(page).text
    told = result("crm.item.payment.get", id=payment)
    assert (told["paid"], told["empPaidId"], stage(result, deal)) == ("Y", None, "PAID")
    client.post(page)
    assert portal.flush()
    assert [line.item_id for line in portal.events.log if line.outcome == "delivered"] == [str(payment)]


def test_the_act_of_a_buyer(portal, result, payment):
    portal.pay(payment)
    assert result("crm.item.payment.get", id=payment)["paid"] == "Y"
    assert refusal(portal.pay, 99).code == 200640400001


def test_no_link_for_a_payment_that_is_not_there(result):
    assert refusal(result, "salescenter.payment.getPublicUrl", id=5).code == 200640400001


@pytest.mark.parametrize(
    ("text", "size", "digest"),
    [("https://sandbox.bitrix24.ru/~a1b2c3", 29, "7d370aca7216d123"), ("y" * 106, 37, "f7280ae8eca8e2f5")],
)
def test_the_code_is_the_one_a_reader_has_read(text, size, digest):
    modules, side = _modules(text.encode())
    drawn = "".join("#" if modules[row, column] else "." for row in range(side) for column in range(side))
    assert (side, sha256(drawn.encode()).hexdigest()[:16]) == (size, digest)


def test_a_text_too_long_for_a_code():
    with pytest.raises(ValueError, match="too long"):
        png("y" * 107)
