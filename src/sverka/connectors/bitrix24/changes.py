"""What has changed since a moment: by the records' own times, and by the history of their stages."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.commands import PAGE, Command
from sverka.connectors.bitrix24.kinds import COMPANIES, CONTACTS, DEALS, KINDS, RecordKind
from sverka.connectors.bitrix24.values import items_of
from sverka.connectors.bitrix24.values import moment as read_moment
from sverka.connectors.bitrix24.wire.client import Answered, Client
from sverka.connectors.bitrix24.wire.params import Param, Ref
from sverka.domain.errors import Problem, Unanswered
from sverka.domain.kind import Kind
from sverka.ports.guard import free
from sverka.ports.notices import Notice, Subject

CHAIN = 24
"""Pages of one feed read in a request once the first was full: each starts where the one before it ended."""


@dataclass
class Feed:
    """One list that is walked by id: `own` is the id's key in it, `record` and `stamp` what was touched, and when."""

    event: str
    own: str
    record: str
    stamp: str
    kind: RecordKind = DEALS
    after: str = "0"
    pages: int = 1

    def page(self, after: str | Ref, told: str) -> Command:
        """Return the page that follows an id, of what was touched since the moment told ("" for ever)."""
        where: dict[str, Param] = {f">{self.own}": after}
        if self.event == "moved":
            return commands.stage_moves(self.kind.entity, {**where, ">=CREATED_TIME": told})
        if told:
            where[">=updatedTime"] = told
        return commands.listed(self.kind.entity, where, (self.own, self.stamp))

    def ask(self, first: int, told: str) -> list[Command]:
        """Return the next pages; `first` is the place of the first one in the batch."""
        starts: list[str | Ref] = [self.after]
        starts += [Ref(f"c{first + place}", ("items", PAGE - 1, self.own)) for place in range(self.pages - 1)]
        return [self.page(start, told) for start in starts]

    def take(self, answers: Sequence[Answered]) -> tuple[list[Mapping[str, Any]], bool]:
        """Return what the pages hold, and whether there may be more; raises the problem of the first page."""
        held: list[Mapping[str, Any]] = []
        for place, answer in enumerate(answers):
            if isinstance(answer, Problem):
                if place == 0:
                    raise answer
                break
            items = items_of(answer.data, "items")
            if items and not _number(items[0], self.own) > int(self.after):
                # A reference that was not understood leads elsewhere; the next request starts from a known id.
                if place == 0:
                    raise Unanswered
                break
            held += items
            if len(items) < PAGE:
                return held, False
            self.after = str(_number(items[-1], self.own))
        self.pages = CHAIN
        return held, True


def since(
    client: Client, moment: datetime | None, zone: tzinfo, kinds: Collection[Kind] = (Kind.DEAL,)
) -> Iterator[Notice]:
    """Yield a notice for every record of these kinds touched at or after the moment; feeds share requests.

    Pages are walked by id and not by offset, for records change during the walk. Raises the problem that stopped it.
    """
    # A portal's times are whole seconds, and its own moment is included.
    start = None if moment is None else moment.replace(microsecond=0)
    told = "" if start is None else start.astimezone(zone).isoformat()
    walked = [kind for name, kind in KINDS.items() if name in kinds]
    feeds = [Feed("changed", "id", "id", "updatedTime", kind) for kind in walked]
    if start is not None:
        feeds += [Feed("moved", "ID", "OWNER_ID", "CREATED_TIME", kind) for kind in walked]
    yield from _walk(client, feeds, start, told)


def clients_since(client: Client, moment: datetime | None, zone: tzinfo) -> Iterator[Notice]:
    """Yield a notice for every contact and company touched at or after the moment, as `since` does for records."""
    start = None if moment is None else moment.replace(microsecond=0)
    told = "" if start is None else start.astimezone(zone).isoformat()
    feeds = [Feed("changed", "id", "id", "updatedTime", kind) for kind in (CONTACTS, COMPANIES)]
    for notice in _walk(client, feeds, start, told):
        yield replace(notice, subject=Subject.CUSTOMER)


def _walk(client: Client, feeds: Sequence[Feed], start: datetime | None, told: str) -> Iterator[Notice]:
    newest: dict[str, datetime | None] = {}
    while feeds:
        asked: list[Command] = []
        bounds: list[int] = []
        for feed in feeds:
            asked += feed.ask(len(asked), told)
            bounds.append(len(asked))
        answers = client.run(asked, free)
        lasting, begin = [], 0
        for feed, end in zip(feeds, bounds, strict=True):
            items, more = feed.take(answers[begin:end])
            begin = end
            yield from _news(feed, items, newest, start)
            lasting += [feed] if more else []
        feeds = lasting


def _news(
    feed: Feed, items: Sequence[Mapping[str, Any]], newest: dict[str, datetime | None], start: datetime | None
) -> Iterator[Notice]:
    for item in items:
        record, stamp = feed.kind.id_of(item.get(feed.record)), read_moment(item.get(feed.stamp))
        # Some portals are known to pass over a moment in a filter; what is older is left out here too.
        if start is not None and stamp is not None and stamp < start:
            continue
        held = newest.get(record)
        if record not in newest or (stamp is not None and (held is None or stamp > held)):
            newest[record] = stamp
            yield Notice(Subject.RECORD, record, event=feed.event, stamp=stamp, kind=feed.kind.kind)


def _number(item: Mapping[str, Any], key: str) -> int:
    text = str(item.get(key))
    if not text.isdigit():
        raise Unanswered
    return int(text)
