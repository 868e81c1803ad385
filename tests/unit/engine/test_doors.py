"""How orders come to be looked at: bells, sweeps, an operator, and a preview that writes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from support.world import CRM, SHOP, START, World, profile
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.errors import Forged, Gone, Later
from sverka.domain.ids import OfficeName, OrderRef, RecordId
from sverka.domain.mapping.profile import NewOrder
from sverka.domain.mapping.routing import Condition, Route
from sverka.engine.bells.greet import Rung
from sverka.engine.bells.receive import Bell, receive, receive_all, rings_for
from sverka.engine.bells.retry import ring_orders
from sverka.engine.bells.sweep import OVERLAP, compare_all, sweep
from sverka.engine.by_hand.preview import preview
from sverka.ports.journal import Event
from sverka.ports.notices import Notice, Subject
from sverka.ports.storage import Lane


def test_a_bell_says_which_office_has_something_to_look_at(world: World) -> None:
    order = world.order()
    assert receive(world.hub, SHOP, *world.store.sign(order.id)) == [CRM]
    assert world.storage.due(CRM, world.clock.now()) == START
    (line,) = world.story(order)
    assert (line.event, line.office, line.text.en) == (Event.RANG, CRM, "shop rang: order.updated")


def test_a_bell_of_a_record_rings_for_its_orders_and_a_strangers_for_none(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    assert receive(world.hub, CRM, *world.office.sign(world.record_of(order))) == [CRM]
    assert world.storage.due(CRM, world.clock.now())
    world.settle()
    assert receive(world.hub, CRM, *world.office.sign("stranger")) == []
    assert world.storage.due(CRM, world.clock.now()) is None


def test_a_bell_of_no_connection_is_no_bell(world: World) -> None:
    with pytest.raises(Gone):
        receive(world.hub, "nobody", {}, b"{}")


def test_many_bells_are_kept_together_and_each_is_answered(world: World) -> None:
    order, other = world.order(), world.order("2")
    genuine = [Bell(SHOP, *world.store.sign(one.id)) for one in (order, order, other)]
    bells = [
        genuine[0],
        Bell("nobody", {}, b"{}"),
        genuine[1],
        Bell(CRM, {}, b'{"id": "1", "secret": "nonsense"}'),
        genuine[2],
    ]
    answers = receive_all(world.hub, bells)
    assert [answers[0], answers[2], answers[4]] == [[CRM]] * 3
    assert (type(answers[1]), type(answers[3])) == (Gone, Forged)
    assert len(world.story(order)) == len(world.story(other)) == 1  # two bells in one breath are one ring
    assert world.storage.counts().waiting[0].visits == 2


@pytest.mark.parametrize("connection", [SHOP, CRM])
def test_a_forged_bell_rings_for_nothing_and_leaves_a_line(world: World, connection: str) -> None:
    world.order()
    with pytest.raises(Forged):
        receive(world.hub, connection, {"x-signature": "nonsense"}, b'{"id": "1", "secret": "nonsense"}')
    assert world.storage.due(CRM, world.clock.now()) is None
    (line,) = world.storage.journal.tail(5)
    assert (line.event, line.text.en) == (Event.FORGED, f"{connection}: {Forged.text.en}")
    assert line.text.ru == f"{connection}: {Forged.text.ru}"


@pytest.mark.covers("C12", "C45")
def test_a_thousand_bells_of_one_order_are_one_visit(world: World) -> None:
    order = world.order()
    for _ in range(20):
        world.bell(order)
    report = world.wave()
    assert report
    assert report.visits == 1
    assert world.wave() is None


def test_only_orders_ring_on_the_stores_side_and_only_records_on_the_offices(world: World) -> None:
    world.ring_and_settle(world.order())
    subjects = [Subject.ORDER, Subject.RECORD, Subject.CUSTOMER, Subject.PING]
    notices = [Notice(subject, "1", subject.value) for subject in subjects]
    assert [ring.why for ring in rings_for(world.hub, SHOP, notices, Lane.SWEEP)] == ["order"]
    records = [replace(notice, id=world.record_of(world.order_ref("1"))) for notice in notices]
    (ring,) = rings_for(world.hub, CRM, records, Lane.SWEEP)
    assert (ring.why, ring.lane, ring.due_at, ring.order) == ("record", Lane.SWEEP, START, world.order_ref("1"))


# Sweeps


class Shows:
    """Stands in a store's place: says what changed, and remembers since when it was asked."""

    def __init__(self, world: World, *notices: Notice, then: Exception | None = None) -> None:
        self.asked: list[datetime | None] = []
        world.store.changed_since = self.changed_since  # type: ignore[method-assign]
        self._notices, self._then = notices, then

    def changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        self.asked.append(moment)
        yield from self._notices
        if self._then:
            raise self._then


def notice(seconds: int | None, order: str = "1") -> Notice:
    return Notice(Subject.ORDER, order, "changed", None if seconds is None else START + timedelta(seconds=seconds))


def test_the_first_sweep_begins_where_the_connection_did(world: World) -> None:
    side = Shows(world)
    sweep(world.hub, SHOP, START - timedelta(days=3))
    assert side.asked == [START - timedelta(days=3) - OVERLAP]
    assert world.storage.watermark(SHOP) is None, "it has shown nothing yet"


def test_the_watermark_is_the_newest_moment_the_side_has_shown(world: World) -> None:
    Shows(world, notice(5), notice(9), notice(None), notice(7))
    world.clock.sleep(100)
    (*_, last) = rings = sweep(world.hub, SHOP, START)
    assert world.storage.watermark(SHOP) == START + timedelta(seconds=9)
    assert len(rings) == 4
    assert (last.lane, last.due_at) == (Lane.SWEEP, world.clock.now())
    side = Shows(world)
    sweep(world.hub, SHOP, START)
    assert side.asked == [START + timedelta(seconds=9) - OVERLAP]
    assert world.storage.watermark(SHOP) == START + timedelta(seconds=9), "nothing new was shown"


def test_the_watermark_never_goes_back(world: World) -> None:
    world.clock.sleep(100)
    Shows(world, notice(90))
    sweep(world.hub, SHOP, START)
    Shows(world, notice(30))
    assert len(sweep(world.hub, SHOP, START)) == 1
    assert world.storage.watermark(SHOP) == START + timedelta(seconds=90)


def test_what_may_have_changed_again_within_its_second_is_rung_for_once_more(world: World) -> None:
    """The first sweep may have come between two edits of one second; the second one comes after both."""
    rung: Rung = {}
    Shows(world, notice(5), notice(9, "2"), notice(9, "3"))
    found = [[ring.order.id for ring in sweep(world.hub, SHOP, START, rung)] for _ in range(3)]
    assert found == [["1", "2", "3"], ["2", "3"], []]
    Shows(world, notice(9, "2"), notice(9, "3"), notice(10))
    assert [ring.order.id for ring in sweep(world.hub, SHOP, START, rung)] == ["1"]


def test_a_record_that_nobody_knew_is_rung_for_once_it_is_bound(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A robot edits a new deal before the answer to its making is kept; no later stamp tells of that edit."""
    order = world.order()
    world.ring_and_settle(order)
    told = [Notice(Subject.RECORD, world.record_of(order), "changed", START),
            Notice(Subject.RECORD, "77", "changed", START + timedelta(seconds=9))]  # fmt: skip
    monkeypatch.setattr(world.office, "changed_since", lambda *_: iter(told))
    rung: Rung = {}
    with monkeypatch.context() as before:
        before.setattr(type(world.storage), "orders_of", lambda *_: {})
        assert sweep(world.hub, CRM, START, rung) == []
    assert [[ring.order for ring in sweep(world.hub, CRM, START, rung)] for _ in range(3)] == [[order], [], []]


def test_a_sweep_cut_short_leaves_the_watermark_where_it_was(world: World) -> None:
    world.clock.sleep(100)
    Shows(world, notice(5))
    sweep(world.hub, SHOP, START)
    Shows(world, notice(50, "2"), then=Later())
    with pytest.raises(Later):
        sweep(world.hub, SHOP, START)
    assert world.storage.watermark(SHOP) == START + timedelta(seconds=5)


def test_a_sweep_of_nobody_is_an_error(world: World) -> None:
    with pytest.raises(KeyError):
        sweep(world.hub, "nobody", START)


def test_what_a_sweep_finds_is_visited(world: World) -> None:
    order = world.order()
    sweep(world.hub, SHOP, START)
    assert world.events(order) == [Event.RANG]
    world.settle()
    assert world.record_of(order)


def test_comparing_all_rings_for_every_bound_order_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [world.order(str(number), phone="") for number in range(5)]
    for order in orders:
        world.bell(order)
    world.settle()
    monkeypatch.setattr("sverka.engine.bells.sweep.PAGE", 2)
    assert list(compare_all(world.hub, CRM)) == [2, 4, 5]
    report = world.wave()
    assert report
    assert report.visits == 5
    assert list(compare_all(world.hub, OfficeName("other"))) == []


# Operators


def test_an_operator_rings_in_every_office_of_the_store(world: World) -> None:
    order = world.order()
    second = replace(profile("other"), office=OfficeName("erp"))
    world.profiles = [profile(), second, profile("third")]
    rings = ring_orders(world.hub, [order], "look at it", Lane.BACKFILL)
    assert [(ring.office, ring.lane, ring.why, ring.order) for ring in rings] == [
        (CRM, Lane.BACKFILL, "look at it", order), ("erp", Lane.BACKFILL, "look at it", order),
    ]  # fmt: skip
    assert {line.text.en for line in world.story(order)} == {"The operator rang: look at it"}
    assert ring_orders(world.hub, [order], "again")[0].lane is Lane.LIVE


# Previews


@pytest.mark.covers("C11")
def test_a_preview_foresees_what_a_wave_does_and_writes_nothing(world: World) -> None:
    patched, idle = world.order("1"), world.order("2")
    world.ring_and_settle(patched)
    world.ring_and_settle(idle)
    world.edit_order(patched, status="P")
    born, held, gone = world.order("3"), world.order("4", status="X"), world.order_ref("99")
    world.profiles = [profile(route=Route((Condition("status", none_of=(CANCELLED,)),)))]
    unrouted = world.order("5", status=CANCELLED)
    before = world.office.writes, world.store.writes, len(world.office.contacts()), world.storage.counts()
    stories = [world.story(order) for order in (patched, idle, born, held, unrouted)]
    found = preview(world.hub, CRM, [patched, idle, born, held, gone, unrouted])
    assert (found.births, found.writes, found.held) == (1, 1, 1)
    by_order = {one.order: one for one in found.foreseen}
    assert by_order[born].birth
    assert by_order[born].birth["stageId"] == "NEW"
    assert by_order[born].record == ""
    assert [(one.field, one.old, one.value) for one in by_order[patched].changes] == [("stageId", "NEW", "EXECUTING")]
    assert by_order[patched].record == world.record_of(patched)
    assert by_order[patched].title == "Order 1"
    assert by_order[idle].changes == []
    assert [one.key for one in by_order[held].differences] == ["status"]
    assert found.unrouted == [unrouted]
    assert isinstance(found.problems[gone], Gone)
    assert (world.office.writes, world.store.writes, len(world.office.contacts()), world.storage.counts()) == before
    assert [world.story(order) for order in (patched, idle, born, held, unrouted)] == stories


def test_a_preview_names_orders_whose_record_is_gone(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.office.drop(world.record_of(order))
    found = preview(world.hub, CRM, [order])
    assert isinstance(found.problems[order], Gone)
    assert (found.foreseen, found.unrouted) == ([], [])


def test_a_preview_fails_where_the_office_cannot_be_looked_at(world: World) -> None:
    world.office.weather.next_fate = lambda: Fate.NOT_SENT
    with pytest.raises(Later):
        preview(world.hub, CRM, [world.order()])


def test_a_record_without_an_order_is_rung_for_under_its_own_name(world: World) -> None:
    world.profiles = [profile(new_order=NewOrder(("NEW",)))]
    bound = world.order()
    world.ring_and_settle(bound)
    record = OrderRef.of_record(CRM, world.office.open({"stageId": "NEW"}))
    notices = [Notice(Subject.RECORD, world.record_of(bound)), Notice(Subject.RECORD, record.id)]
    assert {(ring.order, ring.office) for ring in rings_for(world.hub, CRM, notices, Lane.LIVE)} == {
        (bound, CRM),
        (record, CRM),
    }
    assert [ring.office for ring in ring_orders(world.hub, [record], "by hand")] == [CRM]
    world.profiles = [profile()]
    assert [ring.order for ring in rings_for(world.hub, CRM, notices, Lane.LIVE)] == [bound]
    assert [ring.office for ring in ring_orders(world.hub, [record], "by hand")] == [CRM], "an operator may still ask"
    assert ring_orders(world.hub, [OrderRef.of_record(OfficeName("nobody"), RecordId("1"))], "by hand") == []
