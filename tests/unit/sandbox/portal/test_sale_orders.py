from __future__ import annotations

import pytest

from sverka.sandbox.portal import RestError

ORDER = {"lid": "s1", "personTypeId": 2, "currency": "RUB"}
EVENTS = [
    "ONSALEORDERSAVED", "ONORDERENTITYSAVED", "ONPAYMENTENTITYSAVED", "ONSHIPMENTENTITYSAVED",
    "ONPROPERTYVALUEENTITYSAVED", "ONPROPERTYVALUEDELETED", "ONORDERDELETED", "ONPAYMENTDELETED", "ONSHIPMENTDELETED",
    "ONSALEBEFOREORDERDELETE",
]  # fmt: skip


@pytest.fixture
def order(result):
    return result("sale.order.add", fields=ORDER)["order"]["id"]


@pytest.fixture
def mug(result, order):
    fields = {"orderId": order, "productId": 0, "name": "Mug", "currency": "RUB", "quantity": 3, "price": 33.33}
    return result("sale.basketitem.add", fields=fields)["basketItem"]["id"]


@pytest.fixture
def delivery(result, order):
    fields = {"orderId": order, "allowDelivery": "N", "deducted": "N", "deliveryId": 2, "basePriceDelivery": 300}
    return result("sale.shipment.add", fields=fields)["shipment"]["id"]


@pytest.fixture
def payment(result, order):
    fields = {"orderId": order, "paySystemId": 1, "sum": 399.99}
    return result("sale.payment.add", fields=fields)["payment"]["id"]


@pytest.fixture
def fired(portal):
    """Give the events that fired since the start, as (name, fields)."""
    seen = []
    publish = portal.core.publish
    portal.core.publish = lambda event: (seen.append((event.name, event.fields)), publish(event))
    return seen


def refusal(call, *args, **params):
    with pytest.raises(RestError) as caught:
        call(*args, **params)
    return caught.value


def test_the_total_follows_basket_tax_and_delivery(result, order, mug, delivery):
    def sums():
        answer = result("sale.order.get", id=order)["order"]
        return answer["price"], answer["taxValue"]

    assert sums() == (399.99, 0)
    result("sale.basketitem.update", id=mug, fields={"vatRate": 0.2, "vatIncluded": "N"})
    assert sums() == (419.99, 20)  # 33.33 × 3 × 1.2 = 119.988
    result("sale.basketitem.update", id=mug, fields={"vatIncluded": "Y"})
    assert sums() == (399.99, 16.67)
    result("sale.shipment.delete", id=delivery)
    result("sale.basketitem.delete", id=mug)
    assert result("sale.order.get", id=order)["order"]["basketItems"] == []


def test_a_price_stands_as_long_as_there_is_nothing_to_count(result):
    assert result("sale.order.add", fields=ORDER | {"price": 100})["order"]["price"] == 100


def test_base_price_is_price_and_discount(portal, result, order, mug):
    result("sale.basketitem.update", id=mug, fields={"basePrice": 50, "discountPrice": 5})
    assert result("sale.basketitem.get", id=mug)["basketItem"]["price"] == 45
    wrong = {"price": 10, "basePrice": 30, "discountPrice": 5}
    assert refusal(result, "sale.basketitem.update", id=mug, fields=wrong).code == 200140400007


def test_an_order_is_paid_when_its_payments_cover_it(result, order, mug, delivery, payment, clock):
    assert result("sale.order.get", id=order)["order"]["payed"] == "N"
    result("sale.payment.update", id=payment, fields={"paid": "Y"})
    whole = result("sale.order.get", id=order)["order"]
    assert whole["payed"] == "Y"
    line = whole["payments"][0]
    assert (line["accountNumber"], line["datePaid"], line["empPaidId"]) == ("1/1", "2026-05-14T10:26:32+03:00", 1)
    result("sale.payment.update", id=payment, fields={"paid": "N"})
    assert result("sale.payment.get", id=payment)["payment"]["datePaid"] is None
    result("sale.payment.update", id=payment, fields={"paid": "Y", "sum": 1})
    assert result("sale.order.get", id=order)["order"]["payed"] == "N"


def test_what_is_in_a_payment_makes_its_sum(result, mug, delivery, payment):
    result("sale.paymentItemBasket.add", fields={"paymentId": payment, "basketId": mug, "quantity": 2})
    assert result("sale.payment.get", id=payment)["payment"]["sum"] == 66.66
    bound = result("sale.paymentItemShipment.add", fields={"paymentId": payment, "shipmentId": delivery})
    assert result("sale.payment.get", id=payment)["payment"]["sum"] == 366.66
    result("sale.paymentItemShipment.delete", id=bound["paymentItemShipment"]["id"])
    result("sale.basketitem.delete", id=mug)
    assert result("sale.payment.get", id=payment)["payment"]["sum"] == 0


def test_all_that_fires(result, fired, order, mug, payment):
    fired.clear()
    result("sale.payment.update", id=payment, fields={"paid": "Y"})
    whole = {"ID": "1", "XML_ID": result("sale.order.get", id=order)["order"]["xmlId"], "ACTION": "save"}
    assert [name for name, _ in fired] == ["ONORDERENTITYSAVED", "ONPAYMENTENTITYSAVED", "ONSALEORDERSAVED"]
    assert fired[1:] == [("ONPAYMENTENTITYSAVED", {"ID": "1"}), ("ONSALEORDERSAVED", whole)]
    fired.clear()
    result("sale.payment.update", id=payment, fields={"paid": "Y"})
    assert fired == []


def test_a_deleted_order_takes_its_parts_along(result, fired, order, mug, delivery, payment):
    result("sale.propertyvalue.modify", fields={"order": {"id": order, "propertyValues": [
        {"orderPropsId": 1, "value": "x"}]}})  # fmt: skip
    result("sale.payment.update", id=payment, fields={"paid": "Y"})
    assert refusal(result, "sale.order.delete", id=order).code == "SALE_ORDER_CANCEL_PAYMENT_EXIST_ACTIVE"
    result("sale.payment.update", id=payment, fields={"paid": "N"})
    fired.clear()
    assert result("sale.order.delete", id=order) is True
    names = [name for name, _ in fired]
    assert [name for name in EVENTS if name in names] == EVENTS[5:]
    assert fired[0][1]["ACTION"] == "delete"
    for method, wrapped in (("basketitem", "basketItems"), ("payment", "payments"), ("shipment", "shipments")):
        assert result(f"sale.{method}.list")[wrapped] == []
    assert refusal(result, "sale.order.get", id=order).code == 201240400001
    assert refusal(result, "sale.order.update", id=order, fields={"comments": "x"}).code == 200540400001


def test_modify_replaces_all_values(result, order):
    def values(*pairs):
        given = [{"orderPropsId": number, "value": value} for number, value in pairs]
        lines = result("sale.propertyvalue.modify", fields={"order": {"id": order, "propertyValues": given}})
        return {line["code"]: (line["id"], line["value"]) for line in lines["propertyValues"]}

    assert values((7, "Anna"), (8, "a@example.com")) == {"FIO": (1, "Anna"), "EMAIL": (2, "a@example.com")}
    assert values((7, "Eva")) == {"FIO": (1, "Eva")}
    assert refusal(values, (999, "x")).code == 0


def test_only_administrators_and_by_numbers(portal, order):
    read, write = ("sale.order.get", {"id": order}), ("sale.order.update", {"id": order, "fields": {"comments": "x"}})
    assert refusal(portal.call, *read, user_id=6).code == 200040300010
    assert refusal(portal.call, *write, user_id=6).code == 200040300020
    assert refusal(portal.call, "sale.paysystem.list", {}, user_id=6).status == 403


def test_what_an_order_must_have(result):
    for name in ORDER:
        error = refusal(result, "sale.order.add", fields={key: ORDER[key] for key in ORDER if key != name})
        assert (error.code, error.description) == (0, f"Required fields: {name}")
    assert refusal(result, "sale.order.add", fields={}).code == 100


def test_statuses_have_letters_for_ids(result, order):
    assert result("sale.status.add", fields={"id": "MS", "type": "O"})["status"]["id"] == "MS"
    assert refusal(result, "sale.status.add", fields={"id": "MS", "type": "O"}).code == 201350000001
    assert refusal(result, "sale.status.delete", id="N").code == 201350000002
    result("sale.order.update", id=order, fields={"statusId": "MS"})
    assert refusal(result, "sale.status.update", id="MS", fields={"type": "D"}).code == 201350000007
    assert refusal(result, "sale.order.update", id=order, fields={"statusId": "DN"}).code == 0


def test_a_shipped_shipment_stays(result, delivery):
    result("sale.shipment.update", id=delivery, fields={"allowDelivery": "Y", "deducted": "Y", "deliveryId": 2})
    assert result("sale.shipment.get", id=delivery)["shipment"]["empDeductedId"] == 1
    assert refusal(result, "sale.shipment.delete", id=delivery).code == "SALE_SHIPMENT_EXIST_SHIPPED"
    assert refusal(result, "sale.shipment.update", id=delivery, fields={"deducted": "N"}).code == 0


def test_a_delivery_service_comes_with_its_profiles(result):
    profiles = [{"NAME": "Foot", "CODE": "F"}, {"NAME": "Car", "CODE": "C"}]
    handler = {"NAME": "Courier", "CODE": "c", "SETTINGS": {"CALCULATE_URL": "https://example.com"}}
    result("sale.delivery.handler.add", **handler, PROFILES=profiles)
    made = result("sale.delivery.add", REST_CODE="c", NAME="Courier", CURRENCY="RUB")
    assert [line["PARENT_ID"] for line in made["profiles"]] == [made["parent"]["ID"]] * 2
    assert len(result("sale.delivery.getlist", SELECT=["ID", "NAME"], FILTER={">ID": 2})) == 3
    result("sale.delivery.delete", ID=made["parent"]["ID"])
    assert [line["ID"] for line in result("sale.delivery.getlist")] == [1, 2]
    assert refusal(result, "sale.delivery.add", NAME="x").code == "ERROR_CHECK_FAILURE"


def test_a_pay_system_fills_its_settings_from_the_payment(result, payment):
    result("sale.paysystem.handler.add", NAME="Bank", CODE="bank", SETTINGS={"CODES": {"SUM": {"NAME": "Sum"}}})
    settings = {"SUM": {"TYPE": "PAYMENT", "VALUE": "SUM"}, "KEY": {"TYPE": "VALUE", "VALUE": "k"}}
    made = result(
        "sale.paysystem.add", NAME="Bank", PERSON_TYPE_ID=2, BX_REST_HANDLER="bank", ENTITY_REGISTRY_TYPE="ORDER",
        SETTINGS=settings,
    )  # fmt: skip
    of = {"PAYMENT_ID": payment, "PAY_SYSTEM_ID": made}
    assert result("sale.paysystem.settings.payment.get", **of) == {"SUM": 399.99, "KEY": "k"}
    assert result("sale.paysystem.pay.payment", **of) is True
    assert result("sale.payment.get", id=payment)["payment"]["paySystemName"] == "Bank"
    assert refusal(result, "sale.paysystem.pay.payment", **of).code == "ERROR_PROCESS_REQUEST_RESULT"
