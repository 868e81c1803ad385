from decimal import Decimal

import httpx2
import pytest

from sverka.sandbox.woocommerce import TaxRate


def ids(rows):
    return [row["id"] for row in rows]


def test_an_order_has_both_clocks_and_money_as_text(ask, place):
    flat = {"method_id": "flat_rate", "method_title": "Курьер", "total": "300"}
    attribution = {"_wc_order_attribution_utm_source": "yandex"}
    order = ask("GET", f"/orders/{place(shipping=flat, coupon='promo10', meta=attribution)}")
    assert (order["date_created"], order["date_created_gmt"]) == ("2026-01-01T03:00:00", "2026-01-01T00:00:00")
    assert [(row["subtotal"], row["total"], row["price"]) for row in order["line_items"]] == [
        ("1350.00", "1215.00", 405),
        ("175.00", "157.50", 3.15),
    ]
    assert (order["discount_total"], order["shipping_total"], order["total"]) == ("152.50", "300.00", "1672.50")
    assert order["coupon_lines"][0]["code"] == "promo10"
    assert {row["key"]: row["value"] for row in order["meta_data"]}["_wc_order_attribution_utm_source"] == "yandex"
    assert order["billing"]["email"] == "olga@example.test"
    assert "email" not in order["shipping"]


def test_taxes_and_discounts(store):
    item = {"product_id": 77, "name": "Баннер", "price": "100", "tax": "20", "quantity": 2}

    def sums(**more):
        order = store.order(store.place_order({}, [{**item, **more.pop("item", {})}], **more))
        return [order[key] for key in ("discount_total", "discount_tax", "total_tax", "total")]

    assert sums() == ["0.00", "0.00", "40.00", "240.00"]
    assert sums(item={"discount": "10"}) == ["20.00", "0.00", "40.00", "220.00"]
    assert sums(coupon="minus100") == ["100.00", "20.00", "20.00", "120.00"]


def test_modified_after_is_exclusive_and_by_the_sites_time_unless_gmt(ask, clock, place):
    place()
    clock.advance(10)
    place()

    def found(moment, **more):
        return ids(ask("GET", "/orders", modified_after=moment, orderby="modified", order="asc", **more))

    assert found("2026-01-01T00:00:00", dates_are_gmt="true") == [2]
    assert found("2025-12-31T23:59:59", dates_are_gmt="true") == [1, 2]
    assert found("2026-01-01T03:00:00") == [2]
    assert found("2026-01-01T00:00:00") == [1, 2]
    assert found("2026-01-01T00:00:00Z", dates_are_gmt="true") == []


def test_pages_and_their_headers(call, place):
    for _ in range(12):
        place()
    response = call("GET", "/orders", per_page=5, page=3, orderby="id", order="asc", _fields="id,status")
    assert response.json() == [{"id": 11, "status": "processing"}, {"id": 12, "status": "processing"}]
    assert (response.headers["x-wp-total"], response.headers["x-wp-totalpages"]) == ("12", "3")
    assert len(call("GET", "/orders").json()) == 10


@pytest.mark.parametrize(
    "query",
    [{"per_page": 101}, {"status": "gone"}, {"orderby": "price"}, {"modified_after": "yesterday"}, {"page": "x"}],
)
def test_parameters_outside_the_schema_are_refused(call, query):
    response = call("GET", "/orders", **query)
    assert (response.status_code, response.json()["code"]) == (400, "rest_invalid_param")


def test_filters(ask, store, place):
    for fields in ({"status": "pending"}, {"customer_id": 5}, {}):
        place(fields=fields)
    store.trash(3)
    assert ids(ask("GET", "/orders", status="any", order="asc", orderby="id")) == [1, 2]
    assert ids(ask("GET", "/orders", status="trash")) == [3]
    assert ids(ask("GET", "/orders", status="any,trash", order="asc", orderby="id")) == [1, 2]
    assert ids(ask("GET", "/orders", status="pending,completed")) == [1]
    assert ids(ask("GET", "/orders", include="2,1", orderby="id")) == [2, 1]
    assert ids(ask("GET", "/orders", exclude="2")) == [1]
    assert ids(ask("GET", "/orders", customer="5")) == [2]
    assert ids(ask("GET", "/orders", search="olga@", orderby="id", order="asc")) == [1, 2]


def test_unknown_orders_and_routes(call):
    code = "woocommerce_rest_shop_order_invalid_id"
    for method, status in (("GET", 404), ("PUT", 400), ("DELETE", 404)):
        response = call(method, "/orders/404", {} if method == "PUT" else None)
        assert (response.status_code, response.json()["code"]) == (status, code)
    assert call("GET", "/orders/1/nothing").json()["code"] == "rest_no_route"


def test_an_empty_put_is_a_save(ask, clock, order_id):
    clock.advance(7)
    order = ask("PUT", f"/orders/{order_id}", {})
    assert (order["date_modified_gmt"], order["date_modified"]) == ("2026-01-01T00:00:07", "2026-01-01T03:00:07")


def test_an_unknown_status_is_refused_and_changes_nothing(call, store, order_id):
    response = call("PUT", f"/orders/{order_id}", {"status": "wc-completed", "customer_note": "x"})
    assert (response.status_code, response.json()["code"]) == (400, "rest_invalid_param")
    assert (store.order(order_id)["status"], store.order(order_id)["customer_note"]) == ("processing", "")


def test_a_refused_line_leaves_the_order_as_it_was(call, store, order_id):
    rows = [{"product_id": 13, "quantity": 1}, {"id": 999, "quantity": 1}]
    assert call("PUT", f"/orders/{order_id}", {"line_items": rows}).json()["code"] == "woocommerce_rest_invalid_item_id"
    assert len(store.order(order_id)["line_items"]) == 2
    assert call("POST", "/orders", {"line_items": [{"quantity": 1}]}).status_code == 400


def test_meta_data_with_a_known_key_changes_in_place(ask, order_id):
    first = ask("PUT", f"/orders/{order_id}", {"meta_data": [{"key": "deal", "value": "1"}]})["meta_data"]
    second = ask("PUT", f"/orders/{order_id}", {"meta_data": [{"key": "deal", "value": "2"}]})["meta_data"]
    assert [row["id"] for row in first] == [row["id"] for row in second]
    assert second[-1]["value"] == "2"
    by_id = {"id": second[-1]["id"], "key": "deal", "value": None}
    assert "deal" not in {row["key"] for row in ask("PUT", f"/orders/{order_id}", {"meta_data": [by_id]})["meta_data"]}
    for value in ("3", None):
        rows = ask("PUT", f"/orders/{order_id}", {"meta_data": [{"key": "deal", "value": value}]})["meta_data"]
        assert [row["value"] for row in rows if row["key"] == "deal"] == ([value] if value else [])


def test_lines_append_change_and_go(ask, order_id):
    def put(*rows):
        return ask("PUT", f"/orders/{order_id}", {"line_items": list(rows)})

    appended = put({"product_id": 13, "quantity": 2})
    assert [(row["name"], row["total"]) for row in appended["line_items"]][2:] == [("Визитки 100 шт.", "1200.00")]
    assert appended["total"] == "2725.00"
    line = appended["line_items"][0]["id"]
    assert put({"id": line, "quantity": 6})["total"] == "2725.00"
    changed = put({"id": line, "quantity": 6, "subtotal": "2700", "total": "2700"})
    assert (changed["total"], changed["line_items"][0]["price"]) == ("4075.00", 450)
    assert len(put({"id": line, "quantity": 0})["line_items"]) == 2


def test_shipping_lines(ask, order_id):
    row = {"method_id": "flat_rate", "method_title": "Курьер", "total": "250"}
    order = ask("PUT", f"/orders/{order_id}", {"shipping_lines": [row]})
    assert (order["shipping_total"], order["total"]) == ("250.00", "1775.00")
    gone = {"id": order["shipping_lines"][0]["id"], "method_id": None}
    assert ask("PUT", f"/orders/{order_id}", {"shipping_lines": [gone]})["total"] == "1525.00"


def test_an_unknown_coupon_is_refused(call, order_id):
    response = call("PUT", f"/orders/{order_id}", {"coupon_lines": [{"code": "nothing"}]})
    assert (response.status_code, response.json()["code"]) == (400, "woocommerce_rest_invalid_coupon")


def test_the_date_of_payment(ask, store, clock, place):
    cod, card = place(), place(fields={"status": "pending", "payment_method": "card"})
    assert ask("GET", f"/orders/{cod}")["date_paid"] is None
    assert ask("GET", f"/orders/{card}")["needs_payment"] is True
    clock.advance(60)
    paid = ask("PUT", f"/orders/{card}", {"set_paid": True})
    assert (paid["status"], paid["date_paid_gmt"]) == ("processing", "2026-01-01T00:01:00")
    clock.advance(60)
    done = ask("PUT", f"/orders/{cod}", {"status": "completed"})
    assert done["date_paid_gmt"] == done["date_completed_gmt"] == "2026-01-01T00:02:00"
    store.cancel(card)
    assert store.order(card)["date_paid_gmt"] == "2026-01-01T00:01:00"


def test_a_change_of_status_writes_a_note(ask, order_id):
    ask("PUT", f"/orders/{order_id}", {"status": "on-hold"})
    ask("POST", f"/orders/{order_id}/notes", {"note": "Готово", "customer_note": True})
    notes = ask("GET", f"/orders/{order_id}/notes")
    assert [note["note"] for note in notes] == ["Order status changed from Processing to On hold.", "Готово"]
    assert ids(ask("GET", f"/orders/{order_id}/notes", type="customer")) == [2]


def test_an_order_is_created_by_rest(call):
    body = {"billing": {"first_name": "Иван"}, "line_items": [{"sku": "MUG-330", "quantity": 2}], "set_paid": True}
    response = call("POST", "/orders", body)
    order = response.json()
    assert (response.status_code, order["status"], order["total"]) == (201, "processing", "900.00")
    assert order["created_via"] == "rest-api"
    assert order["date_paid_gmt"] == "2026-01-01T00:00:00"


def test_a_batch_fails_item_by_item(ask, call, order_id):
    body = {"update": [{"id": order_id, "status": "completed"}, {"id": 404}], "create": [{}], "delete": [404]}
    answer = ask("POST", "/orders/batch", body)
    assert answer["update"][0]["status"] == "completed"
    assert answer["update"][1]["error"]["code"] == "woocommerce_rest_shop_order_invalid_id"
    assert answer["delete"][0]["id"] == 404
    assert answer["create"][0]["id"] == 2
    too_many = call("POST", "/orders/batch", {"update": [{"id": 1}] * 101})
    assert too_many.status_code == 413


def test_the_trash_and_back(ask, call, store, order_id):
    assert ask("DELETE", f"/orders/{order_id}", force="false")["status"] == "processing"
    assert ask("GET", f"/orders/{order_id}")["status"] == "trash"
    assert call("DELETE", f"/orders/{order_id}").status_code == 410
    store.restore(order_id)
    assert ask("GET", f"/orders/{order_id}")["status"] == "processing"
    ask("DELETE", f"/orders/{order_id}", force="true")
    assert call("GET", f"/orders/{order_id}").status_code == 404


def test_dictionaries(ask):
    assert {"slug": "on-hold", "name": "On hold"} in ask("GET", "/orders/statuses")
    assert "cod" in ids(ask("GET", "/payment_gateways"))
    assert "flat_rate" in ids(ask("GET", "/shipping_methods"))
    assert ask("GET", "/system_status")["environment"]["version"] == "11.0.1"


def test_a_broken_body_is_refused(server, sign):
    url = f"{server.url}/wp-json/wc/v3/orders"
    headers = {"content-type": "application/json"}
    response = httpx2.post(url, params=sign("POST", url, {}), content=b"{", headers=headers)
    assert (response.status_code, response.json()["code"]) == (400, "rest_invalid_json")


def test_a_value_of_the_wrong_type_is_refused(call, order_id):
    for body in ({"line_items": [{"product_id": 13, "total": "dear"}]}, {"billing": "Тверь"}, {"meta_data": "x"}):
        assert call("PUT", f"/orders/{order_id}", body).json()["code"] == "rest_invalid_param"


def test_the_shops_hands_work_over_http_too(server, store):
    with httpx2.Client(base_url=server.url) as client:
        body = {"billing": {"first_name": "Иван"}, "items": [{"product_id": 10}], "fields": {"status": "pending"}}
        assert client.post("/control/place_order", json=body).json() == {"result": 1}
        assert client.post("/control/edit", json={"order_id": 1, "payload": {"customer_note": "x"}}).status_code == 200
        assert client.post("/control/cancel", json={"order_id": 404}).status_code == 400
        assert client.post("/control/fault", json={"kind": "html_503"}).status_code == 200
        assert client.get("/wp-json/wc/v3/orders").status_code == 503
        assert client.post("/control/request_counts").json() == {"result": {"GET /orders": 1}}
    assert store.order(1)["customer_note"] == "x"


def test_any_leaves_out_drafts(ask, place):
    for status in ("checkout-draft", "auto-draft", "pending"):
        place(fields={"status": status})
    assert ids(ask("GET", "/orders", status="any")) == ids(ask("GET", "/orders")) == [3]
    assert ids(ask("GET", "/orders", status="checkout-draft")) == [1]
    assert ids(ask("GET", "/orders", status="auto-draft")) == []
    assert ask("GET", "/orders/2")["status"] == "auto-draft"


def test_the_trash_is_listed_by_date_of_change(ask, clock, place, store):
    place(), place()
    clock.advance(60)
    store.trash(2)
    query = {"status": "trash", "modified_after": "2026-01-01T00:00:59", "dates_are_gmt": "true"}
    assert ids(ask("GET", "/orders", **query)) == [2]
    assert ids(ask("GET", "/orders", **{**query, "modified_after": "2026-01-01T00:01:00"})) == []


def test_items_of_a_batch_are_not_validated(ask, call, order_id):
    wrong = {"status": "printed", "customer_note": ["x"], "meta_data": "none"}
    assert call("PUT", f"/orders/{order_id}", wrong).status_code == 400
    (row,) = ask("POST", "/orders/batch", {"update": [{"id": order_id, **wrong}]})["update"]
    assert (row["status"], row["customer_note"]) == ("pending", "Array")
    (row,) = ask("POST", "/orders/batch", {"update": [{"id": order_id, "status": "wc-completed"}]})["update"]
    assert row["status"] == "completed"
    (made,) = ask("POST", "/orders/batch", {"create": [{"status": "printed"}]})["create"]
    assert made["status"] == "pending"


def test_a_refund_leaves_the_total_and_a_full_one_sets_the_status(ask, call, order_id, clock):
    path = f"/orders/{order_id}/refunds"
    assert ask("GET", f"/orders/{order_id}")["total"] == "1525.00"
    clock.advance(5)
    first = ask("POST", path, {"amount": "100.00", "reason": "брак"})["id"]
    order = ask("GET", f"/orders/{order_id}")
    assert order["refunds"] == [{"id": first, "reason": "брак", "total": "-100.00"}]
    assert (order["total"], order["status"], order["date_modified_gmt"]) == (
        "1525.00",
        "processing",
        "2026-01-01T00:00:05",
    )
    assert call("POST", path, {"amount": "0"}).status_code == 400
    assert call("POST", path, {"amount": "1425.01"}).status_code == 500
    second = ask("POST", path, {"amount": "1425"})["id"]
    order = ask("GET", f"/orders/{order_id}")
    assert (order["total"], order["status"]) == ("1525.00", "refunded")
    assert ids(order["refunds"]) == ids(ask("GET", path)) == [second, first]


def test_taxes_stand_in_every_row_and_are_summed_by_rate(ask, store, place):
    store.catalogue.tax_rates += [TaxRate(1, "VAT", Decimal(20)), TaxRate(2, "CITY", Decimal("1.5"), shipping=False)]
    shipping = {"method_id": "flat_rate", "method_title": "Курьер", "total": "300"}
    order_id = place(shipping=shipping, coupon="promo10", fields={"fee_lines": [{"name": "Срочность", "total": "100"}]})
    order = ask("GET", f"/orders/{order_id}")
    mugs = order["line_items"][0]
    assert mugs["taxes"] == [
        {"id": 1, "total": "243.00", "subtotal": "270.00"},
        {"id": 2, "total": "18.23", "subtotal": "20.25"},
    ]
    assert (mugs["subtotal_tax"], mugs["total_tax"]) == ("290.25", "261.23")
    assert order["shipping_lines"][0]["taxes"] == [{"id": 1, "total": "60.00", "subtotal": ""}]
    assert [tax["total"] for tax in order["fee_lines"][0]["taxes"]] == ["20.00", "1.50"]
    sums = [(tax["rate_id"], tax["rate_percent"], tax["tax_total"], tax["shipping_tax_total"])
            for tax in order["tax_lines"]]  # fmt: skip
    assert sums == [(1, 20, "294.50", "60.00"), (2, 1.5, "22.09", "0.00")]
    assert (order["total_tax"], order["shipping_tax"], order["discount_tax"]) == ("376.59", "60.00", "32.79")
    row_ids = ids(order["tax_lines"])
    fewer = ask("PUT", f"/orders/{order_id}", {"line_items": [{"id": mugs["id"], "quantity": 0}]})
    assert (fewer["tax_lines"][0]["tax_total"], ids(fewer["tax_lines"])) == ("51.50", row_ids)


def test_the_buyers_words_are_kept_with_html_entities(store):
    order = store.order(
        store.place_order({"company": 'R & D "x"', "first_name": "<b"}, [], fields={"customer_note": "1 < 2"})
    )
    assert (order["billing"]["company"], order["shipping"]["first_name"]) == ('R &amp; D "x"', "&lt;b")
    assert order["customer_note"] == "1 &lt; 2"


def test_with_plain_permalinks_the_api_is_asked_by_the_query(server, store, call, sign, order_id):
    store.catalogue.pretty_permalinks = False
    response = call("GET", f"/orders/{order_id}")
    assert (response.status_code, response.text[:9]) == (200, "<!DOCTYPE")
    asked = {"rest_route": f"/wc/v3/orders/{order_id}"}
    bare = httpx2.get(f"{server.url}/", params=sign("GET", server.url, asked))
    assert (bare.status_code, bare.json()["code"]) == (401, "woocommerce_rest_cannot_view")
    # Keys are looked at where the address names the API anywhere, and the home is signed without its slash.
    named = {**asked, "any": "wp-json/wc/"}
    assert httpx2.get(f"{server.url}/", params=sign("GET", server.url, named)).json()["id"] == order_id
    assert httpx2.get(f"{server.url}/", params=sign("GET", f"{server.url}/", named)).status_code == 401
