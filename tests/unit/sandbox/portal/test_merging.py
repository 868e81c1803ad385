from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from sverka.sandbox.portal import RestError


def _phone(value):
    return [{"typeId": "PHONE", "valueType": "WORK", "value": value}]


def _merge(result, *ids, entity_type_id=3):
    return result("crm.entity.mergeBatch", params={"entityTypeId": entity_type_id, "entityIds": list(ids)})


def test_the_survivor_takes_what_the_others_have(portal, result, listener):
    portal.subscribe(listener.url, ["ONCRMCONTACTUPDATE", "ONCRMCONTACTDELETE", "ONCRMDEALUPDATE"])
    portal.create(3, {"name": "Анна", "fm": _phone("+7 999 1")})
    portal.create(3, {"name": "Анна", "lastName": "Котова", "fm": [*_phone("79991"), *_phone("+7 999 2")]})
    deal = portal.create(2, {"contactIds": [2]})
    assert _merge(result, 1, 2) == {"STATUS": "SUCCESS", "ENTITY_IDS": [2]}
    survivor = result("crm.item.get", entityTypeId=3, id=1)["item"]
    assert survivor["lastName"] == "Котова"
    assert [line["value"] for line in survivor["fm"]] == ["+7 999 1", "+7 999 2"]
    assert portal.item(2, deal).values["contactIds"] == [1]
    assert portal.item(2, deal).values["contactId"] == 1
    assert result("crm.duplicate.findbycomm", type="PHONE", values=["79992"]) == {"CONTACT": [1]}
    with pytest.raises(RestError, match="NOT_FOUND"):
        portal.item(3, 2)
    assert portal.flush()
    told = [(dict(parse_qsl(body))["event"], dict(parse_qsl(body))["data[FIELDS][ID]"]) for body in listener.bodies]
    assert told == [("ONCRMCONTACTUPDATE", "1"), ("ONCRMCONTACTDELETE", "2")]


def test_values_that_disagree_are_left_to_people(portal, result):
    portal.create(3, {"name": "Анна"})
    portal.create(3, {"name": "Яна", "lastName": "Котова"})
    assert _merge(result, 1, 2) == {"STATUS": "CONFLICT", "ENTITY_IDS": []}
    assert portal.item(3, 2).values["name"] == "Яна"
    portal.merge(3, [1, 2])
    assert (portal.item(3, 1).values["name"], portal.item(3, 1).values["lastName"]) == ("Анна", "Котова")
    assert portal.item(3, 1).values["updatedBy"] == 6


def test_deals_bring_their_rows_and_comments(portal, result):
    for number in (1, 2):
        portal.create(2, {"contactIds": [number]})
        rows = [{"productName": "a", "price": 10 * number}]
        result("crm.item.productrow.set", ownerType="D", ownerId=number, productRows=rows)
    result("crm.timeline.comment.add", fields={"ENTITY_ID": 2, "ENTITY_TYPE": "deal", "COMMENT": "x"})
    portal.merge(2, [1, 2])
    assert portal.item(2, 1).values["opportunity"] == 30
    assert portal.item(2, 1).values["contactIds"] == [1, 2]
    listed = result("crm.timeline.comment.list", filter={"ENTITY_ID": 1, "ENTITY_TYPE": "deal"})
    assert [line["COMMENT"] for line in listed] == ["x"]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"entityIds": [1, 2]}, "entityTypeId is required"),
        ({"entityTypeId": 3, "entityIds": [1]}, "at least two"),
        ({"entityTypeId": 3, "entityIds": []}, "valid elements"),
        ({"entityTypeId": 3, "entityIds": [1, 99]}, "Owner was not found"),
        ({"entityTypeId": 8, "entityIds": [1, 2]}, "not supported"),
    ],
)
def test_refusals(portal, result, params, words):
    portal.create(3, {"name": "A"})
    with pytest.raises(RestError, match=words):
        result("crm.entity.mergeBatch", params=params)


def test_seven_fields_may_be_added_to_the_search(portal, result):
    register = "crm.duplicate.volatileType.register"
    codes = [(1, "TITLE"), (1, "NAME"), (1, "POST"), (3, "NAME"), (3, "LAST_NAME"), (3, "POST"), (4, "TITLE")]
    ids = [result(register, entityTypeId=kind, fieldCode=code)["id"] for kind, code in codes]
    assert result(register, entityTypeId=1, fieldCode="TITLE") == {"id": ids[0]}
    with pytest.raises(RestError, match="MAX_TYPES_COUNT_EXCEEDED"):
        result(register, entityTypeId=4, fieldCode="RQ_INN")
    result("crm.duplicate.volatileType.unregister", id=ids[0])
    assert len(result("crm.duplicate.volatileType.list")) == 6
    with pytest.raises(RestError, match="TYPE_IS_NOT_ASSIGNED"):
        result("crm.duplicate.volatileType.unregister", id=ids[0])
    with pytest.raises(RestError, match="FIELD_NOT_FOUND"):
        result(register, entityTypeId=3, fieldCode="UF_CRM_X")
    with pytest.raises(RestError, match="ACCESS_DENIED"):
        portal.call("crm.duplicate.volatileType.list", user_id=6)
