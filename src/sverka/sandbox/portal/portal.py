"""The portal itself: credentials, limits, faults and logs around its methods."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from sverka.sandbox.clock import Clock, SystemClock
from sverka.sandbox.portal import errors
from sverka.sandbox.portal.access import Access
from sverka.sandbox.portal.apps.oauth import exchange
from sverka.sandbox.portal.apps.screens import Screens
from sverka.sandbox.portal.batch import Command, read_commands, run_batch
from sverka.sandbox.portal.callers import Caller
from sverka.sandbox.portal.catalog.seed import fill_catalogue
from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.errors import RestError, missing_parameter
from sverka.sandbox.portal.events import Outgoing
from sverka.sandbox.portal.faults import Fault, Faults
from sverka.sandbox.portal.limits import Limits
from sverka.sandbox.portal.methods import METHODS, allowed
from sverka.sandbox.portal.moments import write_moment
from sverka.sandbox.portal.params import Params, Tree
from sverka.sandbox.portal.sale.seed import fill_shop
from sverka.sandbox.portal.seed import fill
from sverka.sandbox.portal.settings import Plan, Settings

_Run = Callable[[Method, Tree], tuple[Reply, Tree]]


@dataclass(frozen=True)
class HttpCall:
    """One HTTP request after parsing; `address` is the client's, by which intensity is limited.

    Without `user` and `code`, the two parts of a webhook's address, the parameter `auth` (or `access_token`) holds an
    access token. `secure` tells whether it came over https.
    """

    user: str
    code: str = field(repr=False)
    method: str
    params: Tree = field(repr=False)
    address: str = "127.0.0.1"
    secure: bool = True


@dataclass(frozen=True)
class Answer:
    """What goes back: `body` is JSON-ready, or a text for a page; `cut` resets the connection or halves the answer."""

    status: int
    body: Any
    cut: Literal["", "reset", "half"] = ""
    delay_seconds: float = 0.0
    location: str = ""


@dataclass(frozen=True)
class RequestLine:
    """One line of the request log: `commands` counts those of a batch, `cost` is in operating seconds."""

    at: datetime
    method: str
    commands: int
    cost: float
    status: int
    fault: str = ""


@dataclass
class Counters:
    """How much came in over HTTP: requests, the commands in them, and the writes among those that succeeded."""

    requests: int = 0
    commands: int = 0
    writes: int = 0


class Portal(Screens):
    """A portal with a default seed: users 1, 6 and 9, funnels 0 and 2, roubles.

    `call` runs a method in-process, without limits and faults; `handle` is a whole HTTP request. Safe to use from
    several threads; commands run one at a time. `close` ends the thread that delivers events.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        plan: Plan = "standard",
        host: str = "sandbox.bitrix24.ru",
        lag_seconds: float = 0.0,
        settings: Settings | None = None,
    ) -> None:
        self.settings = settings or Settings(plan=plan, host=host, lag_seconds=lag_seconds)
        self.clock: Clock = clock or SystemClock()
        core = Core(self.settings, self.clock, publish=self.publish)
        fill(core.state)
        fill_catalogue(core)
        fill_shop(core)
        access = Access(self.settings, self.clock, core.state, {self.settings.code: 1})
        super().__init__(core, threading.RLock(), access, Outgoing(self.settings, self.clock))
        self.faults = Faults(self.clock)
        self.limits = Limits(self.settings, self.clock)
        self.requests: list[RequestLine] = []
        self.counters = Counters()

    def close(self) -> None:
        """End the delivery of events; what is still queued is lost."""
        self.events.close()

    def add_webhook(self, user_id: int) -> str:
        """Create one more incoming webhook, for another user, and return its code."""
        with self.lock:
            return self.access.add_webhook(user_id)

    def revoke_webhook(self, code: str) -> None:
        """Kill an incoming webhook, as when its owner is dismissed; KeyError when there is no such code."""
        del self.access.webhooks[code]

    def subscribe(self, url: str, events: list[str]) -> str:
        """Set up an outgoing webhook and return its application token."""
        return self.events.subscribe(url, events)

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until all queued events are delivered and tell whether that came true in time."""
        return self.events.wait_idle(timeout)

    def fault(self, fault: Fault) -> None:
        """Order bad manners for the next requests that fit."""
        self.faults.add(fault)

    def reset_counters(self) -> None:
        """Start counting, and both logs, from nothing; limits and data stay."""
        with self.lock:
            self.counters = Counters()
            self.requests.clear()
            self.events.log.clear()

    def call(self, method: str, params: Tree | None = None, user_id: int = 1) -> Reply:
        """Run one method in-process as that user; RestError when the portal refuses it."""
        return self.call_as(Caller(user_id, scopes=frozenset(self.settings.scopes)), method, params)

    def call_as(self, caller: Caller, method: str, params: Tree | None = None) -> Reply:
        """Run one method in-process for any caller; RestError when the portal refuses it."""
        name = method.lower().removesuffix(".json")
        if name == "batch":
            return Reply(
                self._batch(caller, params or {}, None, lambda known, given: (self._run(caller, known, given), {}))
            )
        return self._run(caller, self._known(caller, name), params or {})

    def handle(self, call: HttpCall) -> Answer:
        """Answer one HTTP request: faults first, then limits, credentials, and the method or the batch."""
        commands = read_commands(Params(call.params, ignore_case=True).get("cmd")) if call.method == "batch" else []
        fault = self.faults.take(
            [call.method, *(command.method for command in commands)], {command.key for command in commands}
        )
        visit = _Visit(call, fault)
        answer = _instead(fault) if fault else None
        if answer is None:
            answer = self._answered(visit)
        with self.lock:
            count = len(commands) if call.method == "batch" else 1
            self.counters.requests += 1
            self.counters.commands += count
            self.counters.writes += visit.writes
            name = fault.kind if fault else ""
            line = RequestLine(self.clock.now(), call.method, count, visit.cost, answer.status, name)
            self.requests.append(line)
        return answer

    def token(self, params: Tree) -> Answer:
        """Answer the authorisation server's token address; faults and the request log know it as `oauth.token`."""
        fault = self.faults.take(["oauth.token"], set())
        answer = _instead(fault) if fault else None
        if answer is None:
            with self.lock:
                answer = _spoiled(fault, _tried(lambda: exchange(self.access, params)))
        with self.lock:
            line = RequestLine(self.clock.now(), "oauth.token", 1, 0.0, answer.status, fault.kind if fault else "")
            self.requests.append(line)
        return answer

    def _answered(self, visit: _Visit) -> Answer:
        try:
            return _spoiled(visit.fault, _tried(lambda: self._body(visit)))
        except _OutOfTime:
            return _page(504)

    def _body(self, visit: _Visit) -> Tree:
        call = visit.call
        caller = self._entered(call)
        if call.method == "batch":
            result = self._batch(caller, call.params, visit.fault, partial(self._timed, visit, caller))
            return {"result": result, "time": self._time(caller, "batch", visit.cost)}
        method = self._known(caller, call.method)
        if visit.fault is not None and visit.fault.refuses("", call.method):
            raise _refusal(visit.fault)
        reply, took = self._timed(visit, caller, method, call.params)
        body: Tree = {"result": reply.result}
        if reply.next is not None:
            body["next"] = reply.next
        if reply.total is not None:
            body["total"] = reply.total
        return body | {"time": took}

    def _entered(self, call: HttpCall) -> Caller:
        if self.settings.https_required and not call.secure:
            raise RestError(*errors.HTTPS_REQUIRED)
        with self.lock:
            if self.settings.condition:
                raise RestError(*errors.CONDITIONS[self.settings.condition])
            self.limits.take_request(call.address)
            if call.code:
                caller = self.access.by_webhook(call.user, call.code)
            else:
                caller = self.access.by_token(str(call.params.get("auth") or call.params.get("access_token") or ""))
        return replace(caller, auth_connector=str(call.params.get("auth_connector") or ""))

    def _known(self, caller: Caller, name: str) -> Method:
        method = METHODS.get(name)
        if method is None:
            raise RestError(*errors.METHOD_NOT_FOUND)
        if method.app_only and caller.application is None:
            raise RestError(*errors.WRONG_AUTH_TYPE)
        if not allowed(caller, method):
            raise RestError(*errors.INSUFFICIENT_SCOPE)
        if method.admin_only and not self.core.state.users[caller.user_id].admin:
            raise RestError(*errors.ACCESS_DENIED)
        return method

    def _timed(self, visit: _Visit, caller: Caller, method: Method, given: Tree) -> tuple[Reply, Tree]:
        with self.lock:
            if visit.call.method == "batch" and self.limits.is_out_of_time(visit.cost):
                raise _OutOfTime
            self.limits.check_operating(caller.credential, method.name)
            cost = self.limits.spend(caller.credential, method.name)
            visit.cost += cost
            reply = self._run(caller, method, given)
            visit.writes += method.writes
            return reply, self._time(caller, method.name, cost)

    def _run(self, caller: Caller, method: Method, raw: Tree) -> Reply:
        params = Params(raw, ignore_case=method.classic)
        for name in method.required:
            if not params.has(name):
                raise missing_parameter(name, method.classic)
        if method.run is None:
            raise RestError(*errors.METHOD_NOT_FOUND)
        connector = str(params.get("auth_connector") or caller.auth_connector)
        with self.lock:
            return method.run(self.core.acting(replace(caller, auth_connector=connector)), params)

    def _batch(self, caller: Caller, raw: Tree, fault: Fault | None, run: _Run) -> Tree:
        params = Params(raw, ignore_case=True)
        commands: list[Command] = read_commands(params.get("cmd"))
        if fault is not None and fault.kind == "close" and fault.commands is not None:
            commands = commands[: fault.commands]

        def one(key: str, name: str, given: Tree) -> tuple[Reply, Tree]:
            if fault is not None and fault.refuses(key, name):
                raise _refusal(fault)
            return run(self._known(caller, name), given)

        return run_batch(commands, params.flag("halt"), self.settings.unresolved_reference, one)

    def _time(self, caller: Caller, method: str, cost: float) -> Tree:
        finish = self.clock.now()
        start = finish - timedelta(seconds=cost)
        time: Tree = {
            "start": start.timestamp(),
            "finish": finish.timestamp(),
            "duration": cost,
            "processing": cost,
            "date_start": write_moment(start, self.settings.zone),
            "date_finish": write_moment(finish, self.settings.zone),
        }
        if self.settings.plan != "box":
            time["operating_reset_at"] = self.limits.reset_at(caller.credential, method)
            time["operating"] = self.limits.operating(caller.credential, method)
        return time


class _OutOfTime(Exception):
    """A request has taken longer than the web server waits; what it has done so far stays done."""


@dataclass
class _Visit:
    """What one HTTP request has used up so far."""

    call: HttpCall
    fault: Fault | None
    cost: float = 0.0
    writes: int = 0


def _instead(fault: Fault) -> Answer | None:
    """Return the answer of a fault that keeps the request from running at all."""
    if fault.kind == "html":
        return _page(fault.status)
    if fault.kind == "error":
        return Answer(fault.status, _refusal(fault).body())
    if fault.kind == "redirect":
        return Answer(302, "<html><body>Moved</body></html>", location=fault.location)
    return Answer(0, None, cut="reset") if fault.kind == "drop" else None


def _tried(run: Callable[[], Tree]) -> Answer:
    try:
        return Answer(200, run())
    except RestError as error:
        return Answer(error.status, error.body())


def _spoiled(fault: Fault | None, answer: Answer) -> Answer:
    """Return the answer after a fault that lets the request run first."""
    if fault is None or fault.kind == "refuse":
        return answer
    if fault.kind == "slow":
        return replace(answer, delay_seconds=fault.seconds)
    return replace(answer, cut="half" if fault.kind == "truncate" else "reset")


def _page(status: int) -> Answer:
    return Answer(status, f"<html><body><h1>{status}</h1>nginx</body></html>")


def _refusal(fault: Fault) -> RestError:
    return RestError(fault.status, fault.code, fault.description)
