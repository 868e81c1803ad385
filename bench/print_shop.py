"""How many requests a print shop on Pixlpark is asked for a thousand orders, and how many orders a minute that allows.

Requests are exact. Pixlpark publishes no limit; two requests a second are what the hub itself keeps to by default, and
fifty orders a page what its list is known to show.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from figure import Figure
from shop_requests import Moments, Unlimited
from sverka.connectors.kit import Kit
from sverka.connectors.pixlpark import connect
from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite
from sverka.sandbox.pixlpark import PixlparkServer, PixlparkStore

ORDERS = 1000
RATE = 2
"""Requests a second: the connection's own default."""

BUYER = {"id": "10", "name": "Анна Ким", "email": "anna@example.test", "phone": "+7 999 000-00-01"}
CARDS = {"name": "Визитки", "price": "100", "quantity": 3}


def print_shop(home: Path) -> list[Figure]:
    """Measure what a thousand orders of a print shop cost."""
    del home
    clock = Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
    shop = PixlparkStore(clock)
    ids = []
    for _ in range(ORDERS):
        clock.advance(1)
        ids.append(OrderId(str(shop.place_order(BUYER, [CARDS]))))
    figures = []
    with PixlparkServer(shop) as server:
        given = {"url": server.url, "public_key": server.public_key}
        store = connect(given, {"private_key": server.private_key}, Kit("pix", "hub", clock, Unlimited()))
        store.catalogue()  # so that the token's own requests are not among those counted

        def told(what: str, most: float, act: Callable[[], object]) -> None:
            server.log.clear()
            act()
            asked = server.log.count()
            figures.append(Figure(f"{ORDERS} orders of Pixlpark {what}", asked, most, "requests"))
            allowed = RATE * 60 * ORDERS / asked
            figures.append(Figure(f"the same at its {RATE} requests a second", allowed, None, "orders/min"))

        told("swept; its pages of 50 make 20", 26, lambda: list(store.changed_since(None)))
        told("read", 2 * ORDERS, lambda: store.read(ids, free))
        writes = [OrderWrite(id_, {"status": "Printing"}) for id_ in ids]
        told("given a status", 4 * ORDERS, lambda: store.write(writes, free))
        store.close()
    return figures
