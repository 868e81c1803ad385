import base64

import httpx2
import pytest


def values(order):
    return {row["code"]: row["value"] for row in order["propertyValues"]}


def test_an_order_is_read_whole_and_its_price_is_items_plus_delivery(ask, order_id):
    order = ask("sale.order.get", id=order_id)["order"]
    assert order["price"] == 2 * 100.5 + 980 + 300
    assert order["payments"][0]["sum"] == order["price"]
    assert order["taxValue"] == 196.83  # 1181 with 20 % inside
    assert [row["system"] for row in order["shipments"]] == ["Y", "N"]
    assert [item["basketId"] for item in order["shipments"][1]["shipmentItems"]] == [1, 2]
    assert order["basketItems"][0]["id"] == "1"
    assert values(order)["PAPER"] == "matte"


def test_a_discount_lowers_every_item(ask, place):
    order = ask("sale.order.get", id=place(discount="10"))["order"]
    assert [(row["basePrice"], row["discountPrice"], row["price"]) for row in order["basketItems"]] == [
        (100.5, 10.05, 90.45),
        (980, 98, 882),
    ]
    assert order["price"] == 2 * 90.45 + 882 + 300


@pytest.mark.parametrize(
    ("method", "params", "status", "code"),
    [
        ("sale.order.get", {"id": 404}, 400, 200540400001),
        ("sale.order.get", {}, 400, 100),
        ("sale.payment.get", {"id": 404}, 400, 200640400001),
        ("sale.shipment.get", {"id": 404}, 400, 201140400001),
        ("sale.basketitem.get", {"id": 404}, 400, 200140400001),
        ("crm.deal.list", {}, 403, "insufficient_scope"),
        ("sale.nothing", {}, 404, "ERROR_METHOD_NOT_FOUND"),
        ("sale.shipment.update", {"id": 2, "fields": {"trackingNumber": "T", "deliveryId": 2}}, 400, 0),
        ("sale.payment.update", {"id": 1, "fields": {"paid": "Y"}}, 400, 0),
        ("sale.basketitem.update", {"id": 1, "fields": {"price": "dear"}}, 400, "BX_INVALID_VALUE"),
        ("sale.order.update", {"id": 1, "fields": {"statusId": "ZZ"}}, 400, "BX_INVALID_VALUE"),
    ],
)
def test_refusals(call, order_id, method, params, status, code):
    response = call(method, **params)
    assert (response.status_code, response.json()["error"]) == (status, code)


def test_a_wrong_secret_is_refused(server):
    response = httpx2.post(f"{server.url}/rest/1/wrong/sale.order.list")
    assert (response.status_code, response.json()["error"]) == (401, "INVALID_CREDENTIALS")


def test_a_scope_can_be_missing(call, store):
    store.scopes = {"sale"}
    assert call("sale.delivery.getlist").json()["error"] == "insufficient_scope"
    assert call("sale.order.list").status_code == 200


def test_a_form_with_brackets_says_the_same_as_json(server, order_id):
    form = {"filter[@id][]": str(order_id), "select[0]": "id", "select[1]": "statusId"}
    response = httpx2.post(f"{server.webhook_url}sale.order.list.json", data=form)
    assert response.json()["result"]["orders"] == [{"id": order_id, "statusId": "N"}]


def test_every_save_bumps_version_and_date_even_of_nothing(ask, clock, order_id):
    before = ask("sale.order.get", id=order_id)["order"]
    clock.advance(5)
    after = ask("sale.order.update", id=order_id, fields={"statusId": "N"})["order"]
    assert after["version"] == before["version"] + 1
    assert (before["dateUpdate"], after["dateUpdate"]) == ("2026-01-01T03:00:00+03:00", "2026-01-01T03:00:05+03:00")
    assert after["dateStatus"] == before["dateStatus"]


def test_status_and_cancellation_are_dated_apart(ask, clock, order_id):
    clock.advance(60)
    fields = {"statusId": "P", "canceled": "Y", "reasonCanceled": "передумал", "id": 99, "price": 1}
    order = ask("sale.order.update", id=order_id, fields=fields)["order"]
    assert (order["statusId"], order["canceled"], order["reasonCanceled"]) == ("P", "Y", "передумал")
    assert order["dateStatus"] == order["dateCanceled"] == "2026-01-01T03:01:00+03:00"
    assert (order["id"], order["price"]) == (order_id, 1481)


def test_modifying_properties_erases_the_ones_not_listed(ask, order_id):
    sent = [{"orderPropsId": 1, "value": "Пётр"}, {"orderPropsId": 8, "value": "glossy"}]
    ask("sale.propertyvalue.modify", fields={"order": {"id": order_id, "propertyValues": sent}})
    assert values(ask("sale.order.get", id=order_id)["order"]) == {"FIO": "Пётр", "PAPER": "glossy"}


def test_an_unknown_variant_is_refused_and_nothing_is_lost(call, ask, order_id):
    sent = [{"orderPropsId": 1, "value": "Пётр"}, {"orderPropsId": 8, "value": "velvet"}]
    response = call("sale.propertyvalue.modify", fields={"order": {"id": order_id, "propertyValues": sent}})
    assert response.json()["error"] == "BX_INVALID_VALUE"
    assert values(ask("sale.order.get", id=order_id)["order"])["FIO"] == "Ольга Кузнецова"


def test_a_list_of_several_takes_any_of_its_variants_and_no_other(call, ask, store, order_id):
    store.catalogue.property_by_id(8)["multiple"] = "Y"

    def modify(*chosen):
        fields = {"order": {"id": order_id, "propertyValues": [{"orderPropsId": 8, "value": list(chosen)}]}}
        return call("sale.propertyvalue.modify", fields=fields).json()

    assert modify("matte", "velvet")["error"] == "BX_INVALID_VALUE"
    modify("glossy", "matte")
    assert values(ask("sale.order.get", id=order_id)["order"])["PAPER"] == ["glossy", "matte"]


def test_a_file_is_kept_when_its_value_is_sent_back_and_removed_on_request(ask, order_id):
    def modify(value):
        fields = {"order": {"id": order_id, "propertyValues": [{"orderPropsId": 9, "value": value}]}}
        return ask("sale.propertyvalue.modify", fields=fields)["propertyValues"][0]["value"]

    first = modify({"fileData": ["макет.pdf", base64.b64encode(b"%PDF").decode()]})
    assert (first["originalName"], first["fileSize"]) == ("макет.pdf", 4)
    assert modify(first) == first
    assert modify({"remove": "Y"}) is None


def test_modifying_an_order_with_a_part_of_its_tree_erases_the_rest(ask, order_id):
    tree = {"id": order_id, "comments": "звонить", "propertyValues": [{"orderPropsId": 1, "value": "Пётр"}]}
    order = ask("sale.order.modify", fields={"order": tree})["order"]
    assert order["comments"] == "звонить"
    assert (order["payments"], order["tradeBindings"], order["clients"]) == ([], [], [])
    assert [row["system"] for row in order["shipments"]] == ["Y"]
    assert len(order["basketItems"]) == 2
    assert order["price"] == 1181


def test_payment_shipment_and_line_are_written_alone(ask, order_id):
    payment = ask("sale.payment.update", id=1, fields={"paySystemId": 1, "paid": "Y"})["payment"]
    assert (payment["paid"], payment["paySystemIsCash"], payment["datePaid"]) == ("Y", "Y", "2026-01-01T03:00:00+03:00")
    fields = {"deliveryId": 3, "allowDelivery": "Y", "deducted": "Y", "trackingNumber": "RA1", "priceDelivery": "0"}
    shipment = ask("sale.shipment.update", id=2, fields=fields)["shipment"]
    assert (shipment["deliveryName"], shipment["trackingNumber"]) == ("Самовывоз", "RA1")
    line = ask("sale.basketitem.update", id=1, fields={"price": 90, "quantity": 3})["basketItem"]
    assert (line["price"], line["customPrice"], line["id"]) == (90, "Y", 1)
    order = ask("sale.order.get", id=order_id)["order"]
    assert (order["payed"], order["deducted"], order["price"], order["version"]) == ("Y", "Y", 1250, 4)


def test_lists_page_by_fifty_and_tell_the_next(call, store, place):
    for _ in range(53):
        place()
    first = call("sale.order.list", order={"id": "desc"}, select=["id"]).json()
    assert (first["total"], first["next"], len(first["result"]["orders"])) == (53, 50, 50)
    assert first["result"]["orders"][0] == {"id": 53}
    last = call("sale.order.list", order={"id": "desc"}, select=["id"], start=50).json()
    assert [row["id"] for row in last["result"]["orders"]] == [3, 2, 1]
    assert "next" not in last
    uncounted = call("sale.order.list", start=-1).json()
    assert "total" not in uncounted


def test_filters(ask, store, clock, place):
    place()
    clock.advance(3600)
    place(fields={"statusId": "P", "userDescription": "Срочно, звонить"})
    clock.advance(3600)
    place(properties={"REGION": "Урал"})

    def found(**conditions):
        return [row["id"] for row in ask("sale.order.list", filter=conditions, order={"id": "asc"})["orders"]]

    assert found(**{">=dateUpdate": "2026-01-01T04:00:00+03:00"}) == [2, 3]
    assert found(**{">dateUpdate": "2026-01-01T01:00:00Z"}) == [3]
    assert found(**{"<dateUpdate": "2026-01-01T04:00:00"}) == [1]
    assert found(statusId="P") == [2]
    assert found(**{"!statusId": "P"}) == [1, 3]
    assert found(**{"@id": [1, 3]}) == [1, 3]
    assert found(**{"!@id": [1, 3]}) == [2]
    assert found(id=["2"]) == [2]
    assert found(**{"%userDescription": "звонить"}) == [2]
    assert found(**{"=%userDescription": "Срочно%"}) == [2]
    assert found(**{"<=price": 1481, ">id": 1}) == [2, 3]


def test_dictionaries(ask):
    assert [row["id"] for row in ask("sale.status.list", filter={"type": "D"})["statuses"]] == ["DD", "DF", "DN"]
    assert {row["statusId"] for row in ask("sale.statusLang.list")["statusLangs"]} >= {"N", "P", "S", "D", "F"}
    assert [row["code"] for row in ask("sale.persontype.list")["personTypes"]] == ["individual", "company"]
    emails = ask("sale.property.list", filter={"isEmail": "Y"})["properties"]
    assert [(row["code"], row["personTypeId"]) for row in emails] == [("EMAIL", 1), ("EMAIL", 2)]
    variants = ask("sale.propertyvariant.list", filter={"orderPropsId": 8})["propertyVariants"]
    assert [row["value"] for row in variants] == ["glossy", "matte"]
    assert [row["NAME"] for row in ask("sale.delivery.getlist", FILTER={"ID": 2})] == ["Курьер"]
    assert [row["IS_CASH"] for row in ask("sale.paysystem.list")] == ["Y", "N"]
    assert ask("sale.order.getFields")["order"]["version"]["isReadOnly"] is True
    assert ask("sale.order.getFields")["order"]["comments"]["isReadOnly"] is False
    assert ask("scope") == ["catalog", "delivery", "pay_system", "sale"]


def test_a_batch_runs_commands_with_references_and_separate_errors(ask, order_id):
    commands = {
        "list": "sale.order.list?select[]=id",
        "get": "sale.order.get?id=$result[list][orders][0][id]",
        "bad": "sale.order.get?id=404",
    }
    answer = ask("batch", cmd=commands)
    assert answer["result"]["get"]["order"]["id"] == order_id
    assert answer["result_error"]["bad"]["error"] == 200540400001
    assert answer["result_total"] == {"list": 1}
    assert answer["result_next"] == []


def test_a_halting_batch_stops_and_a_long_one_is_refused(call, ask):
    answer = ask("batch", halt=1, cmd=["sale.order.get?id=1", "sale.order.list"])
    assert answer["result"] == []
    response = call("batch", cmd=["scope"] * 51)
    assert response.json()["error"] == "ERROR_BATCH_LENGTH_EXCEEDED"


def test_a_refused_shipment_changes_nothing(call, store, order_id):
    fields = {"deliveryId": 99, "allowDelivery": "Y", "deducted": "Y", "statusId": "DF"}
    assert call("sale.shipment.update", id=2, fields=fields).json()["error"] == "BX_INVALID_VALUE"
    assert (store.order(order_id)["shipments"][1]["statusId"], store.order(order_id)["version"]) == ("DN", 1)
