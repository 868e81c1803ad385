"""Ringing and claiming: one row a bell's order, one office an order, nobody starves, nothing is lost."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from sverka.domain.errors import Superseded
from sverka.domain.ids import OfficeName
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Again, IntentKind, Lane, Ring
from sverka.storage.visits import PATIENCE

A, B = OfficeName("a"), OfficeName("b")


def test_a_thousand_rings_are_one_waiting_row(hub):
    hub.storage.ring([Ring(hub.order(), A, hub.now)] * 600)
    hub.storage.ring([Ring(hub.order(), A, hub.now)] * 400)
    assert hub.waiting() == {"a": 1}


def test_a_ring_takes_the_earliest_due_the_most_urgent_lane_and_the_newest_why(hub):
    hub.ring("a", 17, after=60, lane=Lane.BACKFILL, why="import")
    hub.ring("a", 17, after=-5, lane=Lane.SWEEP, why="sweep")
    hub.ring("a", 17, after=30, lane=Lane.LIVE, why="webhook")
    (visit,) = hub.claim("a").visits
    assert (visit.lane, visit.due_at, visit.why) == (Lane.LIVE, hub.now - timedelta(seconds=5), "webhook")


def test_a_late_backfill_ring_does_not_lower_the_lane(hub):
    hub.ring("a", 17, lane=Lane.LIVE)
    hub.ring("a", 17, lane=Lane.BACKFILL)
    assert hub.claim("a").visits[0].lane is Lane.LIVE


def test_a_ring_during_a_visit_is_a_second_row_and_is_visited_next(hub):
    hub.ring("a", 17)
    claim = hub.claim("a")
    hub.ring("a", 17, why="again")
    assert hub.waiting() == {"a": 1}
    hub.finish(claim)
    assert [visit.why for visit in hub.claim("a").visits] == ["again"]


def test_live_goes_before_sweep_before_backfill_up_to_the_bound(hub):
    hub.ring("a", 1, lane=Lane.BACKFILL, after=-30)
    hub.ring("a", 2, lane=Lane.SWEEP, after=-20)
    hub.ring("a", 3, lane=Lane.LIVE, after=-5)
    hub.ring("a", 4, lane=Lane.LIVE, after=-10)
    assert hub.numbers(hub.claim("a", bound=3)) == [4, 3, 2]
    assert hub.waiting() == {"a": 1}


def test_what_is_not_due_is_not_claimed(hub):
    hub.ring("a", 17, after=1)
    assert hub.claim("a") is None
    hub.clock.sleep(1)
    assert hub.numbers(hub.claim("a")) == [17]


def test_two_waves_of_one_office_exclude_each_other(hub):
    hub.ring("a", 1)
    assert hub.claim("a", bound=1)
    hub.ring("a", 2)
    assert hub.claim("a") is None


def test_an_empty_claim_leaves_the_lock_free(hub):
    assert hub.claim("a") is None
    hub.ring("a", 17)
    assert hub.numbers(hub.claim("a")) == [17]


def test_an_order_that_runs_in_one_office_is_skipped_by_another(hub):
    hub.ring("a", 17)
    held = hub.claim("a")
    hub.ring("b", 17, 18)
    other = hub.claim("b")
    assert hub.numbers(other) == [18]
    hub.finish(other)
    assert hub.claim("b") is None
    hub.finish(held)
    assert hub.numbers(hub.claim("b")) == [17]


def test_the_database_itself_refuses_two_running_rows_of_one_order(hub):
    hub.ring("a", 17)
    hub.ring("b", 17)
    with pytest.raises(IntegrityError):
        hub.sql("UPDATE visits SET state = 'running'")


def test_every_claim_raises_the_epoch(hub):
    hub.ring("a", 1)
    first = hub.claim("a")
    hub.finish(first)
    hub.ring("a", 1)
    assert hub.claim("a").epoch > first.epoch


def test_a_takeover_makes_the_late_wave_commit_nothing(hub):
    hub.ring("a", 17)
    late = hub.claim("a")
    hub.clock.sleep(hub.terms.doubt.total_seconds())
    taken = hub.claim("a")
    assert hub.numbers(taken) == [17]
    assert not hub.storage.still_mine(late)
    assert hub.storage.still_mine(taken)
    with pytest.raises(Superseded):
        hub.commit(late, intents=[hub.intent("a")], rings=[Ring(hub.order(99), B, hub.now)], done=list(late.visits))
    assert hub.waiting() == {}
    assert hub.storage.recall([hub.order()], hub.now).intents == []
    with pytest.raises(Superseded):
        hub.storage.extend(late, hub.now + timedelta(hours=1))
    hub.storage.release(late, hub.now)
    assert hub.claim("a") is None, "the late wave has given a lock back that was not its own"


def test_the_orphans_of_another_office_are_freed_and_its_wave_superseded(hub):
    hub.ring("a", 17)
    dead = hub.claim("a")
    hub.ring("b", 17)
    assert hub.claim("b") is None
    hub.clock.sleep(hub.terms.doubt.total_seconds())
    other = hub.claim("b")
    assert hub.numbers(other) == [17]
    assert not hub.storage.still_mine(dead)
    with pytest.raises(Superseded):
        hub.commit(dead, intents=[hub.intent("a")])
    hub.finish(other)
    (visit,) = hub.claim("a").visits
    assert (visit.order, visit.attempts) == (hub.order(), 1)


def test_an_orphan_merges_with_the_row_that_waits_already(hub):
    hub.ring("a", 17, after=-9, lane=Lane.SWEEP)
    hub.claim("a")
    hub.ring("a", 17, why="bell")
    hub.clock.sleep(hub.terms.doubt.total_seconds())
    (visit,) = hub.claim("a").visits
    assert (visit.lane, visit.attempts) == (Lane.LIVE, 1)
    assert hub.sql("SELECT count(*) FROM visits") == [(1,)]


def test_release_returns_what_still_runs(hub):
    hub.ring("a", 1, 2)
    claim = hub.claim("a")
    hub.commit(claim, done=[visit for visit in claim.visits if visit.order == hub.order(1)])
    hub.storage.release(claim, hub.now)
    (visit,) = hub.claim("a").visits
    assert (visit.order, visit.attempts) == (hub.order(2), 0)


def test_again_waits_anew_one_attempt_older(hub):
    hub.ring("a", 17, why="webhook")
    claim = hub.claim("a")
    hub.commit(claim, again=[Again(claim.visits[0], hub.now + timedelta(seconds=30), "later")])
    hub.storage.release(claim, hub.now)
    assert hub.claim("a") is None
    assert hub.storage.due(A, hub.now) == hub.now + timedelta(seconds=30)
    hub.clock.sleep(30)
    (visit,) = hub.claim("a").visits
    assert (visit.attempts, visit.why) == (1, "later")


def test_again_merges_with_a_bell_that_rang_meanwhile(hub):
    hub.ring("a", 17)
    claim = hub.claim("a")
    hub.ring("a", 17)
    hub.commit(claim, again=[Again(claim.visits[0], hub.now + timedelta(seconds=30))])
    hub.storage.release(claim, hub.now)
    (visit,) = hub.claim("a").visits
    assert visit.attempts == 1


@pytest.mark.parametrize("kind", list(IntentKind))
def test_no_office_claims_an_order_in_doubt_and_a_bell_does_not_shorten_it(hub, kind):
    hub.ring("a", 17)
    claim = hub.claim("a")
    hub.commit(claim, intents=[hub.intent("a", kind=kind)], done=list(claim.visits))
    hub.storage.release(claim, hub.now)
    over = hub.now + hub.terms.doubt
    hub.ring("a", 17, after=1)
    hub.ring("b", 17)
    assert hub.storage.due(A, hub.now) == over
    assert hub.storage.due(B, hub.now) == over
    hub.clock.sleep(hub.terms.doubt.total_seconds() - 0.000001)
    assert hub.claim("a") is None
    assert hub.claim("b") is None
    hub.clock.sleep(0.000001)
    assert hub.storage.due(A, hub.now) is not None
    assert hub.numbers(hub.claim("b")) == [17]


def test_a_closed_intent_casts_no_doubt(hub):
    hub.ring("a", 17)
    claim = hub.claim("a")
    (intent,) = hub.commit(claim, intents=[hub.intent("a")])
    hub.commit(claim, closed=[intent.id], done=list(claim.visits))
    hub.storage.release(claim, hub.now)
    hub.ring("b", 17)
    assert hub.numbers(hub.claim("b")) == [17]


def test_intents_hold_the_lock_until_their_doubt_is_over(hub):
    hub.ring("a", 17)
    claim = hub.claim("a")
    hub.clock.sleep(100)
    hub.commit(claim, intents=[hub.intent("a")])
    hub.ring("a", 18)
    hub.clock.sleep(hub.terms.doubt.total_seconds() - 1)
    assert hub.claim("a") is None
    hub.clock.sleep(1)
    assert hub.numbers(hub.claim("a")) == [17, 18]


def test_extend_holds_the_lock_longer_and_never_shorter(hub):
    hub.ring("a", 17)
    claim = hub.claim("a")
    hub.storage.extend(claim, hub.now + timedelta(seconds=1))
    hub.clock.sleep(2)
    assert hub.claim("a") is None
    hub.storage.extend(claim, hub.now + timedelta(hours=1))
    hub.clock.sleep(3599)
    assert hub.claim("a") is None
    assert hub.storage.due(A, hub.now) == hub.now + timedelta(seconds=1)
    hub.clock.sleep(1)
    assert hub.numbers(hub.claim("a")) == [17]


def test_an_order_is_left_to_the_office_that_has_waited_longer(hub):
    hub.ring("b", 17, after=-10)
    hub.ring("a", 17, 18, after=-5)
    first = hub.claim("a")
    assert hub.numbers(first) == [18]
    assert hub.numbers(hub.claim("b")) == [17]


def test_what_another_waits_for_is_due_no_earlier_than_it_can_be_had(hub):
    hub.ring("b", 17, after=-10)
    hub.ring("a", 17, after=-5)
    assert hub.storage.due(A, hub.now) == hub.now - timedelta(seconds=5) + PATIENCE
    assert hub.storage.due(B, hub.now) == hub.now - timedelta(seconds=10)


def test_nobody_is_held_up_for_ever_by_an_office_that_never_comes(hub):
    hub.ring("b", 17, after=-10)
    hub.ring("a", 17)
    hub.clock.sleep(PATIENCE.total_seconds() - 1)
    assert hub.claim("a") is None
    hub.clock.sleep(1)
    assert hub.numbers(hub.claim("a")) == [17]


def test_a_paused_connection_holds_up_nobody(hub):
    hub.ring("b", 17, after=-10)
    hub.ring("a", 17)
    hub.storage.pause_connection("b", JournalLine(hub.now, Event.PROBLEM, Text("no access", "нет доступа")))
    assert hub.numbers(hub.claim("a")) == [17]


def test_a_row_that_is_not_due_yet_holds_up_nobody(hub):
    hub.ring("b", 17, after=10)
    hub.ring("a", 17, lane=Lane.SWEEP)
    assert hub.numbers(hub.claim("a")) == [17]


def test_a_busy_office_cannot_keep_an_order_from_another(hub):
    """The first office is rung without end and always claims first; the second waits in a lower lane."""
    hub.ring("b", 17, lane=Lane.BACKFILL)
    visits_of_a = 0
    for _ in range(10):
        hub.clock.sleep(1)
        hub.ring("a", 17)
        busy = hub.claim("a")
        if busy is None:
            break
        visits_of_a += 1
        hub.finish(busy)
    assert visits_of_a == 1
    assert hub.numbers(hub.claim("b")) == [17]


def test_due_is_none_where_nothing_waits_and_the_lock_s_end_where_it_is_held(hub):
    assert hub.storage.due(A, hub.now) is None
    hub.ring("a", 17, after=-3)
    assert hub.storage.due(A, hub.now) == hub.now - timedelta(seconds=3)
    hub.claim("a")
    hub.ring("a", 17)
    assert hub.storage.due(A, hub.now) == hub.now + hub.terms.doubt


def test_due_of_an_order_that_runs_elsewhere_is_the_end_of_that_lock(hub):
    hub.ring("a", 17)
    claim = hub.claim("a")
    hub.ring("b", 17)
    assert hub.storage.due(B, hub.now) == hub.now + hub.terms.doubt
    hub.finish(claim)
    assert hub.storage.due(B, hub.now) == hub.now


def test_many_orders_are_rung_and_claimed_in_sets(hub):
    hub.ring("a", *range(1200))
    claim = hub.claim("a", bound=1100)
    assert len(claim.visits) == 1100
    assert hub.waiting() == {"a": 100}
    hub.finish(claim)
    assert hub.numbers(hub.claim("a")) == list(range(1100, 1200))


def test_quiet_waves_take_more_but_never_where_a_live_visit_is_due(hub):
    for number in range(1, 6):
        hub.ring("a", number, lane=Lane.BACKFILL)
    hub.ring("a", 6, lane=Lane.LIVE)
    claim = hub.storage.claim(A, hub.now, hub.terms, 2, 5)
    assert len(claim.visits) == 2
    assert claim.visits[0].lane is Lane.LIVE
    hub.finish(claim)
    assert len(hub.storage.claim(A, hub.now, hub.terms, 2, 4).visits) == 4


def test_freed_locks_let_a_new_process_in_and_the_old_one_commit_nothing(hub):
    hub.ring("a", 17)
    old = hub.claim("a")
    hub.storage.free_locks(hub.terms)
    assert not hub.storage.still_mine(old)
    new = hub.claim("a")
    assert hub.numbers(new) == [17]
    with pytest.raises(Superseded):
        hub.finish(old)


def test_one_lock_is_freed_of_a_wave_whose_process_has_died(hub):
    hub.ring("a", 17)
    hub.ring("b", 18)
    old, living = hub.claim("a"), hub.claim("b")
    hub.storage.free_lock(A, hub.terms)
    assert hub.numbers(hub.claim("a")) == [17]
    with pytest.raises(Superseded):
        hub.finish(old)
    assert hub.storage.still_mine(living)
    assert hub.claim("b") is None
