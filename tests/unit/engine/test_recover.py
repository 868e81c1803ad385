"""What became of writes whose answer never came."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from support.world import CRM, MAIN, SHOP, profile
from sverka.domain.commerce.comment import Comment
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.value import Value
from sverka.domain.ids import OrderId, OrderRef, RecordId
from sverka.domain.mapping.field_mapping import FieldMapping, FieldType, Side, Way, WriteMode
from sverka.domain.mapping.milestone import Milestone
from sverka.domain.mapping.said import Said
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.reconcile import Sight, merge_field
from sverka.domain.merge.snapshot import Snapshot
from sverka.engine.survey.recover import adopt, recover_patch
from sverka.ports.comments import COMMENTS, TIMELINE
from sverka.ports.storage import Intent, IntentKind, Sent

MUG = Line("Mug", Decimal(1), Decimal("100.00"))
ORDER = OrderRef(SHOP, OrderId("1"))


def sent(key: str, value: Value, source: Value, field: str, side: Side = Side.OFFICE) -> Sent:
    return Sent(key, side, field, value, source, f"print of {key}")


def intent(kind: IntentKind, *parts: Sent, stamp: str) -> Intent:
    return Intent(kind, CRM, ORDER, MAIN, parts, stamp, 1, RecordId("91"), id=7)


def patch(stamp: str = "o1", value: Value = "EXECUTING") -> Intent:
    return intent(IntentKind.PATCH_RECORD, sent("status", value, "P", "stageId"), stamp=stamp)


@pytest.mark.parametrize("stamp", ["o1", "o0"])
def test_a_side_that_shows_what_was_sent_has_agreed_on_it(make_task: Any, stamp: str) -> None:
    task = make_task({"status": "F"}, {"stageId": "EXECUTING"})
    recover_patch(task, patch(stamp))
    assert task.entries == {"status": Entry(Pair("P", "EXECUTING"), "print of status")}
    assert task.baseline == task.entries, "the pair is of the source then, not of the source now"


def test_an_unchanged_stamp_means_it_was_not_done(make_task: Any) -> None:
    kept = Entry(Pair("N", "NEW"), "print of status")
    task = make_task({"status": "P"}, {"stageId": "NEW"}, baseline={"status": kept})
    recover_patch(task, patch("o1"))
    assert task.entries == {}
    assert task.baseline == {"status": kept}, "it is planned again over the same memory"


def test_anything_else_is_forgotten(make_task: Any) -> None:
    task = make_task({"status": "P"}, {"stageId": "WON"}, baseline={"status": Entry(Pair("N", "NEW"), "x")})
    recover_patch(task, patch("o0"))
    assert task.entries == {"status": Entry(None, "print of status")}
    assert task.baseline == task.entries


@pytest.mark.parametrize(("paid", "forgotten"), [(True, {"status", "paid"}), (False, {"status"})])
@pytest.mark.parametrize("stage", ["WON", "EXECUTING"])
def test_what_a_doubtful_write_may_have_overtaken_is_forgotten_with_it(
    make_task: Any, stage: str, *, paid: bool, forgotten: set[str]
) -> None:
    milestone = FieldMapping("paid", "paid", "stageId", Way.TO_OFFICE, converter=Milestone(("READY",)))
    by = replace(profile(), mappings=(*profile().mappings, milestone))
    known = {"paid": Entry(Pair(False, "NEW"), milestone.fingerprint())}
    task = make_task({"status": "P", "paid": paid}, {"stageId": stage}, by=by, baseline=known)
    recover_patch(task, patch("o0"))
    arrived = {"status"} if stage == "EXECUTING" else set()
    assert {key for key, entry in task.entries.items() if entry and entry.pair is None} == forgotten - arrived
    assert set(task.entries) == forgotten


def test_every_field_of_a_patch_is_settled_for_itself(make_task: Any) -> None:
    task = make_task({}, {"stageId": "EXECUTING", "UF_TRACK": "other"})
    parts = sent("status", "EXECUTING", "P", "stageId"), sent("track", "RB1", "RB1", "UF_TRACK")
    recover_patch(task, intent(IntentKind.PATCH_RECORD, *parts, stamp="o0"))
    assert task.entries["status"].pair == Pair("P", "EXECUTING")
    assert task.entries["track"].pair is None


def test_a_patch_of_the_order_is_settled_by_the_order(make_task: Any) -> None:
    part = sent("status", "P", "EXECUTING", "status", Side.STORE)
    task = make_task({"status": "P"}, {"status": "no field of an order", "stageId": "QUALITY"})
    recover_patch(task, intent(IntentKind.PATCH_ORDER, part, stamp="s0"))
    assert task.entries == {"status": Entry(Pair("P", "EXECUTING"), "print of status")}
    other = make_task({"status": "F"}, {"stageId": "QUALITY"})
    recover_patch(other, intent(IntentKind.PATCH_ORDER, part, stamp="s1"))
    assert other.entries == {}
    recover_patch(other, intent(IntentKind.PATCH_ORDER, part, stamp="o1"))
    assert other.entries == {"status": Entry(None, "print of status")}, "the stamp is the order's, not the record's"


def test_a_patch_whose_binding_is_no_longer_there_settles_nothing(make_task: Any) -> None:
    task = make_task({"status": "P"}, {"stageId": "EXECUTING"})
    task.binding = None
    recover_patch(task, patch())
    task.record, unbound = None, replace(patch(), binding=None)
    recover_patch(task, unbound)
    assert task.entries == {}


def test_an_adopted_record_agrees_on_what_it_shows_of_what_was_sent(make_task: Any) -> None:
    task = make_task({"status": "P", "delivery.track": "RB1"})
    prints = {mapping.key: mapping.fingerprint() for mapping in task.profile.mappings}
    parts = [
        Sent("status", Side.OFFICE, "stageId", "NEW", "N", prints["status"]),
        Sent("track", Side.OFFICE, "UF_TRACK", "RB1", "RB1", prints["track"]),
        Sent("total", Side.OFFICE, "opportunity", "1", "1", "another mapping's print"),
    ]
    record = Snapshot("91", {"stageId": "NEW", "UF_TRACK": "moved", "opportunity": "1"})
    other = intent(IntentKind.PATCH_RECORD, sent("track", "moved", "moved", "UF_TRACK"), stamp="")
    adopt(task, record, [other, intent(IntentKind.CREATE_RECORD, *parts, stamp="")])
    known = {key: entry for key, entry in task.entries.items() if entry is not None}
    assert {key: entry.pair for key, entry in known.items()} == {
        "status": Pair("N", "NEW"),
        "track": None,
        "total": None,
    }
    assert {key: entry.fingerprint for key, entry in known.items()} == {key: prints[key] for key in known}
    assert task.entries["lines"] is None, "never sent and empty: first sight, which fills it"
    assert task.record is record


def test_an_adopted_record_that_no_intent_made_is_forgotten_whole(make_task: Any) -> None:
    task = make_task({"status": "P"})
    adopt(task, Snapshot("91", {"stageId": "NEW"}), [])
    assert {entry.pair for entry in task.entries.values()} == {None}
    assert len(task.entries) == len(task.profile.mappings)


def test_what_was_said_in_a_record_before_it_was_found_is_news(make_task: Any) -> None:
    said = FieldMapping("comments", COMMENTS, TIMELINE, Way.BOTH, write=WriteMode.APPEND, converter=Said(),
                        office_type=FieldType.COMMENTS)  # fmt: skip
    ours, theirs = Comment("shop/1"), Comment("crm/5")
    by = replace(profile(), mappings=(*profile().mappings, said))
    status = Sent("status", Side.OFFICE, "stageId", "NEW", "N", by.mapping("status").fingerprint())
    for sent_with_it, agreed in (((), ()), ((ours,), (ours,))):
        task = make_task({"status": "N", COMMENTS: (ours,)}, by=by)
        parts = [status]
        if sent_with_it:
            parts.append(Sent("comments", Side.OFFICE, TIMELINE, sent_with_it, sent_with_it, said.fingerprint()))
        adopt(task, Snapshot("91", {"stageId": "NEW", TIMELINE: (theirs, *sent_with_it)}),
              [intent(IntentKind.CREATE_RECORD, *parts, stamp="")])  # fmt: skip
        entry = task.entries["comments"]
        assert entry is not None
        assert entry.pair == Pair(agreed, agreed)
        change = merge_field(Sight(said, entry, (ours,), (theirs, *sent_with_it)))
        changes = change if isinstance(change, tuple) else (change,)
        assert [theirs in one.value for one in changes if one.side is Side.STORE] == [True]


@pytest.mark.parametrize("known", [None, Pair((), ())])
def test_comments_that_came_are_agreed_on_whatever_else_was_said_or_cut_off(make_task: Any, known: Pair | None) -> None:
    said = FieldMapping("comments", COMMENTS, TIMELINE, Way.BOTH, write=WriteMode.APPEND, converter=Said(),
                        office_type=FieldType.COMMENTS)  # fmt: skip
    first, second, news = Comment("crm/1"), Comment("crm/2"), Comment("shop/9")
    baseline = {"comments": Entry(known, said.fingerprint())} if known else {}
    task = make_task({COMMENTS: (first, news)}, {}, by=replace(profile(), mappings=(said,)), baseline=baseline)
    part = Sent("comments", Side.STORE, COMMENTS, (first, second), (first, second), said.fingerprint())
    recover_patch(task, intent(IntentKind.PATCH_ORDER, part, stamp="s0"))
    entry = task.baseline["comments"]
    assert entry.pair == Pair((first,), (first,))
    outcome = merge_field(Sight(said, entry, (first, news), (second,)))
    changes = outcome if isinstance(outcome, tuple) else (outcome,)
    assert {one.side: one.value for one in changes} == {
        Side.OFFICE: (second, news),
        Side.STORE: (first, news, second),
    }, "what was deleted where it was said does not go back there; what was cut off goes once more"


def test_comments_of_which_none_came_are_sent_over_the_same_memory(make_task: Any) -> None:
    said = FieldMapping("comments", COMMENTS, TIMELINE, Way.BOTH, write=WriteMode.APPEND, converter=Said(),
                        office_type=FieldType.COMMENTS)  # fmt: skip
    task = make_task({COMMENTS: ()}, {}, by=replace(profile(), mappings=(said,)))
    part = Sent("comments", Side.STORE, COMMENTS, (Comment("crm/1"),), (Comment("crm/1"),), said.fingerprint())
    recover_patch(task, intent(IntentKind.PATCH_ORDER, part, stamp="s0"))
    assert task.entries == {}


@pytest.mark.parametrize(("shown", "sends_again"), [((), True), (None, True), (("a row",), False)])
def test_rows_that_were_cut_off_behind_an_adopted_record_are_sent_again(
    make_task: Any, shown: Value, *, sends_again: bool
) -> None:
    task = make_task({"status": "P", "lines": (MUG,)})
    rows = task.profile.mapping("lines")
    track = Sent("track", Side.OFFICE, "UF_TRACK", "RB1", "RB1", task.profile.mapping("track").fingerprint())
    part = Sent("lines", Side.OFFICE, "rows", (MUG,), (MUG,), rows.fingerprint())
    born = intent(IntentKind.CREATE_RECORD, part, track, stamp="")
    adopt(task, Snapshot("91", {"stageId": "NEW", "rows": shown, "UF_TRACK": ""}), [born])
    assert (task.entries["lines"] is None) is sends_again
    assert task.entries["track"] == Entry(None, track.fingerprint), "only what rides behind a record is cut off"


def test_an_order_found_by_its_mark_is_taken_over_like_a_record(make_task: Any) -> None:
    by = profile()
    status, track, *others = by.mappings
    task = make_task({}, {"stageId": "NEW", "UF_TRACK": "RB1"}, by=by)
    parts = [
        Sent(one.key, Side.STORE, one.store_field, value, source, one.fingerprint())
        for one, value, source in ((status, "N", "NEW"), (track, "RB1", "RB1"))
    ]
    shown = Snapshot("1001", {"status": "N", "delivery.track": "RB2"})
    adopt(task, shown, [intent(IntentKind.CREATE_ORDER, *parts, stamp="")], Side.STORE)
    assert task.store is shown
    assert task.entries["status"] == Entry(Pair("N", "NEW"), status.fingerprint())
    assert task.entries["track"] == Entry(None, track.fingerprint())
    assert all(task.entries[one.key] is None for one in others), "never sent and empty: first sight"
