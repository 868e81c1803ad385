"""The history of a store, brought by a command: previewed, brought, gone on with, and accounted for."""

import json

from typer.testing import CliRunner

from sverka.cli import app
from sverka.sandbox.bitrix_site import BitrixSiteStore
from sverka.sandbox.portal import Portal

SINCE = ("--since", "2020-01-01")


def deals(portal: Portal) -> int:
    return portal.call("crm.item.list", {"entityTypeId": 2}).total or 0


def test_history_is_previewed_brought_and_accounted_for(applied, place, portal, site: BitrixSiteStore):
    orders = [place() for _ in range(4)]
    site.edit(int(orders[2].partition("/")[2]), {"statusId": "S"})
    assert "No history was asked for yet" in applied.ok("backfill").out
    preview = applied.ok("backfill", "print", *SINCE, "--preview")
    told = " ".join(preview.out.split())
    assert "4 orders since 2020-01-01 00:00:00 UTC." in told
    assert "Records to be made: 3 " in told
    assert "Orders held or different: 1 " in told
    assert (deals(portal), "No history" in applied.ok("backfill").out) == (0, True)
    brought = applied.fails("backfill", "print", *SINCE, "--yes")
    assert "shop: 4 of 4 orders looked at, 3 have their records, 1 set aside." in brought.out
    assert f"{orders[2]}" in brought.out
    assert "the status 'S' has no stage" in " ".join(brought.out.split())
    assert deals(portal) == 3
    (told,) = json.loads(applied.ok("backfill", "print", "--status", "--json").out)
    assert (told["stage"], told["listed"], told["done"], told["waiting"]) == ("done", 4, 4, 0)
    assert [one["order"] for one in told["set_aside"]] == [orders[2]]
    site.edit(int(orders[2].partition("/")[2]), {"statusId": "N"})
    again = applied.ok("backfill", "print", *SINCE, "--yes")
    assert "4 have their records, 0 set aside" in again.out
    assert deals(portal) == 4
    shown = applied.ok("backfill", env={"SVERKA_LANG": "ru"}).out
    assert "print: shop → b24, 2020-01-01 00:00:00 UTC: завершено" in shown


def test_it_is_paused_and_gone_on_with(applied, place, portal):
    for _ in range(3):
        place()
    assert "sverka up" not in applied("backfill", "print", *SINCE, "--yes", "--detach").out
    assert "Paused" in applied.ok("backfill", "print", "--pause").out
    assert "print: shop → b24, 2020-01-01 00:00:00 UTC: paused" in applied.ok("backfill", "print").out
    assert deals(portal) == 0
    assert "3 have their records" in applied.ok("backfill", "print", "--resume").out
    assert deals(portal) == 3


def test_what_is_asked_wrongly_is_told_with_the_next_step(applied):
    assert "sverka profile apply" in applied.fails("backfill", "nope", *SINCE).text
    assert "--since DATE" in applied.fails("backfill", "print", "--pause").text
    assert "add --yes" in applied.fails("backfill", "print", *SINCE).text
    for wrong in (("print", "--preview"), ("print", "--since", "2999-01-01"), ("print", *SINCE, "--pause", "--resume")):
        assert CliRunner().invoke(app, ["backfill", *wrong]).exit_code == 2
