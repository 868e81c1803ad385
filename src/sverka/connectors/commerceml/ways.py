"""Two ways to know how orders stand: asking for each (`type=crm`), or keeping what is shown once (`type=sale`)."""

import hashlib
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Protocol

from sverka.connectors.commerceml.documents import Package, unpacked
from sverka.connectors.commerceml.orders import created_at, updated_at
from sverka.connectors.commerceml.script import Script
from sverka.connectors.kit import Kit
from sverka.connectors.kit.moments import put_back
from sverka.domain.errors import Gone, Later, Problem
from sverka.domain.ids import OrderId
from sverka.ports.guard import Guard, free
from sverka.ports.shelf import Shown

PAGE = 100
"""Orders asked for at once by `type=crm`."""

_BATCH = 200
_ROUNDS = 100
_LEASE = 600.0
_RECENT = timedelta(days=60)
_STEP = timedelta(seconds=1)
_FILLED = "filled"
"""The name under which it is kept that the shelf has all the shop had to show at first."""


@dataclass(frozen=True)
class Seen:
    """An order's documents, and when they were seen."""

    package: Package
    at: datetime


class Way(Protocol):
    """How the state of orders is known."""

    def read(self, orders: Collection[OrderId], guard: Guard) -> Mapping[OrderId, Seen | Problem]:
        """Return the documents of each order; `Gone` where there is none."""

    def changed(self, moment: datetime | None) -> Iterator[tuple[str, datetime | None]]:
        """Yield id and stamp of every order that changed at or after the moment."""

    def after(self, written: Sequence[Package], guard: Guard) -> Mapping[OrderId, Seen | Problem]:
        """Return how orders stand once the shop has taken these documents."""

    def recent(self) -> Sequence[Package]:
        """Return some orders of late, from which it is seen what this shop's orders have."""


class Asking:
    """`type=crm`: the shop tells how any order stands as often as it is asked, and remembers nothing of that."""

    def __init__(self, script: Script, kit: Kit, zone: timezone) -> None:
        """Take the script and the shop's time."""
        self._script = script
        self._clock = kit.clock
        self._zone = zone

    def read(self, orders: Collection[OrderId], guard: Guard) -> Mapping[OrderId, Seen | Problem]:
        """Ask for each order; a shop that does not answer is not asked for the rest."""
        found: dict[OrderId, Seen | Problem] = {}
        silent: Problem | None = None
        for id_ in dict.fromkeys(orders):
            try:
                shown = silent or self._script.order(id_, guard)
            except Problem as problem:
                shown = silent = problem
            found[id_] = shown if isinstance(shown, Problem) else Seen(shown, self._clock.now())
        return found

    def changed(self, moment: datetime | None) -> Iterator[tuple[str, datetime | None]]:
        """Yield the orders saved since, page by page; each page begins with the last second of the one before.

        The shop leaves out the second it is given, so it is given the one before. A page of a single second is asked
        for again, twice as large: else the rest of that second would be stepped over. A shop whose clock was put back
        is asked from an hour before its own time.
        """
        label = None if moment is None else moment.replace(microsecond=0) - _STEP
        size, seen = PAGE, set[tuple[str, datetime | None]]()
        page = self._script.changed(label, size, free)
        if earlier := put_back(moment, self._script.time):
            page = self._script.changed(label := earlier, size, free)
        while True:
            stamps = [(one.id, self._stamp(one)) for one in page]
            yield from (pair for pair in dict.fromkeys(stamps) if pair not in seen)
            seen.update(stamps)
            newest = max((stamp for _, stamp in stamps if stamp), default=None)
            if len(page) < size or newest is None:
                return
            label, size = (newest - _STEP, size) if label is None or newest - _STEP > label else (label, size * 2)
            page = self._script.changed(label, size, free)

    def after(self, written: Sequence[Package], guard: Guard) -> Mapping[OrderId, Seen | Problem]:
        """Ask how they stand now."""
        return self.read([OrderId(one.id) for one in written], guard)

    def recent(self) -> Sequence[Package]:
        """Ask for a page of the last two months."""
        return self._script.changed(self._clock.now() - _RECENT, PAGE, free)

    def _stamp(self, package: Package) -> datetime | None:
        return updated_at(package.order, self._zone) if package.order is not None else None


class Keeping:
    """`type=sale`: the shop shows what changed until it is told that it was taken; so it is kept first, then told.

    The shelf is what the shop has shown. An order that is not on it was never shown, and one that was taken by
    somebody else on the same exchange, such as a real 1C, is not shown to us.
    """

    def __init__(self, script: Script, kit: Kit, zone: timezone, *, confirms: bool) -> None:
        """Take the shop's time, and whether it is told that its orders were taken; if not, they go on being shown."""
        self._script = script
        self._kit = kit
        self._zone = zone
        self._confirms = confirms
        self._one = threading.Lock()

    def read(self, orders: Collection[OrderId], guard: Guard) -> Mapping[OrderId, Seen | Problem]:
        """Take what is new, then look on the shelf; an unanswering shop leaves nothing to be said of any order."""
        try:
            self._refresh(guard)
        except Problem as problem:
            return dict.fromkeys(orders, problem)
        kept = self._kit.shelf.get(orders)
        return {id_: _seen(kept[id_]) if id_ in kept else Gone() for id_ in orders}

    def changed(self, moment: datetime | None) -> Iterator[tuple[str, datetime | None]]:
        """Take what is new, and yield what has been put on the shelf since."""
        self._refresh(free)
        yield from self._kit.shelf.since(moment)

    def after(self, written: Sequence[Package], guard: Guard) -> Mapping[OrderId, Seen | Problem]:
        """Keep what the shop has taken: it will show these orders again only when they change there."""
        del guard
        now = self._kit.clock.now()
        self._kit.shelf.put([Shown(one.id, one.packed(), now) for one in written])
        return {OrderId(one.id): Seen(one, now) for one in written}

    def recent(self) -> Sequence[Package]:
        """Return the newest of the shelf, once what is new is on it; nothing is confirmed for a look."""
        self._refresh(free, confirms=False)
        ids = [id_ for id_, _ in self._kit.shelf.since(None)][-PAGE:]
        return [unpacked(one.id, one.body) for one in self._kit.shelf.get(ids).values()]

    def _refresh(self, guard: Guard, *, confirms: bool = True) -> None:
        """Take what the shop shows, part by part where it shows parts; one at a time, over all processes.

        Between what one has read and has not kept yet, another would tell the shop that all was taken.
        """
        with self._one, self._kit.secrets.alone("queue", _LEASE) as ours:
            if not ours:
                raise Later
            before = ""
            for _ in range(_ROUNDS):
                shown = self._take(guard)
                if not confirms:
                    return
                if not self._confirms or shown in ("", before):
                    # What comes once more is all there is, or an old answer out of somebody's cache: to confirm that
                    # would confirm what was not shown.
                    break
                self._script.confirm(guard)
                before = shown
            if not self._kit.secrets.get(_FILLED):
                self._kit.secrets.put(_FILLED, "yes")

    def _take(self, guard: Guard) -> str:
        """Put all that is shown on the shelf; return a print of it, empty where it was nothing."""
        queue, prints = self._script.queue(guard), hashlib.sha256()
        is_filled, is_any = bool(self._kit.secrets.get(_FILLED)), False
        while batch := list(islice(queue, _BATCH)):
            older = self._kit.shelf.get([one.id for one in batch])
            newest: dict[str, Package] = {}
            for one in batch:
                known = newest.get(one.id) or (unpacked(one.id, older[one.id].body) if one.id in older else None)
                newest[one.id] = one.over(known)
            now = self._kit.clock.now()
            shown = [
                Shown(id_, one.packed(), now if is_filled or id_ in older else self._placed(one, now))
                for id_, one in newest.items()
            ]
            self._kit.shelf.put(shown)
            for each in shown:
                prints.update(each.body)
            is_any = True
        return prints.hexdigest() if is_any else ""

    def _placed(self, package: Package, now: datetime) -> datetime:
        """Return when an order was placed: the first time a shop shows all it ever had, and that is no news."""
        placed = created_at(package.order, self._zone) if package.order is not None else None
        return min(placed or now, now)


def _seen(shown: Shown) -> Seen | Problem:
    try:
        return Seen(unpacked(shown.id, shown.body), shown.at)
    except Problem as problem:
        return problem
