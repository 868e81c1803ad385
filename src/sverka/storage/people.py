"""Users and what lets them in: sessions and tokens, kept by the digest of their secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from sverka.domain.errors import Misconfigured
from sverka.domain.roles import Role
from sverka.domain.text import Text
from sverka.ports.clock import Clock
from sverka.storage.database import AnyRow, read, write
from sverka.storage.people_tables import passes, users

_LAST_OWNER = Text(
    "This is the only owner, and somebody must govern the hub; make another owner first: `sverka user add`.",
    "Это единственный владелец, а управлять хабом кто-то должен; сначала добавьте другого: `sverka user add`.",
)


class PassKind(StrEnum):
    """What lets a user in: a browser's session, or a program's token."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105 - a kind, and no secret


@dataclass(frozen=True)
class User:
    """A person the hub knows."""

    name: str
    role: Role
    made_at: datetime


@dataclass(frozen=True)
class Pass:
    """A session or a token, in force before `until`; `role` bounds what its user may by it."""

    user: str
    kind: PassKind
    label: str
    role: Role
    made_at: datetime
    until: datetime


class Users:
    """The users of the hub, for the doors."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def add(self, name: str, role: Role, password: str) -> bool:
        """Keep a user with what argon2 made of the password; False where the name is taken."""
        row = {"name": name, "role": role.value, "password": password, "made_at": self._clock.now()}
        try:
            write(self._engine, lambda connection: connection.execute(insert(users), [row]))
        except IntegrityError:
            return False
        return True

    def list(self) -> Sequence[User]:
        """Return the users by name."""
        statement = select(*users.c).order_by(users.c.name)
        return read(self._engine, lambda connection: [_user(row) for row in connection.execute(statement)])

    def get(self, name: str) -> User | None:
        """Return a user, None where there is none of that name."""
        return next((one for one in self.list() if one.name == name), None)

    def password_of(self, name: str) -> str | None:
        """Return what argon2 made of a user's password, None where there is no such user."""
        statement = select(users.c.password).where(users.c.name == name)
        found: str | None = read(self._engine, lambda connection: connection.scalar(statement))
        return found

    def set_password(self, name: str, password: str) -> None:
        """Keep another password; the user's sessions end with the old one, tokens stay."""

        def work(connection: Connection) -> None:
            connection.execute(update(users).where(users.c.name == name).values(password=password))
            ours = (passes.c.user == name, passes.c.kind == PassKind.SESSION.value)
            connection.execute(delete(passes).where(*ours))

        write(self._engine, work)

    def set_role(self, name: str, role: Role) -> None:
        """Give a user another role, in force at once; raises `Misconfigured` where nobody would be an owner."""

        def work(connection: Connection) -> None:
            connection.execute(update(users).where(users.c.name == name).values(role=role.value))
            _keep_an_owner(connection)

        write(self._engine, work)

    def remove(self, name: str) -> None:
        """Forget a user with his sessions and tokens; raises `Misconfigured` where nobody would be an owner."""

        def work(connection: Connection) -> None:
            connection.execute(delete(users).where(users.c.name == name))
            _keep_an_owner(connection)

        write(self._engine, work)

    def admit(self, digest: str, one: Pass) -> bool:
        """Keep what lets a user in, and drop what has run out; False where he has a token of that label."""
        row = {"digest": digest, "user": one.user, "kind": one.kind.value, "label": one.label, "role": one.role.value}

        def work(connection: Connection) -> None:
            connection.execute(delete(passes).where(passes.c.until <= self._clock.now()))
            connection.execute(insert(passes), [{**row, "made_at": one.made_at, "until": one.until}])

        try:
            write(self._engine, work)
        except IntegrityError:
            return False
        return True

    def find(self, digest: str) -> tuple[User, Pass] | None:
        """Return whom a digest lets in now; None where it is unknown, has run out, or was ended."""
        statement = select(*passes.c).where(passes.c.digest == digest, passes.c.until > self._clock.now())

        def work(connection: Connection) -> tuple[User, Pass] | None:
            row = connection.execute(statement).first()
            if row is None:
                return None
            user = connection.execute(select(*users.c).where(users.c.name == row.user)).one()
            return _user(user), _pass(row)

        return read(self._engine, work)

    def end(self, digest: str) -> None:
        """End one session; harmless where there is none."""
        write(self._engine, lambda connection: connection.execute(delete(passes).where(passes.c.digest == digest)))

    def tokens(self) -> Sequence[Pass]:
        """Return the tokens in force, by user and label."""
        ours = (passes.c.kind == PassKind.TOKEN.value, passes.c.until > self._clock.now())
        statement = select(*passes.c).where(*ours).order_by(passes.c.user, passes.c.label)
        return read(self._engine, lambda connection: [_pass(row) for row in connection.execute(statement)])

    def end_token(self, user: str, label: str) -> bool:
        """End a user's token; False where there is none of that label."""
        ours = (passes.c.user == user, passes.c.kind == PassKind.TOKEN.value, passes.c.label == label)
        return write(self._engine, lambda connection: connection.execute(delete(passes).where(*ours)).rowcount) > 0


def _keep_an_owner(connection: Connection) -> None:
    owners = select(func.count()).select_from(users).where(users.c.role == Role.OWNER.value)
    if not connection.scalar(owners):
        raise Misconfigured(_LAST_OWNER)


def _user(row: AnyRow) -> User:
    return User(row.name, Role(row.role), row.made_at)


def _pass(row: AnyRow) -> Pass:
    return Pass(row.user, PassKind(row.kind), row.label, Role(row.role), row.made_at, row.until)
