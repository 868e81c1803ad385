"""Work for dispatchers: it counts, waits while it is told to, and can be waited for."""

import threading
from collections.abc import Callable
from datetime import datetime

from sverka.domain.ids import OfficeName

SOON = 20.0
"""Seconds within which what is to happen happens, or the test fails."""


class Waves:
    """Work that counts its calls, waits while it is told to, and answers with what it was given."""

    def __init__(self) -> None:
        self.called: dict[OfficeName, int] = {}
        self.most_at_once: dict[OfficeName, int] = {}
        self.answers: list[datetime | Exception | None] = []
        self.go = threading.Event()
        self.go.set()
        self._changed = threading.Condition()
        self._now: dict[OfficeName, int] = {}

    def __call__(self, office: OfficeName) -> datetime | None:
        with self._changed:
            self._now[office] = self._now.get(office, 0) + 1
            self.most_at_once[office] = max(self.most_at_once.get(office, 0), self._now[office])
            self.called[office] = self.called.get(office, 0) + 1
            answer = self.answers.pop(0) if self.answers else None
            self._changed.notify_all()
        self.go.wait(SOON)
        with self._changed:
            self._now[office] -= 1
            self._changed.notify_all()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def running(self, office: OfficeName) -> int:
        return self._now.get(office, 0)

    def wait_for(self, office: OfficeName, times: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.called.get(office, 0) >= times, SOON), self.called


class Times:
    """An errand that counts."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.count = 0
        self.failures = 0

    def __call__(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify_all()
            if self.failures:
                self.failures -= 1
                raise RuntimeError("nobody foresaw this")

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.count >= count, SOON), self.count


def until(holds: Callable[[], object], what: str) -> None:
    pause, left = threading.Event(), SOON / 0.02
    while not holds():
        left -= 1
        assert left > 0, f"not in time: {what}"
        pause.wait(0.02)
