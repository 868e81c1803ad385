"""The page of requirements says what the tests' marks say, and its list is the whole list."""

import ast
import os
import re
from pathlib import Path

import pytest

from support.marks import marks_of, shown_in
from support.requirements_page import page, read_source

SHARED = Path(os.environ.get("SVERKA_SHARED") or Path(__file__).parents[4] / "shared")
LATER = {18, *range(45, 49), 138, 140, 141, *range(148, 151), *range(155, 162), 252}
AREAS = {"CORE", "B24", "PXP", "STORE"}


def test_the_page_is_what_the_marks_say(root):
    written = (root / "docs" / "reference" / "requirements.md").read_text("utf-8")
    assert written == page(read_source(), shown_in(root)), "write it anew with `make requirements`"


def test_a_mark_names_a_number_there_is(root):
    known = read_source().known
    unknown = {number: tests for number, tests in shown_in(root).items() if number not in known}
    assert unknown == {}, "give each its sentence in tests/support/requirements.toml, or mend the mark"


def test_each_number_has_one_place_and_its_reasons_are_of_those_there_are():
    source = read_source()
    places = [source.requirements, source.later, source.beside, source.complaints]
    assert sum(map(len, places)) == len(source.known)
    assert source.impossible.keys() <= source.requirements.keys()
    assert source.reasons.keys() <= source.complaints.keys()
    assert [number for number, why in source.impossible.items() if not re.search(r"https?://|docs/", why)] == []


def test_the_complaints_are_all_there():
    assert list(read_source().complaints) == [f"C{number}" for number in range(1, 79)]


def test_the_scope_is_what_the_list_says():
    path = SHARED / "requirements.md"
    if not path.is_file():
        pytest.skip(f"the list of requirements is absent: {path} is no file; set SVERKA_SHARED")
    rows = re.findall(r"^\| R(\d+) \| [^|]+ \| \w \| (\w+) \|", path.read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 400
    asked = {int(number): area for number, area in rows if int(number) <= 167 or 216 <= int(number) <= 331}
    source = read_source()
    in_scope = {number for number, area in asked.items() if area in AREAS} - LATER
    assert list(source.requirements) == [f"R{number}" for number in sorted(in_scope)]
    assert list(source.later) == [f"R{number}" for number in sorted(LATER)]
    assert list(source.beside) == [f"R{number}" for number in sorted(asked.keys() - in_scope - LATER)]


MARKED = """
pytestmark = [pytest.mark.covers("R1")]
@pytest.mark.covers("R2", "C3")
@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.covers("R4")), 2])
def test_one(x): ...
@pytest.mark.covers("R5")
class TestAll(Contract):
    @pytest.mark.covers("R6")
    def test_two(self): ...
    def test_three(self): ...
@pytest.mark.covers("R7")
def helper(): ...
@pytest.mark.xfail
@pytest.mark.covers("R8")
def test_later(): ...
@pytest.mark.covers(NUMBER)
def test_odd(): ...
"""


def test_marks_are_read_wherever_they_stand():
    assert sorted(set(marks_of(ast.parse(MARKED)))) == [
        ("C3", "test_one"),
        ("NUMBER", "test_odd"),
        ("R1", "TestAll"),
        ("R1", "test_odd"),
        ("R1", "test_one"),
        ("R2", "test_one"),
        ("R4", "test_one"),
        ("R5", "TestAll"),
        ("R6", "TestAll.test_two"),
    ]
