"""Values as the site takes them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sverka.connectors.bitrix_site.dictionary import Property
from sverka.domain.commerce.value import Value, is_empty, many


def raw_of(value: Value, property_: Property, before: Any) -> Any:
    """Return a property's value; a day keeps the form that the value `before` had."""
    if property_.many:
        return [_scalar(item, property_.kind, before) for item in many(value)] or [""]
    return _scalar(next(iter(many(value)), None), property_.kind, before)


def _scalar(value: Value, kind: str, before: Any) -> str:
    if kind in ("Y/N", "CHECKBOX"):
        return "" if is_empty(value) else flag_of(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat() if str(before or "")[4:5] == "-" else value.strftime("%d.%m.%Y")
    return text_of(value)


def flag_of(value: Value) -> str:
    """Return a yes or a no."""
    return "Y" if value is True or value == "Y" else "N"


def text_of(value: Value) -> str:
    """Return a value as text, empty for nothing."""
    match value:
        case None:
            return ""
        case bool():
            return flag_of(value)
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat()
        case tuple():
            return ", ".join(text_of(item) for item in value)
        case _:
            return str(value)
