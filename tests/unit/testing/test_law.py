"""The law catches what it is for: a side in memory that spoils values in one way each."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from unittest import SkipTest

import pytest

from sverka.connectors.in_memory import MemoryOffice, MemoryStore
from sverka.domain.commerce.value import Value, lines_of
from sverka.domain.errors import Rejected
from sverka.domain.mapping.field import FieldType
from sverka.ports.store import Wrote
from sverka.testing.law import Kind, OfficeLaw, StoreLaw, of_every_type


class FixedClock:
    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC)

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here waits")


Spoil = Callable[[Value], Value]


class Spoiled(MemoryOffice):
    """Keeps every value as `spoil` makes it."""

    spoil: Spoil = staticmethod(lambda value: value)

    def _save(self, record: Any, fields: Mapping[str, Value]) -> None:
        super()._save(record, {key: self.spoil(value) for key, value in fields.items()})


class OfTypes(OfficeLaw):
    def law_fields(self, hands: Any) -> Any:
        return of_every_type("UF_")


def kept(kind: Kind, office: MemoryOffice, law: OfficeLaw | None = None) -> None:
    law = law or OfTypes()
    law.test_what_is_written_still_agrees(SimpleNamespace(office=office, fields={"title": "x"}), kind)


def spoiled(spoil: Spoil) -> Spoiled:
    office = Spoiled(FixedClock())
    office.spoil = spoil
    return office


def kind(name: FieldType, many: bool = False) -> Kind:
    return Kind(name, name, many)


def _no_zone(value: Value) -> Value:
    return (
        datetime(value.year, value.month, value.day, value.hour, tzinfo=UTC) if isinstance(value, datetime) else value
    )


def _local_day(value: Value) -> Value:
    return date(value.year, value.month, value.day + 1) if isinstance(value, date) and value.day == 1 else value


def _no_delivery(value: Value) -> Value:
    return tuple(line for line in lines_of(value) if line.kind != "delivery") if lines_of(value) else value


def _no_tax(value: Value) -> Value:
    return tuple(replace(line, tax_rate=None) for line in lines_of(value)) if lines_of(value) else value


SPOILERS: Mapping[str, tuple[Kind, Spoil]] = {
    "a text that is cut": (kind(FieldType.TEXT), lambda value: value[:255] if isinstance(value, str) else value),
    "a text without its emoji": (
        kind(FieldType.TEXT),
        lambda value: value.encode("cp1251", "ignore").decode("cp1251") if isinstance(value, str) else value,
    ),
    "a text on one line": (
        kind(FieldType.TEXT),
        lambda value: " ".join(value.split("\n")) if isinstance(value, str) else value,
    ),
    "a zero for nothing": (kind(FieldType.TEXT), lambda value: None if value == "0" else value),
    "a number rounded": (
        kind(FieldType.NUMBER),
        lambda value: round(value, 2) if isinstance(value, Decimal) else value,
    ),
    "a moment in the wrong zone": (kind(FieldType.DATETIME), _no_zone),
    "a day later": (kind(FieldType.DATE), _local_day),
    "a yes for a no": (kind(FieldType.BOOLEAN), lambda value: True if value is False else value),
    "what cannot be emptied": (kind(FieldType.EMAIL), lambda value: value or "none@example.test"),
    "one of several": (kind(FieldType.TEXT, many=True), lambda value: value[:1] if isinstance(value, tuple) else value),
    "another option": (kind(FieldType.CHOICE), lambda value: "1" if value == "2" else value),
    "rows without the delivery": (kind(FieldType.LINES, many=True), _no_delivery),
    "rows without their taxes": (kind(FieldType.LINES, many=True), _no_tax),
}


@pytest.mark.parametrize("case", SPOILERS)
def test_a_spoiled_value_is_caught(case: str) -> None:
    kind, spoil = SPOILERS[case]
    kept(kind, MemoryOffice(FixedClock()))
    with pytest.raises(AssertionError, match="no reason is named"):
        kept(kind, spoiled(spoil))


@pytest.mark.parametrize("case", [case for case in SPOILERS if case != "what cannot be emptied"])
def test_a_value_spoiled_at_birth_is_caught(case: str) -> None:
    class Newborn(MemoryOffice):
        def write(self, writes: Any, guard: Any) -> Any:
            spoiled = [replace(one, fields={key: spoil(value) for key, value in one.fields.items()}) for one in writes]
            return super().write(spoiled, guard)

    kind, spoil = SPOILERS[case]
    born = OfTypes().test_what_a_record_is_born_with_still_agrees
    born(SimpleNamespace(office=MemoryOffice(FixedClock()), fields={"title": "x"}), kind)
    with pytest.raises(AssertionError, match="is kept as"):
        born(SimpleNamespace(office=Newborn(FixedClock()), fields={"title": "x"}), kind)


def test_a_reason_that_is_named_excuses_what_comes_to_rest() -> None:
    class Cut(OfTypes):
        otherwise = {("text", name): "cut at 255" for name in ("long", "very long")}

    text = kind(FieldType.TEXT)
    kept(text, spoiled(lambda value: value[:255] if isinstance(value, str) else value), Cut())
    with pytest.raises(AssertionError, match="kept as it was sent"):
        kept(text, MemoryOffice(FixedClock()), Cut())
    with pytest.raises(AssertionError, match="does not come to rest"):
        kept(text, spoiled(lambda value: value[:-1] if isinstance(value, str) and len(value) > 255 else value), Cut())


def test_a_refusal_must_be_named_and_change_nothing() -> None:
    class Refuses(OfTypes):
        otherwise = {("url", "letters"): "no address"}

    office = MemoryOffice(FixedClock())
    office.refuses = {("UF_url", "https://пример.рф/путь с пробелом")}
    with pytest.raises(AssertionError, match="is refused"):
        kept(kind(FieldType.URL), office)
    kept(kind(FieldType.URL), office, Refuses())

    class Liar(MemoryOffice):
        def write(self, writes: Any, guard: Any) -> Any:
            answers = super().write(writes, guard)
            changed = {write.key for write in writes if write.record}
            return {k: Wrote(one.after, {"UF_url": Rejected()}) if k in changed else one for k, one in answers.items()}

    with pytest.raises(AssertionError, match="was refused, and changed something"):
        kept(kind(FieldType.URL), Liar(FixedClock()), Refuses())


def test_what_a_write_says_must_be_what_a_look_shows() -> None:
    class Echo(Spoiled):
        def write(self, writes: Any, guard: Any) -> Any:
            answers = super().write(writes, guard)
            return {
                write.key: Wrote(
                    replace(answers[write.key].after, fields={**answers[write.key].after.fields, **write.fields})
                )
                for write in writes
            }

    office = Echo(FixedClock())
    office.spoil = lambda value: value.strip() if isinstance(value, str) else value
    with pytest.raises(AssertionError):
        kept(kind(FieldType.TEXT), office)


def test_a_kind_that_nothing_takes_is_skipped_by_name() -> None:
    class Texts(OfTypes):
        def law_fields(self, hands: Any) -> Any:
            return [field for field in of_every_type("UF_") if field.type is FieldType.TEXT]

    with pytest.raises(SkipTest, match="nothing here takes several money"):
        kept(kind(FieldType.MONEY, many=True), MemoryOffice(FixedClock()), Texts())


def test_a_stores_law_looks_from_the_other_side() -> None:
    class Law(StoreLaw):
        def law_fields(self, hands: Any) -> Any:
            return of_every_type("property.")

    class Shouting(MemoryStore):
        def _save(self, order: Any, fields: Mapping[str, Value]) -> None:
            super()._save(order, {k: v.upper() if isinstance(v, str) else v for k, v in fields.items()})

    for store in (MemoryStore(FixedClock()), Shouting(FixedClock())):
        hands = SimpleNamespace(store=store, place=lambda store=store: store.put("1", status="N"))
        Law().test_what_is_written_still_agrees(hands, kind(FieldType.EMAIL))
        Law().test_what_is_written_still_agrees(hands, Kind(FieldType.TEXT, FieldType.NUMBER))
    with pytest.raises(AssertionError, match="no reason is named"):
        Law().test_what_is_written_still_agrees(hands, kind(FieldType.URL))
