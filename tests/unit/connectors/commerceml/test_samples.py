"""Files that real shops wrote: all of each comes back, and the orders in them are what people there see."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from sverka.connectors.commerceml.account import account_of
from sverka.connectors.commerceml.documents import packages_of
from sverka.connectors.commerceml.orders import Terms, order_of
from sverka.connectors.commerceml.xml import pieces_of
from sverka.domain.commerce.lines import sum_of
from sverka.domain.commerce.order import Order
from sverka.domain.commerce.value import lines_of

TERMS = Terms(timezone(timedelta(hours=3)))
SEEN = datetime(2026, 3, 1, tzinfo=UTC)
FILES = 15


def orders_in(path: Path) -> list[Order]:
    with path.open("rb") as file:
        return [order_of(one, TERMS, SEEN) for one in packages_of(pieces_of(file))]


def test_every_element_of_every_sample_comes_back_and_is_accounted_for(samples: Path) -> None:
    files = sorted(samples.rglob("*.xml"))
    assert len(files) == FILES
    for file in files:
        account = account_of(file.read_bytes())
        assert account.share == 1.0, file.name
        assert account.unexplained == [], file.name


def test_an_element_that_nobody_knows_is_not_explained_away() -> None:
    data = "<КоммерческаяИнформация><Документ><ХозОперация>Заказ товара</ХозОперация><Ид>1</Ид><Номер>1</Номер>"
    account = account_of(f"{data}<Новинка>x</Новинка></Документ></КоммерческаяИнформация>".encode())
    assert account.unexplained == ["КоммерческаяИнформация/Документ/Новинка"]
    assert account.share == 1.0


def test_orders_of_a_1c_bitrix_site(samples: Path) -> None:
    first, second = orders_in(samples / "dobromyslov-commerceml-parser" / "bitrix-query-response-full.xml")
    assert (first.number, first.status, first.currency, first.total) == ("132", "N", "RUB", Decimal("231.74"))
    assert first.created_at == datetime(2021, 2, 11, 15, 45, 21, tzinfo=UTC)
    assert (first.comment_customer, first.site) == ("Я повелитель порошочков", "s1")
    assert (first.payments[0].system, first.payments[0].paid) == ("2", False)
    assert (first.shipments[0].service, first.shipments[0].service_name) == ("5", "Самовывоз")
    assert len(second.lines) == 7
    for order in (first, second):
        assert sum_of(lines_of(order.fields()["lines"])) == order.total, "to the kopeck"


def test_an_order_of_an_old_schema_in_windows_1251(samples: Path) -> None:
    (order,) = orders_in(samples / "carono-php-commerceml" / "orders.xml")
    assert (order.customer.name, order.customer.external_id) == ("Петр Петров", "1")
    assert (order.status, order.payments[0].paid, order.payments[0].reference) == ("F", True, "ТК000000026")
    assert [(line.name, line.total) for line in order.delivery_lines()] == [("Доставка заказа", Decimal("348.00"))]
    assert sum_of(lines_of(order.fields()["lines"])) == order.total


def test_an_order_of_a_woocommerce_shop_with_an_exchange_module(samples: Path) -> None:
    (order,) = orders_in(samples / "woocommerce-1c-query.xml")
    assert (order.id, order.number, order.status) == ("wc1c#order#18", "18", "On hold")
    assert (order.customer.email, order.customer.phone, order.customer.external_id) == (
        "i@example.test",
        "+79990000001",
        "",
    )
    assert order.delivery_city == "Москва"


@pytest.mark.parametrize("name", ["bitrix_2.10_order_payment_shipment.xml", "bitrix_3.1_container.xml"])
def test_payments_and_shipments_are_documents_of_their_own(samples: Path, name: str) -> None:
    (order,) = orders_in(samples / "synthetic" / name)
    assert (order.payments[0].id, order.payments[0].paid, order.payments[0].total) == ("123", True, Decimal("858.00"))
    (shipment,) = order.shipments
    assert (shipment.id, shipment.tracking_number, shipment.shipped) == ("338", "RA123456785RU", False)
    assert (order.person_type, order.requisites["inn"], order.customer.name) == ("company", "7701234567", "Иван Петров")
    assert order.lines[0].properties == (("РАЗМЕР", "A4"),)
    assert sum_of(lines_of(order.fields()["lines"])) == order.total


def test_an_answer_for_a_crm_is_in_english_with_russian_names_among_it(samples: Path) -> None:
    (order,) = orders_in(samples / "synthetic" / "bitrix_type_crm_en.xml")
    assert (order.status, order.payments[0].paid, order.cancelled) == ("P", True, False)
    assert order.updated_at == datetime(2026, 11, 21, 16, 59, 30, tzinfo=UTC)


def test_a_shop_without_new_orders_answers_with_none(samples: Path) -> None:
    assert orders_in(samples / "dobromyslov-commerceml-parser" / "bitrix-query-response-empty.xml") == []
