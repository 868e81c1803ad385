"""The merge as a table: what was agreed, what both sides show, and what follows, a sentence each."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.convert import Converter, LineItems, Plain, Unmapped, ValueMap
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way, WriteMode
from sverka.domain.mapping.status_map import StatusMap, StatusRow
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.plan import Change, Difference, Why
from sverka.domain.merge.reconcile import Decision, Outcome, Sight, merge_field

FIRST, FORGOTTEN = "first sight", "forgotten"
NOTHING, AGREED = "nothing", "agreed"
BOTH, RIGHT, LEFT = Way.BOTH, Way.TO_OFFICE, Way.TO_STORE
ASK, STORE_WINS, OFFICE_WINS = Policy.ASK, Policy.STORE_WINS, Policy.OFFICE_WINS

STATUS = StatusMap((StatusRow("N", ("NEW",)), StatusRow("P", ("EXEC", "QUALITY")), StatusRow("F", ("WON",))), ("LOSE",))
PAPER = ValueMap({"glossy": "45", "matte": "46"})
NUMBER, PHONE = Plain(FieldType.TEXT, FieldType.NUMBER), Plain(FieldType.PHONE, FieldType.PHONE)
FILES = Plain(FieldType.FILE, FieldType.FILE, store_many=True, office_many=True)
ROWS = LineItems()
MUGS = (Line("Mug", Decimal(3), Decimal("100.00")),)
SPLIT = (Line("Mug", Decimal(2), Decimal("66.66")), Line("Mug", Decimal(1), Decimal("33.34")))


def right(value: Value, rule: str = "") -> tuple[Side, Value, str]:
    """Expect a write to the back office."""
    return Side.OFFICE, value, rule


def left(value: Value, rule: str = "") -> tuple[Side, Value, str]:
    """Expect a write to the store."""
    return Side.STORE, value, rule


@dataclass(frozen=True)
class Row:
    """One case; `base` is a pair or a word, `then` what follows."""

    says: str
    base: tuple[Value, Value] | str
    store: Value
    office: Value
    then: Any
    way: Way = BOTH
    policy: Policy = ASK
    by: Converter = field(default_factory=Plain)
    more: dict[str, Any] = field(default_factory=dict)
    refused: Value | Unmapped = field(default_factory=lambda: Unmapped(None))
    decision: Decision | None = None

    def outcome(self) -> Outcome:
        """Merge it."""
        mapping = FieldMapping("x", "s", "o", self.way, self.policy, converter=self.by, **self.more)
        base = None
        if isinstance(self.base, tuple):
            base = Entry(Pair(*self.base), mapping.fingerprint())
        elif self.base == FORGOTTEN:
            base = Entry(None, mapping.fingerprint())
        return merge_field(Sight(mapping, base, self.store, self.office, self.refused, self.decision))


def said(outcome: Outcome, rule: str) -> Any:
    """Put an outcome into the table's words; the rule is compared only where the row names one."""
    match outcome:
        case None:
            return NOTHING
        case Pair():
            return AGREED
        case Change():
            return outcome.side, outcome.value, outcome.rule if rule else ""
        case Difference():
            return outcome.why


IF_NEW, IF_EMPTY = {"write": WriteMode.IF_NEW}, {"write": WriteMode.IF_EMPTY}
APPEND, PASS_OVER = {"write": WriteMode.APPEND}, {"ignore_unmapped": True}

NOBODY_MOVED = [
    Row("nobody moved", ("a", "a"), "a", "a", NOTHING),
    Row("nobody moved, though the two were never equal: left, and said", ("a", "b"), "a", "b", Why.KEPT),
    Row("nobody moved, and a one-way field keeps what the receiver made of it", ("a", "A"), "a", "A", Why.KEPT, RIGHT),
    Row("nobody moved from a stage without a counterpart", ("N", "ODD"), "N", "ODD", Why.KEPT, by=STATUS),
    Row("nobody moved: a number written with other zeros is the same", (Decimal(1), Decimal(2)), Decimal("1.0"),
        Decimal("2.00"), Why.KEPT),
    Row("nobody moved, and a person says which is right", ("a", "b"), "a", "b", right("a", "decision"),
        decision=Decision(Side.STORE, Pair("a", "b"))),
    Row("nobody moved, and the profile passes over what has no counterpart", ("odd", "45"), "odd", "45", NOTHING,
        by=PAPER, more=PASS_OVER),
    Row("nobody moved, and only what is new is filled", ("a", "b"), "a", "b", NOTHING, more=IF_NEW),
    Row("nobody moved: files bear each side's own ids", (("s1",), ("o7",)), ("s1",), ("o7",), NOTHING, by=FILES,
        more={"office_type": FieldType.FILE}),
]  # fmt: skip
MEANING_THE_SAME = [
    Row("both moved alike", ("a", "a"), "b", "b", AGREED),
    Row("our own write came back", ("a", "a"), "b", "b", AGREED, RIGHT),
    Row("both emptied, each in its own way", ("a", "a"), "", None, AGREED),
    Row("first sight of two equal values", FIRST, "a", "a", AGREED),
    Row("first sight of two empty sides", FIRST, "", None, AGREED),
    Row("forgotten, but the two agree: nobody is asked", FORGOTTEN, "a", "a", AGREED),
    Row("a finer stage is not flattened back", ("P", "EXEC"), "P", "QUALITY", AGREED, by=STATUS),
    Row("a phone agrees with its own digits", FIRST, "8 999 000-00-01", "+79990000001", AGREED, by=PHONE),
    Row("100 agrees with 100.00", ("1", Decimal(1)), "100", Decimal("100.00"), AGREED, by=NUMBER),
    Row("rows agree split and turned round", FIRST, MUGS, SPLIT[::-1], AGREED, by=ROWS),
    Row("an agreeing value is never an unmapped one", FIRST, "glossy", "45", AGREED, by=PAPER),
    Row("cancelled on both sides", ("N", "NEW"), CANCELLED, "LOSE", AGREED, by=STATUS),
]
ONE_MOVED = [
    Row("the store moved, the office follows", ("a", "a"), "b", "a", right("b", "moved-alone")),
    Row("the office moved, the store follows", ("a", "a"), "a", "b", left("b", "moved-alone")),
    Row("the store moved, whatever the policy", ("a", "a"), "b", "a", right("b", "moved-alone"), policy=OFFICE_WINS),
    Row("the office moved, whatever the policy", ("a", "a"), "a", "b", left("b", "moved-alone"), policy=STORE_WINS),
    Row("the store was emptied, the office follows", ("a", "a"), "", "a", right(None)),
    Row("the office was emptied, the store follows", ("a", "a"), "a", None, left(None)),
    Row("a zero is a value and travels", (Decimal(1), "1"), Decimal(0), "1", right("0")),
    Row("a no is a value and travels", (True, "Y"), False, "Y", right("N")),
    Row("a status leads to the stage the hub sets", ("N", "NEW"), "P", "NEW", right("EXEC"), by=STATUS),
    Row("a stage leads back to its status", ("N", "NEW"), "N", "QUALITY", left("P"), by=STATUS),
    Row("a lost deal cancels the order", ("N", "NEW"), "N", "LOSE", left(CANCELLED), by=STATUS),
    Row("a cancelled order loses the deal", ("P", "EXEC"), CANCELLED, "EXEC", right("LOSE"), by=STATUS),
    Row("a won deal is not lost by a stage it had before", ("P", "QUALITY"), "F", "QUALITY", right("WON"), by=STATUS),
    Row("a list value travels as its pair", ("matte", "46"), "glossy", "46", right("45"), by=PAPER),
    Row("a list value travels back as its pair", ("matte", "46"), "matte", "45", left("glossy"), by=PAPER),
    Row("rows travel split so that each is exact", ((), ()), MUGS, (), right(SPLIT), RIGHT, by=ROWS),
    Row("a text travels as a number", ("1", Decimal(1)), "2,5", Decimal(1), right(Decimal("2.5")), by=NUMBER),
    Row("what was kept differently is left, until its source moves", ("long", "lo"), "longer", "lo", right("longer")),
]
ONE_WAY = [
    Row("the source of a one-way field moved", ("a", "a"), "b", "a", right("b", "one-way"), RIGHT),
    Row("the source of a one-way field moved, the other way", ("a", "a"), "a", "b", left("b", "one-way"), LEFT),
    Row("only the receiver moved: shown, not overwritten", ("a", "a"), "a", "b", Why.KEPT, RIGHT),
    Row("only the receiver moved: shown, the other way", ("a", "a"), "b", "a", Why.KEPT, LEFT),
    Row("both moved: the one way decides and not the policy", ("a", "a"), "b", "c", right("b", "one-way"), RIGHT,
        OFFICE_WINS),
    Row("both moved: the one way decides, the other way", ("a", "a"), "b", "c", left("c", "one-way"), LEFT, STORE_WINS),
]  # fmt: skip
BOTH_MOVED = [
    Row("both moved apart: a person is asked", ("a", "a"), "b", "c", Why.CONFLICT),
    Row("both moved apart: the store wins", ("a", "a"), "b", "c", right("b", "store_wins"), policy=STORE_WINS),
    Row("both moved apart: the office wins", ("a", "a"), "b", "c", left("c", "office_wins"), policy=OFFICE_WINS),
    Row("one emptied, one changed: a person is asked", ("a", "a"), "", "c", Why.CONFLICT),
    Row("one emptied, one changed: the winner's emptiness travels", ("a", "a"), "", "c", right(None),
        policy=STORE_WINS),
    Row("both swapped their values: they moved apart", ("a", "b"), "b", "a", Why.CONFLICT),
    Row("status and stage moved apart: the office wins", ("N", "NEW"), "P", "WON", left("F"), policy=OFFICE_WINS,
        by=STATUS),
]  # fmt: skip
FIRST_SIGHT = [
    Row("an empty office is filled", FIRST, "a", None, right("a", "first-sight")),
    Row("an empty store is filled", FIRST, "", "a", left("a", "first-sight")),
    Row("an empty office is filled by a zero", FIRST, Decimal(0), None, right("0")),
    Row("an empty office is filled along its one way", FIRST, "a", "", right("a", "first-sight"), RIGHT),
    Row("an empty store is left where nothing may travel to it", FIRST, "", "a", NOTHING, RIGHT),
    Row("an empty office is left where nothing may travel to it", FIRST, "a", "", NOTHING, LEFT),
    Row("two different values are asked about", FIRST, "a", "b", Why.CONFLICT),
    Row("two different values are asked about, whatever the policy", FIRST, "a", "b", Why.CONFLICT, policy=STORE_WINS),
    Row("two different values are asked about, whatever the way", FIRST, "a", "b", Why.CONFLICT, RIGHT),
    Row("a cancelled order is not un-cancelled by a default stage", FIRST, CANCELLED, "NEW", Why.CONFLICT, by=STATUS,
        policy=OFFICE_WINS),
    Row("a value without a counterpart fills nothing", FIRST, "oak", None, Why.UNMAPPED, by=PAPER),
]  # fmt: skip
MEMORY_LOST = [
    Row("forgotten and different: a person is asked", FORGOTTEN, "a", "b", Why.CONFLICT),
    Row("forgotten: the policy has no say", FORGOTTEN, "a", "b", Why.CONFLICT, policy=STORE_WINS),
    Row("forgotten: the way has no say", FORGOTTEN, "a", "b", Why.CONFLICT, RIGHT),
    Row("forgotten: an empty side is not filled, for it may have been emptied", FORGOTTEN, "a", None, Why.CONFLICT),
    Row("forgotten: an empty store is not filled either", FORGOTTEN, "", "b", Why.CONFLICT, LEFT),
]
UNMAPPED = [
    Row("a status without a stage is held", ("N", "NEW"), "X", "NEW", Why.UNMAPPED, by=STATUS),
    Row("a stage without a status is held", ("N", "NEW"), "N", "ODD", Why.UNMAPPED, by=STATUS),
    Row("a list value without a pair is held", ("matte", "46"), "oak", "46", Why.UNMAPPED, by=PAPER),
    Row("a text that is no number is held", ("1", Decimal(1)), "one", Decimal(1), Why.UNMAPPED, by=NUMBER),
    Row("a value without a counterpart is passed over where the profile says so", ("matte", "46"), "oak", "46", AGREED,
        by=PAPER, more=PASS_OVER),
    Row("an emptied list value travels, for emptiness has a counterpart", ("matte", "46"), "", "46", right(None),
        by=PAPER),
    Row("a loser without a counterpart does not matter", ("N", "NEW"), "X", "WON", left("F"), policy=OFFICE_WINS,
        by=STATUS),
]  # fmt: skip
MODES = [
    Row("written at birth only: a later change stays where it is", ("a", "a"), "b", "a", AGREED, more=IF_NEW),
    Row("written at birth only: an empty side of an old record is not filled", FIRST, "a", None, AGREED, more=IF_NEW),
    Row("written if empty: it is", ("", None), "b", None, right("b"), more=IF_EMPTY),
    Row("written if empty: it is not", ("a", "a"), "b", "a", AGREED, more=IF_EMPTY),
    Row("written if empty: a zero is not empty", ("", Decimal(0)), "5", Decimal(0), AGREED, by=NUMBER, more=IF_EMPTY),
    Row("appended: what the source gained", (("1",), ("1",)), ("1", "2"), ("1",), right(("1", "2")), by=FILES,
        more=APPEND),
    Row("appended: what the target got by itself stays", (("1",), ("1",)), ("1", "2"), ("1", "9"),
        right(("1", "9", "2")), RIGHT, by=FILES, more=APPEND),
    Row("appended: what a person deleted there is not revived", (("1", "3"), ("1", "3")), ("1", "3", "2"), ("1",),
        right(("1", "2")), RIGHT, by=FILES, more=APPEND),
    Row("appended: what the source lost is not taken away", (("1", "2"), ("1", "2")), ("1",), ("1", "2"), AGREED,
        by=FILES, more=APPEND),
    Row("appended: what the target already has is not doubled", (("1",), ("1",)), ("1", "2"), ("1", "2", "9"), AGREED,
        RIGHT, by=FILES, more=APPEND),
    Row("appended at first sight: all of it", FIRST, ("1", "2"), (), right(("1", "2")), by=FILES, more=APPEND),
    Row("appended the other way", (("1",), ("1",)), ("1",), ("1", "2"), left(("1", "2")), by=FILES, more=APPEND),
]  # fmt: skip
HELD_AND_DECIDED = [
    Row("a refused value is not sent again", ("a", "a"), "b", "a", Why.REFUSED, refused="b"),
    Row("another value is sent, though one was refused", ("a", "a"), "c", "a", right("c"), refused="b"),
    Row("a refused emptiness is not sent again", ("a", "a"), "", "a", Why.REFUSED, refused=None),
    Row("what was refused is the converted value", ("matte", "46"), "glossy", "46", Why.REFUSED, by=PAPER,
        refused="45"),
    Row("a person chose the store", ("a", "a"), "b", "c", right("b", "decision"),
        decision=Decision(Side.STORE, Pair("b", "c"))),
    Row("a person chose the office, against the policy", ("a", "a"), "b", "c", left("c", "decision"),
        policy=STORE_WINS, decision=Decision(Side.OFFICE, Pair("b", "c"))),
    Row("a choice is void once the store has moved", ("a", "a"), "b2", "c", Why.CONFLICT,
        decision=Decision(Side.STORE, Pair("b", "c"))),
    Row("a choice is void once the office has moved", ("a", "a"), "b", "c2", Why.CONFLICT,
        decision=Decision(Side.STORE, Pair("b", "c"))),
    Row("a choice ends what was forgotten", FORGOTTEN, "b", "c", right("b", "decision"),
        decision=Decision(Side.STORE, Pair("b", "c"))),
    Row("a choice ends a first sight", FIRST, "b", "c", left("c", "decision"),
        decision=Decision(Side.OFFICE, Pair("b", "c"))),
    Row("a choice of emptiness empties", FORGOTTEN, "", "c", right(None, "decision"),
        decision=Decision(Side.STORE, Pair("", "c"))),
    Row("a chosen value without a counterpart is held", FORGOTTEN, "oak", "46", Why.UNMAPPED, by=PAPER,
        decision=Decision(Side.STORE, Pair("oak", "46"))),
    Row("a choice overrules what the one way keeps", ("a", "a"), "a", "b", right("a", "decision"), RIGHT,
        decision=Decision(Side.STORE, Pair("a", "b"))),
]  # fmt: skip
TABLE = [
    *NOBODY_MOVED, *MEANING_THE_SAME, *ONE_MOVED, *ONE_WAY, *BOTH_MOVED, *FIRST_SIGHT, *MEMORY_LOST, *UNMAPPED, *MODES,
    *HELD_AND_DECIDED,
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=[row.says for row in TABLE])
def test_the_table(row: Row) -> None:
    rule = row.then[2] if isinstance(row.then, tuple) else ""
    assert said(row.outcome(), rule) == row.then


def test_every_row_of_the_table_says_something_of_its_own() -> None:
    assert len({row.says for row in TABLE}) == len(TABLE) >= 60


@pytest.mark.parametrize("row", TABLE, ids=[row.says for row in TABLE])
def test_what_is_agreed_on_is_the_pair_that_was_seen(row: Row) -> None:
    outcome = row.outcome()
    if isinstance(outcome, Pair):
        assert outcome == Pair(row.store, row.office)
    if isinstance(outcome, Difference):
        assert (outcome.key, outcome.store, outcome.office) == ("x", row.store, row.office)
    if isinstance(outcome, Change):
        target = row.office if outcome.side is Side.OFFICE else row.store
        assert (outcome.old, outcome.field) == (target, "o" if outcome.side is Side.OFFICE else "s")


@pytest.mark.parametrize("change", [{"converter": PAPER}, {"store_field": "s2"}, {"office_field": "o2"}])
def test_a_pair_taken_under_another_mapping_counts_as_forgotten(change: dict[str, Any]) -> None:
    then = FieldMapping("x", "s", "o")
    entry = Entry(Pair("a", "a"), then.fingerprint())
    assert isinstance(merge_field(Sight(then, entry, "b", "a")), Change)
    outcome = merge_field(Sight(replace(then, **change), entry, "b", "a"))
    assert isinstance(outcome, Difference)
    assert outcome.why is Why.CONFLICT
    assert "no longer known" in outcome.text.en


@pytest.mark.parametrize("change", [{"way": RIGHT}, {"converter": ValueMap({"a": "a", "b": "c"})}])
def test_a_pair_of_the_same_fields_outlives_a_mapping_under_which_it_still_agrees(change: dict[str, Any]) -> None:
    entry = Entry(Pair("a", "a"), FieldMapping("x", "s", "o").fingerprint())
    outcome = merge_field(Sight(FieldMapping("x", "s", "o", **change), entry, "b", "a"))
    assert isinstance(outcome, Change)
    assert outcome.side is Side.OFFICE


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (Row("", ("a", "a"), "b", "c", None), "Both sides changed it"),
        (Row("", FIRST, "b", "c", None), "at first sight"),
        (Row("", FORGOTTEN, "b", "c", None), "no longer known"),
        (Row("", ("a", "a"), "a", "c", None, RIGHT), "only receives"),
        (Row("", ("a", "a"), "b", "a", None, refused="b"), "refused this value"),
        (Row("", ("matte", "46"), "oak", "46", None, by=PAPER), "'oak' has no counterpart"),
    ],
)
def test_a_difference_says_its_own_reason(row: Row, words: str) -> None:
    outcome = row.outcome()
    assert isinstance(outcome, Difference)
    assert words in outcome.text.en


@pytest.mark.parametrize("base", [FIRST, FORGOTTEN, ("N", "NEW")])
def test_two_empty_sides_of_a_status_are_no_conflict(base: tuple[Value, Value] | str) -> None:
    assert said(Row("", base, "", None, AGREED, by=STATUS).outcome(), "") == AGREED


def test_nothing_is_appended_where_a_person_deleted_everything() -> None:
    row = Row("", (("1", "2"), ("1",)), ("1",), None, AGREED, RIGHT, by=FILES, more=APPEND)
    assert said(row.outcome(), "") == AGREED
