"""What is kept of a store's history on its way: rung for in the order of its dates, and once."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from sverka.domain.ids import OfficeName, OrderId, ProfileName, StoreName
from sverka.ports.history import Placed, Stage
from sverka.ports.storage import Again, Lane

SHOP, CRM, MAIN = StoreName("shop"), OfficeName("a"), ProfileName("main")


@pytest.fixture
def kept(hub):
    """A backfill of ten orders, each placed an hour before the one of the number below."""
    kept = hub.storage.backfills
    kept.start(MAIN, SHOP, CRM, hub.now - timedelta(days=30))
    kept.list_orders(MAIN, [Placed(OrderId(str(n)), hub.now - timedelta(hours=n)) for n in range(1, 11)])
    kept.turn(kept.get(MAIN), Stage.BRINGING)
    return kept


def progress(kept):
    one = kept.progress(MAIN)
    return one.listed, one.rung, one.waiting, one.put_off, one.failing, one.done


def test_the_oldest_orders_are_rung_for_first_and_each_once(hub, kept):
    assert kept.ring(MAIN, 4) == 4
    claim = hub.claim(CRM)
    assert hub.numbers(claim) == [10, 9, 8, 7]
    assert {visit.lane for visit in claim.visits} == {Lane.HISTORY}
    hub.finish(claim)
    kept.list_orders(MAIN, [Placed(OrderId("10"), hub.now)])
    assert kept.ring(MAIN, 100) == 6
    assert hub.numbers(hub.claim(CRM)) == [6, 5, 4, 3, 2, 1]
    assert kept.ring(MAIN, 100) == 0


@pytest.mark.covers("C13")
def test_what_has_a_record_already_is_passed_over(hub, kept):
    hub.bind(CRM, 9)
    assert kept.ring(MAIN, 3) == 3
    assert hub.numbers(hub.claim(CRM)) == [10, 8]


def test_everything_else_goes_first(hub, kept):
    kept.ring(MAIN, 2)
    hub.ring(CRM, 20, lane=Lane.BACKFILL, after=-1)
    hub.ring(CRM, 21)
    assert hub.numbers(hub.claim(CRM)) == [21, 20, 10, 9]


def test_a_bell_makes_an_order_of_the_past_a_live_one(hub, kept):
    kept.ring(MAIN, 2)
    hub.ring(CRM, 9)
    claim = hub.claim(CRM)
    assert [(visit.order.id, visit.lane) for visit in claim.visits] == [("9", Lane.LIVE), ("10", Lane.HISTORY)]


def test_paused_it_waits_for_nothing_and_goes_on_where_it_was(hub, kept):
    kept.ring(MAIN, 4)
    hub.finish(hub.claim(CRM, bound=1))
    kept.pause(MAIN)
    assert kept.open() == []
    assert (hub.waiting(), kept.ring(MAIN, 4)) == ({}, 0)
    assert progress(kept) == (10, 1, 0, 0, 0, 1)
    kept.resume(MAIN)
    assert [one.profile for one in kept.open()] == [MAIN]
    assert kept.ring(MAIN, 4) == 4
    assert hub.numbers(hub.claim(CRM)) == [9, 8, 7, 6]


def test_what_fails_again_and_again_is_counted_and_listed(hub, kept):
    kept.ring(MAIN, 3)
    for _ in range(3):
        claim = hub.claim(CRM)
        (bad,) = [visit for visit in claim.visits if visit.order.id == "9"]
        good = [visit for visit in claim.visits if visit is not bad]
        hub.commit(claim, done=good, again=[Again(bad, hub.now)])
        hub.storage.release(claim, hub.now)
    assert progress(kept) == (10, 3, 0, 1, 1, 2)
    hub.bind(CRM, 10)
    assert kept.left(MAIN, 5) == [hub.order(9), hub.order(8)]
    assert kept.count_left(MAIN) == 2


def test_begun_anew_nothing_of_the_earlier_one_is_left(hub, kept):
    kept.ring(MAIN, 10)
    kept.turn(kept.get(MAIN), Stage.DONE)
    assert (kept.open(), kept.get(MAIN).ended_at) == ([], hub.now)
    kept.start(MAIN, SHOP, CRM, hub.now)
    assert progress(kept)[:2] == (0, 0)
    assert [(one.stage, one.is_paused, one.ended_at) for one in kept.list()] == [(Stage.LISTING, False, None)]
    assert kept.get(ProfileName("other")) is None


def test_what_is_asked_of_each_order_is_found_by_that_order(hub, kept):
    """Else a history costs the square of its orders: SQLite walks an office's bindings where an index lets it."""
    engine, steps = hub.storage._engine, []
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by what it has counted")

    def explain(connection, _cursor, statement, parameters, *_):
        if "EXISTS (" in statement:
            told = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps.extend(row[3] for row in told if "bindings" in row[3] or "visits" in row[3])

    event.listen(engine, "before_cursor_execute", explain)
    kept.ring(MAIN, 4)
    kept.left(MAIN, 4)
    kept.count_left(MAIN)
    assert {"bindings", "visits"} == {step.split()[1] for step in steps}
    assert [step for step in steps if "order_id=?" not in step] == []
