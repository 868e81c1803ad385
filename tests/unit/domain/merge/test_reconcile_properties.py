"""What holds of the merge for any values: it is pure and total, has no favourite side, and comes to rest."""

import copy
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sverka.domain.commerce.value import Value, is_empty, many
from sverka.domain.mapping.convert import LineItems, Plain, Unmapped, ValueMap
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way, WriteMode
from sverka.domain.mapping.status_map import StatusMap, StatusRow
from sverka.domain.merge.binding import Baseline, Entry, Pair
from sverka.domain.merge.plan import Change, Difference, Plan, Why
from sverka.domain.merge.reconcile import Decision, Outcome, Sight, merge_field, reconcile
from sverka.domain.merge.snapshot import Snapshot

WORDS = ["", "N", "P", "X", "cancelled", "NEW", "EXEC", "QUALITY", "LOSE", "glossy", "matte", "45", "46"]

plains = st.builds(
    Plain, st.sampled_from(list(FieldType)), st.sampled_from(list(FieldType)), st.booleans(), st.booleans()
)
statuses, stages = st.sampled_from(["N", "P", "X"]), st.sampled_from(["NEW", "EXEC", "QUALITY"])
value_maps = st.builds(ValueMap, st.dictionaries(st.sampled_from(WORDS[1:]), st.sampled_from(WORDS[1:])))
status_maps = st.builds(
    StatusMap,
    st.lists(
        st.builds(StatusRow, statuses, st.lists(stages, min_size=1, unique=True).map(tuple), st.booleans()), max_size=3
    ).map(tuple),
    st.sampled_from([(), ("LOSE",), ("LOSE", "QUALITY")]),
)
converters = st.one_of(plains, value_maps, status_maps, st.just(LineItems()))


@pytest.fixture(scope="session")
def sights(any_value: st.SearchStrategy[Value]) -> st.SearchStrategy[Sight]:
    """Return a strategy of all that may be known of one field at one visit."""
    value = st.one_of(st.sampled_from(WORDS), any_value)
    pair = st.builds(Pair, value, value)
    mapping = st.builds(
        FieldMapping,
        key=st.just("x"),
        store_field=st.just("s"),
        office_field=st.just("o"),
        way=st.sampled_from(list(Way)),
        policy=st.sampled_from(list(Policy)),
        write=st.sampled_from(list(WriteMode)),
        converter=converters,
        ignore_unmapped=st.booleans(),
    )

    def sight(mapping: FieldMapping) -> st.SearchStrategy[Sight]:
        print_ = st.sampled_from([mapping.fingerprint(), "another"])
        base = st.none() | st.builds(Entry, st.none() | pair, print_)
        decision = st.none() | st.builds(Decision, st.sampled_from(list(Side)), pair)
        # Values of half the sights are few, so that sides and memory meet.
        few = st.sampled_from(["a", "b", None])
        drawn = st.builds(Sight, st.just(mapping), base, value, value, decision=decision)
        met = st.builds(
            lambda before, store, office, chosen: Sight(
                mapping, before, store, office, decision=chosen and Decision(chosen, Pair(store, office))
            ),
            st.none() | st.builds(Entry, st.none() | st.builds(Pair, few, few), print_),
            few | value,
            few | value,
            st.none() | st.sampled_from(list(Side)),
        )
        return drawn | met

    return mapping.flatmap(sight)


def plan_of(sight: Sight, baseline: Baseline | None = None) -> Plan:
    known = {} if sight.base is None else {"x": sight.base}
    return reconcile(
        [sight.mapping],
        known if baseline is None else baseline,
        Snapshot("1", {"s": sight.store}),
        Snapshot("2", {"o": sight.office}),
        refused=None if isinstance(sight.refused, Unmapped) else {"x": sight.refused},
        decisions={"x": sight.decision} if sight.decision else None,
    )


@settings(max_examples=150)
@given(st.data())
def test_it_answers_for_any_values_and_always_the_same(sights: st.SearchStrategy[Sight], data: st.DataObject) -> None:
    sight = data.draw(sights)
    before = copy.deepcopy(sight)
    first = merge_field(sight)
    assert first is None or isinstance(first, Pair | Change | Difference | tuple)
    assert merge_field(sight) == first
    assert sight == before


@pytest.mark.covers("R127")
@settings(max_examples=150)
@given(st.data())
def test_it_comes_to_rest_once_its_plan_is_carried_out(sights: st.SearchStrategy[Sight], data: st.DataObject) -> None:
    sight = replace(data.draw(sights), decision=None)
    plan = plan_of(sight)
    store, office = sight.store, sight.office
    for change in plan.changes:
        store, office = (store, change.value) if change.side is Side.OFFICE else (change.value, office)
    baseline = {} if sight.base is None else {"x": sight.base}
    if plan.changes or plan.agreed:
        baseline = {"x": Entry(Pair(store, office), sight.mapping.fingerprint())}
    again = plan_of(replace(sight, store=store, office=office), baseline)
    assert again.is_idle
    assert not again.agreed
    assert again.differences == plan.differences


@settings(max_examples=200)
@given(st.data())
def test_a_fields_outcome_stands_in_exactly_one_place_of_the_plan(
    sights: st.SearchStrategy[Sight], data: st.DataObject
) -> None:
    sight = data.draw(sights)
    plan, outcome = plan_of(sight), merge_field(sight)
    both = isinstance(outcome, tuple)
    assert plan.agreed == ({"x": outcome} if isinstance(outcome, Pair) else {})
    assert plan.changes == ([outcome] if isinstance(outcome, Change) else list(outcome or ()) if both else [])
    shown = [one for one in plan.differences if not (isinstance(outcome, Pair) and one.why is Why.KEPT)]
    assert shown == ([outcome] if isinstance(outcome, Difference) else [])


def says_at_most_that_it_is_kept(outcome: Outcome) -> bool:
    """Tell whether nothing is to be done; sides that stay apart may say why."""
    return outcome is None or (isinstance(outcome, Difference) and outcome.why is Why.KEPT)


@settings(max_examples=300)
@given(st.data())
def test_what_was_seen_and_has_not_moved_is_never_anybodys_business(
    sights: st.SearchStrategy[Sight], data: st.DataObject
) -> None:
    sight = data.draw(sights)
    seen = replace(sight, base=Entry(sight.now, sight.mapping.fingerprint()), decision=None)
    assert says_at_most_that_it_is_kept(merge_field(seen))


@settings(max_examples=200)
@given(st.data())
def test_it_writes_one_side_at_most_along_the_way_and_only_what_has_a_counterpart(
    sights: st.SearchStrategy[Sight], data: st.DataObject
) -> None:
    sight = data.draw(sights)
    mapping = sight.mapping
    for change in plan_of(sight).changes:
        assert [change] == plan_of(sight).changes
        assert mapping.allows(change.side)
        assert mapping.write is not WriteMode.IF_NEW
        source = sight.value_on(change.side.other)
        convert = mapping.converter.to_office if change.side is Side.OFFICE else mapping.converter.to_store
        converted = None if is_empty(source) else convert(source)
        assert not isinstance(converted, Unmapped)
        assert change.value == converted or mapping.write is WriteMode.APPEND
        assert change.value != change.old
        assert sight.value_on(change.side) == change.old


@settings(max_examples=150)
@given(st.data())
def test_whatever_a_write_led_to_it_is_not_repeated(
    sights: st.SearchStrategy[Sight], any_value: st.SearchStrategy[Value], data: st.DataObject
) -> None:
    sight = data.draw(sights)
    for change in plan_of(sight).changes:
        shown = data.draw(any_value, label="what the side made of it")
        store, office = (sight.store, shown) if change.side is Side.OFFICE else (shown, sight.office)
        entry = Entry(Pair(store, office), sight.mapping.fingerprint())
        again = replace(sight, store=store, office=office, base=entry, decision=None)
        assert says_at_most_that_it_is_kept(merge_field(again))


@settings(max_examples=150)
@given(st.data())
def test_what_a_side_refused_is_not_sent_again_and_anything_else_is(
    sights: st.SearchStrategy[Sight], any_value: st.SearchStrategy[Value], data: st.DataObject
) -> None:
    sight = data.draw(sights)
    other = data.draw(any_value)
    changes = plan_of(sight).changes
    for change in changes if len(changes) == 1 else ():
        held = merge_field(replace(sight, refused=change.value))
        assert isinstance(held, Difference)
        assert held.why is Why.REFUSED
        if other != change.value:
            assert merge_field(replace(sight, refused=other)) == change


MIRROR_POLICY = {Policy.ASK: Policy.ASK, Policy.STORE_WINS: Policy.OFFICE_WINS, Policy.OFFICE_WINS: Policy.STORE_WINS}
MIRROR_WAY = {Way.BOTH: Way.BOTH, Way.TO_OFFICE: Way.TO_STORE, Way.TO_STORE: Way.TO_OFFICE}
LETTERS = st.sampled_from([None, "", "a", "b", "c"])


def mirrored(mapping: FieldMapping) -> FieldMapping:
    """Return the mapping as the other side would write it; the converter must be one that can be turned round."""
    by = mapping.converter
    if isinstance(by, Plain):
        by = Plain(by.office, by.store, by.office_many, by.store_many)
    elif isinstance(by, ValueMap):
        by = ValueMap({office: store for store, office in by.values.items()})
    return replace(mapping, way=MIRROR_WAY[mapping.way], policy=MIRROR_POLICY[mapping.policy], converter=by)


def turned(sight: Sight) -> Sight:
    mapping = mirrored(sight.mapping)
    known = sight.base is not None and sight.base.fingerprint == sight.mapping.fingerprint()
    base = sight.base and Entry(
        sight.base.pair and Pair(sight.base.pair.office, sight.base.pair.store),
        mapping.fingerprint() if known else sight.base.fingerprint,
    )
    decision = sight.decision and Decision(
        sight.decision.winner.other, Pair(sight.decision.pair.office, sight.decision.pair.store)
    )
    return Sight(mapping, base, sight.office, sight.store, decision=decision)


@settings(max_examples=300)
@given(st.data())
def test_it_has_no_favourite_side(sights: st.SearchStrategy[Sight], data: st.DataObject) -> None:
    sight = data.draw(sights)
    by = sight.mapping.converter
    assume(isinstance(by, Plain) or (isinstance(by, ValueMap) and len(set(by.values.values())) == len(by.values)))
    one, other = merge_field(sight), merge_field(turned(sight))
    match one:
        case None:
            assert other is None
        case Pair():
            assert other == Pair(one.office, one.store)
        case Change():
            assert isinstance(other, Change)
            assert (other.side, other.value, other.old) == (one.side.other, one.value, one.old)
        case (Change(), Change()):
            assert isinstance(other, tuple)
            assert [(c.side, c.value) for c in other] == [(c.side.other, c.value) for c in reversed(one)]
        case Difference():
            assert isinstance(other, Difference)
            assert (other.why, other.store, other.office) == (one.why, one.office, one.store)


FILES = st.lists(st.sampled_from("abcd"), unique=True, max_size=4).map(tuple)


@given(FILES, FILES, FILES, FILES)
def test_appending_takes_nothing_away_and_revives_nothing(
    was_store: tuple[str, ...], was_office: tuple[str, ...], store: tuple[str, ...], office: tuple[str, ...]
) -> None:
    plain = Plain(FieldType.FILE, FieldType.FILE, store_many=True, office_many=True)
    mapping = FieldMapping("x", "s", "o", Way.TO_OFFICE, write=WriteMode.APPEND, converter=plain)
    outcome = merge_field(Sight(mapping, Entry(Pair(was_store, was_office), mapping.fingerprint()), store, office))
    if isinstance(outcome, Change):
        sent = many(outcome.value)
        assert sent[: len(office)] == office
        assert set(sent[len(office) :]) == set(store) - set(was_store) - set(office)
        assert len(sent) > len(office)


@given(LETTERS, LETTERS, LETTERS, LETTERS, st.sampled_from(list(Side)))
def test_only_a_decision_about_what_both_sides_show_counts(
    store: Value, office: Value, then_store: Value, then_office: Value, winner: Side
) -> None:
    assume(Pair(store, office) != Pair(then_store, then_office))
    mapping = FieldMapping("x", "s", "o")
    sight = Sight(mapping, Entry(None, mapping.fingerprint()), store, office)
    decided = replace(sight, decision=Decision(winner, Pair(then_store, then_office)))
    assert merge_field(decided) == merge_field(sight)
