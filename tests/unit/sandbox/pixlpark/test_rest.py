"""The practice print shop answers as the API does: tokens, envelope, pages, dates, webhooks, its control page."""

import hashlib
import json
import re
from collections.abc import Iterator

import httpx2
import pytest

from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.pixlpark import PixlparkServer, PixlparkStore
from sverka.sandbox.shop.receiver import Receiver

BUYER = {"name": "Ким Анна", "email": "anna@example.test", "phone": "+79990000001"}
CARDS = [{"name": "Визитки", "price": "150.55", "quantity": 3}]


@pytest.fixture
def server() -> Iterator[PixlparkServer]:
    with PixlparkServer(PixlparkStore(VirtualClock())) as running:
        yield running


@pytest.fixture
def client(server: PixlparkServer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, trust_env=False) as client:
        yield client


def let_in(server: PixlparkServer, client: httpx2.Client, **wrong: str) -> dict:
    token = client.get("/oauth/requesttoken").json()["RequestToken"]
    password = hashlib.sha1(f"{token}{server.private_key}".encode()).hexdigest()
    query = {"oauth_token": token, "grant_type": "api", "username": server.public_key, "password": password, **wrong}
    return client.get("/oauth/accesstoken", params=query).json()


@pytest.mark.parametrize(
    "wrong", [{"password": "0" * 40}, {"username": "me"}, {"oauth_token": "x"}, {"grant_type": ""}]
)
def test_wrong_credentials_are_refused_in_an_answer_of_200(server, client, wrong):
    assert let_in(server, client, **wrong) == {"Success": False, "Error": "Wrong credentials"}
    assert let_in(server, client)["Success"] is True


def test_a_token_runs_out_and_is_renewed_once(server, client):
    granted = let_in(server, client)
    query = {"oauth_token": granted["AccessToken"]}
    assert client.get("/orders", params=query).json()["ResponseCode"] == 200
    server.store.clock.advance(granted["Expires"])
    assert client.get("/orders", params=query).status_code == 401
    renew = {"refreshToken": granted["RefreshToken"]}
    again = client.get("/oauth/refreshtoken", params=renew).json()
    assert client.get("/orders", params={"oauth_token": again["AccessToken"]}).status_code == 200
    assert client.get("/oauth/refreshtoken", params=renew).json()["Success"] is False


def test_the_envelope_pages_of_fifty_and_dates_in_milliseconds(server, client):
    for _ in range(60):
        server.store.place_order(BUYER, CARDS)
    query = {"oauth_token": let_in(server, client)["AccessToken"]}
    told = client.get("/orders", params={**query, "take": "500"}).json()
    assert (told["ApiVersion"], told["ResponseCode"], len(told["Result"])) == ("1.0", 200, 50)
    first = told["Result"][0]
    assert isinstance(first["Id"], str)
    assert re.fullmatch(r"/Date\(\d+\)/", first["DateCreated"])
    assert len(client.get("/orders", params={**query, "skip": "50"}).json()["Result"]) == 10
    assert client.get("/orders/count", params={**query, "statuses": "Printed"}).json()["Result"] == [{"count": 0}]
    assert client.get("/orders", params={**query, "status": "Printed"}).json()["Result"] == []
    one = client.get(f"/orders/{first['Id']}", params=query).json()["Result"]
    assert [row["Id"] for row in one] == [first["Id"]], "a list of one"
    missing = client.get("/orders/1", params=query)
    assert (missing.status_code, missing.json()["ResponseCode"]) == (200, 404)


def test_a_page_shifts_when_orders_come_and_go(server, client):
    for _ in range(60):
        server.store.place_order(BUYER, CARDS)
    query = {"oauth_token": let_in(server, client)["AccessToken"]}
    server.set_manners(rush=1)
    first = client.get("/orders", params=query).json()["Result"]
    second = client.get("/orders", params={**query, "skip": "50"}).json()["Result"]
    assert first[-1]["Id"] == second[0]["Id"]


def test_webhooks_have_iso_dates_a_number_for_an_id_and_no_signature(server):
    with Receiver() as receiver:
        server.subscribe(receiver.url)
        order = server.store.place_order(BUYER, CARDS)
        server.wait_idle()
        server.store.pay(order)
        server.wait_idle()
        server.store.comment(order, "a@example.test", "Когда?")
        server.wait_idle()
        placed, paid, said = [json.loads(one.body) for one in receiver.wait_for(3)]
        assert not any("sign" in name for one in receiver.received() for name in one.headers)
    assert (placed["Id"], placed["DateCreated"], placed["DatePaid"]) == (order, "2026-01-01T00:00:00Z", None)
    assert (paid["DatePaid"], paid["PaymentStatus"]) == ("2026-01-01T00:00:00", "Paid")
    assert placed["OrderDetails"][0]["Quantity"] == 3
    assert (said["OrderId"], said["BodySource"]) == (order, "Когда?")


def test_people_act_by_the_control_page(server, client):
    told = {"customer": BUYER, "items": CARDS}
    order = client.post("/control/place_order", json=told).json()["result"]
    client.post("/control/set_status", json={"order": order, "status": "Printing"})
    assert client.post("/control/order", json={"order": order}).json()["result"]["Status"] == "Printing"
    for name, wrong in (
        ("set_status", {"order": order, "status": "Flying"}),
        ("edit", {"order": order, "fields": {"Colour": "red"}}),
        ("manners", {"mood": "bad"}),
        ("subscribe", {"url": "http://x.example", "event": "eaten"}),
        ("delete", {"order": 1}),
    ):
        assert client.post(f"/control/{name}", json=wrong).status_code == 400
    client.post("/control/delete", json={"order": order})
    assert client.post("/control/order", json={"order": order}).status_code == 400
