from __future__ import annotations

import pytest

from sverka.sandbox.portal import RestError

_SELECT = ["id", "iblockId"]


@pytest.fixture
def seen(portal):
    """Name and fields of every event fired."""
    events = []
    portal.core.publish = lambda event: events.append((event.name, event.fields))
    return events


@pytest.fixture
def add(result):
    """Add a product (`kind` is "", "sku.", "offer." or "service.") and give its id."""

    def call(kind="", iblock=14, **fields):
        answer = result(f"catalog.product.{kind}add", fields={"iblockId": iblock, "name": "Открытка"} | fields)
        return next(iter(answer.values()))["id"]

    return call


def _ids(answer):
    return [line["id"] for line in next(iter(answer.values()))]


def test_a_list_wants_ids_selected_and_a_catalogue_named(result, add):
    first, second, third = add(), add(), add()
    for select, given, text in (
        (["id"], {"iblockId": 14}, "selection"),
        (["*"], {"iblockId": 14}, "selection"),
        (_SELECT, {"id": first}, "filter"),
        (_SELECT, {"iblockId": 14, "@id": [first]}, "@id"),
    ):
        with pytest.raises(RestError, match=text) as refusal:
            result("catalog.product.list", select=select, filter=given)
        assert refusal.value.body()["error"] == 0
    listed = result(
        "catalog.product.list", select=_SELECT, filter={"iblockId": 14, "id": [first, third]}, order={"id": "desc"}
    )
    assert listed == {"products": [{"iblockId": 14, "id": third}, {"iblockId": 14, "id": first}]}
    assert _ids(result("catalog.product.list", select=_SELECT, filter={"iblockId": 14, ">id": first})) == [
        second,
        third,
    ]
    assert _ids(result("catalog.product.list", select=_SELECT, filter={"iblockId": 15})) == []


def test_each_family_sees_its_types_and_deletion_takes_the_variations_along(result, add):
    parent, service = add("sku."), add("service.")
    offer = add("offer.", iblock=15, parentId=parent)
    got = result("catalog.product.offer.get", id=offer)["offer"]
    assert (got["type"], got["parentId"]["value"], got["parentId"]["valueId"].isdigit()) == (4, str(parent), True)
    assert result("catalog.product.service.get", id=service)["service"]["type"] == 7
    assert "quantity" not in result("catalog.product.service.get", id=service)["service"]
    listed = result("catalog.product.offer.list", select=_SELECT, filter={"iblockId": 15, "parentId": parent})
    assert _ids(listed) == [offer]
    assert list(result("catalog.product.sku.list", select=_SELECT, filter={"iblockId": 14})) == ["units"]
    with pytest.raises(RestError, match="does not exist"):
        result("catalog.product.sku.get", id=offer)
    with pytest.raises(RestError, match="cannot be added"):
        add("offer.")
    assert result("catalog.product.sku.delete", id=parent) is True
    with pytest.raises(RestError, match="does not exist"):
        result("catalog.product.offer.get", id=offer)
    with pytest.raises(RestError) as refusal:
        result("catalog.product.delete", id=parent)
    assert refusal.value.code == 200040300000


def test_a_simple_product_with_a_variation_is_a_parent(result, add):
    simple = add()
    assert result("catalog.product.get", id=simple)["product"]["type"] == 1
    lonely = add("offer.", iblock=15)
    assert result("catalog.product.offer.get", id=lonely)["offer"]["type"] == 5
    result("catalog.product.offer.update", id=lonely, fields={"parentId": {"value": simple}})
    assert result("catalog.product.offer.get", id=lonely)["offer"]["type"] == 4
    assert result("catalog.product.get", id=simple)["product"]["type"] == 3


def test_values_of_properties_keep_the_ids_they_are_given_with(result, add):
    fields = {"iblockId": 14, "name": "Цвет", "propertyType": "S", "multiple": "Y"}
    colour = f"property{result('catalog.productProperty.add', fields=fields)['productProperty']['id']}"
    number = add(**{colour: ["красный", {"value": "синий"}]})
    first, second = result("catalog.product.get", id=number)["product"][colour]
    assert [first["value"], second["value"]] == ["красный", "синий"]
    changed = {colour: [{"value": "алый", "valueId": first["valueId"]}, "белый"]}
    held = result("catalog.product.update", id=number, fields=changed)["element"][colour]
    assert held[0] == {"value": "алый", "valueId": first["valueId"]}
    assert held[1]["valueId"] not in (first["valueId"], second["valueId"])
    other = add(**{colour: "белый"})
    for value in ("белый", {"value": "белый"}, ["белый", "синий"]):
        listed = result("catalog.product.list", select=_SELECT, filter={"iblockId": 14, colour: value})
        assert _ids(listed) == [number, other]
    result("catalog.productProperty.delete", id=int(colour.removeprefix("property")))
    assert colour not in result("catalog.product.get", id=number)["product"]


def test_a_list_property_takes_only_its_own_values(result, add):
    fields = {"iblockId": 14, "name": "Формат", "propertyType": "L"}
    owner = result("catalog.productProperty.add", fields=fields)["productProperty"]["id"]
    line = {"propertyId": owner, "value": "A6", "xmlId": "a6"}
    option = result("catalog.productPropertyEnum.add", fields=line)["productPropertyEnum"]["id"]
    with pytest.raises(RestError, match="already exists"):
        result("catalog.productPropertyEnum.add", fields=line)
    number = add(**{f"property{owner}": option})
    assert result("catalog.product.get", id=number)["product"][f"property{owner}"]["value"] == str(option)
    with pytest.raises(RestError, match=f"property{owner}"):
        add(**{f"property{owner}": option + 1})
    result("catalog.productPropertyEnum.delete", id=option)
    assert result("catalog.product.get", id=number)["product"][f"property{owner}"] is None


def test_wrong_fields_are_refused_and_nothing_is_kept(result, add):
    add(code="card")
    for fields, text in (
        ({"name": ""}, "name"),
        ({"iblockSectionId": 99}, "Section"),
        ({"vatId": 99}, "VAT"),
        ({"createdBy": 99}, "User"),
        ({"purchasingCurrency": "XXX"}, "purchasingCurrency"),
        ({"code": "card"}, "symbolic code"),
        ({"previewPicture": {"fileData": ["a.png", "?"]}}, "previewPicture"),
    ):
        with pytest.raises(RestError, match=text):
            add(**fields)
    with pytest.raises(RestError) as refusal:
        add(iblock=99)
    assert refusal.value.code == 200040300000
    assert len(_ids(result("catalog.product.list", select=_SELECT, filter={"iblockId": 14}))) == 1


def test_only_administrators_change_anything(portal, add):
    number = add()
    listed = portal.call("catalog.product.list", {"select": _SELECT, "filter": {"iblockId": 14}}, user_id=6)
    assert listed.total == 1
    for method, params, code in (
        ("catalog.product.add", {"fields": {"iblockId": 14, "name": "x"}}, 200040300040),
        ("catalog.product.get", {"id": number}, 200040300010),
        ("catalog.price.modify", {"fields": {}}, 200040300020),
        ("catalog.measure.list", {}, 200040300010),
        ("catalog.productProperty.delete", {"id": 1}, "0"),
        ("catalog.document.element.add", {"fields": {}}, "ERROR_DOCUMENT_RIGHTS"),
        ("crm.product.add", {"fields": {"NAME": "x"}}, ""),
    ):
        with pytest.raises(RestError) as refusal:
            portal.call(method, params, user_id=6)
        assert (refusal.value.status, refusal.value.code) == (400, code)


def test_both_generations_know_one_product_and_hear_of_it(result, seen):
    number = result("crm.product.add", fields={"NAME": "Стул", "PRICE": 4900, "CURRENCY_ID": "RUB"})
    assert seen[0] == ("CATALOG.PRODUCT.ON.ADD", {"ID": str(number), "TYPE": "1"})
    assert seen[1:] == [("ONCRMPRODUCTADD", {"ID": str(number)}), ("CATALOG.PRICE.ON.ADD", {"ID": "1"})]
    product = result("catalog.product.get", id=number)["product"]
    assert (product["name"], "price" in product) == ("Стул", False)
    price = result("catalog.price.list", filter={"productId": number})["prices"][0]
    assert (price["price"], price["currency"], price["catalogGroupId"]) == (4900, "RUB", 1)
    result("catalog.price.update", id=price["id"], fields={"price": 5000.5, "currency": "RUB"})
    listed = result("crm.product.list", filter={">PRICE": 5000}, select=["ID", "PRICE"])
    assert listed == [{"ID": str(number), "PRICE": "5000.50"}]
    seen.clear()
    assert result("crm.product.delete", id=number) is True
    assert [name for name, _ in seen] == ["CATALOG.PRODUCT.ON.DELETE", "ONCRMPRODUCTDELETE"]
    assert result("catalog.price.list")["prices"] == []
    with pytest.raises(RestError, match="not found"):
        result("crm.product.get", id=number)


def test_a_row_takes_name_and_unit_of_its_product(result, add):
    number = add(name="Плакат", measure=4)
    deal = result("crm.deal.add", fields={"TITLE": "x"})
    rows = [{"productId": number, "price": 10}, {"productId": number, "productName": "Свой", "measureCode": 796}]
    set_rows = result("crm.item.productrow.set", ownerType="D", ownerId=deal, productRows=rows)["productRows"]
    assert [(row["productName"], row["measureCode"]) for row in set_rows] == [("Плакат", 166), ("Свой", 796)]
    unknown = [{"productId": 999, "price": 10}]
    held = result("crm.item.productrow.set", ownerType="D", ownerId=deal, productRows=unknown)["productRows"]
    assert held[0]["productName"] == "[999]"


def test_pictures_are_the_same_wherever_they_are_put(result, add):
    file = ["a.png", "aGVsbG8="]
    number = add(detailPicture={"fileData": file})
    more = result("catalog.productImage.add", fields={"productId": number}, fileContent=file)["productImage"]
    kinds = {
        line["type"]: line["id"] for line in result("catalog.productImage.list", productId=number)["productImages"]
    }
    detail = result("catalog.product.get", id=number)["product"]["detailPicture"]
    assert kinds == {"DETAIL_PICTURE": int(detail["id"]), "MORE_PHOTO": more["id"]}
    asked = {"productId": number, "fieldName": "detailPicture", "fileId": detail["id"]}
    assert result("catalog.product.download", fields=asked) == {"fileData": file}
    with pytest.raises(RestError, match="file with the specified"):
        result("catalog.product.download", fields=asked | {"fileId": more["id"]})
    result("catalog.productImage.delete", productId=number, id=int(detail["id"]))
    assert result("catalog.product.get", id=number)["product"]["detailPicture"] is None
    result("catalog.product.update", id=number, fields={"property2": []})
    assert result("catalog.productImage.list", productId=number)["productImages"] == []
    with pytest.raises(RestError, match="file type"):
        result("catalog.productImage.add", fields={"productId": number}, fileContent=["a.exe", "aGVsbG8="])
