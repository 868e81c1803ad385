"""The backfill: a store's orders since a date are listed once, and rung for in portions as the waves get through them.

Everything it needs stands in the database: it may be paused, or die, between any two steps. One of all processes
carries a backfill on; two that did for a while would only read twice.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from sverka.domain.errors import Problem
from sverka.domain.ids import OrderId, OrderRef, ProfileName
from sverka.engine.by_hand.preview import Preview, preview
from sverka.engine.hub import Hub
from sverka.ports.guard import InLane, free
from sverka.ports.history import Backfill, Backfills, BringsHistory, Placed, Room, Stage, TellsHistory
from sverka.ports.notices import Subject
from sverka.ports.storage import Lane
from sverka.ports.store import Store

PAGE: Final = 1000
"""Orders listed in one step."""

SOON: Final = timedelta(seconds=1)
"""How long to wait where others have to act first: the waves, a side that does not answer, an operator."""

LEASE: Final = timedelta(minutes=2)
"""After so long a silence another process carries a backfill on; a step is shorter."""

ELSEWHERE: Final = timedelta(seconds=5)
"""How often a process looks at what another carries on."""

WAVE: Final = 30.0
"""Seconds that a wave of the past may take: no live order waits for it longer."""

_FEWEST, _FIRST, _MOST = 46, 230, 2300


@dataclass
class Pace:
    """How many orders are rung for at a time: as many as lately fitted into a wave."""

    portion: int = _FIRST
    begun_at: datetime | None = None
    rung: int = 0
    put_off: int = 0

    def begin(self, now: datetime, rung: int, put_off: int) -> None:
        """Note a portion that was rung for, and how many orders were put off before."""
        self.begun_at, self.rung, self.put_off = now, rung, put_off

    def end(self, now: datetime) -> None:
        """Note that the portion has been visited; the next one may be three times as large."""
        if self.begun_at is not None and self.rung >= _FEWEST:
            seconds = (now - self.begun_at).total_seconds()
            fitting = self.rung * WAVE / seconds if seconds > 0 else _MOST
            self.portion = int(max(_FEWEST, min(fitting, self.portion * 3, _MOST)))
        self.begun_at = None

    def is_stuck(self, put_off: int) -> bool:
        """Tell whether most of the last portion led to nothing: more of the same would only pile up."""
        return self.rung > 0 and put_off - self.put_off > self.rung / 2


@dataclass
class Backfiller:
    """Carries backfills on, a step at a time; what it holds itself may be lost at any moment."""

    backfills: Backfills
    _who: str = field(default_factory=lambda: secrets.token_hex(8))
    _walks: dict[ProfileName, tuple[Backfill, Iterator[object]]] = field(default_factory=dict)
    _paces: dict[ProfileName, Pace] = field(default_factory=dict)

    def step(self, hub: Hub, one: Backfill) -> timedelta:
        """Do the next piece of a backfill's work, and return how long it has nothing to do then.

        Raises:
            Problem: a side cannot be asked now; the next step asks again.
        """
        if not _may_go_on(hub, one):
            return SOON
        if not self.backfills.hold(one.profile, self._who, LEASE):
            self._walks.pop(one.profile, None)
            return ELSEWHERE
        try:
            match one.stage:
                case Stage.LISTING:
                    return self._list(hub, one)
                case Stage.LEARNING:
                    return self._learn(hub, one)
                case Stage.BRINGING:
                    return self._bring(hub, one)
                case Stage.DONE:
                    return SOON
        except Problem:
            self._walks.pop(one.profile, None)
            raise

    def close(self) -> None:
        """Leave the work to others at once."""
        self.backfills.let_go(self._who)

    def _list(self, hub: Hub, one: Backfill) -> timedelta:
        walk = self._walk(one, lambda: orders_since(hub.stores[one.store], one.since))
        part = [placed for placed in islice(walk, PAGE) if isinstance(placed, Placed)]
        self.backfills.list_orders(one.profile, part)
        return self._next(one, Stage.LEARNING) if len(part) < PAGE else timedelta()

    def _learn(self, hub: Hub, one: Backfill) -> timedelta:
        office = hub.offices[one.office]
        if isinstance(office, BringsHistory):
            walk = self._walk(one, lambda: office.learn_clients(InLane(free, Lane.HISTORY)))
            if next(walk, None) is not None:
                return timedelta()
        return self._next(one, Stage.BRINGING)

    def _walk(self, one: Backfill, begin: Callable[[], Iterator[object]]) -> Iterator[object]:
        """Return what the last step read from, or, if it was not this backfill's at this stage, begin to read."""
        if one.profile not in self._walks or self._walks[one.profile][0] != one:
            self._walks[one.profile] = one, begin()
        return self._walks[one.profile][1]

    def _next(self, one: Backfill, stage: Stage) -> timedelta:
        self._walks.pop(one.profile, None)
        self.backfills.turn(one, stage)
        return timedelta()

    def _bring(self, hub: Hub, one: Backfill) -> timedelta:
        now, office = hub.clock.now(), hub.offices[one.office]
        progress, pace = self.backfills.progress(one.profile), self._paces.setdefault(one.profile, Pace())
        if progress.waiting:
            return SOON
        pace.end(now)
        if progress.rung == progress.listed and progress.put_off == progress.failing:
            return self._next(one, Stage.DONE)
        if progress.rung == progress.listed or pace.is_stuck(progress.put_off):
            return SOON
        room = office.room() if isinstance(office, BringsHistory) else Room(hub.bound)
        if not room.records:
            return room.wait
        pace.begin(now, self.backfills.ring(one.profile, min(pace.portion, room.records)), progress.put_off)
        return SOON


def _may_go_on(hub: Hub, one: Backfill) -> bool:
    if {one.store, one.office} & hub.paused or one.store not in hub.stores or one.office not in hub.offices:
        return False
    return any(profile.document == one.profile and not profile.paused for profile in hub.profiles())


def orders_since(store: Store, moment: datetime) -> Iterator[Placed]:
    """Yield a store's orders placed since a moment; of a store that cannot tell, those changed since then."""
    if isinstance(store, TellsHistory):
        yield from store.placed_since(moment)
        return
    for notice in store.changed_since(moment):
        if notice.subject is Subject.ORDER:
            yield Placed(OrderId(notice.id), notice.stamp or moment)


@dataclass(frozen=True)
class Foreseen:
    """What a backfill would do: how many orders there are, what a sample of them would become, and the least time."""

    orders: int
    sample: Preview
    least: timedelta | None


def foresee(hub: Hub, one: Backfill, size: int) -> Foreseen:
    """Count a store's orders, and look at some of them, spread evenly; nothing is written anywhere.

    Raises:
        Problem: a side cannot be asked now.
    """
    count, stride, chosen = 0, 1, list[OrderRef]()
    for count, placed in enumerate(orders_since(hub.stores[one.store], one.since), 1):
        if (count - 1) % stride == 0:
            chosen.append(OrderRef(one.store, placed.id))
        if len(chosen) > 2 * size:
            chosen, stride = chosen[::2], stride * 2
    office = hub.offices[one.office]
    least = office.takes(count) if isinstance(office, BringsHistory) else None
    return Foreseen(count, preview(hub, one.office, chosen[:: max(1, -(-len(chosen) // size))]), least)
