"""A thread that carries a store's webhooks to their subscribers, with switches to lose, double, delay and hold them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx2

from sverka.sandbox.clock import Clock

#: A virtual clock moves without telling, so a job that is not due is looked at this often (seconds).
_LOOK_AGAIN = 0.02


@dataclass(frozen=True)
class Parcel:
    """One POST to be made; the address may hold a subscriber's secret and is not shown."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Delivery:
    """What became of a parcel: `status` is the subscriber's answer, None when there was none; `lost` by the switch."""

    label: str
    status: int | None
    lost: bool = False
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass
class _Job:
    label: str
    key: object
    due: datetime
    build: Callable[[], Parcel | None]
    settled: Callable[[Delivery], None] | None


class Courier:
    """Delivers in order of submission, one at a time, without retries and without following redirects.

    `build` is called at the moment of sending; `settled` afterwards, not for lost parcels. Neither is called under
    this object's lock.
    """

    def __init__(self, clock: Clock, timeout: float = 10.0) -> None:
        self._clock = clock
        self._timeout = timeout
        self._changed = threading.Condition()
        self._jobs: list[_Job] = []
        self._deliveries: list[Delivery] = []
        self._carrying = False
        self._held = False
        self._stopping = False
        self._drop = 0
        self._double = 0
        self._delay = 0.0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to deliver; what was submitted before goes first."""
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="sandbox-courier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the parcel in hand; what still waits stays undelivered."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def submit(
        self,
        label: str,
        build: Callable[[], Parcel | None],
        settled: Callable[[Delivery], None] | None = None,
        key: object = None,
    ) -> bool:
        """Queue a delivery; False when one with the same `key` already waits (None never coalesces)."""
        with self._changed:
            if key is not None and any(job.key == key for job in self._jobs):
                return False
            due = self._clock.now() + timedelta(seconds=self._delay)
            self._jobs.append(_Job(label, key, due, build, settled))
            self._changed.notify_all()
            return True

    def drop(self, times: int = 1) -> None:
        """Lose the next `times` parcels on the way; the store never learns."""
        with self._changed:
            self._drop += times

    def double(self, times: int = 1) -> None:
        """Send each of the next `times` parcels twice."""
        with self._changed:
            self._double += times

    def delay(self, seconds: float) -> None:
        """Let parcels submitted from now on wait this many seconds by the store's clock; 0 ends it."""
        with self._changed:
            self._delay = seconds

    def hold(self) -> None:
        """Keep every parcel back, as a shop without visitors does, until `release`."""
        with self._changed:
            self._held = True

    def release(self) -> None:
        """Let held parcels go."""
        with self._changed:
            self._held = False
            self._changed.notify_all()

    def waiting(self) -> int:
        """How many parcels are queued."""
        with self._changed:
            return len(self._jobs)

    def deliveries(self) -> list[Delivery]:
        """Return a copy of everything sent or lost so far, in order."""
        with self._changed:
            return list(self._deliveries)

    def wait_idle(self, timeout: float = 10.0) -> None:
        """Return once nothing is in hand and nothing waits but what is held; TimeoutError after `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(self._idle, timeout):
                raise TimeoutError(f"{len(self._jobs)} deliveries still wait; is the server started?")

    def _idle(self) -> bool:
        return not self._carrying and (self._held or not self._jobs)

    def _run(self) -> None:
        limits = httpx2.Limits(max_keepalive_connections=0)
        with httpx2.Client(timeout=self._timeout, follow_redirects=False, trust_env=False, limits=limits) as client:
            while (job := self._take()) is not None:
                self._carry(client, job)
                with self._changed:
                    self._carrying = False
                    self._changed.notify_all()

    def _take(self) -> _Job | None:
        with self._changed:
            while not self._stopping:
                now = self._clock.now()
                due = None if self._held else next((job for job in self._jobs if job.due <= now), None)
                if due is not None:
                    self._jobs.remove(due)
                    self._carrying = True
                    return due
                self._changed.wait(_LOOK_AGAIN if self._jobs and not self._held else None)
            return None

    def _carry(self, client: httpx2.Client, job: _Job) -> None:
        parcel = job.build()
        if parcel is None:
            return
        with self._changed:
            lost = self._drop > 0
            self._drop -= lost
            copies = 2 if self._double > 0 and not lost else 1
            self._double -= copies - 1
        for _ in range(copies):
            status = None if lost else self._post(client, parcel)
            delivery = Delivery(job.label, status, lost, parcel.body, dict(parcel.headers))
            with self._changed:
                self._deliveries.append(delivery)
            if job.settled is not None and not lost:
                job.settled(delivery)

    def _post(self, client: httpx2.Client, parcel: Parcel) -> int | None:
        try:
            return client.post(parcel.url, content=parcel.body, headers=dict(parcel.headers)).status_code
        except (httpx2.HTTPError, httpx2.InvalidURL):
            return None
