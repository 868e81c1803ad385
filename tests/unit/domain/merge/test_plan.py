"""A whole binding: every mapped field for itself, and what the memory looks like in storage."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sverka.domain.commerce.value import Value
from sverka.domain.mapping.convert import Plain
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Side
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.plan import Change, Plan, Why
from sverka.domain.merge.reconcile import Decision, Sight, reconcile
from sverka.domain.merge.snapshot import Snapshot

TRACK = FieldMapping("track", "delivery.track", "UF_TRACK")
NOTE = FieldMapping("note", "comment.manager", "comments")
TOTAL = FieldMapping("total", "total", "opportunity", converter=Plain(FieldType.MONEY, FieldType.MONEY))
ROWS = FieldMapping("rows", "lines", "rows", heavy=True)


def entry(mapping: FieldMapping, store: Value, office: Value) -> Entry:
    return Entry(Pair(store, office), mapping.fingerprint())


def test_every_field_is_merged_for_itself() -> None:
    baseline = {"track": entry(TRACK, "a", "a"), "note": entry(NOTE, "a", "a"), "total": entry(TOTAL, "1", "1")}
    store = Snapshot("1", {"delivery.track": "b", "comment.manager": "b", "total": Decimal(2)})
    office = Snapshot("9", {"UF_TRACK": "a", "comments": "c", "opportunity": Decimal("2.00")})
    plan = reconcile([TRACK, NOTE, TOTAL], baseline, store, office)
    assert [(change.field, change.value) for change in plan.changes] == [("UF_TRACK", "b")]
    assert [(one.key, one.why) for one in plan.differences] == [("note", Why.CONFLICT)]
    assert plan.agreed == {"total": Pair(Decimal(2), Decimal("2.00"))}
    assert not plan.is_idle


def test_a_heavy_field_that_was_not_read_is_passed_over() -> None:
    store = Snapshot("1", {"lines": "new"})
    assert reconcile([ROWS], {}, store, Snapshot("9", {}, unread=frozenset({"rows"}))) == Plan()
    assert reconcile([ROWS], {}, store, Snapshot("9", {})).changes


def test_refusals_and_decisions_are_found_by_the_mappings_key() -> None:
    baseline = {"track": entry(TRACK, "a", "a"), "note": entry(NOTE, "a", "a")}
    store = Snapshot("1", {"delivery.track": "b", "comment.manager": "b"})
    office = Snapshot("9", {"UF_TRACK": "a", "comments": "c"})
    decision = Decision(Side.OFFICE, Pair("b", "c"))
    plan = reconcile([TRACK, NOTE], baseline, store, office, {"track": "b"}, {"note": decision})
    assert [(one.key, one.why) for one in plan.differences] == [("track", Why.REFUSED)]
    assert plan.changes == [Change(NOTE, Side.STORE, "c", "b", "decision")]
    assert not reconcile([TRACK], baseline, store, office, {"note": "b"}).is_idle


def test_the_memory_is_found_by_the_mappings_key_and_read_off_the_snapshots() -> None:
    sight = Sight(TRACK, entry(TRACK, "a", "b"), "c", "d")
    assert (sight.pair, sight.now) == (Pair("a", "b"), Pair("c", "d"))
    assert (sight.value_on(Side.STORE), sight.value_on(Side.OFFICE)) == ("c", "d")
    assert Sight(TRACK, None, "c", "d").pair is None
    assert Sight(TRACK, Entry(Pair("a", "b"), "another"), "c", "d").pair is None


def test_a_field_no_record_has_is_empty() -> None:
    assert Snapshot("1", {"a": "b"}).get("c") is None


@given(st.data())
def test_a_stored_memory_comes_back_equal(any_value: st.SearchStrategy[Value], data: st.DataObject) -> None:
    pair = Pair(data.draw(any_value), data.draw(any_value)) if data.draw(st.booleans()) else None
    kept = Entry(pair, "print")
    assert Entry.from_data(json.loads(json.dumps(kept.as_data()))) == kept
