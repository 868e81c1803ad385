"""The loop that outlives whatever one wave or one sweep meets."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from support.world import CRM, MAIN, SHOP, START, World, profile
from sverka.connectors.in_memory.weather import Fate
from sverka.dispatch import Embedded
from sverka.domain.errors import AuthLost, Later
from sverka.domain.ids import OfficeName
from sverka.domain.text import Text
from sverka.engine.hub import Hub
from sverka.ports.backoffice import Look, Seen
from sverka.ports.dispatch import Errand
from sverka.ports.findings import Finding, Level
from sverka.ports.guard import Guard
from sverka.ports.notices import Notice
from sverka.worker import Worker
from sverka.worker.worker import CRASHED, IDLE, OUTRUN, Rhythm

SOON = 10.0
"""Seconds within which a thread does what it is to do, or the test fails."""
OFTEN = Rhythm(sweep=timedelta(milliseconds=1), compare=timedelta())
SELDOM = Rhythm(sweep=timedelta(hours=1))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(f"sqlite:///{tmp_path}/hub.db")
    yield world
    world.close()


def worker_of(world: World, rhythm: Rhythm = SELDOM, stopped: Callable[[], set[str]] = set) -> Worker:
    return Worker(lambda: world.hub, lambda: {SHOP: START, CRM: START}, rhythm, stopped)


class Told:
    """Counts, and lets a test wait until a count is reached."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def __call__(self) -> int:
        with self._changed:
            self._count += 1
            self._changed.notify_all()
            return self._count

    def wait(self, times: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._count >= times, SOON), self._count


def test_a_piece_of_work_is_every_wave_that_is_due(world: World) -> None:
    world.hub = replace(world.hub, bound=1)
    orders = [world.order(str(number), phone="") for number in range(3)]
    for order in orders:
        world.bell(order)
    with capture_logs() as lines:
        assert worker_of(world).work(CRM) is None
    assert all(world.record_of(order) for order in orders)
    assert sum(line["visits"] for line in lines) == 3


def test_it_says_when_the_next_visit_is_due(world: World) -> None:
    order = world.order(phone="")
    world.bell(order)

    def fate() -> object:
        raise Later(after=timedelta(seconds=90))

    world.office.weather.next_fate = fate  # type: ignore[assignment]
    due = worker_of(world).work(CRM)
    assert due == START + timedelta(seconds=90)


@pytest.mark.covers("R166", "C43")
def test_a_crash_in_a_wave_ends_neither_the_loop_nor_the_visit(world: World) -> None:
    order = world.order(phone="")
    world.bell(order)
    look = world.office.look

    def crash(ask: Look, guard: Guard) -> Seen:
        world.office.look = look  # type: ignore[method-assign]
        raise RuntimeError("nobody foresaw this")

    world.office.look = crash  # type: ignore[method-assign]
    worker = worker_of(world)
    with capture_logs() as lines:
        assert worker.work(CRM) == START + CRASHED
    assert [(line["event"], line["error"]) for line in lines] == [("wave failed", "RuntimeError")]
    assert worker.work(CRM) is None
    assert world.record_of(order)


def test_a_wave_that_was_taken_over_is_soon_followed_by_another(world: World) -> None:
    world.bell(world.order(phone=""))
    world.office.weather.between = lambda: world.clock.sleep(600)
    worker = worker_of(world)
    claim = world.storage.claim

    def taken(*args: object) -> object:
        mine = claim(*args)  # type: ignore[arg-type]
        world.clock.sleep(600)
        world.storage.claim = claim  # type: ignore[method-assign]
        claim(*args[:1], world.clock.now(), *args[2:])  # type: ignore[arg-type,call-arg]
        return mine

    world.storage.claim = taken  # type: ignore[assignment,method-assign]
    with capture_logs() as lines:
        assert worker.work(CRM) == world.clock.now() + OUTRUN
    assert [line["event"] for line in lines] == ["wave ended"]


def test_a_hub_that_cannot_be_had_is_tried_again_later(world: World) -> None:
    worker = worker_of(world)
    worker._hub = lambda: (_ for _ in ()).throw(AuthLost())
    with capture_logs() as lines:
        assert worker.work(CRM) == START + CRASHED
    assert [line["event"] for line in lines] == ["wave put off"]


def test_a_stopped_office_is_left_alone_and_swept_no_more(world: World) -> None:
    order = world.order(phone="")
    world.bell(order)
    stopped = {str(CRM)}
    worker = worker_of(world, stopped=lambda: stopped)
    assert worker.work(CRM) == START + CRASHED
    requests = world.office.weather.requests
    worker.sweep_once()
    assert world.office.weather.requests == requests == 0
    stopped.clear()
    assert worker.work(CRM) is None
    assert world.record_of(order)


def test_an_office_that_was_removed_since_it_was_woken_is_passed_over(world: World) -> None:
    with capture_logs() as lines:
        assert worker_of(world).work(OfficeName("removed")) is None
    assert lines == []


def test_the_dispatcher_is_given_the_work_and_what_is_done_by_the_clock(world: World) -> None:
    given: list[object] = []
    rhythm = Rhythm(timedelta(minutes=3), check=timedelta(hours=2), at_once=True)
    dispatch = Embedded(tuple, lambda office: None, world.clock)

    def dispatched(work: object, errands: Sequence[Errand]) -> Embedded:
        given.extend([work, *((one.name, one.every, one.at_once) for one in errands)])
        return dispatch

    worker = Worker(lambda: world.hub, dict, rhythm, dispatched=dispatched)
    assert worker.dispatch is dispatch
    assert given[0] == worker.work
    assert set(given[1:]) == {
        ("sweep", timedelta(minutes=3), True),
        ("compare", timedelta(minutes=3), True),
        ("check", timedelta(hours=2), True),
        ("forget", timedelta(hours=2), True),
    }


def test_a_wave_wakes_the_other_offices(world: World) -> None:
    world.hub = replace(world.hub, offices={CRM: world.office, OfficeName("erp"): world.office})
    worker = worker_of(world)
    assert worker.dispatch.is_idle
    worker.work(CRM)
    assert worker.dispatch.is_idle, "nothing was due, so nothing was kept from them"
    world.bell(world.order(phone=""))
    worker.work(CRM)
    assert {office for office, bell in worker.dispatch._bells.items() if bell.is_set()} == {"erp"}


def test_a_sweep_rings_for_what_changed_and_wakes_its_offices(world: World) -> None:
    worker = worker_of(world)
    assert worker.sweep_once() == 0
    assert worker.dispatch.is_idle
    world.order("1", phone="")
    world.order("2", phone="")
    assert worker.sweep_once() == 2
    assert not worker.dispatch.is_idle
    worker.work(CRM)
    assert len(world.office.records()) == 2


def test_a_sweep_goes_on_after_a_side_that_cannot_be_asked(world: World) -> None:
    order = world.order(phone="")
    world.ring_and_settle(order)

    def not_now(moment: datetime | None) -> Iterator[Notice]:
        raise Later

    world.store.changed_since = not_now  # type: ignore[method-assign]
    with capture_logs() as lines:
        assert worker_of(world).sweep_once() == 1, "the back office was asked all the same"
    assert [(line["event"], line["connection"]) for line in lines] == [("sweep put off", SHOP)]


def test_a_sweep_goes_on_after_a_side_that_crashes(world: World) -> None:
    world.ring_and_settle(world.order(phone=""))

    def crash(moment: datetime | None) -> Iterator[Notice]:
        raise RuntimeError("nobody foresaw this")

    world.store.changed_since = crash  # type: ignore[method-assign]
    assert worker_of(world).sweep_once() == 1


def test_a_connection_without_a_beginning_is_swept_from_now_on(world: World) -> None:
    asked: list[datetime | None] = []
    world.store.changed_since = lambda moment: (asked.append(moment), iter(()))[1]  # type: ignore[method-assign]
    Worker(lambda: world.hub, dict).sweep_once()
    assert asked == [START - timedelta(minutes=2)]


@pytest.mark.covers("C32")
def test_running_it_makes_deals_of_orders_whose_bells_were_lost(world: World) -> None:
    order = world.order(phone="")
    written = Told()
    write = world.office.write
    world.office.write = lambda writes, guard: (write(writes, guard), written())[0]  # type: ignore[method-assign]
    worker = worker_of(world, Rhythm(sweep=timedelta(hours=1), at_once=True))
    worker.start()
    written.wait(1)
    worker.stop()
    assert world.record_of(order)


def test_the_clock_of_sweeps_goes_on_whatever_a_sweep_meets(world: World) -> None:
    asked = Told()
    hub, failures = world.hub, [RuntimeError("nobody foresaw this"), Later()]

    def have() -> Hub:
        if failures and threading.current_thread().name == "sweeps":
            raise failures.pop()
        return hub

    def changed_since(moment: datetime | None) -> Iterator[Notice]:
        asked()
        return iter(())

    world.store.changed_since = changed_since  # type: ignore[method-assign]
    worker = Worker(have, dict, OFTEN)
    worker.start()
    asked.wait(3)
    worker.stop()
    assert failures == []


def test_all_bindings_are_compared_when_their_time_has_come(world: World) -> None:
    world.ring_and_settle(world.order(phone=""))
    world.store.changed_since = world.office.changed_since = lambda moment: iter(())  # type: ignore[method-assign]
    looked = Told()
    look = world.office.look
    world.office.look = lambda ask, guard: (look(ask, guard), looked())[0]  # type: ignore[method-assign]
    worker = worker_of(world, OFTEN)
    worker.start()
    looked.wait(2)
    worker.stop()


def test_bindings_are_not_compared_before_their_time(world: World) -> None:
    world.ring_and_settle(world.order(phone=""))
    asked, looked = Told(), Told()
    world.office.changed_since = lambda moment: (iter(()), asked())[0]  # type: ignore[method-assign]
    world.store.changed_since = lambda moment: iter(())  # type: ignore[method-assign]
    world.office.look = lambda ask, guard: (Seen(), looked())[0]  # type: ignore[method-assign]
    worker = worker_of(world, Rhythm(timedelta(milliseconds=1), timedelta(hours=1)))
    worker.start()
    asked.wait(3)
    worker.stop()
    assert looked() == 1, "the first call is this one"


def test_the_time_of_the_last_comparison_outlives_a_restart(world: World) -> None:
    world.ring_and_settle(world.order(phone=""))
    daily = Rhythm(compare=timedelta(hours=24))
    for hours, waiting in ((0, 0), (23, 0), (2, 1), (1, 0)):
        world.clock.sleep(hours * 3600)
        worker_of(world, daily).compare_when_due()
        assert sum(one.visits for one in world.storage.counts().waiting) == waiting
        world.settle()


def test_new_profiles_count_at_once(world: World) -> None:
    worker = worker_of(world)
    world.profiles = []
    world.ring_and_settle(world.order("1", phone=""))
    assert world.office.records() == {}
    world.profiles = [profile()]
    world.bell(world.order("2", phone=""))
    worker.work(CRM)
    assert len(world.office.records()) == 1


def test_connections_are_checked_and_what_stands_in_the_way_is_told(world: World) -> None:
    off = Finding(Level.WARNING, Text("A webhook was off; it is on again.", "Вебхук был отключён; включён снова."))
    world.store.check = lambda: [off]  # type: ignore[method-assign]

    def refused() -> list[Finding]:
        raise AuthLost

    world.office.check = refused  # type: ignore[method-assign]
    with capture_logs() as lines:
        worker_of(world).check_once()
        worker_of(world, stopped=lambda: {SHOP, CRM}).check_once()
    assert [(line["event"], line["connection"]) for line in lines] == [("check", SHOP), ("check put off", CRM)]
    assert lines[0]["reason"] is off.text


def test_how_far_the_hub_has_come_is_kept_after_every_wave(world: World) -> None:
    kept: list[int] = []
    order = world.order()
    world.bell(order)
    worker = Worker(lambda: world.hub, dict, SELDOM, remember=lambda: kept.append(world.storage.journal.newest()))
    worker.work(CRM)
    assert kept[-1] == world.storage.journal.newest() > 1


def test_how_far_the_hub_has_come_is_kept_after_every_sweep(world: World) -> None:
    swept = Told()

    def remember() -> None:
        swept()

    worker = Worker(lambda: world.hub, lambda: {SHOP: START, CRM: START}, OFTEN, remember=remember)
    worker.start()
    try:
        swept.wait(3)
    finally:
        worker.stop()


def test_history_is_brought_beside_everything_else(world: World) -> None:
    orders = [world.order(str(n), phone=f"+7999000000{n}", order__created_at=START) for n in range(3)]
    world.storage.backfills.start(MAIN, SHOP, CRM, START - timedelta(days=1))
    worker = Worker(lambda: world.hub, dict, SELDOM, backfills=world.storage.backfills)
    while world.storage.backfills.open():
        assert worker.bring_once() <= IDLE
        worker.work(CRM)
    assert all(world.records_of(order) for order in orders)
    assert worker.bring_once() == IDLE


def test_a_backfill_whose_store_does_not_answer_is_put_off_and_told(world: World) -> None:
    world.storage.backfills.start(MAIN, SHOP, CRM, START - timedelta(days=1))
    world.store.weather.next_fate = lambda: Fate.NOT_SENT
    worker = Worker(lambda: world.hub, dict, SELDOM, backfills=world.storage.backfills)
    with capture_logs() as logs:
        worker.bring_once()
    assert [(one["event"], one["connection"]) for one in logs] == [("backfill put off", SHOP)]
