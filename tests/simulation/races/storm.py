"""Several processes at full speed: their calls are seeded, and how they cross is the database's."""

import itertools
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from random import Random

from sqlalchemy import Engine, ExceptionContext, event

from simulation.place import own_schema
from simulation.races.chances import random_calls
from simulation.races.hands import DOUBT, Call, Hand, Span, StoppedClock, call
from simulation.races.judge import Case, State, look, put_back
from simulation.races.report import Report
from simulation.races.stage import KEY
from sverka.storage.database import create
from sverka.storage.sql_storage import SqlStorage

_PASSES = 3
"""In how many passes of all offices, one after the other, all that waits is visited: one takes an order at a time."""


class Counting:
    """A watch that knows the order of beginnings and ends, and nothing of commits."""

    def __init__(self, numbers: "itertools.count[int]") -> None:
        self._numbers = numbers
        self._began = 0

    def start(self) -> None:
        self._began = next(self._numbers)

    def stop(self) -> Span:
        return Span(self._began, self._began, next(self._numbers))


class Storm:
    """Some processes on one database, each with its own connections."""

    def __init__(self, url: str, processes: int) -> None:
        self.report = Report()
        self._engine = create(url)
        self._engines: list[Engine] = [create(url) for _ in range(processes)]
        for engine in self._engines:
            event.listen(engine, "handle_error", self._error)
        self._storages = [SqlStorage(engine, StoppedClock(), KEY) for engine in self._engines]

    def close(self) -> None:
        for engine in (self._engine, *self._engines):
            engine.dispose()

    def _error(self, context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) in {"40P01", "40001"}:
            self.report.retries += 1

    def blow(self, seed: str, amount: int) -> None:
        """Let every process make so many calls at once, and judge what is left."""
        some = Random(seed)
        numbers, retries = itertools.count(), self.report.retries
        with self._engine.begin() as connection:
            put_back(connection, {})
            first = look(connection, -1)
        hands = [Hand(str(at), storage, Counting(numbers)) for at, storage in enumerate(self._storages)]
        calls = [[call("ring", on=range(1, 5), at="abc"), *random_calls(some, amount)] for _ in hands]
        errors = _together([partial(hand.play, each) for hand, each in zip(hands, calls, strict=True)])
        deeds = [deed for hand in hands for deed in hand.deeds]
        found = [f"raised: {error!r:.300}" for error in errors if error]
        found += Case(first, self._look(), deeds).findings()
        hand = hands[0].again(self._storages[0], Counting(numbers))
        hand.ahead = max(one.ahead for one in hands) + DOUBT + 601
        found += self._drain(hand)
        self.report.runs += 1
        self.report.steps += len(deeds)
        found += ["waited: two transactions waited for each other"] if self.report.retries > retries else []
        self.report.findings += [f"storm {seed}: {one}" for one in found]

    def _look(self) -> State:
        with self._engine.begin() as connection:
            return look(connection, 0)

    def _drain(self, hand: Hand) -> list[str]:
        """Visit all that waits: nothing may stay behind for ever."""
        rest: list[Call] = [call("resume", at=office) for office in "abc"]
        for _ in range(_PASSES):
            rest += [each for office in "abc" for each in (call("claim", at=office, bound=100), call("finish"))]
        hand.play(rest)
        return [f"stuck: {row}" for row in self._look().visits]


def _together(plays: Sequence[Callable[[], None]]) -> list[BaseException | None]:
    barrier = threading.Barrier(len(plays))

    def run(play: Callable[[], None]) -> None:
        barrier.wait()
        play()

    with ThreadPoolExecutor(len(plays)) as pool:
        return [future.exception() for future in [pool.submit(run, play) for play in plays]]


def storm(url: str, seed: int, rounds: int, processes: int = 4, amount: int = 15) -> Report:
    """Blow `rounds` times; `steps` are the calls that were made."""
    with ExitStack() as stack:
        here = stack.enter_context(own_schema(url))
        one = Storm(here, processes)
        stack.callback(one.close)
        for number in range(rounds):
            one.blow(f"{seed}/{number}", amount)
        return one.report
