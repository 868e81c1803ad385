"""Who runs the waves, and what is done by the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sverka.domain.ids import OfficeName

Work = Callable[[OfficeName], datetime | None]
"""Runs all that is due in a back office, and returns when it next wants to be called; None: when it is woken."""

NAP = timedelta(seconds=5)
"""After this a dispatcher looks for itself, though nobody woke it: whoever rang may have died before waking it."""


@dataclass(frozen=True)
class Errand:
    """What is done again and again, by one of all dispatchers on a database; `at_once` does it at the start too."""

    name: str
    every: timedelta
    run: Callable[[], None]
    at_once: bool = False


class Dispatch(Protocol):
    """Runs at most one wave a back office at a time, soon after it was woken or when it wanted to be called again.

    Work that fails is called again after a nap. The storage's locks keep the promises between processes (K3, K12): a
    dispatcher only wakes and spreads the work.
    """

    def start(self) -> None:
        """Run waves and errands from now on, until `stop`."""

    def wake(self, office: OfficeName) -> None:
        """Say that visits of this back office are waiting, once they are committed."""

    @property
    def is_idle(self) -> bool:
        """Whether no wave runs and nobody has been woken: what is left waits for its time."""

    @property
    def is_well(self) -> bool:
        """Whether what was started runs, and can be reached by whoever wakes it."""

    def stop(self) -> None:
        """Wait until every wave that runs here has ended; harmless before `start`."""
