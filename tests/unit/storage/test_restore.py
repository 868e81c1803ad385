"""A database that came back from a backup: what it forgets, what it keeps, and who may go on under it (K20)."""

from datetime import timedelta

import pytest

from sverka.domain.commerce.customer import MatchKey
from sverka.domain.errors import Superseded
from sverka.domain.ids import OfficeName, ProfileName
from sverka.domain.kind import Kind
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.binding import BindingState, Entry, Pair
from sverka.domain.merge.plan import Difference, Why
from sverka.domain.merge.reconcile import Decision
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import HeldDifference, IntentKind, Lane

A, B, MAIN = OfficeName("a"), OfficeName("b"), ProfileName("main")
TEXT = Text("restored", "восстановлено")
PHONE = MatchKey("phone", "79990000001")


def restored(hub, above=0, offices=(A, B)):
    line = JournalLine(hub.now, Event.APPLIED, TEXT, rule="K20")
    return hub.storage.restored(list(offices), line, hub.terms, above)


def memory(hub, number=17):
    return hub.storage.recall([hub.order(number)], hub.now)


def test_every_entry_is_forgotten_and_keeps_its_fingerprint(hub):
    pair = Entry(Pair('Зелёный "чай"', ("a", "b")), "f1:x")
    hub.bind("a", 17, baseline={"status": pair, "track": Entry(None, "f2")})
    hub.bind("b", 18, profile="other", baseline={"status": pair})
    restored(hub)
    assert memory(hub).bindings[hub.order()][0].baseline == {"status": Entry(None, "f1:x"), "track": Entry(None, "f2")}
    assert memory(hub, 18).bindings[hub.order(18)][0].baseline == {"status": Entry(None, "f1:x")}


def test_patches_are_dropped_and_what_is_being_made_is_in_doubt_anew(hub):
    hub.ring("a", 17)
    claim = hub.claim("a")
    kinds = [IntentKind.PATCH_ORDER, IntentKind.PATCH_RECORD, IntentKind.CREATE_RECORD]
    customer = hub.intent("a", kind=IntentKind.ADD_CUSTOMER, keys=[PHONE])
    hub.commit(claim, intents=[*(hub.intent("a", kind=kind) for kind in kinds), customer])
    hub.clock.sleep(3600)
    restored(hub)
    left = memory(hub).intents
    assert [one.kind for one in left] == [IntentKind.CREATE_RECORD, IntentKind.ADD_CUSTOMER]
    assert {one.doubt_until for one in left} == {hub.now + hub.terms.doubt}
    assert hub.storage.known_contacts(A, [PHONE]).open == {PHONE}


def test_people_s_decisions_are_dropped_and_the_differences_stay(hub):
    hub.ring("a", 17)
    claim = hub.claim("a")
    difference = Difference("status", Why.CONFLICT, "P", "WON", TEXT)
    hub.commit(claim, differences=[HeldDifference(hub.order(), MAIN, difference)])
    assert hub.storage.differences.decide(hub.order(), MAIN, "status", Decision(Side.STORE, Pair("P", "WON")))
    restored(hub)
    assert memory(hub).decisions == {}
    assert memory(hub).differences == {(hub.order(), MAIN): [difference]}


def test_nobody_works_until_the_silence_is_over_not_even_a_fresh_start(hub):
    hub.bind("a")
    hub.ring("b", 18)
    restored(hub)
    hub.storage.free_locks(hub.terms)
    hub.clock.sleep(hub.terms.doubt.total_seconds() - 1)
    assert hub.claim("a") is None
    assert hub.claim("b") is None
    assert hub.storage.due(B, hub.now) == hub.now + timedelta(seconds=1)
    hub.clock.sleep(1)
    assert hub.numbers(hub.claim("a")) == [17]
    assert hub.numbers(hub.claim("b")) == [18]


def test_locks_of_the_dead_are_freed_again_after_the_silence(hub):
    restored(hub)
    hub.clock.sleep(3600)
    hub.ring("a", 17)
    hub.claim("a")
    hub.storage.free_locks(hub.terms)
    assert hub.numbers(hub.claim("a")) == [17]


def test_running_visits_wait_again_and_whoever_ran_them_commits_nothing(hub):
    hub.ring("a", 17)
    old = hub.claim("a")
    restored(hub)
    assert hub.waiting() == {"a": 1}
    with pytest.raises(Superseded):
        hub.finish(old)
    hub.clock.sleep(3600)
    new = hub.claim("a")
    assert hub.numbers(new) == [17]
    assert new.visits[0].attempts == old.visits[0].attempts


def test_epochs_rise_above_any_of_the_lost_database_also_where_it_had_none(hub):
    hub.ring("a", 17)
    lost = hub.claim("a").epoch + 100_000
    restored(hub)
    hub.clock.sleep(3600)
    hub.ring("b", 18)
    assert hub.claim("a").epoch > lost
    assert hub.claim("b").epoch > lost


def test_every_order_that_has_or_had_a_record_is_rung_once_in_each_office(hub):
    hub.bind("a", 17)
    hub.bind("a", 17, profile="second", record="501")
    hub.bind("b", 17, profile="other", record="9")
    hub.bind("a", 18, record="502")
    hub.ring("a", 18)
    claim = hub.claim("a")
    [gone] = memory(hub, 18).bindings[hub.order(18)]
    hub.commit(claim, released=[gone.id], done=list(claim.visits))
    assert restored(hub) == 3
    assert hub.waiting() == {"a": 2, "b": 1}
    assert {one.lane for one in hub.storage.counts().waiting} == {Lane.BACKFILL}
    assert memory(hub, 18).bindings[hub.order(18)][0].state is BindingState.RELEASED


def test_the_journal_goes_on_above_everything_that_was_lost(hub):
    lines = [JournalLine(hub.now, Event.RANG, TEXT)]
    hub.storage.journal.write(lines)
    restored(hub, above=5_000_000)
    told = hub.storage.journal.newest()
    assert told > 5_000_000
    assert hub.storage.journal.tail(1)[0].rule == "K20"
    hub.storage.journal.write(lines)
    assert hub.storage.journal.newest() == told + 1


def test_the_moment_is_kept(hub):
    assert memory(hub).restored_at is None
    restored(hub)
    first = hub.now
    hub.clock.sleep(60)
    assert memory(hub).restored_at == first
    restored(hub)
    assert memory(hub).restored_at == hub.now


def test_an_order_that_was_only_listed_is_awaited_once_it_is_wanted(hub):
    hub.bind("a", 17)
    line = JournalLine(hub.now, Event.APPLIED, TEXT, hub.order())
    assert hub.storage.make_anew(hub.order(), line, [(A, ProfileName("second"), Kind.DEAL)]) == 1
    found = {one.profile: one.state for one in memory(hub).bindings[hub.order()]}
    assert found == {"main": BindingState.BOUND, "second": BindingState.AWAITED}
