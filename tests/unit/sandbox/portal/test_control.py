from __future__ import annotations

import pytest

from sverka.sandbox.portal.portal import HttpCall


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


def test_the_webhook_code_is_in_no_repr(portal):
    assert portal.settings.code not in repr(HttpCall("1", portal.settings.code, "profile", {}))
    assert portal.settings.code not in repr(portal.settings)
