"""What stays different, with its reason: unmapped, refused, kept, in conflict, out of money."""

from decimal import Decimal

import pytest

from support.world import MAIN, World, mappings, profile
from sverka.connectors.in_memory.office import Robot
from sverka.domain.commerce.lines import Line
from sverka.domain.mapping.field_mapping import Policy, Side
from sverka.domain.mapping.routing import Condition, Route
from sverka.domain.merge.binding import Pair
from sverka.domain.merge.reconcile import Decision


@pytest.mark.covers("R83", "R84")
def test_an_unmapped_status_makes_no_deal_until_the_map_is_mended(world: World) -> None:
    order = world.order(status="X")
    world.ring_and_settle(order)
    assert world.records_of(order) == []
    assert world.differences(order) == {"status": "unmapped"}
    world.edit_order(order, status="N")
    world.ring_and_settle(order)
    assert world.record_of(order)
    assert world.differences(order) == {}


@pytest.mark.covers("R85")
def test_an_unmapped_stage_holds_the_status_and_nothing_else(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.edit_record(world.record_of(order), stageId="ODD", UF_TRACK="RB1")
    world.office_bell(world.record_of(order))
    world.settle()
    assert world.shop(order)["status"] == "N"
    assert world.shop(order)["delivery.track"] == "RB1"
    assert world.differences(order) == {"status": "unmapped"}


@pytest.mark.covers("R132", "C53")
def test_an_order_that_does_not_add_up_is_held_to_the_kopeck(world: World) -> None:
    order = world.order(price="100.00", total=Decimal("100.01"))
    world.ring_and_settle(order)
    assert world.records_of(order) == []
    assert world.differences(order) == {"lines": "money"}


def test_a_total_that_cannot_be_divided_is_split_and_not_rounded(world: World) -> None:
    order = world.order(price="100.00", lines=(Line("Mug", Decimal(3), Decimal("100.00")),))
    world.ring_and_settle(order)
    rows = [row for row in world.deal(order)["rows"] or () if isinstance(row, Line)]
    assert [(row.quantity, row.price) for row in rows] == [(2, Decimal("33.33")), (1, Decimal("33.34"))]


@pytest.mark.covers("C21")
def test_both_moved_the_policy_wins_or_a_person_is_asked(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    record = world.record_of(order)
    world.edit_record(record, stageId="WON", UF_TRACK="from the deal")
    world.edit_order(order, status="P", delivery__track="from the shop")
    world.ring_and_settle(order)
    assert world.shop(order)["status"] == "F"
    assert world.differences(order) == {"track": "conflict"}
    assert world.shop(order)["delivery.track"] == "from the shop"
    assert world.deal(order)["UF_TRACK"] == "from the deal"


@pytest.mark.covers("C72")
def test_a_decision_ends_a_conflict_and_is_void_once_a_side_has_moved(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    record = world.record_of(order)
    for number in ("1", "2"):
        world.edit_record(record, UF_TRACK=f"deal {number}")
        world.edit_order(order, delivery__track=f"shop {number}")
        world.ring_and_settle(order)
        decision = Decision(Side.OFFICE, Pair(f"shop {number}", f"deal {number}"))
        assert world.storage.differences.decide(order, MAIN, "track", decision)
        if number == "1":
            world.edit_order(order, delivery__track="shop moved on")
        world.ring_and_settle(order)
        expected = {"1": ("shop moved on", {"track": "conflict"}), "2": ("deal 2", {})}[number]
        assert (world.shop(order)["delivery.track"], world.differences(order)) == expected


def test_a_robot_that_moves_the_deal_on_is_news(world: World) -> None:
    world.office.robot = Robot(lambda fields: {"stageId": "EXECUTING"} if fields.get("stageId") == "NEW" else {})
    order = world.order()
    world.ring_and_settle(order)
    assert world.shop(order)["status"] == "P"
    assert world.deal(order)["stageId"] == "EXECUTING"


@pytest.mark.covers("C19", "C20")
def test_a_robot_that_always_reverts_is_stopped_and_told_of(world: World) -> None:
    order = world.order()
    world.profiles = [profile(mappings=mappings(Policy.STORE_WINS))]
    world.ring_and_settle(order)
    world.office.robot = Robot(lambda fields: {"stageId": "NEW"} if fields.get("stageId") == "EXECUTING" else {})
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    for _ in range(6):
        world.edit_order(order, status="N")
        world.ring_and_settle(order)
        world.edit_order(order, status="P")
        world.ring_and_settle(order)
    assert world.differences(order) == {"status": "brake"}
    writes = world.office.writes
    world.clock.sleep(3600)
    world.ring_and_settle(order)
    assert world.office.writes == writes, "it stays stopped until a person says so"
    world.office.robot = Robot()
    world.storage.differences.retry(order)
    world.ring_and_settle(order)
    assert world.deal(order)["stageId"] == "EXECUTING"
    assert world.differences(order) == {}


@pytest.mark.covers("C33")
def test_an_order_no_profile_takes_says_so(world: World) -> None:
    world.profiles = [profile(route=Route((Condition("site", any_of=("print",)),)))]
    order = world.order(site="other")
    world.ring_and_settle(order)
    assert world.records_of(order) == []
    assert "No profile takes this order." in [line.text.en for line in world.story(order)]


def test_a_text_kept_differently_is_remembered_as_seen(world: World) -> None:
    world.office.robot = Robot(lambda fields: {"UF_TRACK": str(fields["UF_TRACK"])[:4]} if "UF_TRACK" in fields else {})
    order = world.order(delivery__track="123456789")
    world.ring_and_settle(order)
    assert world.deal(order)["UF_TRACK"] == "1234"
    assert world.differences(order) == {"track": "kept"}
    assert world.shop(order)["delivery.track"] == "123456789"


@pytest.mark.covers("C19", "C38")
def test_a_refused_field_is_held_and_the_rest_lands(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.office.refuses.add(("UF_TRACK", "bad"))
    world.edit_order(order, status="P", delivery__track="bad")
    world.ring_and_settle(order)
    assert world.deal(order)["stageId"] == "EXECUTING"
    assert world.differences(order) == {"track": "refused"}
    writes = world.office.weather.requests
    world.ring_and_settle(order)
    assert world.office.weather.requests == writes + 1, "the refused value is not sent again"
    world.edit_order(order, delivery__track="good")
    world.ring_and_settle(order)
    assert world.deal(order)["UF_TRACK"] == "good"
    assert world.differences(order) == {}


@pytest.mark.covers("C19")
def test_a_refused_record_holds_the_order_with_its_reason(world: World) -> None:
    world.office.refuses.add(("stageId", "NEW"))
    order = world.order()
    world.ring_and_settle(order)
    assert world.records_of(order) == []
    assert world.differences(order) == {"record": "refused"}
    requests = world.office.weather.requests
    world.ring_and_settle(order)
    assert world.office.weather.requests == requests + 1, "the same record is not sent again"
    world.office.refuses.clear()
    world.storage.differences.retry(order)
    world.ring_and_settle(order)
    assert world.record_of(order)


@pytest.mark.covers("R7", "R40")
def test_routes_part_the_orders_and_also_lets_a_second_funnel_have_one(world: World) -> None:
    world.profiles = [
        profile("print", route=Route((Condition("site", any_of=("print",)),))),
        profile("rest"),
        profile("archive", route=Route((), also=True)),
    ]
    one, two = world.order("1", site="print"), world.order("2", site="other")
    for order in (one, two):
        world.bell(order)
    world.settle()
    origins = world.office.records().values()
    assert {(o.order, o.profile) for o in origins if o} == {
        (one, "print"), (one, "archive"), (two, "rest"), (two, "archive"),
    }  # fmt: skip


def test_the_route_is_taken_once_and_never_anew(world: World) -> None:
    world.profiles = [
        profile("print", route=Route((Condition("site", any_of=("print",)),))),
        profile("rest"),
    ]
    order = world.order(site="print")
    world.ring_and_settle(order)
    world.edit_order(order, site="other")
    world.ring_and_settle(order)
    assert [origin.profile for origin in world.office.records().values() if origin] == ["print"]


def test_what_a_robot_sets_elsewhere_in_answer_to_our_write_flows_without_a_bell(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.office.robot = Robot(lambda fields: {"UF_TRACK": "RB9"} if fields.get("stageId") == "EXECUTING" else {})
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    assert world.shop(order)["delivery.track"] == "RB9"
