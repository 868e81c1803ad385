import json
import re
from pathlib import Path

import pytest


def edit(name: str, old: str, new: str) -> int:
    """Change a file, and return the line the change is on."""
    text = Path(name).read_text("utf-8")
    assert old in text
    Path(name).write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.covers("C25", "C72")
def test_a_broken_profile_is_told_by_file_and_line(connected):
    line = edit("print.toml", 'stage = ["C2:NEW"]', 'stage = ["C2:NWE"]')
    said = connected.fails("profile", "check", "print.toml").out
    assert re.search(rf"^print\.toml:{line}: error: .*C2:NWE", said, re.MULTILINE)
    refused = connected.fails("profile", "apply", "print.toml", "--yes")
    assert f"print.toml:{line}: error" in refused.out
    assert "There is no profile" not in connected.ok("profile", "list").out
    assert "No profile is applied" in connected.ok("profile", "list").out


def test_no_toml_at_all(connected):
    Path("bad.toml").write_text("schema = \n", "utf-8")
    assert "bad.toml:1: error" in connected.fails("profile", "check", "bad.toml").out
    assert "cannot be read" in connected.fails("profile", "check", "nowhere.toml").err
    Path("latin.toml").write_bytes("цена".encode("cp1251"))
    assert "UTF-8" in connected.fails("profile", "check", "latin.toml").err


def test_what_cannot_be_written_is_told_in_russian(connected):
    draft = ("profile", "new", "print", "--store", "shop", "--portal", "b24", "--out", "nowhere/print.toml")
    said = connected.fails(*draft, env={"SVERKA_LANG": "ru"}).err
    assert "nowhere/print.toml: нет такого файла или папки" in said


def test_checked_without_a_hub(connected, monkeypatch, tmp_path):
    profile = Path("print.toml").resolve()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    ran = connected.ok("profile", "check", profile)
    assert "No hub is here" in ran.err
    assert not list(Path().iterdir())


def test_offline_asks_nobody(connected, portal):
    before = portal.counters.requests
    edit("print.toml", 'stage = ["C2:NEW"]', 'stage = ["C2:NWE"]')
    connected.fails("profile", "check", "--offline", "print.toml")
    assert portal.counters.requests == before


def test_two_profiles_of_one_name(connected):
    Path("copy.toml").write_text(Path("print.toml").read_text("utf-8"), "utf-8")
    assert "must be unique" in connected.fails("profile", "check", "print.toml", "copy.toml").out


def test_an_existing_file_is_not_overwritten(connected):
    before = Path("print.toml").read_bytes()
    draft = ("profile", "new", "print", "--store", "shop", "--portal", "b24", "--out", "print.toml")
    assert "exists" in connected.fails(*draft).err
    assert Path("print.toml").read_bytes() == before
    assert "is not a store" in connected.fails("profile", "new", "x", "--store", "b24", "--portal", "b24").err


@pytest.mark.covers("C11")
def test_preview_writes_nothing_and_counts_what_is_held(applied, place, portal, site):
    place()
    held = place(statusId="P")
    writes = portal.counters.writes
    said = applied.fails("profile", "preview", "print").out
    counts = dict(re.findall(r"^(.+?): +(\d+)$", said, re.MULTILINE))
    assert counts["Orders looked at"] == "2"
    assert counts["Records to be made"] == "1"
    assert counts["Orders held or different"] == "1"
    assert f"{held} " in said
    assert "the status 'P' has no stage" in said
    assert portal.counters.writes == writes
    assert "No order has a record yet" in applied.ok("order", "list").out
    alone = applied.ok("profile", "preview", "print", "--order", "shop/1").out
    assert held not in alone
    newest = applied.fails("profile", "preview", "print", "--last", 1).out
    assert held in newest
    assert "shop/1" not in newest


def test_preview_of_something_else(applied):
    assert "neither a file nor an applied profile" in applied.fails("profile", "preview", "nothing").err


@pytest.mark.covers("R84", "R146", "R256")
def test_applying_rings_for_what_was_held(applied, place, portal):
    order = place(statusId="P")
    applied.ok("order", "sync", order)
    assert "'P' has no stage" in applied.ok("order", "list", "--differences").out
    edit("print.toml", '# { status = "P", stage = ["…"] }', '{ status = "P", stage = ["C2:EXECUTING"] }')
    said = applied.ok("profile", "apply", "print.toml", "--yes").out
    assert "will be looked at again: 1" in said
    assert "print v2 is in force" in said
    assert "Rang for 1 orders." in said
    (queue,) = json.loads(applied.ok("status", "--json").out)["waiting"]
    assert (queue["visits"], queue["lane"]) == (1, "sweep"), "however many there are, live orders go before them"
    assert "within seconds" in said
    applied.ok("order", "sync", order)
    deals = portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]
    assert [deal["stageId"] for deal in deals] == ["C2:EXECUTING"]
    assert "Nothing differs" in applied.ok("order", "list", "--differences").out


def test_applying_tells_how_many_orders_are_touched(applied, place):
    applied.ok("order", "sync", place())
    edit("print.toml", 'stage = ["C2:NEW"]', 'stage = ["C2:NEW", "C2:PREPARATION"]')
    said = applied.ok("profile", "apply", "print.toml", "--yes").out
    assert "have a record under this profile: 1" in said
    assert "no longer in agreement" not in said, "a map that only grew forgets nothing"
    edit("print.toml", 'stage = ["C2:NEW", "C2:PREPARATION"]', 'stage = ["C2:PREPARATION"]')
    assert "no longer in agreement under this document: 1" in applied.ok("profile", "apply", "print.toml", "--yes").out


def test_nobody_is_there_to_confirm(connected):
    assert "add --yes" in connected.fails("profile", "apply", "print.toml").err
    assert "No profile is applied" in connected.ok("profile", "list").out


def test_an_applied_profile_stays_with_its_sides(applied, site_server):
    applied.ok("connect", "store", "other", "--kind", "bitrix_site", "--webhook", site_server.webhook_url)
    edit("print.toml", 'store = "shop"', 'store = "other"')
    assert "another name" in applied.fails("profile", "apply", "print.toml", "--yes").err


@pytest.mark.covers("R36")
def test_pause_and_resume(applied, place, portal):
    order = place()
    applied.ok("profile", "pause", "print")
    assert applied("status").code == 1
    applied.fails("order", "sync", order)
    assert portal.call("crm.item.list", {"entityTypeId": 2}).result["items"] == []
    applied.ok("profile", "resume", "print")
    assert "was not stopped" in applied.ok("profile", "resume", "print").out
    applied.ok("order", "sync", order)
    assert len(portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]) == 1


def test_show_prints_the_document(applied):
    assert applied.ok("profile", "show", "print").out == Path("print.toml").read_text("utf-8")
    assert "there are: print" in applied.fails("profile", "show", "nobody").err


@pytest.mark.parametrize("name", ["print", "print.toml"])
def test_preview_takes_a_file_or_a_name(applied, place, name):
    place()
    assert "Records to be made:" in applied.ok("profile", "preview", name).out


def test_check_takes_the_name_of_an_applied_profile(applied):
    Path("print.toml").unlink()
    assert "print: can be applied." in applied.ok("profile", "check", "print").out
    assert "cannot be read" in applied.fails("profile", "check", "nothing").err


def test_apply_says_each_problem_once(connected):
    edit("print.toml", 'stage = ["C2:NEW"]', 'stage = ["C2:NWE"]')
    edit("print.toml", "schema = 1", "schema = 1\ncolour = 1")
    said = connected.fails("profile", "apply", "print.toml", "--yes").out
    told = [one for one in said.splitlines() if ": error:" in one]
    assert told
    assert len(told) == len(set(told))
