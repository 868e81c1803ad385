"""What holds of the merge for any values: it is pure and total, has no favourite side, and comes to rest."""

import copy
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sverka.domain.commerce.value import Value, many
from sverka.domain.mapping.convert import LineItems, Plain, ValueMap
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way, WriteMode
from sverka.domain.mapping.status_map import StatusMap, StatusRow
from sverka.domain.merge.binding import Baseline, Entry, Pair
from sverka.domain.merge.plan import Change, Difference, Plan
from sverka.domain.merge.reconcile import Decision, Sight, merge_field, reconcile
from sverka.domain.merge.snapshot import Snapshot

STATUS = StatusMap((StatusRow("N", ("NEW",)), StatusRow("P", ("EXEC", "QUALITY"))), ("LOSE",))
WORDS = ["", "N", "P", "X", "cancelled", "NEW", "EXEC", "QUALITY", "LOSE", "glossy", "matte", "45", "46"]

plains = st.builds(
    Plain, st.sampled_from(list(FieldType)), st.sampled_from(list(FieldType)), st.booleans(), st.booleans()
)
converters = st.one_of(plains, st.sampled_from([ValueMap({"glossy": "45", "matte": "46"}), STATUS, LineItems()]))


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
        return st.builds(Sight, st.just(mapping), base, value, value, decision=decision)

    return mapping.flatmap(sight)


def plan_of(sight: Sight, baseline: Baseline | None = None) -> Plan:
    known = {} if sight.base is None else {"x": sight.base}
    return reconcile(
        [sight.mapping],
        known if baseline is None else baseline,
        Snapshot("1", {"s": sight.store}),
        Snapshot("2", {"o": sight.office}),
        decisions={"x": sight.decision} if sight.decision else None,
    )


@settings(max_examples=400)
@given(st.data())
def test_it_answers_for_any_values_and_always_the_same(sights: st.SearchStrategy[Sight], data: st.DataObject) -> None:
    sight = data.draw(sights)
    before = copy.deepcopy(sight)
    first = merge_field(sight)
    assert first is None or isinstance(first, Pair | Change | Difference)
    assert merge_field(sight) == first
    assert sight == before


@settings(max_examples=400)
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
    assert plan.agreed == ({"x": outcome} if isinstance(outcome, Pair) else {})
    assert plan.changes == ([outcome] if isinstance(outcome, Change) else [])
    assert plan.differences == ([outcome] if isinstance(outcome, Difference) else [])


MIRROR_POLICY = {Policy.ASK: Policy.ASK, Policy.STORE_WINS: Policy.OFFICE_WINS, Policy.OFFICE_WINS: Policy.STORE_WINS}
MIRROR_WAY = {Way.BOTH: Way.BOTH, Way.TO_OFFICE: Way.TO_STORE, Way.TO_STORE: Way.TO_OFFICE}
LETTERS = st.sampled_from([None, "", "a", "b", "c"])


@settings(max_examples=400)
@given(
    st.sampled_from(list(Way)), st.sampled_from(list(Policy)), st.sampled_from(list(WriteMode)),
    st.sampled_from(["first", "forgotten", "pair"]), st.tuples(LETTERS, LETTERS), LETTERS, LETTERS,
)  # fmt: skip
def test_it_has_no_favourite_side(
    way: Way, policy: Policy, write: WriteMode, base: str, pair: tuple[Value, Value], store: Value, office: Value
) -> None:
    here = FieldMapping("x", "s", "o", way, policy, write)
    there = FieldMapping("x", "s", "o", MIRROR_WAY[way], MIRROR_POLICY[policy], write)

    def entry(mapping: FieldMapping, shown: Pair) -> Entry | None:
        return None if base == "first" else Entry(shown if base == "pair" else None, mapping.fingerprint())

    one = merge_field(Sight(here, entry(here, Pair(*pair)), store, office))
    other = merge_field(Sight(there, entry(there, Pair(*reversed(pair))), office, store))
    match one:
        case None:
            assert other is None
        case Pair():
            assert other == Pair(one.office, one.store)
        case Change():
            assert isinstance(other, Change)
            assert (other.side, other.value, other.old) == (one.side.other, one.value, one.old)
        case Difference():
            assert isinstance(other, Difference)
            assert (other.why, other.store, other.office, other.text) == (one.why, one.office, one.store, one.text)


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
