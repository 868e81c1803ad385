"""A store's history rung for in portions: fewer while little fits, none while nothing gets through."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from support.world import CRM, MAIN, SHOP, START, World, fates
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.errors import Later
from sverka.domain.text import Text
from sverka.engine.bells.backfill import LEASE, SOON, Backfiller, Pace, foresee
from sverka.ports.history import Backfill, Stage
from sverka.ports.journal import Event, JournalLine

SINCE = START - timedelta(days=365)


def history(world: World, count: int, **more: object) -> list:
    """Have a store that has had orders, an hour apart."""
    orders = []
    for number in range(1, count + 1):
        placed = START - timedelta(hours=count - number + 1)
        phone = f"+7999{number:07}"
        orders.append(world.order(str(number), phone=phone, order__created_at=placed, **more))
    return orders


@dataclass
class Run:
    """A backfill, stepped through, a wave after each step."""

    world: World
    steps: int = 0

    def __post_init__(self) -> None:
        self.kept = self.world.storage.backfills
        self.kept.start(MAIN, SHOP, CRM, SINCE)
        self.backfiller = Backfiller(self.kept)

    @property
    def one(self) -> Backfill:
        return self.kept.get(MAIN)

    def step(self) -> timedelta:
        self.steps += 1
        return self.backfiller.step(self.world.hub, self.one)

    def to_the_end(self, most: int = 60) -> None:
        for _ in range(most):
            if self.one.stage is Stage.DONE:
                return
            wait = self.step()
            if self.world.wave() is None:
                self.world.clock.sleep(wait.total_seconds())
        raise AssertionError(self.kept.progress(MAIN))


@pytest.fixture
def run(world) -> Run:
    return Run(world)


def test_every_order_gets_its_record_and_its_buyer_once(world, run):
    orders = history(world, 7)
    older = world.order("99", order__created_at=SINCE - timedelta(seconds=1))
    run.to_the_end()
    assert all(len(world.records_of(order)) == 1 for order in orders)
    assert world.records_of(older) == []
    assert run.kept.count_left(MAIN) == 0


def test_it_may_die_between_any_two_steps(world, run):
    orders = history(world, 12)
    while run.one.stage is not Stage.DONE:
        run.backfiller = Backfiller(run.kept)
        run.step()
        world.wave()
        world.clock.sleep(LEASE.total_seconds())
    assert all(len(world.records_of(order)) == 1 for order in orders)


def test_a_lost_answer_makes_nothing_twice(world, run):
    orders = history(world, 5)
    fates(world, Fate.FINE, Fate.LOST_AFTER, Fate.FINE, Fate.FINE, Fate.LOST_AFTER)
    run.to_the_end(2000)
    assert all(len(world.records_of(order)) == 1 for order in orders)
    assert len(world.office.contacts()) == 5


def test_what_cannot_be_brought_is_set_aside_and_holds_up_nobody(world, run):
    orders = history(world, 6)
    world.edit_order(orders[2], status="??")
    run.to_the_end()
    assert run.kept.left(MAIN, 9) == [orders[2]]
    assert [len(world.records_of(order)) for order in orders] == [1, 1, 0, 1, 1, 1]


def test_the_next_portion_is_rung_for_when_the_last_is_through(world, run):
    history(world, 300)
    run.step(), run.step()
    assert run.one.stage is Stage.BRINGING
    assert run.step() == SOON
    assert run.kept.progress(MAIN).rung == world.hub.bound
    assert run.step() == SOON
    assert run.kept.progress(MAIN).rung == world.hub.bound


def test_a_stopped_profile_or_connection_brings_nothing(world, run):
    history(world, 2)
    line = JournalLine(START, Event.HALTED, Text("stopped", "стоп"))
    world.storage.pause(MAIN, line)
    assert (run.step(), run.one.stage) == (SOON, Stage.LISTING)
    world.resume()
    run.step()
    assert run.one.stage is Stage.LEARNING


def test_a_store_that_cannot_be_asked_is_listed_from_the_start_later(world, run):
    history(world, 2)
    asked = []

    def silent(moment: datetime, guard: object = None):
        asked.append(moment)
        raise Later

    told, world.store.placed_since = world.store.placed_since, silent
    with pytest.raises(Later):
        run.step()
    world.store.placed_since = told
    run.to_the_end()
    assert (asked, run.kept.progress(MAIN).listed) == ([SINCE], 2)


@pytest.mark.parametrize(
    ("rung", "seconds", "portion"),
    [(230, 5, 690), (230, 23, 300), (230, 300, 46), (230, 0, 690), (2300, 1, 2300), (10, 60, 230)],
)
def test_a_portion_is_as_large_as_fits_into_a_wave(rung, seconds, portion):
    pace = Pace(max(rung, 230))
    pace.begin(START, rung, 0)
    pace.end(START + timedelta(seconds=seconds))
    assert pace.portion == portion


def test_while_most_of_a_portion_leads_to_nothing_no_other_is_rung_for(world, run):
    history(world, 450)
    run.step(), run.step(), run.step()
    world.office.weather.next_fate = lambda: Fate.NOT_SENT
    world.wave()
    assert run.kept.progress(MAIN).put_off == 200
    assert [run.step() for _ in range(3)] == [SOON] * 3
    assert run.kept.progress(MAIN).rung == 200
    world.office.weather.next_fate = lambda: Fate.FINE
    run.to_the_end(200)
    assert run.kept.count_left(MAIN) == 0


def test_a_preview_counts_all_and_looks_at_some_spread_evenly(world, run):
    orders = history(world, 100)
    found = foresee(world.hub, run.one, 5)
    assert (found.orders, found.least) == (100, None)
    looked = [int(one.order.id) for one in found.sample.foreseen]
    assert 3 <= len(looked) <= 5
    assert max(later - one for one, later in pairwise(looked)) <= 34
    assert found.sample.births == len(looked)
    assert all(world.records_of(order) == [] for order in orders)
