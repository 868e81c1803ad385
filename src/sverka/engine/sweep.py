"""The sweep: what bells were lost is found by asking both sides what changed, and every night by comparing all."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sverka.domain.ids import OfficeName
from sverka.engine import narrate
from sverka.engine.hub import Hub
from sverka.engine.receive import rings_for
from sverka.ports.notices import Notice
from sverka.ports.storage import Lane, Ring

OVERLAP = timedelta(minutes=2)
"""How far behind the watermark a sweep begins: stamps have whole seconds, and searches find late."""

PAGE = 1000
"""How many bindings a comparison of everything rings at a time."""


def sweep(hub: Hub, connection: str, since: datetime | None = None) -> list[Ring]:
    """Ring for all that one side says has changed since its own newest stamp; return the rings.

    The watermark is the newest moment that side has shown, never our clock, and moves only together with the
    visits. `since` starts from another moment, and None, before the first sweep, from now on: history is a
    backfill's work, not a sweep's.

    Raises:
        Problem: the side cannot be asked now; the watermark stays.
    """
    side = hub.stores.get(connection) or hub.offices[OfficeName(connection)]  # type: ignore[call-overload]
    mark = hub.storage.watermark(connection)
    begin = since or ((mark or hub.clock.now()) - OVERLAP)
    notices: list[Notice] = list(side.changed_since(begin))
    newest = max((notice.stamp for notice in notices if notice.stamp), default=mark)
    rings = rings_for(hub, connection, notices, Lane.SWEEP)
    hub.storage.swept(connection, newest if mark is None or (newest and newest > mark) else mark, rings)
    return rings


def compare_all(hub: Hub, office: OfficeName) -> Iterator[int]:
    """Ring for every bound order of a back office, page by page; yield how many were rung so far."""
    after, rung = 0, 0
    while page := hub.storage.bound_orders(office, after, PAGE):
        now = hub.clock.now()
        rings = [Ring(order, office, now, Lane.BACKFILL, "compare") for _, order in page]
        hub.storage.receive(str(office), [], rings, [])
        after, rung = page[-1][0], rung + len(page)
        yield rung


def tell(hub: Hub, connection: str, rings: list[Ring]) -> None:
    """Keep journal lines for what a sweep rang, for those orders that have no bell of their own waiting."""
    now = hub.clock.now()
    lines = [narrate.rang(ring.order, ring.office, now, f"sweep of {connection}", ring.why) for ring in rings]
    hub.storage.receive(connection, [], [], lines)
