"""Threads in one process: one for each back office, so that one wave of it runs at a time, and one for errands."""

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

    def __init__(self, offices: Iterable[OfficeName], work: Work, clock: Clock, errands: Sequence[Errand] = ()) -> None:
        """Prepare the threads; `start` lets them run."""
        self._work = work
        self._clock = clock
        self._errands = errands
        self._log = structlog.get_logger("sverka.dispatch")
        self._stopping = threading.Event()
        self._busy: set[OfficeName] = set()
        self._bells = {office: threading.Event() for office in offices}
        self._threads = [
            threading.Thread(target=self._run, args=(office,), name=f"waves of {office}", daemon=True)
            for office in self._bells
        ]
        if errands:
            self._threads.append(threading.Thread(target=self._run_errands, name="sweeps", daemon=True))

    def start(self) -> None:
        """Let the threads run."""
        for thread in self._threads:
            thread.start()

    def wake(self, office: OfficeName) -> None:
        """Say that visits of this back office are waiting."""
        if office in self._bells:
            self._bells[office].set()

    @property
    def is_idle(self) -> bool:
        """Whether no wave runs and nobody has been woken: what is left waits for its time."""
        return not self._busy and not any(bell.is_set() for bell in self._bells.values())

    @property
    def is_well(self) -> bool:
        """Whether every thread lives."""
        return all(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Wait until every thread has ended the wave it is in."""
        self._stopping.set()
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

    def _run_errands(self) -> None:
        next_at = {one.name: time.monotonic() + (not one.at_once) * one.every.total_seconds() for one in self._errands}
        while not self._stopping.wait(max(0.0, min(next_at.values()) - time.monotonic())):
            for one in self._errands:
                if next_at[one.name] <= time.monotonic() and not self._stopping.is_set():
                    self._guarded(one.run)
                    next_at[one.name] = time.monotonic() + one.every.total_seconds()

    def _guarded(self, run: Callable[[], datetime | None]) -> datetime | None:
        try:
            return run()
        except Exception as error:  # noqa: BLE001 - a thread outlives whatever one piece of work meets
            self._log.exception("work failed", error=type(error).__name__)
            return None
