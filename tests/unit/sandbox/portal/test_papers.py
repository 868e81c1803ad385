from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from sverka.sandbox.portal import RestError


def test_an_invoice_starts_in_its_default_funnel_and_moves(result):
    item = result("crm.item.add", entityTypeId=31, fields={"xmlId": "order-7"})["item"]
    assert (item["title"], item["accountNumber"], item["categoryId"], item["stageId"]) == (
        "Invoice #1", "1", 1, "DT31_1:N",
    )  # fmt: skip
    assert "stageSemanticId" not in item
    item = result("crm.item.update", entityTypeId=31, id=1, fields={"stageId": "DT31_1:P"})["item"]
    assert (item["stageId"], item["previousStageId"]) == ("DT31_1:P", "DT31_1:N")
    moves = result("crm.stagehistory.list", entityTypeId=31)["items"]
    assert [(m["TYPE_ID"], m["STAGE_SEMANTIC_ID"], m["CATEGORY_ID"]) for m in moves] == [(1, "P", 1), (3, "S", 1)]
    with pytest.raises(RestError, match="stageId"):
        result("crm.item.update", entityTypeId=31, id=1, fields={"stageId": "NEW"})
    found = result("crm.item.list", entityTypeId=31, filter={"=xmlId": "order-7"})["items"]
    assert [line["id"] for line in found] == [1]


def test_invoices_have_funnels_of_their_own(result):
    added = result("crm.category.add", entityTypeId=31, fields={"name": "Опт", "isDefault": "Y"})["category"]
    assert (added["id"], added["sort"], added["isDefault"]) == (2, 500, "Y")
    assert result("crm.item.add", entityTypeId=31, fields={})["item"]["stageId"] == "DT31_2:N"
    with pytest.raises(RestError, match="default"):
        result("crm.category.delete", entityTypeId=31, id=2)
    assert result("crm.category.delete", entityTypeId=31, id=1) is None
    assert result("crm.status.entity.items", entityId="SMART_INVOICE_STAGE_1") == []
    assert [line["id"] for line in result("crm.category.list", entityTypeId=2)["categories"]] == [0, 2]


def test_a_change_of_an_invoice_is_an_event_of_smart_processes(portal, result, listener):
    portal.subscribe(listener.url, ["ONCRMDYNAMICITEMADD", "ONCRMDYNAMICITEMUPDATE_31", "ONCRMQUOTEADD"])
    result("crm.item.add", entityTypeId=31, fields={})
    result("crm.item.update", entityTypeId=31, id=1, fields={"title": "x"})
    result("crm.quote.add", fields={"TITLE": "x"})
    assert portal.flush()
    bodies = [dict(parse_qsl(body)) for body in listener.bodies]
    told = [(b["event"], b["data[FIELDS][ID]"], b.get("data[FIELDS][ENTITY_TYPE_ID]")) for b in bodies]
    assert told == [
        ("ONCRMDYNAMICITEMADD", "1", "31"),
        ("ONCRMDYNAMICITEMUPDATE_31", "1", "31"),
        ("ONCRMQUOTEADD", "1", None),
    ]


def test_a_quote_in_both_generations(result):
    number = result("crm.quote.add", fields={"TITLE": "КП", "CONTACT_IDS": [5, 6], "STATUS_ID": "SENT"})
    held = result("crm.quote.get", id=number)
    assert (held["STATUS_ID"], held["CONTACT_ID"], held["QUOTE_NUMBER"], held["CLOSED"]) == ("SENT", "5", "1", "N")
    assert (held["BEGINDATE"][:10], held["ACTUAL_DATE"][:10]) == ("2026-05-14", "2026-05-21")
    result("crm.quote.update", id=number, fields={"STATUS_ID": "APPROVED"})
    item = result("crm.item.get", entityTypeId=7, id=number)["item"]
    assert (item["stageId"], item["closed"], item["contactIds"]) == ("APPROVED", "Y", [5, 6])


@pytest.mark.parametrize(
    ("letters", "entity_type_id", "classic"), [("L", 1, "lead"), ("Q", 7, "quote"), ("SI", 31, "")]
)
def test_rows_of_every_owner(result, letters, entity_type_id, classic):
    result("crm.item.add", entityTypeId=entity_type_id, fields={"title": "x"})
    rows = [{"productName": "a", "price": 10, "quantity": 3}]
    result("crm.item.productrow.set", ownerType=letters, ownerId=1, productRows=rows)
    assert result("crm.item.get", entityTypeId=entity_type_id, id=1)["item"]["opportunity"] == 30
    if classic:
        line = result(f"crm.{classic}.productrows.get", id=1)[0]
        assert (line["OWNER_TYPE"], line["PRICE"], line["PRICE_ACCOUNT"]) == (letters, 10, "10.00000000")
        assert result(f"crm.{classic}.productrows.set", id=1, rows=[]) is True
        assert result(f"crm.{classic}.productrows.get", id=1) == []


def test_what_is_in_a_payment_is_not_available_for_another(portal, result):
    portal.create(2, {})
    rows = [{"productName": "a", "price": 10, "quantity": 3}, {"productName": "b", "price": 1}]
    ids = [
        row["id"]
        for row in result("crm.item.productrow.set", ownerType="D", ownerId=1, productRows=rows)["productRows"]
    ]
    payable = lambda: [  # noqa: E731 - asked twice
        (row["id"], row["quantity"])
        for row in result("crm.item.productrow.getAvailableForPayment", ownerType="D", ownerId=1)["productRows"]
    ]
    assert payable() == [(ids[0], 3), (ids[1], 1)]
    item = portal.item(2, 1)
    portal.core.state.tables["payment_product"][1] = type(item)(0, 1, {"rowId": ids[0], "quantity": 2})
    portal.core.state.tables["payment_product"][2] = type(item)(0, 2, {"rowId": ids[1], "quantity": 1})
    assert payable() == [(ids[0], 1)]


def test_an_import_keeps_history_and_runs_no_robots(portal, result):
    portal.add_robot("C2:NEW", "C2:EXECUTING")
    fields = {"categoryId": 2, "createdTime": "2024-01-10T12:00:00+03:00", "createdBy": 9}
    number = result("crm.item.import", entityTypeId=2, fields=fields)["item"]["id"]
    item = result("crm.item.get", entityTypeId=2, id=number)["item"]
    assert (item["createdTime"], item["updatedTime"], item["createdBy"], item["stageId"]) == (
        "2024-01-10T12:00:00+03:00", "2024-01-10T12:00:00+03:00", 9, "C2:NEW",
    )  # fmt: skip
    for wrong in ("2023-01-01T00:00:00+03:00", "2030-01-01T00:00:00+03:00", "yesterday"):
        with pytest.raises(RestError, match="createdTime"):
            result("crm.item.import", entityTypeId=2, fields=fields | {"createdTime": wrong})
    with pytest.raises(RestError, match="createdTime"):
        portal.call("crm.item.import", {"entityTypeId": 2, "fields": fields}, user_id=6)


def test_a_batch_import_tells_of_each_record(result):
    data = [{"name": "A", "PHONE": [{"VALUE": "+7999"}]}, {"typeId": "NO SUCH"}]
    first, second = result("crm.item.batchImport", entityTypeId=3, data=data)["items"]
    assert result("crm.item.get", entityTypeId=3, id=first["item"]["id"])["item"]["phone"] == "+7999"
    assert second["error"] == "CRM_FIELD_ERROR_VALUE_NOT_VALID"
    with pytest.raises(RestError, match="MAX_IMPORT_BATCH_SIZE_EXCEEDED"):
        result("crm.item.batchImport", entityTypeId=3, data=[{}] * 21)


def test_a_portal_without_leads_makes_a_deal_of_one(portal, result):
    portal.settings.crm_mode = 2
    fields = {"NAME": "Анна", "COMPANY_TITLE": "Рога", "OPPORTUNITY": 100, "PHONE": [{"VALUE": "+7999"}]}
    number = result("crm.lead.add", fields=fields)
    assert result("crm.lead.get", id=number)["STATUS_ID"] == "CONVERTED"
    deal = result("crm.item.list", entityTypeId=2, filter={"leadId": number})["items"][0]
    assert (deal["contactIds"], deal["companyId"], deal["opportunity"]) == ([1], 1, 100)
    contact = result("crm.item.get", entityTypeId=3, id=1)["item"]
    assert (contact["name"], contact["phone"], contact["companyIds"]) == ("Анна", "+7999", [1])


def test_a_client_who_has_bought_is_a_returning_one(portal, result):
    portal.create(3, {"name": "A"})
    first = portal.create(2, {"contactIds": [1]})
    assert result("crm.item.add", entityTypeId=2, fields={"contactIds": [1]})["item"]["isReturnCustomer"] == "N"
    portal.move_stage(first, "WON")
    assert result("crm.item.add", entityTypeId=2, fields={"contactIds": [1]})["item"]["isReturnCustomer"] == "Y"
    assert result("crm.item.add", entityTypeId=2, fields={"contactIds": [2]})["item"]["isReturnCustomer"] == "N"
