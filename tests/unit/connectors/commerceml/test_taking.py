"""What a 1C says of orders: only what is said counts."""

import pytest

from sverka.connectors.commerceml.taking import wanted_of
from sverka.connectors.commerceml.xml import pieces_of
from sverka.domain.commerce.order import CANCELLED

PAYMENT, SHIPMENT, ORDER = "Выплата безналичных денег", "Отпуск товара", "Заказ товара"


def said(operation: str, inside: str = "", **requisites: str) -> dict[str, object]:
    told = "".join(
        f"<ЗначениеРеквизита><Наименование>{name.replace('_', ' ')}</Наименование><Значение>{value}</Значение>"
        "</ЗначениеРеквизита>"
        for name, value in requisites.items()
    )
    own = "<Основание>7</Основание><Ид>70</Ид>" if operation != ORDER else "<Ид>7</Ид>"
    file = (
        f"<КоммерческаяИнформация><Документ>{own}<Номер>7</Номер><ХозОперация>{operation}</ХозОперация>{inside}"
        f"<ЗначенияРеквизитов>{told}</ЗначенияРеквизитов></Документ></КоммерческаяИнформация>"
    )
    return {key: value for one in wanted_of(pieces_of([file.encode()])) for key, value in one.fields.items()}


def test_a_status_takes_a_cancellation_back_only_where_it_is_spoken_of() -> None:
    assert said(ORDER, Статуса_заказа_ИД="P", Отменен="false") == {"status": "P"}
    assert said(ORDER, Статуса_заказа_ИД="P") == {"status.code": "P"}


@pytest.mark.parametrize("inside", ["", "<ПометкаУдаления>true</ПометкаУдаления>"])
def test_an_order_that_is_marked_as_deleted_is_cancelled(inside: str) -> None:
    requisites = {} if inside else {"Отменен": "true"}
    assert said(ORDER, inside, **requisites, Статуса_заказа_ИД="P") == {"status": CANCELLED}


def test_money_given_back_pays_nothing() -> None:
    assert said(PAYMENT, Оплачен="true") == {"payment.paid": True}
    assert said(PAYMENT, Оплачен="true", Признак_возврата="true") == {}
    assert said(PAYMENT, Оплачен="true", Отменен="true") == {}
    assert said(PAYMENT, Оплачен="false") == {}


def test_a_shipment_that_was_cancelled_says_nothing() -> None:
    assert said(SHIPMENT, Отгружен="true", Идентификатор_отправления="RA1") == {
        "delivery.shipped": True,
        "delivery.track": "RA1",
    }
    assert said(SHIPMENT, Отгружен="true", Отменен="true") == {}
