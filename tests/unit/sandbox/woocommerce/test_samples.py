import json

import pytest


@pytest.fixture
def recorded(samples):
    return json.loads((samples / "order_v3_from_checkout.json").read_text(encoding="utf-8"))


def missing(sample, answer, path=""):
    """Paths of the sample's keys that the answer lacks; of a list the first rows are compared."""
    if isinstance(sample, dict) and isinstance(answer, dict):
        lacking = [f"{path}/{key}" for key in sample if key not in answer]
        return lacking + [
            item for key in sample if key in answer for item in missing(sample[key], answer[key], f"{path}/{key}")
        ]
    if isinstance(sample, list) and isinstance(answer, list) and sample:
        return missing(sample[0], answer[0], f"{path}[0]") if answer else [f"{path}[0]"]
    return []


def test_an_order_has_the_recorded_keys_in_the_recorded_order(recorded, ask, place):
    order = ask("GET", f"/orders/{place(coupon='promo10')}")
    assert list(order) == list(recorded)
    assert missing(recorded, order) == []
    assert list(order["line_items"][0]) == list(recorded["line_items"][0])


def test_a_replayed_order_comes_back_as_recorded(recorded, ask, store, server):
    order_id = store.replay(recorded)
    answer = ask("GET", f"/orders/{order_id}")
    for changing in ("_links", "payment_url"):
        answer.pop(changing), recorded.pop(changing)
    assert answer == recorded
    after = ask("PUT", f"/orders/{order_id}", {"line_items": [{"product_id": 13, "quantity": 1}]})
    assert after["line_items"][-1]["id"] > max(row["id"] for row in recorded["line_items"])
    assert after["total"] == "1972.50"


def test_notes_have_the_recorded_keys(samples, ask, store, order_id):
    recorded = json.loads((samples / "order_notes.json").read_text(encoding="utf-8"))
    store.add_note(order_id, "x")
    assert list(ask("GET", f"/orders/{order_id}/notes")[0]) == list(recorded[0])


def test_a_delivery_has_the_recorded_headers_and_keys(samples, ask, server, receiver, place):
    recorded = json.loads((samples / "webhook_order_updated.json").read_text(encoding="utf-8"))
    ask("POST", "/webhooks", {"topic": "order.updated", "delivery_url": receiver.url})
    place()
    server.wait_idle()
    item = receiver.received()[-1]
    assert {name.lower() for name in recorded["headers"]} <= set(item.headers)
    assert set(recorded["body"]) <= set(json.loads(item.body))
