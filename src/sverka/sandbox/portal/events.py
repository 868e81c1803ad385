"""A queue beside the portal that posts each event to webhooks and applications once and never again.

Deliveries run in a thread of their own, in the order of the queue. Nothing is retried: a handler that is down has lost
the event, as with the real queue server.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Literal
from urllib.parse import urlencode

import httpx2

from sverka.sandbox.clock import Clock
from sverka.sandbox.portal.apps.oauth import event_auth
from sverka.sandbox.portal.core import Event
from sverka.sandbox.portal.params import write_pairs
from sverka.sandbox.portal.settings import Settings

_HANDLER_SECONDS = 5.0
#: how often a delayed event is looked at again, since another thread may move the clock
_LOOK_SECONDS = 0.02
#: within what time, of the machine's clock, a burst of events is shuffled
_SHUFFLE_SECONDS = 0.1
Outcome = Literal["delivered", "failed", "dropped"]


@dataclass
class Subscription:
    """One outgoing webhook as an administrator set it up; `events` are upper-case names."""

    id: int
    url: str
    events: frozenset[str]
    application_token: str = field(repr=False)


@dataclass
class Delivery:
    """One line of the delivery log; `status` is the handler's HTTP status, None when there was none.

    `application` is the client id of the application whose handler it was, "" for an outgoing webhook.
    """

    event: str
    item_id: str
    url: str
    at: datetime
    outcome: Outcome
    status: int | None = None
    application: str = ""


@dataclass
class EventSwitches:
    """How the queue misbehaves: lose events, send them twice, late or in another order, or hold them until released.

    `drop_next` counts those to lose, `drop_percent` is the share; chance follows `seed`.
    """

    drop_next: int = 0
    drop_percent: float = 0.0
    drop_all: bool = False
    double: bool = False
    reorder: bool = False
    delay_seconds: float = 0.0
    hold: bool = False
    seed: int = 0


@dataclass
class Target:
    """Where an event goes: a handler's id and URL, the `auth` it is shown, and its application's id if it has one."""

    id: int
    url: str
    auth: dict[str, Any] = field(repr=False)
    application: str = ""


@dataclass
class _Queued:
    event: Event
    target: Target
    due: datetime
    turn: float = 0.0


class Outgoing:
    """The queue of one portal; safe to use from several threads, `close` ends its thread."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self.switches = EventSwitches()
        self.subscriptions: list[Subscription] = []
        self.log: list[Delivery] = []
        self._queue: list[_Queued] = []
        self._count = 0
        self._held: list[_Queued] = []
        self._busy = False
        self._closed = False
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def subscribe(self, url: str, events: list[str]) -> str:
        """Add an outgoing webhook and return its application token."""
        with self._change:
            token = secrets.token_hex(16)
            names = frozenset(name.upper() for name in events)
            self.subscriptions.append(Subscription(len(self.subscriptions) + 1, url, names, token))
            return token

    def unsubscribe(self, url: str) -> None:
        """Remove every webhook with this URL; events already queued still go out."""
        with self._change:
            self.subscriptions = [line for line in self.subscriptions if line.url != url]

    def publish(self, event: Event) -> None:
        """Queue an event for every webhook that asked for it; events for applications only reach none."""
        if event.app_only:
            return
        with self._change:
            for line in self.subscriptions:
                if event.name in line.events:
                    auth = event_auth(self._settings, line.application_token)
                    self._put(event, Target(line.id, line.url, auth))
            self._change.notify_all()

    def send(self, event: Event, target: Target) -> None:
        """Queue an event for one handler."""
        with self._change:
            self._put(event, target)
            self._change.notify_all()

    def _put(self, event: Event, target: Target) -> None:
        switches = self.switches
        self._count += 1
        chance = Random(f"{switches.seed}/{self._count}")  # noqa: S311 - to be repeated, not to be secret
        if switches.drop_all or switches.drop_next > 0 or chance.random() * 100 < switches.drop_percent:
            switches.drop_next = max(0, switches.drop_next - 1)
            self._note(event, target, "dropped", None)
            return
        due = self._clock.now() + timedelta(seconds=switches.delay_seconds)
        for _ in range(2 if switches.double else 1):
            turn = time.monotonic() + chance.random() * _SHUFFLE_SECONDS if switches.reorder else 0.0
            queued = _Queued(event, target, due, turn)
            if switches.hold:
                self._held.append(queued)
            else:
                self._queue.append(queued)
                self._start()

    def release(self, backwards: bool = False) -> int:
        """End the holding, queue what was held (the last first, if `backwards`) and return how many that were."""
        with self._change:
            self.switches.hold = False
            held = self._held[::-1] if backwards else self._held
            self._held = []
            self._queue.extend(held)
            if held:
                self._start()
            self._change.notify_all()
            return len(held)

    def wait_idle(self, timeout: float = 10.0) -> bool:
        """Wait until nothing is queued or under way and tell whether that came true; held events do not count."""
        with self._change:
            return self._change.wait_for(lambda: not self._queue and not self._busy, timeout)

    def close(self) -> None:
        """Drop what is queued and end the thread."""
        with self._change:
            self._closed = True
            self._queue.clear()
            self._change.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(_HANDLER_SECONDS * 2)

    def _start(self) -> None:
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._work, name="sandbox-portal-events", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        with httpx2.Client(timeout=_HANDLER_SECONDS, follow_redirects=False, trust_env=False) as client:
            while (queued := self._take()) is not None:
                status = self._post(client, queued)
                with self._change:
                    good = status is not None and 200 <= status < 300
                    self._note(queued.event, queued.target, "delivered" if good else "failed", status)
                    self._busy = False
                    self._change.notify_all()

    def _take(self) -> _Queued | None:
        with self._change:
            while not self._closed:
                now, turn = self._clock.now(), time.monotonic()
                ready = [queued for queued in self._queue if queued.due <= now and queued.turn <= turn]
                if ready:
                    queued = min(ready, key=lambda one: one.turn)
                    self._queue.remove(queued)
                    self._busy = True
                    return queued
                self._change.wait(_LOOK_SECONDS if self._queue else None)
            return None

    def _post(self, client: httpx2.Client, queued: _Queued) -> int | None:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Bitrix24 Webhook Engine"}
        try:
            return client.post(queued.target.url, content=self.body(queued), headers=headers).status_code
        except httpx2.HTTPError:
            return None

    def body(self, queued: _Queued) -> str:
        """Return the form as it travels; `ts` is the time of sending, not of the change."""
        event, target = queued.event, queued.target
        pairs = [("event", event.name), ("event_handler_id", str(target.id))]
        pairs += write_pairs("data" if event.bare else "data[FIELDS]", event.fields)
        pairs.append(("ts", str(int(self._clock.now().timestamp()))))
        return urlencode(pairs + write_pairs("auth", target.auth))

    def _note(self, event: Event, target: Target, outcome: Outcome, status: int | None) -> None:
        item_id = str(event.fields.get("ID", ""))
        line = Delivery(event.name, item_id, target.url, self._clock.now(), outcome, status, target.application)
        self.log.append(line)
