"""One contract for whoever runs the waves: threads in one process, or jobs that many processes share."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from structlog.testing import capture_logs

from support.postgres import cut_off, leave_dead, own_schema, run
from support.waves import SOON, Times, Waves, until
from sverka.dispatch import Embedded
from sverka.dispatch.procrastinate import Pace, Procrastinate, prepare
from sverka.domain.ids import OfficeName
from sverka.ports.dispatch import Dispatch, Errand

CRM, ERP = OfficeName("crm"), OfficeName("erp")
HASTE = Pace(timedelta(seconds=0.2), timedelta(seconds=0.8), timedelta(hours=1), timedelta(seconds=0.1))


class Now:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        raise AssertionError("a dispatcher waits for its bell and does not sleep")


class DispatchContract:
    """What the doors and the worker expect of any dispatcher. `make` gives one that is stopped at the end."""

    @pytest.fixture
    def waves(self) -> Waves:
        return Waves()

    @pytest.fixture
    def make(self, waves: Waves) -> Iterator[Callable[..., Dispatch]]:
        raise NotImplementedError

    @pytest.fixture
    def dispatch(self, make: Callable[..., Dispatch], waves: Waves) -> Dispatch:
        """A dispatcher that has looked at its office once."""
        dispatch = make()
        dispatch.start()
        dispatch.wake(CRM)
        waves.wait_for(CRM, 1)
        until(lambda: dispatch.is_idle, "the dispatcher comes to rest")
        waves.called.clear()
        return dispatch

    def test_waking_runs_the_work_of_that_office_and_of_no_other(self, dispatch, waves):
        dispatch.wake(CRM)
        waves.wait_for(CRM, 1)
        until(lambda: dispatch.is_idle, "the wave is over")
        assert waves.called == {CRM: 1}

    def test_what_was_woken_before_the_start_is_run_at_the_start(self, make, waves):
        dispatch = make()
        dispatch.wake(CRM)
        assert not dispatch.is_idle
        assert waves.called == {}
        dispatch.start()
        waves.wait_for(CRM, 1)

    def test_a_bell_that_rings_during_the_work_is_not_lost(self, dispatch, waves):
        waves.go.clear()
        dispatch.wake(CRM)
        waves.wait_for(CRM, 1)
        assert not dispatch.is_idle
        for _ in range(5):
            dispatch.wake(CRM)
        waves.go.set()
        waves.wait_for(CRM, 2)
        until(lambda: dispatch.is_idle, "the second wave is over")
        assert waves.called == {CRM: 2}, "many bells are one wave"
        assert waves.most_at_once[CRM] == 1

    def test_one_office_does_not_wait_for_another(self, dispatch, waves):
        waves.go.clear()
        dispatch.wake(CRM)
        waves.wait_for(CRM, 1)
        dispatch.wake(ERP)
        waves.wait_for(ERP, 1)
        assert (waves.running(CRM), waves.running(ERP)) == (1, 1)
        waves.go.set()

    def test_a_moment_in_the_future_is_met_without_a_bell(self, dispatch, waves):
        due = datetime.now(UTC) + timedelta(seconds=0.3)
        waves.answers = [due]
        dispatch.wake(CRM)
        waves.wait_for(CRM, 2)
        assert datetime.now(UTC) >= due

    def test_work_that_crashes_ends_nothing(self, dispatch, waves):
        waves.answers = [RuntimeError("nobody foresaw this")]
        with capture_logs() as lines:
            dispatch.wake(CRM)
            waves.wait_for(CRM, 1)
            until(lambda: dispatch.is_idle, "the crash is over")
        assert [(line["event"], line["error"]) for line in lines] == [("work failed", "RuntimeError")]
        dispatch.wake(CRM)
        waves.wait_for(CRM, 2)

    def test_stopping_waits_for_the_wave_that_runs(self, dispatch, waves):
        waves.go.clear()
        dispatch.wake(CRM)
        waves.wait_for(CRM, 1)
        stopper = threading.Thread(target=dispatch.stop)
        stopper.start()
        stopper.join(0.2)
        assert stopper.is_alive()
        assert waves.running(CRM) == 1
        waves.go.set()
        stopper.join(SOON)
        assert not stopper.is_alive()
        assert (waves.running(CRM), waves.called) == (0, {CRM: 1})

    def test_stopping_what_never_started_does_nothing(self, make, waves):
        make().stop()
        assert waves.called == {}

    def test_it_is_well_while_it_runs(self, make, waves):
        dispatch = make()
        assert not dispatch.is_well
        dispatch.start()
        until(lambda: dispatch.is_well, "it runs")
        dispatch.stop()
        assert not dispatch.is_well

    def test_an_errand_is_run_at_the_start_and_again_and_again_whatever_it_meets(self, make, waves):
        ran, later = Times(), Times()
        ran.failures = 1
        errands = [
            Errand("sweep", timedelta(seconds=0.3), ran, at_once=True),
            Errand("check", timedelta(days=365), later),
        ]
        make(errands=errands).start()
        ran.wait_for(3)
        assert later.count == 0


class TestEmbedded(DispatchContract):
    @pytest.fixture
    def make(self, waves: Waves) -> Iterator[Callable[..., Dispatch]]:
        made: list[Embedded] = []

        def make(errands=()):
            made.append(Embedded(lambda: (CRM, ERP), waves, Now(), errands))
            return made[-1]

        yield make
        waves.go.set()
        for dispatch in made:
            dispatch.stop()

    @pytest.fixture
    def dispatch(self, make, waves):
        dispatch = make()
        dispatch.start()
        for office in (CRM, ERP):
            waves.wait_for(office, 1)
        until(lambda: dispatch.is_idle, "every office is looked at once at the start")
        waves.called.clear()
        return dispatch


@pytest.fixture
def database() -> Iterator[str]:
    with own_schema() as url:
        yield url


@pytest.mark.postgres
class TestProcrastinate(DispatchContract):
    @pytest.fixture
    def make(self, waves: Waves, database: str) -> Iterator[Callable[..., Dispatch]]:
        prepare(database)
        made: list[Procrastinate] = []

        def make(errands=(), work=waves, offices=tuple, bury=print, pace=HASTE):
            made.append(Procrastinate(database, Now(), work, errands, offices, bury, pace))
            return made[-1]

        yield make
        waves.go.set()
        for dispatch in made:
            dispatch.stop()

    def test_several_run_one_wave_of_an_office_at_a_time(self, make, waves):
        several = [make() for _ in range(3)]
        waves.go.clear()
        for dispatch in several:
            dispatch.start()
        for _ in range(3):
            for dispatch in several:
                dispatch.wake(CRM)
        waves.wait_for(CRM, 1)
        waves.go.set()
        until(lambda: several[0].is_idle, "all is done")
        assert waves.most_at_once == {CRM: 1}
        assert waves.called[CRM] <= 2

    def test_one_without_work_wakes_those_that_have_it(self, make, waves):
        make().start()
        door = make(work=None)
        door.start()
        assert door.is_well
        door.wake(CRM)
        waves.wait_for(CRM, 1)

    def test_of_several_one_runs_an_errand(self, make, waves):
        ran = Times()
        for _ in range(3):
            make(errands=[Errand("sweep", timedelta(days=365), ran, at_once=True)]).start()
        ran.wait_for(1)
        dispatch = make()
        dispatch.start()
        for number in range(3):
            dispatch.wake(CRM)
            waves.wait_for(CRM, number + 1)
            until(lambda: dispatch.is_idle, "time has passed")
        assert ran.count == 1

    def test_offices_are_looked_at_though_nobody_woke_them(self, make, waves):
        make(offices=lambda: [CRM, ERP], pace=replace(HASTE, rouse=timedelta(seconds=0.2))).start()
        waves.wait_for(CRM, 2)
        waves.wait_for(ERP, 2)

    @pytest.mark.covers("R166")
    @pytest.mark.parametrize("waits", [False, True])
    def test_a_dead_workers_jobs_are_taken_over(self, make, waves, database, waits):
        ran = Times()
        errand = Errand("sweep", timedelta(days=365), ran)
        leave_dead(database, "wave", "crm", '{"office": "crm"}')
        leave_dead(database, "errand", "errand/sweep", '{"name": "sweep", "timestamp": 1}')
        buried = []
        dispatch = make(errands=[errand], bury=buried.append)
        if waits:  # a bell that rang after the death stands behind the dead one's job
            dispatch.wake(CRM)
        dispatch.start()
        waves.wait_for(CRM, 1)
        ran.wait_for(1)
        until(lambda: dispatch.is_idle, "nothing is left of the dead one")
        assert waves.called[CRM] <= 1 + waits
        assert buried == [CRM]

    @pytest.mark.parametrize("stops", [False, True])
    def test_a_living_worker_is_left_its_work_however_long_it_takes(self, make, waves, database, stops):
        waves.go.clear()
        first, second = make(), make(pace=replace(HASTE, rouse=timedelta(seconds=0.1)), offices=lambda: [CRM])
        first.start()
        first.wake(CRM)
        waves.wait_for(CRM, 1)
        second.start()
        if stops:  # the wave that runs is its last, and still its own
            threading.Thread(target=first.stop).start()
        long_ago = 2 * HASTE.dead
        ((begun,),) = run(database, "SELECT now()")
        beats = "SELECT min(last_heartbeat) > %s AND count(*) = 2 FROM procrastinate_workers"
        until(lambda: run(database, beats, begun + long_ago) == [(True,)], "a dead worker would be known by now")
        assert (waves.called, waves.most_at_once) == ({CRM: 1}, {CRM: 1})

    def test_the_office_of_one_that_stops_is_handed_on(self, make, waves):
        first, second = make(), make()
        first.start()
        waves.go.clear()
        first.wake(CRM)
        waves.wait_for(CRM, 1)
        stopper = threading.Thread(target=first.stop)
        stopper.start()
        until(first._stopping.is_set, "it is told to stop")
        second.start()
        waves.go.set()
        waves.wait_for(CRM, 2)
        stopper.join(SOON)

    @pytest.mark.covers("R166")
    def test_a_database_that_went_away_and_came_back_is_worked_on_again(self, make, waves, database, monkeypatch):
        monkeypatch.setattr("sverka.dispatch.procrastinate.dispatcher.NAP", timedelta(seconds=0.3))
        dispatch = make()
        dispatch.start()
        waves.go.clear()
        dispatch.wake(CRM)
        waves.wait_for(CRM, 1)
        assert cut_off(database) >= 3
        waves.go.set()
        until(lambda: dispatch.is_idle, "the end of the wave is told")
        dispatch.wake(CRM)
        waves.wait_for(CRM, 2)

    def test_an_end_that_could_not_be_told_is_told_again(self, make, waves, database, monkeypatch):
        finish, failures = JobManager.finish_job, [ConnectorException()]

        async def unlucky(*arguments, **more):
            if failures and arguments[1].task_name == "wave":
                raise failures.pop()
            await finish(*arguments, **more)

        monkeypatch.setattr(JobManager, "finish_job", unlucky)
        dispatch = make()
        dispatch.start()
        dispatch.wake(CRM)
        waves.wait_for(CRM, 1)
        until(lambda: dispatch.is_idle, "the job does not bar its office")
        assert failures == []

    def test_a_job_that_another_took_over_ends_quietly(self, make, waves, database):
        waves.go.clear()
        dispatch = make()
        dispatch.start()
        dispatch.wake(CRM)
        waves.wait_for(CRM, 1)
        run(database, "DELETE FROM procrastinate_jobs WHERE queue_name = 'waves'")
        waves.go.set()
        until(lambda: waves.running(CRM) == 0, "the wave is over")
        dispatch.wake(CRM)
        waves.wait_for(CRM, 2)
        until(lambda: dispatch.is_idle, "it goes on")

    def test_a_bell_without_a_database_is_a_line_in_the_log(self, waves, monkeypatch):
        monkeypatch.setattr("sverka.dispatch.procrastinate.dispatcher.PATIENCE", 0.2)
        dispatch = Procrastinate("postgresql://127.0.0.1:9/none", Now(), waves)
        with capture_logs() as lines:
            dispatch.wake(CRM)
        assert [(line["event"], line["office"]) for line in lines] == [("not woken", CRM)]
        dispatch.stop()
