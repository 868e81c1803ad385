"""What a problem leads to: a pause of the right length, of the right thing, and a sentence with the next step."""

from datetime import datetime, timedelta

from sverka.domain.errors import AuthLost, Gone, Halt, Later, Misconfigured, Problem
from sverka.domain.ids import OfficeName, OrderRef
from sverka.domain.mapping.profile import Profile
from sverka.engine.hub import Hub
from sverka.engine.task import Task
from sverka.ports.journal import Event, JournalLine

PAUSED = timedelta(minutes=5)
"""How long a visit waits that meets a paused profile or a connection without credentials."""

BACKOFF = timedelta(seconds=30)
"""The first pause after a failure; it doubles with each one, up to `LONGEST`."""

LONGEST = timedelta(minutes=15)


def pause_for(problem: Problem, attempts: int) -> timedelta:
    """Return how long to wait before the next try, after so many failed ones."""
    if isinstance(problem, AuthLost | Misconfigured | Halt):
        return PAUSED
    first = problem.after if isinstance(problem, Later) else BACKOFF
    return min(first * float(2 ** min(attempts, 8)), max(first, LONGEST))


def stop_what_must(
    hub: Hub, problem: Problem, now: datetime, *, connection: str, profile: Profile | None = None
) -> bool:
    """Pause the profile or the connection the problem calls for, and tell; return whether anything was paused."""
    line = JournalLine(now, Event.HALTED, problem.text, rule=type(problem).__name__)
    if isinstance(problem, Halt) and profile is not None:
        hub.storage.pause(profile.document, line)
        return True
    if isinstance(problem, AuthLost | Misconfigured | Halt):
        hub.storage.pause_connection(connection, line)
        return True
    return False


def line_of(
    problem: Problem, now: datetime, order: OrderRef | None, office: OfficeName, task: Task | None = None
) -> JournalLine:
    """Return the journal's line about a problem."""
    profile = task.profile.name if task else None
    event = Event.RELEASED if isinstance(problem, Gone) else Event.PROBLEM
    return JournalLine(now, event, problem.text, order, profile, office, type(problem).__name__)
