import json
import re
from pathlib import Path

from sverka.sandbox.portal import Portal


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
    assert "No profile takes orders of 'other'" in applied.fails("order", "sync", "other/1").err
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
