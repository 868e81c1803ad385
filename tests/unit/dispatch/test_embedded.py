"""Threads of waves: what is theirs alone, beside the contract of all dispatchers."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from support.waves import Waves, until
from sverka.dispatch import Embedded
from sverka.domain.ids import OfficeName

CRM, ERP = OfficeName("crm"), OfficeName("erp")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Noon:
    def now(self) -> datetime:
        return NOON

    def sleep(self, seconds: float) -> None:
        raise AssertionError("a thread of waves waits for its bell and does not sleep")


@pytest.fixture
def waves() -> Waves:
    return Waves()


@pytest.fixture
def dispatch(waves: Waves) -> Iterator[Embedded]:
    dispatch = Embedded(lambda: (CRM, ERP), waves, Noon())
    yield dispatch
    waves.go.set()
    dispatch.stop()


def test_every_office_is_looked_at_once_at_the_start(dispatch: Embedded, waves: Waves) -> None:
    dispatch.start()
    waves.wait_for(CRM, 1)
    waves.wait_for(ERP, 1)


def test_nothing_runs_before_the_start(dispatch: Embedded, waves: Waves) -> None:
    dispatch.wake(CRM)
    assert waves.called == {}
    assert not dispatch.is_idle, "it has been woken"


def test_a_bell_of_an_unknown_office_is_passed_over(dispatch: Embedded, waves: Waves) -> None:
    dispatch.wake(OfficeName("nobody"))
    assert dispatch.is_idle


def test_an_office_connected_meanwhile_gets_its_waves(waves: Waves, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sverka.dispatch.embedded.LONGEST_NAP", 0.01)
    offices = [CRM]
    dispatch = Embedded(lambda: list(offices), waves, Noon())
    dispatch.start()
    waves.wait_for(CRM, 1)
    offices.append(ERP)
    waves.wait_for(ERP, 1)
    dispatch.stop()


@pytest.mark.parametrize("seconds", [0.02, 0.0, -3600.0])
def test_a_thread_wakes_by_itself_when_something_is_due(dispatch: Embedded, waves: Waves, seconds: float) -> None:
    waves.answers = [NOON + timedelta(seconds=seconds)] * 6
    dispatch.start()
    until(lambda: sum(waves.called.values()) >= 4, "the threads wake")


def test_what_is_far_off_is_not_waited_for_longer_than_a_nap(waves: Waves, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sverka.dispatch.embedded.LONGEST_NAP", 0.01)
    for answer in (None, NOON + timedelta(days=1)):
        waves.called.clear()
        waves.answers = [answer] * 9
        dispatch = Embedded(lambda: (CRM,), waves, Noon())
        dispatch.start()
        waves.wait_for(CRM, 3)
        dispatch.stop()


def test_a_woken_office_is_never_idle_before_its_wave(waves: Waves) -> None:
    dispatch = Embedded(lambda: (CRM,), waves, Noon())
    idle_when_cleared: list[bool] = []

    class Bell(threading.Event):
        def clear(self) -> None:
            super().clear()
            idle_when_cleared.append(dispatch.is_idle)

    dispatch._bells[CRM] = Bell()
    dispatch.wake(CRM)
    dispatch.start()
    waves.wait_for(CRM, 1)
    dispatch.stop()
    assert idle_when_cleared[:1] == [False]
