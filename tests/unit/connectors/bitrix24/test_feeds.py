"""Sweeps, webhooks and the connection's check, against the sandbox portal."""

from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlencode

import pytest

from sverka.domain.errors import Forged
from sverka.ports.findings import Level
from sverka.ports.notices import Notice, Subject

AUTH = {"auth[domain]": "p.bitrix24.ru", "auth[application_token]": "agreed", "ts": "1766047124"}


def body(**told):
    return urlencode({**AUTH, **told}).encode()


def test_a_quiet_sweep_costs_one_request(office, portal, time):
    portal.create(2, {"title": "x"})
    portal.advance(60)
    assert list(office.changed_since(time.now())) == []
    assert portal.counters.requests == 1


def test_a_sweep_includes_its_own_moment_and_nothing_older(office, portal, time):
    portal.create(2, {"title": "old"})
    portal.advance(60)
    born = time.now()
    made = str(portal.create(2, {"title": "new"}))
    portal.advance(60)
    moment = born + timedelta(microseconds=700_000)
    assert list(office.changed_since(moment)) == [Notice(Subject.RECORD, made, event="changed", stamp=born)]
    assert list(office.changed_since(born + timedelta(seconds=1))) == []


def test_every_page_is_walked(office, portal, time):
    made = {str(portal.create(2, {"title": "x"})) for _ in range(130)}
    assert {notice.id for notice in office.changed_since(None)} == made
    notices = list(office.changed_since(time.now()))
    assert sorted(notice.id for notice in notices) == sorted(made)
    assert {notice.stamp for notice in notices} == {time.now()}


def test_a_move_that_left_no_other_trace_is_found_in_the_history_of_stages(office, portal, time):
    made = portal.create(2, {"title": "x"})
    portal.advance(60)
    moment = time.now()
    portal.move_stage(made, "C2:NEW")
    portal.item(2, made).values["updatedTime"] = moment - timedelta(hours=1)
    assert list(office.changed_since(moment)) == [Notice(Subject.RECORD, str(made), event="moved", stamp=moment)]


@pytest.mark.parametrize(
    ("event", "subject"),
    [
        ("ONCRMDEALADD", Subject.RECORD),
        ("onCrmDealUpdate", Subject.RECORD),
        ("ONCRMDEALDELETE", Subject.RECORD),
        ("ONCRMCONTACTUPDATE", Subject.CUSTOMER),
    ],
)
def test_an_event_rings(office, event, subject):
    rung = office.notices({}, body(**{"event": event, "data[FIELDS][ID]": "7405"}))
    assert rung == [Notice(subject, "7405", event=event.upper())]


@pytest.mark.parametrize(
    "told",
    [
        {"event": "ONCRMQUOTEADD", "data[FIELDS][ID]": "7"},
        {"event": "ONCRMDEALUSERFIELDADD", "data[FIELDS][ID]": "7"},
        {"event": "ONCRMDEALADD"},
        {"event": "ONCRMDEALADD", "data[FIELDS][ID]": "1 OR 1"},
        {},
    ],
)
def test_other_events_ring_for_nothing(office, told):
    assert office.notices({}, body(**told)) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        body(**{"auth[application_token]": "guessed"}),
        body(**{"auth[application_token]": ""}),
        body(**{"auth[application_token]": "договор"}),
        urlencode({"event": "ONCRMDEALADD", "data[FIELDS][ID]": "7", "application_token": "agreed"}).encode(),
        b"&".join([b"a=1"] * 500),
    ],
)
def test_a_forgery_is_refused(office, raw):
    with pytest.raises(Forged):
        office.notices({}, raw)


def test_without_a_token_everything_is_a_forgery(office):
    office._token = ""
    with pytest.raises(Forged):
        office.notices({}, body(**{"event": "ONCRMDEALADD", "auth[application_token]": ""}))


def test_what_the_portal_really_posts_is_understood(office, portal):
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args):
            del args

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as hub:
        thread = Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        url = f"http://127.0.0.1:{hub.server_address[1]}/"
        office._token = portal.subscribe(url, ["ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE"])
        made = portal.create(2, {"title": "x"})
        portal.move_stage(made, "WON")
        portal.delete(2, made)
        assert portal.flush()
        hub.shutdown()
        thread.join()
    rung = [notice for raw in received for notice in office.notices({}, raw)]
    assert [(one.subject, one.id) for one in rung] == [(Subject.RECORD, str(made))] * 3
    assert {one.event for one in rung} == {"ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE"}


@pytest.mark.covers("R248")
def test_a_check_of_a_good_connection(office, portal):
    found = office.check()
    assert {finding.level for finding in found} == {Level.GOOD}
    assert portal.counters.requests == 1
    told = " ".join(finding.text.ru for finding in found)
    assert "Интеграция Магазина" in told
    assert "Печать (2)" in told


@pytest.mark.covers("R219", "R225", "R167", "C72")
def test_a_check_names_what_is_missing(office, portal):
    portal.settings.scopes = ("user_brief",)
    portal.core.state.users[1].admin = False
    office._token = ""
    found = office.check()
    bad = [finding.text for finding in found if finding.level is Level.BAD]
    assert bad
    assert all("`crm`" in text.en and "`crm`" in text.ru for text in bad)
    warned = " ".join(finding.text.en for finding in found if finding.level is Level.WARNING)
    assert "administrator" in warned
    assert "application token" in warned


@pytest.mark.covers("C64")
def test_the_moment_is_told_in_the_zone_of_the_connection(box, canned):
    canned.say({"result": {"result": {"c0": {"items": []}, "c1": {"items": []}}, "result_error": []}})
    list(box.changed_since(datetime(2026, 5, 14, 9, 0, 5, 9, tzinfo=UTC)))
    [(path, asked)] = canned.asked
    assert path == "/crm-box/rest/1/s3cr3tcode/batch.json"
    assert "2026-05-14T09%3A00%3A05%2B00%3A00" in asked["cmd"]["c0"]
