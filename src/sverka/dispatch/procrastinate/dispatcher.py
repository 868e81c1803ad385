"""One job a back office in PostgreSQL: whoever wakes it adds the job, and any worker of the database runs it.

Promises are kept by the storage's locks and epochs (K3, K12). A job is a bell and no more: one that is lost costs a
nap, and one too many finds nothing to do. So a dead worker's job is dropped and added anew, if none waits already.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import structlog
from procrastinate import App, BaseConnector, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from psycopg_pool import ConnectionPool

from sverka.dispatch.procrastinate.schema import conninfo
from sverka.domain.ids import OfficeName
from sverka.ports.clock import Clock
from sverka.ports.dispatch import NAP, Errand, Work

WAVES, ERRANDS = "waves", "errands"
"""The queues."""

AT_ONCE = 16
"""How many waves and errands one process runs at a time; they mostly wait for portals."""

TICK = 0.2
"""Seconds between looks at the clock."""

PATIENCE = 5.0
"""Seconds a connection to the database is waited for."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_WAITS = "SELECT 1 AS here FROM procrastinate_jobs WHERE queueing_lock = %(lock)s AND status = 'todo'"
_LEFT = "SELECT count(*) AS jobs FROM procrastinate_jobs WHERE queue_name = %(queue)s"


@dataclass(frozen=True)
class Pace:
    """How often a worker says that it lives, and after what silence it is dead; how often every office is woken.

    `poll` is how often jobs are looked for without a call, for some are not heard: one that comes while one looks, and
    one for an office whose wave runs still.
    """

    beat: timedelta = timedelta(seconds=10)
    dead: timedelta = timedelta(seconds=30)
    rouse: timedelta = NAP
    poll: timedelta = timedelta(seconds=1)


class _Jobs(JobManager):
    """Procrastinate's own, but for the end of a job, which is dropped and left to nobody, and for a worker's end."""

    def __init__(self, connector: BaseConnector, stopping: threading.Event) -> None:
        """Take what is set when nothing more is to be waited for."""
        super().__init__(connector)
        self._stopping = stopping
        self._worker: int | None = None

    async def drop(self, job: Job) -> bool:
        """Drop a job; False where it is not there any more, for another process was first."""
        try:
            await super().finish_job(job, Status.FAILED, delete_job=True)
        except ConnectorException as error:
            if isinstance(error.__cause__, psycopg.errors.RaiseException):
                return False
            raise
        return True

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: ARG002 - as it is called
        """Drop a job that has ended, however often it takes: left as running, it would bar its office."""
        while True:
            try:
                await self.drop(job)
            except ConnectorException:
                if self._stopping.is_set():
                    raise  # with its worker's life the job's ends too
                await asyncio.sleep(TICK)
            else:
                return

    async def register_worker(self) -> int:
        """Make a worker known, and remember which."""
        self._worker = await super().register_worker()
        return self._worker

    async def beat(self, pause: timedelta) -> None:
        """Say that the worker lives, again and again: its own heart stops when it is told to stop, its waves go on."""
        while self._worker is not None:
            with suppress(ConnectorException):
                await self.update_heartbeat(self._worker)
            await asyncio.sleep(pause.total_seconds())


class Procrastinate:
    """Runs `work` for whichever back office was woken, here or in another process, and errands one a time for all.

    `offices` are looked at every so often though nobody woke them. `bury` is told of an office whose wave's process has
    died. Without `work` it only wakes, and lets others run.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        work: Work | None = None,
        errands: Sequence[Errand] = (),
        offices: Callable[[], Iterable[OfficeName]] = tuple,
        bury: Callable[[OfficeName], None] = lambda _office: None,
        pace: Pace | None = None,
    ) -> None:
        """Take a database whose tables are prepared; nothing is connected yet."""
        self._conninfo = conninfo(url)
        self._clock = clock
        self._work = work
        self._pace = pace or Pace()
        self._offices = offices
        self._bury = bury
        rouse = Errand("rouse", self._pace.rouse, self._rouse, at_once=True)
        self._errands = {one.name: one for one in (*errands, rouse)}
        self._log = structlog.get_logger("sverka.dispatch")
        self._looked = _NEVER
        self._alarms: dict[OfficeName, datetime] = {}
        self._pool = ConnectionPool(
            self._conninfo, min_size=1, max_size=4, timeout=PATIENCE, open=False, check=ConnectionPool.check_connection
        )
        self._bells = SyncPsycopgConnector()
        self._bells.open(self._pool)
        self._waking = self._app(self._bells)
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="jobs", daemon=True)

    def start(self) -> None:
        """Run waves and errands from now on, in a thread of its own."""
        if self._work is not None:
            self._thread.start()

    def wake(self, office: OfficeName) -> None:
        """Say that visits of this back office are waiting; where that cannot be said, they are soon found all the same.

        A job that waits is enough: it begins after this call, and so sees what was committed before.
        """
        try:
            self._pool.open()
            if not self._bells.execute_query_all(_WAITS, lock=office):
                self._waking.tasks["wave"].configure(lock=office, queueing_lock=office).defer(office=office)
        except AlreadyEnqueued:
            pass
        except (ConnectorException, psycopg.Error) as error:
            self._log.warning("not woken", office=office, error=type(error).__name__)

    @property
    def is_idle(self) -> bool:
        """Whether no wave runs in any process and nobody has been woken."""
        self._pool.open()
        return bool(self._bells.execute_query_one(_LEFT, queue=WAVES)["jobs"] == 0)

    @property
    def is_well(self) -> bool:
        """Whether this process has lately looked for the dead, and so can find work; one without work is well."""
        return self._work is None or (
            self._thread.is_alive() and self._clock.now() - self._looked < self._pace.beat + self._pace.dead
        )

    def stop(self) -> None:
        """Wait until every wave that runs here has ended; what is left of their work is the other workers'."""
        self._stopping.set()
        if self._thread.is_alive():
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()
        self._pool.close()

    def _app(self, connector: BaseConnector) -> App:
        app = App(connector=connector)
        app.task(name="wave", queue=WAVES)(self._wave)
        app.task(name="errand", queue=ERRANDS)(self._errand)
        return app

    def _wave(self, office: str) -> None:
        name, due = OfficeName(office), None
        self._alarms.pop(name, None)
        if self._work is not None and not self._stopping.is_set():
            try:
                due = self._work(name)
            except Exception as error:  # noqa: BLE001 - a dispatcher outlives whatever one piece of work meets
                self._log.exception("work failed", error=type(error).__name__)
                due = self._clock.now() + NAP
        if self._stopping.is_set():
            self.wake(name)  # this process ends in the middle of the work: another goes on
        elif due is not None:
            self._alarms[name] = due

    def _errand(self, name: str, timestamp: int) -> None:  # noqa: ARG002 - procrastinate passes it
        errand = self._errands.get(name)  # another version of the program may have errands of its own
        if errand is not None:
            try:
                errand.run()
            except Exception as error:  # noqa: BLE001 - as above
                self._log.exception("errand failed", errand=name, error=type(error).__name__)

    def _rouse(self) -> None:
        for office in self._offices():
            self.wake(office)

    async def _serve(self) -> None:
        """Run workers one after another: each ends when it loses the database."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(AT_ONCE + 1, thread_name_prefix="waves"))
        until_told = asyncio.create_task(self._stopped.wait())
        while not self._stopping.is_set():
            try:
                await self._run_worker(until_told)
            except Exception as error:  # noqa: BLE001 - mostly the database is away; whatever it is, it may pass
                self._log.warning("no jobs for now", error=type(error).__name__)
            if not self._stopping.is_set():
                await asyncio.wait({until_told}, timeout=NAP.total_seconds())
        until_told.cancel()

    async def _run_worker(self, until_told: asyncio.Task[bool]) -> None:
        connector = PsycopgConnector(conninfo=self._conninfo, min_size=1, max_size=4, timeout=PATIENCE)
        app, pace = self._app(connector), self._pace
        jobs = _Jobs(connector, self._stopping)
        app.job_manager = jobs
        async with asyncio.timeout(PATIENCE):
            await connector.open_async()
        try:
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=[WAVES, ERRANDS],
                    concurrency=AT_ONCE,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=pace.poll.total_seconds(),
                    update_heartbeat_interval=pace.beat.total_seconds(),
                    stalled_worker_timeout=pace.dead.total_seconds(),
                )
            )
            keeper = asyncio.create_task(self._keep_time(app, jobs))
            await asyncio.wait({worker, keeper, until_told}, return_when=asyncio.FIRST_COMPLETED)
            for task in (keeper, worker):
                task.cancel()
            heart = asyncio.create_task(jobs.beat(pace.beat))
            ends = await asyncio.gather(keeper, worker, return_exceptions=True)
            heart.cancel()
            for ended in ends:
                if isinstance(ended, Exception):
                    raise ended
        finally:
            await connector.close_async()

    async def _keep_time(self, app: App, jobs: _Jobs) -> None:
        """Wake offices when they wanted to be called, send errands, and see after the dead."""
        now = self._clock.now()
        looked = _NEVER
        sent = {one.name: 0 if one.at_once else _slot(one, now) for one in self._errands.values()}
        while True:
            now = self._clock.now()
            for office in [name for name, due in list(self._alarms.items()) if due <= now]:
                self._alarms.pop(office, None)
                await asyncio.to_thread(self.wake, office)
            for one in self._errands.values():
                if sent[one.name] != _slot(one, now):
                    sent[one.name] = _slot(one, now)
                    await self._send(app, one, sent[one.name])
            if now - looked >= self._pace.beat:
                await self._take_over(app, jobs)
                looked = self._looked = now
            await asyncio.sleep(TICK)

    async def _send(self, app: App, errand: Errand, slot: int) -> None:
        """Add the job of an errand, unless another process has added it for the same stretch of time."""
        lock = f"errand/{errand.name}"
        task = app.tasks["errand"].configure(
            lock=lock, queueing_lock=lock, task_kwargs={"name": errand.name, "timestamp": slot}
        )
        with suppress(AlreadyEnqueued):  # nobody has come to the one before yet
            await app.job_manager.defer_periodic_job(
                job=task.job, periodic_id=f"{errand.name}/{errand.every.total_seconds()}", defer_timestamp=slot
            )

    async def _take_over(self, app: App, jobs: _Jobs) -> None:
        """Drop the jobs of workers that are silent, and add them anew; of several processes the first does it."""
        dead = self._pace.dead.total_seconds()
        await jobs.prune_stalled_workers(dead)
        for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=dead):
            if not await jobs.drop(job):
                continue
            self._log.warning("taken over", job=job.lock)
            if job.task_name == "wave":
                await asyncio.to_thread(self._bury, OfficeName(str(job.lock)))
            with suppress(AlreadyEnqueued):
                anew = app.tasks[job.task_name].configure(lock=job.lock, queueing_lock=job.queueing_lock)
                await anew.defer_async(**job.task_kwargs)


def _slot(errand: Errand, now: datetime) -> int:
    """Return the stretch of time an errand is done once in, as its number: processes with one clock agree on it."""
    return int(now.timestamp() // errand.every.total_seconds())
