"""An older module has made deals of some orders: those are taken over, and only the others get one (R24)."""

import pytest

from support.world import CRM, MAIN, World, mappings, profile
from sverka.domain.ids import OldOrigin, OrderRef
from sverka.domain.mapping.new_record import NewRecord

pytestmark = pytest.mark.covers("R24", "C71")


@pytest.fixture
def after(world: World) -> World:
    """A hub that comes after two modules, of which the newer is asked first."""
    new = NewRecord(
        "{order.number}",
        constants={"categoryId": "0"},
        adopt=(("newer", "{order.number}"), ("older", "O-{order.number}")),
    )
    world.profiles = [profile(new=new, mappings=mappings())]
    return world


def made_by(world: World, program: str, mark: str, order: OrderRef, **fields: str) -> str:
    return world.office.open(
        {"categoryId": "0", "stageId": "NEW", **fields}, OldOrigin(program, order, MAIN, told=mark)
    )


def test_an_order_gets_the_deal_an_older_module_made_of_it(after: World) -> None:
    order, fresh = after.order("1"), after.order("2")
    old = made_by(after, "older", "O-A-1", order, title="Старое название", UF_TRACK="RR1")
    for one in (order, fresh):
        after.bell(one)
    after.settle()
    assert after.storage.orders_of(CRM, [old])[old] == [order]
    assert after.office.show(old)["title"] == "Старое название"
    assert after.shop(order)["delivery.track"] == "RR1"
    assert len(after.office.records()) == 2
    after.edit_order(order, status="P")
    after.ring_and_settle(order)
    assert after.office.show(old)["stageId"] == "EXECUTING"


def test_a_deal_that_differs_is_asked_about_and_not_overwritten(after: World) -> None:
    order = after.order("1", status="P")
    old = made_by(after, "newer", "A-1", order, UF_TRACK="RR1")
    after.edit_order(order, delivery__track="RR2")
    after.ring_and_settle(order)
    assert after.office.show(old)["stageId"] == "NEW"
    assert after.office.show(old)["UF_TRACK"] == "RR1"
    assert set(after.differences(order)) == {"status", "track"}


def test_several_old_deals_hold_the_order_and_stop_no_other(after: World) -> None:
    order, other = after.order("1"), after.order("2")
    records = [made_by(after, "older", "O-A-1", order) for _ in range(2)]
    for one in (order, other):
        after.bell(one)
    after.settle()
    assert after.differences(order) == {"record": "waiting"}
    assert len(after.records_of(other)) == 1
    after.office.drop(records[0])
    after.ring_and_settle(order)
    assert after.differences(order) == {}
    assert after.storage.orders_of(CRM, records)[records[1]] == [order]


def test_one_old_deal_is_never_two_orders(after: World) -> None:
    first, second = after.order("1"), after.order("2", order__number="A-1")
    old = made_by(after, "newer", "A-1", first)
    for one in (first, second):
        after.bell(one)
    after.settle()
    assert len(after.storage.orders_of(CRM, [old])[old]) == 1
    assert len(after.office.records()) == 2


def test_a_deal_that_was_taken_over_before_is_no_other_orders(after: World) -> None:
    first, second = after.order("1"), after.order("2", order__number="A-1")
    old = made_by(after, "newer", "A-1", first)
    after.ring_and_settle(first)
    after.ring_and_settle(second)
    assert after.storage.orders_of(CRM, [old])[old] == [first]
    assert len(after.office.records()) == 2


def test_what_another_program_made_is_left_alone(after: World) -> None:
    order = after.order("1")
    made_by(after, "somebody", "A-1", order)
    after.ring_and_settle(order)
    assert len(after.records_of(order)) == 2  # theirs names this order too, ours is the second
