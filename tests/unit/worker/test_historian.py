"""The history of a store, brought by several workers of one database: one of them lists it, each order comes once."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from support.postgres import own_schema
from support.world import CRM, MAIN, SHOP, START, World
from sverka.domain.ids import OrderRef
from sverka.engine.bells.backfill import ELSEWHERE, LEASE, PAGE
from sverka.engine.hub import Hub
from sverka.ports.history import Placed, Stage
from sverka.storage.sql_storage import SqlStorage, open_storage
from sverka.worker import Worker
from sverka.worker.worker import Rhythm

SINCE = START - timedelta(days=400)
SELDOM = Rhythm(sweep=timedelta(hours=1))


@dataclass
class Team:
    """Workers that share nothing but the database and the two sides."""

    world: World
    url: str
    opened: list[SqlStorage] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    """The threads that asked the store for its orders, once for each time."""

    def __post_init__(self) -> None:
        told = self.world.store.placed_since

        def placed_since(moment: datetime, *guard: object) -> Iterator[Placed]:
            self.listed.append(threading.current_thread().name)
            return told(moment, *guard)

        self.world.store.placed_since = placed_since  # type: ignore[method-assign]
        self.world.storage.backfills.start(MAIN, SHOP, CRM, SINCE)

    def join(self) -> Worker:
        """Have one more worker."""
        self.opened.append(open_storage(self.url, self.world.clock, self.world.key))
        hub: Hub = replace(self.world.hub, storage=self.opened[-1])
        return Worker(lambda: hub, dict, SELDOM, backfills=self.opened[-1].backfills)

    @property
    def stage(self) -> Stage:
        one = self.world.storage.backfills.get(MAIN)
        assert one is not None
        return one.stage

    def orders(self, count: int) -> list[OrderRef]:
        placed = [START - timedelta(hours=number + 1) for number in range(count)]
        return [self.world.order(str(n), phone="", order__created_at=at) for n, at in enumerate(placed)]

    def assert_brought_once(self, orders: list[OrderRef]) -> None:
        assert [len(self.world.records_of(order)) for order in orders] == [1] * len(orders)
        assert len(self.world.office.records()) == len(orders)


@pytest.fixture(params=["file", pytest.param("postgres", marks=pytest.mark.postgres)])
def team(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Team]:
    if request.param == "file":
        yield from _team(f"sqlite:///{tmp_path}/hub.db")
        return
    with own_schema() as url:
        yield from _team(url)


def _team(url: str) -> Iterator[Team]:
    team = Team(World(url), url)
    yield team
    for storage in [*team.opened, team.world.storage]:
        storage.close()


def test_one_of_all_workers_lists_it_and_each_order_is_brought_once(team: Team) -> None:
    orders = team.orders(60)

    def bring(worker: Worker) -> None:
        while team.stage is not Stage.DONE:
            worker.bring_once()
            worker.work(CRM)

    hands = [threading.Thread(target=bring, args=(team.join(),), name=f"worker {n}") for n in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert len(team.listed) == 1
    team.assert_brought_once(orders)


def test_the_place_of_one_who_was_killed_is_taken(team: Team) -> None:
    orders = team.orders(PAGE + 5)
    killed, other = team.join(), team.join()
    killed.bring_once()
    assert other.bring_once() == ELSEWHERE
    team.world.clock.sleep(LEASE.total_seconds() - 1)
    other.bring_once()
    assert (len(team.listed), team.stage) == (1, Stage.LISTING)
    team.world.clock.sleep(1)
    other.bring_once(), other.bring_once()
    assert (len(team.listed), team.stage) == (2, Stage.LEARNING)
    assert team.world.storage.backfills.progress(MAIN).listed == len(orders)


def test_one_who_was_away_too_long_stands_back_and_begins_anew_later(team: Team) -> None:
    team.orders(PAGE + 5)
    slow, other = team.join(), team.join()
    slow.bring_once()
    team.world.clock.sleep(LEASE.total_seconds())
    other.bring_once()
    assert slow.bring_once() == ELSEWHERE
    assert (len(team.listed), team.stage) == (2, Stage.LISTING)
    team.world.clock.sleep(LEASE.total_seconds())
    slow.bring_once()
    assert (len(team.listed), team.stage) == (3, Stage.LISTING)


def test_one_who_stops_leaves_it_to_another_at_once(team: Team) -> None:
    team.orders(3)
    first, other = team.join(), team.join()
    first.bring_once()
    first.start()
    first.stop()
    other.bring_once()
    assert team.stage is Stage.BRINGING


def test_what_is_begun_anew_is_listed_anew(team: Team) -> None:
    orders = team.orders(PAGE + 5)
    worker = team.join()
    worker.bring_once()
    team.world.clock.sleep(1)
    team.world.storage.backfills.start(MAIN, SHOP, CRM, SINCE)
    worker.bring_once(), worker.bring_once()
    assert team.world.storage.backfills.progress(MAIN).listed == len(orders)
    assert len(team.listed) == 2


def test_a_process_alone_with_its_file_waits_for_nobody_who_died(team: Team) -> None:
    team.orders(PAGE + 5)
    team.join().bring_once()
    team.world.storage.free_locks(team.world.hub.terms)
    team.join().bring_once()
    assert len(team.listed) == 2
