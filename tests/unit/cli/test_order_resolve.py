"""Many differences answered at once, as a person does it, and listed for a spreadsheet."""

import csv
import io
import json
from pathlib import Path

import pytest

from sverka.cli.order.list import _cell
from sverka.sandbox.portal import Portal
from sverka.sandbox.portal.faults import Fault
from sverka.storage.conflicts import Differences


def deals(portal: Portal) -> dict[str, dict]:
    rows = portal.call("crm.item.list", {"entityTypeId": 2}).result["items"]
    return {str(row["originId"]).rpartition("/")[0]: row for row in rows}


@pytest.fixture
def differing(connected, place, portal, site):
    """Three orders whose status both sides have moved apart."""
    text = Path("print.toml").read_text("utf-8")
    paid = '{ status = "P", stage = ["C2:EXECUTING"] }'
    text = text.replace('# { status = "P", stage = ["…"] }', paid)
    Path("print.toml").write_text(text, "utf-8")
    connected.ok("profile", "apply", "print.toml", "--yes")
    orders = [place() for _ in range(3)]
    connected.ok("order", "sync", *orders)
    for order in orders:
        portal.move_stage(deals(portal)[order]["id"], "C2:WON")
        site.edit(int(order.partition("/")[2]), {"statusId": "P"})
    connected.ok("order", "sync", *orders)
    return orders


def stages(portal: Portal) -> set[str]:
    return {row["stageId"] for row in deals(portal).values()}


@pytest.mark.covers("R35", "C72", "C73")
def test_one_command_answers_them_all_and_the_journal_says_who(connected, differing, portal):
    asked = connected.fails("order", "resolve", "--all", "--field", "status", "--take", "store")
    assert "Differences: 3 (both sides moved: 3)" in asked.out
    assert "The store's value stays in each." in asked.out
    assert "add --yes" in asked.err
    assert "Differs now:" in connected.ok("order", "show", differing[0]).out, "nothing is done before a yes"

    done = connected.ok("order", "resolve", "--all", "--take", "store", "--by", "Anna", "--yes").out
    assert "Answered: 3." in done
    connected.ok("order", "sync", *differing)
    assert stages(portal) == {"C2:EXECUTING"}
    story = json.loads(connected.ok("order", "show", differing[1], "--json").out)["timeline"]
    (answer,) = [one for one in story if one["rule"] == "K22"]
    assert answer["text"] == "Anna decided on `status` (store P, portal C2:WON): the store's value stays."


def test_only_what_the_filters_let_through_is_answered(connected, differing):
    resolve = ("order", "resolve", "--take", "portal", "--yes")
    assert "Nothing to answer." in connected.ok(*resolve, "--all", "--store", "another").out
    assert "Nothing to answer." in connected.ok(*resolve, "--all", "--profile", "another").out
    assert "Nothing to answer." in connected.ok(*resolve, "--all", "--field", "total").out
    assert "Nothing to answer." in connected.ok(*resolve, "--all", "--older-than", "1d").out
    assert "Answered: 1." in connected.ok(*resolve, differing[0]).out
    assert "Answered: 3." in connected.ok(*resolve, "--all", "--why", "conflict", "--older-than", "0m").out


def test_an_answer_is_void_once_a_side_has_moved_and_its_count_is_told(connected, differing, portal, site):
    connected.ok("order", "resolve", "--all", "--take", "store", "--yes")
    moved = differing[0]
    portal.move_stage(deals(portal)[moved]["id"], "C2:UC_QUALITY")
    connected.ok("order", "sync", *differing)
    assert deals(portal)[moved]["stageId"] == "C2:UC_QUALITY"
    assert "The answer about `status` is void" in connected.ok("order", "show", moved).out
    left = json.loads(connected.ok("order", "list", "--differences", "--json").out)
    assert [(one["order"], one["decided"]) for one in left] == [(moved, None)]


def test_what_moves_between_the_look_and_the_answer_is_told_as_void(connected, differing, monkeypatch):
    decide = Differences.decide
    gone = differing[1]

    def moved_meanwhile(self, order, *more):
        if str(order) == gone:
            self.retry(order)
            return False
        return decide(self, order, *more)

    monkeypatch.setattr(Differences, "decide", moved_meanwhile)
    said = connected.fails("order", "resolve", "--all", "--take", "store", "--yes").out
    assert "Answered: 2." in said
    assert f"Void, because a side has moved meanwhile: 1 ({gone})" in said


@pytest.mark.covers("C73")
def test_both_sides_are_left_as_they_are_until_one_moves(connected, differing, portal, site):
    writes = portal.counters.writes
    assert "both stay as they are" not in connected.ok("order", "show", differing[0]).out
    connected.ok("order", "resolve", "--all", "--leave", "--yes")
    assert "Decided: both stay as they are." in connected.ok("order", "show", differing[0]).out
    connected.ok("order", "sync", *differing)
    assert portal.counters.writes == writes
    assert stages(portal) == {"C2:WON"}
    assert json.loads(connected.ok("order", "list", "--why", "conflict", "--json").out) == []
    assert "All is well" in connected.ok("status").out
    portal.move_stage(deals(portal)[differing[0]]["id"], "C2:EXECUTING")
    portal.move_stage(deals(portal)[differing[0]]["id"], "C2:WON")
    connected.ok("order", "sync", *differing)
    portal.move_stage(deals(portal)[differing[0]]["id"], "C2:NEW")
    connected.ok("order", "sync", *differing)
    assert str(site.order(int(differing[0].partition("/")[2]))["statusId"]) == "N"


def test_what_has_no_counterpart_can_be_left_too_but_no_order_without_a_record(applied, place, portal, site):
    order = place()
    applied.ok("order", "sync", order)
    site.edit(int(order.partition("/")[2]), {"statusId": "P"})
    held = place(statusId="P")
    applied.ok("order", "sync", order, held)
    said = applied.ok("order", "resolve", "--all", "--why", "unmapped", "--leave", "--yes").out
    assert "Passed over: 1, about a whole order" in said
    assert "Answered: 1." in said
    applied.ok("order", "sync", order, held)
    left = json.loads(applied.ok("order", "list", "--differences", "--json").out)
    assert {(one["order"], one["why"]) for one in left} == {(order, "kept"), (held, "unmapped")}


@pytest.mark.covers("C19", "C43")
def test_held_orders_are_tried_again_together(applied, place, portal):
    orders = [place() for _ in range(3)]
    portal.fault(
        Fault("refuse", method="crm.item.productrow.set", keys=("c0",), status=400, code="ERROR_CORE", times=3)
    )
    for order in orders:
        applied("order", "sync", order)
    held = json.loads(applied.ok("order", "list", "--why", "refused", "--json").out)
    assert {one["order"] for one in held} == set(orders)
    assert deals(portal) == {}
    applied.ok("order", "resolve", "--all", "--why", "refused", "--retry", "--by", "Anna", "--yes")
    applied.ok("order", "sync", *orders)
    assert set(deals(portal)) == set(orders)
    assert "Anna asks to try again" in applied.ok("order", "show", orders[0]).out


def test_a_spreadsheet_gets_every_line_and_no_formula(connected, differing, portal, site):
    made = connected.ok("order", "list", "--csv").out
    assert made.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(made.removeprefix("\ufeff"))))
    assert [(row["order"], row["why"], row["store"], row["office"]) for row in rows] == [
        (order, "conflict", "P", "C2:WON") for order in differing
    ]
    assert [_cell(one) for one in ("=1+1", "+7 999 000-00-01", "-12", "-1+2", "@x", None)] == [
        "'=1+1", "+7 999 000-00-01", "-12", "'-1+2", "'@x", "",
    ]  # fmt: skip


def test_more_than_the_screen_holds_is_said(connected, differing):
    said = connected.ok("order", "list", "--differences", "--limit", 2).out
    assert "There are more than these 2" in said
    assert "both sides moved: 2" in said
    assert "more than" not in connected.ok("order", "list", "--differences").out


@pytest.mark.parametrize(
    "words",
    [
        ("--all",),
        ("--all", "--take", "store", "--retry"),
        ("--take", "store"),
        ("shop/1", "--all", "--retry"),
        ("--all", "--retry", "--older-than", "soon"),
        ("--all", "--retry", "--why", "mood"),
    ],
)
def test_what_is_not_understood(connected, words):
    assert connected("order", "resolve", *words).code == 2


@pytest.mark.covers("R125", "R260")
def test_the_list_of_orders_says_what_each_is_and_leads_to_its_deal(applied, place, portal_server):
    order = place()
    applied.ok("order", "sync", order)
    (told,) = json.loads(applied.ok("order", "list", "--details", "--json").out)
    assert (told["order"], told["status"], told["buyer"], told["paid"]) == (order, "N", "Ольга Кузнецова", "not paid")
    assert told["delivery"] == "Курьер"
    assert told["link"].startswith("http://127.0.0.1:")
    assert told["link"].endswith(f"/crm/deal/details/{told['record']}/")
    assert portal_server.webhook_url.rstrip("/").rpartition("/")[2] not in told["link"], "no secret in an address"
    said = applied.ok("order", "list", "--details").out
    assert "N, Ольга Кузнецова, Курьер" in said
    assert told["link"] in said
