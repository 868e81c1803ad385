"""The fields of the shop's orders."""

from collections.abc import Mapping, Sequence

from sverka.connectors.woocommerce.billing import ADDRESS, BILLING
from sverka.domain.commerce.order import REQUISITES
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.mapping.order_fields import order_fields
from sverka.domain.text import Text
from sverka.ports.comments import COMMENTS, FEED
from sverka.ports.stock import STOCK

WRITES = frozenset(
    {
        *("status", "property.*", "comment.customer", "comment.manager", "delivery.track", "payment.paid", COMMENTS),
        *("payment.method", "lines", "lines.goods", *BILLING, ADDRESS),
    },
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
_NEVER = frozenset(
    {"status.code", "cancel_reason", "site", "responsible", "customer.middle_name", "payer"}
    | {"delivery.status", "delivery.allowed"}
    | {f"company.{key}" for key in REQUISITES}
)
"""What a WooCommerce order does not have."""

_ACCOUNT = (
    ("account.name", "Account: full name", "Аккаунт: имя и фамилия", FieldType.TEXT),
    ("account.first_name", "Account: first name", "Аккаунт: имя", FieldType.TEXT),
    ("account.last_name", "Account: last name", "Аккаунт: фамилия", FieldType.TEXT),
    ("account.phone", "Account: phone", "Аккаунт: телефон", FieldType.PHONE),
    ("account.email", "Account: e-mail", "Аккаунт: e-mail", FieldType.EMAIL),
    ("account.company", "Account: company", "Аккаунт: компания", FieldType.TEXT),
)

_PAYERS = {"individual": "Частное лицо / individual", "company": "Компания / company"}


def fields_of(options: Mapping[str, Mapping[str, str]], metas: Mapping[str, bool]) -> Sequence[Field]:
    """Return the standard fields, with `options` by field key, and the meta keys met in recent orders.

    `metas` tells of each key whether it held several values.
    """
    known = {**options, "person_type": _PAYERS}
    traces = [
        Field(f"attribution.{name}", Text(f"Attribution: {name}", f"Источник: {name}"), writable=False)
        for name in _TRACES
    ]
    return [
        *order_fields(WRITES, known, _NEVER),
        *traces,
        Field(COMMENTS, Text("Notes", "Примечания"), FieldType.COMMENTS, many=True),
        Field(FEED, Text("Notes as one text", "Лента обсуждения"), writable=False),
        Field(STOCK, Text("Stock of the products", "Остатки товаров"), many=True, writable=False),
        *(Field(key, Text(en, ru), type_, writable=False) for key, en, ru, type_ in _ACCOUNT),
        *(Field(f"property.{key}", Text(key, key), many=many) for key, many in sorted(metas.items(), key=_shown_first)),
    ]


def _shown_first(meta: tuple[str, bool]) -> tuple[bool, str]:
    return meta[0].startswith("_"), meta[0]
