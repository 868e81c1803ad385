"""One wave between its commits."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sverka.domain.errors import Problem, Superseded, Unanswered
from sverka.domain.ids import OfficeName, OrderRef
from sverka.domain.text import Text
from sverka.engine.hub import Hub
from sverka.engine.task import Task
from sverka.engine.trouble import line_of, pause_for, stop_what_must
from sverka.ports import watch
from sverka.ports.backoffice import TellsTime
from sverka.ports.guard import Guard, InLane
from sverka.ports.storage import Claim, Intent, Lane, Memory, Outcome

_TOO_EARLY = Text(
    "By the clock of the back office a write is still in doubt: a clock was moved, this machine's or the back "
    "office's, or another machine that works with this database is behind. The wave is made again; keep the clocks by "
    "NTP.",
    "По часам CRM исход записи ещё не ясен: часы перевели, на этой машине или в CRM, или отстают часы другой машины, "
    "работающей с этой базой. Волна будет повторена; держите часы по NTP.",
)


@dataclass
class Report:
    """What a wave did, in counts."""

    visits: int = 0
    births: int = 0
    writes: int = 0


@dataclass
class Wave:
    """The state of one wave between its commits."""

    hub: Hub
    office: OfficeName
    claim: Claim
    deadline: datetime | None = None
    memory: Memory = field(default_factory=Memory)
    outcome: Outcome = field(default_factory=Outcome)
    report: Report = field(default_factory=Report)
    later: dict[OrderRef, datetime] = field(default_factory=dict)
    floor: dict[OrderRef, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note the moment by which the visits were claimed."""
        self.latest = self.hub.clock.now()

    @property
    def guard(self) -> Guard:
        """The check before every request, in the lane of the most urgent visit."""
        return InLane(self.check, min((visit.lane for visit in self.claim.visits), default=Lane.LIVE))

    def check(self) -> None:
        """Let a request pass only under the claim's own epoch and before the deadline of its intents (K3).

        While nothing is committed there is no deadline: looks may take their time, and the lock is kept for them.
        """
        now = self.hub.clock.now()
        self.latest = max(self.latest, now)
        if self.deadline is None:
            self.hub.storage.extend(self.claim, now + self.hub.terms.doubt)
        elif now >= self.deadline or not self.hub.storage.still_mine(self.claim):
            raise Superseded

    def commit(self) -> Sequence[Intent]:
        """Commit what has come together and start afresh; raises `Superseded` where that is too early (K2)."""
        now = self.hub.clock.now()
        office = self.hub.offices.get(self.office)
        ahead = office.ahead() if isinstance(office, TellsTime) else None
        if ahead and self.deadline is None:
            self._by_its_clock(now, now + ahead.least)
        if ahead:
            self.outcome.intents = [replace(one, office_at=now + ahead.most) for one in self.outcome.intents]
        intents = self.hub.storage.commit(self.claim, self.outcome, now, self.hub.terms)
        if intents:
            self.deadline = now + self.hub.terms.wave
        self.outcome = Outcome()
        return intents

    def _by_its_clock(self, now: datetime, told: datetime) -> None:
        """Break off, before anything was sent, where what the look concludes is in doubt by the office's own clock.

        The hub's may have been put forward, and back again since a doubt was taken for over; or it is another
        machine's. The orders are left alone for as long as is missing.
        """
        if self.hub.storage.prolong_doubts(self.office, max(now, self.latest), now, told, self.hub.terms):
            raise Superseded(_TOO_EARLY)

    def postpone(self, order: OrderRef, moment: datetime) -> None:
        """Have the order's visit made again, at the earliest moment asked for."""
        self.later[order] = min(self.later.get(order, moment), moment)

    def hold_off(self, order: OrderRef, moment: datetime) -> None:
        """Have the order's visit made again, and not before that moment, whoever asks for an earlier one."""
        self.floor[order] = max(self.floor.get(order, moment), moment)
        self.postpone(order, moment)

    def next_visit(self, order: OrderRef, now: datetime) -> datetime | None:
        """Return when the order is to be visited again, None where this visit was enough."""
        moment = self.later.get(order)
        return None if moment is None else max(moment, now, self.floor.get(order, now))

    def trouble(self, order: OrderRef, problem: Problem, connection: str, task: Task | None = None) -> None:
        """Have the order's visit made again after a pause, tell why, and stop what the problem says must stop."""
        now = self.hub.clock.now()
        watch.counts.add("problems", connection=connection, problem=type(problem).__name__)
        attempts = next((visit.attempts for visit in self.claim.visits if visit.order == order), 0)
        moment = now + pause_for(problem, attempts)
        if isinstance(problem, Unanswered) and task is not None:
            moment = now + self.hub.terms.doubt
        self.hold_off(order, moment)
        stop_what_must(self.hub, problem, now, connection=connection)
        self.outcome.journal.append(line_of(problem, now, order, self.office, task))
