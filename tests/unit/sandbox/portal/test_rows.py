from __future__ import annotations

import pytest

from sverka.sandbox.portal import RestError


@pytest.fixture
def put(portal, result):
    portal.create(2, {})

    def put(*rows):
        return result("crm.item.productrow.set", ownerType="D", ownerId=1, productRows=list(rows))["productRows"]

    return put


@pytest.fixture
def deal(portal):
    return lambda: portal.call("crm.item.get", {"entityTypeId": 2, "id": 1}).result["item"]


@pytest.mark.parametrize(
    ("price", "tax", "discount", "exclusive", "netto", "brutto", "saved"),
    [
        (90000, 10, 10, 81818.18, 90909.09, 100000, 9090.91),
        (80000, 20, 20, 66666.67, 83333.34, 100000.01, 16666.67),
        (100, None, 0, 100, 100, 100, 0),
    ],
)
def test_prices_follow_from_the_final_one(put, price, tax, discount, exclusive, netto, brutto, saved):
    row = put({"productName": "p", "price": price, "taxRate": tax, "discountRate": discount, "taxIncluded": "Y"})[0]
    got = (row["priceExclusive"], row["priceNetto"], row["priceBrutto"], row["discountSum"])
    assert got == (exclusive, netto, brutto, saved)
    assert (row["price"], row["taxRate"], row["taxIncluded"]) == (price, tax, "Y")


def test_a_discount_by_sum(put):
    row = put({"price": 80, "discountTypeId": 1, "discountSum": 20})[0]
    assert (row["priceNetto"], row["discountRate"], row["discountTypeId"]) == (100, 20, 1)


def test_a_set_replaces_everything_with_new_ids(put, result, deal):
    first = put({"productName": "a", "price": 10, "quantity": 3}, {"productName": "b", "price": "0.335"})
    assert [row["id"] for row in first] == [1, 2]
    assert deal()["opportunity"] == 30.34
    second = put({"id": 1, "productName": "a", "price": 10})
    assert [(row["id"], row["quantity"], row["sort"]) for row in second] == [(3, 1, 10)]
    listed = result("crm.item.productrow.list", filter={"=ownerType": "D", "=ownerId": 1})["productRows"]
    assert listed == second
    put()
    assert deal()["opportunity"] == 0
    assert result("crm.deal.productrows.get", id=1) == []


def test_a_manual_sum_stays(put, portal, deal):
    portal.edit(2, 1, {"opportunity": 5, "isManualOpportunity": "Y"})
    put({"price": 10})
    assert portal.edit(2, 1, {"title": "another"}) is True
    assert deal()["opportunity"] == 5
    portal.edit(2, 1, {"isManualOpportunity": "N"})
    assert deal()["opportunity"] == 10


def test_a_written_sum_loses_to_the_rows(put, portal, deal):
    put({"price": 10})
    assert portal.edit(2, 1, {"opportunity": 99}) is False
    assert deal()["opportunity"] == 10


@pytest.mark.parametrize(("fires", "expected"), [(True, 2), (False, 0)])
def test_rows_are_a_change_of_the_deal_once(put, portal, clock, deal, fires, expected):
    portal.edit(2, 1, {"isManualOpportunity": "Y"})
    portal.settings.rows_fire_update = fires
    seen = []
    portal.core.publish = lambda event: seen.append(event.name)
    before = deal()["updatedTime"]
    clock.advance(10)
    put({"price": 10, "productName": "a"})
    put({"price": 10, "productName": "a"})
    put({"price": 10, "productName": "b"})
    assert seen == ["ONCRMDEALUPDATE"] * expected
    assert (deal()["updatedTime"] != before) is fires


def test_one_row_at_a_time(put, result, deal):
    put({"productName": "a", "price": 10})
    row = result("crm.item.productrow.add", fields={"ownerType": "D", "ownerId": 1, "price": 5})["productRow"]
    assert (row["id"], row["productName"], deal()["opportunity"]) == (2, "[2]", 15)
    changed = result("crm.item.productrow.update", id=2, fields={"quantity": 2})["productRow"]
    assert (changed["id"], changed["quantity"], deal()["opportunity"]) == (2, 2, 20)
    assert result("crm.item.productrow.get", id=2)["productRow"] == changed
    assert result("crm.item.productrow.delete", id=2) is None
    assert deal()["opportunity"] == 10
    with pytest.raises(RestError) as caught:
        result("crm.item.productrow.get", id=2)
    assert caught.value.code == "NOT_FOUND"


def test_classic_rows(put, result, deal):
    assert (
        result("crm.deal.productrows.set", id=1, rows=[{"PRODUCT_NAME": "a", "PRICE": "899.1", "QUANTITY": 2}]) is True
    )
    row = result("crm.deal.productrows.get", id=1)[0]
    assert (row["OWNER_ID"], row["PRICE"], row["PRICE_ACCOUNT"], row["QUANTITY"]) == ("1", 899.1, "899.10", 2)
    assert deal()["opportunity"] == 1798.2
    with pytest.raises(RestError, match="<br>"):
        result("crm.deal.productrows.set", id=1, rows=[{"PRICE": 1, "DISCOUNT_TYPE_ID": 1}])
    result("crm.deal.productrows.set", id=1, rows="broken")
    assert result("crm.deal.productrows.get", id=1) == []


@pytest.mark.parametrize(
    ("owner", "code"),
    [
        ({"ownerType": "D", "ownerId": 9}, "OWNER_NOT_FOUND"),
        ({"ownerType": "I", "ownerId": 1}, "ENTITY_TYPE_NOT_SUPPORTED"),
    ],
)
def test_owners(put, result, owner, code):
    with pytest.raises(RestError) as caught:
        result("crm.item.productrow.set", **owner, productRows=[])
    assert caught.value.code == code
