from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sverka.connectors.bitrix_site.dictionary import Property, Words, is_company, property_of
from sverka.connectors.bitrix_site.orders import Reader, lines_of, value_of
from sverka.domain.commerce.lines import sum_of
from sverka.domain.commerce.value import FileRef

READER = Reader("https://shop.example", "RU")


def prop(kind: str, many: bool = False) -> Property:
    return Property("1", "CODE", "Name", kind, many, "1")


def test_a_recorded_order_is_read_to_the_kopeck(sample):
    tree = sample("order_get.json")["result"]["order"]
    order = READER.order(tree, Words())
    assert sum_of(order.lines) + order.delivery == order.total == Decimal("1480")
    assert (order.id, order.number, order.status, order.currency, order.cancelled) == ("236", "392", "N", "USD", False)
    assert order.created_at == datetime(2024, 2, 28, 15, 36, 55, tzinfo=UTC)
    assert order.customer.name == "John Smith"
    assert order.customer.email == "email@mail.com"
    assert order.delivery_address == "test"
    assert order.lines[0].tax_rate == Decimal(20)
    assert order.lines[0].measure == "796"
    assert order.payments[0].total == Decimal(1480)
    assert order.shipments[0].service_name == "Courier Delivery"
    assert order.properties["CONTACT_ADDRESS"] is None
    assert order.url == "https://shop.example/bitrix/admin/sale_order_view.php?ID=236&lang=ru"


def test_recorded_properties_are_known_by_what_the_site_marks(sample):
    rows = sample("property_list.json")["result"]["properties"]
    properties = [property_of(row, {}) for row in rows]
    assert {one.id for one in properties} == {"47", "33", "21"}
    assert all(one.roles == {"email"} for one in properties)


def test_recorded_payers_tell_companies_from_people(sample):
    rows = sample("persontype_list.json")["personTypes"]
    assert [is_company(row) for row in rows] == [True, False, True]


def test_the_stamp_moves_with_every_save():
    tree = {"id": 5, "version": 3, "dateUpdate": "2026-01-01T10:00:00+03:00", "dateInsert": "2026-01-01T10:00:00+03:00"}
    before = READER.snapshot(tree, Words()).stamp
    assert READER.snapshot({**tree, "version": 4}, Words()).stamp != before
    assert READER.snapshot({**tree, "dateUpdate": "2026-01-01T10:00:01+03:00"}, Words()).stamp != before


@pytest.mark.parametrize(
    ("included", "rate", "total"),
    [("Y", "0.2", "301.10"), ("N", "0.2", "361.32"), ("N", None, "301.10"), ("N", "0", "301.10")],
)
def test_tax_outside_the_price_is_added(included, rate, total):
    row = {"id": 1, "name": "x", "price": "150.55", "quantity": 2, "vatRate": rate, "vatIncluded": included}
    (line,) = lines_of({"basketItems": [row]})
    assert line.total == Decimal(total)
    assert line.tax_rate == (None if rate is None else Decimal(rate) * 100)


def test_parts_of_a_set_are_not_counted_twice():
    basket = [
        {"id": "10", "name": "set", "price": 100, "quantity": 1, "setParentId": "10"},
        {"id": "11", "name": "part", "price": 60, "quantity": 1, "setParentId": "10"},
    ]
    assert [line.name for line in lines_of({"basketItems": basket})] == ["set"]


@pytest.mark.parametrize(
    ("raw", "kind", "many", "value"),
    [
        ("12,50", "NUMBER", False, Decimal("12.50")),
        ("a lot", "NUMBER", False, "a lot"),
        ("Y", "Y/N", False, True),
        ("N", "Y/N", False, False),
        ("31.12.2026", "DATE", False, date(2026, 12, 31)),
        ("31.12.2026 10:00:00", "DATE", False, "31.12.2026 10:00:00"),
        ("31.02.2026", "DATE", False, "31.02.2026"),
        ("glossy", "ENUM", False, "glossy"),
        (["a", "b", ""], "STRING", True, ("a", "b")),
        ("a", "STRING", True, ("a",)),
        (None, "STRING", True, ()),
        ("", "STRING", False, None),
        ({"id": 3, "name": "a.pdf", "src": "/upload/a.pdf"}, "FILE", False, FileRef("3", "a.pdf", 0, "/upload/a.pdf")),
        ({"id": 3, "src": "https://shop.example/b.pdf"}, "FILE", False, FileRef("3", "", 0, "/b.pdf")),
        ({"id": 3, "name": "a.pdf", "size": 7}, "FILE", False, FileRef("3", "a.pdf", 7)),
        ("3", "FILE", False, FileRef("3")),
        ([{"id": 3}, {"id": 4}], "FILE", True, (FileRef("3"), FileRef("4"))),
        (
            {"id": "3", "fileName": "8f.pdf", "originalName": "Макет.pdf", "fileSize": 7, "src": "/upload/8f.pdf"},
            "FILE",
            False,
            FileRef("3", "Макет.pdf", 7, "/upload/8f.pdf"),
        ),
        ("0000073738", "LOCATION", False, "0000073738"),
        ({"id": 1, "fieldCollection": {"300": "Тверь", "50": "170000", "410": ""}}, "ADDRESS", False, "170000, Тверь"),
        ("Тверь, 1", "ADDRESS", False, "Тверь, 1"),
        ([], "ADDRESS", False, None),
    ],
)
def test_a_property_is_read_by_its_type(raw, kind, many, value):
    assert value_of(raw, prop(kind, many), READER.site) == value


def test_an_order_from_the_shop(site, placed):
    id_ = placed(
        properties={"region": "Тверская область", "paper": "glossy"},
        items=[
            {"name": "Визитки", "price": "150.55", "quantity": 3, "discountCoupon": "SPRING", "discount": "0.55"},
            {"name": "Листовки", "price": "3.33", "quantity": 100, "vatRate": "0.1"},
        ],
        delivery_price="299.99",
    )
    snapshot = site.read([id_])[id_]
    fields = snapshot.fields
    assert fields["lines.total"] + fields["delivery.price"] == fields["total"] == Decimal("1082.99")
    assert fields["customer.name"] == "Иванов Иван"
    assert fields["customer.phone"] == "+79990000001"
    assert fields["customer.email"] == "ivan@example.test"
    assert fields["person_type"] == "individual"
    assert fields["property.PAPER"] == "glossy"
    assert fields["delivery.method_name"] == "Курьер"
    assert fields["delivery.address"] == "Тверская область, Тверь"
    assert fields["coupons"] == ("SPRING",)
    assert fields["discount"] == Decimal("1.65")
    assert [line.tax_rate for line in fields["lines.goods"]] == [Decimal(20), Decimal(10)]
    assert snapshot.changed_at == fields["order.created_at"] == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_a_legal_person_is_known_by_its_payer_type(site, placed):
    id_ = placed(fields={"personTypeId": 2}, properties={"company": "ООО Ромашка", "inn": "7701"})
    fields = site.read([id_])[id_].fields
    assert fields["person_type"] == "company"
    assert fields["company.name"] == "ООО Ромашка"


def test_traces_of_advertising_are_lifted_out_of_properties():
    rows = [
        {"orderPropsId": 1, "code": "UTM_SOURCE", "value": "yandex"},
        {"orderPropsId": 2, "code": "X", "value": "y"},
    ]
    tree = {"id": 5, "dateInsert": "2026-01-01T10:00:00+03:00", "propertyValues": rows}
    assert READER.order(tree, Words()).attribution == {"utm_source": "yandex"}


@pytest.mark.covers("R15")
def test_several_payments_and_shipments_are_read_with_what_was_given_back(site, placed, shop):
    id_ = placed()
    order = shop.order(int(id_))
    post, cash = order["shipments"][-1], order["payments"][0]
    cash.update(sum=Decimal("500.50"), paid="Y", datePaid=shop.now())
    order["payments"].append({**cash, "id": 77, "sum": Decimal("251.15"), "paid": "Y", "isReturn": "Y"})
    post.update(trackingNumber="RA1", deducted="Y", allowDelivery="Y", dateDeducted=shop.now(), statusId="DF")
    order["shipments"].append({**post, "id": 78, "trackingNumber": "RA2", "deducted": "N", "allowDelivery": "N"})
    fields = site.read([id_])[id_].fields
    assert fields["payments"] == (
        "Банковской картой · 500.50 RUB · 2026-03-01", "Банковской картой · 251.15 RUB · 2026-03-01 · −251.15",
    )  # fmt: skip
    assert (fields["payment.status"], fields["payment.refunded"]) == ("paid", Decimal("251.15"))
    assert fields["shipments"] == ("Курьер · RA1 · 2026-03-01", "Курьер · RA2 · ✗")
    assert (fields["delivery.track"], fields["delivery.shipped"], fields["delivery.allowed"]) == ("RA1", False, False)
    assert (fields["delivery.status"], fields["payer"]) == ("DF", "1")


def test_a_user_whom_many_buyers_share_is_nobodys_id():
    reader = Reader("https://shop.example", "RU", shared="7")
    known = {shared: reader.order({"id": 1, "userId": shared}, Words()).customer.external_id for shared in (7, 8)}
    assert known == {7: "", 8: "8"}


def test_what_only_orders_of_such_a_site_have_is_read(site, placed, shop, clock):
    id_ = placed()
    clock.advance(60)
    shop.edit(int(id_), {
        "id1c": "УТ-77", "additionalInfo": "подъезд 2", "companyId": "0", "marked": "Y",
        "reasonMarked": "нет на складе", "statusId": "P", "canceled": "Y",
    })  # fmt: skip
    fields = site.read([id_])[id_].fields
    assert {key: fields[key] for key in ("order.id_1c", "order.additional", "order.department", "order.problem")} == {
        "order.id_1c": "УТ-77", "order.additional": "подъезд 2", "order.department": "", "order.problem": True,
    }  # fmt: skip
    assert fields["order.problem_reason"] == "нет на складе"
    assert fields["status.changed_at"] == fields["order.cancelled_at"] == clock.now()
    shop.edit(int(id_), {"canceled": "N"})
    assert site.read([id_])[id_].get("order.cancelled_at") is None
