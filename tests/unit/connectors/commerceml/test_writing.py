"""What is sent to a shop changes what it names and nothing else."""

import pytest

from sverka.domain.commerce.order import CANCELLED
from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite, Wrote


@pytest.mark.parametrize("way", ["crm", "sale"])
def test_a_cancelled_order_stays_so_whatever_else_is_written(shop, way: str) -> None:
    (order,) = shop.place()
    shop.server.store.cancel(int(order), "передумал")
    store = shop.store(way=way)
    store.read([order])
    wrote = store.write([OrderWrite(order, {"comment.manager": "позвонить"})], free)[order]
    assert isinstance(wrote, Wrote)
    assert (wrote.after.get("status"), wrote.after.get("comment.manager")) == (CANCELLED, "позвонить")
    record = shop.server.store.order(int(order))
    assert (record["canceled"], record["comments"]) == ("Y", "позвонить")


def test_of_several_orders_each_gets_its_own(shop) -> None:
    first, second = shop.place(2)
    store = shop.store(way="crm")
    writes = [OrderWrite(first, {"status": "P"}), OrderWrite(second, {"comment.manager": "позвонить"})]
    assert all(isinstance(one, Wrote) for one in store.write(writes, free).values())
    kept = [shop.server.store.order(int(OrderId(one))) for one in (first, second)]
    assert [(one["statusId"], one["comments"]) for one in kept] == [("P", ""), ("N", "позвонить")]
