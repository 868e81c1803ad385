"""Threads in one process: one for each back office, so that one wave of it runs at a time, and a keeper."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import structlog

from sverka.domain.ids import OfficeName
from sverka.ports.clock import Clock
from sverka.ports.dispatch import NAP, Errand, Work

LONGEST_NAP = NAP.total_seconds()


class Embedded:
    """Runs `work` for each back office in a thread of its own, whenever it is woken or something falls due."""

    def __init__(
        self,
        offices: Callable[[], Iterable[OfficeName]],
        work: Work,
        clock: Clock,
        errands: Sequence[Errand] = (),
    ) -> None:
        """Prepare the threads of the back offices there are; `start` lets them run.

        The keeper runs the errands, and asks `offices` every so often: one connected meanwhile gets its thread.
        """
        self._offices = offices
        self._work = work
        self._clock = clock
        self._errands = errands
        self._log = structlog.get_logger("sverka.dispatch")
        self._stopping = threading.Event()
        self._busy: set[OfficeName] = set()
        self._bells: dict[OfficeName, threading.Event] = {}
        self._threads: list[threading.Thread] = []
        self._keeper = threading.Thread(target=self._keep, name="sweeps", daemon=True)
        self._take_new()

    def start(self) -> None:
        """Let the threads run."""
        for thread in (*self._threads, self._keeper):
            thread.start()

    def wake(self, office: OfficeName) -> None:
        """Say that visits of this back office are waiting."""
        if office in self._bells:
            self._bells[office].set()

    def _take_new(self) -> list[threading.Thread]:
        new = [office for office in self._offices() if office not in self._bells]
        threads = [
            threading.Thread(target=self._run, args=(office,), name=f"waves of {office}", daemon=True) for office in new
        ]
        # replaced and not changed: others look at both meanwhile
        self._bells = {**self._bells, **{office: threading.Event() for office in new}}
        self._threads = [*self._threads, *threads]
        return threads

    @property
    def is_idle(self) -> bool:
        """Whether no wave runs and nobody has been woken: what is left waits for its time."""
        return not self._busy and not any(bell.is_set() for bell in self._bells.values())

    @property
    def is_well(self) -> bool:
        """Whether every thread lives."""
        return all(thread.is_alive() for thread in (*self._threads, self._keeper))

    def stop(self) -> None:
        """Wait until every thread has ended the wave it is in."""
        self._stopping.set()
        if self._keeper.is_alive():
            self._keeper.join()  # first, for it may be starting another
        for bell in self._bells.values():
            bell.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _run(self, office: OfficeName) -> None:
        bell = self._bells[office]
        while not self._stopping.is_set():
            # Busy first: between the two an idle look would see neither.
            self._busy.add(office)
            bell.clear()
            try:
                due = self._guarded(lambda: self._work(office))
            finally:
                self._busy.discard(office)
            nap = LONGEST_NAP if due is None else (due - self._clock.now()).total_seconds()
            if not self._stopping.is_set():
                bell.wait(max(0.0, min(nap, LONGEST_NAP)))

    def _keep(self) -> None:
        next_at = {one.name: time.monotonic() + (not one.at_once) * one.every.total_seconds() for one in self._errands}
        while not self._stopping.wait(
            max(0.0, min((LONGEST_NAP, *(at - time.monotonic() for at in next_at.values()))))
        ):
            self._guarded(self._start_new)
            for one in self._errands:
                if next_at[one.name] <= time.monotonic() and not self._stopping.is_set():
                    self._guarded(one.run)
                    next_at[one.name] = time.monotonic() + one.every.total_seconds()

    def _start_new(self) -> None:
        for thread in self._take_new():
            thread.start()

    def _guarded(self, run: Callable[[], datetime | None]) -> datetime | None:
        try:
            return run()
        except Exception as error:  # noqa: BLE001 - a thread outlives whatever one piece of work meets
            self._log.exception("work failed", error=type(error).__name__)
            return None
