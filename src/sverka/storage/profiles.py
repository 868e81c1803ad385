"""Profiles as they were applied: the document in force and every one before it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from sverka.domain.ids import ProfileName
from sverka.domain.text import Text
from sverka.ports.clock import Clock
from sverka.ports.journal import JournalLine
from sverka.storage import journal, pauses
from sverka.storage.database import AnyRow, read, taking, upsert, write
from sverka.storage.tables import profile_versions, profiles

ALLOWANCE = timedelta(hours=1)
"""How long an operator's resuming lets pass what had halted a profile."""


@dataclass(frozen=True)
class SavedProfile:
    """A profile in force. Lower `priority` is asked first; `version` counts from 1; `paused` is a reason or None.

    Until `allowed_until` the profile's halts are off.
    """

    name: ProfileName
    priority: int
    document: str
    version: int
    active: bool
    paused: Text | None = None
    allowed_until: datetime | None = None


@dataclass(frozen=True)
class ProfileVersion:
    """One document that was in force from a moment on."""

    version: int
    document: str
    applied_at: datetime
    author: str


class Profiles:
    """The profiles of the hub, for the doors."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def apply(
        self, name: ProfileName, document: str, priority: int, author: str = "", line: JournalLine | None = None
    ) -> int:
        """Put a document in force and return its version; the same document again makes no new one.

        The profile becomes active. `line` goes into the journal together with a new version.
        """
        now = self._clock.now()

        def work(connection: Connection) -> int:
            old = connection.execute(_current().where(profiles.c.name == name)).first()
            same = old is not None and old.document == document
            version = (old.version if old is not None else 0) + (0 if same else 1)
            columns = {"priority": priority, "active": True, "version": version}
            statement = upsert(connection, profiles, ("name",), taking(*columns))
            connection.execute(statement, [{"name": name, **columns}])
            if not same:
                row = {"name": name, "version": version, "document": document, "applied_at": now, "author": author}
                connection.execute(insert(profile_versions), [row])
                journal.add(connection, [line] if line else [])
            return version

        return write(self._engine, work)

    def bring(self, one: SavedProfile, versions: Sequence[ProfileVersion]) -> None:
        """Keep a profile that comes from another hub with all its versions, of which `one.version` is in force."""
        profile = {"name": one.name, "priority": one.priority, "active": one.active, "version": one.version}
        rows = [{"name": one.name, **asdict(version)} for version in versions]

        def work(connection: Connection) -> None:
            connection.execute(insert(profiles), [profile])
            connection.execute(insert(profile_versions), rows)

        write(self._engine, work)

    def get(self, name: ProfileName) -> SavedProfile | None:
        """Return a profile, None where there is none of that name."""
        return next((one for one in self.list() if one.name == name), None)

    def list(self, *, active_only: bool = False) -> Sequence[SavedProfile]:
        """Return profiles in the order they are asked."""

        def work(connection: Connection) -> list[SavedProfile]:
            stopped = pauses.all_of(connection, "profile")
            rows = connection.execute(_current().order_by(profiles.c.priority, profiles.c.name))
            return [_saved(row, stopped.get(row.name)) for row in rows]

        return [one for one in read(self._engine, work) if one.active or not active_only]

    def versions(self, name: ProfileName) -> Sequence[ProfileVersion]:
        """Return every document that was ever in force under a name, oldest first."""
        statement = (
            select(*profile_versions.c).where(profile_versions.c.name == name).order_by(profile_versions.c.version)
        )
        return read(
            self._engine,
            lambda connection: [
                ProfileVersion(row.version, row.document, row.applied_at, row.author)
                for row in connection.execute(statement)
            ],
        )

    def set_active(self, name: ProfileName, *, active: bool) -> bool:
        """Switch a profile on or off; False where there is none of that name."""
        statement = update(profiles).where(profiles.c.name == name).values(active=active)
        return write(self._engine, lambda connection: connection.execute(statement).rowcount) > 0

    def resume(self, name: ProfileName, line: JournalLine | None = None) -> bool:
        """Let a stopped profile go on, with a line in the journal; False, writing none, where it was not stopped.

        For `ALLOWANCE` from now its halts are off: whoever resumes it has looked at what halted it.
        """

        def work(connection: Connection) -> bool:
            lifted = pauses.lift(connection, "profile", name)
            if lifted:
                values = {"allowed_until": self._clock.now() + ALLOWANCE}
                connection.execute(update(profiles).where(profiles.c.name == name).values(values))
            journal.add(connection, [line] if line and lifted else [])
            return lifted

        return write(self._engine, work)


def _current() -> Any:
    return select(*profiles.c, profile_versions.c.document).join(
        profile_versions,
        (profile_versions.c.name == profiles.c.name) & (profile_versions.c.version == profiles.c.version),
    )


def _saved(row: AnyRow, paused: Text | None) -> SavedProfile:
    return SavedProfile(
        ProfileName(row.name), row.priority, row.document, row.version, row.active, paused, row.allowed_until
    )
