import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sverka.cli.order.show import show_differences
from sverka.connectors.bitrix_site.store import BitrixSite
from sverka.connectors.kit import MakesNoOrders
from sverka.domain.ids import OrderRef, ProfileName
from sverka.domain.merge.plan import Difference, Why
from sverka.domain.text import Text
from sverka.sandbox.portal import Portal
from sverka.sandbox.portal.faults import Fault
from sverka.storage.conflicts import Shown


def deal(portal: Portal) -> dict:
    return portal.call("crm.item.list", {"entityTypeId": 2}).result["items"][0]


def differ(terminal, portal: Portal, site, order: str) -> None:
    """Let both sides move the status apart; the policy is to ask."""
    terminal.ok("order", "sync", order)
    portal.move_stage(deal(portal)["id"], "C2:WON")
    site.edit(int(order.partition("/")[2]), {"statusId": "P"})
    terminal.ok("order", "sync", order)


def add_paid(path: str = "print.toml") -> None:
    text = Path(path).read_text("utf-8")
    paid = '{ status = "P", stage = ["C2:EXECUTING"] }'
    Path(path).write_text(text.replace('# { status = "P", stage = ["…"] }', paid), "utf-8")


@pytest.mark.covers("R35", "C72")
def test_a_person_decides(connected, place, portal, site):
    add_paid()
    connected.ok("profile", "apply", "print.toml", "--yes")
    order = place()
    differ(connected, portal, site, order)
    shown = connected.ok("order", "show", order).out
    assert "Differs now:" in shown
    assert "store: P" in shown
    assert "record: C2:WON" in shown
    assert "differs" in connected.ok("order", "list").out

    assert "status becomes P" in connected.ok("order", "decide", order, "status", "--winner", "store").out
    assert "Decided: store wins" in connected.ok("order", "show", order).out
    connected.ok("order", "sync", order)
    assert deal(portal)["stageId"] == "C2:EXECUTING"
    assert "Nothing differs." in connected.ok("order", "show", order).out


def test_an_order_is_sent_by_hand(connected, place, portal):
    path = Path("print.toml")
    path.write_text(path.read_text("utf-8") + "\n[switches]\ncreate_deals = false\n", "utf-8")
    connected.ok("profile", "apply", "print.toml", "--yes")
    order = place()
    connected.ok("order", "sync", order)
    assert portal.call("crm.item.list", {"entityTypeId": 2}).result["items"] == []
    said = connected.ok("order", "sync", order, "--send").out
    assert "1 made" in said
    assert "An operator sends" in said
    assert len(portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]) == 1
    assert "nothing to send by hand" in " ".join(connected.ok("order", "sync", order, "--send").text.split())


@pytest.mark.covers("R35")
def test_the_table_of_moves_says_who_decided_and_by_which_row(connected, place, portal, site):
    add_paid()
    connected.ok("profile", "apply", "print.toml", "--yes")
    order = place()
    differ(connected, portal, site, order)
    connected.ok("order", "decide", order, "status", "--winner", "store", "--by", "Anna")
    connected.ok("order", "sync", order)
    portal.move_stage(deal(portal)["id"], "C2:WON")
    connected.ok("order", "sync", order)
    decided, followed = json.loads(connected.ok("order", "moves", order, "--json").out)[-2:]
    assert (decided["side"], decided["row"], decided["rule"], decided["by"]) == ("office", "status", "decision", "Anna")
    assert (followed["side"], followed["field"], followed["rule"]) == ("store", "status", "moved-alone")
    said = connected.ok("order", "moves", order, env={"COLUMNS": "200"}).out
    assert re.search(r"record: stageId +C2:WON → C2:EXECUTING +a person's decision: Anna", said), said
    assert re.search(r"order: status +P → F +only the portal had changed it", said), said


def test_a_story_is_told_in_one_language(applied, place):
    order = place()
    applied.ok("order", "sync", order)
    said = applied.ok("order", "show", order, env={"SVERKA_LANG": "ru", "COLUMNS": "200"}).out
    assert "Звонок, оператор: проверить сейчас" in said
    assert "рождение" in said
    assert not re.search(r"birth|order sync", said), said


@pytest.mark.covers("C21")
def test_a_decision_is_void_once_a_side_has_moved(connected, place, portal, site):
    add_paid()
    connected.ok("profile", "apply", "print.toml", "--yes")
    order = place()
    differ(connected, portal, site, order)
    connected.ok("order", "decide", order, "status", "--winner", "store")
    portal.move_stage(deal(portal)["id"], "C2:UC_QUALITY")
    connected.ok("order", "sync", order)
    assert deal(portal)["stageId"] == "C2:UC_QUALITY"
    found = json.loads(connected.ok("order", "list", "--differences", "--json").out)
    assert [(one["key"], one["office"], one["decided"]) for one in found] == [("status", "C2:UC_QUALITY", None)]


def test_what_cannot_be_decided(applied, place):
    order = place(statusId="P")
    applied.ok("order", "sync", order)
    said = applied.fails("order", "decide", order, "status", "--winner", "store").err
    assert "not a matter of who wins" in said
    assert "has no difference `colour`" in applied.fails("order", "decide", order, "colour", "--winner", "store").err
    assert applied("order", "decide", order, "status", "--winner", "me").code == 2


def test_a_store_that_is_down_puts_the_visit_off(applied, place, site_server):
    order = place()
    site_server.stop()
    ran = applied.fails("order", "sync", order)
    assert "is put off by b24 until" in ran.out
    assert "Traceback" not in ran.text
    assert re.search(r"problem\s+127\.0\.0\.1", ran.out)


def test_orders_nobody_takes(applied, place):
    applied.ok("profile", "stop", "print")
    assert "No profile takes orders of 'shop'" in applied.fails("order", "sync", "shop/1").err
    applied.ok("profile", "start", "print")
    assert "Nothing is known of shop/7" in applied.fails("order", "show", "shop/7").err
    text = Path("print.toml").read_text("utf-8")
    Path("print.toml").write_text(text.replace('# site = ["…"]', 'site = ["elsewhere"]'), "utf-8")
    applied.ok("profile", "apply", "print.toml", "--yes")
    assert "has no record" in applied.ok("order", "sync", place()).err


def test_a_deleted_deal_is_told_and_made_anew_only_when_asked(applied, place, portal):
    order = place()
    applied.ok("order", "sync", order)
    assert "no released record" in applied.fails("order", "sync", order, "--recreate").err
    portal.delete(2, deal(portal)["id"])
    said = applied.ok("order", "sync", order).out
    assert "released" in said
    assert portal.call("crm.item.list", {"entityTypeId": 2}).result["items"] == []
    assert "1 made" in applied.ok("order", "sync", order, "--recreate").out
    assert len(portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]) == 1


def test_several_orders_at_once(applied, place, portal):
    orders = [place() for _ in range(3)]
    said = applied.ok("order", "sync", *orders, orders[0]).out
    assert "3 looked at, 3 made" in said
    listed = json.loads(applied.ok("order", "list", "--json").out)
    assert [one["order"] for one in listed] == orders
    assert len(json.loads(applied.ok("order", "list", "--json", "--limit", 2).out)) == 2


def test_an_order_the_store_has_not_is_said_and_nothing_else(applied):
    ran = applied.fails("order", "sync", "shop/1017")
    assert "There is no order 1017 in the store shop" in ran.err
    assert ran.out == ""
    assert "has no record" not in ran.err


def test_only_what_is_confirmed_is_counted(applied, place, portal):
    applied.ok("order", "sync", place())  # the buyer is known from here on
    order = place()
    portal.fault(Fault("refuse", times=9, method="crm.item.add", status=400, code="ERROR_CORE"))
    said = applied("order", "sync", order).out
    assert "1 looked at, 0 made, 0 fields written" in said


def test_an_interrupted_birth_is_no_birth(applied, place, portal):
    applied.ok("order", "sync", place())  # the buyer is known from here on
    order = place()
    portal.fault(Fault("close", times=9, method="crm.item.add", commands=0))
    ran = applied.fails("order", "sync", order)
    assert "0 made, 0 fields written" in ran.out
    assert "Nothing differs." not in ran.out
    shown = applied.ok("order", "show", order).out
    assert "It has no record yet." in shown
    assert "Nothing differs." not in shown


def test_a_refused_record_shows_no_internal_text(applied, place, portal):
    applied.ok("order", "sync", place())  # the buyer is known from here on
    order = place()
    portal.fault(Fault("refuse", times=9, method="crm.item.add", status=400, code="ERROR_CORE"))
    applied("order", "sync", order)
    [found] = json.loads(applied.ok("order", "list", "--differences", "--json").out)
    assert (found["key"], found["why"]) == ("record", "refused")
    assert (found["store"], found["office"]) == ("—", "—")
    for command in (("order", "show", order), ("order", "show", order, "--json"), ("order", "list", "--differences")):
        assert not re.search(r"\b[0-9a-f]{16}\b", applied.ok(*command).out)
    shown = applied.ok("order", "show", order).out
    assert shown.index("sverka doctor") < shown.index(f"sverka order sync {order}")


def test_what_is_paused_is_named_with_its_cure(applied, place, portal):
    order = place()
    applied.ok("profile", "pause", "print")
    said = applied.fails("order", "sync", order).out
    assert "go on with `sverka profile resume print`" in said
    assert "b24: 0 looked at, 0 made" in said
    applied.ok("profile", "resume", "print")
    portal.revoke_webhook(portal.settings.code)
    said = applied.fails("order", "sync", place()).out
    assert "go on with `sverka connection resume b24`" in said
    assert "profile resume" not in said


@pytest.mark.covers("C72")
@pytest.mark.parametrize(
    ("name", "stage"),
    [("portal", "C2:WON"), ("office", "C2:WON"), ("портал", "C2:WON"), ("магазин", "C2:EXECUTING")],
)
def test_a_conflict_comes_with_its_command(connected, place, portal, site, name, stage):
    add_paid()
    connected.ok("profile", "apply", "print.toml", "--yes")
    order = place()
    differ(connected, portal, site, order)
    command = f"sverka order decide {order} status --winner "
    for shown in (("order", "show", order), ("order", "list", "--differences")):
        out = connected.ok(*shown).out
        assert f"    {command}store\n" in out
        assert f"    {command}portal\n" in out
    connected.ok("order", "decide", order, "status", "--winner", name)
    assert command not in connected.ok("order", "show", order).out
    connected.ok("order", "sync", order)
    assert deal(portal)["stageId"] == stage


def test_the_command_names_the_profile_where_several_differ(capsys):
    conflict = Difference("status", Why.CONFLICT, "N", "WON", Text("Both moved.", "Изменились обе."))
    since = datetime(2026, 1, 1, tzinfo=UTC)
    shown = [Shown(OrderRef.parse("shop/1"), ProfileName(name), conflict, since) for name in ("sales", "works")]
    show_differences(shown)
    several = capsys.readouterr().out
    assert "sverka order decide shop/1 status --winner store --profile sales\n" in several
    assert "sverka order decide shop/1 status --winner portal --profile works\n" in several
    show_differences(shown[:1])
    assert "--profile" not in capsys.readouterr().out


def test_a_deal_without_an_order_is_told_of_readably(connected, portal, monkeypatch):
    """The store cannot make orders, and says so where the deal is looked at; nothing crashes on its name."""
    monkeypatch.setattr(BitrixSite, "create", MakesNoOrders.create)
    path = Path("print.toml")
    path.write_text(path.read_text("utf-8") + '\n[new_order]\nstages = ["C2:NEW"]\n', "utf-8")
    connected.ok("profile", "apply", "print.toml", "--yes")
    fields = {"title": "By hand", "categoryId": 2, "stageId": "C2:NEW"}
    portal.call("crm.item.add", {"entityTypeId": 2, "fields": fields})
    record = f"@b24/{deal(portal)['id']}"
    said = connected.ok("order", "sync", record).out
    assert "1 looked at, 0 made" in said
    assert "cannot make orders" in said.replace("\n", " ")
    assert record in connected.ok("order", "list", "--differences").out
    assert record in connected.ok("order", "show", record).out
    assert "is a record without an order" in connected.fails("profile", "preview", "print", "--order", record).out
    portal.move_stage(deal(portal)["id"], "C2:WON")
    said = connected.ok("order", "sync", record).out
    assert f"{record} is a record of the portal" in said
    assert "No profile makes an order" in said.replace("\n", " ")
    assert f"{record} is a record of the portal" in connected.ok("order", "show", record).out
    assert record not in connected.ok("order", "list", "--differences").out
    assert "There is no record b24/999" in connected.fails("order", "sync", "@b24/999").err


def test_a_profile_for_a_store_that_cannot_make_orders_is_not_applied(connected, monkeypatch):
    monkeypatch.setattr(BitrixSite, "can", replace(BitrixSite.can, keeps_mark=False))
    path = Path("print.toml")
    path.write_text(path.read_text("utf-8") + '\n[new_order]\nstages = ["C2:NEW"]\n', "utf-8")
    assert "cannot make orders" in connected.fails("profile", "apply", "print.toml", "--yes").text


def test_what_waits_to_be_looked_at_is_said_beside_what_differs(applied, place, site):
    waits = "Orders that wait to be looked at"
    order = place()
    assert waits not in applied.ok("order", "list", "--differences").out
    applied.ok("sweep")
    assert f"{waits}, so that more may differ: 1." in applied.ok("order", "list", "--differences").out
    applied.ok("order", "sync", order)
    assert waits not in applied.ok("order", "list", "--differences").out
    site.edit(int(order.partition("/")[2]), {"comments": "x"})
    applied.ok("sweep")
    assert "It waits to be looked at" in applied.ok("order", "show", order).out


def test_names_that_nobody_knows_are_told_with_those_there_are(applied, place):
    assert "There is no profile 'other'; there are: print." in applied.fails("profile", "moves", "other").err
    assert "There is no store 'nope'; there are: shop." in applied.fails("order", "moves", "nope/1").err
    assert "Nothing is known of shop/1" in applied.fails("order", "moves", "shop/1").err
    assert "There is no store 'nope'; there are: shop." in applied.fails("order", "show", "nope/1").err
    assert "There is no store 'nope'; there are: shop." in applied.fails("order", "sync", "nope/1").err
    order = place(statusId="P")
    applied("order", "sync", order)
    assert "Nothing was written yet" in applied.ok("order", "moves", order).out
