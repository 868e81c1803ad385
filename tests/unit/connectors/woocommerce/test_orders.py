from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sverka.connectors.woocommerce.orders import Reader, lines_of, properties_of
from sverka.domain.commerce.lines import sum_of
from sverka.domain.commerce.order import CANCELLED
from sverka.sandbox.woocommerce import TaxRate

READER = Reader("https://shop.example", "RU", "_tracking_number")


def bare(**more):
    return {"id": 7, "status": "processing", "date_created_gmt": "2026-01-01T10:00:00", "total": "0.00", **more}


@pytest.mark.parametrize("name", ["order_v3_from_checkout.json", "webhook_order_updated.json"])
def test_a_recorded_order_is_read_to_the_kopeck(sample, name):
    data = sample(name)
    order = READER.order(data.get("body", data))
    assert sum_of(order.lines) + order.delivery == order.total == Decimal("1372.50")
    assert order.discount == Decimal("152.50")
    assert [line.discount for line in order.lines] == [Decimal("45.00"), Decimal("0.35")]
    assert [line.product for line in order.lines] == ["10", "12"]
    assert [line.sku for line in order.lines] == ["MUG-330", "FLYER-A5"]
    assert order.coupons == ["promo10"]
    assert order.customer.name == "Ольга Кузнецова"
    assert order.customer.phone == "+79990000002"
    assert order.customer.external_id == ""
    assert order.customer.company == "ИП Кузнецова"
    assert order.person_type == "company"
    assert order.attribution["utm_source"] == "yandex"
    assert order.attribution["utm_term"] == "визитки"
    assert "utm_source_platform" not in order.attribution
    assert order.properties["is_vat_exempt"] == "no"
    assert not any(key.startswith("_wc_order_attribution_") for key in order.properties)
    assert order.created_at == datetime(2026, 11, 21, 17, 45, 14, tzinfo=UTC)
    assert order.comment_customer == "Макет пришлю почтой"
    assert order.delivery_address == "170000, Тверская область, Тверь, пр. Мира, 5"


def test_a_recorded_payment_is_the_date_of_payment(sample):
    assert not READER.order(sample("order_v3_from_checkout.json")).payments[0].paid
    paid = READER.order(sample("webhook_order_updated.json")["body"])
    assert paid.payments[0].paid_at == datetime(2026, 11, 21, 17, 45, 18, tzinfo=UTC)
    assert paid.payments[0].total == Decimal("1372.50")
    assert paid.properties["b24_deal_id"] == "42"


@pytest.mark.covers("R132", "C54", "C56")
def test_tax_fees_and_shipping_make_the_total():
    taxes = [{"id": 3, "total": "20.00"}]
    row = bare(
        total="171.00",
        tax_lines=[{"rate_id": 3, "rate_percent": 20}],
        line_items=[{"name": "x", "quantity": 2, "subtotal": "120.00", "subtotal_tax": "24.00", "total": "100.00"}],
        fee_lines=[{"name": "rush", "total": "-9.00", "total_tax": "0.00"}],
        shipping_lines=[
            {"id": 4, "method_id": "flat_rate", "instance_id": "2", "total": "50.00", "total_tax": "10.00"}
        ],
    )
    row["line_items"][0].update(total_tax="20.00", taxes=taxes)
    order = READER.order(row)
    assert sum_of(order.lines) + order.delivery == order.total
    goods, fee = order.lines
    assert (goods.total, goods.discount, goods.tax_rate) == (Decimal("120.00"), Decimal("12.00"), Decimal(20))
    assert (fee.kind, fee.total, fee.tax_rate) == ("fee", Decimal("-9.00"), None)
    assert (order.shipments[0].service, order.shipments[0].price) == ("flat_rate:2", Decimal("60.00"))


@pytest.mark.parametrize(
    ("tax_lines", "rate"),
    [
        ([{"rate_id": 1, "rate_percent": "7.5"}, {"rate_id": 2, "rate_percent": 2}], Decimal("9.5")),
        ([{"rate_id": 1, "rate_percent": 7}], None),
        ([{"rate_id": 1, "rate_percent": 7}, {"rate_id": 2, "rate_percent": 2, "compound": True}], None),
        ([{"rate_id": 1}, {"rate_id": 2}], None),
    ],
)
def test_a_rate_is_told_only_where_it_is_known(tax_lines, rate):
    item = {"name": "x", "quantity": 1, "total": "10", "taxes": [{"id": 1, "total": "1"}, {"id": 2, "total": "1"}]}
    (line,) = lines_of({"line_items": [item], "tax_lines": tax_lines})
    assert line.tax_rate == rate


def test_a_cancelled_order_shows_the_reserved_status():
    order = READER.order(bare(status="cancelled"))
    assert order.cancelled
    assert order.fields()["status"] == CANCELLED


@pytest.mark.parametrize(
    ("value", "track"),
    [("RA1", "RA1"), ([{"tracking_number": "RA1"}, {"tracking_number": "RA2"}], "RA1, RA2"), (None, "")],
)
def test_a_tracking_number_stands_in_meta_data(value, track):
    order = READER.order(bare(meta_data=[{"id": 1, "key": "_tracking_number", "value": value}]))
    assert order.fields()["delivery.track"] == track


def test_a_key_met_twice_holds_both_values():
    rows = [("a", "1"), ("a", "2"), ("b", ["x", "y"]), ("c", {"k": 1}), ("e", 5)]
    metas = [{"key": key, "value": value} for key, value in rows]
    assert properties_of({"meta_data": metas}) == {"a": ("1", "2"), "b": ("x", "y"), "c": '{"k": 1}', "e": "5"}


def test_what_plugins_hide_is_there_and_the_traces_and_the_hubs_mark_are_not():
    rows = [
        ("_woocs_order_rate", "0.011"),
        ("_wc_order_attribution_utm_source", "ya"),
        ("_sverka_mark", "hub portal/5"),
    ]
    metas = [{"key": key, "value": value} for key, value in rows]
    assert properties_of({"meta_data": metas}) == {"_woocs_order_rate": "0.011"}


def test_an_order_from_the_shop(woo, placed):
    id_ = placed(
        coupon="promo10",
        shipping={"method_id": "flat_rate", "method_title": "Курьер", "total": "300.00"},
        meta={"paper": "glossy", "_wc_order_attribution_utm_source": "yandex"},
    )
    snapshot = woo.read([id_])[id_]
    fields = snapshot.fields
    assert fields["lines.total"] + fields["delivery.price"] == fields["total"] == Decimal("1515.00")
    assert fields["customer.phone"] == "+79990000002"
    assert fields["person_type"] == "individual"
    assert fields["property.paper"] == "glossy"
    assert fields["attribution.utm_source"] == "yandex"
    assert fields["coupons"] == ("promo10",)
    assert snapshot.changed_at == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_html_entities_are_read_as_the_buyer_typed_them(woo, shop):
    typed = {
        "first_name": "Анна & Ко",
        "last_name": "<Ли>",
        "company": "R & D",
        "address_1": "дом 5 < корпус 2",
        "email": "a&b@example.test",
    }
    item = {"product_id": 77, "name": "Баннер 3 > 2 & кромка"}
    id_ = str(shop.place_order(typed, [item], fields={"customer_note": "5 < 6 & 7"}))
    assert shop.order(int(id_))["billing"]["company"] == "R &amp; D"
    fields = woo.read([id_])[id_].fields
    assert fields["company.name"] == "R & D"
    assert fields["customer.name"] == "Анна & Ко <Ли>"
    assert (fields["customer.first_name"], fields["customer.last_name"]) == ("Анна & Ко", "<Ли>")
    assert fields["customer.email"] == "a&b@example.test"
    assert fields["delivery.address"] == "дом 5 < корпус 2"
    assert fields["comment.customer"] == "5 < 6 & 7"
    assert [line.name for line in fields["lines.goods"]] == ["Баннер 3 > 2 & кромка"]


def test_the_names_of_fees_and_deliveries_are_unescaped_too():
    shipping = [{"id": 1, "method_id": "x", "method_title": "A &amp; B", "total": "5"}]
    order = READER.order(bare(fee_lines=[{"name": "C &lt; D", "total": "1"}], shipping_lines=shipping))
    assert [line.name for line in order.fields()["lines"]] == ["C < D", "A & B"]


@pytest.mark.parametrize("taxed", [True, False])
def test_every_line_tells_its_rate_of_vat(woo, shop, taxed):
    vat = TaxRate(7, "НДС", Decimal(20), shipping=taxed)
    shop.catalogue.tax_rates.append(vat)
    id_ = str(
        shop.place_order(
            {"first_name": "Ольга"},
            [{"product_id": 10, "quantity": 3}],
            {"method_id": "flat_rate", "method_title": "Курьер", "total": "300"},
            coupon="promo10",
            fields={"fee_lines": [{"name": "Срочность", "total": "100"}]},
        )
    )
    fields = woo.read([id_])[id_].fields
    goods, fee, delivery = fields["lines"]
    assert (goods.total, goods.discount, goods.tax_rate) == (Decimal("1458.00"), Decimal("54.00"), Decimal(20))
    assert (fee.kind, fee.total, fee.tax_rate) == ("fee", Decimal("120.00"), Decimal(20))
    rate, price = (Decimal(20), Decimal("360.00")) if taxed else (None, Decimal("300.00"))
    assert (delivery.kind, delivery.total, delivery.tax_rate) == ("delivery", price, rate)
    assert sum_of(fields["lines"]) == fields["total"]
    assert fields["tax"] == (Decimal("323.00") if taxed else Decimal("263.00"))
