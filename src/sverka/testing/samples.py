"""Awkward values of every field type, each under the name a connector's exceptions call it by."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.field import FieldType

_NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

_TEXTS: Mapping[str, Value] = {
    "a word": "Визитки 90×50",
    "spaces around": "  по  два  пробела  ",
    "lines": "первая\nвторая\r\n\nчетвёртая\n",
    "quotes": "«ёлочки» \"лапки\" 'апострофы' `и` \\ / | & % + = # ; [0] {1} $2",
    "markup": "<b>жирно</b> <script>1</script> 3 < 5 > 2",
    "entities": "Tom &amp; Jerry &lt;3 &quot;x&quot; &nbsp;",
    "emoji": "Спасибо 🎉👍🏽 и 👨‍👩‍👧",
    "a reference": "$result[c0][item][id]",
    "zero": "0",
    "digits": "007",
    "a flag": "N",
    "a list": "a, b; c",
    "long": "Ж" * 300,
    "very long": "x" * 70_000,
}
_NUMBERS: Mapping[str, Value] = {
    "a unit": Decimal(1),
    "zero": Decimal(0),
    "below zero": Decimal(-150),
    "hundred": Decimal(100),
    "hundred with places": Decimal("100.00"),
    "with an exponent": Decimal("1E+3"),
    "kopecks": Decimal("1234567.89"),
    "a hundredth": Decimal("0.01"),
    "many places": Decimal("0.123456"),
}
_MOMENTS: Mapping[str, Value] = {
    "noon": _NOON,
    "midnight": datetime(2026, 3, 1, tzinfo=UTC),
    "the next day elsewhere": datetime(2026, 3, 1, 22, 30, tzinfo=UTC),
    "another zone": _NOON.astimezone(timezone(timedelta(hours=5, minutes=30))),
    "the end of a year": datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC),
    "parts of a second": _NOON.replace(microsecond=123456),
}
_PHONES: Mapping[str, Value] = {
    "E.164": "+79990000001",
    "brackets": "8 (999) 000-00-02",
    "an extension": "+7 999 000-00-03 доб. 12",
    "abroad": "+375 29 123-45-67",
    "no number": "спросить Анну",
}
_MUG = Line("Кружка «Утро»", Decimal(2), Decimal("500.00"), tax_rate=Decimal(20), sku="MUG-1")
_POST = Line("Доставка", Decimal(1), Decimal("300.00"), product="2", kind="delivery")

SAMPLES: Mapping[FieldType, Mapping[str, Value]] = {
    FieldType.TEXT: _TEXTS,
    FieldType.NUMBER: _NUMBERS,
    FieldType.MONEY: _NUMBERS,
    FieldType.BOOLEAN: {"no": False, "yes": True, "no again": False},
    FieldType.DATE: {
        "a day": date(2026, 3, 1),
        "a leap day": date(2024, 2, 29),
        "long ago": date(1959, 12, 31),
    },
    FieldType.DATETIME: _MOMENTS,
    FieldType.PHONE: _PHONES,
    FieldType.EMAIL: {
        "plain": "anna@example.test",
        "capitals": "Anna.Kim@Example.TEST",
        "spaces around": " anna@example.test ",
        "a tag": "anna+print@example.test",
    },
    FieldType.URL: {
        "an address": "https://example.test/a?b=1&c=%D0%B6#d",
        "letters": "https://пример.рф/путь с пробелом",
    },
    FieldType.LINES: {
        "goods": (_MUG,),
        "goods and delivery": (_MUG, _POST),
        "turned round": (_POST, _MUG),
        "no whole kopecks": (Line("Кружка", Decimal(3), Decimal("100.00")), _POST),
        "the same twice": (_MUG, _MUG),
        "a part of one": (Line("Плёнка", Decimal("1.5"), Decimal("100.01")),),
        "taxes": (
            Line("A", Decimal(1), Decimal("1.10"), tax_rate=Decimal("10.0")),
            Line("A", Decimal(1), Decimal("1.10"), tax_rate=Decimal(0)),
            Line("A", Decimal(1), Decimal("1.10")),
        ),
        "a discount": (Line("Кружка", Decimal(2), Decimal("90.00"), discount=Decimal("5.00"), tax_rate=Decimal(20)),),
        "for nothing": (Line("Подарок", Decimal(1), Decimal("0.00")), _MUG),
        "quotes": (Line('Папка "А4" & <b>', Decimal(1), Decimal("10.00")),),
        "a long name": (Line("Ж" * 300, Decimal(1), Decimal("10.00")),),
        "many": tuple(Line(f"Товар {number}", Decimal(1), Decimal(number)) for number in range(1, 61)),
    },
}
"""By type; the empty value and what is chosen from a list are tried beside these."""
