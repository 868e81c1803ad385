import json
import re
from pathlib import Path

import pytest

from sverka.cli.home import at_home
from sverka.domain.text import Text


def test_status_of_a_hub_at_rest(applied, place):
    applied.ok("order", "sync", place())
    state = json.loads(applied.ok("status", "--json").out)
    assert state["ok"] is True
    assert state["bound_orders"] == 1
    assert state["waiting"] == []
    assert state["open_intents"] == 0
    [budget] = state["budgets"]
    assert budget["connection"] == "b24"
    assert 0 < budget["free"] <= budget["burst"] == 100
    assert "All is well." in applied.ok("status").out


@pytest.mark.covers("R129", "C75")
def test_what_waits_too_long_is_exit_code_1(applied, place):
    place()
    assert "1 orders queued" in applied.ok("sweep", "shop").out
    said = applied.fails("status", "--max-lag-minutes", 0).out
    assert re.search(r"b24 +sweep +1 ", said)
    assert "is `sverka up` running?" in said
    state = json.loads(applied.ok("status", "--json").out)
    assert [(one["office"], one["lane"], one["visits"]) for one in state["waiting"]] == [("b24", "sweep", 1)]
    assert state["waiting"][0]["oldest_seconds"] >= 0


def test_a_spent_budget_is_shown(applied, place, portal_server):
    applied.ok("connect", "portal", "b24", "--plan", "standard")
    before = json.loads(applied("status", "--json").out)["budgets"][0]
    assert before["burst"] == 25
    for _ in range(4):
        applied("doctor")
    after = json.loads(applied("status", "--json").out)["budgets"][0]
    assert after["free"] < 25


def test_differences_are_counted_by_reason(applied, place):
    applied.ok("order", "sync", place(statusId="P"))
    assert json.loads(applied.ok("status", "--json").out)["differences"] == {"unmapped": 1}
    assert "no counterpart in the profile: 1" in applied.ok("status").out


def test_sweep_compares_everything_on_demand(applied, place):
    applied.ok("order", "sync", place())
    assert "1 orders queued in all" in applied.ok("sweep", "--all").out
    assert "There is no connection" in applied.fails("sweep", "nobody").err


def test_a_side_that_is_down_fails_its_sweep_alone(applied, place, site_server):
    site_server.stop()
    ran = applied.fails("sweep")
    assert "shop: 127.0.0.1" in ran.out
    assert "b24: 0 orders queued" in ran.out


@pytest.mark.covers("R167")
def test_doctor_finds_a_stage_that_was_removed(applied, portal):
    assert "Nothing stands in the way." in applied.ok("doctor").out
    stage = next(one for one in portal.core.state.stages(2, 2) if one.status_id == "C2:NEW")
    del portal.core.state.statuses[stage.id]
    said = applied.fails("doctor").out
    line = Path("print.toml").read_text("utf-8").split('stage = ["C2:NEW"]')[0].count("\n") + 1
    assert re.search(rf"^print:{line}: error: .*C2:NEW", said, re.MULTILINE)
    assert "Needs attention: print." in said


@pytest.mark.covers("R167")
def test_doctor_finds_missing_rights(applied, portal):
    portal.settings.scopes = ("user_brief",)
    said = applied.fails("doctor").out
    assert "lacks the scope `crm`" in said or "b24" in said.splitlines()[-1]
    assert "Needs attention: b24" in said


def test_doctor_of_an_empty_hub(sverka):
    sverka.ok("init")
    said = sverka.ok("doctor").out
    assert "Nothing is connected" in said
    assert "No profile is applied" in said


def test_all_is_not_well_while_differences_wait(applied, place):
    applied.ok("order", "sync", place(statusId="P"))
    said = applied.ok("status").out
    assert "Works; 1 difference waits for you." in said
    assert "All is well." not in said


def test_an_unfinished_hub_says_what_comes_next(sverka, portal_server, site_server):
    sverka.ok("init")
    steps = (
        ("sverka connect portal b24", ("connect", "portal", "b24", "--webhook", portal_server.webhook_url)),
        (
            "sverka connect store",
            ("connect", "store", "s", "--kind", "bitrix_site", "--webhook", site_server.webhook_url),
        ),
        ("sverka profile new orders --store s --portal b24", ()),
    )
    for command, act in steps:
        for ran in (sverka.ok("status"), sverka.ok("doctor")):
            assert "Set-up is not finished:" in ran.out
            assert f"Next: `{command}" in ran.out
            assert not {"All is well.", "Nothing stands in the way."} & set(ran.out.splitlines())
        if act:
            sverka.ok(*act)
    assert json.loads(sverka.ok("status", "--json").out)["unfinished"]


@pytest.mark.covers("C75")
def test_a_shop_that_does_not_answer_is_told_until_it_does(applied):
    with at_home() as house:
        house.storage.note_trouble("shop", Text("shop.example cannot be reached.", "Нет связи."), house.clock.now())
    assert "shop: shop.example cannot be reached." in applied.fails("status").out
    assert "cannot be reached" in applied.ok("connection", "list").out
    with at_home() as house:
        house.storage.clear_trouble("shop")
    assert "cannot be reached" not in applied.ok("status").out


def test_what_is_only_kept_differently_waits_for_nobody(applied, place):
    document = Path("print.toml").read_text("utf-8")
    taken = '"comment.manager" = { to = "comments", way = "<-" }'
    Path("print.toml").write_text(document.replace("[fields]", f"[fields]\n{taken}"), "utf-8")
    applied.ok("profile", "apply", "print.toml", "--yes")
    order = place(comments="Call first")
    applied.ok("order", "sync", order)
    said = applied.ok("status").out
    assert "Differences, kept differently: 1" in said
    assert "All is well." in said
    assert "comment.manager" in applied.ok("profile", "preview", "print", "--order", order).out
