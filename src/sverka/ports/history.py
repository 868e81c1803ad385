"""A store's history brought to a back office: what the two sides can do for it, and how far a backfill has come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from sverka.domain.ids import OfficeName, OrderId, OrderRef, ProfileName, StoreName
from sverka.ports.backoffice import BackOffice
from sverka.ports.guard import Guard, free
from sverka.ports.store import Store


@dataclass(frozen=True)
class Placed:
    """An order of a store, and when it was placed."""

    id: OrderId
    at: datetime


@runtime_checkable
class TellsHistory(Store, Protocol):
    """A store that can be asked for its orders by the time at which they were placed."""

    def placed_since(self, moment: datetime, guard: Guard = free) -> Iterator[Placed]:
        """Yield every order placed at or after the moment, in any order, each once at the least."""


@dataclass(frozen=True)
class Room:
    """How many records a back office may be given of a store's history now; with none, how long to wait for more."""

    records: int
    wait: timedelta = timedelta()


@runtime_checkable
class BringsHistory(BackOffice, Protocol):
    """A back office that takes records of the past: many at once, without robots, with the time they were made at."""

    def learn_clients(self, guard: Guard = free) -> Iterator[int]:
        """Learn whom it has, a request at a time, and yield how many were read; what was learnt before is kept."""

    def takes(self, records: int) -> timedelta:
        """Return the least time so many records take by the office's limits, as far as its costs are known."""

    def room(self) -> Room:
        """Return what may be given now, so that enough of its computing time is left to live orders."""


class Stage(StrEnum):
    """What a backfill does now, in this order."""

    LISTING = "listing"
    LEARNING = "learning"
    BRINGING = "bringing"
    DONE = "done"


@dataclass(frozen=True)
class Backfill:
    """The history of one profile's store, since a moment."""

    profile: ProfileName
    store: StoreName
    office: OfficeName
    since: datetime
    begun_at: datetime
    stage: Stage = Stage.LISTING
    is_paused: bool = False
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """How far a backfill has come, in orders.

    `listed` are all there are, `rung` those whose visit was asked for. Of these `waiting` have not been visited yet,
    `put_off` were visited and are to be again, `failing` among them `TRIES` times and more.
    """

    listed: int
    rung: int
    waiting: int
    put_off: int
    failing: int

    @property
    def done(self) -> int:
        """How many were visited and need it no more."""
        return self.rung - self.waiting - self.put_off


TRIES = 3
"""So many visits that led to nothing, and an order is set aside: it is tried again, but nobody waits for it."""


class Backfills(Protocol):
    """What the engine keeps of backfills; each method is one transaction."""

    def open(self) -> Sequence[Backfill]:
        """Return those that are neither done nor paused."""

    def list_orders(self, profile: ProfileName, placed: Sequence[Placed]) -> None:
        """Keep some orders of the store; those kept before stay as they are."""

    def hold(self, profile: ProfileName, who: str, lease: timedelta) -> bool:
        """Be the one of all processes who carries a backfill on, for so long; False where another is."""

    def let_go(self, who: str) -> None:
        """Leave all that somebody carries on to others."""

    def turn(self, one: Backfill, stage: Stage) -> None:
        """Go on to a stage, unless it was begun anew meanwhile."""

    def ring(self, profile: ProfileName, most: int) -> int:
        """Ring for the oldest orders not rung for yet, at most so many, and return how many those were.

        Those that have a record in the office are passed over. A backfill that was paused meanwhile rings for none.
        """

    def progress(self, profile: ProfileName) -> Progress:
        """Return how far it has come."""

    def left(self, profile: ProfileName, most: int) -> Sequence[OrderRef]:
        """Return orders that were visited and have no record in the office, the oldest first."""
