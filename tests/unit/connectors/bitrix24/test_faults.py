"""Bad manners of a portal and what stands before it: each has its typed problem, and none shows the webhook."""

import logging
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from sverka.connectors.bitrix24 import connect
from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.commerce.lines import Line
from sverka.domain.errors import AuthLost, Gone, Halt, Later, Misconfigured, Rejected, Unanswered
from sverka.domain.ids import RecordId
from sverka.ports.backoffice import Look, NewCustomer, RecordWrite
from sverka.ports.findings import Level
from sverka.ports.guard import free
from sverka.ports.store import Wrote
from sverka.sandbox.portal import Fault

FAULTS = [
    (Fault("html", status=503, times=99), Unanswered),
    (Fault("html", status=403, times=99), Later),
    (Fault("html", status=200, times=99), Unanswered),
    (Fault("html", status=401, times=99), AuthLost),
    (Fault("html", status=404, times=99), Misconfigured),
    (Fault("html", status=429, times=99), Later),
    (Fault("html", status=400, times=99), Rejected),
    (Fault("truncate", times=99), Unanswered),
    (Fault("close", times=99), Unanswered),
    (Fault("drop", times=99), Unanswered),
    (Fault("redirect", times=99, location="https://other.bitrix24.ru/rest/1/s/x"), Misconfigured),
    (Fault("error", code="QUERY_LIMIT_EXCEEDED", times=99), Later),
    (Fault("error", status=429, code="OPERATION_TIME_LIMIT", times=99), Later),
    (Fault("error", code="OVERLOAD_LIMIT", times=99), Halt),
    (Fault("error", status=401, code="expired_token", times=99), AuthLost),
    (Fault("error", status=401, code="NO_AUTH_FOUND", times=99), AuthLost),
    (Fault("error", status=403, code="INVALID_CREDENTIALS", times=99), AuthLost),
    (Fault("error", status=401, code="invalid_token", times=99), AuthLost),
    (Fault("error", status=403, code="insufficient_scope", times=99), Misconfigured),
    (Fault("error", status=403, code="ACCESS_DENIED", times=99), Misconfigured),
    (Fault("error", status=400, code="", times=99), Rejected),
    (Fault("error", status=400, code="UNHEARD_OF", times=99), Rejected),
    (Fault("error", status=500, code="INTERNAL_SERVER_ERROR", times=99), Unanswered),
]
NAMES = [f"{fault.kind}-{fault.status}-{fault.code if fault.kind == 'error' else ''}" for fault, _ in FAULTS]
ASK = (RecordId("1"),)


@pytest.mark.parametrize(("fault", "problem"), FAULTS, ids=NAMES)
def test_every_port_answers_a_typed_problem(fault, problem, office, guard, origin, portal):
    portal.fault(fault)
    seen = office.look(Look(ASK, ASK, [origin(1)], [MatchKey("email", "a@b.ru")], ASK), guard)
    answers = [*seen.records.values(), *seen.origins.values(), *seen.keys.values(), *seen.contacts.values()]
    assert {type(answer) for answer in answers} == {problem}
    added = office.add_customers([NewCustomer(1, Customer(name="x"))], guard)
    assert type(added[1]) is problem
    with pytest.raises(problem):
        list(office.changed_since(None))
    with pytest.raises(problem):
        office.catalogue()
    assert [finding.level for finding in office.check()] == ["bad"]


@pytest.mark.parametrize(("fault", "problem"), FAULTS, ids=NAMES)
def test_a_write_answers_a_typed_problem(fault, problem, office, guard, origin, portal):
    office.catalogue()
    portal.fault(fault)
    record = RecordId(str(portal.create(2, {"title": "x"})))
    line = Line("x", Decimal(1), Decimal(5))
    writes = [RecordWrite(1, {"title": "x", "rows": (line,)}, origin=origin(1)), RecordWrite(2, {"rows": ()}, record)]
    answers = office.write(writes, guard)
    assert {type(answer) for answer in answers.values()} == {problem}


def test_no_answer_to_a_read_before_a_write_leaves_nothing_in_doubt(office, guard, origin, portal):
    portal.fault(Fault("close", method="batch", times=99))
    answer = office.write([RecordWrite(1, {"title": "x"}, origin=origin(1))], guard)[1]
    assert type(answer) is Later
    portal.faults.clear()
    assert office.look(Look(origins=[origin(1)]), guard).origins == {origin(1): []}


@pytest.mark.parametrize("code", ["QUERY_LIMIT_EXCEEDED", "NO_AUTH_FOUND"])
def test_a_write_done_by_half_is_in_doubt_whatever_stopped_it(office, guard, portal, code):
    office.catalogue()
    records = [RecordId(str(portal.create(2, {"title": "x"}))) for _ in range(2)]
    portal.fault(Fault("error", code=code, times=99, method="batch"))
    writes = [
        RecordWrite(n, fields, one)
        for n, (one, fields) in enumerate(zip(records, ({"rows": ()}, {"title": "y"}), strict=True))
    ]
    answers = office.write(writes, guard)
    assert type(answers[0]) is Unanswered
    assert type(answers[1]) in (Later, AuthLost)


def test_a_busy_portal_is_asked_again_after_a_pause(office, guard, portal, time):
    portal.fault(Fault("error", code="QUERY_LIMIT_EXCEEDED", times=2))
    key = MatchKey("email", "a@b.ru")
    assert office.look(Look(keys=[key]), guard).keys == {key: []}
    assert time.slept == [1.0, 2.0]
    assert guard.calls == 3


def test_the_budget_is_asked_before_every_request_and_waited_for(office, guard, portal, purse, time):
    purse.wait = 0.5
    office.look(Look(keys=[MatchKey("email", f"{n}@b.ru") for n in range(120)]), guard)
    assert portal.counters.requests == 3
    assert len(purse.taken) == 3
    assert time.slept == [0.5, 0.5, 0.5]
    assert {taken[0] for taken in purse.taken} == {office.client.host}


@pytest.mark.covers("C47")
def test_a_burst_within_the_budget_meets_no_limit(server, kit, portal, purse, guard):
    portal.settings.plan = "standard"
    office = connect({}, {"webhook": server.webhook_url}, kit)
    office.look(Look(keys=[MatchKey("email", "a@b.ru")]), guard)
    assert purse.taken == [(office.client.host, 2.0, 25)]
    office.close()


@pytest.mark.covers("C48")
def test_a_method_out_of_time_rests_until_its_window_moves(server, kit, portal, guard, origin, time):
    portal.settings.plan = "standard"
    portal.settings.costs = {"crm.item.add": 300.0}
    portal.settings.request_limit = 10_000
    office = connect({}, {"webhook": server.webhook_url}, kit)
    office.catalogue()
    writes = [RecordWrite(n, {"title": "x"}, origin=origin(n)) for n in range(3)]
    answers = office.write(writes, guard)
    assert [type(answers[n]) for n in range(3)] == [Wrote, Wrote, Later]
    assert office.client.operating["crm.item.add"] == 600.0
    assert timedelta(minutes=9) <= answers[2].after <= timedelta(minutes=10)
    portal.reset_counters()
    again = office.write([writes[2]], guard)[2]
    assert type(again) is Later
    assert portal.counters.requests == 0
    record = RecordId(answers[0].after.id)
    assert office.write([RecordWrite(8, {"title": "y"}, record=record)], guard)[8].after.title == "y"
    time.sleep(answers[2].after.total_seconds())
    assert isinstance(office.write([writes[2]], guard)[2], Wrote)
    office.close()


@pytest.mark.covers("C72")
def test_a_missing_scope_is_named(office, guard, portal, origin):
    portal.settings.scopes = ("user_brief",)
    seen = office.look(Look(keys=[MatchKey("email", "a@b.ru")]), guard)
    [problem] = seen.keys.values()
    assert type(problem) is Misconfigured
    assert "`crm`" in problem.text.en
    assert "`crm`" in problem.text.ru


@pytest.mark.covers("R221", "R222", "R223", "R224", "R242", "R243")
@pytest.mark.parametrize("told", ["", "/", "/batch", "/batch.json", "/batch.json/", "/  "])
def test_a_webhook_pasted_in_any_of_its_forms_is_asked_for_batches(told, canned, kit, guard):
    office = connect({}, {"webhook": canned.url.rstrip("/") + told}, kit)
    canned.say({"error": "OVERLOAD_LIMIT"}, 503)
    office.look(Look(keys=[MatchKey("email", "a@b.ru")]), guard)
    assert {path for path, _ in canned.asked} == {"/crm-box/rest/1/s3cr3tcode/batch.json"}
    office.close()


@pytest.mark.covers("R244")
def test_another_employees_number_is_refused_and_said(server, kit, portal):
    office = connect({}, {"webhook": server.webhook_url.replace("/rest/1/", "/rest/9/")}, kit)
    [finding] = office.check()
    assert finding.level is Level.BAD
    assert "вебхук" in finding.text.ru
    assert portal.settings.code not in finding.text.ru
    office.close()


def test_a_wrong_code_is_auth_lost(server, kit, guard):
    office = connect({}, {"webhook": f"{server.url}/rest/1/wr0ngc0de"}, kit)
    [answer] = office.look(Look(keys=[MatchKey("email", "a@b.ru")]), guard).keys.values()
    assert type(answer) is AuthLost
    office.close()


def test_a_portal_out_of_reach_is_later(server, kit, guard):
    office = connect({}, {"webhook": "http://127.0.0.1:9/rest/1/s3cr3tcode/"}, kit)
    seen = office.look(Look(keys=[MatchKey("email", f"{n}@b.ru") for n in range(60)]), guard)
    assert {type(answer) for answer in seen.keys.values()} == {Later}
    assert office.client.requests == 1
    office.close()


@pytest.mark.covers("R246")
@pytest.mark.parametrize(("fault", "problem"), FAULTS, ids=NAMES)
def test_the_webhook_is_never_shown(fault, problem, office, guard, portal, caplog):
    caplog.set_level(logging.DEBUG)
    portal.fault(replace(fault, description=f"<b>No</b> at http://x/rest/1/{portal.settings.code}/batch.json<br>"))
    [answer] = office.look(Look(keys=[MatchKey("email", "a@b.ru")]), guard).keys.values()
    chain, shown = answer, ""
    while chain is not None:
        shown += f"{chain!r} {chain} "
        chain = chain.__cause__ or chain.__context__
    logged = " ".join(line.getMessage() for line in caplog.records if not line.name.startswith("uvicorn"))
    shown += answer.text.en + answer.text.ru + logged + repr(office) + repr(office.client)
    assert portal.settings.code not in shown
    assert "<b>" not in shown


@pytest.mark.covers("R243")
@pytest.mark.parametrize(
    "webhook",
    [
        "",
        "s3cr3t",
        "https://p.bitrix24.ru/",
        "https://p.bitrix24.ru/rest/s3cr3t/",
        "ftp://p/rest/1/s3cr3t/",
        "p.bitrix24.ru/rest/1/s3cr3t/",
        "https://p.bitrix24.ru/rest/1/s3cr3t/crm.deal.list.json",
    ],
)
def test_an_address_that_is_no_webhook_is_refused_unseen(webhook, kit):
    with pytest.raises(Misconfigured) as refused:
        connect({}, {"webhook": webhook}, kit)
    assert "s3cr3t" not in str(refused.value) + refused.value.text.ru


@pytest.mark.parametrize("settings", [{"plan": "gold"}, {"timezone": "Mars/Olympus"}, {"timezone": "../etc"}])
def test_a_bad_setting_is_refused(settings, kit):
    with pytest.raises(Misconfigured):
        connect(settings, {"webhook": "https://p.bitrix24.ru/rest/1/code/"}, kit)


def test_a_lost_right_is_not_a_deletion(office, guard, portal):
    portal.fault(Fault("refuse", method="crm.item.get", status=400, code="ACCESS_DENIED", description="Access denied"))
    seen = office.look(Look(records=[RecordId("5")]), guard)
    assert type(seen.records["5"]) is Rejected
    assert type(office.look(Look(records=[RecordId("5")]), free).records["5"]) is Gone
