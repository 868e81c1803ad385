"""The fields of the shop's orders."""

from collections.abc import Mapping, Sequence

from sverka.connectors.bitrix_site.dictionary import Property, Words
from sverka.connectors.bitrix_site.extras import extra_fields
from sverka.connectors.bitrix_site.orders import is_trace
from sverka.connectors.bitrix_site.people import CODES, held_fields
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.mapping.order_fields import order_fields
from sverka.domain.text import Text
from sverka.ports.stock import STOCK

WRITES = frozenset(
    {
        "status",
        "cancel_reason",
        "comment.customer",
        "comment.manager",
        "responsible",
        "property.*",
        "delivery.method",
        "delivery.track",
        "delivery.shipped",
        "delivery.allowed",
        "delivery.status",
        "payment.method",
        "payment.paid",
        "lines",
        "lines.goods",
        *CODES,
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
_PAYERS = {"individual": "Физическое лицо / individual", "company": "Юридическое лицо / company"}
_CANCELLED_NAME = "Отменён / cancelled"


def fields_of(words: Words, options: Mapping[str, Mapping[str, str]]) -> Sequence[Field]:
    """Return the standard fields, with `options` by field key, and every property once by its code."""
    known: dict[str, Mapping[str, str]] = {
        **options,
        "status": {**options.get("status", {}), CANCELLED: _CANCELLED_NAME},
        "person_type": _PAYERS,
        "payer": words.payer_names,
    }
    standard = order_fields(WRITES - (CODES.keys() - held_fields(words)), known)
    by_code: dict[str, list[Property]] = {}
    for property_ in words.properties.values():
        by_code.setdefault(property_.code, []).append(property_)
    traces = [
        Field(f"attribution.{code.lower()}", Text(f"Attribution: {code}", f"Источник: {code}"), writable=False)
        for code in by_code
        if is_trace(code)
    ]
    stock = Field(STOCK, Text("Stock of the products", "Остатки товаров"), many=True, writable=False)
    return [*standard, *extra_fields(), stock, *traces, *(_property(twins) for twins in by_code.values())]


def _property(twins: Sequence[Property]) -> Field:
    """Describe the properties that share a code over payer types by the first, with the options of all."""
    first = twins[0]
    type_ = _TYPES.get(first.kind) or next((_ROLE_TYPES[role] for role in first.roles & _ROLE_TYPES.keys()), None)
    return Field(
        key=f"property.{first.code}",
        label=Text(first.name, first.name),
        type=type_ or FieldType.TEXT,
        many=any(twin.many for twin in twins),
        writable=first.kind != "ADDRESS",
        options={value: name for twin in twins for value, name in twin.options.items()},
    )
