"""A practice shop whose process was killed: the next one holds all that the first has answered for."""

import json
from decimal import Decimal

import httpx2
import pytest

from sverka.sandbox.bitrix_site import BitrixSiteServer, BitrixSiteStore
from sverka.sandbox.shop.faults import Fault
from sverka.sandbox.shop.keep import Keep
from sverka.sandbox.woocommerce import WooServer, WooStore

pytestmark = pytest.mark.shows_a_secret  # a shop's database holds its keys, and a practice shop's open nothing

BUYER = {"fio": "Ольга Кузнецова", "email": "olga@example.test"}
CARDS = {"name": "Визитки", "price": "150.55", "quantity": 3}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "shop.db"


def site(file) -> BitrixSiteServer:
    server = BitrixSiteServer(BitrixSiteStore())
    server.keep(Keep(file, server.kept))  # never closed: a killed process closes nothing
    return server


def woo(file) -> WooServer:
    server = WooServer(WooStore())
    server.keep(Keep(file, server.kept))
    return server


def act(server, name: str, **given) -> object:
    answer = httpx2.post(f"{server.url}/control/{name}", content=json.dumps(given))
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_a_killed_site_holds_its_orders_keys_and_subscriptions(file):
    with site(file) as first:
        for number in range(3):
            act(first, "place_order", customer=BUYER, items=[CARDS], fields={"userDescription": f"n{number}"})
        act(first, "delete", order_id=2)
        token = act(first, "subscribe", url="http://127.0.0.1:9/hook")
        secret = act(first, "install_module", hub="http://127.0.0.1:9/hook")
    second = site(file)
    assert second.store.orders == first.store.orders
    assert set(second.store.orders) == {1, 3}
    assert isinstance(second.store.orders[1]["price"], Decimal)
    assert second.webhook_url.partition("/rest/")[2] == first.webhook_url.partition("/rest/")[2]
    assert {one.token for one in second.handlers} == {token}
    assert (second.module.secret, second.member_id) == (secret, first.member_id)
    assert second.store.place_order(BUYER, [CARDS]) == 4, "no number is given twice"


def test_what_a_site_has_done_is_kept_though_its_answer_is_lost(file):
    with site(file) as first:
        act(first, "place_order", customer=BUYER, items=[CARDS])
        first.faults.arm(Fault.CLOSED_AFTER_COMMIT)
        fields = {"id": 1, "fields": {"comments": "late"}}
        with pytest.raises(httpx2.RemoteProtocolError):
            httpx2.post(f"{first.webhook_url}sale.order.update", json=fields)
    assert site(file).store.orders[1]["comments"] == "late"


def test_a_killed_woocommerce_shop_holds_its_orders_notes_keys_and_webhooks(file):
    with woo(file) as first:
        billing = {"first_name": "Ольга", "email": "olga@example.test"}
        for _ in range(3):
            act(first, "place_order", billing=billing, items=[{**CARDS, "product_id": 7}])
        act(first, "delete", order_id=2)
        act(first, "trash", order_id=3)
        act(first, "add_note", order_id=1, note="call her")
        hook = {"topic": "order.updated", "delivery_url": "http://127.0.0.1:9/hook", "secret": "s"}
        keys = first.consumer_key, first.consumer_secret
        first.webhooks.create(hook)
        act(first, "edit", order_id=1, payload={"customer_note": "soon"})
    second = woo(file)
    assert second.store.orders == first.store.orders
    assert set(second.store.orders) == {1, 3}
    assert second.store.notes[1] == first.store.notes[1]
    assert (second.consumer_key, second.consumer_secret) == keys
    assert second.webhooks.list() == first.webhooks.list()
    second.store.restore(3)
    assert second.store.orders[3]["status"] == "processing"
    assert second.store.place_order(billing, [{**CARDS, "product_id": 7}]) == 4
