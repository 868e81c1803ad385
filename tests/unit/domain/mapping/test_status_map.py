"""Statuses and stages, many to many, with cancellation above them."""

import pytest

from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.convert import Unmapped
from sverka.domain.mapping.status_map import StatusMap, StatusRow

MAP = StatusMap(
    (
        StatusRow("N", ("NEW",)),
        StatusRow("P", ("EXECUTING", "QUALITY")),
        StatusRow("S", ("QUALITY", "WON"), back=True),
        StatusRow("F", ("WON",)),
        StatusRow("O", ("ODD", "LOSE")),
    ),
    ("LOSE", "APOLOGY"),
)


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("N", "NEW"),
        ("P", "EXECUTING"),
        ("S", "QUALITY"),
        ("F", "WON"),
        (CANCELLED, "LOSE"),
        ("X", Unmapped("X")),
        ("NEW", Unmapped("NEW")),
        (None, Unmapped(None)),
    ],
)
def test_the_hub_sets_the_first_stage_of_a_status(status: Value, stage: Value | Unmapped) -> None:
    assert MAP.to_office(status) == stage


@pytest.mark.covers("R49", "R50")
@pytest.mark.parametrize(
    ("stage", "status"),
    [
        ("NEW", "N"),
        ("EXECUTING", "P"),
        ("QUALITY", "S"),
        ("WON", "S"),
        ("ODD", "O"),
        ("LOSE", CANCELLED),
        ("APOLOGY", CANCELLED),
        ("X", Unmapped("X")),
        ("N", Unmapped("N")),
    ],
)
def test_a_stage_leads_back_by_the_marked_row_and_cancellation_stands_above(
    stage: Value, status: Value | Unmapped
) -> None:
    assert MAP.to_store(stage) == status


def test_without_a_mark_the_first_row_leads_back() -> None:
    plain = StatusMap((StatusRow("P", ("QUALITY",)), StatusRow("S", ("QUALITY",))))
    assert plain.to_store("QUALITY") == "P"


@pytest.mark.parametrize(
    ("status", "stage", "same"),
    [
        ("N", "NEW", True),
        ("P", "EXECUTING", True),
        ("P", "QUALITY", True),
        ("S", "QUALITY", True),
        ("S", "WON", True),
        ("F", "WON", True),
        ("N", "EXECUTING", False),
        ("X", "NEW", False),
        (CANCELLED, "LOSE", True),
        (CANCELLED, "APOLOGY", True),
        (CANCELLED, "NEW", False),
        ("N", "LOSE", False),
        ("O", "LOSE", False),
        ("O", "ODD", True),
    ],
)
def test_a_stage_agrees_with_every_status_that_lists_it(status: Value, stage: Value, *, same: bool) -> None:
    assert MAP.agree(status, stage) is same


def test_what_the_map_sets_agrees_with_what_it_was_made_of() -> None:
    for status in (*MAP.statuses(), CANCELLED):
        stage = MAP.to_office(status)
        assert not isinstance(stage, Unmapped)
        assert MAP.agree(status, stage)
    for stage in MAP.stages():
        back = MAP.to_store(stage)
        assert not isinstance(back, Unmapped)
        assert MAP.agree(back, stage)


def test_without_stages_of_cancellation_a_cancelled_order_has_no_stage() -> None:
    bare = StatusMap((StatusRow("N", ("NEW",)),))
    assert bare.to_office(CANCELLED) == Unmapped(CANCELLED)
    assert not bare.agree(CANCELLED, "NEW")


@pytest.mark.covers("R49")
@pytest.mark.parametrize(
    ("rows", "unclear"),
    [
        ((StatusRow("P", ("Q",)), StatusRow("S", ("Q",))), ["Q"]),
        ((StatusRow("P", ("Q",), back=True), StatusRow("S", ("Q",))), []),
        ((StatusRow("P", ("Q",), back=True), StatusRow("S", ("Q",), back=True)), ["Q"]),
        ((StatusRow("P", ("Q",)), StatusRow("P", ("Q",))), []),
        ((StatusRow("P", ("Q",)), StatusRow("S", ("R",))), []),
        ((StatusRow("P", ("Z", "Q")), StatusRow("S", ("Q", "Z"))), ["Q", "Z"]),
    ],
)
def test_a_stage_of_several_statuses_needs_exactly_one_mark(rows: tuple[StatusRow, ...], unclear: list[str]) -> None:
    assert StatusMap(rows).ambiguous() == unclear


def test_the_map_names_its_stages_and_statuses() -> None:
    assert MAP.stages() == {"NEW", "EXECUTING", "QUALITY", "WON", "ODD", "LOSE", "APOLOGY"}
    assert MAP.statuses() == {"N", "P", "S", "F", "O"}
    assert StatusMap((StatusRow(CANCELLED, ("LOSE",)),)).statuses() == frozenset()


@pytest.mark.parametrize(
    "other",
    [
        StatusMap((StatusRow("N", ("OLD",)),), ("LOSE",)),
        StatusMap((StatusRow("M", ("NEW",)),), ("LOSE",)),
        StatusMap((StatusRow("N", ("NEW",), back=True),), ("LOSE",)),
        StatusMap((StatusRow("N", ("NEW",)),), ("APOLOGY",)),
        StatusMap((StatusRow("N", ("NEW",)),)),
        StatusMap((StatusRow("N", ("NEW", "OLD")),), ("LOSE",)),
    ],
)
def test_a_changed_row_is_another_fingerprint(other: StatusMap) -> None:
    one = StatusMap((StatusRow("N", ("NEW",)),), ("LOSE",))
    assert one.fingerprint() == StatusMap([StatusRow("N", ("NEW",))], ("LOSE",)).fingerprint()
    assert one.fingerprint() != other.fingerprint()
