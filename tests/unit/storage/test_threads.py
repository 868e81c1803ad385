"""Several processes on one database: here several storages, each with its own connections, in threads."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import event

from sverka.domain.errors import Superseded
from sverka.domain.ids import OfficeName, ProfileName, RecordId
from sverka.domain.merge.binding import Entry
from sverka.ports.storage import NewBinding, Outcome, Ring

OFFICES = [OfficeName(name) for name in ("a", "b", "c")]


def together(works):
    """Start all works at one moment and return their results; an error in any is raised."""
    barrier = threading.Barrier(len(works))

    def run(work):
        barrier.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(run, work) for work in works]]


def test_no_two_offices_ever_run_one_order(shared):
    for office in OFFICES:
        shared.ring(office, *range(20))
    guard, running, visited, met = threading.Lock(), Counter(), Counter(), []

    def work(office, storage):
        while storage.due(office, shared.now) is not None:
            claim = storage.claim(office, shared.now, shared.terms, 4)
            if claim is None:
                continue
            orders = [visit.order for visit in claim.visits]
            with guard:
                running.update(orders)
                met.extend(order for order in orders if running[order] > 1)
            assert storage.still_mine(claim)
            with guard:
                running.subtract(orders)
                visited.update((office, order) for order in orders)
            commit_by(storage, claim, shared, done=list(claim.visits))
            storage.release(claim, shared.now)

    together([partial(work, office, shared.open()) for office in OFFICES])
    assert met == []
    assert visited == {(office, shared.order(number)): 1 for office in OFFICES for number in range(20)}


def commit_by(storage, claim, hub, **parts):
    return storage.commit(claim, Outcome(**parts), hub.now, hub.terms)


def test_one_office_is_claimed_by_one(shared):
    shared.ring("a", *range(10))
    storages = [shared.open() for _ in range(4)]
    claims = together([lambda s=one: s.claim(OFFICES[0], shared.now, shared.terms, 3) for one in storages])
    assert len([claim for claim in claims if claim]) == 1


def test_a_takeover_and_a_late_commit_at_one_moment_leave_one_winner(shared):
    """Whoever locks the office's row first wins, and the other does nothing at all."""
    late_storage, new_storage = shared.open(), shared.open()
    for number in range(10):
        shared.ring("a", number)
        late = shared.claim("a")
        shared.clock.sleep(shared.terms.doubt.total_seconds())

        def commit(late=late, number=number):
            try:
                commit_by(late_storage, late, shared, intents=[shared.intent("a", number)])
            except Superseded:
                return False
            return True

        def take():
            return new_storage.claim(OFFICES[0], shared.now, shared.terms, 10)

        committed, taken = together([commit, take])
        intents = shared.storage.recall([shared.order(number)], shared.now).intents
        assert committed == bool(intents) == (taken is None)
        shared.storage.release(taken or late, shared.now)
        shared.clock.sleep(shared.terms.doubt.total_seconds())
        left = shared.claim("a")
        commit_by(shared.storage, left, shared, done=list(left.visits), closed=[one.id for one in intents])
        shared.storage.release(left, shared.now)


def test_ringers_who_cross_lose_nothing(shared):
    orders = [shared.order(number) for number in range(60)]
    storages, failed = [shared.open() for _ in range(3)], []
    for storage in storages:
        event.listen(storage._engine, "handle_error", failed.append)

    def ring(storage, some):
        for _ in range(5):
            storage.ring([Ring(order, office, shared.now) for order in some for office in OFFICES])

    together(
        [partial(ring, one, some) for one, some in zip(storages, (orders, orders[::-1], orders[30:]), strict=True)]
    )
    assert shared.waiting() == {"a": 60, "b": 60, "c": 60}
    assert failed == [], "they take turns, and no deadlock has to be broken"


@pytest.mark.covers("C35", "C36")
def test_a_bell_is_never_lost_between_claim_and_finish(shared):
    """After the last bell there is always one more visit."""
    rounds, order = 30, shared.order()
    rung, last_seen = [0], [0]
    ringer, waver = shared.open(), shared.open()

    def ring():
        for number in range(1, rounds + 1):
            rung[0] = number
            ringer.receive("shop", [], [Ring(order, OFFICES[0], shared.now, why=str(number))], [])

    def wave():
        while last_seen[0] < rounds:
            claim = waver.claim(OFFICES[0], shared.now, shared.terms, 5)
            if claim:
                last_seen[0] = int(claim.visits[0].why)
                commit_by(waver, claim, shared, done=list(claim.visits))
                waver.release(claim, shared.now)

    together([ring, wave])
    assert shared.waiting() == {}


@pytest.mark.covers("C47")
def test_the_budget_is_exact_however_many_take_it(shared):
    burst, interval = 10, 0.5
    storages = [shared.open() for _ in range(4)]
    taken = together([lambda s=one: [s.budget.take("b24", 2, burst) for _ in range(25)] for one in storages])
    waits = [wait for some in taken for wait in some]
    assert sorted(waits) == [max(0, number - burst + 1) * interval for number in range(100)]


def test_processes_that_start_at_once_agree_on_schema_and_hub(shared):
    for table in ("profile_versions", "baselines", "intent_keys", "parties", "passes", "backfill_orders"):
        shared.sql(f"DROP TABLE {table}")
    for (table,) in shared.sql(_TABLES[shared.storage._engine.dialect.name]):
        shared.sql(f"DROP TABLE {table}")
    storages = together([shared.open] * 4)
    assert len({storage.hub_id for storage in storages}) == 1


_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}


def test_readers_see_whole_commits(shared):
    """A binding never shows without its baseline."""
    shared.ring("a", *range(20))
    claim, reader, done = shared.claim("a"), shared.open(), threading.Event()

    def commit():
        try:
            for number in range(20):
                new = NewBinding(shared.order(number), ProfileName("p"), RecordId(str(number)), {"x": Entry(None, "f")})
                shared.commit(claim, bindings=[new])
        finally:
            done.set()

    def look():
        seen = []
        while not done.is_set():
            memory = reader.recall([shared.order(number) for number in range(20)], shared.now - timedelta(days=1))
            seen += [one for some in memory.bindings.values() for one in some if not one.baseline]
        return seen

    assert together([commit, look])[1] == []


@pytest.mark.parametrize("rate", [0.3, 2, 5, 7])
def test_the_budget_never_admits_more_than_the_plan_allows(hub, rate):
    """Within any span of time no more than the burst and the rate's share are admitted, and no request is wasted."""
    burst, sent, start = 5, [], hub.now
    for _ in range(40):
        hub.clock.sleep(hub.storage.budget.take("b24", rate, burst))
        sent.append((hub.now - start).total_seconds())
    for first in range(40):
        for last in range(first, 40):
            assert last - first + 1 <= burst + (sent[last] - sent[first]) * rate + 1e-9
    assert sent[-1] == pytest.approx((40 - burst) / rate, abs=1e-4)


def test_an_idle_portal_regains_its_burst_and_portals_do_not_share(hub):
    take = hub.storage.budget.take
    assert [take("one", 2, 3) for _ in range(5)] == [0, 0, 0, 0.5, 1.0]
    assert take("other", 2, 3) == 0
    hub.clock.sleep(3600)
    assert [take("one", 2, 3) for _ in range(4)] == [0, 0, 0, 0.5]
