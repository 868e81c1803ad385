"""`sverka profile map`: the whole map as one table."""

from pathlib import Path
from typing import Any

import pytest

MORE = """
[[milestone]]
when = "payment.paid"
stage = "C2:PREPARATION"
way = "<->"
[[handover]]
at = "C2:UC_QUALITY"
to = "NEW"
"""


@pytest.mark.covers("R35", "R79", "R255")
def test_the_map_is_one_table_with_all_its_rules(connected: Any) -> None:
    path = Path("map.toml")
    path.write_text(
        'schema = 1\nprofile = "print"\nstore = "shop"\nportal = "b24"\n[deal]\npipeline = "2"\n[status]\n'
        'guard = "forward"\nnotifies = ["F"]\nmap = [\n'
        '  { status = "N", stage = ["C2:NEW", "NEW"] },\n'
        '  { status = "P", stage = ["C2:PREPARATION", "C2:UC_QUALITY"] },\n'
        '  { status = "S", stage = ["C2:UC_QUALITY"], back = true },\n'
        '  { status = "F", stage = ["C2:WON"] },\n]\ncancel = ["C2:LOSE"]\n' + MORE,
        "utf-8",
    )
    shown = connected.ok("profile", "map", path, env={"COLUMNS": "160"}).out
    rows = {part.split()[0]: part for part in shown.splitlines() if part.strip()}
    assert "Funnel 0" in shown
    assert "Funnel 2" in shown
    assert "+ C2:NEW" in rows["N"]
    assert "+ NEW" in rows["N"]
    assert "C2:UC_QUALITY" in shown
    assert "→ S" in shown
    assert "waits for a person" in rows["F"]
    assert "notifies" in rows["F"]
    assert "Nothing goes back" in shown
    assert "payment.paid <-> C2:PREPARATION" in shown
    assert "handed over: C2:UC_QUALITY → NEW" in shown


def test_an_applied_profile_is_shown_by_name_and_a_broken_file_says_why(applied: Any, tmp_path: Path) -> None:
    assert "C2:NEW" in applied.ok("profile", "map", "print").out
    broken = tmp_path / "broken.toml"
    broken.write_text("schema = 2\n", "utf-8")
    assert "`2` is not allowed here" in applied.fails("profile", "map", broken).text
