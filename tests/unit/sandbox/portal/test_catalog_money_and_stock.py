from __future__ import annotations

import pytest

from sverka.sandbox.portal import RestError


@pytest.fixture
def product(result):
    fields = {"iblockId": 14, "name": "Открытка", "quantity": 7, "quantityTrace": "Y"}
    return result("catalog.product.add", fields=fields)["element"]["id"]


def _prices(result, product):
    lines = result("catalog.price.list", filter={"productId": product}, order={"id": "ASC"})["prices"]
    return [(line["catalogGroupId"], line["price"]) for line in lines]


def test_prices_given_to_modify_are_all_there_are(result, product, portal):
    retail = {"productId": product, "catalogGroupId": 1, "price": 100.5, "currency": "RUB"}
    first = result("catalog.price.add", fields=retail)["price"]
    with pytest.raises(RestError, match="single price"):
        result("catalog.price.add", fields=retail)
    with pytest.raises(RestError, match="group is wrong"):
        result("catalog.price.add", fields=retail | {"catalogGroupId": 9})
    bulk = result("catalog.priceType.add", fields={"name": "Опт"})["priceType"]["id"]
    lines = [{"catalogGroupId": bulk, "price": "80.25", "currency": "RUB"}]
    changed = [retail | {"id": first["id"], "price": 90}, *lines]
    answer = result("catalog.price.modify", fields={"product": {"id": product, "prices": changed}})["prices"]
    assert [(line["id"] == first["id"], line["price"], line["priceScale"]) for line in answer] == [
        (True, 90, 90),
        (False, 80.25, 80.25),
    ]
    events = []
    portal.core.publish = lambda event: events.append(event.name)
    result("catalog.price.modify", fields={"product": {"id": product, "prices": lines}})
    assert _prices(result, product) == [(bulk, 80.25)]
    assert events.count("CATALOG.PRICE.ON.DELETE") == 2
    with pytest.raises(RestError, match="single price"):
        result("catalog.price.modify", fields={"product": {"id": product, "prices": lines * 2}})
    with pytest.raises(RestError, match="Required fields: price, currency"):
        result("catalog.price.modify", fields={"product": {"id": product, "prices": [{"catalogGroupId": 1}]}})
    assert _prices(result, product) == [(bulk, 80.25)]


def test_there_is_one_base_price_type_and_it_stays(result):
    new = result("catalog.priceType.add", fields={"name": "Новая", "base": "Y"})["priceType"]["id"]
    assert [line["base"] for line in result("catalog.priceType.list")["priceTypes"]] == ["N", "Y"]
    with pytest.raises(RestError) as refusal:
        result("catalog.priceType.delete", id=new)
    assert refusal.value.code == "BASE"
    assert result("catalog.priceType.delete", id=1) is True
    assert result("catalog.priceTypeLang.list")["priceTypeLangs"] == []
    with pytest.raises(RestError, match="Required fields: name"):
        result("catalog.priceType.update", id=new, fields={"sort": 5})


def test_units_are_unique_in_both_generations(result):
    with pytest.raises(RestError) as refusal:
        result("catalog.measure.add", fields={"code": 796, "measureTitle": "x"})
    assert refusal.value.code == 200600000000
    with pytest.raises(RestError) as refusal:
        result("catalog.measure.update", id=1, fields={"isDefault": "Y"})
    assert refusal.value.code == 200600000010
    number = result("crm.measure.add", fields={"CODE": 715, "MEASURE_TITLE": "Пара", "SYMBOL_RUS": "пар"})
    assert result("catalog.measure.get", id=number)["measure"]["symbol"] == "пар"
    assert result("crm.measure.get", id=number)["CODE"] == "715"


def test_taxes_are_the_same_in_both_generations(result, product):
    number = result("crm.vat.add", fields={"NAME": "НДС 22%", "RATE": "22"})
    result("catalog.product.update", id=product, fields={"vatId": number})
    assert result("crm.vat.get", id=number) == {
        "ID": str(number), "NAME": "НДС 22%", "ACTIVE": "Y", "RATE": "22.00", "C_SORT": "100",
    }  # fmt: skip
    assert result("crm.vat.update", id=number, fields={"RATE": 23}) == number
    assert result("catalog.vat.get", id=number)["vat"]["rate"] == 23
    result("catalog.vat.delete", id=number)
    assert result("catalog.product.get", id=product)["product"]["vatId"] is None


def test_sections_are_a_tree_of_one_catalogue(result, product):
    def add(**fields):
        return result("catalog.section.add", fields={"iblockId": 14, "name": "x"} | fields)["section"]["id"]

    top = add(code="top")
    below = add(iblockSectionId=top)
    for fields, code in (
        ({"iblockId": 99}, 200700300050),
        ({"iblockId": 15, "iblockSectionId": top}, 200700300000),
        ({"code": "top"}, 200700300040),
    ):
        with pytest.raises(RestError) as refusal:
            add(**fields)
        assert refusal.value.code == code
    with pytest.raises(RestError) as refusal:
        result("catalog.section.update", id=top, fields={"iblockId": 14, "name": "x", "iblockSectionId": below})
    assert refusal.value.code == 200700300010
    held = result("catalog.product.update", id=product, fields={"iblockSection": [below, top]})["element"]
    assert held["iblockSectionId"] == below
    assert result("crm.productsection.list", filter={"SECTION_ID": top}, select=["ID"]) == [{"ID": str(below)}]
    result("crm.productsection.delete", id=top)
    assert result("catalog.section.list")["sections"] == []
    assert result("catalog.product.get", id=product)["product"]["iblockSectionId"] is None


def _receipt(result, portal, product, amount):
    document = result("catalog.document.add", fields={"docType": "A", "currency": "RUB", "responsibleId": 1})
    number = document["document"]["id"]
    line = {"docId": number, "elementId": product, "storeTo": 1, "amount": amount, "purchasingPrice": 50}
    element = result("catalog.document.element.add", fields=line)["documentElement"]["id"]
    return number, element


def test_with_documents_only_they_change_stock(result, portal, product):
    portal.settings.inventory = True
    assert result("catalog.document.mode.status") == "Y"
    result("catalog.product.update", id=product, fields={"quantity": 100, "name": "Новое"})
    held = result("catalog.product.get", id=product)["product"]
    assert (held["quantity"], held["name"]) == (7, "Новое")
    number, element = _receipt(result, portal, product, 3)
    with pytest.raises(RestError, match="Supplier not specified"):
        result("catalog.document.conduct", id=number)
    contact = result("crm.contact.add", fields={"NAME": "x"})
    bound = {"documentId": number, "entityTypeId": 3, "entityId": contact}
    result("catalog.documentcontractor.add", fields=bound)
    assert result("catalog.document.conduct", id=number) is True
    held = result("catalog.product.get", id=product)["product"]
    assert (held["quantity"], held["purchasingPrice"], held["purchasingCurrency"]) == (3, "50.000000", "RUB")
    assert result("catalog.storeproduct.list")["storeProducts"][0]["amount"] == 3
    assert result("catalog.document.list")["documents"][0]["total"] == 150
    with pytest.raises(RestError) as refusal:
        result("catalog.document.element.update", id=element, fields={"amount": 9})
    assert refusal.value.code == "ERROR_DOCUMENT_STATUS"
    with pytest.raises(RestError, match="processed"):
        result("catalog.document.deleteList", documentIds=[number])
    result("catalog.document.cancel", id=number)
    assert result("catalog.product.get", id=product)["product"]["quantity"] == 0
    assert result("catalog.product.get", id=product)["product"]["available"] == "N"


def test_more_than_there_is_cannot_be_moved_and_nothing_is(result, portal, product):
    portal.settings.inventory = True
    second = result("catalog.store.add", fields={"address": "x"})["store"]["id"]
    move = result("catalog.document.add", fields={"docType": "M", "currency": "RUB", "responsibleId": 1})
    number = move["document"]["id"]
    stock = result("catalog.document.add", fields={"docType": "S", "currency": "RUB", "responsibleId": 1})
    into = {"docId": stock["document"]["id"], "elementId": product, "storeTo": 1, "amount": 5}
    result("catalog.document.element.add", fields=into)
    result("catalog.document.conduct", id=into["docId"])
    line = {"docId": number, "elementId": product, "storeFrom": 1, "storeTo": second, "amount": 3}
    for _ in range(2):
        result("catalog.document.element.add", fields=line)
    with pytest.raises(RestError, match="Not enough"):
        result("catalog.document.conductList", documentIds=[number])
    assert [line["amount"] for line in result("catalog.storeproduct.list")["storeProducts"]] == [5]
    result("catalog.document.element.delete", id=3)
    result("catalog.document.conduct", id=number)
    assert [line["amount"] for line in result("catalog.storeproduct.list")["storeProducts"]] == [2, 3]
    assert result("catalog.product.get", id=product)["product"]["quantity"] == 5
    with pytest.raises(RestError, match="Documents are issued"):
        result("catalog.store.delete", id=second)


def test_without_documents_nothing_is_conducted(result, portal, product):
    number, _ = _receipt(result, portal, product, 3)
    with pytest.raises(RestError, match="must be enabled"):
        result("catalog.document.conduct", id=number)
    result("catalog.product.update", id=product, fields={"quantity": 0})
    assert result("catalog.product.get", id=product)["product"]["available"] == "N"
    result("catalog.product.update", id=product, fields={"canBuyZero": "Y"})
    assert result("catalog.product.get", id=product)["product"]["available"] == "Y"
