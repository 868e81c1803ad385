from __future__ import annotations

import pytest

from sverka.sandbox.portal import RestError


@pytest.fixture
def fired(portal):
    seen = []
    portal.core.publish = lambda event: seen.append((event.name, event.fields))
    return seen


@pytest.fixture
def field(result):
    """Add a field of deals and return its name."""

    def add(kind, multiple="N", **more):
        given = {"FIELD_NAME": kind.upper(), "USER_TYPE_ID": kind, "MULTIPLE": multiple, **more}
        number = result("crm.deal.userfield.add", fields=given)
        return result("crm.deal.userfield.get", id=number)["FIELD_NAME"]

    return add


@pytest.mark.parametrize(
    ("kind", "given", "universal", "classic"),
    [
        ("string", 5, "5", "5"),
        ("integer", "7", 7, "7"),
        ("double", "1.50", 1.5, "1.5"),
        ("boolean", "1", "Y", "1"),
        ("date", "2026-05-14", "2026-05-14T03:00:00+03:00", "2026-05-14T03:00:00+03:00"),
        ("datetime", "2026-05-14T10:00:00+00:00", "2026-05-14T13:00:00+03:00", "2026-05-14T13:00:00+03:00"),
        ("money", "300", "300|RUB", "300|RUB"),
        ("employee", "6", 6, "6"),
        ("crm", "D_1", "D_1", "D_1"),
        ("address", "Lenina 1|55.7;37.6|9", "Lenina 1|55.7;37.6|9", "Lenina 1|55.7;37.6|9"),
    ],
)
def test_what_is_written_is_read_in_both_manners(result, field, kind, given, universal, classic):
    name = field(kind)
    item = result("crm.item.add", entityTypeId=2, useOriginalUfNames="Y", fields={name: given})["item"]
    assert item[name] == universal
    assert result("crm.deal.get", id=item["id"])[name] == classic


@pytest.mark.parametrize(
    ("kind", "bad"),
    [("integer", "x"), ("double", "NaN"), ("money", "x|RUB"), ("money", "1|XXX"), ("crm", "nobody"), ("boolean", "?")],
)
def test_a_value_of_another_kind_is_refused(result, field, kind, bad):
    name = field(kind)
    with pytest.raises(RestError, match="VALUE_NOT_VALID"):
        result("crm.item.add", entityTypeId=2, useOriginalUfNames="Y", fields={name: bad})


def test_a_multiple_field_takes_a_list_only_and_a_flag_is_never_multiple(result, field):
    name, flag = field("string", "Y"), field("boolean", "Y")
    with pytest.raises(RestError, match="100"):
        result("crm.item.add", entityTypeId=2, useOriginalUfNames="Y", fields={name: "a"})
    item = result("crm.item.add", entityTypeId=2, useOriginalUfNames="Y", fields={name: ["a", ""], flag: "Y"})["item"]
    assert (item[name], item[flag]) == (["a"], "Y")


def test_settings_bound_and_fill_a_value(result, field):
    name = field("string", SETTINGS={"MAX_LENGTH": 3, "REGEXP": "/^[a-z]+$/", "DEFAULT_VALUE": "abc"})
    add = {"entityTypeId": 2, "useOriginalUfNames": "Y"}
    assert result("crm.item.add", **add, fields={})["item"][name] == "abc"
    for bad in ("abcd", "A"):
        with pytest.raises(RestError, match="VALUE_NOT_VALID"):
            result("crm.item.add", **add, fields={name: bad})


def test_a_line_that_leaves_the_list_leaves_the_deals(result, field, fired):
    name = field("enumeration", LIST=[{"VALUE": "a"}, {"VALUE": "b", "XML_ID": "b"}])
    (held,) = result("crm.deal.userfield.list", filter={"FIELD_NAME": name})
    first, second = (line["ID"] for line in held["LIST"])
    deal = result("crm.deal.add", fields={name: first})
    fired.clear()
    with pytest.raises(RestError, match="already exists"):
        result("crm.deal.userfield.update", id=held["ID"], fields={"LIST": [{"VALUE": "c", "XML_ID": "b"}]})
    changes = [{"ID": first, "DEL": "Y"}, {"ID": second, "VALUE": "B"}, {"VALUE": "c"}]
    assert result("crm.deal.userfield.update", id=held["ID"], fields={"LIST": changes}) is True
    lines = result("crm.deal.userfield.get", id=held["ID"])["LIST"]
    assert [line["VALUE"] for line in lines] == ["B", "c"]
    assert result("crm.deal.get", id=deal)[name] is None
    told = {"ID": held["ID"], "ENTITY_ID": "CRM_DEAL", "FIELD_NAME": name}
    assert fired[-2:] == [("ONCRMDEALUSERFIELDSETENUMVALUES", told), ("ONCRMDEALUSERFIELDUPDATE", told)]


def test_one_field_two_manners(result, fired):
    """What userfieldconfig adds, the older methods know, and the other way round."""
    given = {"entityId": "CRM_DEAL", "fieldName": "UF_CRM_DEAL_A", "userTypeId": "string"}
    made = result("userfieldconfig.add", moduleId="crm", field=given | {"editFormLabel": {"ru": "Заказ"}})["field"]
    assert result("crm.deal.userfield.get", id=made["id"])["EDIT_FORM_LABEL"]["ru"] == "Заказ"
    assert fired[0][0] == "ONCRMDEALUSERFIELDADD"
    (line,) = result("userfieldconfig.list", moduleId="crm", filter={"entityId": "CRM_DEAL"})["fields"]
    assert line["id"] == made["id"]
    assert "enum" not in line
    result("crm.deal.userfield.delete", id=made["id"])
    with pytest.raises(RestError, match="permission"):
        result("userfieldconfig.get", moduleId="crm", id=made["id"])


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"fieldName": "UF_CRM_A"}, "You cannot create"),
        ({"userTypeId": None}, "USER_TYPE_ID"),
        ({"fieldName": None}, "FIELD_NAME"),
    ],
)
def test_refusals_of_userfieldconfig_have_no_code(portal, change, refusal):
    given = {"entityId": "CRM_DEAL", "fieldName": "UF_CRM_DEAL_A", "userTypeId": "string"} | change
    with pytest.raises(RestError, match=refusal) as refused:
        portal.call("userfieldconfig.add", {"moduleId": "crm", "field": given})
    assert refused.value.code == ""


def test_only_an_administrator_adds_fields(portal):
    given = {"fields": {"FIELD_NAME": "A", "USER_TYPE_ID": "string"}}
    with pytest.raises(RestError, match="Access denied"):
        portal.call("crm.deal.userfield.add", given, user_id=6)


def test_a_type_of_an_application(portal, result):
    caller = portal.as_application()
    given = {"USER_TYPE_ID": "order", "HANDLER": "https://shop.example/field", "TITLE": "Order"}
    assert portal.call_as(caller, "userfieldtype.add", given).result is True
    name = next(line["ID"] for line in result("crm.userfield.types") if line["title"] == "Order")
    number = result("crm.deal.userfield.add", fields={"FIELD_NAME": "A", "USER_TYPE_ID": name})
    assert result("crm.deal.userfield.get", id=number)["USER_TYPE_ID"] == name
    assert result("crm.deal.fields")["UF_CRM_A"]["type"] == name
    assert result("crm.deal.get", id=result("crm.deal.add", fields={"UF_CRM_A": "x"}))["UF_CRM_A"] == "x"
