"""A line of a profile: where its changes travel, and when its memory is void."""

from dataclasses import replace
from typing import Any

import pytest

from sverka.domain.mapping.convert import Plain, ValueMap
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way, WriteMode

PAPER = FieldMapping(
    "paper", "property.paper", "UF_PAPER", store_type=FieldType.TEXT, office_type=FieldType.CHOICE,
    converter=ValueMap({"glossy": "45"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("way", "to_office", "to_store"),
    [(Way.BOTH, True, True), (Way.TO_OFFICE, True, False), (Way.TO_STORE, False, True)],
)
def test_changes_travel_the_way_they_may(way: Way, *, to_office: bool, to_store: bool) -> None:
    mapping = replace(PAPER, way=way)
    assert (mapping.allows(Side.OFFICE), mapping.allows(Side.STORE)) == (to_office, to_store)


def test_each_side_has_its_own_field_and_type() -> None:
    assert (PAPER.field_on(Side.STORE), PAPER.field_on(Side.OFFICE)) == ("property.paper", "UF_PAPER")
    assert (PAPER.type_on(Side.STORE), PAPER.type_on(Side.OFFICE)) == (FieldType.TEXT, FieldType.CHOICE)
    assert (Side.STORE.other, Side.OFFICE.other) == (Side.OFFICE, Side.STORE)


@pytest.mark.parametrize(
    "change",
    [
        {"store_field": "property.cover"},
        {"office_field": "UF_COVER"},
        {"way": Way.TO_OFFICE},
        {"converter": ValueMap({"glossy": "46"})},
        {"converter": Plain()},
    ],
)
def test_what_changes_the_meaning_of_a_pair_changes_the_fingerprint(change: dict[str, Any]) -> None:
    assert replace(PAPER, **change).fingerprint() != PAPER.fingerprint()


@pytest.mark.parametrize(
    "change",
    [{"policy": Policy.STORE_WINS}, {"write": WriteMode.IF_EMPTY}, {"ignore_unmapped": True}, {"heavy": True}, {}],
)
def test_what_leaves_a_pair_true_leaves_the_fingerprint(change: dict[str, Any]) -> None:
    assert replace(PAPER, **change).fingerprint() == PAPER.fingerprint()


def test_a_fingerprint_is_short_and_two_fields_do_not_run_into_one() -> None:
    assert len(PAPER.fingerprint()) == 25
    one, other = FieldMapping("x", "ab", "c"), FieldMapping("x", "a", "bc")
    assert one.fingerprint() != other.fingerprint()


def test_only_choices_people_and_flags_are_picked_from_a_list() -> None:
    assert {type_ for type_ in FieldType if type_.is_chosen} == {FieldType.CHOICE, FieldType.PERSON, FieldType.BOOLEAN}
