"""What has happened to an order and where its deal has got to: which of the two follows from which."""

import pytest

from sverka.domain.commerce.value import Value
from sverka.domain.mapping.convert import Unmapped
from sverka.domain.mapping.course import at, is_earlier, pipeline_of
from sverka.domain.mapping.field_mapping import Side, Way
from sverka.domain.mapping.milestone import Handover, Milestone
from sverka.domain.mapping.status_map import StatusMap, StatusRow

STAGES, BEYOND, CANCEL = ("PAID", "C5:PAID"), ("WON",), ("LOSE",)


def rule(way: Way, **more: object) -> Milestone:
    return Milestone(STAGES, BEYOND, CANCEL, way=way, **more)  # type: ignore[arg-type]


@pytest.mark.covers("R34")
@pytest.mark.parametrize(
    ("paid", "stage", "pushes", "pulls"),
    [
        (True, "NEW", True, False),
        (True, "PAID", False, False),
        (True, "WON", False, False),
        (True, "LOSE", False, False),
        (True, "C5:NEW", True, False),
        (True, "C7:NEW", False, False),
        (False, "NEW", False, False),
        (False, "PAID", False, True),
        (False, "WON", False, True),
        (False, "LOSE", False, False),
        (None, "NEW", False, False),
        ("да", "NEW", True, False),
        ("нет", "NEW", False, False),
    ],
)
def test_who_has_to_move(paid: Value, stage: str, *, pushes: bool, pulls: bool) -> None:
    assert rule(Way.TO_OFFICE).agree(paid, stage) is not pushes
    assert rule(Way.TO_STORE).agree(paid, stage) is not pulls
    assert rule(Way.BOTH).agree(paid, stage) is not (pushes or pulls)


def test_what_follows() -> None:
    one = rule(Way.BOTH)
    assert (one.to_office(True), one.to_store("PAID"), one.to_store("WON")) == ("PAID", True, True)
    assert one.to_office(False) == Unmapped(False), "nothing is ever undone"
    assert one.to_store("NEW") == Unmapped("NEW")
    assert (at(one, "5").to_office(True), at(one, "7").to_office(True)) == ("C5:PAID", Unmapped(True))
    assert at(one, "sales") is one, "an office whose pipelines are no numbers does not mark its stages"
    named = rule(Way.BOTH, values=("refunded", "part"))
    assert (named.to_office("part"), named.to_store("PAID")) == ("PAID", "refunded")
    assert named.to_office("paid") == Unmapped("paid")


def test_a_guarded_milestone_brings_nothing_back() -> None:
    guarded = rule(Way.TO_OFFICE, course=("NEW", "PAID", "SENT"))
    assert guarded.is_back(Side.OFFICE, "SENT", "PAID")
    assert not guarded.is_back(Side.OFFICE, "NEW", "PAID")
    assert not rule(Way.TO_OFFICE).is_back(Side.OFFICE, "SENT", "PAID")


def test_a_handover_moves_by_the_stage_alone() -> None:
    handover = Handover({"READY": "C5:NEW"})
    assert (handover.onward("READY"), handover.onward("NEW"), handover.onward(None)) == ("C5:NEW", None, None)
    assert handover.agree("any", "NEW")
    assert not handover.agree("any", "READY")
    assert (handover.to_office("N"), handover.to_store("READY")) == (Unmapped("N"), Unmapped("READY"))
    assert handover.fingerprint() != Handover({"READY": "C5:WON"}).fingerprint()


@pytest.mark.covers("R39", "R288")
def test_a_map_of_several_funnels_sets_a_stage_of_the_deals_own() -> None:
    both = StatusMap((StatusRow("N", ("NEW", "C5:NEW", "C5:FIRST")), StatusRow("P", ("WORK",))), ("LOSE",))
    assert both.pipelines() == {"0", "5"}
    assert (both.at("0").to_office("N"), both.at("5").to_office("N")) == ("NEW", "C5:NEW")
    assert both.at("5").to_office("P") == Unmapped("P")
    assert both.at("5").to_office("cancelled") == Unmapped("cancelled")
    assert both.agree("N", "C5:FIRST"), "a stage means its status in whatever funnel it is"
    assert both.to_store("C5:FIRST") == "N"


@pytest.mark.covers("C22")
@pytest.mark.parametrize(
    ("side", "here", "there", "back"),
    [
        (Side.STORE, "P", "N", True),
        (Side.STORE, "N", "P", False),
        (Side.STORE, "P", "P", False),
        (Side.STORE, "P", "cancelled", False),
        (Side.STORE, "X", "N", False),
        (Side.OFFICE, "WORK", "NEW", True),
        (Side.OFFICE, "NEW", "WORK", False),
        (Side.OFFICE, "LOSE", "NEW", False),
        (Side.OFFICE, "WORK", "LOSE", False),
    ],
)
def test_the_order_of_the_rows_is_the_order_of_things(side: Side, here: str, there: str, *, back: bool) -> None:
    rows = (StatusRow("N", ("NEW",)), StatusRow("P", ("WORK",)))
    assert StatusMap(rows, ("LOSE",), guard=True).is_back(side, here, there) is back
    assert not StatusMap(rows, ("LOSE",)).is_back(side, here, there)


def test_stages_and_their_pipelines() -> None:
    assert [pipeline_of(stage) for stage in ("NEW", "C2:NEW", "C15:WON", "CX:NEW", "")] == ["0", "2", "15", "0", "0"]
    assert is_earlier(("A", "B"), "B", "A")
    assert not is_earlier(("A", "B"), "B", "X")
