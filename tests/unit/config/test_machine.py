"""The map as a machine: what never comes to rest is refused, and what passes never loops and never goes back."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.status_maps import Report, try_map
from sverka.config.check import check
from sverka.config.checks.machine import loops
from sverka.config.read import read

DOCUMENT = """
schema = 1
profile = "p"
store = "s"
portal = "b"
[deal]
pipeline = "2"
[status]
policy = "store_wins"
map = [
  { status = "N", stage = ["C2:NEW"] },
  { status = "P", stage = ["C2:EXECUTING", "C2:PAID", "C2:READY"] },
  { status = "A", stage = ["C5:NEW", "C5:READY"] },
  { status = "F", stage = ["C5:WON", "C2:WON"] },
]
cancel = ["C2:LOSE", "C5:LOSE"]
[[milestone]]
when = "payment.paid"
stage = "C2:PAID"
way = "<->"
[[milestone]]
when = "delivery.shipped"
stage = "C5:READY"
[[handover]]
at = "C2:READY"
to = "C5:NEW"
"""
CIRCLE = DOCUMENT + '[[handover]]\nat = "C5:NEW"\nto = "C2:READY"\n'


@pytest.mark.covers("R49", "R133", "C20", "C22")
@given(st.integers(min_value=0, max_value=10**9))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_a_map_that_passes_the_check_comes_to_rest_and_never_goes_back(seed: int) -> None:
    report = Report()
    try_map(seed, report, steps=15)
    assert report.found == []


def test_maps_by_chance_are_of_every_kind() -> None:
    report = Report()
    for seed in range(60):
        try_map(seed, report, steps=5)
    assert 0 < report.refused < report.maps / 2
    assert report.writes > report.maps
    assert report.guarded


def test_a_sound_profile_has_no_loop_and_is_checked_while_a_person_waits() -> None:
    began = time.process_time()
    assert [complaint for complaint in check(DOCUMENT) if complaint.bad] == []
    assert time.process_time() - began < 5


@pytest.mark.covers("R27")
def test_handovers_in_a_circle_are_refused_with_the_way_in_words() -> None:
    (complaint,) = [complaint for complaint in check(CIRCLE) if complaint.bad]
    assert complaint.where == "handover"
    assert "C2:READY → C5:NEW → C2:READY" in complaint.text.en
    assert "хаб никогда не остановится" in complaint.text.ru


def test_the_machine_finds_by_running_what_the_circle_shows() -> None:
    (path,) = loops(read(CIRCLE).table)
    assert path[-1] in path[:-1]
    assert all("| C5:NEW)" in state or "| C2:READY)" in state for state in path)
