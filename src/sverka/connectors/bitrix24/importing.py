"""Records of the past: one command makes twenty, no robot runs, and they keep the time they were made at.

A portal keeps that time only while it has no record that is newer, and only for an administrator.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from math import ceil
from typing import Final, Protocol

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.commands import IMPORT, PAGE, Command
from sverka.connectors.bitrix24.kinds import DEALS, RecordKind
from sverka.connectors.bitrix24.wire.client import Answered, Client, Reply, as_list, as_map
from sverka.connectors.bitrix24.wire.meter import LIMIT, WINDOW
from sverka.connectors.bitrix24.wire.params import Param, Ref
from sverka.domain.errors import Problem
from sverka.ports.history import Room
from sverka.ports.storage import Lane

MOST: Final = 20
"""Records one command makes at most."""

FIRST: Final = 5
"""Records in the first request: what one costs is not known yet, and a portal cuts a request off after a minute."""

CREATED: Final = "createdTime"

MANY: Final = 2300
"""Records that are room enough: fifty requests full of them."""

ENOUGH: Final = 460
"""Records that are worth a wave, where more time may come: ten requests full of them."""

_SHARES: Final = {IMPORT: 1.0, commands.SET_ROWS: 1.0, "crm.item.list": 3 / PAGE}
"""How many commands of each method a record of the past takes: it is looked up, made, given rows and read back."""

_SOON: Final = timedelta(seconds=1)


class Brought(Protocol):
    """A write that may make a record of the past: `brought` are its fields then."""

    brought: dict[str, Param] | None

    @property
    def kind(self) -> RecordKind:
        """The kind of the record."""


@dataclass
class Dates:
    """Whether a portal keeps the times records are said to be made at; `newest` is the newest it took."""

    are_kept: bool = True
    newest: datetime | None = None

    def lay(self, fields: Mapping[str, Param], kind: RecordKind, placed: datetime, zone: tzinfo) -> dict[str, Param]:
        """Return a record's fields with the time its order was placed.

        One that comes late gets the nearest the portal takes: without any it would be new, and no other could be older.
        """
        dated: dict[str, Param] = {"begindate": placed.astimezone(zone).date().isoformat()} if kind is DEALS else {}
        if self.are_kept:
            dated[CREATED] = max(placed, self.newest or placed).astimezone(zone).isoformat(timespec="seconds")
        return {**dated, **fields}

    def take(self, placed: datetime, *, is_kept: bool) -> None:
        """Learn from an answer to a record that was told its time."""
        self.are_kept = self.are_kept and is_kept
        if is_kept:
            self.newest = max(placed, self.newest or placed)


def board(jobs: Sequence[Brought]) -> tuple[list[Command], dict[int, tuple[int, int]]]:
    """Return the commands that make the records, and by the jobs' `id()` each one's command and its place in it."""
    batch: list[Command] = []
    places: dict[int, tuple[int, int]] = {}
    for kind in dict.fromkeys(job.kind for job in jobs):
        mine = [(id(job), job.brought) for job in jobs if job.kind is kind and job.brought is not None]
        for first in range(0, len(mine), MOST):
            part = mine[first : first + MOST]
            places |= {key: (len(batch), place) for place, (key, _) in enumerate(part)}
            batch.append(commands.brought(kind.entity, [fields for _, fields in part]))
    return batch, places


def size(jobs: Sequence[Brought]) -> int:
    """Return how many commands it takes to make the records."""
    kinds = [job.kind.mark for job in jobs if job.brought is not None]
    return sum(-(-kinds.count(mark) // MOST) for mark in set(kinds))


def owner(place: tuple[int, int]) -> Ref:
    """Return what leads to the id of a record made in the same batch."""
    return Ref(f"c{place[0]}", ("items", place[1], "item", "id"))


def made(client: Client, answer: Answered, place: int) -> tuple[Answered, bool]:
    """Return the answer about one of the records, and whether it was its time that was refused."""
    if isinstance(answer, Problem):
        return answer, False
    items = as_list(as_map(answer.data).get("items"))
    told = as_map(items[place]) if place < len(items) else {}
    if "error" in told:
        return client.refusal(dict(told), IMPORT), CREATED.lower() in str(told.get("error_description")).lower()
    return Reply({"item": told.get("item")}), False


def room(client: Client) -> Room:
    """Return how many records the portal's computing time is enough for, unless they are few.

    Few would be made in waves that are mostly looks; what is not used now is there a little later.
    """
    meter = client.meter
    stands = [one.after for method in _SHARES if (one := client.blocked(method, Lane.HISTORY))]
    if stands:
        return Room(0, max([*stands, _SOON]))
    if not meter.knows(IMPORT):
        return Room(FIRST)
    costs = {method: share * meter.took(method) for method, share in _SHARES.items()}
    short = {method: meter.left(method) for method, cost in costs.items() if cost}
    fits = min((left / costs[method] for method, left in short.items()), default=MANY)
    if fits >= ENOUGH or all(left >= LIMIT / 2 for left in short.values()):
        return Room(int(max(1, min(fits, MANY))))
    waits = [moment for method in short if (moment := meter.moves(method))]
    return Room(0, max(min(waits) - client.now(), _SOON)) if waits else Room(max(1, int(fits)))


def takes(client: Client, records: int) -> timedelta:
    """Return the larger of two: the time for full requests, and for the method whose computing time is the scarcest."""
    commands_each = sum(_SHARES.values()) - _SHARES[IMPORT] * (1 - 1 / MOST)
    sent = records * commands_each / PAGE / client.rate
    computed = max(records * share * client.took(method) for method, share in _SHARES.items())
    windows = max(0, ceil(computed / LIMIT) - 1) if client.meter.is_told else 0
    return max(timedelta(seconds=sent), WINDOW * windows)
