"""A profile that is changed, switched off and looked into."""

import json
import re
from pathlib import Path

import pytest


def edit(name: str, old: str, new: str) -> None:
    text = Path(name).read_text("utf-8")
    assert old in text
    Path(name).write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def changed(applied, place):
    """A hub with two orders bound, and a document that gives their status another stage."""
    orders = [place(), place()]
    applied.ok("order", "sync", *orders)
    edit("print.toml", 'stage = ["C2:NEW"]', 'stage = ["C2:PREPARATION"]')
    return orders


def stages(portal) -> set[str]:
    return {deal["stageId"] for deal in portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]}


@pytest.mark.covers("R36")
def test_a_change_is_previewed_on_the_orders_it_touches(applied, changed, portal):
    writes = portal.counters.writes
    said = applied.fails("profile", "preview", "print.toml", "--bound").out
    counts = dict(re.findall(r"^(.+?): +(\d+)$", said, re.MULTILINE))
    assert counts["Orders looked at"] == "2"
    assert re.search(r"^ *status +2 *$", said, re.MULTILINE), said
    assert "Nothing was written" in said
    assert portal.counters.writes == writes
    as_it_is = applied.ok("profile", "preview", "print", "--bound").out
    assert "Asked about" not in as_it_is


def test_unless_told_otherwise_a_person_is_asked(applied, changed, portal):
    said = applied.ok("profile", "apply", "print.toml", "--yes").out
    assert "no longer in agreement under this document: 2" in said
    assert "--recompute" in said
    applied("order", "sync", *changed)
    assert stages(portal) == {"C2:NEW"}
    assert "choose which value is right" in applied.ok("order", "list", "--differences").out


def test_kept_everything_stays_as_it_is(applied, changed, portal, site):
    assert "Rang for 2 orders" in applied.ok("profile", "apply", "print.toml", "--keep", "--yes").out
    applied.ok("order", "sync", *changed)
    assert stages(portal) == {"C2:NEW"}
    assert "choose which value is right" not in applied.ok("order", "list", "--differences").out


@pytest.mark.covers("R35")
def test_recomputed_the_new_map_is_carried_over_and_the_table_says_why(applied, changed, portal):
    applied.ok("profile", "apply", "print.toml", "--recompute", "--yes")
    applied.ok("order", "sync", *changed)
    assert stages(portal) == {"C2:PREPARATION"}
    assert "Nothing differs" in applied.ok("order", "list", "--differences").out
    moves = json.loads(applied.ok("order", "moves", changed[0], "--json").out)
    last = moves[-1]
    assert (last["field"], last["before"], last["after"]) == ("stageId", "C2:NEW", "C2:PREPARATION")
    assert (last["rule"], last["profile"]) == ("moved-alone", "print v2")
    assert {one["profile"] for one in moves[:-1]} == {"print v1"}
    assert {one["rule"] for one in moves[:-1]} == {"birth"}
    every = json.loads(applied.ok("profile", "moves", "print", "--field", "stageId", "--json").out)
    assert [one["after"] for one in every] == ["C2:NEW", "C2:NEW", "C2:PREPARATION", "C2:PREPARATION"]
    said = applied.ok("profile", "moves", "print", "--limit", 1, env={"COLUMNS": "200"}).out
    assert "only the store had changed it" in said
    assert "status, print v2" in said
    assert (last["side"], last["row"], last["by"]) == ("office", "status", "")
    narrow = applied.ok("order", "moves", changed[0], env={"COLUMNS": "80"}).out
    assert re.search(r" opportunity +— → ", narrow), narrow
    assert "Nothing was written yet" in applied.ok("profile", "moves", "print", "--since", "2100-01-01").out


def test_keep_and_recompute_are_not_both(applied):
    assert applied("profile", "apply", "print.toml", "--keep", "--recompute").code == 2


@pytest.mark.covers("R35", "C24")
def test_a_profile_is_shown_as_a_table_in_words(connected):
    edit("print.toml", '# site = ["…"]', 'client = "organisation"\n"delivery.region" = { starts = ["моск", "тул"] }')
    connected.ok("profile", "apply", "print.toml", "--yes")
    said = connected.ok("profile", "show", "print", "--table", env={"COLUMNS": "200"}).out
    assert "is Организация / organisation (organisation)" in said
    assert "Region of delivery (delivery.region) begins with моск or тул" in said
    assert re.search(r"Принят, ожидается оплата \(N\) +.*\(C2:NEW\)", said), said
    assert re.search(r"Total \(total\) +→ .*\(opportunity\) +goes one way", said), said
    assert "[status]" in connected.ok("profile", "show", "print").out


@pytest.mark.covers("R36", "R154", "R239")
def test_a_profile_is_switched_off_and_on(applied, place, portal):
    bound = place()
    applied.ok("order", "sync", bound)
    assert "switched off" in applied.ok("profile", "stop", "print").out
    assert "switched off" in applied.ok("profile", "list").out
    later, asked = place(), portal.counters.requests
    applied("order", "sync", later)
    assert portal.counters.requests == asked, "no traffic at all"
    assert len(portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]) == 1
    assert "already" in applied.ok("profile", "stop", "print").out
    assert "rang for 1 orders" in applied.ok("profile", "start", "print").out
    assert "is not switched off" in applied.ok("profile", "start", "print").out
    applied.ok("order", "sync", later)
    assert len(portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]) == 2
    assert "There is no profile" in applied.fails("profile", "stop", "other").err


@pytest.mark.covers("R98", "R101", "R102", "R109", "R299", "R301")
def test_employees_are_found_by_name_with_their_ids(connected, portal):
    everybody = connected.ok("portal", "people").out
    user = portal.core.state.users[6]
    assert f"{user.name} {user.last_name}" in everybody
    (one,) = json.loads(connected.ok("portal", "people", user.last_name, "--json").out)
    assert (one.keys(), one["id"]) == ({"id", "name", "position"}, str(user.id))
    assert user.last_name in one["name"]
    assert json.loads(connected.ok("portal", "people", "Nobody", "--json").out) == []
    said = connected.ok("portal", "people", user.last_name).out
    assert re.search(rf"^ *6 +{user.name} {user.last_name}", said, re.MULTILINE), said
    assert "Company structure" in said
    assert "Nobody of that name" in connected.ok("portal", "people", "Nobody").out
    user.active = False
    assert user.last_name not in connected.ok("portal", "people").out
    assert "is not a portal" in connected.fails("portal", "people", "--portal", "shop").err


@pytest.mark.covers("R98", "R103", "R300")
def test_a_dismissed_or_unknown_employee_is_told_by_name(connected, portal):
    user = portal.core.state.users[6]
    edit("print.toml", "# responsible = 1", 'responsible = "https://b24.example/company/personal/user/6/"')
    connected.ok("profile", "check", "print.toml")
    user.active = False
    said = connected.fails("profile", "check", "print.toml").out
    assert f"{user.name} {user.last_name} (employee 6) was dismissed" in said
    edit("print.toml", '"https://b24.example/company/personal/user/6/"', "[1, 777]")
    assert "the portal has no employee 777" in connected.fails("profile", "check", "print.toml").out
    user.active = True
    edit("print.toml", "[1, 777]", "1")
    with Path("print.toml").open("a", encoding="utf-8") as file:
        file.write("[invoice]\nresponsible = 6\n")
    connected.ok("profile", "check", "print.toml")
    portal.core.state.users[9].active = False
    edit("print.toml", "responsible = 6\n", "responsible = [6, 9, 888]\n")
    said = connected.fails("profile", "check", "print.toml").out
    assert "(employee 9) was dismissed" in said
    assert "the portal has no employee 888" in said
