"""How many requests a WooCommerce shop is asked for a thousand orders, and how long reading them takes here.

Requests are exact. Seconds are of this machine and of a practice shop on it, which answers at once: the least that
reading costs the hub itself. WooCommerce has no limit of its own; what its paging allows is a hundred orders a request.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from figure import Figure
from sverka.connectors.kit import Kit
from sverka.connectors.woocommerce import WooCommerce
from sverka.connectors.woocommerce.oauth import Keys
from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import NewOrderWrite, OrderWrite
from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.woocommerce import WooServer, WooStore

ORDERS = 1000
_DONE = {"status": "completed"}
BUYER = {"first_name": "Anna", "last_name": "Kim", "email": "anna@example.test", "phone": "+7 999 000-00-01"}
ITEMS = [{"product_id": 10, "quantity": 2}, {"product_id": 13, "quantity": 1}]


class Moments(VirtualClock):
    """The practice shop's clock, which connectors may sleep on."""

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.advance(seconds)


class Unlimited:
    """A budget without a limit."""

    def take(self, portal: str, rate: float, burst: int) -> float:
        """Let every request go at once."""
        del portal, rate, burst
        return 0.0


def shop_requests(_home: Path) -> list[Figure]:
    """Count the requests of each thing done with a thousand orders."""
    clock = Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
    shop = WooStore(clock)
    ids = []
    for _ in range(ORDERS):
        clock.advance(1)
        ids.append(OrderId(str(shop.place_order(BUYER, ITEMS))))
    with WooServer(shop) as server:
        store = WooCommerce(
            server.url, Keys(server.consumer_key, server.consumer_secret), Kit("woo", "hub", clock, Unlimited())
        )
        news = [NewOrderWrite(key, f"portal/{key}", {"customer.phone": "+79990000001"}) for key in range(ORDERS)]

        def told(what: str, most: int, act: Callable[[], object]) -> list[Figure]:
            server.log.clear()
            begun = time.perf_counter()
            act()
            took = time.perf_counter() - begun
            name = f"{ORDERS} orders of WooCommerce {what}"
            return [
                Figure(name, server.log.count(), most, "requests"),
                Figure(f"{name}: orders a minute here", ORDERS / took * 60 / 1000, None, "thousand"),
            ]

        figures = [
            *told("swept; its pages of 100 make 10", 12, lambda: list(store.changed_since(None))),
            *told("read", 10, lambda: store.read(ids, free)),
            *told("given a status", 11, lambda: store.write([OrderWrite(id_, _DONE) for id_ in ids], free)),
            *told("made of deals, each by a request of its own", ORDERS, lambda: store.create(news, free)),
        ]
        store.close()
    return figures
