"""What becomes of a request, and a clock that lets things happen late."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum

from sverka.domain.errors import AuthLost, Later, Problem, Unanswered

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONGEST_REQUEST = timedelta(seconds=59)
"""How long after it was sent a request may still be carried out; `Terms.request` allows for a little more."""


class Fate(Enum):
    """What becomes of one request; the value is what a story says of it."""

    FINE = "it is answered"
    BUSY = "the other side is busy (429) and does nothing"
    STRANGER = "the other side refuses the credentials (401)"
    LOST = "it is lost before it arrives"
    MUTE = "it is carried out, and the answer is lost"
    CUT = "it is carried out by half, and the answer is lost"
    LATE = "it times out, and is carried out almost a minute later"


class Clock:
    """Virtual time. Whatever was put off happens when its moment has come, in order."""

    def __init__(self) -> None:
        self.moment = START
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Let time pass; what falls due on the way happens at its own moment."""
        until = self.moment + timedelta(seconds=seconds)
        while self._due and self._due[0][0] <= until:
            moment, _, act = heapq.heappop(self._due)
            self.moment = max(self.moment, moment)
            act()
        self.moment = max(self.moment, until)

    def later(self, after: timedelta, act: Callable[[], None]) -> None:
        """Have something happen after a while."""
        self._count += 1
        heapq.heappush(self._due, (self.moment + after, self._count, act))

    @property
    def next(self) -> datetime | None:
        """When something is to happen next, None where nothing is."""
        return self._due[0][0] if self._due else None


@dataclass
class Skewed:
    """The clock of another machine, which is wrong by a fixed amount."""

    clock: Clock
    skew: timedelta

    def now(self) -> datetime:
        return self.clock.now() + self.skew

    def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)


@dataclass
class Line:
    """The way to one side. `fates` are those of its next requests; when there are none left, the weather is fine."""

    clock: Clock
    fates: list[Fate] = field(default_factory=list)
    requests: int = 0
    met: list[Fate] = field(default_factory=list)

    def carry(self, commands: Sequence[Callable[[], None]]) -> Problem | None:
        """Carry a request out as its fate will have it; return what the sender learns, None for a whole answer."""
        self.requests += 1
        self.clock.sleep(1)
        fate = self.fates.pop(0) if self.fates else Fate.FINE
        self.met.append(fate)
        done = {Fate.FINE: len(commands), Fate.MUTE: len(commands), Fate.CUT: len(commands) // 2}.get(fate, 0)
        for command in commands[:done]:
            command()
        if fate is Fate.LATE and commands:
            self.clock.later(LONGEST_REQUEST, lambda: [command() for command in commands] and None)
        return _learned(fate)


def _learned(fate: Fate) -> Problem | None:
    match fate:
        case Fate.FINE:
            return None
        case Fate.BUSY:
            return Later(after=timedelta(seconds=5))
        case Fate.STRANGER:
            return AuthLost()
        case _:
            return Unanswered()
