"""All deals of a portal, page after page, many pages a request."""

from collections.abc import Collection, Iterator, Mapping
from datetime import tzinfo
from typing import Any

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.changes import CHAIN
from sverka.connectors.bitrix24.commands import DEAL, PAGE, Command
from sverka.connectors.bitrix24.fields import Known
from sverka.connectors.bitrix24.snapshots import snapshot
from sverka.connectors.bitrix24.values import items_of
from sverka.connectors.bitrix24.wire.client import Answered, Client
from sverka.connectors.bitrix24.wire.params import Param, Ref
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Problem
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.guard import Guard

_ALWAYS = ("id", "title", "contactIds", "companyId", "originatorId", "originId", "updatedTime")


def deals(
    client: Client, known: Known, where: Mapping[str, Value], fields: Collection[str], guard: Guard, zone: tzinfo
) -> Iterator[Snapshot]:
    """Yield every deal that passes, by id; raises the problem that stopped the walk.

    The first request is a page by itself: most walks end with it, and the others start from an id that is known.
    """
    specs = known.get(guard, fields)
    wanted = {f"={name}": value for name, raw in where.items() for _, value in [specs.write(name, raw, "", zone)]}
    select = tuple(dict.fromkeys([*_ALWAYS, *fields]))
    after, at_once = 0, 1
    while True:
        for answer in client.run(list(pages(DEAL, wanted, select, after, at_once)), guard):
            items = walked(answer, after)
            for item in items:
                yield snapshot(item, specs, client.root, None)
            if len(items) < PAGE:
                return
            after = int(items[-1]["id"])
        at_once = CHAIN


def pages(
    entity: int, where: Mapping[str, Param], select: tuple[str, ...], after: int, count: int
) -> Iterator[Command]:
    """Yield so many pages of a list beyond an id, for one request: each begins where the one before it ends."""
    start: int | Ref = after
    for place in range(count):
        yield commands.listed(entity, {**where, ">id": start}, select)
        start = Ref(f"c{place}", ("items", PAGE - 1, "id"))


def walked(answer: Answered, after: int) -> list[Mapping[str, Any]]:
    """Return what a page holds beyond an id; raises its problem."""
    if isinstance(answer, Problem):
        raise answer
    # A reference that was not understood leads back to the start: what is not beyond the last page is no page.
    return [item for item in items_of(answer.data, "items") if int(item.get("id") or 0) > after]
