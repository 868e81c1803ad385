from __future__ import annotations

import asyncio
import json
import re
from importlib.resources import files

import pytest

from sverka.sandbox.portal.control_acts import SWITCH_TAKES
from sverka.sandbox.portal.control_table import ACTS
from sverka.sandbox.portal.portal import HttpCall
from sverka.sandbox.portal.shell import build_app


@pytest.fixture
def control(server, client):
    def call(name, /, **given):
        answer = client.post(f"{server.control_url}{name}", json=given)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    return call


def test_people_act(control, portal):
    assert control("create", entityTypeId=2, fields={"title": "x"}) == 1
    assert control("edit", entityTypeId=2, id=1, fields={"title": "y"}, user=9) is True
    assert portal.item(2, 1).values["updatedBy"] == 9
    control("robot", stage="WON", to="LOSE")
    control("move-stage", id=1, stage="WON")
    assert portal.item(2, 1).values["stageId"] == "LOSE"
    assert control("field", entityTypeId=2, name="NO") == "UF_CRM_NO"
    control("delete", entityTypeId=2, id=1)
    assert portal.core.state.items[2] == {}


def test_logs_and_switches(control, portal, rest, listener, client, server, clock):
    token = control("subscribe", url=listener.url, events=["ONCRMDEALADD"])["application_token"]
    assert control("events", double=True)["double"] is True
    control("fault", kind="error", method="profile")
    assert rest("profile")[0] == 503
    rest("crm.deal.add", {"fields": {}})
    assert control("events-flush") is True
    assert [token in body for body in listener.bodies] == [True, True]
    assert [line["outcome"] for line in control("deliveries")] == ["delivered"] * 2
    assert [line["method"] for line in control("requests")] == ["profile", "crm.deal.add"]
    assert client.get(f"{server.control_url}counters").json()["result"] == {"requests": 2, "commands": 2, "writes": 1}
    control("reset")
    assert control("counters") == {"requests": 0, "commands": 0, "writes": 0}
    before = clock.now()
    control("advance", seconds=5)
    assert (clock.now() - before).total_seconds() == 5
    assert control("settings", lag_seconds=3)["lag_seconds"] == 3
    assert portal.settings.lag_seconds == 3


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("events", {"nonsense": 1}),
        ("settings", {"code": "x"}),
        ("fault", {"kind": "nonsense"}),
        ("move-stage", {"id": 77, "stage": "WON"}),
        ("create", {}),
    ],
)
def test_a_wrong_call_is_told(server, client, name, given):
    answer = client.post(f"{server.control_url}{name}", json=given)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_people_merge_dismiss_and_administrators_rename(control, portal, rest, result):
    for name in ("Anna", "Ann"):
        control("create", entityTypeId=3, fields={"name": name, "fm": [{"typeId": "PHONE", "value": f"+7{len(name)}"}]})
    control("create", entityTypeId=2, fields={"contactIds": [2]})
    assert control("merge", entityTypeId=3, ids=[1, 2]) == 1
    assert [item["id"] for item in result("crm.item.list", entityTypeId=3)["items"]] == [1]
    assert portal.item(2, 1).values["contactIds"] == [1]
    assert [line.value for line in portal.item(3, 1).fm] == ["+74", "+73"]
    made = control("application", title="Shop")
    assert made["client_id"] in portal.access.applications
    control("dismiss", user=1)
    assert rest("profile")[1]["error"] == "INVALID_CREDENTIALS"
    control("rename", host="other.bitrix24.ru")
    assert portal.settings.host == "other.bitrix24.ru"


def test_data_goes_out_and_in(control, portal):
    control("load", data={"items": [{"entityTypeId": 2, "fields": {"title": "Loaded"}}]})
    held = control("dump")
    control("delete", entityTypeId=2, id=1)
    control("load", data=held)
    assert portal.item(2, 1).values["title"] == "Loaded"


def test_the_overview_tells_budgets_and_names_no_secret(control, portal, rest, client, server):
    rest("crm.item.list", {"entityTypeId": 2})
    text = client.get(f"{server.control_url}overview").text
    assert portal.settings.code not in text
    seen = control("overview")
    assert seen["budgets"]["requests"] == [{"address": "127.0.0.1", "level": 1}]
    assert seen["budgets"]["operating"] == [{"who": "user 1", "method": "crm.item.list", "seconds": 0.05}]
    assert (seen["requests"][0]["method"], seen["requests"][0]["cost"]) == ("crm.item.list", 0.05)
    control("advance", seconds=600)
    assert control("budgets")["operating"] == []
    assert control("budgets")["requests"] == [{"address": "127.0.0.1", "level": 0}]
    assert control("settings", plan="box")["plan"] == "box"
    assert control("budgets")["operating_limit"] is None


def test_the_acts_document_themselves(server, client):
    acts = client.get(f"{server.control_url}acts").json()["result"]
    assert {act["name"] for act in acts} == set(ACTS)
    for act in acts:
        assert all(act["about"].values())
        ACTS[act["name"]].given(act["example"] or {take["name"]: 1 for take in act["takes"] if take["required"]})
        wrong = client.post(f"{server.control_url}{act['name']}", json={"nonsense": 1})
        assert wrong.status_code == 400, act["name"]
        assert f"{act['name']} takes a JSON object of" in wrong.json()["error"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "[::1]:80"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "[:"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "127.0.0.1:5", "Origin": "http://127.0.0.1:6"}, 403),
        ({"Host": "127.0.0.1:5", "Origin": "http://127.0.0.1:5"}, 200),
    ],
)
@pytest.mark.parametrize("name", ["dump", "connect", "reset"])
def test_only_this_machine_and_this_page_may_act(server, client, headers, status, name):
    assert client.post(f"{server.control_url}{name}", content="{}", headers=headers).status_code == status


def test_the_address_without_its_slash_leads_to_the_page(server, client):
    answer = client.get(server.control_url.rstrip("/"))
    assert (answer.status_code, answer.headers["location"]) == (307, "/control/")


@pytest.mark.parametrize("name", ["", "acts", "overview"])
def test_the_page_answers_to_no_foreign_name(server, client, name):
    assert client.get(f"{server.control_url}{name}", headers={"Host": "evil.example"}).status_code == 403


def test_another_machine_is_not_let_in(portal):
    called = []

    async def receive():
        return {"type": "http.request", "body": b"{}"}

    async def send(message):
        called.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/control/reset", "query_string": b"", "scheme": "http",
        "headers": [(b"host", b"127.0.0.1")], "client": ("192.0.2.7", 5), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    asyncio.run(build_app(portal)(scope, receive, send))
    assert called[0]["status"] == 403


@pytest.mark.parametrize(
    ("query", "accepted", "lang", "said"),
    [
        ("", "ru-RU,ru;q=0.9,en;q=0.8", "ru", "Учебный портал"),
        ("", "de,en-GB;q=0.7,ru;q=0.3", "en", "Practice Bitrix24"),
        ("", "de", "en", "Practice Bitrix24"),
        ("?lang=ru", "en", "ru", "Учебный портал"),
        ("?lang=xx", "ru", "ru", "Учебный портал"),
    ],
)
def test_the_page_speaks_two_languages_and_asks_nobody(portal, server, client, query, accepted, lang, said):
    answer = client.get(f"{server.control_url}{query}", headers={"Accept-Language": accepted})
    assert (answer.status_code, answer.headers["content-language"]) == (200, lang)
    assert said in answer.text
    assert "{{" not in answer.text
    assert not re.search(r"""(?:src|href)=["'](?!/control/|\?lang=|data:,)""", answer.text)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert portal.settings.code not in answer.text


def test_every_word_of_the_page_is_there_in_both_languages():
    folder = files("sverka.sandbox.portal") / "page"
    words = json.loads((folder / "words.json").read_text("utf-8"))
    assert all(len(pair) == 2 and all(pair) for pair in words.values())
    script = (folder / "page.js").read_text("utf-8")
    asked = set(re.findall(r'say\("([a-z_]+)"\)', script))
    asked |= {f"t.{take.name}" for act in ACTS.values() if act.group for take in act.takes}
    asked |= {take.name for take in SWITCH_TAKES}
    assert asked - {"record"} - set(words) == set()


def test_the_webhook_code_is_in_no_repr(portal):
    assert portal.settings.code not in repr(HttpCall("1", portal.settings.code, "profile", {}))
    assert portal.settings.code not in repr(portal.settings)
