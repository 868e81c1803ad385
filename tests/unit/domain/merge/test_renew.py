"""What becomes of memory that no longer agrees under a changed map."""

from dataclasses import replace

import pytest

from sverka.domain.mapping.convert import ValueMap
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.plan import Change, Difference, Why
from sverka.domain.merge.reconcile import Sight, merge_field
from sverka.domain.merge.renew import Choice, is_stale, renewed

OLD = FieldMapping("paper", "property.PAPER", "UF_PAPER", converter=ValueMap({"glossy": "45", "matte": "46"}))
NEW = replace(OLD, converter=ValueMap({"glossy": "50", "matte": "46"}))
REMEMBERED = Entry(Pair("glossy", "45"), OLD.fingerprint())


def outcome(mapping: FieldMapping, entry: Entry | None) -> object:
    return merge_field(Sight(mapping, entry, "glossy", "45"))


def chosen(mapping: FieldMapping, choice: Choice, entry: Entry = REMEMBERED) -> dict[str, Entry | None]:
    return renewed({"paper": (entry, mapping)}, choice)


def test_only_what_no_longer_agrees_is_stale() -> None:
    assert is_stale(REMEMBERED, NEW)
    assert not is_stale(REMEMBERED, OLD)
    assert not is_stale(Entry(Pair("matte", "46"), OLD.fingerprint()), NEW)
    assert not is_stale(Entry(None, OLD.fingerprint()), NEW), "a person is asked about it already"


def test_unless_somebody_chooses_a_person_is_asked() -> None:
    assert chosen(NEW, "ask") == {}
    asked = outcome(NEW, REMEMBERED)
    assert isinstance(asked, Difference)
    assert asked.why is Why.CONFLICT


def test_kept_both_sides_stay_until_one_moves() -> None:
    entry = chosen(NEW, "keep")["paper"]
    stays = outcome(NEW, entry)
    assert isinstance(stays, Difference)
    assert stays.why is Why.KEPT
    moved = merge_field(Sight(NEW, entry, "matte", "45"))
    assert isinstance(moved, Change)
    assert moved.value == "46"


@pytest.mark.parametrize(
    ("way", "policy", "side", "value"),
    [
        (Way.TO_OFFICE, Policy.ASK, Side.OFFICE, "50"),
        (Way.BOTH, Policy.STORE_WINS, Side.OFFICE, "50"),
        (Way.BOTH, Policy.ASK, Side.OFFICE, "50"),
    ],
)
def test_recomputed_the_leading_value_goes_over_by_the_new_map(
    way: Way, policy: Policy, side: Side, value: str
) -> None:
    mapping = replace(NEW, way=way, policy=policy)
    carried = outcome(mapping, chosen(mapping, "recompute")["paper"])
    assert isinstance(carried, Change)
    assert (carried.side, carried.value) == (side, value)


@pytest.mark.parametrize(("way", "policy"), [(Way.TO_STORE, Policy.ASK), (Way.BOTH, Policy.OFFICE_WINS)])
def test_recomputed_the_record_leads_where_it_wins(way: Way, policy: Policy) -> None:
    mapping = replace(NEW, way=way, policy=policy, converter=ValueMap({"glossy": "46", "matte": "45"}))
    carried = outcome(mapping, chosen(mapping, "recompute")["paper"])
    assert isinstance(carried, Change)
    assert (carried.side, carried.value) == (Side.STORE, "matte")


@pytest.mark.parametrize("choice", ["keep", "recompute"])
def test_another_field_is_seen_for_the_first_time(choice: Choice) -> None:
    mapping = replace(NEW, office_field="UF_OTHER")
    assert chosen(mapping, choice) == {"paper": None}
    filled = merge_field(Sight(mapping, None, "glossy", None))
    assert isinstance(filled, Change)
