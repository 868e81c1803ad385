from urllib.parse import parse_qs

import httpx2
import pytest


def ids(receiver):
    return [parse_qs(item.body.decode())["data[FIELDS][ID]"][0] for item in receiver.received()]


def test_a_saved_order_rings_with_a_form(server, receiver, place):
    token = server.subscribe(receiver.url)
    order_id = place()
    server.wait_idle()
    (item,) = receiver.received()
    form = {name: rows[0] for name, rows in parse_qs(item.body.decode(), keep_blank_values=True).items()}
    assert item.headers["content-type"] == "application/x-www-form-urlencoded"
    assert form["event"] == "ONSALEORDERSAVED"
    assert (form["data[FIELDS][ID]"], form["data[FIELDS][ACTION]"]) == (str(order_id), "save")
    assert form["data[FIELDS][XML_ID]"].startswith("bx_")
    assert form["auth[application_token]"] == token
    assert form["auth[domain]"] == server.url.removeprefix("http://")
    assert form["auth[member_id]"] == server.member_id
    assert form["ts"] == "1767225600"


def test_a_mass_update_rings_once(server, store, receiver, place):
    orders = [place() for _ in range(3)]
    server.subscribe(receiver.url)
    store.mass_update(orders, {"statusId": "P"})
    server.wait_idle()
    assert ids(receiver) == ["1"]
    assert {store.order(id_)["statusId"] for id_ in orders} == {"P"}


def test_a_batch_of_writes_is_one_hit(server, ask, receiver, place):
    place(), place()
    server.subscribe(receiver.url)
    ask("batch", cmd=[f"sale.order.update?id={id_}&fields[comments]=x" for id_ in (1, 2)])
    ask("sale.order.update", id=2, fields={"comments": "y"})
    server.wait_idle()
    assert ids(receiver) == ["1", "2"]


def test_each_hand_of_the_shop_saves_and_rings(server, store, receiver, order_id):
    server.subscribe(receiver.url)
    item = store.add_item(order_id, {"name": "Доп", "price": 10})
    store.edit_item(order_id, item, {"quantity": 5})
    assert store.order(order_id)["price"] == 1531
    store.remove_item(order_id, item)
    store.set_properties(order_id, {"CITY": "Омск"})
    store.edit(order_id, {"comments": "x"})
    store.pay(order_id)
    store.ship(order_id, "RA1")
    store.cancel(order_id, "дубль")
    order = store.order(order_id)
    assert (order["price"], order["payed"], order["deducted"], order["canceled"]) == (1481, "Y", "Y", "Y")
    assert order["shipments"][1]["trackingNumber"] == "RA1"
    store.delete(order_id)
    server.wait_idle()
    events = [parse_qs(item.body.decode())["event"][0] for item in receiver.received()]
    assert events == ["ONSALEORDERSAVED"] * 8 + ["ONSALEBEFOREORDERDELETE"]


def test_events_can_be_lost_doubled_and_held(server, receiver, place):
    server.subscribe(receiver.url)
    server.courier.drop()
    place()
    server.wait_idle()
    assert ids(receiver) == []
    server.courier.double()
    place()
    server.wait_idle()
    assert ids(receiver) == ["2", "2"]
    server.courier.hold()
    place()
    server.wait_idle()
    assert (ids(receiver), server.courier.waiting()) == (["2", "2"], 1)
    server.courier.release()
    server.wait_idle()
    assert ids(receiver) == ["2", "2", "3"]


def test_a_delayed_event_waits_for_the_stores_clock(server, clock, receiver, place):
    server.subscribe(receiver.url)
    server.courier.delay(30)
    place()
    server.courier.delay(0)
    place()
    receiver.wait_for(1)
    with pytest.raises(TimeoutError):
        server.wait_idle(timeout=0.1)
    assert ids(receiver) == ["2"]
    clock.advance(31)
    server.wait_idle()
    assert ids(receiver) == ["2", "1"]


def test_a_subscriber_that_is_away_is_not_asked_again(server, receiver, place):
    server.subscribe("http://127.0.0.1:9/away")
    place()
    server.wait_idle()
    assert [item.status for item in server.courier.deliveries()] == [None]


def test_the_shops_hands_work_over_http_too(server, store):
    with httpx2.Client(base_url=server.url) as client:
        body = {"customer": {"fio": "Иван"}, "items": [{"name": "x", "price": "10.10"}], "delivery_price": 0}
        assert client.post("/control/place_order", json=body).json() == {"result": 1}
        assert client.post("/control/pay", json={"order_id": 1}).status_code == 200
        assert client.post("/control/pay", json={"order_id": 7}).status_code == 400
        assert client.post("/control/pay", json={"nobody": 7}).status_code == 400
        assert client.post("/control/nothing").status_code == 404
        assert "mass_update" in client.get("/control").json()["controls"]
    assert store.order(1)["payed"] == "Y"
    assert server.log.count() == 0
