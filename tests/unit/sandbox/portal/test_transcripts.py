"""The golden transcripts: what a portal answers, word for word, over HTTP."""

from __future__ import annotations

import pytest

NOT_A_METHOD = {"error": "ERROR_METHOD_NOT_FOUND", "error_description": "Method not found!"}


def test_profile(rest):
    status, body = rest("profile")
    assert status == 200
    assert set(body["result"]) == {"ID", "ADMIN", "NAME", "LAST_NAME", "PERSONAL_GENDER", "TIME_ZONE"}
    assert (body["result"]["ID"], body["result"]["ADMIN"]) == ("1", True)
    assert {"start", "finish", "duration", "processing", "date_start", "date_finish", "operating"} <= set(body["time"])
    assert body["time"]["date_finish"] == "2026-05-14T10:26:32+03:00"
    assert body["time"]["operating_reset_at"] > body["time"]["finish"]


def test_a_box_tells_no_operating(rest, portal):
    portal.settings.plan = "box"
    assert not {"operating", "operating_reset_at"} & set(rest("profile")[1]["time"])


def test_wrong_code(server, client):
    answer = client.post(f"{server.url}/rest/1/WRONG/profile.json")
    assert answer.status_code == 401
    assert answer.json() == {"error": "INVALID_CREDENTIALS", "error_description": "Invalid request credentials"}
    good = server.portal.settings.code
    assert client.post(f"{server.url}/rest/777/{good}/profile").json()["error"] == "INVALID_CREDENTIALS"


def test_each_user_has_his_own_webhook(server, client, portal):
    code = portal.add_webhook(6)
    ask = {"fields": {"TITLE": "x"}}
    assert client.post(f"{server.url}/rest/6/{code}/crm.deal.add", json=ask).status_code == 200
    assert portal.item(2, 1).values["createdBy"] == portal.item(2, 1).values["assignedById"] == 6
    assert client.post(f"{server.url}/rest/1/{code}/profile").status_code == 401
    portal.revoke_webhook(code)
    assert client.post(f"{server.url}/rest/6/{code}/profile").status_code == 401


def test_methods_that_are_not_there(rest, server, client):
    assert rest("no.such.method") == (404, NOT_A_METHOD)
    answer = client.post(f"{server.url}/rest/api/1/CODE/tasks.task.get")
    assert (answer.status_code, answer.json()) == (404, NOT_A_METHOD)


@pytest.mark.parametrize("method", ["event.bind", "placement.bind", "event.offline.get"])
def test_application_methods_refuse_a_webhook(rest, method):
    status, body = rest(method)
    text = "Current authorization type is denied for this method Application context required"
    assert (status, body) == (403, {"error": "WRONG_AUTH_TYPE", "error_description": text})


def test_missing_scope(rest, portal):
    portal.settings.scopes = ("user_brief",)
    status, body = rest("crm.item.list", {"entityTypeId": 2})
    assert (status, body["error"]) == (403, "insufficient_scope")
    assert rest("user.current")[0] == 200
    assert rest("scope")[1]["result"] == ["user_brief"]


def test_item_list_pages_by_fifty(rest, portal):
    for number in range(123):
        portal.call("crm.deal.add", {"fields": {"TITLE": f"d{number}"}})
    ask = {
        "entityTypeId": 2,
        "select": ["id", "title", "stageId", "updatedTime"],
        "filter": {">id": 0},
        "order": {"id": "ASC"},
    }
    status, body = rest("crm.item.list", ask)
    assert status == 200
    assert body["result"]["items"][0] == {
        "id": 1,
        "title": "d0",
        "stageId": "NEW",
        "updatedTime": "2026-05-14T10:26:32+03:00",
    }
    assert (len(body["result"]["items"]), body["next"], body["total"]) == (50, 50, 123)
    last = rest("crm.item.list", ask | {"start": 100})[1]
    assert (len(last["result"]["items"]), "next" in last, last["total"]) == (23, False, 123)
    uncounted = rest("crm.item.list", ask | {"start": -1, "filter": {">id": 100}})[1]
    assert [item["id"] for item in uncounted["result"]["items"]] == list(range(101, 124))
    assert (uncounted["total"], "next" in uncounted) == (0, False)


def test_gets_of_what_is_not_there(rest):
    status, body = rest("crm.item.get", {"entityTypeId": 2, "id": 999999})
    assert (status, body["error"]) == (400, "NOT_FOUND")
    assert body["error_description"].endswith("not found")
    assert rest("crm.deal.get", {"id": 999999}) == (400, {"error": "", "error_description": "Not found"})


def test_a_deal_by_classic_methods(rest):
    assert rest("crm.deal.add", {"fields": {"TITLE": "x"}})[1]["result"] == 1
    assert rest("crm.deal.update", {"id": 1, "fields": {"STAGE_ID": "WON"}})[1]["result"] is True
    deal = rest("crm.deal.get", {"ID": 1})[1]["result"]
    assert (deal["ID"], deal["STAGE_ID"], deal["CLOSED"], deal["OPPORTUNITY"]) == ("1", "WON", "Y", "0.00")
    assert rest("crm.deal.delete", {"id": 1})[1]["result"] is True
    assert rest("crm.deal.get", {"id": 1})[0] == 400


def test_item_delete_answers_an_empty_list(rest):
    rest("crm.item.add", {"entityTypeId": 2, "fields": {"title": "x"}})
    assert rest("crm.item.delete", {"entityTypeId": 2, "id": 1})[1]["result"] == []


def test_duplicates(rest):
    ask = {"type": "PHONE", "values": ["+70000000000"]}
    assert rest("crm.duplicate.findbycomm", ask)[1]["result"] == []
    rest("crm.contact.add", {"fields": {"NAME": "A", "PHONE": [{"VALUE": "+7 (000) 000-00-00 доб. 12"}]}})
    assert rest("crm.duplicate.findbycomm", ask)[1]["result"] == {"CONTACT": [1]}
    eight = {"type": "PHONE", "values": ["80000000000"]}
    assert rest("crm.duplicate.findbycomm", eight)[1]["result"] == []
    many = {"type": "PHONE", "values": ["1"] * 21}
    assert rest("crm.duplicate.findbycomm", many)[0] == 400


def test_forms_and_queries_nest_by_brackets(server, client):
    url = server.webhook_url
    form = {"FIELDS[TITLE]": "Заказ #1", "fields[OPPORTUNITY]": "12.5"}
    assert client.post(f"{url}crm.deal.add", data={"FIELDS[TITLE]": "Заказ #1"}).json()["result"] == 1
    files = {"fields[TITLE]": (None, form["FIELDS[TITLE]"]), "fields[OPPORTUNITY]": (None, "12.5")}
    assert client.post(f"{url}crm.deal.add.json", files=files).json()["result"] == 2
    listed = client.get(f"{url}crm.deal.list?filter[%3E%3DID]=2&select[]=ID&select[]=OPPORTUNITY").json()
    assert listed["result"] == [{"ID": "2", "OPPORTUNITY": "12.50"}]
    merged = client.post(f"{url}crm.item.get?entityTypeId=2", json={"id": 1}).json()
    assert merged["result"]["item"]["title"] == "Заказ #1"
    assert client.request("GET", f"{url}crm.deal.get", json={"id": 1}).status_code == 400


def test_a_webhook_has_no_application(rest):
    status, body = rest("app.info")
    assert (status, body["error"]) == (400, "ACCESS_DENIED")


def test_doubled_slashes_are_one(server, client):
    """The vendor's JS client joins an address that ends in a slash with a method that begins with one."""
    answer = client.post(f"{server.url}/rest//1/{server.portal.settings.code}//profile", json={})
    assert answer.json()["result"]["ID"] == "1"
