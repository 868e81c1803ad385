"""The fields of an order."""

from collections.abc import Collection, Mapping, Sequence

from sverka.connectors.pixlpark.orders import ARCHIVE, PROPERTIES
from sverka.connectors.pixlpark.statuses import NAMES
from sverka.domain.commerce.order import REQUISITES
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.mapping.order_fields import order_fields
from sverka.domain.text import Text
from sverka.ports.comments import COMMENTS, FEED

_NEVER = frozenset(
    {"cancel_reason", "channel", "payer", "comment.customer", "comment.manager", "coupons", "tax"}
    | {"customer.first_name", "customer.last_name", "customer.middle_name", "order.refunded", "payment.refunded"}
    | {"delivery.status", "delivery.allowed"}
    | {f"company.{key}" for key in REQUISITES if key != "inn"}
)
"""What an order of the API does not have."""

_PAYERS = {"individual": "Частное лицо / individual", "company": "Организация / organisation"}
_TYPES = {ARCHIVE: FieldType.URL, "PreviewImageUrl": FieldType.URL, "DateReady": FieldType.DATETIME}
_TITLES = {
    ARCHIVE: Text("Archive of the order, once it is ready", "Архив заказа, когда он готов"),
    "CustomId": Text("Additional number", "Дополнительный номер"),
    "DateReady": Text("Ready at", "Дата готовности"),
    "ShippingType": Text("Kind of delivery", "Тип доставки"),
    "UserCompanyAccountId": Text("Organisation (id)", "Организация (id)"),
}


def fields_of(writes: Collection[str], methods: Mapping[str, str], *, comments: bool) -> Sequence[Field]:
    """Return the fields; `methods` are the deliveries met by id, `comments` tells whether they travel at all."""
    options = {"status": NAMES, "delivery.method": methods, "person_type": _PAYERS}
    properties = [
        Field(f"property.{name}", _TITLES.get(name, Text(name, name)), _TYPES.get(name, FieldType.TEXT), writable=False)
        for name in PROPERTIES
    ]
    said = [
        Field(COMMENTS, Text("Comments", "Комментарии"), FieldType.COMMENTS, many=True, writable=COMMENTS in writes),
        Field(FEED, Text("Comments as one text", "Лента обсуждения"), writable=False),
    ]
    return [*order_fields(writes, options, _NEVER), *properties, *(said if comments else ())]
