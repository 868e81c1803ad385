"""Who changed what in the hub, and when: kept longer than anything else is, and never with a secret."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine, insert, select

from sverka.storage.database import AnyRow, read, write
from sverka.storage.people_tables import audit


class Door(StrEnum):
    """Where somebody came in: the command line, whose people are this machine's users, or the API."""

    CLI = "cli"
    API = "api"


@dataclass(frozen=True)
class Act:
    """One thing somebody did: `act` names it as the command does, `subject` is what it was done to.

    `before` and `after` are what was in force, empty where there was nothing.
    """

    at: datetime
    who: str
    door: Door
    act: str
    subject: str = ""
    before: str = ""
    after: str = ""


class Audit:
    """The acts, for the doors."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def write(self, one: Act) -> None:
        """Keep an act."""
        row = {
            "at": one.at, "who": one.who, "door": one.door.value, "act": one.act, "subject": one.subject,
            "before": one.before, "after": one.after,
        }  # fmt: skip
        write(self._engine, lambda connection: connection.execute(insert(audit), [row]))

    def list(self, limit: int = 100, subject: str = "", who: str = "", since: datetime | None = None) -> Sequence[Act]:
        """Return the last acts, oldest of them first, as far as they meet what is given."""
        wanted = [audit.c[name] == value for name, value in (("subject", subject), ("who", who)) if value]
        if since is not None:
            wanted.append(audit.c.at >= since)
        statement = select(*audit.c).where(*wanted).order_by(audit.c.id.desc()).limit(limit)
        return read(self._engine, lambda connection: [_act(row) for row in connection.execute(statement)][::-1])


def _act(row: AnyRow) -> Act:
    return Act(row.at, row.who, Door(row.door), row.act, row.subject, row.before, row.after)
