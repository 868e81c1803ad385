"""What is sent to a shop changes what it names and nothing else."""

import re

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


def test_every_file_has_a_version_of_its_own_and_only_checkauth_the_password(shop) -> None:
    (order,) = shop.place()
    store, sent = shop.store(way="crm"), []
    shop.server.manners.zips = False
    app, honest = shop.server._app, shop.server._app._handle

    def noting(call):
        sent.append(call)
        return honest(call)

    app._handle = noting
    for text in ("first", "second"):
        assert isinstance(store.write([OrderWrite(order, {"comment.manager": text})], free)[order], Wrote)
    bodies = [call.body.decode("utf-8") for call in sent if ("mode", "file") in call.query]
    versions = [re.findall("<НомерВерсии>([^<]+)<", body) for body in bodies]
    assert [len(one) for one in versions] == [1, 1]
    assert versions[0] != versions[1], "a shop passes over what has the version it knows"
    told = {mode for call in sent if "authorization" in call.headers for name, mode in call.query if name == "mode"}
    assert told == {"checkauth"}
