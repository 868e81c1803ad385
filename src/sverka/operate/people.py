"""Letting people and their programs in: passwords, sessions and tokens."""

import hmac
import re
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sverka.bootstrap import House
from sverka.domain.errors import Later, Misconfigured, Problem
from sverka.domain.roles import MAY, Permission, Role
from sverka.domain.text import Text
from sverka.operate.audit import Who, noted
from sverka.storage.audit import Door
from sverka.storage.people import Pass, PassKind, User

SHORTEST, LONGEST = 10, 256
"""How many characters a password has."""

SESSION = timedelta(hours=12)
"""How long a session lasts; it is not prolonged by use."""

LONGEST_TOKEN_DAYS = 366

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_LABEL = re.compile(r"[\w .-]{1,64}")

_TRIES = ((10, timedelta(seconds=30)), (30, timedelta(seconds=10)), (100, timedelta(seconds=1)))
"""How many wrong or right tries are let through, and how soon one comes back: of an address, at a name, in all."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""argon2id as OWASP's cheat sheet has it at least; 19 MB a try."""

_NOBODY = _HASHER.hash(secrets.token_urlsafe())
"""What an unknown user's password is compared with, so that he is told no sooner than a known one."""

_two_at_once = threading.Semaphore(2)
"""Many tries at once must not take the machine's memory."""


class NotLetIn(Problem):
    """Whoever asks has not said who he is, or has said it wrongly."""

    text = Text(
        "You are not signed in, or your session or token has run out; sign in, or take another token.",
        "Вы не вошли, либо сеанс или токен истёк; войдите или получите новый токен.",
    )


class NotAllowed(Problem):
    """Whoever asks is known, and his role does not let him do this."""

    text = Text(
        "Your role does not allow this; ask an owner of the hub.",
        "Ваша роль этого не позволяет; обратитесь к владельцу хаба.",
    )


class TooManyTries(Later):
    """Somebody tries too often to sign in."""

    text = Text(
        "Too many attempts to sign in; wait and try again.", "Слишком много попыток входа; подождите и повторите."
    )


_WRONG = Text(
    "The name or the password is wrong; an owner can set another with `sverka user password`.",
    "Имя или пароль неверны; владелец может задать новый: `sverka user password`.",
)


@dataclass(frozen=True)
class Guest:
    """Whom a session or a token lets in, and what he may do."""

    user: User
    by: Pass
    digest: str

    @property
    def may(self) -> frozenset[Permission]:
        """What the user's role lets him do, and a token's too."""
        return MAY[self.user.role] & MAY[self.by.role]

    @property
    def who(self) -> Who:
        """The same person for the audit."""
        return Who(self.user.name, Door.API)


@dataclass(frozen=True)
class Admitted:
    """A secret that lets in until a moment; it is shown once and kept nowhere."""

    secret: str
    until: datetime

    def __repr__(self) -> str:
        return f"Admitted(until={self.until!r})"


def hashed(name: str, password: str) -> str:
    """Return what argon2 makes of a new password.

    Raises:
        Misconfigured: it is too short, too long, or the name itself.
    """
    if not SHORTEST <= len(password) <= LONGEST or password.casefold() == name.casefold():
        raise Misconfigured(
            Text(f"A password has {SHORTEST} to {LONGEST} characters and is not the name; choose another.",
                 f"В пароле от {SHORTEST} до {LONGEST} знаков, и он не совпадает с именем; выберите другой.")
        )  # fmt: skip
    with _two_at_once:
        return _HASHER.hash(password)


def is_right(kept: str | None, password: str) -> bool:
    """Tell whether a password is the kept one; it takes as long where nothing is kept."""
    with _two_at_once:
        try:
            _HASHER.verify(kept or _NOBODY, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def sign_in(house: House, name: str, password: str, address: str) -> Admitted:
    """Return a session's secret.

    Raises:
        TooManyTries: from this address, at this name or in all it was tried too often.
        NotLetIn: the name or the password is wrong; which, nobody is told.
    """
    asked = name.strip().lower()
    if not check_password(house, asked, password, address):
        raise NotLetIn(_WRONG)
    secret, now = secrets.token_urlsafe(32), house.clock.now()
    digest = digest_of(secret)
    # The role of a session bounds nothing: its user's counts, as it is at each request.
    one = Pass(asked, PassKind.SESSION, digest, Role.OWNER, now, now + SESSION)
    house.storage.users.admit(digest, one)
    return Admitted(secret, one.until)


def check_password(house: House, asked: str, password: str, address: str) -> bool:
    """Tell whether it is the user's password; raises `TooManyTries` as `sign_in` does."""
    at = sha256(asked.encode()).hexdigest()[:32]
    for place, (burst, every) in zip((f"from {address}", f"at {at}", "in all"), _TRIES, strict=True):
        wait = house.storage.limits.take(f"sign in {place}", every, burst)
        if wait:
            raise TooManyTries(after=wait)
    return is_right(house.storage.users.password_of(asked), password)


def let_in(house: House, secret: str, kind: PassKind) -> Guest:
    """Return whom a secret lets in; raises `NotLetIn` where it is unknown, has run out, or is of another kind."""
    digest = digest_of(secret)
    found = house.storage.users.find(digest)
    if found is None or found[1].kind is not kind:
        raise NotLetIn
    return Guest(*found, digest)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret of 256 random bits; such a one needs no slow hash."""
    return sha256(secret.encode()).hexdigest()


def csrf_of(secret: str) -> str:
    """Return what a page must say beside a session's cookie, which another site's page cannot read."""
    return hmac.new(secret.encode(), b"csrf", "sha256").hexdigest()


def add_user(house: House, who: Who, name: str, role: Role, password: str) -> None:
    """Make a user known.

    Raises:
        Misconfigured: the name cannot be one or is taken, or the password cannot be one.
    """
    if not _NAME.fullmatch(name):
        raise Misconfigured(
            Text(f"{name!r} cannot be a user's name; take small Latin letters, digits and . _ @ -",
                 f"{name!r} не годится как имя; нужны строчные латинские буквы, цифры и . _ @ -")
        )  # fmt: skip
    kept, add = hashed(name, password), house.storage.users.add
    if not noted(house, who, "user add", f"user {name}", lambda: add(name, role, kept), "", role.value):
        raise Misconfigured(
            Text(f"There is a user {name} already; take another name.",
                 f"Пользователь {name} уже есть; возьмите другое имя.")
        )  # fmt: skip


def set_password(house: House, who: Who, name: str, password: str) -> None:
    """Give a user another password and end his sessions; raises `Misconfigured` where it or the user is none."""
    known_user(house, name)
    kept, set_password = hashed(name, password), house.storage.users.set_password
    noted(house, who, "user password", f"user {name}", lambda: set_password(name, kept))


def set_role(house: House, who: Who, name: str, role: Role) -> None:
    """Give a user another role; raises `Misconfigured` where he is unknown or the only owner."""
    before = known_user(house, name).role
    set_role = house.storage.users.set_role
    noted(house, who, "user role", f"user {name}", lambda: set_role(name, role), before.value, role.value)


def remove_user(house: House, who: Who, name: str) -> None:
    """Forget a user, his sessions and tokens; raises `Misconfigured` where he is unknown or the only owner."""
    before = known_user(house, name).role
    noted(house, who, "user remove", f"user {name}", lambda: house.storage.users.remove(name), before.value)


def known_user(house: House, name: str) -> User:
    """Return a user; Misconfigured, naming those there are, where there is none of that name."""
    user = house.storage.users.get(name)
    if user is None:
        names = ", ".join(one.name for one in house.storage.users.list()) or "–"
        raise Misconfigured(
            Text(f"There is no user {name!r}; there are: {names}.", f"Нет пользователя {name!r}; есть: {names}.")
        )
    return user


def add_token(house: House, who: Who, name: str, label: str, role: Role, days: int) -> Admitted:
    """Return a token for a user's program, which may what both its role and its user's allow.

    Raises:
        Misconfigured: the user is unknown, the label is none or taken, or the time is too long.
    """
    known_user(house, name)
    if not _LABEL.fullmatch(label) or not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise Misconfigured(
            Text(f"A token has a label of up to 64 letters and lasts 1 to {LONGEST_TOKEN_DAYS} days.",
                 f"У токена есть метка до 64 букв, а действует он от 1 до {LONGEST_TOKEN_DAYS} дней.")
        )  # fmt: skip
    secret, now = f"sverka_{secrets.token_urlsafe(32)}", house.clock.now()
    one = Pass(name, PassKind.TOKEN, label, role, now, now + timedelta(days=days))
    admit, after = house.storage.users.admit, f"{role.value} until {one.until:%Y-%m-%d}"
    if not noted(house, who, "token add", f"token {name}/{label}", lambda: admit(digest_of(secret), one), "", after):
        raise Misconfigured(
            Text(f"{name} has a token {label!r} already; remove it first, or take another label.",
                 f"У {name} уже есть токен {label!r}; сначала удалите его или возьмите другую метку.")
        )  # fmt: skip
    return Admitted(secret, one.until)


def remove_token(house: House, who: Who, name: str, label: str) -> None:
    """End a token; raises `Misconfigured` where there is none of that label."""
    end = house.storage.users.end_token
    if not noted(house, who, "token remove", f"token {name}/{label}", lambda: end(name, label)):
        raise Misconfigured(
            Text(f"{name} has no token {label!r}; see `sverka token list`.",
                 f"У {name} нет токена {label!r}; см. `sverka token list`.")
        )  # fmt: skip
