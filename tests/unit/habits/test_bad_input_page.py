"""The page of bad input names tests there are, and every store has an answer to each row."""

import re

import pytest


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "reference" / "bad-input.md").read_text("utf-8")


def test_every_test_it_names_is_there(page, root):
    there = {
        name
        for path in (root / "tests").rglob("test_*.py")
        for name in re.findall(r"^ *def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE)
    }
    named = re.findall(r"`(test_\w+)`", page)
    assert len(named) > 20
    assert set(named) <= there


def test_every_cell_is_one_of_its_tests_or_says_that_there_is_nothing_of_the_kind(page):
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in page.splitlines() if row.startswith("| ")]
    tests = {cells[0] for cells in rows if len(cells) == 2 and cells[0].isupper()}
    matrix = [cells for cells in rows if len(cells) == 6][1:]
    assert len(matrix) > 10
    used = {letter for cells in matrix for cell in cells[1:] for letter in cell.split(" (")[0].split(", ")} - {"–"}
    assert used == tests
