"""What goes wrong between the hub and a side, decided from outside: by a test, or by a simulation's dice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from sverka.domain.errors import AuthLost, Later, Problem, Unanswered


class Fate(Enum):
    """What becomes of one request."""

    FINE = "fine"
    NOT_SENT = "not sent"
    LOST_BEFORE = "lost before it was done"
    LOST_AFTER = "done, but the answer was lost"
    CUT = "done in part, and the answer was lost"
    REFUSED = "credentials refused"


@dataclass
class Weather:
    """Asked once a request; `between` runs after a look and before a write, where people and robots get in."""

    next_fate: Callable[[], Fate] = field(default=lambda: Fate.FINE)
    between: Callable[[], None] = field(default=lambda: None)
    requests: int = 0

    def read(self) -> None:
        """Let a reading request pass, or raise what becomes of it."""
        self.requests += 1
        problem = self.problem(self.next_fate())
        if problem:
            raise problem

    @staticmethod
    def problem(fate: Fate) -> Problem | None:
        """Return what the hub sees of a fate."""
        if fate is Fate.FINE:
            return None
        if fate is Fate.NOT_SENT:
            return Later()
        return AuthLost() if fate is Fate.REFUSED else Unanswered()
