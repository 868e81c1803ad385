"""A stage for transactions: each in its own thread and connection, one statement at a time, in an order one gives.

A player stops before every statement and before every COMMIT. One of those that stand may take its step; then the
stage waits until everybody stands, has ended, or waits for a lock that somebody who can move holds. So the same
choices give the same run, with no time measured anywhere.
"""

import enum
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Connection, ExceptionContext, event

from simulation.races.hands import Span, StoppedClock
from sverka.storage.database import create
from sverka.storage.sql_storage import SqlStorage
from sverka.storage.tables import metadata

KEY = Fernet.generate_key()
_WORDS = re.compile(r"\w+")
_TABLES = frozenset(metadata.tables)
_CHANGES = ("INSERT", "UPDATE", "DELETE")

Names = frozenset[str]


class Abandoned(BaseException):
    """This run leads nowhere new: everybody leaves the stage."""


class Place(enum.Enum):
    """Where a player is: standing before a step, on its way (or waiting for a lock), or at the end."""

    STANDS = enum.auto()
    MOVES = enum.auto()
    ENDED = enum.auto()


@dataclass(frozen=True)
class Step:
    """What a player is about to do, by the tables that meet it."""

    label: str
    writes: Names = frozenset()
    reads: Names = frozenset()
    commits: bool = False

    def apart(self, other: "Step") -> bool:
        """Tell whether it is all one which of two steps of two players comes first.

        Under READ COMMITTED a statement shows itself to others by the rows it locks, and at its COMMIT.
        """
        return not (
            self.writes & other.writes
            or (self.commits and self.writes & other.reads)
            or (other.commits and other.writes & self.reads)
        )


def step_of(statement: str, values: Iterable[Any]) -> Step:
    """Return the step of a statement; rows one takes turns by stand for themselves."""
    words = _WORDS.findall(statement)
    tables = [word for word in words if word in _TABLES]
    label = f"{words[0]} {tables[0]}"
    if "FOR UPDATE" in statement:
        turn = next(str(value) for value in values)
        return Step(f"turn {turn}", frozenset([turn]))
    writes = frozenset(tables[:1]) if words[0] in _CHANGES else frozenset()
    return Step(label, writes, frozenset(tables))


class Player:
    """One process: a storage of its own whose statements the stage lets go one by one."""

    def __init__(self, name: str, url: str, stage: "Stage") -> None:
        self.name = name
        self.engine = create(url)
        self.storage = SqlStorage(self.engine, StoppedClock(), KEY)
        self.place = Place.ENDED
        self.next = Step("")
        self.pid = 0
        self._stage = stage
        self._go = False
        self._written: Names = frozenset()
        self._read: Names = frozenset()
        self._fresh = True
        self._began = 0
        self._committed = -1
        event.listen(self.engine, "before_cursor_execute", self._before)
        event.listen(self.engine, "do_executemany", self._each)
        event.listen(self.engine, "commit", self._commit)
        event.listen(self.engine, "rollback", self._rollback)
        event.listen(self.engine, "handle_error", self._error)

    def start(self) -> None:
        self._fresh, self._committed = True, -1

    def stop(self) -> Span:
        committed = self._stage.taken if self._committed < 0 else self._committed
        return Span(self._began, committed, committed)

    def perform(self, play: Callable[[], None]) -> None:
        """Play, and leave the stage."""
        self._written = self._read = frozenset()
        try:
            play()
        finally:
            with self._stage.moved:
                self.place = Place.ENDED
                self._stage.moved.notify_all()

    def let_go(self) -> None:
        self.place, self._go = Place.MOVES, True
        self._stage.moved.notify_all()

    def _stand(self, step: Step) -> None:
        with self._stage.moved:
            self.place, self.next = Place.STANDS, step
            self._stage.moved.notify_all()
            while not self._go:
                self._stage.moved.wait()
            self._go = False
            if self._stage.abandoned:
                raise Abandoned

    def _before(self, _connection: Connection, cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        if not self._stage.plays:
            return
        self.pid = cursor.connection.info.backend_pid
        some = values if isinstance(values, Mapping) else {}
        step = step_of(statement, some.values())
        self._stand(step)
        if self._fresh:
            self._fresh, self._began = False, self._stage.taken
        self._written |= step.writes
        self._read |= step.reads

    def _each(self, cursor: Any, statement: str, rows: Sequence[Any], _context: Any) -> bool:
        """Execute a statement for many rows one by one: in truth, too, others come between."""
        for at, row in enumerate(rows):
            if at and self._stage.plays:
                self._stand(step_of(statement, ()))
            cursor.execute(statement, row)
        return True

    def _commit(self, _connection: Connection) -> None:
        if self._stage.plays:
            self._stand(Step("COMMIT", self._written, self._read, commits=True))
            self._committed = self._stage.taken
            self._written = self._read = frozenset()

    def _rollback(self, _connection: Connection) -> None:
        self._fresh, self._written, self._read = True, frozenset(), frozenset()

    def _error(self, context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) in {"40P01", "40001"}:
            self._stage.retries += 1


Choose = Callable[[Mapping[str, Step]], str | None]
"""Given who stands before what, says who goes; None abandons the run."""


@dataclass
class Stage:
    """Some players on one PostgreSQL database."""

    url: str
    names: Sequence[str] = ("one", "two", "three")
    moved: threading.Condition = field(default_factory=threading.Condition)
    plays: bool = False
    abandoned: bool = False
    taken: int = 0
    blocked: int = 0
    retries: int = 0

    def __post_init__(self) -> None:
        self.players = [Player(name, self.url, self) for name in self.names]
        self._pool = ThreadPoolExecutor(len(self.players))
        self._engine = create(self.url)
        self._watcher = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        self._pool.shutdown()
        self._watcher.close()
        for engine in (self._engine, *(player.engine for player in self.players)):
            engine.dispose()

    def run(
        self, plays: Sequence[Callable[[], None]], choose: Choose, seen: Callable[[], None]
    ) -> list[BaseException | None]:
        """Play to the end; `seen` is called after every COMMIT. Returns what each play raised."""
        cast = self.players[: len(plays)]
        self.taken, self.abandoned, self.plays = 0, False, True
        for player in cast:
            player.place = Place.MOVES
        futures = [self._pool.submit(player.perform, play) for player, play in zip(cast, plays, strict=True)]
        try:
            self._play(cast, choose, seen)
        finally:
            self._empty(cast)
        return [future.exception() for future in futures]

    def _play(self, cast: Sequence[Player], choose: Choose, seen: Callable[[], None]) -> None:
        waiting = self._settle(cast)
        while standing := {player.name: player for player in cast if player.place is Place.STANDS}:
            going = choose(_options(standing.values(), waiting))
            if going is None:
                return
            with self.moved:
                self.taken += 1
                standing[going].let_go()
            commits = standing[going].next.commits
            waiting = self._settle(cast, waiting)
            self.blocked += len(waiting)
            if commits:
                seen()

    def _empty(self, cast: Sequence[Player]) -> None:
        """Send away whoever is left."""
        with self.moved:
            self.abandoned = any(player.place is not Place.ENDED for player in cast)
            while any(player.place is not Place.ENDED for player in cast):
                for player in cast:
                    if player.place is Place.STANDS:
                        player.let_go()
                self.moved.wait()
        self.plays = False

    def _settle(self, cast: Sequence[Player], waited: Sequence[Player] = ()) -> list[Player]:
        """Wait until nobody moves; return those who wait for a lock, as `waited` did before the last step."""
        last: dict[int, list[int]] = {}
        while True:
            with self.moved:
                self.moved.wait_for(lambda: all(one.place is not Place.MOVES or one in waited for one in cast), 0.002)
                moving = [player for player in cast if player.place is Place.MOVES]
            if not moving:
                return []
            held = self._held_by([player.pid for player in moving])
            sure = last == held or (len(moving) == 1 and moving[0] in waited)
            if sure and _stands_still(held, [player.pid for player in cast if player not in moving]):
                return moving
            last = held

    def _held_by(self, pids: Sequence[int]) -> dict[int, list[int]]:
        """Return whom each of the connections waits for."""
        rows = self._watcher.exec_driver_sql(
            "SELECT pid, pg_blocking_pids(pid) FROM unnest(%s::int[]) AS pid", (list(pids),)
        )
        return {pid: list(holders) for pid, holders in rows}


def _stands_still(held: Mapping[int, Sequence[int]], free: Sequence[int]) -> bool:
    """Tell whether all wait for somebody who can move; those who wait for each other are the database's to part."""
    could = set(free)
    left = dict(held)
    while some := [pid for pid, holders in left.items() if holders and could.issuperset(holders)]:
        could.update(some)
        for pid in some:
            del left[pid]
    return not left


def _options(standing: Iterable[Player], waiting: Sequence[Player]) -> dict[str, Step]:
    """Return who may go; a COMMIT also lets those go on who wait for its locks."""
    writes = frozenset(name for player in waiting for name in player.next.writes)
    reads = frozenset(name for player in waiting for name in player.next.reads)
    return {
        player.name: Step(player.next.label, player.next.writes | writes, player.next.reads | reads, commits=True)
        if player.next.commits and waiting
        else player.next
        for player in standing
    }
