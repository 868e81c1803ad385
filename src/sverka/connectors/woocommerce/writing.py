"""Field values as the body of a PUT: only what is to be set, never line items."""

import html
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sverka.connectors.woocommerce.billing import ADDRESS, BILLING, put_address
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Problem, Rejected
from sverka.domain.text import Text
from sverka.ports.comments import COMMENTS

PROPERTY = "property."
NOTE = "comment.manager"

_NO_FIELD = Text(
    "This field of an order cannot be written in WooCommerce; make it one-way in the profile.",
    "Это поле заказа нельзя записать в WooCommerce; сделайте соответствие односторонним.",
)
_HIDDEN = Text(
    "A hidden meta key (`_…`) is written only where the order has it already; name another key in the profile.",
    "Скрытый ключ (`_…`) записывается, только если он уже есть у заказа; укажите в профиле другой ключ.",
)
_PAID = Text(
    "WooCommerce cannot take a payment back through its API; refund the order in the shop.",
    "WooCommerce не умеет отменять оплату через API; оформите возврат в магазине.",
)
NOT_DUE = Text(
    "The order does not wait for a payment in WooCommerce, and was not marked as paid; complete it in the shop.",
    "Заказ в WooCommerce не ждёт оплаты и оплаченным не отмечен; выполните его в магазине.",
)
"""The shop passes over `set_paid` without a word, unless the order is pending or failed and costs something."""


@dataclass
class Body:
    """What is put into one order, the note to be added beside it, and the fields that cannot be set."""

    values: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    refused: dict[str, Problem] = field(default_factory=dict)


def body_of(
    fields: Mapping[str, Value], hidden: Collection[str], track_meta: str, before: Mapping[str, Any] | None = None
) -> Body:
    """Plan the write of an order; `hidden` are the meta keys with an underscore that it has already.

    `before` is the order as it was, where a field can be planned only on that.
    """
    body = Body()
    metas: dict[str, Any] = {}
    # Comments are notes, which are made one by one.
    for key, value in ((key, value) for key, value in fields.items() if key != COMMENTS):
        if key.startswith(PROPERTY):
            name = key.removeprefix(PROPERTY)
            if name.startswith("_") and name not in hidden:
                body.refused[key] = Rejected(_HIDDEN)
            else:
                metas[name] = [_text(item) for item in value] if isinstance(value, tuple) else _text(value)
        elif key == "delivery.track":
            metas[track_meta] = _text(value)
        elif key == "status":
            body.values["status"] = _text(value).removeprefix("wc-")
        elif key == "comment.customer":
            # As the checkout saves it, for so it is read: `&amp;` in a person's words is no ampersand.
            body.values["customer_note"] = html.escape(_text(value), quote=False)
        elif key in (*BILLING, ADDRESS):
            put_address(body.values, key, _text(value), before or {})
        elif key == NOTE:
            body.note = _text(value).strip()
        elif key == "payment.paid" and value is True:
            body.values["set_paid"] = True
        else:
            body.refused[key] = Rejected(_PAID if key == "payment.paid" else _NO_FIELD)
    if metas:
        body.values["meta_data"] = [{"key": key, "value": value} for key, value in metas.items()]
    return body


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "Y" if value else "N"
        case Decimal():
            return f"{value:f}"
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return ", ".join(_text(item) for item in value)
        case _:
            return str(value)
