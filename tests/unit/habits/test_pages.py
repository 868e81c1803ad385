"""Pages that are asked for: they are there, are reached from the first page, and say what they must."""

import re

import pytest


@pytest.fixture(scope="module")
def reached(root):
    """The texts of the pages one click away from either first page."""
    found = {}
    for name in ("README.md", "README.ru.md"):
        for link in re.findall(r"\]\((docs/[^)#]+\.md)\)", (root / name).read_text("utf-8")):
            found[link] = (root / link).read_text("utf-8")
    return found


@pytest.mark.covers("R21")
def test_a_page_explains_how_to_get_end_to_end_analytics(reached, root):
    page = reached["docs/how-to/analytics.md"]
    assert all(word in page for word in ("[analytics]", "utm", "trace", "getTrace", "cannot be"))
    assert "how-to/analytics.md" in (root / "docs" / "reference" / "profile.md").read_text("utf-8")


@pytest.mark.covers("R151")
@pytest.mark.parametrize("defect", [144, 145, 146, 147, 148, 149, 150])
def test_a_page_lists_each_defect_of_the_standard_exchange_and_what_becomes_of_it(reached, defect):
    rows = [row.split("|") for row in reached["docs/why/standard-exchange.md"].splitlines() if f"| R{defect} |" in row]
    assert len(rows) == 1
    assert all(len(cell.strip()) > 20 for cell in rows[0][1:3])
