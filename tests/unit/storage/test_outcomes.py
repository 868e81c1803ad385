"""What a step of a wave commits, and what is remembered of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from sverka.domain.commerce.customer import MatchKey
from sverka.domain.commerce.lines import Line
from sverka.domain.ids import OfficeName, ProfileName, RecordId
from sverka.domain.kind import Kind
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.binding import BindingState, Entry, Pair
from sverka.domain.merge.plan import Difference, Why
from sverka.domain.merge.reconcile import Decision
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine
from sverka.ports.notices import Notice, Subject
from sverka.ports.storage import HeldDifference, IntentKind, Lane, NewBinding, Refusal, Ring, Sent
from sverka.storage import retention
from sverka.storage.database import write
from sverka.storage.tables import intents

A, B, MAIN = OfficeName("a"), OfficeName("b"), ProfileName("main")
TEXT = Text("They differ.", "Они различаются.")
PHONE, EMAIL = MatchKey("phone", "79001234567"), MatchKey("email", "anna@example.ru")


@pytest.fixture
def wave(hub):
    """A claim of office "a" on orders 17 and 18, both in work."""
    hub.ring("a", 17, 18)
    return hub.claim("a")


def memory(hub, number=17):
    return hub.storage.recall([hub.order(number)], hub.now - timedelta(days=1))


def entry(store, office, fingerprint="f"):
    return Entry(Pair(store, office), fingerprint)


def held(hub, key="total", store="1", office="2", why=Why.CONFLICT, refused=None):
    return HeldDifference(hub.order(), MAIN, Difference(key, why, store, office, TEXT), refused)


def look(hub, wave, *differences):
    hub.commit(wave, looked={(hub.order(), MAIN)}, differences=list(differences))


def test_new_intents_get_ids_in_order_and_their_moments(hub, wave):
    sent = Sent("total", Side.OFFICE, "opportunity", Decimal("1.10"), Decimal("1.1"), "abc")
    first, second = hub.commit(
        wave,
        intents=[
            hub.intent("a", sent=(sent,), stamp="v1", binding=3, record=RecordId("9")),
            hub.intent("a", 18, IntentKind.ADD_CUSTOMER, keys=(EMAIL, PHONE)),
        ],
    )
    assert 0 < first.id < second.id
    assert (first.committed_at, first.doubt_until) == (hub.now, hub.now + hub.terms.doubt)
    assert memory(hub).intents == [first]
    assert memory(hub, 18).intents == [second]


def test_an_intent_of_an_earlier_version_does_not_tell_what_was_there_before(hub, wave):
    sent = Sent("total", Side.OFFICE, "opportunity", Decimal("1.10"), Decimal("1.1"), "abc", Decimal("0.9"))
    hub.commit(wave, intents=[hub.intent("a", sent=(sent,))])
    assert memory(hub).intents[0].sent == (sent,)
    with hub.storage._engine.begin() as connection:
        (data,) = connection.scalar(select(intents.c.sent))
        connection.execute(update(intents).values(sent=[data[:-1]]))
    assert memory(hub).intents[0].sent == (replace(sent, old=None),)


def test_ids_follow_the_order_given_for_many_intents(hub):
    hub.ring("a", *range(700))
    wave = hub.claim("a", bound=700)
    made = hub.commit(wave, intents=[hub.intent("a", number) for number in range(700)])
    assert [int(one.order.id) for one in made] == list(range(700))
    kept = hub.storage.recall([hub.order(number) for number in range(700)], hub.now).intents
    assert {one.id: one.order for one in kept} == {one.id: one.order for one in made}


def test_a_closed_intent_is_gone_with_its_keys(hub, wave):
    (made,) = hub.commit(wave, intents=[hub.intent("a", kind=IntentKind.ADD_CUSTOMER, keys=(PHONE,))])
    assert hub.storage.known_contacts(A, [PHONE, EMAIL]).open == {PHONE}
    assert hub.storage.known_contacts(B, [PHONE]).open == frozenset()
    hub.commit(wave, closed=[made.id], contacts={PHONE: RecordId("7")})
    known = hub.storage.known_contacts(A, [PHONE, EMAIL])
    assert (known.open, known.bound) == (frozenset(), {PHONE: "7"})
    assert hub.sql("SELECT count(*) FROM intent_keys") == [(0,)]


def test_an_intent_of_any_office_is_closed_by_the_wave_that_finds_its_outcome(hub, wave):
    (made,) = hub.commit(wave, intents=[hub.intent("a")], done=list(wave.visits))
    hub.storage.release(wave, hub.now)
    hub.clock.sleep(hub.terms.doubt.total_seconds())
    hub.ring("b", 17)
    other = hub.claim("b")
    assert memory(hub).intents == [made]
    hub.commit(other, closed=[made.id])
    assert memory(hub).intents == []


@pytest.mark.parametrize("kind", [IntentKind.PATCH_ORDER, IntentKind.CREATE_RECORD, IntentKind.PATCH_RECORD])
def test_an_intent_rings_for_the_other_bindings_of_its_order(hub, kind):
    hub.bind("a", profile="crm")
    hub.bind("b", profile="print")
    hub.bind("c", profile="old")
    hub.ring("c", 17)
    gone = hub.claim("c")
    released = [one.id for one in memory(hub).bindings[hub.order()] if one.office == "c"]
    hub.commit(gone, released=released, done=list(gone.visits))
    hub.storage.release(gone, hub.now)
    hub.ring("a", 17, lane=Lane.SWEEP)
    hub.commit(hub.claim("a"), intents=[hub.intent("a", kind=kind)])
    assert [(one.office, one.lane) for one in hub.storage.counts().waiting] == [("b", Lane.SWEEP)]


def test_a_customer_to_be_made_rings_for_nobody(hub):
    hub.bind("b", profile="print")
    hub.ring("a", 17)
    hub.commit(hub.claim("a"), intents=[hub.intent("a", kind=IntentKind.ADD_CUSTOMER, keys=(PHONE,))])
    assert hub.waiting() == {}


def test_a_commit_without_an_intent_rings_for_nobody(hub):
    hub.bind("b", profile="print")
    hub.ring("a", 17)
    hub.commit(hub.claim("a"), journal=[JournalLine(hub.now, Event.ECHO, TEXT, hub.order())])
    assert hub.waiting() == {}


def test_values_of_every_type_come_back_as_they_were(hub, wave):
    line = Line("Кружка", Decimal("3"), Decimal("100.00"), tax_rate=Decimal("20"))
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    values = ["", None, True, Decimal("1.50"), moment, date(2026, 1, 2), (line,), ("a", Decimal(1)), "a\x00\ud800"]
    baseline = {str(at): entry(value, None) for at, value in enumerate(values)} | {"forgotten": Entry(None, "f")}
    hub.commit(wave, bindings=[NewBinding(hub.order(), MAIN, RecordId("5"), baseline, Kind.PRINT_JOB)])
    (binding,) = memory(hub).bindings[hub.order()]
    assert binding.baseline == baseline
    assert str(binding.baseline["3"].pair.store) == "1.50"
    assert (binding.office, binding.kind, binding.state) == ("a", Kind.PRINT_JOB, BindingState.BOUND)


def test_baseline_entries_are_set_and_dropped(hub, wave):
    hub.commit(
        wave, bindings=[NewBinding(hub.order(), MAIN, RecordId("5"), {"x": entry("1", "1"), "y": entry("2", "2")})]
    )
    (binding,) = memory(hub).bindings[hub.order()]
    hub.commit(wave, baselines={binding.id: {"x": None, "y": entry("3", "3"), "z": Entry(None, "f")}})
    (binding,) = memory(hub).bindings[hub.order()]
    assert binding.baseline == {"y": entry("3", "3"), "z": Entry(None, "f")}


def test_a_released_binding_stays_and_is_bound_anew_with_a_fresh_baseline(hub, wave):
    hub.commit(wave, bindings=[NewBinding(hub.order(), MAIN, RecordId("5"), {"x": entry("1", "1")})])
    (old,) = memory(hub).bindings[hub.order()]
    hub.commit(wave, released=[old.id])
    (released,) = memory(hub).bindings[hub.order()]
    assert (released.state, released.baseline) == (BindingState.RELEASED, old.baseline)
    assert hub.storage.orders_of(A, ["5"]) == {}
    assert hub.storage.bound_orders(A, 0, 10) == []
    hub.commit(wave, bindings=[NewBinding(hub.order(), MAIN, RecordId("6"), {"y": entry("2", "2")})])
    (anew,) = memory(hub).bindings[hub.order()]
    assert (anew.record, anew.state, anew.baseline) == ("6", BindingState.BOUND, {"y": entry("2", "2")})


def test_a_bound_order_is_not_bound_to_another_record_and_nothing_is_committed(hub, wave):
    hub.commit(wave, bindings=[NewBinding(hub.order(), MAIN, RecordId("5"))])
    with pytest.raises(ValueError, match="is bound under main to 5"):
        hub.commit(
            wave,
            bindings=[NewBinding(hub.order(), MAIN, RecordId("6"))],
            intents=[hub.intent("a")],
            rings=[Ring(hub.order(99), B, hub.now)],
        )
    assert memory(hub).bindings[hub.order()][0].record == "5"
    assert memory(hub).intents == []
    assert hub.waiting() == {}


def test_records_lead_to_their_orders(hub):
    hub.bind("a", 17, record="5")
    hub.bind("a", 18, record="5", profile="second")
    hub.bind("b", 19, record="5")
    assert hub.storage.orders_of(A, ["5", "6"]) == {"5": [hub.order(17), hub.order(18)]}


def test_bound_orders_are_walked_by_id(hub):
    for number in (3, 1, 2):
        hub.bind("a", number)
    hub.bind("b", 4)
    first = hub.storage.bound_orders(A, 0, 2)
    rest = hub.storage.bound_orders(A, first[-1][0], 2)
    assert [order for _, order in (*first, *rest)] == [hub.order(3), hub.order(1), hub.order(2)]


def test_a_lost_contact_is_forgotten_under_every_key(hub, wave):
    hub.commit(wave, contacts={PHONE: RecordId("7"), EMAIL: RecordId("7"), MatchKey("phone", "1"): RecordId("8")})
    hub.commit(wave, lost_contacts=[RecordId("7")])
    keys = [PHONE, EMAIL, MatchKey("phone", "1")]
    assert hub.storage.known_contacts(A, keys).bound == {MatchKey("phone", "1"): "8"}


def test_a_lost_contact_can_be_found_anew_in_the_same_step(hub, wave):
    hub.commit(wave, contacts={PHONE: RecordId("7")})
    hub.commit(wave, lost_contacts=[RecordId("7")], contacts={PHONE: RecordId("9")})
    assert hub.storage.known_contacts(A, [PHONE]).bound == {PHONE: "9"}


def test_looking_replaces_the_differences_of_that_order_and_profile_alone(hub, wave):
    other = HeldDifference(hub.order(), ProfileName("second"), held(hub, "x").difference)
    hub.commit(wave, looked={(hub.order(), MAIN), (hub.order(), other.profile)}, differences=[held(hub, "old"), other])
    look(hub, wave, held(hub, "new"))
    assert memory(hub).differences == {
        (hub.order(), MAIN): [held(hub, "new").difference],
        (hub.order(), other.profile): [other.difference],
    }


def test_an_identical_difference_keeps_its_first_moment_and_a_moved_one_does_not(hub, wave):
    look(hub, wave, held(hub))
    first = hub.now
    hub.clock.sleep(60)
    look(hub, wave, held(hub))
    assert [one.since for one in hub.storage.differences.list()] == [first]
    look(hub, wave, held(hub, office="3"))
    assert [one.since for one in hub.storage.differences.list(hub.order())] == [hub.now]
    assert hub.storage.differences.list(hub.order(18)) == []


def test_a_refusal_stays_while_its_field_differs_and_goes_with_it(hub, wave):
    look(hub, wave, held(hub, why=Why.REFUSED, refused=Refusal(Decimal("9"))))
    assert memory(hub).refused == {(hub.order(), MAIN): {"total": Decimal("9")}}
    look(hub, wave, held(hub, why=Why.REFUSED))
    assert memory(hub).refused == {(hub.order(), MAIN): {"total": Decimal("9")}}
    look(hub, wave)
    assert memory(hub).refused == {}


def test_retry_forgets_refusals_and_names_the_orders(hub, wave):
    look(hub, wave, held(hub, why=Why.REFUSED, refused=Refusal(None)))
    assert memory(hub).refused == {(hub.order(), MAIN): {"total": None}}
    assert hub.storage.differences.retry(hub.order(18)) == []
    assert hub.storage.differences.retry() == [hub.order()]
    assert memory(hub).refused == {}


def test_a_decision_is_kept_for_the_pair_it_was_given_for(hub, wave):
    look(hub, wave, held(hub))
    answer = Decision(Side.STORE, Pair("1", "2"))
    assert hub.storage.differences.decide(hub.order(), MAIN, "total", answer)
    assert memory(hub).decisions == {(hub.order(), MAIN): {"total": answer}}
    assert hub.storage.differences.list()[0].decision == answer
    look(hub, wave, held(hub))
    look(hub, wave)
    assert memory(hub).decisions == {(hub.order(), MAIN): {"total": answer}}, (
        "a write without an answer must not lose it"
    )


def test_a_decision_is_void_once_either_side_has_moved_even_if_it_moves_back(hub, wave):
    look(hub, wave, held(hub))
    hub.storage.differences.decide(hub.order(), MAIN, "total", Decision(Side.STORE, Pair("1", "2")))
    look(hub, wave, held(hub, store="5"))
    look(hub, wave, held(hub))
    assert memory(hub).decisions == {}


def test_a_decision_about_what_is_no_longer_shown_is_refused(hub, wave):
    look(hub, wave, held(hub))
    assert not hub.storage.differences.decide(hub.order(), MAIN, "total", Decision(Side.STORE, Pair("1", "3")))
    assert not hub.storage.differences.decide(hub.order(), MAIN, "other", Decision(Side.STORE, Pair("1", "2")))
    assert memory(hub).decisions == {}


def test_a_decision_is_spent_when_its_field_agrees(hub, wave):
    hub.commit(wave, bindings=[NewBinding(hub.order(), MAIN, RecordId("5"))])
    (binding,) = memory(hub).bindings[hub.order()]
    look(hub, wave, held(hub))
    hub.storage.differences.decide(hub.order(), MAIN, "total", Decision(Side.STORE, Pair("1", "2")))
    hub.commit(wave, baselines={binding.id: {"total": entry("1", "1")}})
    assert memory(hub).decisions == {}


def test_equal_writes_are_counted_since_a_moment(hub, wave):
    def wrote(number, key, at, event=Event.WROTE):
        return JournalLine(at, event, TEXT, hub.order(number), MAIN, A, field="total", value_key=key)

    old, now = hub.now - timedelta(hours=1), hub.now
    lines = [wrote(17, "x", old), wrote(17, "x", now), wrote(17, "x", now), wrote(17, "y", now), wrote(18, "x", now)]
    hub.commit(wave, journal=[*lines, wrote(17, "x", now, Event.DECIDED)])
    counted = hub.storage.recall([hub.order()], now).writes
    assert counted == {(hub.order(), MAIN, "total", "x"): 2, (hub.order(), MAIN, "total", "y"): 1}


def test_the_journal_tells_an_order_s_story_in_order(hub, wave):
    lines = [
        JournalLine(hub.now, Event.WROTE, TEXT, hub.order(), MAIN, A, "moved-alone", "total", "1", "2", "k"),
        JournalLine(hub.now - timedelta(hours=1), Event.ECHO, TEXT, hub.order()),
        JournalLine(hub.now, Event.PROBLEM, TEXT),
    ]
    hub.commit(wave, journal=lines)
    assert hub.storage.journal.timeline(hub.order()) == lines[:2]
    assert hub.storage.journal.tail(2) == lines[1:]
    hub.storage.forget_before(hub.now)
    assert hub.storage.journal.tail() == [lines[0], lines[2]]


def test_the_newest_line_outlives_its_age(hub, wave):
    hub.commit(wave, journal=[JournalLine(hub.now, Event.PROBLEM, TEXT)] * 3)
    newest = hub.storage.journal.newest()
    hub.storage.forget_before(hub.now + timedelta(days=1))
    assert len(hub.storage.journal.tail()) == 1
    assert hub.storage.journal.newest() == newest == 3


@pytest.mark.covers("C67")
def test_text_no_database_would_take_spoils_nothing(hub):
    line = JournalLine(hub.now, Event.RANG, Text("a\x00b\ud800", "в"), hub.order())
    hub.storage.receive("shop", [Notice(Subject.ORDER, "1\x00")], [], [line])
    assert [one.text.en for one in hub.storage.journal.tail()] == ["a\ufffdb?"]


def test_what_is_received_is_kept_together(hub):
    line = JournalLine(hub.now, Event.RANG, TEXT, hub.order())
    hub.storage.receive(
        "shop", [Notice(Subject.ORDER, "17", "updated", hub.now)], [Ring(hub.order(), A, hub.now)], [line]
    )
    assert hub.sql("SELECT connection, subject, external_id, event FROM inbox") == [("shop", "order", "17", "updated")]
    assert hub.waiting() == {"a": 1}
    assert hub.storage.journal.timeline(hub.order()) == [line]


def test_a_reception_that_fails_keeps_nothing(hub):
    naive = JournalLine(datetime(2026, 1, 1), Event.RANG, TEXT, hub.order())  # noqa: DTZ001 - what must be refused
    with pytest.raises(Exception, match="naive"):
        hub.storage.receive("shop", [Notice(Subject.ORDER, "17")], [Ring(hub.order(), A, hub.now)], [naive])
    assert hub.sql("SELECT count(*) FROM inbox") == [(0,)]
    assert hub.waiting() == {}


def test_a_sweep_moves_its_watermark_with_its_visits(hub):
    assert hub.storage.watermark("shop") is None
    stamp = datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)
    hub.storage.swept("shop", stamp, [Ring(hub.order(), A, hub.now, Lane.SWEEP)])
    hub.storage.swept("shop", None, [Ring(hub.order(18), A, hub.now, Lane.SWEEP)])
    assert hub.storage.watermark("shop") == stamp
    assert hub.waiting() == {"a": 2}


def test_counts_say_how_the_hub_is(hub, wave):
    hub.commit(
        wave,
        bindings=[NewBinding(hub.order(), MAIN, RecordId("5"))],
        looked={(hub.order(), MAIN)},
        differences=[held(hub, "x"), held(hub, "y"), held(hub, "z", why=Why.UNMAPPED)],
        intents=[hub.intent("a")],
    )
    hub.ring("b", 1, 2, after=-60)
    hub.storage.pause(MAIN, JournalLine(hub.now, Event.HALTED, TEXT))
    counts = hub.storage.counts()
    assert (counts.open_intents, counts.bindings, counts.paused_profiles) == (1, 1, 1)
    assert counts.differences == {Why.CONFLICT: 2, Why.UNMAPPED: 1}
    assert [(one.office, one.lane, one.visits) for one in counts.waiting] == [("b", Lane.LIVE, 2)]
    assert counts.oldest_due == hub.now - timedelta(seconds=60)


def test_what_is_old_goes_in_short_steps(hub, wave, monkeypatch):
    monkeypatch.setattr(retention, "STEP", 3)
    old, new = hub.now - timedelta(days=100), hub.now - timedelta(days=80)
    lines = [JournalLine(at, Event.PROBLEM, TEXT) for at in [old] * 10 + [new] * 2]
    hub.commit(wave, journal=lines)
    sizes = []
    monkeypatch.setattr(retention, "write", lambda engine, work: sizes.append(write(engine, work)) or sizes[-1])
    hub.storage.forget_before(hub.now - timedelta(days=90))
    assert sizes == [3, 3, 3, 1, 0]
    assert hub.storage.journal.tail() == lines[10:]
