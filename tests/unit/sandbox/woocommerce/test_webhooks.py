import base64
import hashlib
import hmac
import json

import httpx2
import pytest

SECRET = "s3cretOfTheHook"


@pytest.fixture
def subscribe(ask, server, receiver):
    def create(topic="order.updated"):
        body = {"name": topic, "topic": topic, "delivery_url": receiver.url, "secret": SECRET}
        webhook = ask("POST", "/webhooks", body)["id"]
        server.wait_idle()
        return webhook

    return create


def payloads(receiver):
    items = [item for item in receiver.received() if "x-wc-webhook-topic" in item.headers]
    return [(item.headers["x-wc-webhook-topic"], json.loads(item.body)) for item in items]


def test_a_new_webhook_pings_without_a_signature(subscribe, receiver):
    webhook = subscribe()
    (ping,) = receiver.received()
    assert ping.body == f"webhook_id={webhook}".encode()
    assert ping.headers["content-type"] == "application/x-www-form-urlencoded"
    assert not [name for name in ping.headers if name.startswith("x-wc-")]


def test_a_delivery_is_signed_and_says_what_it_is(subscribe, server, receiver, place):
    webhook = subscribe()
    order_id = place()
    server.wait_idle()
    item = receiver.received()[-1]
    expected = base64.b64encode(hmac.new(SECRET.encode(), item.body, hashlib.sha256).digest()).decode()
    assert item.headers["x-wc-webhook-signature"] == expected
    assert item.headers["x-wc-webhook-source"] == f"{server.url}/"
    assert item.headers["x-wc-webhook-topic"] == "order.updated"
    assert (item.headers["x-wc-webhook-resource"], item.headers["x-wc-webhook-event"]) == ("order", "updated")
    assert item.headers["x-wc-webhook-id"] == str(webhook)
    assert len(item.headers["x-wc-webhook-delivery-id"]) == 32
    assert item.headers["user-agent"].startswith("WooCommerce/11.0.1 Hookshot")
    assert json.loads(item.body)["id"] == order_id


def test_a_new_order_is_created_and_updated(subscribe, server, receiver, place):
    subscribe("order.created"), subscribe("order.updated")
    place()
    server.wait_idle()
    assert [topic for topic, _body in payloads(receiver)] == ["order.created", "order.updated"]


def test_waiting_changes_of_one_order_coalesce_and_show_the_last_state(subscribe, server, store, receiver, place):
    subscribe()
    server.courier.hold()
    first, second = place(), place()
    store.edit(first, {"customer_note": "раз"})
    store.edit(first, {"customer_note": "два"})
    server.courier.release()
    server.wait_idle()
    assert [(body["id"], body["customer_note"]) for _topic, body in payloads(receiver)] == [
        (first, "два"),
        (second, ""),
    ]


def test_deletion_says_only_the_id(subscribe, server, store, receiver, order_id):
    subscribe("order.deleted"), subscribe("order.restored")
    store.trash(order_id)
    server.wait_idle()
    store.restore(order_id)
    server.wait_idle()
    store.delete(order_id)
    server.wait_idle()
    # Only the trash rings; of what is deleted past it nobody is told.
    (gone, back) = payloads(receiver)
    assert gone == ("order.deleted", {"id": order_id})
    assert (back[0], back[1]["status"]) == ("order.restored", "processing")


def test_more_than_five_failures_in_a_row_disable(subscribe, ask, server, receiver, order_id, store):
    webhook = subscribe()
    receiver.status = 500

    def change(times):
        for _ in range(times):
            store.edit(order_id, {})
            server.wait_idle()

    change(5)
    assert ask("GET", f"/webhooks/{webhook}")["status"] == "active"
    receiver.status = 200
    change(1)
    receiver.status = 500
    change(5)
    assert ask("GET", f"/webhooks/{webhook}")["status"] == "active"
    change(1)
    assert ask("GET", f"/webhooks/{webhook}")["status"] == "disabled"
    before = len(receiver.received())
    change(1)
    assert len(receiver.received()) == before
    receiver.status = 200
    assert ask("PUT", f"/webhooks/{webhook}", {"status": "active"})["status"] == "active"
    change(1)
    assert len(receiver.received()) == before + 1


def test_switched_on_again_it_goes_on_counting_failures_until_one_arrives(subscribe, server, store, receiver, order_id):
    webhook = subscribe()

    def change(times, status):
        receiver.status = status
        for _ in range(times):
            store.edit(order_id, {})
            server.wait_idle()
        return server.webhooks.get(webhook)["status"]

    assert change(6, 500) == "disabled"
    server.webhooks.update(webhook, {"status": "active"})
    assert change(1, 500) == "disabled"
    server.webhooks.update(webhook, {"status": "active"})
    assert change(1, 200) == "active"
    assert change(5, 500) == "active"


def test_a_redirect_is_success_and_is_not_followed(subscribe, server, store, receiver, order_id):
    webhook = subscribe()
    receiver.status = 302
    store.edit(order_id, {})
    server.wait_idle()
    assert [item.path for item in receiver.received()] == ["/hook", "/hook"]
    assert server.webhooks.failures(webhook) == 0


def test_a_failure_is_not_repeated(subscribe, server, store, receiver, order_id):
    webhook = subscribe()
    receiver.status = 503
    store.edit(order_id, {})
    server.wait_idle()
    assert len(receiver.received()) == 2
    assert server.webhooks.failures(webhook) == 1


def test_deliveries_can_be_lost_and_doubled(subscribe, server, store, receiver, order_id):
    webhook = subscribe()
    server.courier.drop()
    store.edit(order_id, {})
    server.wait_idle()
    assert (payloads(receiver), server.webhooks.failures(webhook)) == ([], 0)
    server.courier.double()
    store.edit(order_id, {})
    server.wait_idle()
    assert len(payloads(receiver)) == 2


def test_webhooks_are_listed_changed_and_removed(subscribe, ask, call, server, store, receiver, order_id):
    webhook = subscribe()
    assert "secret" not in ask("GET", f"/webhooks/{webhook}")
    assert ask("PUT", f"/webhooks/{webhook}", {"status": "paused"})["status"] == "paused"
    store.edit(order_id, {})
    server.wait_idle()
    assert payloads(receiver) == []
    assert [row["id"] for row in ask("GET", "/webhooks", status="paused")] == [webhook]
    assert call("DELETE", f"/webhooks/{webhook}").status_code == 501
    ask("DELETE", f"/webhooks/{webhook}", force="true")
    assert call("GET", f"/webhooks/{webhook}").status_code == 404
    assert call("POST", "/webhooks", {"topic": "order.eaten", "delivery_url": receiver.url}).status_code == 400
    assert call("POST", "/webhooks", {"topic": "order.updated", "delivery_url": "ftp://x"}).status_code == 400


@pytest.mark.parametrize("kind", ["truncated", "closed_after_commit"])
def test_a_broken_answer_comes_after_the_write(server, store, call, order_id, kind):
    server.faults.arm(kind, on="PUT /orders/{id}")
    with pytest.raises(httpx2.TransportError):
        call("PUT", f"/orders/{order_id}", {"status": "completed"})
    assert store.order(order_id)["status"] == "completed"
    assert call("GET", f"/orders/{order_id}").status_code == 200


@pytest.mark.parametrize(
    ("kind", "status"), [("html_503", 503), ("json_503", 503), ("429", 429), ("401", 401), ("302", 302)]
)
def test_a_refused_call_does_nothing(server, store, call, order_id, kind, status):
    server.faults.arm(kind)
    assert call("PUT", f"/orders/{order_id}", {"status": "completed"}).status_code == status
    assert store.order(order_id)["status"] == "processing"
