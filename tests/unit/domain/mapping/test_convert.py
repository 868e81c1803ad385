"""Converters: by type, by a list of pairs, by rows; no default for what has no counterpart."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.convert import LineItems, Plain, Unmapped, ValueMap, empties_agree, value_key
from sverka.domain.mapping.field import FieldType

T = FieldType
MUG = Line("Mug", Decimal(1), Decimal("1.00"))
MOSCOW = timezone(timedelta(hours=3))
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = (T.TEXT, T.CHOICE, T.PHONE, T.EMAIL)
AS_IT_IS = (T.PERSON, T.LINES, T.FILE)
BY_TYPE: list[tuple[tuple[FieldType, ...], Value, Value | Unmapped]] = [
    (tuple(T), None, None),
    (tuple(T), "", None),
    (tuple(T), (), None),
    (TEXTS + AS_IT_IS, "a text", "a text"),
    (TEXTS, True, "Y"),
    (TEXTS, False, "N"),
    (TEXTS, Decimal("100.00"), "100"),
    (TEXTS, Decimal("1E+3"), "1000"),
    (TEXTS, Decimal("0.50"), "0.5"),
    (TEXTS, NOON, "2026-03-01T12:00:00+00:00"),
    (TEXTS, datetime(2026, 3, 1, 1, tzinfo=MOSCOW), "2026-02-28T22:00:00+00:00"),
    (TEXTS, date(2026, 3, 1), "2026-03-01"),
    ((T.URL,), "https://shop.test/макет 1.pdf", "https://shop.test/макет 1.pdf"),
    ((T.URL,), "https://shop.test/a\nb", Unmapped("https://shop.test/a\nb")),
    ((T.URL,), "https://two words/", Unmapped("https://two words/")),
    ((T.URL,), "https://shop.test/макет.pdf?a=1", "https://shop.test/макет.pdf?a=1"),
    ((T.URL,), " http://shop.test ", "http://shop.test"),
    ((T.URL,), "javascript:alert(1)", Unmapped("javascript:alert(1)")),
    ((T.URL,), "shop.test", Unmapped("shop.test")),
    ((T.URL,), "http://[bad", Unmapped("http://[bad")),
    ((T.URL,), True, Unmapped(True)),
    ((T.URL,), "a text", Unmapped("a text")),
    ((T.NUMBER, T.MONEY), "10.50|EUR", Unmapped("10.50|EUR")),
    ((T.NUMBER, T.MONEY), "1 234,50", Decimal("1234.50")),
    ((T.NUMBER, T.MONEY), "1\u00a0234.5", Decimal("1234.5")),
    ((T.NUMBER, T.MONEY), "twelve", Unmapped("twelve")),
    ((T.NUMBER, T.MONEY), True, Decimal(1)),
    ((T.NUMBER, T.MONEY), False, Decimal(0)),
    ((T.NUMBER, T.MONEY), Decimal("1.50"), Decimal("1.50")),
    ((T.BOOLEAN,), "Y", True),
    ((T.BOOLEAN,), " yes ", True),
    ((T.BOOLEAN,), "1", True),
    ((T.BOOLEAN,), "Да", True),
    ((T.BOOLEAN,), "N", False),
    ((T.BOOLEAN,), "no", False),
    ((T.BOOLEAN,), "0", False),
    ((T.BOOLEAN,), "нет", False),
    ((T.BOOLEAN,), "true", True),
    ((T.BOOLEAN,), "False", False),
    ((T.BOOLEAN,), "maybe", Unmapped("maybe")),
    ((T.BOOLEAN,), Decimal("0.00"), False),
    ((T.BOOLEAN,), Decimal(2), True),
    ((T.BOOLEAN,), False, False),
    ((T.DATE,), "2026-03-01", date(2026, 3, 1)),
    ((T.DATE,), "2026-03-01T23:59:00+03:00", date(2026, 3, 1)),
    ((T.DATE,), "01.03.2026", date(2026, 3, 1)),
    ((T.DATE,), "01.03.2026 23:59:59", date(2026, 3, 1)),
    ((T.DATE,), "31.02.2026", Unmapped("31.02.2026")),
    ((T.DATETIME,), "01.03.2026 23:59:59", Unmapped("01.03.2026 23:59:59")),
    ((T.DATE,), NOON, date(2026, 3, 1)),
    ((T.DATE,), date(2026, 3, 1), date(2026, 3, 1)),
    ((T.DATE, T.DATETIME), "tomorrow", Unmapped("tomorrow")),
    ((T.DATETIME,), "2026-03-01T12:00:00", NOON),
    ((T.DATETIME,), "2026-03-01T15:00:00+03:00", NOON),
    ((T.DATETIME,), date(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC)),
    ((T.DATETIME,), NOON, NOON),
    (AS_IT_IS, MUG, MUG),
]
CASES = [(target, value, result) for targets, value, result in BY_TYPE for target in targets]


@pytest.mark.parametrize(("target", "value", "result"), CASES)
def test_a_value_becomes_its_counterpart_in_the_others_type(
    target: FieldType, value: Value, result: Value | Unmapped
) -> None:
    there, back = Plain(office=target).to_office(value), Plain(store=target).to_store(value)
    assert (there, back) == (result, result)
    assert type(there) is type(result)


@pytest.mark.parametrize("store", list(T))
@pytest.mark.parametrize("office", list(T))
@settings(max_examples=15)
@given(data=st.data())
def test_every_pair_of_types_converts_or_says_it_cannot(
    any_value: st.SearchStrategy[Value], store: FieldType, office: FieldType, data: st.DataObject
) -> None:
    plain, one, other = Plain(store, office), data.draw(any_value), data.draw(any_value)
    there = plain.to_office(one)
    if not isinstance(there, Unmapped):
        assert plain.agree(one, there), "what was sent agrees with what it was made of"
    assert isinstance(plain.agree(one, other), bool)


@pytest.mark.parametrize("text", ["NaN", "sNaN", "nan123"])
def test_a_text_that_says_it_is_no_number_has_no_counterpart(text: str) -> None:
    assert Plain(office=T.NUMBER).to_office(text) == Unmapped(text)


@pytest.mark.parametrize("office", [T.DATE, T.DATETIME])
def test_a_moment_outside_of_the_calendar_has_no_counterpart(office: FieldType) -> None:
    text = "0001-01-01T00:00:00+03:00"
    assert Plain(office=office).to_office(text) == Unmapped(text)
    assert Plain(office=office).agree(text, None) is False


@pytest.mark.parametrize(
    ("type_", "store", "office", "same"),
    [
        (T.NUMBER, "100", Decimal("100.00"), True),
        (T.MONEY, Decimal("100.00"), Decimal(100), True),
        (T.MONEY, Decimal("100.00"), Decimal("100.01"), False),
        (T.PHONE, "8 (999) 000-00-01", "+79990000001", True),
        (T.PHONE, "123", "123", True),
        (T.PHONE, "123", "124", False),
        (T.PHONE, "+79990000001", "+79990000002", False),
        (T.EMAIL, " Anna@Example.test", "anna@example.test", True),
        (T.TEXT, "Anna@Example.test", "anna@example.test", False),
        (T.TEXT, " a note ", "a note", True),
        (T.TEXT, "", None, True),
        (T.TEXT, None, (), True),
        (T.TEXT, None, "a", False),
        (T.DATETIME, "2026-03-01T15:00:00+03:00", NOON, True),
        (T.DATETIME, NOON, datetime(2026, 3, 1, 15, tzinfo=MOSCOW), True),
        (T.BOOLEAN, "Y", True, True),
        (T.BOOLEAN, "maybe", True, False),
        (T.BOOLEAN, None, False, True),
        (T.BOOLEAN, "N", None, True),
        (T.BOOLEAN, None, True, False),
        (T.NUMBER, "twelve", None, False),
    ],
)
def test_both_sides_agree_by_meaning(type_: FieldType, store: Value, office: Value, *, same: bool) -> None:
    assert Plain(office=type_).agree(store, office) is same


def test_several_values_become_several_or_one_text_and_none_is_dropped() -> None:
    three: Value = ("1", "2", "")
    assert Plain(T.TEXT, T.NUMBER, office_many=True).to_office(three) == (Decimal(1), Decimal(2), None)
    assert Plain(T.TEXT, T.NUMBER).to_office(("1",)) == Decimal(1)
    assert Plain(T.TEXT, T.NUMBER).to_office(("1", "2")) == Unmapped(("1", "2"))
    assert Plain().to_office(("SPRING", "SUMMER")) == "SPRING, SUMMER"
    assert Plain(store_many=True).to_store("a") == ("a",)
    assert Plain(office_many=True).to_office(None) == ()
    assert Plain().to_store(()) is None


def test_one_value_without_a_counterpart_holds_them_all() -> None:
    assert Plain(office=T.NUMBER, office_many=True).to_office(("1", "two")) == Unmapped("two")


def test_a_side_that_holds_one_value_agrees_with_the_same_one_alone() -> None:
    assert Plain(store_many=True).agree(("a", "b"), "a, b")
    assert Plain(T.TEXT, T.NUMBER, store_many=True).agree(("1",), Decimal(1))
    assert not Plain(T.TEXT, T.NUMBER, store_many=True).agree(("1", "2"), Decimal(1))
    assert not Plain(T.TEXT, T.NUMBER, office_many=True).agree("1", (Decimal(1), Decimal(2)))
    assert not Plain(T.TEXT, T.NUMBER, office_many=True).agree("2", (Decimal(1), Decimal(2)))


@given(st.data())
def test_what_travels_back_agrees_with_what_it_was_made_of(data: st.DataObject) -> None:
    types = st.sampled_from([T.TEXT, T.NUMBER, T.BOOLEAN, T.DATE, T.DATETIME, T.PHONE, T.EMAIL])
    plain = Plain(data.draw(types), data.draw(types))
    texts = st.sampled_from(["1,50", "да", "2026-03-01", "8 999 000-00-01", "Anna@example.test"])
    office = data.draw(texts | st.booleans() | st.dates() | st.decimals(-100, 100, places=2))
    store = plain.to_store(office)
    assert isinstance(store, Unmapped) or plain.agree(store, office)


def test_several_values_agree_one_by_one() -> None:
    plain = Plain(T.TEXT, T.NUMBER, store_many=True, office_many=True)
    assert plain.agree(("1", "2.0"), (Decimal("1.00"), Decimal(2)))
    assert not plain.agree(("2", "1"), (Decimal(1), Decimal(2)))
    assert not plain.agree(("1",), (Decimal(1), Decimal(2)))


PAPER = ValueMap({"glossy": "45", "shiny": "45", "matte": "46", "Y": "47", "2": "48"})


@pytest.mark.parametrize(
    ("store", "office"),
    [
        ("glossy", "45"),
        ("shiny", "45"),
        ("matte", "46"),
        (True, "47"),
        (Decimal("2.00"), "48"),
        (("matte", "glossy"), ("46", "45")),
        ("oak", Unmapped("oak")),
        (("matte", "oak"), Unmapped("oak")),
        (False, Unmapped("N")),
        ("", None),
        (None, None),
        ((), ()),
    ],
)
def test_a_value_is_looked_up_towards_the_office(store: Value, office: Value | Unmapped) -> None:
    assert PAPER.to_office(store) == office


@pytest.mark.parametrize(
    ("office", "store"),
    [
        ("45", "glossy"),
        ("46", "matte"),
        (("46", "45"), ("matte", "glossy")),
        ("99", Unmapped("99")),
        ("glossy", Unmapped("glossy")),
        (None, None),
    ],
)
def test_a_value_is_looked_up_towards_the_store_and_the_first_of_equals_wins(
    office: Value, store: Value | Unmapped
) -> None:
    assert PAPER.to_store(office) == store


@pytest.mark.parametrize(
    ("store", "office", "same"),
    [
        ("glossy", "45", True),
        ("shiny", "45", True),
        ("matte", "45", False),
        (("matte", "glossy"), ("45", "46"), True),
        (("matte",), ("45", "46"), False),
        ("glossy", ("45",), True),
        ("oak", "45", False),
        ("", None, True),
        ("glossy", None, False),
    ],
)
def test_mapped_values_agree_as_sets(store: Value, office: Value, *, same: bool) -> None:
    assert PAPER.agree(store, office) is same


ROWS = LineItems()


def test_rows_are_split_and_agree_with_what_they_were_made_of() -> None:
    three = (Line("Mug", Decimal(3), Decimal("100.00")),)
    rows = ROWS.to_office(three)
    assert rows == (Line("Mug", Decimal(2), Decimal("66.66")), Line("Mug", Decimal(1), Decimal("33.34")))
    assert ROWS.agree(three, rows)
    assert ROWS.agree(three, tuple(reversed(rows)))
    assert not ROWS.agree(three, rows[:1])
    assert ROWS.to_store(rows) == rows


def test_rows_that_cannot_be_split_agree_too() -> None:
    paper = (Line("Paper", Decimal("1.5"), Decimal("10.00")),)
    assert ROWS.agree(paper, ROWS.to_office(paper))  # type: ignore[arg-type]
    assert ROWS.to_office("no rows") == ()


@given(st.data())
def test_rows_agree_whatever_they_were_made_of(any_line: st.SearchStrategy[Line], data: st.DataObject) -> None:
    lines = tuple(data.draw(st.lists(any_line, max_size=4)))
    rows = ROWS.to_office(lines)
    assert not isinstance(rows, Unmapped)
    assert ROWS.agree(lines, rows)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Plain(), Plain(T.TEXT, T.TEXT), True),
        (Plain(), Plain(T.NUMBER), False),
        (Plain(), Plain(office=T.NUMBER), False),
        (Plain(), Plain(store_many=True), False),
        (Plain(store_many=True), Plain(office_many=True), False),
        (ValueMap({"a": "1", "b": "2"}), ValueMap({"b": "2", "a": "1"}), True),
        (ValueMap({"a": "1"}), ValueMap({"a": "2"}), False),
        (ValueMap({"a": "1"}), ValueMap({"b": "1"}), False),
        (ValueMap(), Plain(), False),
        (LineItems(), Plain(), False),
        (LineItems(), LineItems(), True),
    ],
)
def test_a_fingerprint_changes_with_the_conversion_and_only_with_it(one: Plain, other: Plain, *, same: bool) -> None:
    assert (one.fingerprint() == other.fingerprint()) is same


@given(st.data())
def test_the_key_of_a_value_is_its_own(any_value: st.SearchStrategy[Value], data: st.DataObject) -> None:
    one, other = data.draw(any_value), data.draw(any_value)
    assert value_key(one) == value_key(one)
    if one != other:
        assert value_key(one) != value_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Decimal(100), Decimal("100.00")),
        ((Decimal("1E+2"),), (Decimal(100),)),
    ],
)
def test_equal_values_have_equal_keys(one: Value, other: Value) -> None:
    assert one == other
    assert value_key(one) == value_key(other)


def test_equal_lines_have_equal_keys() -> None:
    same = Line("Mug", Decimal("1.0"), Decimal(1))
    assert same == MUG
    assert value_key((same,)) == value_key((MUG,))


def test_two_empty_sides_agree() -> None:
    assert empties_agree("", None)
    assert empties_agree((), "")
    assert not empties_agree(False, None)
    assert not empties_agree(None, "a")
