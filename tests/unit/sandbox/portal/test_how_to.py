"""What the how-to page shows is taken by the portal."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sverka.sandbox.portal.control_table import ACTS
from sverka.sandbox.portal.data import load
from sverka.sandbox.portal.data.trouble import read_trouble
from sverka.sandbox.portal.faults import KINDS

PAGE = (Path(__file__).resolve().parents[4] / "docs/how-to/practise-portal.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\w*\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
CALLS = re.findall(r"/control/([a-z-]+)(?: -d '([^']*)')?", "\n".join(BLOCKS))


def test_its_records_load(portal, result):
    (text,) = [block for block in BLOCKS if block.startswith('{\n  "users"')]
    load(portal, json.loads(text))
    assert result("crm.item.list", entityTypeId=2)["items"][0]["opportunity"] == 3000


def test_its_faults_are_ordered(portal):
    (text,) = [block for block in BLOCKS if block.startswith("seed = 7")]
    trouble = read_trouble(text)
    assert [fault.kind for fault in trouble.faults] == ["html", "close", "error"]
    assert trouble.switches["reorder"] is True


def test_every_kind_of_fault_is_explained():
    table = PAGE.partition("| kind | what happens |")[2].partition("\n\n")[0]
    assert set(KINDS) == set(re.findall(r"`([a-z]+)`", table)) & set(KINDS)


@pytest.mark.parametrize(("name", "given"), [call for call in CALLS if call[0] != "acts"])
def test_its_calls_are_understood(name, given):
    ACTS[name].given(json.loads(given or "{}"))
