"""Time, injected: nothing below the doors reads the machine's clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A source of moments and of pauses."""

    def now(self) -> datetime:
        """Return the present moment, UTC-aware."""

    def sleep(self, seconds: float) -> None:
        """Let that many seconds pass."""


@dataclass(frozen=True)
class Ahead:
    """How far another side's clock is ahead of the hub's: between these two, behind where they are negative."""

    least: timedelta
    most: timedelta
