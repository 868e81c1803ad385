"""What a thousand orders of a shop's exchange cost, by both ways of knowing them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from shop_requests import ORDERS, Moments, Unlimited
from sverka.connectors.commerceml import connect
from sverka.connectors.commerceml.ways import PAGE
from sverka.connectors.kit import Kit
from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite
from sverka.sandbox.bitrix_site import BitrixSiteStore
from sverka.sandbox.commerceml import CommerceMLServer

BUYER = {"fio": "Ким Анна", "email": "anna@example.test", "phone": "8 (999) 000-00-01", "city": "Москва"}
ITEMS = [{"name": "Визитки", "price": "150.55", "quantity": 3}, {"name": "Папка", "price": "90", "quantity": 1}]


@dataclass(frozen=True)
class Cost:
    """What was done, its requests and those that the exchange's paging allows, and orders a minute of our own work."""

    what: str
    requests: int
    allowed: str
    a_minute: float


def costs_of_orders() -> list[Cost]:
    """Sweep, read and write a thousand orders, by `type=crm` and by `type=sale`."""
    return [cost for way in ("crm", "sale") for cost in _costs(way)]


def _costs(way: str) -> list[Cost]:
    clock = Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
    shop, ids = BitrixSiteStore(clock), []
    for _ in range(ORDERS):
        clock.advance(1)
        ids.append(OrderId(str(shop.place_order(BUYER, ITEMS))))
    with CommerceMLServer(shop) as server:
        settings = {"url": server.address, "login": server.exchange.login, "way": way}
        store = connect(settings, {"password": server.exchange.password}, Kit("shop", "hub", clock, Unlimited()))

        def cost(what: str, allowed: str, act: Callable[[], object]) -> Cost:
            server.log.clear()
            begun = time.thread_time()
            act()
            spent = time.thread_time() - begun
            return Cost(f"{what}, `way={way}`", server.log.count(), allowed, ORDERS / spent * 60)

        asks = way == "crm"
        each = f"{ORDERS}: one order each" if asks else "2: what is new, `query` and `success`"
        found = [
            cost("swept from the start", _sweep(asks=asks), lambda: list(store.changed_since(None))),
            cost("read", each, lambda: store.read(ids, free)),
        ]
        clock.advance(1)
        writes = [OrderWrite(id_, {"status": "P"}) for id_ in ids]
        files = f"pieces of {server.manners.limit // 1024} KB, zipped"
        more = f"{2 * ORDERS} to look before and after, then {files}" if asks else f"2 to look, then {files}"
        return [*found, cost("given a status", more, lambda: store.write(writes, free))]


def _sweep(*, asks: bool) -> str:
    return f"{ORDERS // PAGE}: {PAGE} orders each" if asks else "2: all at once, `query` and `success`"
