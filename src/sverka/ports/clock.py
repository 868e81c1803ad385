"""Time, injected: nothing below the doors reads the machine's clock."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """A source of moments and of pauses."""

    def now(self) -> datetime:
        """Return the present moment, UTC-aware."""

    def sleep(self, seconds: float) -> None:
        """Let that many seconds pass."""
