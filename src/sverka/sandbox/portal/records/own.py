"""What the settings of a user field allow: lengths, patterns, bounds, currencies and kinds of linked records."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, TypeVar

from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.params import to_int
from sverka.sandbox.portal.records.specs import FieldSpec

Held = TypeVar("Held")

#: the settings of a binding to CRM records, by the letters before a record's number
BINDING_LETTERS = {
    "LEAD": "L", "CONTACT": "C", "COMPANY": "CO", "DEAL": "D", "QUOTE": "Q", "ORDER": "O", "SMART_INVOICE": "SI",
}  # fmt: skip


def fit(spec: FieldSpec, value: Held) -> Held:
    """Return the value, rounded to the field's precision; ValueError when the settings do not allow it."""
    if not spec.settings:
        return value
    if isinstance(value, str):
        _fit_text(spec.settings, value)
    elif isinstance(value, int | Decimal):
        low, high = _bound(spec.settings.get("MIN_VALUE")), _bound(spec.settings.get("MAX_VALUE"))
        if (low and value < low) or (high and value > high):
            raise ValueError("the number is out of bounds")
        precision = to_int(spec.settings.get("PRECISION"))
        if isinstance(value, Decimal) and precision is not None and 0 <= precision <= 12:
            return round(value, precision)  # type: ignore[return-value]
    return value


def _bound(raw: Any) -> Decimal:
    text = str(raw or 0)
    return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else Decimal(0)


def _fit_text(settings: Any, text: str) -> None:
    shortest, longest = to_int(settings.get("MIN_LENGTH")) or 0, to_int(settings.get("MAX_LENGTH")) or 0
    if len(text) < shortest or (longest and len(text) > longest):
        raise ValueError("the text is too short or too long")
    pattern = str(settings.get("REGEXP") or "")
    if pattern and not _matches(pattern, text):
        raise ValueError("the text does not fit the pattern")


def _matches(pattern: str, text: str) -> bool:
    """Tell whether a text fits `/pattern/flags` as PHP writes it; a pattern that is none fits everything."""
    written = re.fullmatch(r"([/#~])(.*)\1([a-z]*)", pattern, re.DOTALL)
    body, flags = (written[2], written[3]) if written else (pattern, "")
    try:
        return re.search(body, text, re.IGNORECASE if "i" in flags else 0) is not None
    except re.error:
        return True


def money(core: Core, text: str) -> str:
    """Return `sum|CURRENCY`, the portal's own currency where none is named; ValueError when it is no sum."""
    amount, _, currency = text.strip().partition("|")
    if not re.fullmatch(r"-?\d+(\.\d+)?", amount):
        raise ValueError("a sum of money is a number, a bar and a currency")
    currency = currency or core.state.currencies[0]
    if currency not in core.state.currencies:
        raise ValueError("no such currency")
    return f"{amount}|{currency}"


def fits_binding(spec: FieldSpec, text: str) -> None:
    """Refuse with ValueError what is no `D_1` of an allowed kind, or, where one kind is allowed, a bare number."""
    allowed = {
        BINDING_LETTERS.get(name) or f"T{int(name.removeprefix('DYNAMIC_')):x}"
        for name, flag in spec.settings.items()
        if flag == "Y" and (name in BINDING_LETTERS or name.removeprefix("DYNAMIC_").isdigit())
    }
    written = re.fullmatch(r"(?:([A-Z]+|T[0-9a-f]+)_)?(\d+)", text)
    if written is None or (written[1] is None and len(allowed) > 1):
        raise ValueError("a linked record is letters and a number, as in D_1")
    if written[1] is not None and allowed and written[1] not in allowed:
        raise ValueError("the field does not link records of this kind")
