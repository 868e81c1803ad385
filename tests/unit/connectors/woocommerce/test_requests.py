"""How many requests the shop is asked for many orders: as few as its pages of a hundred allow."""

from collections.abc import Callable

from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import NewOrderWrite, OrderWrite


def count(server, act: Callable[[], object]) -> int:
    server.log.clear()
    act()
    return int(server.log.count())


def test_many_orders_cost_as_few_requests_as_the_shops_pages_allow(woo, server, placed, clock) -> None:
    ids = []
    for _ in range(250):
        clock.advance(1)
        ids.append(OrderId(placed()))
    assert count(server, lambda: list(woo.changed_since(None))) == 4, "three pages and the trash"
    assert count(server, lambda: woo.read(ids, free)) == 3
    writes = [OrderWrite(id_, {"status": "completed"}) for id_ in ids]
    assert count(server, lambda: woo.write(writes, free)) == 4, "three batches and the shop's statuses"
    news = [NewOrderWrite(key, f"portal/{key}", {}) for key in range(120)]
    assert count(server, lambda: woo.create(news, free)) == 120
    assert count(server, lambda: woo.find([new.mark for new in news])) == 3 + 2
    assert count(server, lambda: woo.find(["portal/7"])) == 1 + 1
