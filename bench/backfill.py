"""The history of a store brought to a portal: requests an order, time over the floor, memory, and live orders' delay.

Each measurement is a process of its own, so that its peak of memory is its own; the portal is another one, so that its
records are not counted, and both live by one virtual clock.
"""

import argparse
import json
import logging
import math
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog

from page import write_section
from sverka.config.load import load
from sverka.connectors.in_memory import MemoryStore
from sverka.connectors.kit import Kit
from sverka.connectors.registry import make
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Problem
from sverka.domain.ids import OrderId, OrderRef
from sverka.domain.merge.snapshot import Snapshot
from sverka.engine.bells.greet import Rung
from sverka.engine.bells.sweep import sweep
from sverka.engine.hub import Hub
from sverka.operate.reconcile import reconcile
from sverka.ports.guard import Guard, free
from sverka.ports.history import Placed
from sverka.ports.storage import Ring
from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.portal import Portal, PortalServer
from sverka.storage.sql_storage import open_storage
from world import BENCH, CRM, PROFILE, SHOP, bring, compare, work

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BEGUN = NOW - timedelta(days=800)
LIMIT, WINDOW, RATE, PAGE = 480.0, 600.0, 2.0, 50
FLAT = 1.25
"""How many times the memory of 10 000 orders those of a longer history may take."""

CHEAP = {"": 0.05}
DEAR = {"": 0.05, "crm.item.batchImport": 4.0, "crm.item.productrow.set": 0.5}

ABOUT = """
Printed by `make backfill ARGS='--orders 100000 docs/figures.md'`, which writes this section too, and by
`make bench FULL=1`; without `--orders` the longest history is of 10 000.
A hub brings orders of the past, of a third as many buyers, half of whom the portal knows, to a practice portal with its
limits on. The floor is the larger of two times: requests of fifty commands, two a second, at 1.1 commands an order; and
ten minutes for every further 480 seconds that the dearest method computes. `cheap`: a command takes 0.05 s. `dear`:
twenty records made take 4 s, the rows of one take 0.5 s. In `live` orders are placed while it runs. Each line is a
process of its own; the portal's memory is not counted. Promised: at most 0.03 requests an order, 90 % of the floor (in
`live`, whose other orders cost time of their own, that no order waits through more than one wave before its own), and
at most 1.25 times the memory of 10 000 orders, however long the history is. Processor time is the hub's alone, on the
machine that measured.

"""

HEADINGS = (
    "portal", "orders", "requests an order", "virtual time", "floor by requests", "floor by computing",
    "share of the floor", "processor", "peak memory", "longest wave", "a live order waits at most",
)  # fmt: skip

STILL = """
When all is there nothing changes any more. A sweep asks what has; a comparison reads every record and every order and
compares them field by field; so does `sverka reconcile`, which writes nothing. The floor is fifty ids a command, fifty
commands a request; promised are 45 requests for 100 000 bindings.

"""

STILL_HEADINGS = (
    "bindings", "a sweep", "floor", "a comparison of all", "floor", "virtual time", "processor", "`sverka reconcile`",
)  # fmt: skip


def serve(pipe: Connection, costs: Mapping[str, float], known: int) -> None:
    """Be a portal in a process of its own, which knows some buyers; the pipe moves its clock and asks what it has."""
    clock = VirtualClock(BEGUN)
    portal = Portal(clock=clock, plan="standard")
    portal.settings.default_cost = costs[""]
    portal.settings.costs = {name: cost for name, cost in costs.items() if name}
    for buyer in range(0, 2 * known, 2):
        reach = [{"typeId": "PHONE", "valueType": "WORK", "value": phone(buyer)}]
        portal.call("crm.item.add", {"entityTypeId": 3, "fields": {"name": f"Buyer {buyer}", "fm": reach}})
    clock.advance((NOW - BEGUN).total_seconds())
    portal.limits.forget()
    portal.reset_counters()
    with PortalServer(portal) as server:
        pipe.send(server.webhook_url)
        while (asked := pipe.recv()) is not None:
            if asked == "counts":
                items = portal.core.state.items
                pipe.send((portal.counters.requests, len(items[2]), len(items[3])))
            elif asked == "start":
                portal.reset_counters()
                portal.limits.forget()
                pipe.send(None)
            else:
                clock.advance(asked)
                pipe.send(None)
    portal.close()


def phone(buyer: int) -> str:
    """Return a buyer's phone."""
    return f"+7900{buyer:07d}"


@dataclass
class Far:
    """The portal's clock, as the hub sees it; `places` is called now and then while the hub waits."""

    pipe: Connection
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOW))
    places: Any = None

    def now(self) -> datetime:
        """Return the moment."""
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        """Let both clocks move."""
        self.clock.advance(seconds)
        self.ask(seconds)
        if self.places:
            self.places()

    def ask(self, what: object) -> Any:
        """Ask the portal's process."""
        self.pipe.send(what)
        return self.pipe.recv()


class History(MemoryStore):
    """A store of so many orders that none of them is kept: each is made up when it is read."""

    def __init__(self, clock: Far, orders: int) -> None:
        """Take how many orders there are."""
        super().__init__(clock)
        self.orders, self.buyers = orders, max(1, orders // 3)
        self.step = (NOW - BEGUN - timedelta(days=1)) / orders

    def placed_since(self, moment: datetime, guard: Guard = free) -> Iterator[Placed]:
        """Yield all of them."""
        del moment, guard
        for number in range(self.orders):
            yield Placed(OrderId(str(number)), BEGUN + timedelta(days=1) + self.step * number)

    def read(self, orders: Collection[OrderId], guard: Guard = free) -> Mapping[OrderId, Snapshot | Problem]:
        """Make them up."""
        guard()
        return {order: self._made(order) for order in orders}

    def _made(self, order: OrderId) -> Snapshot:
        live, total = order.startswith("L"), Decimal("1490.00")
        number = int(order.removeprefix("L"))
        who = f"9{number:06}" if live else number % self.buyers
        placed = NOW if live else BEGUN + timedelta(days=1) + self.step * number
        fields: dict[str, Value] = {
            "order.number": order, "order.created_at": placed, "status": "N" if live else "F", "total": total,
            "currency": "RUB", "customer.name": f"Buyer {who}", "customer.phone": phone(int(who)),
            "lines": (Line("Mug", Decimal(2), total),),
        }  # fmt: skip
        return Snapshot(order, fields, "1", placed)


@dataclass(frozen=True)
class Still:
    """What it takes to find out that nothing has changed: requests, and the comparison's seconds, virtual and ours."""

    bindings: int
    swept: int
    compared: int
    seconds: float
    processor: float
    reconciled: int

    @property
    def floor(self) -> int:
        """The requests that a comparison needs, whoever makes it."""
        return -(-self.bindings // (PAGE * PAGE))

    @property
    def holds(self) -> bool:
        """Whether the promises are kept."""
        return self.swept <= 2 and max(self.compared, self.reconciled) <= self.floor + max(1, self.floor // 8)


@dataclass(frozen=True)
class Measured:
    """What one measurement came to; times in seconds, memory in MiB."""

    name: str
    orders: int
    requests: float
    seconds: float
    floor_requests: float
    floor_computing: float
    processor: float
    memory: float
    longest_wave: float
    delay: float | None
    waves: int
    still: "Still | None"

    @property
    def share(self) -> float:
        """How near the floor it came: 1 is the floor itself."""
        return max(self.floor_requests, self.floor_computing) / self.seconds

    @property
    def holds(self) -> bool:
        """Whether the promises are kept; live orders beside it cost requests and time of their own."""
        if self.delay is not None:
            return self.waves <= 1
        return self.requests <= 0.03 and self.share >= 0.9 and (self.still is None or self.still.holds)


def measure(name: str, orders: int) -> Measured:
    """Bring so many orders, and return what it took."""
    costs, known = DEAR if name == "dear" else CHEAP, orders // 6
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    portal = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, costs, known))
    portal.start()
    try:
        return _bring(name, orders, ours, costs)
    finally:
        ours.send(None)
        portal.join()


def _bring(name: str, orders: int, pipe: Connection, costs: Mapping[str, float]) -> Measured:
    webhook, clock = pipe.recv(), Far(pipe)
    with tempfile.TemporaryDirectory() as home:
        storage = open_storage(f"sqlite:///{Path(home) / 'bench.db'}", clock)
        kit = Kit("portal", storage.hub_id, clock, storage.budget, shelf=storage.shelf_of("portal"))
        office, store = make("bitrix24", {}, {"webhook": webhook}, kit), History(clock, orders)
        profile = load(PROFILE, None, office.catalogue())
        hub = Hub(storage.hub_id, {SHOP: store}, {CRM: office}, lambda: [profile], storage, clock)  # type: ignore[dict-item]
        clock.ask("start")
        live = Live(hub) if name == "live" else None
        clock.places = live
        began, processor = clock.now(), time.process_time()
        longest = bring(hub, storage.backfills, BEGUN, live.look if live else lambda: None)
        requests, deals, contacts = clock.ask("counts")
        assert deals == orders + (live.count if live else 0), deals
        assert contacts == store.buyers + (live.count if live else 0), contacts
        assert storage.backfills.count_left(BENCH) == 0
        seconds, processor = (clock.now() - began).total_seconds(), time.process_time() - processor
        still = None if live else _stay(hub, clock, orders)
        office.close()  # type: ignore[union-attr]
        storage.close()
    used = {"crm.item.productrow.set": orders, "crm.item.batchImport": -(-orders // 20)}
    computed = max(times * costs.get(method, costs[""]) for method, times in used.items())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    floors = orders * 1.1 / PAGE / RATE, (math.ceil(computed / LIMIT) - 1) * WINDOW
    waited = (live.worst, live.most) if live else (None, 0)
    return Measured(name, orders, requests / orders, seconds, *floors, processor, memory, longest, *waited, still)


def _stay(hub: Hub, clock: Far, orders: int) -> Still:
    """Sweep once more, and compare all, when nothing has changed for an hour."""
    rung: Rung = {}
    for _ in range(2):
        clock.sleep(3600)
        clock.ask("start")
        sweep(hub, CRM, clock.now(), rung)
        work(hub)
    swept = clock.ask("counts")[0]
    clock.sleep(3600)
    clock.ask("start")
    began, processor = clock.now(), time.process_time()
    compare(hub)
    seconds, processor = (clock.now() - began).total_seconds(), time.process_time() - processor
    compared = clock.ask("counts")[0]
    clock.sleep(3600)
    clock.ask("start")
    pages = [(len(page.foreseen), page.writes, len(page.problems)) for page in reconcile(hub, CRM)]
    assert [sum(counts) for counts in zip(*pages, strict=True)] == [orders, 0, 0], pages
    return Still(orders, swept, compared, seconds, processor, clock.ask("counts")[0])


@dataclass
class Live:
    """Orders that are placed while a wave waits, and how long each took to have its deal."""

    hub: Hub
    count: int = 0
    worst: float = 0.0
    most: int = 0
    calls: int = 0
    waiting: dict[OrderRef, datetime] = field(default_factory=dict)
    waves: dict[OrderRef, int] = field(default_factory=dict)

    def __call__(self) -> None:
        """Place one now and then."""
        self.calls += 1
        if self.calls % 23 == 0:
            order, now = OrderRef(SHOP, OrderId(f"L{self.count}")), self.hub.clock.now()
            self.count += 1
            self.waiting[order], self.waves[order] = now, 0
            self.hub.storage.receive("bench", [], [Ring(order, CRM, now)], [])

    def look(self) -> None:
        """Note after a wave which of them have their deals, and through how many waves the others have waited."""
        now = self.hub.clock.now()
        bound = self.hub.storage.recall(list(self.waiting), now).bindings if self.waiting else {}
        for order in [order for order in self.waiting if bound.get(order)]:
            self.worst = max(self.worst, (now - self.waiting.pop(order)).total_seconds())
        for order in self.waiting:
            self.waves[order] += 1
            self.most = max(self.most, self.waves[order])


def row(one: Measured) -> str:
    """Return a measurement as a line of the page."""
    delay = "" if one.delay is None else f"{one.delay:.1f} s, {one.waves} wave{'s' * (one.waves != 1)}"
    cells = [
        one.name, f"{one.orders}", f"{one.requests:.4f}", f"{one.seconds:.1f} s", f"{one.floor_requests:.1f} s",
        f"{one.floor_computing:.1f} s", f"{one.share:.1%}", f"{one.processor:.0f} s", f"{one.memory:.0f} MiB",
        f"{one.longest_wave:.1f} s", delay,
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def still_row(one: Still) -> str:
    """Return what it takes while nothing changes, as a line of the page."""
    return (
        f"| {one.bindings} | {one.swept} requests | 1 | {one.compared} requests | {one.floor} | {one.seconds:.1f} s | "
        f"{one.processor:.1f} s | {one.reconciled} requests |"
    )


def table(headings: Sequence[str], rows: Sequence[str]) -> str:
    """Return a table of the page."""
    return "\n".join([f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}", *rows, ""])


def alone(name: str, orders: int) -> Measured:
    """Measure in a process of its own."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, __file__, "--only", name, "--orders", str(orders)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    told = json.loads(done.stdout)
    measured = Measured(**{**told, "still": Still(**told["still"]) if told["still"] else None})
    mark = "ok " if measured.holds else "BAD"
    print(mark, row(measured), f"({time.monotonic() - began:.0f} s here)", flush=True)
    return measured


def main() -> int:
    """Print all measurements, write the section of the page that is named, and fail where a promise is broken."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--only", choices=("cheap", "dear", "live"))
    parser.add_argument("page", nargs="?", type=Path)
    asked = parser.parse_args()
    if asked.only:
        print(json.dumps(asdict(measure(asked.only, asked.orders))))
        return 0
    plan = {("cheap", asked.orders): 0, ("cheap", 10_000): 0, ("dear", min(asked.orders, 10_000)): 0, ("live", 5000): 0}
    figures = [alone(*one) for one in plan]
    if asked.page:
        still = [one.still for one in figures if one.still and one.name == "cheap"]
        told = table(HEADINGS, [row(one) for one in figures]), table(STILL_HEADINGS, [still_row(one) for one in still])
        write_section(asked.page, "History", ABOUT + told[0] + STILL + told[1])
    cheap = {one.orders: one.memory for one in figures if one.name == "cheap"}
    is_flat = max(cheap.values()) <= cheap[10_000] * FLAT
    if not is_flat:
        print(f"BAD memory grows with the history: {cheap}")
    return 0 if is_flat and all(one.holds for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
