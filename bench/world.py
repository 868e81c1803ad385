"""A hub between a store in memory and the sandbox portal over HTTP, on one virtual clock."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from sverka.config.load import load
from sverka.connectors.in_memory import MemoryStore
from sverka.connectors.kit import Kit
from sverka.connectors.registry import make
from sverka.domain.commerce.lines import Line
from sverka.domain.ids import OfficeName, OrderId, OrderRef, ProfileName, StoreName
from sverka.engine.bells.backfill import Backfiller
from sverka.engine.bells.sweep import compare_all
from sverka.engine.hub import Hub
from sverka.engine.wave import run_wave
from sverka.ports.clock import Clock as PortClock
from sverka.ports.history import Stage
from sverka.ports.storage import Lane, Ring
from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.portal import Portal, PortalServer
from sverka.storage.backfills import SqlBackfills
from sverka.storage.sql_storage import SqlStorage, open_storage

SHOP, CRM, BENCH = StoreName("shop"), OfficeName("portal"), ProfileName("bench")

PROFILE = """
schema = 1
profile = "bench"
store = "shop"
portal = "portal"
[deal]
pipeline = "2"
title = "Order {order.number}: {customer.name}"
[status]
policy = "office_wins"
map = [
  { status = "N", stage = ["C2:NEW"] },
  { status = "P", stage = ["C2:EXECUTING", "C2:UC_QUALITY"] },
  { status = "F", stage = ["C2:WON"] },
]
cancel = ["C2:LOSE"]
[brakes]
writes_per_wave = 5000
"""


class Clock:
    """The portal's own virtual clock, as the hub sees it."""

    def __init__(self) -> None:
        self.virtual = VirtualClock()

    def now(self) -> datetime:
        """Return the portal's moment."""
        return self.virtual.now()

    def sleep(self, seconds: float) -> None:
        """Let the portal's time pass."""
        self.virtual.advance(seconds)


@dataclass
class World:
    """What a measurement works with."""

    clock: Clock
    portal: Portal
    store: MemoryStore
    storage: SqlStorage
    hub: Hub

    def place(self, number: int, buyer: int | None = None) -> OrderRef:
        """Have a customer order one thing; buyers are new unless one is named."""
        return put_order(self.store, self.clock.now(), number, number if buyer is None else buyer)

    def ring(self, orders: list[OrderRef], lane: Lane = Lane.LIVE) -> None:
        """Ring for orders, as their bells would."""
        now = self.clock.now()
        self.storage.receive("bench", [], [Ring(order, CRM, now, lane, "bench") for order in orders], [])

    def work(self) -> int:
        """Run waves until nothing waits, letting time pass where it must; return how many waves ran."""
        return work(self.hub)

    @property
    def requests(self) -> int:
        """HTTP requests the portal has counted."""
        return self.portal.counters.requests

    @property
    def writes(self) -> int:
        """Writing commands the portal has carried out."""
        return self.portal.counters.writes


def put_order(store: MemoryStore, now: datetime, number: int, who: int) -> OrderRef:
    """Have a buyer of this number order one thing."""
    total = Decimal("1490.00")
    store.put(
        str(number), order__number=str(number), order__created_at=now, status="N", total=total,
        currency="RUB", customer__name=f"Buyer {who}", customer__phone=f"+7900{who:07d}",
        customer__email=f"buyer{who}@example.test", lines=(Line("Mug", Decimal(2), total),),
    )  # fmt: skip
    return OrderRef(SHOP, OrderId(str(number)))


def work(hub: Hub) -> int:
    """Run waves until nothing waits, letting time pass where it must; return how many waves ran."""
    waves = 0
    while (due := hub.storage.due(CRM, hub.clock.now())) is not None:
        if due > hub.clock.now():
            hub.clock.sleep((due - hub.clock.now()).total_seconds())
        waves += run_wave(hub, CRM) is not None
    return waves


def compare(hub: Hub) -> None:
    """Compare everything, as every night."""
    for _ in compare_all(hub, CRM):
        pass
    work(hub)


def bring(hub: Hub, backfills: SqlBackfills, since: datetime, look: Callable[[], None] = lambda: None) -> float:
    """Bring the history since a moment; `look` is called after each wave. Return the longest wave's virtual seconds."""
    backfills.start(BENCH, SHOP, CRM, since)
    longest, backfiller = 0.0, Backfiller(backfills)
    while (one := backfills.get(BENCH)) and one.stage is not Stage.DONE:
        wait, start = backfiller.step(hub, one), hub.clock.now()
        if run_wave(hub, CRM) is None:
            hub.clock.sleep(wait.total_seconds())
            continue
        longest = max(longest, (hub.clock.now() - start).total_seconds())
        look()
    return longest


@contextmanager
def world(home: Path, plan: str = "standard") -> Iterator[World]:
    """Put up a world; the hub's database is a file in `home`, synced as in production."""
    clock = Clock()
    portal = Portal(clock=clock.virtual, plan=plan)
    with PortalServer(portal) as server, between(home, clock, server.webhook_url, plan) as (store, storage, hub):
        portal.reset_counters()
        yield World(clock, portal, store, storage, hub)


@contextmanager
def between(
    home: Path, clock: PortClock, webhook: str, plan: str = "standard", token: str = ""
) -> Iterator[tuple[MemoryStore, SqlStorage, Hub]]:
    """Put up a hub between a store in memory and the portal of a webhook; its file in `home` is synced as ever."""
    storage = open_storage(f"sqlite:///{home / f'bench-{time.monotonic_ns()}.db'}", clock)
    kit = Kit("portal", storage.hub_id, clock, storage.budget, shelf=storage.shelf_of("portal"))
    office = make("bitrix24", {"plan": plan}, {"webhook": webhook, "application_token": token}, kit)
    store = MemoryStore(clock)
    profile = load(PROFILE, None, office.catalogue())
    hub = Hub(storage.hub_id, {SHOP: store}, {CRM: office}, lambda: [profile], storage, clock)  # type: ignore[dict-item]
    try:
        yield store, storage, hub
    finally:
        office.close()  # type: ignore[union-attr]
        storage.close()
