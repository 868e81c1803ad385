"""Nothing goes back by itself, and nobody is told a thing twice: the guard, and statuses that notify the customer."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from support.world import CRM, MAIN, World
from sverka.config.load import load
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.binding import Pair
from sverka.domain.merge.reconcile import Decision
from sverka.engine.bells.retry import ring_orders
from sverka.engine.by_hand.preview import preview
from sverka.engine.by_hand.restore import restore
from sverka.ports.journal import Event

DOCUMENT = """
schema  = 1
profile = "main"
store   = "shop"
portal  = "crm"
[deal]
lines  = "none"
amount = false
begin_date = false
[status]
policy   = "office_wins"
guard    = "forward"
notifies = ["F", "cancelled"]
map = [
  { status = "N", stage = ["NEW"] },
  { status = "P", stage = ["EXECUTING", "QUALITY"] },
  { status = "F", stage = ["WON"] },
]
cancel = ["LOSE"]
"""
FREE = DOCUMENT.replace('"forward"', '"off"')


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    world.profiles = [load(DOCUMENT)]
    yield world
    world.close()


def use(world: World, document: str) -> None:
    world.profiles = [load(document)]


def at(world: World, status: str = "N") -> OrderRef:
    """Return an order that is bound and at rest in that status."""
    order = world.order(order__created_at=world.clock.now())
    world.ring_and_settle(order)
    if status != "N":
        world.edit_order(order, status=status)
        world.ring_and_settle(order)
    return order


def move(world: World, order: OrderRef, stage: str) -> None:
    world.edit_record(world.record_of(order), stageId=stage)
    world.office_bell(world.record_of(order))
    world.settle()


def shows(world: World, order: OrderRef) -> tuple[object, object]:
    return world.shop(order)["status"], world.deal(order)["stageId"]


def decide(world: World, order: OrderRef, winner: Side) -> None:
    (held,) = [one.difference for one in world.storage.differences.list(order)]
    assert world.storage.differences.decide(order, MAIN, held.key, Decision(winner, Pair(held.store, held.office)))
    ring_orders(world.hub, [order], "decision")
    world.settle()


# The guard


@pytest.mark.covers("C22", "C21")
def test_a_status_that_goes_back_brings_no_deal_back(world: World) -> None:
    order = at(world, "P")
    world.edit_order(order, status="N")
    world.ring_and_settle(order)
    assert shows(world, order) == ("N", "EXECUTING")
    (held,) = world.storage.differences.list(order)
    assert held.difference.why.value == "guarded"
    assert "from 'EXECUTING' to 'NEW'" in held.difference.text.en
    assert "sverka order decide" in held.difference.text.ru
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    assert world.differences(order) == {}


@pytest.mark.covers("C22")
def test_a_deal_that_goes_back_brings_no_order_back_until_a_person_says_so(world: World) -> None:
    order = at(world, "P")
    move(world, order, "NEW")
    assert (shows(world, order), world.differences(order)) == (("P", "NEW"), {"status": "guarded"})
    decide(world, order, Side.OFFICE)
    assert (shows(world, order), world.differences(order)) == (("N", "NEW"), {})


def test_a_guarded_difference_goes_on_when_the_deal_does(world: World) -> None:
    order = at(world, "P")
    move(world, order, "NEW")
    move(world, order, "WON")
    assert (shows(world, order), world.differences(order)) == (("F", "WON"), {})


@pytest.mark.covers("R50")
def test_cancelling_and_its_undoing_pass_the_guard(world: World) -> None:
    order = at(world, "P")
    move(world, order, "LOSE")
    assert shows(world, order) == ("cancelled", "LOSE")
    world.edit_order(order, status="N")
    world.ring_and_settle(order)
    assert (shows(world, order), world.differences(order)) == (("N", "NEW"), {})


def test_without_a_guard_either_side_may_go_back(world: World) -> None:
    use(world, FREE)
    order = at(world, "P")
    world.edit_order(order, status="N")
    world.ring_and_settle(order)
    assert shows(world, order) == ("N", "NEW")


# What the customer is told of


def told(world: World, order: OrderRef, status: str = "F") -> int:
    """Return how often the hub has written a status to an order."""
    return sum(
        line.event is Event.WROTE and (line.field, line.after) == ("status", status) for line in world.story(order)
    )


@pytest.mark.covers("C23", "C25", "C12")
def test_a_status_that_notifies_is_written_once_and_never_by_itself_again(world: World) -> None:
    use(world, FREE)
    order = at(world, "P")
    move(world, order, "WON")
    assert (shows(world, order), told(world, order)) == (("F", "WON"), 1)
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    move(world, order, "WON")
    assert (shows(world, order), told(world, order)) == (("P", "WON"), 1)
    (held,) = world.storage.differences.list(order)
    assert "the customer was told" in held.difference.text.en
    assert "покупатель получил уведомление" in held.difference.text.ru
    world.storage.differences.retry(order)
    ring_orders(world.hub, [order], "operator")
    world.settle()
    assert told(world, order) == 1, "a retry is no word for telling the customer again"
    decide(world, order, Side.OFFICE)
    assert (shows(world, order), told(world, order), world.differences(order)) == (("F", "WON"), 2, {})


def test_what_notifies_is_marked_in_the_preview_and_in_the_journal(world: World) -> None:
    order = at(world, "P")
    world.edit_record(world.record_of(order), stageId="WON")
    (foreseen,) = preview(world.hub, CRM, [order]).foreseen
    assert [change.notifies for change in foreseen.changes] == [True]
    world.office_bell(world.record_of(order))
    world.settle()
    decided = [line.text for line in world.story(order) if line.event is Event.DECIDED and line.field == "status"]
    assert decided[-1].en.endswith("somebody is notified of it")
    assert decided[-1].ru.endswith("об этом уйдёт уведомление")


def lose(world: World, fate: Fate) -> None:
    """Let the shop's next write meet that fate; the look before it is fine."""
    left = [Fate.FINE, fate]
    world.store.weather.next_fate = lambda: left.pop(0) if left else Fate.FINE


def forget(world: World, order: OrderRef) -> None:
    """Let the hub lose its memory of every agreement, as a mended mapping does (K13)."""
    mended = DOCUMENT.replace('"off"', '"forward"').replace('"QUALITY"', '"CHECK"').replace('"forward"', '"off"')
    use(world, mended)


def test_forgotten_agreements_tell_nobody_twice(world: World) -> None:
    use(world, FREE)
    order = at(world, "P")
    move(world, order, "WON")
    world.edit_order(order, status="P")
    world.edit_record(world.record_of(order), stageId="QUALITY")
    forget(world, order)
    world.ring_and_settle(order)
    move(world, order, "WON")
    assert told(world, order) == 1
    assert shows(world, order)[0] == "P"


@pytest.mark.parametrize("fate", [Fate.LOST_AFTER, Fate.LOST_BEFORE])
def test_a_write_without_an_answer_tells_the_customer_once(world: World, fate: Fate) -> None:
    use(world, FREE)
    order = at(world, "P")
    lose(world, fate)
    move(world, order, "WON")
    assert Event.DOUBT in world.events(order)
    assert shows(world, order) == ("F", "WON"), "a write that was not done is made; one that was is not made again"
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    move(world, order, "WON")
    assert shows(world, order) == ("P", "WON")


def test_a_write_in_doubt_over_which_the_shop_has_moved_counts_as_told(world: World) -> None:
    use(world, FREE)
    order = at(world, "P")
    lose(world, Fate.LOST_AFTER)
    world.edit_record(world.record_of(order), stageId="WON")
    world.office_bell(world.record_of(order))
    world.wave()
    assert Event.DOUBT in world.events(order)
    world.edit_order(order, status="P")
    world.settle()
    move(world, order, "EXECUTING")
    move(world, order, "WON")
    assert shows(world, order) == ("P", "WON")
    assert "guarded" in world.differences(order).values()


def test_a_status_the_shop_refused_was_not_told(world: World) -> None:
    order = at(world, "P")
    world.store.refuses.add(("status", "F"))
    move(world, order, "WON")
    assert world.differences(order) == {"status": "refused"}
    world.store.refuses.clear()
    world.storage.differences.retry(order)
    ring_orders(world.hub, [order], "operator")
    world.settle()
    assert (shows(world, order), told(world, order)) == (("F", "WON"), 1)


def test_after_a_restore_an_older_order_is_asked_about_and_a_newer_one_is_not(world: World) -> None:
    old = at(world, "P")
    world.clock.sleep(60)
    restore(world.storage, [CRM], world.clock.now(), world.hub.terms, 0)
    world.settle()
    world.clock.sleep(60)
    new = world.order("2", order__created_at=world.clock.now())
    world.ring_and_settle(new)
    for order in (old, new):
        move(world, order, "WON")
    assert (shows(world, old), world.differences(old)) == (("P", "WON"), {"status": "guarded"})
    assert (shows(world, new), world.differences(new)) == (("F", "WON"), {})
    decide(world, old, Side.OFFICE)
    assert shows(world, old) == ("F", "WON")


def test_what_was_told_survives_the_hub(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/hub.db"
    world = World(url)
    use(world, FREE)
    order = at(world, "P")
    move(world, order, "WON")
    world.storage.forget_before(world.clock.now() + timedelta(days=400))
    world.close()
    again = World(url)
    try:
        memory = again.storage.recall([order], again.clock.now())
        assert memory.told == {order: {("status", '"F"')}}
    finally:
        again.close()


def test_a_record_that_is_gone_while_a_write_is_in_doubt_counts_as_told(world: World) -> None:
    use(world, FREE)
    order = at(world, "P")
    lose(world, Fate.LOST_AFTER)
    world.edit_record(world.record_of(order), stageId="WON")
    world.office_bell(world.record_of(order))
    world.wave()
    assert Event.DOUBT in world.events(order)
    world.office.drop(world.record_of(order))
    world.settle()
    assert world.storage.recall([order], world.clock.now()).told[order] == {("status", '"F"')}


@pytest.mark.covers("R133")
def test_a_birth_is_not_held_by_what_notifies(world: World) -> None:
    order = world.order(status="F")
    world.ring_and_settle(order)
    assert shows(world, order) == ("F", "WON")
