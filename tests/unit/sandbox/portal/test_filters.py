from __future__ import annotations

import pytest

from sverka.sandbox.portal import RestError


@pytest.fixture
def deals(portal, clock):
    """Three deals, a minute apart: sums 100, 200, none; titles Alpha, Beta, Gamma."""
    for title, money in (("Alpha", 100), ("Beta", 200), ("Gamma", None)):
        portal.create(2, {"title": title, "opportunity": money, "originId": title[0], "contactIds": [len(title)]})
        clock.advance(60)
    portal.move_stage(2, "C2:NEW")
    return portal


def ids(portal, given, **more):
    params = {"entityTypeId": 2, "filter": given, "select": ["id"]} | more
    return [item["id"] for item in portal.call("crm.item.list", params).result["items"]]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"=title": "Alpha"}, [1]),
        ({"title": "alpha"}, [1]),
        ({"!title": "Alpha"}, [2, 3]),
        ({"!=title": "Alpha"}, [2, 3]),
        ({">opportunity": 100}, [2]),
        ({">=opportunity": "100"}, [1, 2]),
        ({"<opportunity": 200}, [1, 3]),
        ({"<=opportunity": 200}, [1, 2, 3]),
        ({">=probability": 0}, []),
        ({"@id": [1, 3, 99]}, [1, 3]),
        ({"id": [1, 3]}, [1, 3]),
        ({"!@id": [1, 3]}, [2]),
        ({"%title": "A"}, [1, 2, 3]),
        ({"%title": "LPH"}, [1]),
        ({"!%title": "lph"}, [2, 3]),
        ({"=%title": "%ta"}, [2]),
        ({"%=title": "B_ta"}, [2]),
        ({"!=%title": "%ta"}, [1, 3]),
        ({"!%=title": "%ta"}, [1, 3]),
        ({"=originId": "B"}, [2]),
        ({"@originId": ["A", "G"]}, [1, 3]),
        ({"originId": ""}, []),
        ({"contactIds": 4}, [2]),
        ({"stageId": "C2:NEW"}, [2]),
        ({"categoryId": 0, "%title": "a"}, [1, 3]),
        ({">id": 1, "<id": 3}, [2]),
        ({"0": {"logic": "OR", "0": {"=title": "Alpha"}, "1": {"=title": "Gamma"}}}, [1, 3]),
        ({"0": {"logic": "OR", "0": {"=title": "Alpha"}, "1": {"=title": "Gamma"}}, ">id": 1}, [3]),
        ({"logic": "OR", "id": 1, "=title": "Beta"}, [1, 2]),
        ([{"logic": "OR", "0": {"id": 1}, "1": {"id": 2, "title": "no"}}], [1]),
        ({">=createdTime": "2026-05-14T10:27:32+03:00"}, [2, 3]),
        ({">=createdTime": "2026-05-14T07:27:32+00:00"}, [2, 3]),
        ({">=createdTime": "2026-05-14 10:27:32"}, [2, 3]),
        ({">updatedTime": "2026-05-14T10:28:32+03:00"}, [2]),
    ],
)
def test_prefixes(deals, given, found):
    assert ids(deals, given) == found
    assert ids(deals, given, start=-1) == found


@pytest.mark.parametrize("given", [{"nope": 1}, {">=updatedTime": "yesterday"}, {"id": "x"}, {"ID": 1}])
def test_a_universal_list_refuses_what_it_does_not_know(deals, given):
    with pytest.raises(RestError) as caught:
        ids(deals, given)
    assert (caught.value.status, caught.value.code) == (400, "INVALID_ARG_VALUE")


def test_a_classic_list_passes_it_over(deals, result):
    assert len(result("crm.deal.list", filter={"NOPE": 1})) == 3
    assert [deal["ID"] for deal in result("crm.deal.list", filter={">=ID": 2}, order={"ID": "DESC"})] == ["3", "2"]


def test_order(deals):
    assert ids(deals, {}, order={"opportunity": "DESC"}) == [2, 1, 3]
    assert ids(deals, {}, order={"ID": "DESC"}) == [3, 2, 1]
    assert ids(deals, {}, order={"categoryId": "ASC", "id": "DESC"}) == [3, 1, 2]
    with pytest.raises(RestError, match="Invalid order"):
        ids(deals, {}, order={"nope": "ASC"})


def test_multifields_match_exactly(portal, result):
    portal.create(3, {"name": "A", "fm": [{"typeId": "PHONE", "valueType": "WORK", "value": "+7999"}]})
    listed = result("crm.item.list", entityTypeId=3, filter={"phone": "+7999"})["items"]
    assert [item["id"] for item in listed] == [1]
    assert result("crm.item.list", entityTypeId=3, filter={"phone": "7999"})["items"] == []
    classic = result("crm.contact.list", filter={"PHONE": "+7999"}, select=["ID", "PHONE"])
    line = {"ID": "1", "VALUE_TYPE": "WORK", "VALUE": "+7999", "TYPE_ID": "PHONE"}
    assert classic == [{"ID": "1", "PHONE": [line]}]
    assert "PHONE" not in result("crm.contact.list")[0]


def test_a_boolean_user_field_is_filtered_by_digits(portal):
    name = portal.add_field(2, "PAID", "boolean").field_name
    portal.create(2, {name: "Y"})
    portal.create(2, {name: "N"})
    assert ids(portal, {name: 1}, useOriginalUfNames="Y") == [1]
    assert ids(portal, {"ufCrmPaid": 0}) == [2]


def test_search_lags_behind_but_ids_do_not(portal, result, clock):
    portal.settings.lag_seconds = 5
    fm = [{"typeId": "PHONE", "value": "123"}]
    portal.create(3, {"name": "A", "originId": "o", "fm": fm})
    by_origin = {"entityTypeId": 3, "filter": {"=originId": "o"}}
    by_phone = {"type": "PHONE", "values": ["123"]}
    assert result("crm.item.list", **by_origin)["items"] == []
    assert result("crm.duplicate.findbycomm", **by_phone) == []
    assert result("crm.item.get", entityTypeId=3, id=1)["item"]["id"] == 1
    assert len(result("crm.item.list", entityTypeId=3, filter={"@id": [1]})["items"]) == 1
    clock.advance(5)
    assert len(result("crm.item.list", **by_origin)["items"]) == 1
    assert result("crm.duplicate.findbycomm", **by_phone) == {"CONTACT": [1]}


def test_the_index_follows_changes(portal, result):
    portal.create(3, {"name": "A", "originId": "o", "fm": [{"typeId": "EMAIL", "value": "A@x.ru"}]})
    portal.edit(3, 1, {"originId": "p", "fm": {"1": {"typeId": "EMAIL", "value": "b@x.ru"}}})
    assert result("crm.item.list", entityTypeId=3, filter={"originId": "o"})["items"] == []
    assert result("crm.duplicate.findbycomm", type="EMAIL", values=["a@x.ru"]) == []
    assert result("crm.duplicate.findbycomm", type="EMAIL", values=["B@X.RU"]) == {"CONTACT": [1]}
    portal.delete(3, 1)
    assert result("crm.duplicate.findbycomm", type="EMAIL", values=["b@x.ru"]) == []
