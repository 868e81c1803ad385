"""What the house hands to a connector."""

import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sverka.ports.budget import Budget
from sverka.ports.clock import Clock
from sverka.ports.secrets import Secrets
from sverka.ports.shelf import Shelf, Shown


class Pocket:
    """The `Secrets` of one process alone, kept no longer than it lives."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        """Return a secret, None where there is none."""
        return self._kept.get(name)

    def put(self, name: str, secret: str) -> None:
        """Keep a secret."""
        self._kept[name] = secret

    @contextmanager
    def alone(self, work: str, seconds: float) -> Iterator[bool]:
        """Hold a piece of work; nobody else has this pocket."""
        del work, seconds
        yield True


class Tray:
    """The `Shelf` of one process alone, kept no longer than it lives."""

    def __init__(self) -> None:
        """Begin empty."""
        self._shown: dict[str, Shown] = {}

    def put(self, shown: Sequence[Shown]) -> None:
        """Keep what was shown; the same again keeps its moment."""
        for one in shown:
            if one.id not in self._shown or self._shown[one.id].body != one.body:
                self._shown[one.id] = one

    def get(self, ids: Collection[str]) -> Mapping[str, Shown]:
        """Return what is kept of these records."""
        return {id_: self._shown[id_] for id_ in ids if id_ in self._shown}

    def since(self, moment: datetime | None) -> Iterator[tuple[str, datetime]]:
        """Yield id and moment of what has shown something new."""
        kept = sorted((one.at, one.id) for one in self._shown.values() if moment is None or one.at >= moment)
        yield from ((id_, at) for at, id_ in kept)


@dataclass(frozen=True)
class Kit:
    """A connection's name, the hub's own id (K1), and the shared clock, request budget and secrets."""

    name: str
    hub: str
    clock: Clock
    budget: Budget
    read_timeout: float = 70.0
    """Seconds without a byte before a request counts as unanswered; a portal cuts its own work at 60."""

    region: str = "RU"
    """Where a phone without a country code belongs."""

    secrets: Secrets = field(default_factory=Pocket)
    shelf: Shelf = field(default_factory=Tray)
    chance: Callable[[], float] = random.random
    """A number from 0 to 1, by which repeated requests of many processes are spread."""
