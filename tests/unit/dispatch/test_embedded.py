"""Threads of waves: woken by a bell or by the hour, one wave of an office at a time, and an orderly end."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sverka.dispatch import Embedded
from sverka.domain.ids import OfficeName

CRM, ERP = OfficeName("crm"), OfficeName("erp")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOON = 10.0
"""Seconds within which a thread does what it is to do, or the test fails."""


class Noon:
    def now(self) -> datetime:
        return NOON

    def sleep(self, seconds: float) -> None:
        raise AssertionError("a thread of waves waits for its bell and does not sleep")


class Waves:
    """Counts the calls for each office, and answers with the moments it was given."""

    def __init__(self) -> None:
        self.called: dict[OfficeName, int] = {}
        self.running = 0
        self.most_at_once: dict[OfficeName, int] = {}
        self.answers: list[datetime | None] = []
        self.hold = threading.Event()
        self.hold.set()
        self._changed = threading.Condition()
        self._now: dict[OfficeName, int] = {}

    def __call__(self, office: OfficeName) -> datetime | None:
        with self._changed:
            self._now[office] = self._now.get(office, 0) + 1
            self.most_at_once[office] = max(self.most_at_once.get(office, 0), self._now[office])
            self.called[office] = self.called.get(office, 0) + 1
            answer = self.answers.pop(0) if self.answers else None
            self._changed.notify_all()
        self.hold.wait(SOON)
        with self._changed:
            self._now[office] -= 1
            self._changed.notify_all()
        return answer

    def wait_for(self, office: OfficeName, times: int) -> None:
        self.wait_until(lambda: self.called.get(office, 0) >= times)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(holds, SOON), self.called


@pytest.fixture
def waves() -> Waves:
    return Waves()


@pytest.fixture
def dispatch(waves: Waves) -> Iterator[Embedded]:
    dispatch = Embedded([CRM, ERP], waves, Noon())
    yield dispatch
    waves.hold.set()
    dispatch.stop()


def at_rest(dispatch: Embedded, waves: Waves) -> None:
    """Wait until every thread has ended its wave."""
    deadline = threading.Event()
    while not (dispatch.is_idle and not any(waves._now.values())):
        assert not deadline.wait(0.001)


def test_every_office_is_looked_at_once_at_the_start(dispatch: Embedded, waves: Waves) -> None:
    dispatch.start()
    waves.wait_for(CRM, 1)
    waves.wait_for(ERP, 1)


def test_nothing_runs_before_the_start(dispatch: Embedded, waves: Waves) -> None:
    dispatch.wake(CRM)
    assert waves.called == {}
    assert not dispatch.is_idle, "it has been woken"


def test_a_bell_wakes_its_own_office_and_no_other(dispatch: Embedded, waves: Waves) -> None:
    dispatch.start()
    waves.wait_for(CRM, 1)
    waves.wait_for(ERP, 1)
    dispatch.wake(CRM)
    waves.wait_for(CRM, 2)
    assert waves.called[ERP] == 1


def test_a_bell_of_an_unknown_office_is_passed_over(dispatch: Embedded, waves: Waves) -> None:
    dispatch.wake(OfficeName("nobody"))
    assert dispatch.is_idle


@pytest.mark.parametrize("seconds", [0.02, 0.0, -3600.0])
def test_a_thread_wakes_by_itself_when_something_is_due(dispatch: Embedded, waves: Waves, seconds: float) -> None:
    waves.answers = [NOON + timedelta(seconds=seconds)] * 6
    dispatch.start()
    waves.wait_until(lambda: sum(waves.called.values()) >= 4)


def test_what_is_far_off_is_not_waited_for_longer_than_a_nap(waves: Waves, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sverka.dispatch.embedded.LONGEST_NAP", 0.01)
    for answer in (None, NOON + timedelta(days=1)):
        waves.called.clear()
        waves.answers = [answer] * 9
        dispatch = Embedded([CRM], waves, Noon())
        dispatch.start()
        waves.wait_for(CRM, 3)
        dispatch.stop()


def test_a_bell_that_rings_during_a_wave_is_not_lost(dispatch: Embedded, waves: Waves) -> None:
    waves.hold.clear()
    dispatch.start()
    waves.wait_for(CRM, 1)
    dispatch.wake(CRM)
    waves.hold.set()
    waves.wait_for(CRM, 2)


def test_one_office_has_one_wave_at_a_time_and_does_not_wait_for_another(dispatch: Embedded, waves: Waves) -> None:
    waves.hold.clear()
    dispatch.start()
    waves.wait_for(CRM, 1)
    waves.wait_for(ERP, 1)
    assert not dispatch.is_idle
    for _ in range(5):
        dispatch.wake(CRM)
    waves.hold.set()
    waves.wait_for(CRM, 2)
    assert waves.most_at_once == {CRM: 1, ERP: 1}


def test_stopping_waits_for_the_wave_that_runs(waves: Waves) -> None:
    dispatch = Embedded([CRM], waves, Noon())
    waves.hold.clear()
    dispatch.start()
    waves.wait_for(CRM, 1)
    stopper = threading.Thread(target=dispatch.stop)
    stopper.start()
    assert waves._now[CRM] == 1
    assert stopper.is_alive()
    waves.hold.set()
    stopper.join(SOON)
    assert not stopper.is_alive()
    assert waves._now[CRM] == 0
    assert waves.called == {CRM: 1}, "the bell that ends a thread starts no wave"


def test_stopping_what_never_started_does_nothing(waves: Waves) -> None:
    Embedded([CRM], waves, Noon()).stop()
    assert waves.called == {}


def test_a_woken_office_is_never_idle_before_its_wave(waves: Waves) -> None:
    dispatch = Embedded([CRM], waves, Noon())
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
