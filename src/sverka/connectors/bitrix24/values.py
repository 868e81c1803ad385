"""Values both ways: a portal's JSON to the hub's types, and the hub's values to what a portal takes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from sverka.connectors.bitrix24.wire.client import as_list
from sverka.connectors.bitrix24.wire.params import Param
from sverka.domain.commerce.value import FileRef, Value, is_empty
from sverka.domain.errors import Rejected
from sverka.domain.text import Text

LINKS = {"user", "employee", "iblock_element", "iblock_section", "crm_company", "crm_contact", "crm_lead", "crm_quote"}
"""Portal types that hold another thing's number, 0 meaning none."""

_YES, _NO = {"y", "1", "true"}, {"n", "0", "false"}


def read(kind: str, raw: Any, *, many: bool, currency: str = "") -> Value:
    """Return a portal's value of that portal type; what does not fit its own type is kept as text.

    A sum in another `currency` than the record's stays a text, `10|EUR`: it is no number of the record's own money.
    """
    if not many:
        return read_one(kind, raw, currency)
    items = as_list(raw) if isinstance(raw, list | dict) else [raw]
    values = (read_one(kind, item, currency) for item in items)
    return tuple(value for value in values if not is_empty(value))


def read_one(kind: str, raw: Any, currency: str = "") -> Value:
    """Return one value; an empty link is empty, dates are days, moments are UTC."""
    if raw is None or raw in ("", []):
        return None
    if isinstance(raw, dict):
        number = str(raw.get("id") or "")
        return (FileRef(number) if kind == "file" else number) if number else None
    text = "Y" if raw is True else "N" if raw is False else str(raw)
    match kind:
        case "boolean" | "char":
            folded = text.lower()
            return True if folded in _YES else False if folded in _NO else text
        case "integer" | "double":
            return _number(text)
        case "money":
            amount, _, told = text.partition("|")
            return _number(amount) if not told or not currency or told == currency else text
        case "date":
            return _day(text)
        case "datetime":
            return moment(text) or text
        case "enumeration":
            return None if text == "0" else text
        case _ if kind in LINKS:
            return None if text == "0" else text
        case _:
            return text


def moment(text: Any) -> datetime | None:
    """Return a portal's moment in UTC, None where the text is none."""
    try:
        told = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def _number(text: str) -> Value:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _day(text: str) -> Value:
    """Return the day meant: a portal tells a date as a midnight, its own or, more often, UTC's."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return text
    utc = told.astimezone(UTC) if told.tzinfo else told
    return utc.date() if _is_midnight(utc) else told.date()


def _is_midnight(told: datetime) -> bool:
    return not (told.hour or told.minute or told.second)


def write(kind: str, value: Value, *, many: bool, currency: str, zone: tzinfo) -> Param:
    """Return what a portal takes for a value. Brackets cannot tell an empty list, so `[""]` stands for it."""
    if many:
        items = value if isinstance(value, tuple) else () if is_empty(value) else (value,)
        return tuple(write_one(kind, item, currency, zone) for item in items) or ("",)
    if isinstance(value, tuple):
        if len(value) > 1:
            raise Rejected(
                Text(
                    "The deal's field holds one value and several were given; make it a field of several values.",
                    "Поле сделки вмещает одно значение, а их несколько; сделайте поле множественным.",
                )
            )
        value = value[0] if value else None
    return write_one(kind, value, currency, zone)


def write_one(kind: str, value: Value, currency: str, zone: tzinfo) -> str:
    """Return one value as a portal reads it, without an exponent, moments with their offset."""
    match value:
        case None:
            return ""
        case bool():
            return "Y" if value else "N"
        case Decimal() if kind == "money":
            return f"{value:f}|{currency}"
        case Decimal() if value == value.to_integral_value() and kind != "double":
            return f"{value.to_integral_value():f}"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.astimezone(zone).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case str():
            return value
        case _:
            raise Rejected


def items_of(raw: Any, key: str) -> Sequence[Mapping[str, Any]]:
    """Return the records an answer lists under a key; whatever is no record is passed over."""
    listed = as_list(raw.get(key)) if isinstance(raw, dict) else []
    return [item for item in listed if isinstance(item, dict)]
