"""Threads in one process: one for each back office, so that one wave of it runs at a time."""

import threading
from collections.abc import Callable, Iterable
from datetime import datetime

from sverka.domain.ids import OfficeName
from sverka.ports.clock import Clock

Work = Callable[[OfficeName], datetime | None]
"""Runs all that is due in a back office, and returns when it next wants to be called; it handles its own failures."""

LONGEST_NAP = 5.0
"""Seconds after which a thread looks for itself, though nobody woke it: another process may have rung."""


class Embedded:
    """Runs `work` for each back office in a thread of its own, whenever it is woken or something falls due."""

    def __init__(self, offices: Iterable[OfficeName], work: Work, clock: Clock) -> None:
        """Prepare the threads; `start` lets them run."""
        self._work = work
        self._clock = clock
        self._stopping = threading.Event()
        self._busy: set[OfficeName] = set()
        self._bells = {office: threading.Event() for office in offices}
        self._threads = [
            threading.Thread(target=self._run, args=(office,), name=f"waves of {office}", daemon=True)
            for office in self._bells
        ]

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
                due = self._work(office)
            finally:
                self._busy.discard(office)
            nap = LONGEST_NAP if due is None else (due - self._clock.now()).total_seconds()
            if not self._stopping.is_set():
                bell.wait(max(0.0, min(nap, LONGEST_NAP)))
