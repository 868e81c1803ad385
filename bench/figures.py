"""The figures of the main job: requests to the portal, virtual time at its limit, and the hub's own work.

Request counts are exact. Processor time is of the hub's own thread, the sandbox's left out; it is of this
machine, and is told as a ratio to one bare request too.
"""

import json
import logging
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import structlog

from bells import bells
from figure import Figure
from idle import idle
from page import write_figures
from print_shop import print_shop
from shop_requests import shop_requests
from site_requests import site_requests
from sverka.cli.demo.stage import Stage
from sverka.domain.ids import RecordId
from sverka.domain.text import Text
from sverka.ports.backoffice import Look
from sverka.ports.guard import free
from world import CRM, World, world

PAGE = """# Figures

Printed by `make bench`; this part is what `make bench ARGS=docs/figures.md` wrote last. Requests and writes are counted
by the practice portal and are exact; its limits (2 requests a second, 50 at once) run on a virtual clock. Seconds and
milliseconds are of the machine that measured. Practice systems answer at once: on a live portal each request takes its
own time too. The hub works on a SQLite file with `synchronous=FULL`, with one portal and one store; it is called idle
between two sweeps. Bells are counted in a burst: one connection may ring 20 000 times at once and 1 000 times a second
after that, and is asked to come later beyond.

| what | measured | promised |
|---|---|---|"""

GOODS = {"name": "Mug", "price": "149.00", "quantity": 2}
LIVE = 1000


def counted(world: World, act: Callable[[], object]) -> tuple[int, int]:
    """Return the requests and writes that an act costs."""
    requests, writes = world.requests, world.writes
    act()
    return world.requests - requests, world.writes - writes


def lone_orders(home: Path) -> list[Figure]:
    """Measure what one order costs on a portal that does nothing else."""
    with world(home) as w:
        first = w.place(1)
        w.ring([first])
        new, _ = counted(w, w.work)
        second = w.place(2, buyer=1)
        w.ring([second])
        known, _ = counted(w, w.work)
        w.ring([second])
        echo, writes = counted(w, w.work)
        w.store.put("2", status="P")
        w.ring([second])
        moved, _ = counted(w, w.work)
    return [
        Figure("one order of a new customer, idle portal", new, 3, "requests"),
        Figure("one order of a known customer, idle portal", known, 2, "requests"),
        Figure("one moved status, idle portal", moved, 2, "requests"),
        Figure("an echo", echo, 1, "requests"),
        Figure("an echo", writes, 0, "writes"),
    ]


def live_orders(home: Path) -> list[Figure]:
    """Measure a rush: every order live, every customer new, on a standard cloud portal."""
    with world(home) as w:
        orders = [w.place(number) for number in range(1, LIVE + 1)]
        w.ring(orders)
        began, processor = w.clock.now(), time.thread_time()
        requests, _ = counted(w, w.work)
        virtual = (w.clock.now() - began).total_seconds()
        processor = time.thread_time() - processor
        bare = _bare_request(w)
        deals = w.portal.call("crm.item.list", {"entityTypeId": 2}).total
    assert deals == LIVE, deals
    return [
        Figure(f"{LIVE} live orders of new customers, each", requests / LIVE, 0.12, "requests"),
        Figure(
            f"{LIVE} live orders, virtual time over the floor of 2 requests a second",
            virtual / (requests / 2),
            1.15,
            "×",
        ),
        Figure(f"{LIVE} live orders, virtual time", virtual, None, "seconds"),
        Figure("the hub's processor time an order", processor / LIVE * 1000, None, "ms"),
        Figure("the same, in bare requests to the sandbox", processor / LIVE / bare, None, "×"),
    ]


def _bare_request(w: World) -> float:
    """Return the hub's processor seconds for one look at one contact over HTTP, the median of 50."""
    times = []
    for _ in range(50):
        began = time.thread_time()
        w.hub.offices[CRM].look(Look(contacts=[RecordId("1")]), free)
        times.append(time.thread_time() - began)
    return sorted(times)[25]


def delay(home: Path) -> list[Figure]:
    """Measure how long a deal takes to be there, in real seconds from the customer's order, with real webhooks."""
    times = []
    with Stage(home) as stage:
        for number in range(6):
            began = time.monotonic()
            stage.site.store.place_order({"fio": f"Buyer {number}", "phone": f"+7900000000{number}"}, [GOODS])
            stage.wait(Text("a deal", "сделка"), lambda made=number: _deals(stage) > made)
            times.append(time.monotonic() - began)
            stage.settle()
    return [Figure("from an order to its deal, by webhook, median of 6", sorted(times)[3], 5, "seconds")]


def _deals(stage: Stage) -> int:
    return stage.portal.portal.call("crm.item.list", {"entityTypeId": 2}).total or 0


def _data(figures: list[Figure]) -> str:
    return json.dumps([asdict(figure) for figure in figures], indent=2, ensure_ascii=False) + "\n"


def _shown(value: float) -> str:
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


def _page(figures: list[Figure]) -> str:
    rows = [f"| {figure.what} | {_shown(figure.value)} {figure.unit} | {figure.promise} |" for figure in figures]
    return "\n".join([PAGE, *rows, ""])


def main() -> int:
    """Print all figures, write them to the files named (a page or JSON), and fail where a promise is broken."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as home:
        figures = [
            figure
            for measure in (lone_orders, live_orders, delay, idle, bells, shop_requests, print_shop, site_requests)
            for figure in measure(Path(home))
        ]
    print(f"Python {platform.python_version()}, {platform.system()}\n")
    for figure in figures:
        bound = f"(promised: {figure.promise})" if figure.promise else ""
        mark = "ok " if figure.holds else "BAD"
        print(f"{mark} {figure.what:72} {figure.value:9.3f} {figure.unit:9} {bound}")
    for name in sys.argv[1:]:
        if name.endswith(".md"):
            write_figures(Path(name), _page(figures))
        else:
            Path(name).write_text(_data(figures), "utf-8")
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
