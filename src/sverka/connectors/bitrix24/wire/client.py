"""A thin client of one portal: POST with JSON, the shared budget before every request, refusals sorted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sverka.connectors.bitrix24.commands import PAGE, READS, WRITES, Command
from sverka.connectors.bitrix24.wire import problems
from sverka.connectors.bitrix24.wire.doors import Door, renamed
from sverka.connectors.bitrix24.wire.meter import Meter
from sverka.connectors.kit import Answer, Http, Kit
from sverka.domain.errors import AuthLost, Halt, Later, Misconfigured, Problem, Rejected, Superseded, Unanswered
from sverka.domain.text import Text
from sverka.ports import watch
from sverka.ports.clock import Ahead
from sverka.ports.guard import Guard, lane_of
from sverka.ports.storage import Lane

PLANS = {"standard": (2.0, 25), "enterprise": (5.0, 125), "box": (20.0, 100)}
"""Requests a second and the burst by plan; half of a cloud portal's burst is left to others behind our address."""

QUIET_BURST = 5
"""Requests that sweeps and backfills may have reserved at once: the rest of the burst is for live orders."""

STOPS = (AuthLost, Halt, Later, Misconfigured, Superseded)
"""After one of these the next request would fare no better; after a lost answer it may."""

SLOW = timedelta(seconds=10)
"""After an answer lost later than this nothing is asked again at once: the portal has enough to do."""

_REST = re.compile(r"/rest(?:/\d+/[^/]+)?/?$")
_BACK_OFF = (1.0, 2.0, 4.0)
_SPREAD = 0.1


@dataclass(frozen=True)
class Reply:
    """What one command answered, where its next page starts (None: there is none), and when by the portal's clock."""

    data: Any
    next: int | None = None
    at: datetime | None = None


Answered = Reply | Problem


class Client:
    """Talks to one portal through a door.

    `requests` counts what was sent. `source` is what our writes are marked with where the portal keeps a queue of
    events for us: what is marked so does not enter it.
    """

    def __init__(self, kit: Kit, door: Door, plan: str) -> None:
        """Take the way in; Misconfigured where the plan is unknown."""
        if plan not in PLANS:
            raise Misconfigured(
                Text(
                    f"There is no plan {plan!r}; choose standard, enterprise or box.",
                    f"Тарифа {plan!r} нет; выберите standard, enterprise или box.",
                )
            )
        self._door = door
        self._rate, self._burst = PLANS[plan]
        self._kit = kit
        self.clock = kit.clock
        self._http = Http(kit, door.base)
        self._meter = Meter(kit.clock)
        self._ahead: Ahead | None = None
        self.source = ""
        self.requests = 0

    def now(self) -> datetime:
        """Return the present moment by this machine's clock."""
        return self._kit.clock.now()

    def ahead(self) -> Ahead | None:
        """Return how far the portal's clock was ahead of this machine's when it answered last."""
        return self._ahead

    @property
    def name(self) -> str:
        """The connection's name."""
        return self._kit.name

    @property
    def kit(self) -> Kit:
        """What the house handed to the connector."""
        return self._kit

    @property
    def root(self) -> str:
        """The portal's own address, which holds no secret."""
        return _REST.sub("", self._door.base)

    @property
    def host(self) -> str:
        """The portal's host, with its port where it has one."""
        return urlsplit(self.root).netloc.rpartition("@")[2]

    @property
    def operating(self) -> Mapping[str, float]:
        """The computing time in seconds each method has used up in its window, as the portal last told it."""
        return self._meter.operating

    def call(self, method: str, params: Mapping[str, Any], guard: Guard) -> Any:
        """Call one method and return its `result`; raises the problem it met."""
        if stands := self.blocked(method, lane_of(guard)):
            raise stands
        data = self._send(method, self._marked(method, params), guard, repeats=method in READS)
        self._note(method, as_map(data.get("time")), lane=lane_of(guard))
        return data["result"]

    def batch(self, commands: Sequence[Command], guard: Guard) -> list[Answered]:
        """Run at most 50 commands in one request and return an answer a command; raises where the whole failed.

        Their keys are `c0`, `c1` and so on, by position. A command of a blocked method is not sent.
        """
        lane = lane_of(guard)
        stands = [self.blocked(command.method, lane) for command in commands]
        sent = {f"c{place}": command for place, command in enumerate(commands) if stands[place] is None}
        if not sent:
            return [problem or Unanswered() for problem in stands]
        if problem := self.blocked("batch", lane):
            raise problem
        repeats = all(command.method in READS for command in sent.values())
        cmd = {key: Command(one.method, self._marked(one.method, one.params)).text for key, one in sent.items()}
        inner = self._send("batch", {"halt": 0, "cmd": cmd}, guard, repeats=repeats)["result"]
        if not isinstance(inner, dict):
            raise Unanswered
        parts = {part: as_map(inner.get(f"result{part}")) for part in ("", "_error", "_next", "_time")}
        return [stands[place] or self._one(f"c{place}", command, parts, lane) for place, command in enumerate(commands)]

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

    def blocked(self, method: str, lane: Lane = Lane.LIVE) -> Later | None:
        """Return what stands in the way of a method whose computing time is used up, until its window moves on."""
        return self._meter.stands(method, self.host, lane)

    def took(self, method: str) -> float:
        """Return how many seconds a command of this method has lately taken for each record, 0 before the first."""
        return self._meter.took(method)

    @property
    def rate(self) -> float:
        """Requests a second the portal's plan allows."""
        return self._rate

    @property
    def meter(self) -> Meter:
        """What methods have cost, and what is left of their time."""
        return self._meter

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def _marked(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**params, "auth_connector": self.source} if self.source and method in WRITES else params

    def _send(self, method: str, params: Mapping[str, Any], guard: Guard, *, repeats: bool) -> dict[str, Any]:
        """Send until a whole answer comes, and return it; raises the problem that will not pass by itself.

        Too many requests are never carried out, so such a one is repeated whatever it is. Of the rest only what merely
        reads (`repeats`): a write without an answer is in doubt, and is looked up before anybody writes again (K2).
        """
        pauses = iter(_BACK_OFF)
        has_moved = has_renewed = False
        while True:
            dressed = self._door.dressed(params)
            self._wait_for_room(guard)
            asked = self._kit.clock.now()
            try:
                answer = self._posted(method, dressed, guard)
            except Unanswered:
                may_repeat = repeats and self._kit.clock.now() - asked < SLOW
                pause = next(pauses, None) if may_repeat else None
                if pause is None:
                    raise
            else:
                data = answer.data
                if isinstance(data, dict) and "result" in data:
                    self._hear_time(data, asked)
                    return data
                if 300 <= answer.status < 400:
                    location = answer.headers.get("location", "")
                    if has_moved or not self._follow(location):
                        raise self._http.moved(location)
                    has_moved = True
                    continue
                problem = self._problem(answer, method)
                if isinstance(problem, AuthLost) and not has_renewed:
                    has_renewed = True
                    if self._door.renewed(dressed, is_expired=_code(data) == problems.EXPIRED):
                        continue
                pause = next(pauses, None) if _passes(answer, problem, repeats=repeats) else None
                if pause is None:
                    raise problem
            self._kit.clock.sleep(pause * (1 - _SPREAD + 2 * _SPREAD * self._kit.chance()))

    def _hear_time(self, data: Mapping[str, Any], asked: datetime) -> None:
        # The portal finished after it was asked, and before its answer was here.
        if told := _moment(as_map(data.get("time")).get("finish")):
            self._ahead = Ahead(told - self._kit.clock.now(), told - asked)

    def _posted(self, method: str, params: Mapping[str, Any], guard: Guard) -> Answer:
        url = f"{self._door.base}/{method}.json"
        return self._http.send("POST", url, self._counted(guard), body=params, may_move=True, called=method)

    def _note(self, method: str, told: Mapping[str, Any], weight: int = 1, lane: Lane = Lane.LIVE) -> None:
        self._meter.note(method, told, weight, lane)
        if (seconds := self._meter.operating.get(method)) is not None:
            watch.counts.tell("operating_seconds", seconds, connection=self.name, method=method)

    def _wait_for_room(self, guard: Guard) -> None:
        burst = self._burst if lane_of(guard) is Lane.LIVE else QUIET_BURST
        wait = self._kit.budget.take(self.host, self._rate, burst)
        if wait > 0:
            self._kit.clock.sleep(wait)

    def _follow(self, location: str) -> bool:
        """Go to where a renamed portal is now; False where that is no place the vendor would send us to."""
        base = renamed(self._door.base, location)
        if base is None:
            return False
        self._door.moved(base)
        self._http.host = self.host
        return True

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
        if _code(error) == problems.BLOCKED:
            return self._meter.refused(method, self.host)
        return problems.sort(error["error"], str(error.get("error_description") or ""), status, method, self.host)

    def _one(self, key: str, command: Command, parts: Mapping[str, Mapping[str, Any]], lane: Lane) -> Answered:
        error = parts["_error"].get(key)
        if error is not None:
            return self.refusal(error, command.method)
        if key not in parts[""]:
            return Unanswered()
        time = as_map(parts["_time"].get(key))
        self._note(command.method, time, command.weight, lane)
        return Reply(parts[""][key], _whole(parts["_next"].get(key)), _moment(time.get("start")))

    def refusal(self, error: Any, method: str) -> Problem:
        """Return the problem of a command, or of a record in it, that was refused with these words."""
        carried = error if isinstance(error, dict) and "error" in error else {"error": "", "error_description": error}
        # A token that ran out within a batch let this command undone: the next request renews it.
        return Later() if _code(carried) == problems.EXPIRED else self._sorted(carried, 400, method)


def as_map(raw: Any) -> Mapping[str, Any]:
    """Return a PHP map, which arrives as a list where it is empty or its keys are 0..n-1."""
    if isinstance(raw, dict):
        return raw
    return {str(place): one for place, one in enumerate(raw)} if isinstance(raw, list) else {}


def as_list(raw: Any) -> list[Any]:
    """Return a PHP list, which arrives as a map where its keys have holes."""
    return list(as_map(raw).values())


def _code(data: Any) -> str:
    return str(data.get("error")).lower() if isinstance(data, dict) else ""


def _passes(answer: Answer, problem: Problem, *, repeats: bool) -> bool:
    """Tell whether a refusal passes by itself: too many requests at once, or for a read any sign of a busy server."""
    if _code(answer.data) == problems.BUSY:
        return True
    is_wordless = not isinstance(answer.data, dict) or "error" not in answer.data
    return repeats and (isinstance(problem, Unanswered) or (is_wordless and answer.status == 429))


def _moment(raw: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(raw), UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _whole(raw: Any) -> int | None:
    return int(raw) if str(raw).isdigit() else None
