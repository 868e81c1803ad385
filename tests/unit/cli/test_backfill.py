"""The history of a store, brought by a command: previewed, paused, gone on with, and accounted for."""

import json

import pytest

from sverka.sandbox.bitrix_site import BitrixSiteStore
from sverka.sandbox.portal import Portal


def deals(portal: Portal) -> int:
    return portal.call("crm.item.list", {"entityTypeId": 2}).total or 0


def test_history_is_previewed_brought_and_accounted_for(applied, place, portal, site: BitrixSiteStore):
    orders = [place() for _ in range(7)]
    document = (applied.folder / "print.toml").read_text()
    print(document[document.index("[status]") :][:600])
    preview = applied.ok("backfill", "print", "--since", "2020-01-01", "--preview")
    print(preview.out)
    assert deals(portal) == 0
    ran = applied("backfill", "print", "--since", "2020-01-01", "--yes")
    print(ran.text)
    print(applied("backfill").text)
    print(json.loads(applied("backfill", "print", "--status", "--json").out))
    assert 0
