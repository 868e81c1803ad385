from __future__ import annotations

import pytest

from sverka.sandbox.portal import RestError


def test_funnels(result):
    categories = result("crm.category.list", entityTypeId=2)["categories"]
    assert [(line["id"], line["isDefault"], "originId" in line) for line in categories] == [
        (0, "Y", False),
        (2, "N", True),
    ]
    added = result("crm.category.add", entityTypeId=2, fields={"name": "Опт"})["category"]
    assert (added["id"], added["sort"]) == (3, 200)
    assert result("crm.category.get", entityTypeId=2, id=3)["category"] == added
    stages = [line["STATUS_ID"] for line in result("crm.status.entity.items", entityId="DEAL_STAGE_3")]
    assert (stages[0], stages[-1]) == ("C3:NEW", "C3:APOLOGY")
    assert result("crm.item.add", entityTypeId=2, fields={"categoryId": 3})["item"]["stageId"] == "C3:NEW"
    with pytest.raises(RestError, match="NAME"):
        result("crm.category.add", entityTypeId=2, fields={"sort": 1})
    with pytest.raises(RestError, match="not supported"):
        result("crm.category.list", entityTypeId=1)


def test_stages_of_the_print_funnel(result):
    lines = result("crm.status.list", filter={"ENTITY_ID": "DEAL_STAGE_2"}, order={"SORT": "ASC"})
    assert [line["STATUS_ID"].removeprefix("C2:") for line in lines] == [
        "NEW", "PREPARATION", "EXECUTING", "UC_QUALITY", "WON", "LOSE", "APOLOGY",
    ]  # fmt: skip
    assert [line["SEMANTICS"] for line in lines] == [None, None, None, None, "S", "F", "F"]
    assert lines[-1]["EXTRA"]["SEMANTICS"] == "apology"
    assert (lines[0]["SORT"], lines[0]["CATEGORY_ID"], lines[0]["SYSTEM"]) == ("10", "2", "Y")


def test_a_stage_comes_and_goes(result, portal):
    fields = {"ENTITY_ID": "DEAL_STAGE_2", "STATUS_ID": "BINDING", "NAME": "Переплёт", "SORT": 45}
    number = result("crm.status.add", fields=fields)
    with pytest.raises(RestError, match="already exists"):
        result("crm.status.add", fields=fields)
    portal.create(2, {"categoryId": 2, "stageId": "C2:BINDING"})
    result("crm.status.update", id=number, fields={"NAME": "Переплёт и резка"})
    assert result("crm.status.list", filter={"ID": number})[0]["NAME"] == "Переплёт и резка"
    with pytest.raises(RestError, match="active items"):
        result("crm.status.delete", id=number)
    portal.delete(2, 1)
    assert result("crm.status.delete", id=number) is True
    with pytest.raises(RestError, match="stageId"):
        portal.create(2, {"categoryId": 2, "stageId": "C2:BINDING"})


def test_a_system_stage_goes_by_force_only(result):
    number = result("crm.status.list", filter={"ENTITY_ID": "SOURCE", "STATUS_ID": "STORE"})[0]["ID"]
    with pytest.raises(RestError, match="FORCED"):
        result("crm.status.delete", id=number)
    assert result("crm.status.delete", id=number, params={"FORCED": "Y"}) is True


def test_comments(result, portal):
    portal.create(2, {})
    fields = {"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "привет"}
    assert result("crm.timeline.comment.add", fields=fields) == 1
    listed = result("crm.timeline.comment.list", filter={"ENTITY_ID": 1, "ENTITY_TYPE": "deal"})
    assert [(c["ID"], c["COMMENT"], c["AUTHOR_ID"], c["FILES"]) for c in listed] == [("1", "привет", "1", [])]
    assert result("crm.timeline.comment.delete", id=1) is None
    assert result("crm.timeline.comment.list", filter={"ENTITY_ID": 1, "ENTITY_TYPE": "deal"}) == []
    with pytest.raises(RestError, match=r"Not found\."):
        result("crm.timeline.comment.add", fields=fields | {"ENTITY_ID": 5})
    with pytest.raises(RestError, match="fields"):
        portal.call("crm.timeline.comment.add", {"FIELDS": fields})


def test_the_portal_about_itself(result):
    assert result("server.time") == "2026-05-14T10:26:32+03:00"
    assert result("method.get", name="crm.item.add") == {"isExisting": True, "isAvailable": True}
    assert result("method.get", name="event.bind") == {"isExisting": True, "isAvailable": False}
    assert result("method.get", name="no.such") == {"isExisting": False, "isAvailable": False}
    assert [user["ID"] for user in result("user.get")] == ["1", "6", "9"]
    assert [user["ID"] for user in result("user.get", FILTER={"ID": [6]})] == ["6"]
    assert result("user.current")["ID"] == "1"
    assert [line["CURRENCY"] for line in result("crm.currency.list")] == ["RUB"]
    assert result("crm.settings.mode.get") == 1


def test_a_funnel_in_use_stays(result, portal):
    with pytest.raises(RestError, match="Default deal category"):
        result("crm.category.delete", entityTypeId=2, id=0)
    portal.create(2, {"categoryId": 2})
    with pytest.raises(RestError, match="related to the funnel"):
        result("crm.category.delete", entityTypeId=2, id=2)
    portal.delete(2, 1)
    assert result("crm.category.delete", entityTypeId=2, id=2) is None
    assert result("crm.status.entity.items", entityId="DEAL_STAGE_2") == []
    with pytest.raises(RestError, match="NOT_FOUND"):
        result("crm.category.get", entityTypeId=2, id=2)


def test_the_older_methods_of_funnels(result):
    assert [line["ID"] for line in result("crm.dealcategory.list")] == ["2"]
    number = result("crm.dealcategory.add", fields={"NAME": "Опт", "SORT": "20"})
    assert [line["NAME"] for line in result("crm.dealcategory.list", order={"SORT": "ASC"})] == ["Опт", "Печать"]
    assert result("crm.dealcategory.status", id=number) == f"DEAL_STAGE_{number}"
    assert result("crm.dealcategory.stage.list")[0] == {"NAME": "New", "SORT": 10, "STATUS_ID": "NEW"}
    assert result("crm.dealcategory.stage.list", id=99) == []
    assert result("crm.dealcategory.default.set", name="Продажи") is True
    assert result("crm.category.get", entityTypeId=2, id=0)["category"]["name"] == "Продажи"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"NAME": "x"}, "ENTITY_ID is required.*STATUS_ID is required"),
        ({"ENTITY_ID": "SOURCE", "STATUS_ID": "X"}, "Title is required"),
        ({"ENTITY_ID": "DEAL_STAGE_9", "STATUS_ID": "X", "NAME": "x"}, "not supported"),
        ({"ENTITY_ID": "DEAL_STAGE", "STATUS_ID": "X", "NAME": "x", "SORT": 65}, "final stage"),
        ({"ENTITY_ID": "DEAL_STAGE", "STATUS_ID": "X" * 23, "NAME": "x", "SORT": 5}, "longer than 22"),
        ({"ENTITY_ID": "STATUS", "STATUS_ID": "Да", "NAME": "x", "SORT": 5}, "only Latin"),
    ],
)
def test_lines_that_do_not_fit(result, fields, words):
    with pytest.raises(RestError, match=words):
        result("crm.status.add", fields=fields)


def test_dictionaries_tell_where_stages_begin_and_end(result):
    types = {line["ID"]: line for line in result("crm.status.entity.types")}
    deal = types["DEAL_STAGE_2"]
    assert (deal["PREFIX"], deal["SEMANTIC_INFO"]["FINAL_SUCCESS_FIELD"]) == ("C2", "C2:WON")
    assert types["SMART_INVOICE_STAGE_1"]["PREFIX"] == "DT31_1"
    assert types["SOURCE"] == {"ID": "SOURCE", "NAME": "Sources"}


def test_currencies(result, portal):
    assert result("crm.currency.add", fields={"CURRENCY": "USD", "AMOUNT_CNT": 1, "AMOUNT": "90.5"}) == "USD"
    assert result("crm.currency.get", id="USD")["AMOUNT"] == "90.5000"
    portal.create(2, {"currencyId": "USD"})
    assert result("crm.currency.base.set", id="USD") is True
    assert [(line["CURRENCY"], line["BASE"]) for line in result("crm.currency.list")] == [("USD", "Y"), ("RUB", "N")]
    assert result("crm.item.add", entityTypeId=2, fields={})["item"]["currencyId"] == "USD"
    with pytest.raises(RestError, match="base currency"):
        result("crm.currency.delete", id="USD")
    result("crm.currency.localizations.set", id="RUB", localizations={"ru": {"FULL_NAME": "Рубль"}})
    assert result("crm.currency.get", id="RUB")["FULL_NAME"] == "Рубль"
    assert result("crm.currency.localizations.get", id="RUB")["ru"]["DECIMALS"] == "2"
    assert result("crm.currency.delete", id="RUB") is True
    with pytest.raises(RestError, match="currencyId"):
        portal.create(2, {"currencyId": "RUB"})
    with pytest.raises(RestError, match="AMOUNT_CNT"):
        result("crm.currency.add", fields={"CURRENCY": "EUR"})
