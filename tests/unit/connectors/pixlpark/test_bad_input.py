"""What the API and its webhooks might say, and should not: no order is lost, and every refusal is a sentence."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from sverka.connectors.pixlpark import notices
from sverka.domain.errors import Forged, Gone, Later, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite
from sverka.sandbox.shop.web import Call, Reply, json_reply

NOBODY = OrderId("1")


def answering(shop, *bodies, on="/orders/"):
    """Have the next calls on a path answered with these bodies, then as usual."""
    queue, handle = list(bodies), shop.server.rest.handle

    def handled(call):
        if queue and on in call.path:
            body = queue.pop(0)
            return Reply(200, body) if isinstance(body, bytes) else json_reply(200, body)
        return handle(call)

    shop.server._app._handle = handled
    return shop.store()


@pytest.mark.parametrize("unknown", ["envelope", "http", "empty"])
def test_an_unknown_order_is_gone_in_whichever_way_that_is_told(shop, unknown):
    shop.server.set_manners(unknown=unknown)
    (order,) = shop.place()
    found = shop.store().read([NOBODY, order])
    assert isinstance(found[NOBODY], Gone)
    assert found[order].id == order, "and it stops no other"


def test_another_order_in_an_answers_place_makes_none_gone(shop):
    order, other = shop.place(2)
    honest = shop.server.rest._result
    told = honest(Call("GET", f"/orders/{other}", ""))
    store = answering(shop, {"ApiVersion": "1.0", "ResponseCode": 200, "Result": told}, on=f"/orders/{order}")
    problem = store.read([order])[order]
    assert isinstance(problem, Later)
    assert "не тем заказом" in problem.say("ru")
    assert store.read([order])[order].id == order


@pytest.mark.parametrize("status", [500, 502, 503])
def test_what_https_own_code_denies_no_envelope_grants(shop, status):
    """A half-broken server may send the envelope of a success round nothing; that takes no order for gone."""
    (order,) = shop.place()
    store = shop.store()
    store.catalogue()
    shop.server._app._handle = lambda _call: json_reply(status, {"ResponseCode": 200, "Result": []})
    assert isinstance(store.read([order])[order], Later)


def test_where_nothing_is_at_the_address_no_order_is_gone(shop):
    (order,) = shop.place()
    store = shop.store()
    store.catalogue()
    shop.server.set_manners(unknown="http")
    shop.server.rest._result = lambda _call: (_ for _ in ()).throw(LookupError("moved"))
    problem = store.read([order])[order]
    assert isinstance(problem, Later)
    assert "connection list" in problem.say("ru")


def test_a_lone_order_may_stand_bare_in_its_result(shop):
    shop.server.set_manners(bare=True)
    (order,) = shop.place()
    found = shop.store().read([order])[order]
    assert [line.name for line in found.get("lines")] == ["Визитки", "Офис компании на Белинского"]


@pytest.mark.parametrize(
    "body",
    [
        b"<html><form action=/login></form></html>",
        b'{"ApiVersion":"1.0","ResponseCode":200,"Result":[{"Id":',
        b"",
        b"null",
        b"[]",
        {"ApiVersion": "1.0", "ResponseCode": 200, "Result": None},
        {"ApiVersion": "1.0", "ResponseCode": 200, "Result": "ok"},
        {"ResponseCode": None, "Result": None},
    ],
)
def test_an_answer_that_is_none_loses_no_order(shop, body):
    """A write after which nobody knows is looked into, a read is made again, and the list does not end there."""
    (order,) = shop.place()
    store = answering(shop, body)
    assert isinstance(store.read([order])[order], Later)
    assert store.read([order])[order].id == order
    store = answering(shop, body, on="/status")
    assert isinstance(store.write([OrderWrite(order, {"status": "Printing"})], free)[order], Unanswered)
    store = answering(shop, body, on="/orders")
    with pytest.raises(Later):
        list(store.changed_since(None))


def test_a_token_that_runs_out_between_two_pages_is_renewed_and_no_order_is_missed(shop):
    store, orders = shop.store(), shop.place(120)
    shown = shop.server.rest._list

    def listed(query):
        page = shown(query)
        if query["skip"] == "40":
            shop.server.rest.revoke()
        return page

    shop.server.rest._list = listed
    assert {notice.id for notice in store.changed_since(None)} == set(orders)


@pytest.mark.parametrize("garbage", ["yesterday", "/Date(soon)/", "/Date(99999999999999999999)/", "2026-13-45", [], {}])
def test_a_garbage_date_holds_its_own_order_at_most(shop, garbage):
    bad, paid, good = shop.place(3)
    shop.kept.orders[int(bad)]["DateModified"] = garbage
    shop.kept.orders[int(paid)] |= {"DateReady": garbage, "DatePaid": garbage, "PaymentStatus": "Paid"}
    found = shop.store().read([bad, paid, good])
    assert isinstance(found[bad], Rejected)
    assert bad in found[bad].say("ru")
    assert (found[paid].get("payment.paid"), found[paid].get("property.DateReady")) == (True, None)
    assert found[good].id == good
    assert {one.id for one in shop.store().changed_since(datetime(2026, 1, 1, tzinfo=UTC))} == {bad, paid, good}


@pytest.mark.parametrize("status", [None, ""])
def test_no_status_is_not_the_status_called_none(shop, status):
    (order,) = shop.place()
    shop.kept.orders[int(order)]["Status"] = status
    assert isinstance(shop.store().read([order])[order], Rejected)


@pytest.mark.parametrize(("told", "waits"), [("7", 7), ("9" * 30, 3600), ("soon", 30), ("", 30)])
def test_a_pause_is_as_long_as_it_is_told_and_no_longer_than_an_hour(shop, told, waits):
    (order,) = shop.place()
    store, handle = shop.store(), shop.server.rest.handle

    def busy(call):
        return json_reply(429, {}, {"retry-after": told}) if "/orders" in call.path else handle(call)

    shop.server._app._handle = busy
    problem = store.read([order])[order]
    assert isinstance(problem, Later)
    assert problem.after == timedelta(seconds=waits)


@pytest.mark.parametrize("life", ["9" * 30, "soon", -5, None])
def test_a_token_whose_life_is_no_number_is_used_all_the_same(shop, life):
    granted = shop.server.rest._granted

    def strange():
        told = json.loads(granted().body)
        return json_reply(200, {**told, "Expires": life})

    shop.server.rest._granted = strange
    (order,) = shop.place()
    assert shop.store().read([order])[order].id == order


@pytest.mark.parametrize("shape", ["flat", "nested", "order"])
def test_a_comments_webhook_rings_for_its_order_in_any_shape(shop, shape):
    sent = []
    shop.server.courier.submit = lambda _event, parcel, key: sent.append(parcel()) or key
    shop.server.set_manners(comment=shape)
    (order,) = shop.place()
    shop.server.subscribe("http://127.0.0.1:9/", "commented")
    shop.kept.comment(int(order), "anna@example.test", "Когда?")
    (parcel,) = sent
    assert [notice.id for notice in notices.read(parcel.body)] == [order]


@pytest.mark.parametrize(
    ("body", "rings"),
    [
        (b'{"id": 7, "status": "Printed"}', ["7"]),
        (b'{"Order": {"Id": "7", "Status": "x"}, "Comment": {"Id": 5, "OrderId": 7}}', ["7", "7"]),
        (b'{"a": {"b": {"c": {"d": {"Id": 7, "Status": "x"}}}}, "e": {"OrderId": 8}}', ["8"]),
    ],
)
def test_an_order_is_found_in_an_envelope_that_is_not_too_deep(body, rings):
    assert [notice.id for notice in notices.read(body)] == rings


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"Id": ' + b"9" * 30 + b', "Status": ""}',
        b'{"Id": "\xc2\xb2", "Status": ""}',
        b'{"Id": 1.5, "Status": ""}',
        b'{"Id": true, "Status": ""}',
        b'{"Id": -7, "Status": ""}',
        b'{"Data": "<html>"}',
        b"\x00" * 1000,
    ],
)
def test_garbage_rings_for_nothing(body):
    with pytest.raises(Forged):
        notices.read(body)
