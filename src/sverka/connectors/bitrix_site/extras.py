"""What only orders of a 1C-Bitrix site have; all of it is read, none written."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sverka.connectors.kit.moments import moment_of
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.text import Text

_EXTRAS: Final = (
    ("order.id_1c", "id1c", FieldType.TEXT, Text("Order's code in 1C", "Код заказа в 1С")),
    ("order.xml_id", "xmlId", FieldType.TEXT, Text("External code", "Внешний код")),
    ("order.additional", "additionalInfo", FieldType.TEXT, Text("Additional information", "Дополнительная информация")),
    ("order.department", "companyId", FieldType.TEXT, Text("Department (id)", "Офис продаж (id)")),
    ("order.problem", "marked", FieldType.BOOLEAN, Text("Marked as a problem", "Отмечен как проблемный")),
    ("order.problem_reason", "reasonMarked", FieldType.TEXT, Text("What the problem is", "В чём проблема")),
    ("status.changed_at", "dateStatus", FieldType.DATETIME, Text("Status changed at", "Дата смены статуса")),
    ("order.cancelled_at", "dateCanceled", FieldType.DATETIME, Text("Cancelled at", "Дата отмены")),
)
"""Keys, names in `sale.order.get`, types and labels."""


def extra_fields() -> Sequence[Field]:
    """Return them as the catalogue shows them."""
    return [Field(key, label, type_, writable=False) for key, _, type_, label in _EXTRAS]


def extras_of(tree: Mapping[str, Any]) -> dict[str, Value]:
    """Return their values; raises `ValueError` for a moment that is none."""
    shown = {key: _one(tree.get(name), type_) for key, name, type_, _ in _EXTRAS}
    if tree.get("canceled") != "Y":
        shown["order.cancelled_at"] = None  # a cancellation taken back leaves its date
    return shown


def _one(raw: object, type_: FieldType) -> Value:
    if type_ is FieldType.BOOLEAN:
        return raw == "Y"
    return moment_of(raw) if type_ is FieldType.DATETIME else "" if raw in (None, 0, "0") else str(raw)
