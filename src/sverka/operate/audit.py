"""Noting who did what: every act that changes the hub, by whichever door."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sverka.bootstrap import House
from sverka.storage.audit import Act, Door

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Who:
    """Who does something: a user of the API, or of this machine where he came by the command line."""

    name: str
    door: Door


def note(house: House, who: Who, act: str, subject: str = "", before: str = "", after: str = "") -> None:
    """Keep an act; `act` names it as the command does, and no value may hold a secret.

    One that is the database's own belongs into the same transaction (`storage.as_one`), any other is noted before it.
    """
    house.storage.audit.write(Act(house.clock.now(), who.name, who.door, act, subject, before, after))


def noted(
    house: House, who: Who, act: str, subject: str, work: Callable[[], Answer], before: str = "", after: str = ""
) -> Answer:
    """Do an act of the database's own and note it, both or neither; where it comes to False, nothing was done."""

    def both() -> Answer:
        came = work()
        if came is not False:
            note(house, who, act, subject, before, after)
        return came

    return house.storage.as_one(both)


def bare(settings: Mapping[str, object]) -> dict[str, str]:
    """Return settings fit to be shown: of an address what stands before its @ is a password, and left out."""
    return {name: _without_user(str(value)) for name, value in settings.items()}


def in_words(settings: Mapping[str, object]) -> str:
    """Return settings as one line of name=value, without what `bare` leaves out."""
    return " ".join(f"{name}={value}" for name, value in sorted(bare(settings).items()))


def _without_user(value: str) -> str:
    scheme, mark, rest = value.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}" if mark else value
