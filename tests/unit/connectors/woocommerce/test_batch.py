"""Items of a batch are validated by nobody in the shop, so the connector answers for them."""

import pytest

from sverka.domain.errors import Later, Rejected
from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite


def batch(woo, ids, **fields):
    return woo.write([OrderWrite(id_, fields) for id_ in ids], free)


def test_an_unknown_status_never_reaches_the_shop_in_a_batch(woo, placed, shop, server):
    ids = [placed(), placed()]
    done = batch(woo, ids, status="printed")
    for id_ in ids:
        assert isinstance(done[id_], Rejected)
        assert "printed" in done[id_].text.en
        assert "printed" in done[id_].text.ru
        assert shop.order(int(id_))["status"] == "processing"
    assert "POST /orders/batch" not in server.log.counts()


def test_it_spoils_neither_its_neighbours_nor_its_own_other_fields(woo, placed, shop):
    good, bad = placed(), placed()
    writes = [OrderWrite(good, {"status": "completed"}), OrderWrite(bad, {"status": "printed", "property.paper": "x"})]
    done = woo.write(writes, free)
    assert (done[good].after.get("status"), dict(done[good].refused)) == ("completed", {})
    assert set(done[bad].refused) == {"status"}
    assert (done[bad].after.get("status"), done[bad].after.get("property.paper")) == ("processing", "x")
    assert shop.order(int(bad))["status"] == "processing"


def test_the_shops_statuses_are_asked_for_once_and_again_for_an_unknown_one(woo, placed, shop, server):
    ids = [placed(), placed()]
    batch(woo, ids, status="completed")
    batch(woo, ids, status="on-hold")
    assert server.log.counts() == {"GET /orders/statuses": 1, "POST /orders/batch": 2}
    shop.catalogue.statuses["printed"] = "Отпечатан"
    done = batch(woo, ids, status="printed")
    assert [done[id_].after.get("status") for id_ in ids] == ["printed", "printed"]
    assert server.log.counts()["GET /orders/statuses"] == 2


def test_a_batch_without_a_status_asks_for_none(woo, placed, server):
    batch(woo, [placed(), placed()], **{"property.paper": "x"})
    assert server.log.counts() == {"POST /orders/batch": 1}


def test_a_draft_is_no_status_to_be_set(woo, placed, shop):
    ids = [placed(), placed()]
    done = batch(woo, ids, status="checkout-draft")
    assert all(isinstance(done[id_], Rejected) for id_ in ids)
    assert {shop.order(int(id_))["status"] for id_ in ids} == {"processing"}


@pytest.mark.parametrize("more", [{}, {"property.paper": "x"}])
def test_another_status_than_the_one_sent_is_a_refusal(woo, placed, shop, more):
    shop.catalogue.statuses["printed"] = "Отпечатан"
    ids = [placed(), placed()]
    batch(woo, ids, status="printed")
    batch(woo, ids, status="on-hold")
    # The status is taken off the shop behind the connector's back: the shop makes `pending` of it.
    del shop.catalogue.statuses["printed"]
    done = batch(woo, ids, status="printed", **more)
    for id_ in ids:
        assert shop.order(int(id_))["status"] == "pending"
        problem = done[id_].refused["status"] if more else done[id_]
        assert isinstance(problem, Rejected)
        assert "pending" in problem.text.en
        assert "printed" in problem.text.en
        assert not more or set(done[id_].refused) == {"status"}


def test_while_the_statuses_cannot_be_asked_for_nothing_is_sent(woo, placed, shop, server):
    ids = [placed(), placed()]
    server.faults.arm("html_503", on="statuses", times=2)
    done = batch(woo, ids, status="completed")
    assert all(isinstance(done[id_], Later) for id_ in ids)
    assert "POST /orders/batch" not in server.log.counts()
    assert {shop.order(int(id_))["status"] for id_ in ids} == {"processing"}


def test_a_status_taken_out_is_not_tried_by_itself(woo, placed, shop, server, monkeypatch):
    """Alone the shop would take a draft's status; its plugins may refuse the rest of an item."""
    ids = [placed(), placed()]
    send = woo._api.send

    def refusing(method, path, guard, **more):
        if path != "/orders/batch":
            return send(method, path, guard, **more)
        error = {"code": "plugin_refuses", "message": "No.", "data": {"status": 400}}
        return {"update": [{"id": item["id"], "error": error} for item in more["body"]["update"]]}

    monkeypatch.setattr(woo._api, "send", refusing)
    done = batch(woo, ids, **{"status": "checkout-draft", "property.paper": "x", "property.size": "A5"})
    for id_ in ids:
        assert set(done[id_].refused) == {"status"}
        assert "checkout-draft" in done[id_].refused["status"].text.en
        assert (done[id_].after.get("property.paper"), done[id_].after.get("property.size")) == ("x", "A5")
        assert shop.order(int(id_))["status"] == "processing"
    assert server.log.counts()["PUT /orders/{id}"] == 4


def test_a_batch_the_shop_finds_too_large_is_sent_in_parts(woo, server, shop, placed) -> None:
    shop.catalogue.batch_limit = 3
    orders = [OrderId(placed()) for _ in range(10)]
    done = woo.write([OrderWrite(order, {"status": "completed"}) for order in orders], free)
    assert [done[order].after.get("status") for order in orders] == ["completed"] * 10
    statuses = [call.status for call in server.log.calls() if call.operation == "POST /orders/batch"]
    assert sorted(statuses) == [200] * 4 + [413] * 3


def test_a_shop_that_takes_no_batch_at_all_says_so(woo, shop, placed) -> None:
    shop.catalogue.batch_limit = 0
    orders = [OrderId(placed()) for _ in range(2)]
    done = woo.write([OrderWrite(order, {"status": "completed"}) for order in orders], free)
    assert [type(done[order]) for order in orders] == [Rejected, Rejected]
