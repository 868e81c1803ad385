"""A thin client of one portal: POST with JSON, the shared budget before every request, refusals sorted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sverka.connectors.bitrix24 import problems
from sverka.connectors.bitrix24.commands import PAGE, Command
from sverka.connectors.kit import Answer, Http, Kit
from sverka.domain.errors import AuthLost, Halt, Later, Misconfigured, Problem, Rejected, Superseded, Unanswered
from sverka.domain.text import Text
from sverka.ports.guard import Guard

PLANS = {"standard": (2.0, 25), "enterprise": (5.0, 125), "box": (20.0, 100)}
"""Requests a second and the burst by plan; half of a cloud portal's burst is left to others behind our address."""

STOPS = (AuthLost, Halt, Later, Misconfigured, Superseded)
"""After one of these the next request would fare no better; after a lost answer it may."""

_WEBHOOK = re.compile(r"(https?://[^/?#]+(?:/[^?#]*)?/rest/\d+/[^/?#]+)/?")
_BACK_OFF = (1.0, 2.0, 4.0)


@dataclass(frozen=True)
class Reply:
    """What one command answered, and where its next page starts (None: there is none)."""

    data: Any
    next: int | None = None


Answered = Reply | Problem


class Client:
    """Talks to one portal by its webhook.

    `requests` counts what was sent. `operating` is the computing time in seconds a method has used up in its window,
    as the portal last told it.
    """

    def __init__(self, kit: Kit, webhook: str, plan: str) -> None:
        """Take the webhook's whole address; Misconfigured where it is none, or the plan is unknown."""
        match = _WEBHOOK.fullmatch(webhook.strip())
        if match is None:
            raise Misconfigured(
                Text(
                    "The webhook's address must look like https://portal/rest/1/code/; copy it from the portal whole.",
                    "Адрес вебхука должен иметь вид https://портал/rest/1/код/; скопируйте его с портала целиком.",
                )
            )
        if plan not in PLANS:
            raise Misconfigured(
                Text(
                    f"There is no plan {plan!r}; choose standard, enterprise or box.",
                    f"Тарифа {plan!r} нет; выберите standard, enterprise или box.",
                )
            )
        self._base = match[1]
        self._rate, self._burst = PLANS[plan]
        self._kit = kit
        self._http = Http(kit, self._base)
        self.root = self._base[: self._base.rindex("/rest/")]
        self.host = urlsplit(self.root).netloc.rpartition("@")[2]
        self.requests = 0
        self.operating: dict[str, float] = {}
        self._took: dict[str, float] = {}
        self._resets: dict[str, datetime] = {}
        self._blocked: dict[str, datetime] = {}

    def call(self, method: str, params: Mapping[str, Any], guard: Guard) -> Any:
        """Call one method and return its `result`; raises the problem it met."""
        if stands := self.blocked(method):
            raise stands
        data = self._send(method, params, guard)
        self._note_time(method, data.get("time"))
        return data["result"]

    def batch(self, commands: Sequence[Command], guard: Guard) -> list[Answered]:
        """Run at most 50 commands in one request and return an answer a command; raises where the whole failed.

        Their keys are `c0`, `c1` and so on, by position. A command of a blocked method is not sent.
        """
        stands = [self.blocked(command.method) for command in commands]
        cmd = {f"c{place}": command.text for place, command in enumerate(commands) if stands[place] is None}
        if not cmd:
            return [problem or Unanswered() for problem in stands]
        if problem := self.blocked("batch"):
            raise problem
        inner = self._send("batch", {"halt": 0, "cmd": cmd}, guard)["result"]
        if not isinstance(inner, dict):
            raise Unanswered
        parts = {part: as_map(inner.get(f"result{part}")) for part in ("", "_error", "_next", "_time")}
        return [
            stands[place] or self._one(f"c{place}", command.method, parts) for place, command in enumerate(commands)
        ]

    def run(self, commands: Sequence[Command], guard: Guard) -> list[Answered]:
        """Run any number of commands, 50 a request; never raises a problem but answers it for what it befell."""
        answers: list[Answered] = []
        for first in range(0, len(commands), PAGE):
            try:
                answers += self._halved(commands[first : first + PAGE], guard)
            except STOPS as problem:
                answers += [problem] * (len(commands) - len(answers))
                break
        return answers

    def _halved(self, chunk: Sequence[Command], guard: Guard) -> list[Answered]:
        """Run what fits into one request; one refused as a whole is halved, for it may be one command's fault."""
        try:
            return self.batch(chunk, guard)
        except Rejected as problem:
            if len(chunk) == 1:
                return [problem]
            middle = len(chunk) // 2
            return [*self._halved(chunk[:middle], guard), *self._halved(chunk[middle:], guard)]
        except STOPS:
            raise
        except Problem as problem:
            return [problem] * len(chunk)

    def blocked(self, method: str) -> Later | None:
        """Return what stands in the way of a method whose computing time is used up, until its window moves on."""
        until = self._blocked.get(method)
        if until is None:
            return None
        pause = until - self._kit.clock.now()
        if pause > timedelta():
            return problems.blocked(self.host, method, pause)
        del self._blocked[method]
        return None

    def took(self, method: str) -> float:
        """Return how many seconds a command of this method has lately taken, 0 before the first."""
        return self._took.get(method, 0.0)

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def _send(self, method: str, params: Mapping[str, Any], guard: Guard) -> dict[str, Any]:
        for pause in (*_BACK_OFF, None):
            wait = self._kit.budget.take(self.host, self._rate, self._burst)
            if wait > 0:
                self._kit.clock.sleep(wait)
            answer = self._http.send("POST", f"{self._base}/{method}.json", self._counted(guard), body=params)
            data = answer.data
            if isinstance(data, dict) and "result" in data:
                return data
            problem = self._problem(answer, method)
            is_busy = isinstance(data, dict) and str(data.get("error")).lower() == problems.BUSY
            if not is_busy or pause is None:
                raise problem
            self._kit.clock.sleep(pause)
        raise problems.busy(self.host)

    def _counted(self, guard: Guard) -> Guard:
        def count() -> None:
            guard()
            self.requests += 1

        return count

    def _problem(self, answer: Answer, method: str) -> Problem:
        data = answer.data
        if not isinstance(data, dict) or "error" not in data:
            return problems.by_status(answer.status, self.host)
        return self._sorted(data, answer.status, method)

    def _sorted(self, error: Mapping[str, Any], status: int, method: str) -> Problem:
        problem = problems.sort(error["error"], str(error.get("error_description") or ""), status, method, self.host)
        if str(error["error"]).lower() == problems.BLOCKED:
            now = self._kit.clock.now()
            longest = now + problems.LONGEST_BLOCK
            until = self._resets.get(method, longest)
            self._blocked[method] = min(until, longest) if until > now else longest
            return self.blocked(method) or problem
        return problem

    def _one(self, key: str, method: str, parts: Mapping[str, Mapping[str, Any]]) -> Answered:
        error = parts["_error"].get(key)
        if error is not None:
            carried = (
                error if isinstance(error, dict) and "error" in error else {"error": "", "error_description": error}
            )
            return self._sorted(carried, 400, method)
        if key not in parts[""]:
            return Unanswered()
        self._note_time(method, parts["_time"].get(key))
        return Reply(parts[""][key], _whole(parts["_next"].get(key)))

    def _note_time(self, method: str, time: Any) -> None:
        told = as_map(time)
        operating, reset, finish, took = (
            _seconds(told.get(name)) for name in ("operating", "operating_reset_at", "finish", "duration")
        )
        if took is not None:
            self._took[method] = took if method not in self._took else (self._took[method] * 3 + took) / 4
        if operating is not None:
            self.operating[method] = operating
        if reset and finish and reset > finish:
            # Both moments are the portal's own, so that its clock need not agree with ours.
            self._resets[method] = self._kit.clock.now() + timedelta(seconds=reset - finish)


def as_map(raw: Any) -> Mapping[str, Any]:
    """Return a PHP map, which arrives as a list where it is empty or its keys are 0..n-1."""
    if isinstance(raw, dict):
        return raw
    return {str(place): one for place, one in enumerate(raw)} if isinstance(raw, list) else {}


def as_list(raw: Any) -> list[Any]:
    """Return a PHP list, which arrives as a map where its keys have holes."""
    return list(as_map(raw).values())


def _seconds(raw: Any) -> float | None:
    try:
        return float(raw)
    except (TypeError, ValueError):
        return None


def _whole(raw: Any) -> int | None:
    return int(raw) if str(raw).isdigit() else None
