"""Pure converters between two fields: no lookup, no creation, no network, and no default for the unknown."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Protocol
from urllib.parse import urlsplit

from sverka.domain.commerce.layout import Layout
from sverka.domain.commerce.lines import Line, representable, same_lines
from sverka.domain.commerce.reached import digits
from sverka.domain.commerce.value import Value, encode, is_empty, lines_of, many
from sverka.domain.mapping.field import FieldType
from sverka.domain.text import Text


@dataclass(frozen=True)
class Unmapped:
    """A value that has no counterpart: it is held and shown, never dropped or guessed (R83).

    `text` says why and what to do, where that is something else than a missing pair of a map.
    """

    value: Value
    text: Text | None = field(default=None, compare=False)


class Converter(Protocol):
    """How one field's value becomes the other's, and when the two mean the same."""

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return the back office's value for a store's."""

    def to_store(self, value: Value) -> Value | Unmapped:
        """Return the store's value for a back office's."""

    def agree(self, store: Value, office: Value) -> bool:
        """Tell whether both values mean the same, which is weaker than being equal."""

    def fingerprint(self) -> str:
        """Return a text that changes whenever the conversion does (K13)."""


def _one(value: Value, target: FieldType) -> Value | Unmapped:
    match target, value:
        case (_, None | ""):
            return None
        case (FieldType.MONEY | FieldType.NUMBER, bool()):
            return Decimal(int(value))
        case (FieldType.MONEY | FieldType.NUMBER, str()):
            return _number(value)
        case (FieldType.BOOLEAN, str()):
            return _flag(value)
        case (FieldType.BOOLEAN, Decimal()):
            return value != 0
        case (FieldType.DATE, datetime()):
            return value.date()
        case (FieldType.DATE | FieldType.DATETIME, str()):
            return _moment(value, target)
        case (FieldType.DATETIME, date()) if not isinstance(value, datetime):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        case (FieldType.URL, _):
            return _address(value)
        case (FieldType.TEXT | FieldType.CHOICE | FieldType.PHONE | FieldType.EMAIL, _):
            return _text(value)
        case _:
            return value


_TYPE_NAMES = {
    FieldType.NUMBER: Text("a number", "число"),
    FieldType.BOOLEAN: Text("a yes or a no", "«да» или «нет»"),
    FieldType.DATE: Text("a date", "дата"),
    FieldType.DATETIME: Text("a moment", "дата со временем"),
    FieldType.URL: Text(
        "an address that begins with http:// or https://", "адрес, который начинается с http:// или https://"
    ),
}


def _no(value: Value, wanted: FieldType) -> Unmapped:
    """Return a value that is not what the other field holds, with the sentence for it."""
    name = _TYPE_NAMES[wanted]
    text = Text(
        f"{value!r} is not {name.en}, which the other field holds; correct it at its source, or choose another field.",
        f"{value!r} – не {name.ru}, а другое поле хранит именно это; исправьте значение у источника или выберите "
        "другое поле.",
    )
    return Unmapped(value, text)


def _address(value: Value) -> Value | Unmapped:
    text = str(_text(value)).strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return _no(value, FieldType.URL)
    is_address = parts.scheme in ("http", "https") and parts.hostname and " " not in parts.netloc and text.isprintable()
    return text if is_address else _no(value, FieldType.URL)


def _number(text: str) -> Value | Unmapped:
    try:
        number = Decimal(text.replace(" ", "").replace("\u00a0", "").replace(",", "."))
    except InvalidOperation:
        return _sum_elsewhere(text) if _SUM.fullmatch(text) else _no(text, FieldType.NUMBER)
    return number if number.is_finite() else _no(text, FieldType.NUMBER)


_SUM = re.compile(r"-?[\d.]+\|[A-Z]{3}")
"""A sum in another currency than the order's, as a portal tells it."""


def _sum_elsewhere(text: str) -> Unmapped:
    amount, currency = text.split("|")
    return Unmapped(
        text,
        Text(
            f"The sum {amount} {currency} is in another currency than the order; enter it in the order's currency.",
            f"Сумма {amount} {currency} указана не в валюте заказа; введите её в валюте заказа.",
        ),
    )


def _flag(text: str) -> Value | Unmapped:
    folded = text.strip().lower()
    return True if folded in _YES else False if folded in _NO else _no(text, FieldType.BOOLEAN)


_YES = {"y", "yes", "1", "true", "on", "да"}
_NO = {"n", "no", "0", "false", "off", "нет"}
_SITE_DAY = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})(?: .*)?")


def _moment(text: str, target: FieldType) -> Value | Unmapped:
    """Read ISO 8601; of 31.12.2026, with a time of day that has no zone or without one, only the day is sure."""
    russian = _SITE_DAY.fullmatch(text.strip()) if target is FieldType.DATE else None
    iso = "-".join(reversed(russian.groups())) if russian else text
    try:
        moment = datetime.fromisoformat(iso)
        utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return _no(text, target)
    return moment.date() if target is FieldType.DATE else utc


def _text(value: Value) -> Value:
    match value:
        case bool():
            return "Y" if value else "N"
        case Decimal():
            return f"{value.normalize():f}"
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case _:
            return value


def _meaning(value: Value, type_: FieldType) -> object:
    """Return what two values are compared by within one type: 100 is 100.00, a phone is its digits."""
    if type_ is FieldType.PHONE and isinstance(value, str):
        return digits(value) or value
    if type_ is FieldType.EMAIL and isinstance(value, str):
        return value.strip().lower()
    if isinstance(value, Decimal):
        return value.normalize()
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return value.strip() if isinstance(value, str) else value


def _same(converted: Value | Unmapped, shown: Value, type_: FieldType) -> bool:
    if isinstance(converted, Unmapped):
        return False
    ours, theirs = ([_meaning(v, type_) for v in many(value)] for value in (converted, shown))
    # A checkbox that nobody touched is a "no": a portal cannot tell the two apart.
    return (ours or [False]) == (theirs or [False]) if type_ is FieldType.BOOLEAN else ours == theirs


@dataclass(frozen=True)
class Plain:
    """A conversion by type alone; several values become several, or one text where the target holds one."""

    store: FieldType = FieldType.TEXT
    office: FieldType = FieldType.TEXT
    store_many: bool = False
    office_many: bool = False

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return the value in the back office's type."""
        return self._convert(value, self.office, several=self.office_many)

    def to_store(self, value: Value) -> Value | Unmapped:
        """Return the value in the store's type; a sum in another currency than the order's has no counterpart."""
        sums = [item for item in many(value) if isinstance(item, str) and _SUM.fullmatch(item)]
        if sums and self.office is FieldType.MONEY:
            return _sum_elsewhere(sums[0])
        return self._convert(value, self.store, several=self.store_many)

    def agree(self, store: Value, office: Value) -> bool:
        """Compare by meaning, in either side's type: a day agrees with any moment of it, whichever side has the day."""
        return _same(self.to_office(store), office, self.office) or _same(self.to_store(office), store, self.store)

    def fingerprint(self) -> str:
        """Name both types."""
        return f"plain:{self.store}{'*' * self.store_many}:{self.office}{'*' * self.office_many}"

    @staticmethod
    def _convert(value: Value, target: FieldType, *, several: bool) -> Value | Unmapped:
        converted: list[Value] = []
        for item in many(value):
            one = _one(item, target)
            if isinstance(one, Unmapped):
                return one
            converted.append(one)
        if several:
            return tuple(converted)
        if len(converted) > 1:
            return ", ".join(str(item) for item in converted) if target is FieldType.TEXT else too_many(value)
        return converted[0] if converted else None


def too_many(value: Value) -> Unmapped:
    """Return several values that are to go where one has room, with the sentence for it."""
    return Unmapped(
        value,
        Text(
            "Several values are given, and the other field holds one; make it a field of several values.",
            "Значений несколько, а другое поле вмещает одно; сделайте его множественным.",
        ),
    )


@dataclass(frozen=True)
class ValueMap:
    """A conversion by a list of pairs, as `values = { glossy = "45" }` in a profile; order does not matter."""

    values: Mapping[str, str] = field(default_factory=dict)

    def to_office(self, value: Value) -> Value | Unmapped:
        """Look each value up; what has no counterpart is told as the list would have to name it."""
        return self._look_up(value, self.values)

    def to_store(self, value: Value) -> Value | Unmapped:
        """Look each value up the other way; the first of several store values that share an office value wins."""
        back: dict[str, str] = {}
        for store, office in self.values.items():
            back.setdefault(office, store)
        return self._look_up(value, back)

    def agree(self, store: Value, office: Value) -> bool:
        """Compare sets: a list field has no order."""
        mine = self.to_office(store)
        return not isinstance(mine, Unmapped) and set(many(mine)) == {_text(item) for item in many(office)}

    def fingerprint(self) -> str:
        """Name every pair."""
        return "values:" + json.dumps(dict(self.values), sort_keys=True, ensure_ascii=False)

    @staticmethod
    def _look_up(value: Value, table: Mapping[str, str]) -> Value | Unmapped:
        found: list[Value] = []
        for item in many(value):
            text = _text(item)
            match = table.get(str(text))
            if match is None:
                return Unmapped(text)
            found.append(match)
        return tuple(found) if isinstance(value, tuple) else (found[0] if found else None)


@dataclass(frozen=True)
class LineItems:
    """Line items as product rows: laid out as the profile asks, split so that every row is exact.

    They are compared unordered and regrouped (K16).
    """

    layout: Layout = field(default_factory=Layout)

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return rows whose price times quantity is each line's total."""
        return tuple(representable(self.layout.lay(lines_of(value))))

    def to_store(self, value: Value) -> Value | Unmapped:
        """Return the rows as they are."""
        return value

    def agree(self, store: Value, office: Value) -> bool:
        """Compare goods, quantities, taxes and totals; lines that were never split agree with themselves."""
        ours, theirs = self.layout.lay(lines_of(store)), lines_of(office)
        return same_lines(ours, theirs) or same_lines(representable(ours), theirs)

    def fingerprint(self) -> str:
        """Name the conversion, and how rows are laid out where that is not as they are."""
        return f"lines{self.layout.fingerprint()}"


def value_key(value: Value) -> str:
    """Return a text by which equal values are equal: for fingerprints, held values and brakes."""
    return json.dumps(encode(_bare(value)), sort_keys=True, ensure_ascii=False)


def _bare(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(_bare(item) for item in value)
    if isinstance(value, Line):
        return replace(
            value,
            quantity=value.quantity.normalize() + 0,
            total=value.total.normalize() + 0,
            discount=value.discount.normalize() + 0,
            tax_rate=None if value.tax_rate is None else value.tax_rate.normalize() + 0,
        )
    return value.normalize() + 0 if isinstance(value, Decimal) else value


def alike(converter: Converter, store: Value, office: Value) -> bool:
    """Tell whether two values mean the same: nothing on both sides, or what the converter says agrees."""
    return empties_agree(store, office) or converter.agree(store, office)


def empties_agree(store: Value, office: Value) -> bool:
    """Tell whether both sides hold nothing."""
    return is_empty(store) and is_empty(office)
