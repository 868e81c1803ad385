"""The time a sandbox lives by: the machine's, or one that a test moves by hand."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the present moment; must be safe to ask from several threads."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the moment by the machine, aware, in UTC."""
        return datetime.now(UTC)


class FastClock:
    """Runs `speed` times as fast as the machine, from `start` on (aware; the machine's present when left out)."""

    def __init__(self, speed: float, start: datetime | None = None) -> None:
        if speed <= 0:
            raise ValueError("a clock runs forward: give it a speed above zero")
        start = start or datetime.now(UTC)
        if start.tzinfo is None:
            raise ValueError("the clock needs an aware start: give it a time zone")
        self._speed, self._start, self._since = speed, start.astimezone(UTC), time.monotonic()

    def now(self) -> datetime:
        """Return the moment reached so far, aware, in UTC."""
        return self._start + timedelta(seconds=(time.monotonic() - self._since) * self._speed)


class VirtualClock:
    """Stands still at `start` (aware; 2026-01-01 00:00 UTC when left out) until it is advanced."""

    def __init__(self, start: datetime | None = None) -> None:
        start = start or datetime(2026, 1, 1, tzinfo=UTC)
        if start.tzinfo is None:
            raise ValueError("the clock needs an aware start: give it a time zone")
        self._lock = threading.Lock()
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment reached so far, aware, in UTC."""
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> datetime:
        """Move forward by `seconds` (ValueError below zero) and return the new moment."""
        if seconds < 0:
            raise ValueError("a clock does not go back")
        with self._lock:
            self._now += timedelta(seconds=seconds)
            return self._now
