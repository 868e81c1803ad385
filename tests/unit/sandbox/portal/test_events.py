from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest

DEALS = ["ONCRMDEALADD", "onCrmDealUpdate", "ONCRMDEALDELETE", "ONCRMDEALMOVETOCATEGORY"]


def heard(listener):
    return [(parse_qs(body)["event"][0], parse_qs(body)["data[FIELDS][ID]"][0]) for body in listener.bodies]


@pytest.fixture
def token(portal, listener):
    return portal.subscribe(listener.url, DEALS)


def test_the_body_is_the_one_of_an_outgoing_webhook(portal, listener, token, clock):
    portal.create(2, {})
    assert portal.flush()
    assert listener.bodies == [
        "event=ONCRMDEALADD&event_handler_id=1&data%5BFIELDS%5D%5BID%5D=1&ts=1778743592"
        "&auth%5Bdomain%5D=sandbox.bitrix24.ru&auth%5Bclient_endpoint%5D=https%3A%2F%2Fsandbox.bitrix24.ru%2Frest%2F"
        "&auth%5Bserver_endpoint%5D=https%3A%2F%2Foauth.bitrix24.tech%2Frest%2F"
        f"&auth%5Bmember_id%5D=d897063e1ce7c5eb9f04b9751eef5915&auth%5Bapplication_token%5D={token}"
    ]
    assert int(clock.now().timestamp()) == 1778743592


def test_what_fires(portal, listener, token):
    portal.create(2, {})
    portal.edit(2, 1, {"title": "x"})
    portal.edit(2, 1, {"title": "x"})
    portal.move_stage(1, "C2:NEW")
    portal.create(3, {"name": "not subscribed"})
    portal.delete(2, 1)
    assert portal.flush()
    assert heard(listener) == [("ONCRMDEALADD", "1"), ("ONCRMDEALUPDATE", "1"), ("ONCRMDEALDELETE", "1")]


@pytest.mark.parametrize(("type_id", "name"), [(1, "LEAD"), (3, "CONTACT"), (4, "COMPANY")])
def test_the_other_records_fire_too(portal, listener, type_id, name):
    portal.subscribe(listener.url, [f"ONCRM{name}{act}" for act in ("ADD", "UPDATE", "DELETE")])
    portal.create(type_id, {})
    portal.edit(type_id, 1, {"comments": "x"})
    portal.delete(type_id, 1)
    assert portal.flush()
    assert heard(listener) == [(f"ONCRM{name}{act}", "1") for act in ("ADD", "UPDATE", "DELETE")]


def test_nothing_is_retried(portal, listener, token):
    listener.status = 500
    portal.create(2, {})
    assert portal.flush()
    listener.status = 200
    portal.create(2, {})
    assert portal.flush()
    assert heard(listener) == [("ONCRMDEALADD", "1"), ("ONCRMDEALADD", "2")]
    assert [(line.outcome, line.status) for line in portal.events.log] == [("failed", 500), ("delivered", 200)]


def test_a_handler_that_is_not_there(portal):
    portal.subscribe("http://127.0.0.1:9/hook", DEALS)
    portal.create(2, {})
    assert portal.flush()
    assert [(line.outcome, line.status) for line in portal.events.log] == [("failed", None)]


def test_losing_events(portal, listener, token):
    portal.events.switches.drop_next = 1
    portal.create(2, {})
    portal.create(2, {})
    portal.events.switches.drop_all = True
    portal.create(2, {})
    assert portal.flush()
    assert heard(listener) == [("ONCRMDEALADD", "2")]
    assert sorted(line.outcome for line in portal.events.log) == ["delivered", "dropped", "dropped"]


def test_doubling_events(portal, listener, token):
    portal.events.switches.double = True
    portal.create(2, {})
    assert portal.flush()
    assert heard(listener) == [("ONCRMDEALADD", "1")] * 2


def test_late_events_wait_for_the_clock(portal, listener, token):
    portal.events.switches.delay_seconds = 30
    portal.create(2, {})
    assert not portal.flush(timeout=0.1)
    assert listener.bodies == []
    portal.advance(30)
    assert portal.flush()
    assert heard(listener) == [("ONCRMDEALADD", "1")]


def test_events_out_of_order(portal, listener, token, clock, monkeypatch):
    machine = SimpleNamespace(now=0.0, monotonic=lambda: machine.now)
    monkeypatch.setattr("sverka.sandbox.portal.events.time", machine)
    portal.events.switches.reorder = True
    portal.events.switches.delay_seconds = 5
    for _ in range(3):
        portal.create(2, {})
    machine.now = 1.0
    clock.advance(5)
    assert portal.flush()
    assert [number for _, number in heard(listener)] == ["3", "2", "1"]


def test_losing_some_events(portal, listener, token):
    portal.events.switches.drop_percent = 50
    for _ in range(40):
        portal.create(2, {})
    assert portal.flush()
    lost = [line.outcome for line in portal.events.log].count("dropped")
    assert 8 < lost < 32
    assert len(listener.bodies) == 40 - lost


def test_held_events_come_when_released(portal, listener, token):
    portal.events.switches.hold = True
    portal.create(2, {})
    portal.create(2, {})
    assert portal.flush()
    assert listener.bodies == []
    assert portal.events.release(backwards=True) == 2
    assert portal.flush()
    assert heard(listener) == [("ONCRMDEALADD", "2"), ("ONCRMDEALADD", "1")]


def test_unsubscribed(portal, listener, token):
    portal.events.unsubscribe(listener.url)
    portal.create(2, {})
    assert portal.flush()
    assert listener.bodies == []
