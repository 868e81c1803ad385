"""The queue of events that wait to be fetched."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from sverka.sandbox.portal import RestError


@pytest.fixture
def run(portal):
    """Call a method as the administrator through the portal's own application and give its result."""
    return lambda method, user_id=1, **params: portal.call_as(portal.as_application(user_id), method, params).result


@pytest.fixture
def queue(run):
    for event in ("ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALMOVETOCATEGORY"):
        run("event.bind", event=event, event_type="offline")


def names(answer):
    return [(line["EVENT_NAME"], line["EVENT_DATA"]["FIELDS"]["ID"]) for line in answer["events"]]


def test_one_line_for_an_object_however_often_it_changed(portal, run, queue):
    one, two = portal.create(2, {}), portal.create(2, {})
    portal.advance(10)
    for title in "abc":
        portal.edit(2, one, {"title": title})
    lines = run("event.offline.list")
    assert [(line["EVENT_NAME"], line["EVENT_DATA"]) for line in lines] == [
        ("ONCRMDEALADD", {"FIELDS": {"ID": str(one)}}),
        ("ONCRMDEALADD", {"FIELDS": {"ID": str(two)}}),
        ("ONCRMDEALUPDATE", {"FIELDS": {"ID": str(one)}}),
    ]
    assert lines[2]["TIMESTAMP_X"] == "2026-05-14T10:26:42+03:00"
    assert {line["ERROR"] for line in lines} == {"0"}


def test_reading_deletes(portal, run, queue):
    portal.create(2, {})
    portal.create(2, {})
    first = run("event.offline.get", limit=1)
    assert (first["process_id"], names(first)) == (None, [("ONCRMDEALADD", "1")])
    assert names(run("event.offline.get")) == [("ONCRMDEALADD", "2")]
    assert run("event.offline.get")["events"] == []


def test_what_is_held_is_hidden_until_it_is_cleared(portal, run, queue):
    portal.create(2, {})
    portal.create(2, {})
    held = run("event.offline.get", clear=0)
    assert len(held["events"]) == 2
    assert run("event.offline.get", clear=0)["events"] == []
    process = held["process_id"]
    assert run("event.offline.get", clear=0, process_id=process) == held
    assert run("event.offline.clear", process_id=process, id=[held["events"][0]["ID"]]) is True
    assert run("event.offline.get", clear=0, process_id=process)["events"] == held["events"][1:]
    portal.edit(2, 2, {"title": "again"})
    assert names(run("event.offline.get")) == [("ONCRMDEALUPDATE", "2")]
    portal.advance(30 * 24 * 3600)
    assert run("event.offline.list") == []


def test_a_change_while_its_line_is_held_makes_a_new_line(portal, run, queue):
    deal = portal.create(2, {})
    run("event.offline.get")
    portal.edit(2, deal, {"title": "a"})
    run("event.offline.get", clear=0)
    portal.edit(2, deal, {"title": "b"})
    assert names(run("event.offline.get", clear=0)) == [("ONCRMDEALUPDATE", str(deal))]


def test_failed_lines_come_only_when_asked_for(portal, run, queue):
    portal.create(2, {})
    held = run("event.offline.get", clear=0)
    run("event.offline.error", process_id=held["process_id"], message_id=[held["events"][0]["MESSAGE_ID"]])
    assert run("event.offline.get", clear=0)["events"] == []
    assert [line["ERROR"] for line in run("event.offline.list")] == ["1"]
    assert names(run("event.offline.get", error=1)) == [("ONCRMDEALADD", "1")]


def test_own_changes_stay_out_of_the_queue_of_their_source(portal, run):
    run("event.bind", event="ONCRMDEALUPDATE", event_type="offline", auth_connector="hub")
    run("event.bind", event="ONCRMDEALUPDATE", event_type="offline")
    deal = portal.create(2, {})
    change = {"entityTypeId": 2, "id": deal}
    run("crm.item.update", **change, fields={"title": "ours"}, auth_connector="hub")
    assert run("event.offline.get", auth_connector="hub")["events"] == []
    assert len(run("event.offline.get")["events"]) == 1
    run("crm.item.update", **change, fields={"title": "theirs"}, auth_connector="other")
    assert len(run("event.offline.get", auth_connector="hub")["events"]) == 1


def test_filter_and_order(portal, run, queue):
    for _ in range(3):
        portal.create(2, {})
        portal.advance(60)
    lines = run("event.offline.list", order={"ID": "DESC"}, filter={">ID": 1, "=EVENT_NAME": "ONCRMDEALADD"})
    assert [line["ID"] for line in lines] == ["3", "2"]


def test_a_cheap_plan(portal, run):
    portal.settings.plan = "basic"
    run("event.bind", event="ONCRMDEALUPDATE", event_type="offline", auth_connector="hub")
    deal = portal.create(2, {})
    run("crm.item.update", entityTypeId=2, id=deal, fields={"title": "ours"}, auth_connector="hub")
    with pytest.raises(RestError, match="ACCESS_DENIED"):
        run("event.offline.get", clear=0)
    assert len(run("event.offline.get")["events"]) == 1


def test_only_administrators(run):
    for method in ("get", "list", "clear", "error"):
        with pytest.raises(RestError, match="ACCESS_DENIED"):
            run(f"event.offline.{method}", 6, process_id="x")


def test_a_ping_tells_that_something_waits(portal, run, queue, listener):
    run("event.bind", event="ONOFFLINEEVENT", handler=listener.url, options={"minTimeout": 60})
    portal.create(2, {})
    portal.create(2, {})
    portal.advance(60)
    portal.create(2, {})
    assert portal.flush()
    bodies = [dict(parse_qsl(body)) for body in listener.bodies]
    assert [body["event"] for body in bodies] == ["ONOFFLINEEVENT"] * 2
    assert "auth[refresh_token]" in bodies[0]
    assert not any(name.startswith("data") for name in bodies[0])


def test_without_a_pause_each_call_is_told_once(portal, run, queue, listener):
    run("event.bind", event="ONOFFLINEEVENT", handler=listener.url, options={"minTimeout": 0})
    run("event.bind", event="ONCRMDEALADD", event_type="offline", auth_connector="hub")
    run("crm.deal.add", fields={"TITLE": "in two queues"})
    run("crm.deal.add", fields={"TITLE": "and again"})
    assert portal.flush()
    assert len(listener.bodies) == 2
