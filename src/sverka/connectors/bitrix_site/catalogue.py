"""The fields of the shop's orders."""

from collections.abc import Mapping, Sequence

from sverka.connectors.bitrix_site.dictionary import Property, Words
from sverka.connectors.bitrix_site.orders import is_trace
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Text

WRITES = frozenset(
    {
        "status",
        "cancel_reason",
        "comment.manager",
        "property.*",
        "delivery.track",
        "delivery.shipped",
        "payment.paid",
    }
)
"""Field keys that can be written."""

_TYPES = {
    "NUMBER": FieldType.NUMBER,
    "DATE": FieldType.DATE,
    "Y/N": FieldType.BOOLEAN,
    "CHECKBOX": FieldType.BOOLEAN,
    "ENUM": FieldType.CHOICE,
    "FILE": FieldType.FILE,
}
_ROLE_TYPES = {"email": FieldType.EMAIL, "phone": FieldType.PHONE}
_STANDARD: Sequence[tuple[str, str, str, FieldType]] = (
    ("order.id", "Order id", "Идентификатор заказа", FieldType.TEXT),
    ("order.number", "Order number", "Номер заказа", FieldType.TEXT),
    ("order.created_at", "Placed at", "Дата заказа", FieldType.DATETIME),
    ("order.url", "Order's page", "Страница заказа", FieldType.URL),
    ("status", "Status", "Статус", FieldType.CHOICE),
    ("status.code", "Status, cancellation apart", "Статус без учёта отмены", FieldType.TEXT),
    ("cancel_reason", "Reason of cancellation", "Причина отмены", FieldType.TEXT),
    ("site", "Site", "Сайт", FieldType.TEXT),
    ("channel", "Trading platform", "Торговая площадка", FieldType.TEXT),
    ("person_type", "Payer type", "Тип плательщика", FieldType.CHOICE),
    ("comment.customer", "Customer's comment", "Комментарий покупателя", FieldType.TEXT),
    ("comment.manager", "Manager's comment", "Комментарий менеджера", FieldType.TEXT),
    ("responsible", "Responsible", "Ответственный", FieldType.TEXT),
    ("customer.name", "Customer's full name", "Ф. И. О. покупателя", FieldType.TEXT),
    ("customer.first_name", "Customer's first name", "Имя покупателя", FieldType.TEXT),
    ("customer.last_name", "Customer's last name", "Фамилия покупателя", FieldType.TEXT),
    ("customer.middle_name", "Customer's middle name", "Отчество покупателя", FieldType.TEXT),
    ("customer.phone", "Customer's phone", "Телефон покупателя", FieldType.PHONE),
    ("customer.email", "Customer's e-mail", "E-mail покупателя", FieldType.EMAIL),
    ("customer.external_id", "Customer's id on the site", "Идентификатор покупателя на сайте", FieldType.TEXT),
    ("company.name", "Company", "Компания", FieldType.TEXT),
    ("currency", "Currency", "Валюта", FieldType.TEXT),
    ("total", "Total", "Сумма заказа", FieldType.MONEY),
    ("discount", "Discount", "Скидка", FieldType.MONEY),
    ("tax", "Tax", "Налог", FieldType.MONEY),
    ("coupons", "Coupons", "Купоны", FieldType.TEXT),
    ("lines", "Line items with delivery", "Состав заказа с доставкой", FieldType.LINES),
    ("lines.goods", "Line items", "Состав заказа", FieldType.LINES),
    ("lines.total", "Goods total", "Сумма товаров", FieldType.MONEY),
    ("payment.method", "Payment method (id)", "Способ оплаты (id)", FieldType.CHOICE),
    ("payment.method_name", "Payment method", "Способ оплаты", FieldType.TEXT),
    ("payment.paid", "Paid", "Оплачен", FieldType.BOOLEAN),
    ("payment.total", "Paid amount", "Оплаченная сумма", FieldType.MONEY),
    ("payment.paid_at", "Paid at", "Дата оплаты", FieldType.DATETIME),
    ("delivery.method", "Delivery service (id)", "Служба доставки (id)", FieldType.CHOICE),
    ("delivery.method_name", "Delivery service", "Служба доставки", FieldType.TEXT),
    ("delivery.price", "Delivery price", "Стоимость доставки", FieldType.MONEY),
    ("delivery.track", "Tracking number", "Трек-номер", FieldType.TEXT),
    ("delivery.shipped", "Shipped", "Отгружен", FieldType.BOOLEAN),
    ("delivery.address", "Delivery address", "Адрес доставки", FieldType.TEXT),
)
_MANY = {"coupons", "lines", "lines.goods"}
_PAYERS = {"individual": "Физическое лицо / individual", "company": "Юридическое лицо / company"}
_CANCELLED_NAME = "Отменён / cancelled"


def fields_of(words: Words, options: Mapping[str, Mapping[str, str]]) -> Sequence[Field]:
    """Return the standard fields, with `options` by field key, and every property once by its code."""
    known: dict[str, Mapping[str, str]] = {
        **options,
        "status": {**options.get("status", {}), CANCELLED: _CANCELLED_NAME},
        "person_type": _PAYERS,
    }
    standard = [
        Field(key, Text(en, ru), type_, key in _MANY, key in WRITES, known.get(key, {}))
        for key, en, ru, type_ in _STANDARD
    ]
    by_code: dict[str, list[Property]] = {}
    for property_ in words.properties.values():
        by_code.setdefault(property_.code, []).append(property_)
    traces = [
        Field(f"attribution.{code.lower()}", Text(f"Attribution: {code}", f"Источник: {code}"), writable=False)
        for code in by_code
        if is_trace(code)
    ]
    return [*standard, *traces, *(_property(twins) for twins in by_code.values())]


def _property(twins: Sequence[Property]) -> Field:
    """Describe the properties that share a code over payer types by the first, with the options of all."""
    first = twins[0]
    type_ = _TYPES.get(first.kind) or next((_ROLE_TYPES[role] for role in first.roles & _ROLE_TYPES.keys()), None)
    return Field(
        key=f"property.{first.code}",
        label=Text(first.name, first.name),
        type=type_ or FieldType.TEXT,
        many=any(twin.many for twin in twins),
        writable=type_ is not FieldType.FILE,
        options={value: name for twin in twins for value, name in twin.options.items()},
    )
