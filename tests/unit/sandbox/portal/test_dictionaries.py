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
    with pytest.raises(RestError, match="OWNER_NOT_FOUND"):
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
