"""What one process does to the storage, in short words, and what it remembers of that for the judge."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sverka.domain.errors import Superseded
from sverka.domain.ids import OfficeName, OrderId, OrderRef, ProfileName, RecordId, StoreName
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Again, Claim, Intent, IntentKind, Lane, NewBinding, Outcome, Ring, Terms
from sverka.storage.sql_storage import SqlStorage

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""When every race starts."""
TERMS = Terms()
DOUBT = TERMS.doubt.total_seconds()

Call = tuple[str, dict[str, Any]]
"""A word of `Hand` and what is said with it."""


def call(word: str, **said: Any) -> Call:
    """Return a call; a list of them is what one process does."""
    return word, said


def order(number: int) -> OrderRef:
    """Return the order of that number."""
    return OrderRef(StoreName("shop"), OrderId(str(number)))


class StoppedClock:
    """The clock of a storage whose calls are given their moment."""

    def now(self) -> datetime:
        return NOON

    def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)


@dataclass(frozen=True)
class Span:
    """When a call began, and between which moments it was committed; moments are counted and not measured."""

    began: int
    earliest: int
    latest: int


class Watch(Protocol):
    """What times a process's calls."""

    def start(self) -> None: ...

    def stop(self) -> Span: ...


@dataclass(frozen=True)
class Deed:
    """One call that ended: what it took or gave, and under which claim."""

    who: str
    what: str
    now: datetime
    span: Span
    claim: Claim | None = None
    rings: Sequence[Ring] = ()
    settled: frozenset[int] = frozenset()
    intents: Sequence[Intent] = ()
    closed: frozenset[int] = frozenset()
    superseded: bool = False


@dataclass
class Hand:
    """One process. `held` is the claim it thinks it holds, `open` the intents it has committed under it."""

    name: str
    storage: SqlStorage
    watch: Watch
    ahead: float = 0.0
    held: Claim | None = None
    open: list[Intent] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.ahead)

    def again(self, storage: SqlStorage, watch: Watch) -> "Hand":
        """Return the same process before it does anything, at another storage."""
        other = copy(self)
        other.storage, other.watch, other.open, other.deeds = storage, watch, [*self.open], []
        return other

    def play(self, calls: Sequence[Call]) -> None:
        """Do one call after another."""
        for word, said in calls:
            getattr(self, word)(**said)

    def _do(self, what: str, work: Any, **known: Any) -> Any:
        self.watch.start()
        try:
            answer = work()
        except Superseded:
            self.deeds.append(Deed(self.name, what, self.now, self.watch.stop(), superseded=True, claim=self.held))
            self.held, self.open = None, []
            return None
        if what == "claim":
            known = {"claim": answer}
        elif what == "intend":
            known["intents"] = answer
        self.deeds.append(Deed(self.name, what, self.now, self.watch.stop(), **known))
        return answer

    def ring(self, *, on: Sequence[int], at: str = "a", lane: Lane = Lane.LIVE, late: float = 0) -> None:
        due = self.now + timedelta(seconds=late)
        rings = [Ring(order(number), OfficeName(office), due, lane) for number in on for office in at]
        self._do("ring", lambda: self.storage.ring(rings), rings=rings)

    def receive(self, *, on: Sequence[int], at: str = "a") -> None:
        rings = [Ring(order(number), OfficeName(office), self.now) for number in on for office in at]
        self._do("receive", lambda: self.storage.receive("shop", [], rings, []), rings=rings)

    def swept(self, *, on: Sequence[int], at: str = "a") -> None:
        rings = [Ring(order(number), OfficeName(office), self.now, Lane.SWEEP) for number in on for office in at]
        self._do("swept", lambda: self.storage.swept("shop", self.now, rings), rings=rings)

    def claim(self, *, at: str, bound: int = 10, quiet: int = 0) -> None:
        """Claim an office, forgetting what was held, as a process that died and came back does."""
        self.open = []
        self.held = self._do("claim", lambda: self.storage.claim(OfficeName(at), self.now, TERMS, bound, quiet))

    def intend(self) -> None:
        """Commit an intent for every visit that is held."""
        if (claim := self.held) is None:
            return
        new = [
            Intent(IntentKind.PATCH_ORDER, claim.office, visit.order, ProfileName(f"for-{claim.office}"))
            for visit in claim.visits
        ]
        work = Outcome(intents=new)
        done = self._do("intend", lambda: list(self.storage.commit(claim, work, self.now, TERMS)), claim=claim)
        self.open += done or []

    def finish(
        self, *, again: bool = False, close: bool = True, release: bool = True, tell: Sequence[int] = ()
    ) -> None:
        """Commit the wave's end: visits done or to be made again, intents closed or left in doubt, others told."""
        if (claim := self.held) is None:
            return
        closed = [one.id for one in self.open] if close else []
        due = self.now + timedelta(seconds=1)
        left = [Again(visit, due) for visit in claim.visits] if again else []
        rings = [Ring(order(number), claim.office, self.now) for number in tell]
        outcome = Outcome(closed=closed, done=[] if again else list(claim.visits), again=left, rings=rings)
        self._do(
            "finish",
            lambda: self.storage.commit(claim, outcome, self.now, TERMS),
            claim=claim,
            closed=frozenset(closed),
            settled=frozenset(visit.id for visit in claim.visits),
            rings=[*rings, *(Ring(one.visit.order, claim.office, due, one.visit.lane) for one in left)],
        )
        if release:
            self.release()

    def bind(self, *, released: Sequence[int] = ()) -> None:
        """Bind what is held, and release bindings by id."""
        if (claim := self.held) is None:
            return
        new = [
            NewBinding(visit.order, ProfileName(f"for-{claim.office}"), RecordId(f"{claim.office}{visit.order.id}"))
            for visit in claim.visits
        ]
        outcome = Outcome(bindings=new, released=list(released))
        self._do("bind", lambda: self.storage.commit(claim, outcome, self.now, TERMS), claim=claim)

    def release(self) -> None:
        if (claim := self.held) is not None:
            self._do("release", lambda: self.storage.release(claim, self.now), claim=claim)
        self.held, self.open = None, []

    def extend(self, *, by: float) -> None:
        if (claim := self.held) is not None:
            until = self.now + timedelta(seconds=by)
            self._do("extend", lambda: self.storage.extend(claim, until), claim=claim)

    def free_locks(self) -> None:
        self._do("free_locks", lambda: self.storage.free_locks(TERMS))

    def make_anew(self, *, on: int) -> None:
        line = JournalLine(self.now, Event.APPLIED, Text("anew", "заново"), order(on))
        self._do("make_anew", lambda: self.storage.make_anew(order(on), line))

    def pause(self, *, at: str) -> None:
        line = JournalLine(self.now, Event.HALTED, Text("stop", "стоп"), office=OfficeName(at))
        self._do("pause", lambda: self.storage.pause_connection(at, line))

    def resume(self, *, at: str) -> None:
        line = JournalLine(self.now, Event.APPLIED, Text("go", "дальше"), office=OfficeName(at))
        self._do("resume", lambda: self.storage.resume_connection(at, line))

    def tick(self, *, by: float) -> None:
        """Let this process's time pass; the others' stands, as if this one came late."""
        self.ahead += by
