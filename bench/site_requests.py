"""How many requests a 1C-Bitrix site is asked for a thousand orders, with its module and without.

Requests are exact. The site's REST gives fifty rows a page and takes fifty commands a batch: a thousand orders are
read in twenty requests, and written in forty more, for each order's read-back goes along with its change. Orders a
minute are of this machine and of a practice site on it, which answers at once: the most the hub itself can do.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from figure import Figure
from shop_requests import Moments, Unlimited
from sverka.connectors.bitrix_site import BitrixSite
from sverka.connectors.kit import Kit
from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import NewOrderWrite, OrderWrite
from sverka.sandbox.bitrix_site import BitrixSiteServer, BitrixSiteStore

ORDERS = 1000
BUYER = {"fio": "Anna Kim", "email": "anna@example.test", "phone": "+7 999 000-00-01"}
ITEMS = [{"name": "Cards", "price": "150.55", "quantity": 3}]


def site_requests(home: Path) -> list[Figure]:
    """Measure what a thousand orders cost on a practice site."""
    del home
    return [*_measured(by_module=False), *_measured(by_module=True)]


def _measured(*, by_module: bool) -> list[Figure]:
    clock = Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
    shop = BitrixSiteStore(clock)
    ids = []
    for _ in range(ORDERS):
        clock.advance(1)
        ids.append(OrderId(str(shop.place_order(BUYER, ITEMS))))
    found: list[Figure] = []
    with BitrixSiteServer(shop) as server:
        secret = server.module.install("") if by_module else ""
        store = BitrixSite(server.webhook_url, "", Kit("site", "hub", clock, Unlimited()), module_secret=secret)
        where = "with its module" if by_module else "by REST alone"

        def told(what: str, most: int, act: Callable[[], object]) -> None:
            server.log.clear()
            began = time.perf_counter()
            act()
            took = time.perf_counter() - began
            named = f"{ORDERS} orders of a 1C-Bitrix site {what}, {where}"
            found.append(Figure(named, server.log.count(), most, "requests"))
            if what == "read":
                found.append(Figure(f"{named}: orders a minute here", ORDERS / took * 0.06, None, "thousand"))

        store.read(ids[:1], free)
        if not by_module:
            told("swept", 21, lambda: list(store.changed_since(None)))
        told("read", 20, lambda: store.read(ids, free))
        told("given a status", 60, lambda: store.write([OrderWrite(id_, {"status": "P"}) for id_ in ids], free))
        told(
            "given a property",
            40 if by_module else 60,
            lambda: store.write([OrderWrite(id_, {"property.CITY": "Tver"}) for id_ in ids], free),
        )
        if not by_module:
            news = [NewOrderWrite(key, f"portal/{key}", {"customer.name": "Kim"}) for key in range(ORDERS)]
            told("made of deals", 81, lambda: store.create(news, free))
        store.close()
    return found
