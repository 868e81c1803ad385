"""Until when a write without an answer is in doubt, by the hub's clock and the office's own (K2)."""

from datetime import datetime, timedelta

import pytest

from sverka.domain.ids import OfficeName

A, B = OfficeName("a"), OfficeName("b")


@pytest.fixture
def wave(hub):
    hub.ring("a", 17)
    return hub.claim("a")


def ends(hub, number=17) -> datetime:
    (intent,) = hub.storage.recall([hub.order(number)], hub.now).intents
    return intent.doubt_until


def test_a_doubt_lasts_until_the_offices_own_clock_has_passed_it_too(hub, wave):
    office_at = hub.now - timedelta(hours=3)
    made, foreign = hub.intent("a", office_at=office_at), hub.intent("b", 18, office_at=office_at)
    silent = hub.intent("a", 19)
    hub.commit(wave, intents=[made, foreign, silent])
    hub.clock.sleep(hub.terms.doubt.total_seconds() + 40)
    told = office_at + hub.terms.doubt - timedelta(seconds=30)
    assert hub.storage.prolong_doubts(A, hub.now, hub.now, told, hub.terms)
    assert not hub.storage.prolong_doubts(A, hub.now, hub.now, told, hub.terms), "the one there is lasts on already"
    found = [ends(hub, number) for number in (17, 18, 19)]
    over = hub.now - timedelta(seconds=40)
    assert found == [hub.now + timedelta(seconds=30), over, over]
    assert not hub.storage.prolong_doubts(B, hub.now, hub.now, office_at + hub.terms.doubt, hub.terms)


@pytest.mark.parametrize(
    "off", [timedelta(days=-400), timedelta(days=5000)], ids=["put back since", "told wrongly then"]
)
def test_a_clock_of_an_office_that_was_moved_makes_a_doubt_last_once_more_and_not_for_ever(hub, wave, off):
    told = hub.now + off
    hub.commit(wave, intents=[hub.intent("a", office_at=max(told, hub.now))])
    hub.clock.sleep(hub.terms.doubt.total_seconds())
    told = min(told, hub.now)
    assert hub.storage.prolong_doubts(A, hub.now, hub.now, told, hub.terms)
    assert ends(hub) == hub.now + hub.terms.doubt
    hub.clock.sleep(hub.terms.doubt.total_seconds())
    assert not hub.storage.prolong_doubts(A, hub.now, hub.now, told + hub.terms.doubt, hub.terms)


def test_a_doubt_taken_for_over_before_the_hubs_clock_was_put_back_is_in_doubt(hub, wave):
    hub.commit(wave, intents=[hub.intent("a", office_at=hub.now)])
    taken = hub.now + timedelta(hours=1)
    hub.clock.sleep(10)
    assert hub.storage.prolong_doubts(A, taken, hub.now, hub.now, hub.terms)
    assert ends(hub) == hub.now + hub.terms.doubt - timedelta(seconds=10)
