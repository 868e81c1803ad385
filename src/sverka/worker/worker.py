"""The worker: runs waves and sweeps until it is told to stop."""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from sverka.dispatch import Embedded
from sverka.domain.errors import Problem, Superseded
from sverka.domain.ids import OfficeName
from sverka.engine.bells.backfill import Backfiller
from sverka.engine.bells.drain import drain, has_queue
from sverka.engine.bells.greet import Rung
from sverka.engine.bells.receive import ping_mark
from sverka.engine.bells.sweep import compare_all, sweep
from sverka.engine.hub import Hub
from sverka.engine.wave import run_wave
from sverka.ports.backoffice import BackOffice
from sverka.ports.dispatch import Dispatch, Errand, Work
from sverka.ports.findings import Level
from sverka.ports.history import Backfills
from sverka.ports.storage import Ring
from sverka.ports.store import Store

CRASHED = timedelta(seconds=30)
"""How long a back office rests after a failure nobody foresaw."""

OUTRUN = timedelta(seconds=1)
"""How soon a back office is looked at again that another process took over; its lock then says when it is free."""


IDLE = timedelta(seconds=5)
"""How often it is asked if there is history to bring."""

POLL = timedelta(minutes=1)
"""How often a back office's own queue is asked although nobody said that it has news: the word may be lost."""


@dataclass(frozen=True)
class Rhythm:
    """How often both sides are asked what changed, and all bindings are compared."""

    sweep: timedelta = timedelta(minutes=5)
    compare: timedelta = timedelta(hours=24)
    check: timedelta = timedelta(hours=1)
    """How often every connection is checked, which also revives webhooks that a store has switched off."""
    remember: timedelta = timedelta(days=90)
    """How long the journal and the inbox are kept."""
    remember_acts: timedelta = timedelta(days=365)
    """How long it is kept who changed what in the hub."""

    at_once: bool = False
    """Whether the first sweep is made at the start, for bells that were lost while nothing ran."""


Dispatched = Callable[[Work, Sequence[Errand]], Dispatch]
"""Makes the dispatcher of a worker."""


class Worker:
    """What a dispatcher is to run: the waves of back offices, and sweeps and their like by the clock.

    `started` says since when a connection's changes are the hub's business. `hub` is asked anew before each piece
    of work, so that new profiles count at once. `stopped` names the paused connections: a back office among them is
    left alone until it is resumed, and none of them is swept. `remember` keeps outside the database how far the hub
    has come; it is called after every wave and every sweep (K20).
    """

    def __init__(
        self,
        hub: Callable[[], Hub],
        started: Callable[[], Mapping[str, datetime]],
        rhythm: Rhythm | None = None,
        stopped: Callable[[], Collection[str]] = tuple,
        remember: Callable[[], None] = lambda: None,
        dispatched: Dispatched | None = None,
        backfills: Backfills | None = None,
    ) -> None:
        """Take the hub to work for; nothing runs before `start`.

        Without `dispatched` the work is done in threads, without `backfills` no history is brought.
        """
        self._hub = hub
        self._started = started
        self._stopped = stopped
        self._remember = remember
        self._rhythm = rhythm or Rhythm()
        self._log = structlog.get_logger("sverka.worker")
        self._stopping = threading.Event()
        first = hub()
        self._clock = first.clock
        self._rung: dict[str, Rung] = {}
        self._drained: dict[str, datetime] = {}
        self.dispatch: Dispatch = (
            dispatched(self.work, self._errands())
            if dispatched
            else Embedded(lambda: self._hub().offices, self.work, first.clock, self._errands())
        )

        self._backfills = backfills
        self._backfiller = Backfiller(backfills) if backfills else None
        self._historian = threading.Thread(target=self._bring_history, name="history", daemon=True)

    def start(self) -> None:
        """Run until `stop`."""
        self.dispatch.start()
        if self._backfills:
            self._historian.start()

    def stop(self) -> None:
        """End the waves that run, then everything."""
        self._stopping.set()
        self.dispatch.stop()
        if self._historian.is_alive():
            self._historian.join()

    def work(self, office: OfficeName) -> datetime | None:
        """Run waves until nothing is due; return when the next visit is."""
        try:
            return self._waves(office)
        except Superseded as problem:
            self._log.warning("wave ended", office=office, reason=problem.text)
            return self._clock.now() + OUTRUN
        except Problem as problem:
            self._log.warning("wave put off", office=office, reason=problem.text)
            return self._clock.now() + CRASHED
        except Exception as error:  # noqa: BLE001 - the loop outlives whatever one wave meets; the visits stay waiting
            self._log.exception("wave failed", office=office, error=type(error).__name__)
            return self._clock.now() + CRASHED

    def _waves(self, office: OfficeName) -> datetime | None:
        while not self._stopping.is_set():
            if office in self._stopped():
                return self._clock.now() + CRASHED
            hub = self._hub()  # anew for each wave: the one before may have stopped a profile
            if office not in hub.offices:
                return None  # it was removed since it was woken
            is_drained = self._drain_when_due(hub, office)
            report = run_wave(hub, office)
            if report is None and is_drained:
                due = hub.storage.due(office, hub.clock.now())
                poll = hub.clock.now() + POLL if has_queue(hub, office) else None
                return min((moment for moment in (due, poll) if moment), default=None)
            self._remember()
            if report is None:
                continue
            self._log.info("wave", office=office, visits=report.visits, births=report.births, writes=report.writes)
            self._wake_others(hub, office)
        return None

    def _drain_when_due(self, hub: Hub, office: OfficeName) -> bool:
        """Take from a back office's own queue where it has news, or was not asked for a while; False where more waits.

        One that cannot be asked is left alone for a while too.
        """
        if not has_queue(hub, office):
            return True
        now, last, news = self._clock.now(), self._drained.get(office), hub.storage.watermark(ping_mark(office))
        if last is not None and now - last < POLL and (news is None or news < last):
            return True
        self._drained[office] = now
        try:
            drained = drain(hub, office)
            if not drained.is_empty:
                del self._drained[office]
            if not drained.is_clear:
                self._sweep(hub, office)
        except Problem as problem:
            self._log.warning("queue put off", office=office, reason=problem.text)
        return office in self._drained

    def _wake_others(self, hub: Hub, office: OfficeName) -> None:
        """Wake the other back offices: this wave may have kept their orders, or rung for them (K10, K12)."""
        for other in hub.offices:
            if other != office:
                self.dispatch.wake(other)

    def sweep_once(self) -> int:
        """Ask every connection what changed, and ring for it; return how many visits were rung for."""
        hub, rung = self._hub(), 0
        stopped = self._stopped()
        for connection in [name for name in (*hub.stores, *hub.offices) if name not in stopped]:
            try:
                rings = self._sweep(hub, connection)
            except Problem as problem:
                self._log.warning("sweep put off", connection=connection, reason=problem.text)
                hub.storage.note_trouble(connection, problem.text, self._clock.now())
                continue
            except Exception as error:  # noqa: BLE001 - one side's crash must not leave the others unswept
                self._log.exception("sweep failed", connection=connection, error=type(error).__name__)
                continue
            rung += len(rings)
            for office in {ring.office for ring in rings}:
                self.dispatch.wake(office)
        return rung

    def _sweep(self, hub: Hub, connection: str) -> list[Ring]:
        begun = self._started().get(connection, hub.clock.now())
        return sweep(hub, connection, begun, self._rung.setdefault(connection, {}))

    def compare_when_due(self) -> None:
        """Compare all bindings of each back office whose last comparison, kept over restarts, is long enough ago."""
        hub, now = self._hub(), self._clock.now()
        for office in hub.offices:
            mark = f"compared/{office}"
            last = hub.storage.watermark(mark)
            if last is not None and now - last < self._rhythm.compare:
                continue
            hub.storage.swept(mark, now, [])
            if last is None:
                continue  # what is bound from now on has just been looked at
            for _ in compare_all(hub, office):
                self.dispatch.wake(office)

    def check_once(self) -> None:
        """Check every connection that is not stopped, and log what stands in the way."""
        hub, stopped = self._hub(), self._stopped()
        sides: list[tuple[str, Store | BackOffice]] = [*hub.stores.items(), *hub.offices.items()]
        for connection, side in sides:
            if connection in stopped:
                continue
            try:
                findings = [finding for finding in side.check() if finding.level is not Level.GOOD]
            except Problem as problem:
                self._log.warning("check put off", connection=connection, reason=problem.text)
                continue
            for finding in findings:
                self._log.warning("check", connection=connection, reason=finding.text)

    def _errands(self) -> Sequence[Errand]:
        rhythm = self._rhythm
        return (
            Errand("sweep", rhythm.sweep, self._told(self._sweep_and_remember), rhythm.at_once),
            Errand("check", rhythm.check, self._told(self.check_once), rhythm.at_once),
            Errand("forget", rhythm.check, self._told(self._forget), rhythm.at_once),
            Errand("compare", rhythm.sweep, self._told(self.compare_when_due), rhythm.at_once),
        )

    def _sweep_and_remember(self) -> None:
        self.sweep_once()
        self._remember()

    def _forget(self) -> None:
        hub = self._hub()
        now = hub.clock.now()
        hub.storage.forget_before(now - self._rhythm.remember, now - self._rhythm.remember_acts)

    def _told(self, run: Callable[[], object]) -> Callable[[], None]:
        """Return an errand that says in one line why it was not done; its next time finds what this one missed."""

        def errand() -> None:
            try:
                run()
            except Problem as problem:
                self._log.warning("sweeps put off", reason=problem.text)
            except Exception as error:  # noqa: BLE001 - as in `work`
                self._log.exception("sweep failed", error=type(error).__name__)

        return errand

    def bring_once(self) -> timedelta:
        """Carry every open backfill a step on; return how long there is nothing more to do then."""
        if self._backfills is None or self._backfiller is None:
            return IDLE
        waits = [IDLE]
        for one in self._backfills.open():
            hub = self._hub()
            try:
                waits.append(self._backfiller.step(hub, one))
            except Problem as problem:
                self._log.warning("backfill put off", connection=one.store, reason=problem.text)
                waits.append(CRASHED)
            self.dispatch.wake(one.office)
        return min(waits)

    def _bring_history(self) -> None:
        pause = IDLE
        while not self._stopping.wait(pause.total_seconds()):
            try:
                pause = self.bring_once()
            except Exception as error:  # noqa: BLE001 - as in `work`: the next step goes on from the database
                self._log.exception("backfill failed", error=type(error).__name__)
                pause = CRASHED
        if self._backfiller is not None:
            self._backfiller.close()
