import json
import re

import pytest


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


def read(path):
    # The documentation's JSON has trailing commas.
    return json.loads(re.sub(r",(\s*[}\]])", r"\1", path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("name", "method", "params"),
    [
        ("order_get", "sale.order.get", {"id": 1}),
        ("order_list", "sale.order.list", {}),
        ("payment_get", "sale.payment.get", {"id": 1}),
        ("shipment_get", "sale.shipment.get", {"id": 2}),
        ("basketitem_list", "sale.basketitem.list", {}),
        ("property_list", "sale.property.list", {}),
        ("propertyvalue_list", "sale.propertyvalue.list", {}),
        ("status_list", "sale.status.list", {}),
        ("persontype_list", "sale.persontype.list", {}),
    ],
)
def test_answers_have_every_recorded_key(samples, call, store, place, name, method, params):
    item = {"name": "Футболка", "price": 980, "properties": [{"code": "SIZE", "name": "Размер", "value": "M"}]}
    store.place_order({"fio": "Иван"}, [item])
    sample = read(samples / f"{name}.json")
    if "result" not in sample:
        sample = {"result": {"personTypes": sample["personTypes"]}}
    answer = call(method, **params).json()
    order = answer["result"].get("order")
    if order:
        order["shipments"].reverse()  # the hidden system shipment comes first and holds nothing
    assert missing(sample, answer) == []
