"""The fields of the shop's orders."""

from collections.abc import Mapping, Sequence

from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Text

WRITES = frozenset(
    {"status", "property.*", "comment.customer", "comment.manager", "delivery.track", "payment.paid"},
)
"""Field keys that can be written."""

_TRACES = (
    "source_type",
    "referrer",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_content",
    "utm_term",
    "utm_id",
    "utm_source_platform",
    "utm_creative_format",
    "utm_marketing_tactic",
    "session_entry",
    "session_start_time",
    "session_pages",
    "session_count",
    "device_type",
    "user_agent",
)
_STANDARD: Sequence[tuple[str, str, str, FieldType]] = (
    ("order.id", "Order id", "Идентификатор заказа", FieldType.TEXT),
    ("order.number", "Order number", "Номер заказа", FieldType.TEXT),
    ("order.created_at", "Placed at", "Дата заказа", FieldType.DATETIME),
    ("order.url", "Order's page", "Страница заказа", FieldType.URL),
    ("status", "Status", "Статус", FieldType.CHOICE),
    ("channel", "Created via", "Где создан", FieldType.TEXT),
    ("person_type", "Payer type", "Тип плательщика", FieldType.CHOICE),
    ("comment.customer", "Customer's note", "Примечание покупателя", FieldType.TEXT),
    ("comment.manager", "Note for managers", "Примечание для менеджеров", FieldType.TEXT),
    ("customer.name", "Customer's full name", "Имя и фамилия покупателя", FieldType.TEXT),
    ("customer.first_name", "Customer's first name", "Имя покупателя", FieldType.TEXT),
    ("customer.last_name", "Customer's last name", "Фамилия покупателя", FieldType.TEXT),
    ("customer.phone", "Customer's phone", "Телефон покупателя", FieldType.PHONE),
    ("customer.email", "Customer's e-mail", "E-mail покупателя", FieldType.EMAIL),
    ("customer.external_id", "Customer's id in the shop", "Идентификатор покупателя в магазине", FieldType.TEXT),
    ("company.name", "Company", "Компания", FieldType.TEXT),
    ("currency", "Currency", "Валюта", FieldType.TEXT),
    ("total", "Total", "Сумма заказа", FieldType.MONEY),
    ("discount", "Discount", "Скидка", FieldType.MONEY),
    ("tax", "Tax", "Налог", FieldType.MONEY),
    ("coupons", "Coupons", "Купоны", FieldType.TEXT),
    ("lines", "Line items with delivery", "Состав заказа с доставкой", FieldType.LINES),
    ("lines.goods", "Line items", "Состав заказа", FieldType.LINES),
    ("lines.total", "Goods total", "Сумма товаров", FieldType.MONEY),
    ("payment.method", "Payment gateway (id)", "Платёжный шлюз (id)", FieldType.CHOICE),
    ("payment.method_name", "Payment gateway", "Способ оплаты", FieldType.TEXT),
    ("payment.paid", "Paid", "Оплачен", FieldType.BOOLEAN),
    ("payment.total", "Paid amount", "Оплаченная сумма", FieldType.MONEY),
    ("payment.paid_at", "Paid at", "Дата оплаты", FieldType.DATETIME),
    ("delivery.method", "Shipping method (id)", "Способ доставки (id)", FieldType.TEXT),
    ("delivery.method_name", "Shipping method", "Способ доставки", FieldType.TEXT),
    ("delivery.price", "Shipping price", "Стоимость доставки", FieldType.MONEY),
    ("delivery.track", "Tracking number", "Трек-номер", FieldType.TEXT),
    ("delivery.shipped", "Shipped (completed)", "Отправлен (выполнен)", FieldType.BOOLEAN),
    ("delivery.address", "Shipping address", "Адрес доставки", FieldType.TEXT),
    *((f"attribution.{name}", f"Attribution: {name}", f"Источник: {name}", FieldType.TEXT) for name in _TRACES),
)
_MANY = {"coupons", "lines", "lines.goods"}
_PAYERS = {"individual": "Частное лицо / individual", "company": "Компания / company"}


def fields_of(options: Mapping[str, Mapping[str, str]], metas: Mapping[str, bool]) -> Sequence[Field]:
    """Return the standard fields, with `options` by field key, and the meta keys met in recent orders.

    `metas` tells of each key whether it held several values.
    """
    known = {**options, "person_type": _PAYERS}
    standard = [
        Field(key, Text(en, ru), type_, key in _MANY, key in WRITES, known.get(key, {}))
        for key, en, ru, type_ in _STANDARD
    ]
    return [*standard, *(Field(f"property.{key}", Text(key, key), many=many) for key, many in sorted(metas.items()))]
