from __future__ import annotations

import pytest

from sverka.sandbox.portal import RestError

_CALL = {"OWNER_TYPE_ID": 2, "OWNER_ID": 1, "TYPE_ID": 2, "SUBJECT": "Call back", "RESPONSIBLE_ID": 6}
_TOLD = {"ENTITY_TYPE_ID": 3, "ENTITY_ID": 1, "TYPE": "PHONE", "VALUE": "+79990000000"}
_OWNER = {"ownerTypeId": 2, "ownerId": 1}
_DEADLINE = "2026-05-20T10:00:00+03:00"


@pytest.fixture
def fired(portal):
    seen = []
    portal.core.publish = lambda event: seen.append((event.name, event.fields["ID"]))
    return seen


@pytest.fixture
def call(portal, result):
    """A call about a deal with a contact."""
    portal.create(2, {})
    portal.create(3, {"name": "A"})
    times = {"START_TIME": _DEADLINE, "END_TIME": "2026-05-20T11:00:00+03:00"}
    return result("crm.activity.add", fields=_CALL | times | {"COMMUNICATIONS": [_TOLD]})


def test_a_call(call, result, fired):
    held = result("crm.activity.get", id=call)
    expected = {"ID": "1", "OWNER_ID": "1", "DEADLINE": _DEADLINE, "COMPLETED": "N", "STATUS": "1", "SETTINGS": []}
    assert {name: held[name] for name in expected} == expected
    assert "COMMUNICATIONS" not in held
    assert result("crm.activity.update", id=call, fields={"COMPLETED": "Y", "OWNER_ID": 9}) is True
    result("crm.activity.update", id=call, fields={"COMPLETED": "Y"})
    (line,) = result("crm.activity.list", filter={"COMPLETED": "Y"}, select=["ID", "STATUS", "COMMUNICATIONS"])
    assert (line["STATUS"], line["COMMUNICATIONS"][0]["VALUE"]) == ("2", "+79990000000")
    assert result("crm.activity.delete", id=call) is True
    with pytest.raises(RestError, match="Activity is not found"):
        result("crm.activity.get", id=call)
    assert fired == [("ONCRMACTIVITYUPDATE", "1"), ("ONCRMACTIVITYDELETE", "1")]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"SUBJECT": ""}, "The field SUBJECT"),
        ({"RESPONSIBLE_ID": ""}, "The field RESPONSIBLE_ID"),
        ({"TYPE_ID": 9}, "The field TYPE_ID"),
        ({"COMMUNICATIONS": []}, "The field COMMUNICATIONS"),
        ({"COMMUNICATIONS": [_TOLD, _TOLD]}, "only one communication"),
        ({"OWNER_ID": 9}, "Could not build binding"),
        ({"TYPE_ID": 6}, "without provider"),
        ({"TYPE_ID": 6, "PROVIDER_ID": "CONFIGURABLE_REST_APP"}, "crm.activity.configurable.add"),
    ],
)
def test_refusals(call, portal, change, refusal):
    with pytest.raises(RestError, match=refusal):
        portal.call("crm.activity.add", {"fields": _CALL | {"COMMUNICATIONS": [_TOLD]} | change})


def test_an_activity_is_found_at_each_of_its_records_and_goes_with_the_last(call, portal, result):
    def at(kind, number):
        return len(result("crm.activity.list", filter={"BINDINGS": [{"OWNER_TYPE_ID": kind, "OWNER_ID": number}]}))

    assert (at(2, 1), at(3, 1), at(3, 2)) == (1, 1, 0)
    portal.delete(2, 1)
    assert result("crm.activity.binding.list", activityId=call) == [{"entityTypeId": 3, "entityId": 1}]
    with pytest.raises(RestError, match="LAST_BINDING"):
        result("crm.activity.binding.delete", activityId=call, entityTypeId=3, entityId=1)
    portal.create(3, {"name": "B"})
    move = {"activityId": call, "sourceEntityTypeId": 3, "sourceEntityId": 1, "targetEntityTypeId": 3}
    assert result("crm.activity.binding.move", **move, targetEntityId=2) is True
    with pytest.raises(RestError, match="BINDING_NOT_FOUND"):
        result("crm.activity.binding.move", **move, targetEntityId=2)
    portal.delete(3, 1)
    assert at(3, 2) == 1
    portal.delete(3, 2)
    assert result("crm.activity.list") == []


def test_a_to_do(portal, result):
    portal.create(2, {})
    key = _OWNER | {"id": result("crm.activity.todo.add", **_OWNER, deadline=_DEADLINE, title="Pack")["id"]}
    assert result("crm.activity.todo.updateDeadline", **key, value="2026-05-21T10:00:00+03:00") == {"id": 1}
    held = result("crm.activity.get", id=1)
    assert (held["SUBJECT"], held["DEADLINE"], held["PROVIDER_ID"]) == ("Pack", "2026-05-21T10:00:00+03:00", "CRM_TODO")
    with pytest.raises(RestError, match="WRONG_COLOR"):
        result("crm.activity.todo.updateColor", **key, colorId="9")
    with pytest.raises(RestError, match="WRONG_DATETIME_FORMAT"):
        result("crm.activity.todo.add", **_OWNER, deadline="soon")
    with pytest.raises(RestError, match="OWNER_NOT_FOUND"):
        result("crm.activity.todo.add", ownerTypeId=2, ownerId=9, deadline=_DEADLINE)
    result("crm.activity.update", id=1, fields={"COMPLETED": "Y"})
    with pytest.raises(RestError, match="CAN_NOT_UPDATE_COMPLETED_TODO"):
        result("crm.activity.todo.updateDescription", **key, value="x")


def test_configurable_activities_are_the_applications_own(portal):
    portal.create(2, {})
    caller, layout = portal.as_application(), {"header": {"title": "x"}, "body": {}}
    given = _OWNER | {"fields": {"deadline": _DEADLINE}, "layout": layout}
    made = portal.call_as(caller, "crm.activity.configurable.add", given).result["activity"]
    assert (made["id"], made["layout"], made["fields"]["completed"]) == (1, layout, False)
    with pytest.raises(RestError, match="WRONG_AUTH_TYPE"):
        portal.call("crm.activity.configurable.add", given)
    with pytest.raises(RestError, match="LAYOUT"):
        portal.call_as(caller, "crm.activity.configurable.add", given | {"layout": {}})


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({}, "`TRACE` required"),
        ({"TRACE": "{"}, "Can not parse JSON"),
        ({"TRACE": "{}", "ENTITIES": [{"TYPE": "ORDER", "ID": 1}]}, "Allowed types: COMPANY,CONTACT,DEAL,LEAD,QUOTE"),
        ({"TRACE": "{}", "ENTITIES": [{"TYPE": "DEAL", "ID": 9}]}, "Wrong ID"),
    ],
)
def test_refusals_of_traces(portal, given, refusal):
    with pytest.raises(RestError, match=refusal) as refused:
        portal.call("crm.tracking.trace.add", given)
    assert refused.value.code == "ERROR_CORE"


def test_a_trace_comes_with_a_deal_too(portal, result):
    number = result("crm.deal.add", fields={"TRACE": '{"tags": {"list": {"utm_source": "google"}}}'})
    (kept,) = portal.core.state.tables["trace"].values()
    assert kept.values["entities"] == [(2, number)]
    assert result("crm.tracking.trace.add", TRACE="{}", ENTITIES=[{"TYPE": "DEAL", "ID": number}]) == kept.id + 1
    assert result("crm.tracking.trace.delete", id=kept.id) is None
    assert list(portal.core.state.tables["trace"]) == [kept.id + 1]
