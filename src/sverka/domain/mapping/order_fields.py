"""The fields every order has, whatever store it came from; a store adds its properties and traces to them."""

from collections.abc import Collection, Mapping, Sequence

from sverka.domain.commerce.order import ORGANISATION, PERSON
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.mapping.routing import KNOWN, SECTIONS
from sverka.domain.text import Text

_TABLE: Sequence[tuple[str, str, str, FieldType]] = (
    ("order.id", "Order id", "Идентификатор заказа", FieldType.TEXT),
    ("order.number", "Order number", "Номер заказа", FieldType.TEXT),
    ("order.created_at", "Placed at", "Дата заказа", FieldType.DATETIME),
    ("order.url", "Order's page", "Страница заказа", FieldType.URL),
    ("status", "Status", "Статус", FieldType.CHOICE),
    ("status.code", "Status, cancellation apart", "Статус без учёта отмены", FieldType.TEXT),
    ("cancel_reason", "Reason of cancellation", "Причина отмены", FieldType.TEXT),
    ("site", "Site", "Сайт", FieldType.TEXT),
    ("site.host", "Site's address", "Адрес сайта", FieldType.TEXT),
    ("channel", "Sales channel", "Канал продаж", FieldType.TEXT),
    ("person_type", "Payer type", "Тип плательщика", FieldType.CHOICE),
    ("payer", "Payer type of the store", "Тип плательщика магазина", FieldType.CHOICE),
    ("client", "Client: a person or an organisation", "Клиент: физлицо или организация", FieldType.CHOICE),
    ("comment.customer", "Customer's comment", "Комментарий покупателя", FieldType.TEXT),
    ("comment.manager", "Manager's comment", "Комментарий менеджера", FieldType.TEXT),
    ("responsible", "Responsible", "Ответственный", FieldType.TEXT),
    ("customer.name", "Customer's full name", "Ф. И. О. покупателя", FieldType.TEXT),
    ("customer.first_name", "Customer's first name", "Имя покупателя", FieldType.TEXT),
    ("customer.last_name", "Customer's last name", "Фамилия покупателя", FieldType.TEXT),
    ("customer.middle_name", "Customer's middle name", "Отчество покупателя", FieldType.TEXT),
    ("customer.phone", "Customer's phone", "Телефон покупателя", FieldType.PHONE),
    ("customer.email", "Customer's e-mail", "E-mail покупателя", FieldType.EMAIL),
    ("customer.external_id", "Customer's id in the store", "Идентификатор покупателя в магазине", FieldType.TEXT),
    (KNOWN, "Customer known before", "Покупатель уже известен", FieldType.BOOLEAN),
    ("company.name", "Company", "Компания", FieldType.TEXT),
    ("company.full_name", "Company's full name", "Полное название компании", FieldType.TEXT),
    ("company.inn", "Company's INN", "ИНН компании", FieldType.TEXT),
    ("company.kpp", "Company's KPP", "КПП компании", FieldType.TEXT),
    ("company.ogrn", "Company's OGRN", "ОГРН компании", FieldType.TEXT),
    ("company.address", "Company's legal address", "Юридический адрес компании", FieldType.TEXT),
    ("company.bank", "Company's bank", "Банк компании", FieldType.TEXT),
    ("company.bik", "Bank's BIK", "БИК банка", FieldType.TEXT),
    ("company.account", "Company's account", "Расчётный счёт компании", FieldType.TEXT),
    ("company.cor_account", "Bank's correspondent account", "Корреспондентский счёт банка", FieldType.TEXT),
    ("currency", "Currency", "Валюта", FieldType.TEXT),
    ("total", "Total", "Сумма заказа", FieldType.MONEY),
    ("total.net", "Total less refunds", "Сумма за вычетом возвратов", FieldType.MONEY),
    ("discount", "Discount", "Скидка", FieldType.MONEY),
    ("tax", "Tax", "Налог", FieldType.MONEY),
    ("coupons", "Coupons", "Купоны", FieldType.TEXT),
    ("lines", "Line items with delivery", "Состав заказа с доставкой", FieldType.LINES),
    ("lines.goods", "Line items", "Состав заказа", FieldType.LINES),
    ("lines.net", "Line items with delivery less refunds", "Состав заказа за вычетом возвратов", FieldType.LINES),
    ("lines.total", "Goods total", "Сумма товаров", FieldType.MONEY),
    ("lines.product", "Products (ids)", "Товары (id)", FieldType.TEXT),
    (SECTIONS, "Products' sections", "Разделы товаров", FieldType.CHOICE),
    ("payment.method", "Payment method (id)", "Способ оплаты (id)", FieldType.CHOICE),
    ("payment.method_name", "Payment method", "Способ оплаты", FieldType.TEXT),
    ("payment.paid", "Paid", "Оплачен", FieldType.BOOLEAN),
    ("payment.total", "Paid amount", "Оплаченная сумма", FieldType.MONEY),
    ("payment.paid_at", "Paid at", "Дата оплаты", FieldType.DATETIME),
    ("payment.status", "How far it is paid", "Статус оплаты", FieldType.CHOICE),
    ("payment.refunded", "Refunded amount", "Возвращённая сумма", FieldType.MONEY),
    ("payments", "All payments", "Все оплаты", FieldType.TEXT),
    ("order.refunded", "Refunded in full", "Возвращён полностью", FieldType.BOOLEAN),
    ("delivery.method", "Delivery service (id)", "Служба доставки (id)", FieldType.CHOICE),
    ("delivery.method_name", "Delivery service", "Служба доставки", FieldType.TEXT),
    ("delivery.price", "Delivery price", "Стоимость доставки", FieldType.MONEY),
    ("delivery.track", "Tracking number", "Трек-номер", FieldType.TEXT),
    ("delivery.shipped", "Shipped", "Отгружен", FieldType.BOOLEAN),
    ("delivery.allowed", "Delivery allowed", "Доставка разрешена", FieldType.BOOLEAN),
    ("delivery.status", "Shipment's status", "Статус отгрузки", FieldType.CHOICE),
    ("shipments", "All shipments", "Все отгрузки", FieldType.TEXT),
    ("delivery.address", "Delivery address", "Адрес доставки", FieldType.TEXT),
    ("delivery.region", "Region of delivery", "Регион доставки", FieldType.TEXT),
    ("delivery.city", "City of delivery", "Город доставки", FieldType.TEXT),
)
_MANY = frozenset({"coupons", "lines", "lines.goods", "lines.net", "lines.product", SECTIONS, "payments", "shipments"})
_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "client": {PERSON: "Частное лицо / person", ORGANISATION: "Организация / organisation"},
    "payment.status": {
        "unpaid": "Не оплачен / not paid",
        "partly": "Оплачен частично / paid in part",
        "paid": "Оплачен / paid",
        "refunded": "Возвращён / refunded",
    },
}

LOOKED_UP = frozenset({KNOWN, SECTIONS})
"""Fields that the hub looks up where a route asks for them: they select orders, and are mapped to nothing."""


def order_fields(
    writes: Collection[str], options: Mapping[str, Mapping[str, str]], without: Collection[str] = ()
) -> Sequence[Field]:
    """Return the fields of an order for one store's catalogue.

    `writes` are the keys that can be written there, `options` the ids and names of those that are chosen from a list,
    `without` the keys that such a store never fills.
    """
    return [
        Field(key, Text(en, ru), type_, key in _MANY, key in writes, options.get(key) or _OPTIONS.get(key, {}))
        for key, en, ru, type_ in _TABLE
        if key not in without
    ]
