"""Noting who did what: every act that changes the hub, by whichever door."""

from collections.abc import Mapping
from dataclasses import dataclass

from sverka.bootstrap import House
from sverka.storage.audit import Act, Door


@dataclass(frozen=True)
class Who:
    """Who does something: a user of the API, or of this machine where he came by the command line."""

    name: str
    door: Door


def note(house: House, who: Who, act: str, subject: str = "", before: str = "", after: str = "") -> None:
    """Keep an act that was done; `act` names it as the command does, and no value may hold a secret."""
    house.storage.audit.write(Act(house.clock.now(), who.name, who.door, act, subject, before, after))


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
