"""What is asked again and what is not, who waits for whom, and where a renamed portal is followed to."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sverka.connectors.bitrix24 import connect
from sverka.connectors.bitrix24.wire.client import PLANS, QUIET_BURST
from sverka.connectors.bitrix24.wire.doors import renamed
from sverka.domain.commerce.customer import MatchKey
from sverka.domain.errors import Later, Misconfigured, Unanswered
from sverka.domain.ids import RecordId
from sverka.ports.backoffice import Look, RecordWrite
from sverka.ports.guard import InLane, free
from sverka.ports.storage import Lane
from sverka.ports.store import Wrote
from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.portal import Fault, Portal, PortalServer
from sverka.storage.sql_storage import open_storage

KEY = MatchKey("email", "a@b.ru")
START = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)
BUSY = [
    Fault("close"),
    Fault("truncate"),
    Fault("drop"),
    Fault("html", status=503),
    Fault("html", status=429),
    Fault("error", status=500, code="INTERNAL_SERVER_ERROR"),
]


@pytest.mark.parametrize("fault", BUSY, ids=[f"{one.kind}-{one.status}" for one in BUSY])
def test_a_read_is_asked_again_after_a_pause(office, guard, portal, time, fault):
    portal.fault(replace(fault, times=2))
    assert office.look(Look(keys=[KEY]), guard).keys == {KEY: []}
    assert time.slept == [1.0, 2.0]


@pytest.mark.parametrize("fault", BUSY, ids=[f"{one.kind}-{one.status}" for one in BUSY])
def test_a_write_is_not(office, guard, origin, portal, time, fault):
    office.catalogue()
    portal.reset_counters()
    portal.fault(replace(fault, method="crm.item.add"))
    [answer] = office.write([RecordWrite(1, {"title": "x"}, origin=origin(1))], guard).values()
    assert type(answer) is (Later if fault.status == 429 else Unanswered)
    assert [line.method for line in portal.requests] == ["batch"]
    assert time.slept == []


def test_a_read_lost_late_is_not_asked_again(office, guard, portal, time, monkeypatch):
    portal.fault(Fault("close", times=99))
    sent = office.client._posted

    def slowly(*given):
        time.virtual.advance(11)
        return sent(*given)

    monkeypatch.setattr(office.client, "_posted", slowly)
    [answer] = office.look(Look(keys=[KEY]), guard).keys.values()
    assert type(answer) is Unanswered
    assert time.slept == []


@pytest.mark.parametrize(("chance", "slept"), [(0.0, [0.9, 1.8]), (1.0, [1.1, 2.2])])
def test_pauses_are_spread_by_chance(server, kit, guard, portal, time, chance, slept):
    portal.fault(Fault("error", code="QUERY_LIMIT_EXCEEDED", times=2))
    office = connect({"plan": "box"}, {"webhook": server.webhook_url}, replace(kit, chance=lambda: chance))
    assert office.look(Look(keys=[KEY]), guard).keys == {KEY: []}
    assert time.slept == pytest.approx(slept)
    office.close()


@pytest.mark.parametrize(
    ("lane", "burst"), [(Lane.LIVE, PLANS["box"][1]), (Lane.SWEEP, QUIET_BURST), (Lane.BACKFILL, QUIET_BURST)]
)
def test_what_nobody_waits_for_reserves_little(office, guard, purse, lane, burst):
    office.look(Look(keys=[KEY]), InLane(guard, lane))
    assert [taken[2] for taken in purse.taken] == [burst]
    assert guard.calls == 1


def test_a_sweep_is_such_a_thing(office, purse, time):
    list(office.changed_since(time.now()))
    assert [taken[2] for taken in purse.taken] == [QUIET_BURST]


@pytest.mark.covers("C45", "C47", "C49")
def test_live_requests_pass_a_backfill_that_waits_and_never_meet_the_limit():
    clock = VirtualClock(START)
    storage = open_storage("sqlite://", clock)
    rate, burst = PLANS["standard"]
    quiet = [storage.budget.take("p", rate, QUIET_BURST) for _ in range(20)]
    assert quiet[:5] == [0.0] * 5
    assert quiet[-1] == pytest.approx(7.5)
    assert [storage.budget.take("p", rate, burst) for _ in range(5)] == [0.0] * 5, "the reserved ones leave room"
    storage.close()


@pytest.mark.covers("C48", "C49")
def test_a_backfill_leaves_some_of_a_methods_time_to_live_orders(server, kit, portal, guard, origin, time):
    portal.settings.plan = "standard"
    portal.settings.costs = {"crm.item.update": 115.0}
    portal.settings.request_limit = 10_000
    office = connect({}, {"webhook": server.webhook_url}, kit)
    record = RecordId(str(portal.create(2, {"title": "x"})))
    backfill = InLane(guard, Lane.BACKFILL)

    def write(title: str, under):
        return office.write([RecordWrite(1, {"title": title}, record=record)], under)[1]

    assert all(isinstance(write(title, backfill), Wrote) for title in "1234")
    resting = write("c", backfill)
    assert type(resting) is Later
    assert isinstance(write("d", guard), Wrote)
    time.sleep(resting.after.total_seconds())
    assert isinstance(write("e", backfill), Wrote)
    office.close()


RENAMED = [
    ("https://a.bitrix24.ru/rest/1/s", "https://b.bitrix24.ru/rest/1/s/x.json", "https://b.bitrix24.ru/rest/1/s"),
    ("https://a.bitrix24.com.br/rest/1/s", "https://b-1.bitrix24.com.br/", "https://b-1.bitrix24.com.br/rest/1/s"),
    ("http://127.0.0.1:8000/rest", "http://localhost:8001/rest/x", "http://localhost:8001/rest"),
]
STRANGE = [
    ("https://a.bitrix24.ru/rest/1/s", "https://b.bitrix24.com/rest/1/s"),
    ("https://a.bitrix24.ru/rest/1/s", "http://b.bitrix24.ru/rest/1/s"),
    ("https://a.bitrix24.ru/rest/1/s", "https://b.bitrix24.ru:8443/rest/1/s"),
    ("https://a.bitrix24.ru/rest/1/s", "https://x@b.bitrix24.ru/rest/1/s"),
    ("https://a.bitrix24.ru/rest/1/s", "https://b.bitrix24.ru.evil.example/rest/1/s"),
    ("https://a.bitrix24.ru/rest/1/s", "https://evil.example/.bitrix24.ru"),
    ("https://a.bitrix24.ru/rest/1/s", "https://c.b.bitrix24.ru/rest/1/s"),
    ("https://a.bitrix24.ru/rest/1/s", "https://a.bitrix24.ru/login/"),
    ("https://a.bitrix24.ru/rest/1/s", "/login/"),
    ("https://a.bitrix24.ru/rest/1/s", "http://["),
    ("https://a.bitrix24.ru/rest/1/s", ""),
    ("https://crm.box.example/rest/1/s", "https://crm2.box.example/rest/1/s"),
    ("https://crm.box.example/rest/1/s", "https://b.bitrix24.ru/rest/1/s"),
    ("https://a.bitrix24.ru/rest/1/s", "https://127.0.0.1/rest/1/s"),
]


@pytest.mark.parametrize(("base", "location", "found"), RENAMED)
def test_a_renaming_keeps_the_zone(base, location, found):
    assert renamed(base, location) == found


@pytest.mark.parametrize(("base", "location"), STRANGE)
def test_a_password_goes_nowhere_else(base, location):
    assert renamed(base, location) is None


def test_a_renamed_portal_is_followed_with_the_whole_request_and_remembered(server, kit, guard, origin, portal, time):
    here = Portal(clock=time.virtual, plan="box")
    with PortalServer(here) as there:
        portal.fault(Fault("redirect", times=99, location=f"{there.url}/rest/1/x/batch.json"))
        office = connect({"plan": "box"}, {"webhook": server.webhook_url}, kit)
        assert isinstance(office.write([RecordWrite(1, {"title": "x"}, origin=origin(1))], guard)[1], Wrote)
        assert [portal.counters.requests, here.counters.requests] == [1, 2]
        assert office.client.host in there.url
        assert kit.secrets.get("webhook") == there.webhook_url
        office.close()


def test_a_portal_that_sends_round_in_circles_is_not_followed_for_ever(server, kit, guard, portal, time):
    other = Portal(clock=time.virtual, plan="box")
    with PortalServer(other) as there:
        portal.fault(Fault("redirect", times=99, location=f"{there.url}/rest/"))
        other.fault(Fault("redirect", times=99, location=f"{server.url}/rest/"))
        office = connect({"plan": "box"}, {"webhook": server.webhook_url}, kit)
        [answer] = office.look(Look(keys=[KEY]), free).keys.values()
        assert type(answer) is Misconfigured
        assert office.client.requests == 2
        office.close()
