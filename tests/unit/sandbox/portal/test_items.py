from __future__ import annotations

from decimal import Decimal

import pytest

from sverka.sandbox.portal import RestError
from sverka.sandbox.portal.records.specs import camel_name


@pytest.fixture
def fired(portal):
    """Every event of the portal as (name, id), application-only ones too."""
    seen = []
    portal.core.publish = lambda event: seen.append((event.name, event.fields["ID"]))
    return seen


@pytest.fixture
def add(result):
    return lambda **fields: result("crm.item.add", entityTypeId=2, fields=fields)["item"]


@pytest.fixture
def update(result):
    return lambda number, **fields: result("crm.item.update", entityTypeId=2, id=number, fields=fields)["item"]


def test_defaults_of_a_deal(add):
    deal = add(nonsense="ignored")
    expected = {
        "title": "Deal #1",
        "categoryId": 0,
        "stageId": "NEW",
        "typeId": "SALE",
        "sourceId": "CALL",
        "opened": "Y",
        "assignedById": 1,
        "isManualOpportunity": "N",
        "currencyId": "RUB",
        "begindate": "2026-05-14T03:00:00+03:00",
        "closedate": "2026-05-21T03:00:00+03:00",
        "stageSemanticId": "P",
        "companyId": 0,
        "contactId": 0,
        "contactIds": [],
        "entityTypeId": 2,
        "orderStage": None,
    }
    assert {name: deal[name] for name in expected} == expected
    assert "nonsense" not in deal


def test_a_change_that_changes_nothing_leaves_no_trace(add, update, fired, clock):
    before = add(title="x", opportunity="10.50", begindate="2026-05-14")
    fired.clear()
    clock.advance(60)
    assert update(1, title="x", opportunity=10.5, begindate="2026-05-14", stageId="NEW", nonsense=1) == before
    assert fired == []
    after = update(1, title="y")
    assert after["updatedTime"] == "2026-05-14T10:27:32+03:00"
    assert fired == [("ONCRMDEALUPDATE", "1")]


def test_read_only_fields_cannot_be_written(add, update):
    deal = add(id=77, createdTime="2020-01-01", updatedBy=9, stageSemanticId="S", movedBy=9)
    assert (deal["id"], deal["updatedBy"], deal["stageSemanticId"], deal["movedBy"]) == (1, 1, "P", 1)
    assert update(1, createdBy=9)["createdBy"] == 1


def test_a_stage_brings_its_followers(add, update, clock, portal):
    add()
    clock.advance(30)
    won = update(1, stageId="WON")
    assert (won["stageSemanticId"], won["closed"], won["movedTime"]) == ("S", "Y", "2026-05-14T10:27:02+03:00")
    portal.move_stage(1, "EXECUTING", user_id=9)
    again = portal.item(2, 1).values
    assert (again["closed"], again["movedBy"], again["updatedBy"]) == ("N", 9, 9)


def test_a_deal_changes_its_funnel_with_both_names_only(add, update, fired):
    add()
    fired.clear()
    for given in ({"stageId": "C2:NEW"}, {"categoryId": 2}, {"categoryId": 2, "stageId": "NEW"}, {"stageId": "NOPE"}):
        with pytest.raises(RestError) as caught:
            update(1, **given)
        assert (caught.value.status, caught.value.code) == (400, "CRM_FIELD_ERROR_VALUE_NOT_VALID")
    assert fired == []
    moved = update(1, categoryId=2, stageId="C2:EXECUTING", title="with it")
    assert (moved["categoryId"], moved["stageId"]) == (2, "C2:EXECUTING")
    assert fired == [("ONCRMDEALMOVETOCATEGORY", "1")]


def test_classic_writes_pass_over_a_foreign_stage(result, portal):
    result("crm.deal.add", fields={"STAGE_ID": "C2:NEW", "CATEGORY_ID": 2})
    assert portal.item(2, 1).values["stageId"] == "C2:NEW"
    result("crm.deal.update", id=1, fields={"STAGE_ID": "WON", "CATEGORY_ID": 0, "TITLE": "t"})
    values = portal.item(2, 1).values
    assert (values["stageId"], values["categoryId"], values["title"]) == ("C2:NEW", 2, "t")
    result("crm.deal.add", fields={"STAGE_ID": "C2:WON"})
    assert portal.item(2, 2).values["stageId"] == "NEW"


def test_stage_history_tells_every_entry(add, update, result):
    add()
    update(1, stageId="EXECUTING")
    update(1, categoryId=2, stageId="C2:NEW")
    update(1, stageId="C2:WON")
    items = result("crm.stagehistory.list", entityTypeId=2, filter={">ID": 0}, order={"ID": "ASC"})["items"]
    assert [(line["TYPE_ID"], line["STAGE_ID"]) for line in items] == [
        (1, "NEW"),
        (2, "EXECUTING"),
        (5, "C2:NEW"),
        (3, "C2:WON"),
    ]
    assert items[-1]["CREATED_TIME"] == "2026-05-14T10:26:32+03:00"
    later = result("crm.stagehistory.list", entityTypeId=2, filter={">ID": 2, "STAGE_SEMANTIC_ID": "S"})["items"]
    assert [line["ID"] for line in later] == [4]


def test_a_robot_moves_on_what_enters(add, update, portal, fired):
    portal.add_robot("PREPARATION", "C2:NEW")
    portal.add_robot("C2:NEW", "C2:EXECUTING", user_id=9)
    add()
    fired.clear()
    deal = update(1, stageId="PREPARATION")
    assert (deal["stageId"], deal["updatedBy"]) == ("C2:EXECUTING", 9)
    assert [name for name, _ in fired] == ["ONCRMDEALUPDATE", "ONCRMDEALMOVETOCATEGORY", "ONCRMDEALUPDATE"]


def test_robots_that_answer_each_other_come_to_an_end(add, portal):
    portal.add_robot("NEW", "EXECUTING")
    portal.add_robot("EXECUTING", "NEW")
    assert add()["stageId"] in ("NEW", "EXECUTING")


def test_texts_are_cut_and_values_checked(add, update, result):
    assert len(add(title="я" * 300)["title"]) == 255
    for given in ({"opportunity": "much"}, {"sourceId": "NOPE"}, {"begindate": "soon"}, {"currencyId": "XXX"}):
        with pytest.raises(RestError, match="Invalid value for field"):
            update(1, **given)
    with pytest.raises(RestError, match="Currency"):
        result("crm.deal.add", fields={"CURRENCY_ID": "XXX"})
    with pytest.raises(RestError) as caught:
        update(1, contactIds="4")
    assert caught.value.code == 100


def test_contacts_of_a_deal(add, update, result, portal):
    for name in "ABC":
        portal.create(3, {"name": name})
    assert add(contactIds=[2, 1])["contactId"] == 2
    assert update(1, contactId=1)["contactIds"] == [1, 2]
    items = [{"CONTACT_ID": 2, "SORT": 10}, {"CONTACT_ID": 3, "SORT": 20, "IS_PRIMARY": "Y"}]
    assert result("crm.deal.contact.items.set", id=1, items=items) is True
    held = result("crm.deal.contact.items.get", id=1)
    assert [(line["CONTACT_ID"], line["IS_PRIMARY"]) for line in held] == [(3, "Y"), (2, "N")]
    result("crm.contact.delete", id=3)
    assert result("crm.item.get", entityTypeId=2, id=1)["item"]["contactIds"] == [2]


def test_multifields_of_the_universal_methods(result):
    fm = [{"typeId": "PHONE", "valueType": "MOBILE", "value": "+7999"}, {"valueType": "WORK", "value": "lost"}]
    contact = result("crm.item.add", entityTypeId=3, fields={"name": "A", "fm": fm})["item"]
    assert contact["fm"] == [{"id": 1, "valueType": "MOBILE", "value": "+7999", "typeId": "PHONE"}]
    assert (contact["phone"], contact["phoneMobile"], contact["emailHome"]) == ("+7999", "+7999", "")
    changes = {
        "n0": {"typeId": "EMAIL", "valueType": "HOME", "value": "a@x.ru"},
        "1": {"typeId": "PHONE", "value": "+7888"},
    }
    changed = result("crm.item.update", entityTypeId=3, id=1, fields={"fm": changes})["item"]
    assert (changed["phoneMobile"], changed["emailHome"]) == ("+7888", "a@x.ru")
    no_type = {"fm": {"1": {"value": "+7777"}}}
    assert result("crm.item.update", entityTypeId=3, id=1, fields=no_type)["item"]["phone"] == "+7888"
    gone = {"fm": {"1": {"typeId": "PHONE", "value": ""}}}
    assert result("crm.item.update", entityTypeId=3, id=1, fields=gone)["item"]["phone"] == ""


def test_multifields_of_the_classic_methods(result):
    number = result("crm.contact.add", fields={"NAME": "A", "PHONE": [{"VALUE": "1", "VALUE_TYPE": "MOBILE"}]})
    result("crm.contact.update", id=number, fields={"PHONE": [{"VALUE": "1", "VALUE_TYPE": "MOBILE"}]})
    phones = result("crm.contact.get", id=number)["PHONE"]
    assert [phone["VALUE"] for phone in phones] == ["1", "1"]
    kept, gone = phones[0]["ID"], phones[1]["ID"]
    fields = {"PHONE": [{"ID": kept, "VALUE": "2"}, {"ID": gone, "DELETE": "Y"}]}
    result("crm.contact.update", id=number, fields=fields)
    line = {"ID": kept, "VALUE_TYPE": "MOBILE", "VALUE": "2", "TYPE_ID": "PHONE"}
    assert result("crm.contact.get", id=number)["PHONE"] == [line]


def test_user_fields(result, portal):
    number = result(
        "crm.deal.userfield.add",
        fields={"FIELD_NAME": "PAPER", "USER_TYPE_ID": "enumeration", "LIST": [{"VALUE": "мел"}, {"VALUE": "офсет"}]},
    )
    field = result("crm.deal.userfield.get", id=number)
    assert (field["FIELD_NAME"], field["LIST"][1]["VALUE"]) == ("UF_CRM_PAPER", "офсет")
    option = int(field["LIST"][1]["ID"])
    ask = {"entityTypeId": 2, "useOriginalUfNames": "Y"}
    deal = result("crm.item.add", **ask, fields={"UF_CRM_PAPER": str(option)})["item"]
    assert deal["UF_CRM_PAPER"] == option
    assert result("crm.item.get", entityTypeId=2, id=1)["item"]["ufCrmPaper"] == option
    for wrong in ("офсет", 999):
        with pytest.raises(RestError, match="UF_CRM_PAPER"):
            result("crm.item.update", **ask, id=1, fields={"UF_CRM_PAPER": wrong})
    result("crm.deal.update", id=1, fields={"UF_CRM_PAPER": "офсет"})
    assert result("crm.deal.get", id=1)["UF_CRM_PAPER"] == str(option)
    result("crm.deal.userfield.update", id=number, fields={"LIST": [{"ID": option, "DEL": "Y"}, {"VALUE": "картон"}]})
    items = result("crm.item.fields", **ask)["fields"]["UF_CRM_PAPER"]["items"]
    assert [item["VALUE"] for item in items] == ["мел", "картон"]
    with pytest.raises(RestError, match="already exists"):
        result("crm.deal.userfield.add", fields={"FIELD_NAME": "PAPER", "USER_TYPE_ID": "string"})
    with pytest.raises(RestError, match="Incorrect custom type"):
        result("crm.contact.userfield.add", fields={"FIELD_NAME": "PAPER", "USER_TYPE_ID": "nope"})
    assert result("crm.deal.userfield.delete", id=number) is True
    assert result("crm.deal.userfield.list") == []


def test_kinds_of_user_fields_keep_and_answer_their_form(result, portal):
    given = {
        "STRING": ("string", "a", "a", "a"),
        "DOUBLE": ("double", "1.50", 1.5, "1.5"),
        "FLAG": ("boolean", "Y", "Y", "1"),
        "MONEY": ("money", "300|RUB", "300|RUB", "300|RUB"),
        "WHEN": ("datetime", "2026-05-14T10:00:00+05:00", "2026-05-14T08:00:00+03:00", "2026-05-14T08:00:00+03:00"),
        "WHOLE": ("integer", "5", 5, "5"),
    }
    for name, (kind, *_) in given.items():
        portal.add_field(2, name, kind)
    portal.add_field(2, "MANY", "string", multiple=True)
    fields = {f"UF_CRM_{name}": value for name, (_, value, *_) in given.items()} | {"UF_CRM_MANY": ["a", "b"]}
    item = result("crm.item.add", entityTypeId=2, useOriginalUfNames="Y", fields=fields)["item"]
    classic = result("crm.deal.get", id=1)
    for name, (_, _, universal, text) in given.items():
        assert (item[f"UF_CRM_{name}"], classic[f"UF_CRM_{name}"]) == (universal, text)
    assert item["UF_CRM_MANY"] == ["a", "b"]


@pytest.mark.parametrize(
    ("upper", "camel"),
    [
        ("UF_CRM_3_DIGIT", "ufCrm3Digit"),
        ("UF_CRM_3_1747309727", "ufCrm3_1747309727"),
        ("UF_CRM_3_DIGIT10", "ufCrm_3_DIGIT10"),
        ("UF_CRM_1747309879", "ufCrm_1747309879"),
        ("UF_CRM_ORDER_NO", "ufCrmOrderNo"),
    ],
)
def test_camel_names_of_user_fields(upper, camel):
    assert camel_name(upper) == camel


def test_the_sum_of_a_deal_is_a_decimal_inside(add, portal):
    assert add(opportunity=999.99, isManualOpportunity="Y")["opportunity"] == 999.99
    assert portal.item(2, 1).values["opportunity"] == Decimal("999.99")
