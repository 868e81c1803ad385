"""One word per thing: the glossary refuses some, and some hosts are nobody's business."""

import re
from pathlib import Path

import pytest

REFUSED = {
    # what the glossary calls otherwise
    r"front[ -]?office": "store",
    r"web[ -]?shop": "store or shop",
    r"last[ -]write[ -]wins": "there is no such policy; name the policy",
    r"sync (?:task|job)s?": "visit",
    r"dead[ -]letter": "a difference, or a held order",
    r"golden record": "baseline",
    # misspelt so often that a search for the right word misses half
    r"syncroni[sz]": "synchronise",
    r"\bwoo ?comerce": "WooCommerce",
    r"\bbitirx|\bbirtix": "Bitrix",
    r"\bbit(?:rix)? ?24\.(?:ru|com) crm": "Bitrix24",
}
"""A refused word, and the one to use. The list is short on purpose: each entry is a mistake somebody makes."""

REGISTRIES = ("py" + "pi.org", "pythonhosted" + ".org", "npm" + "js.org", "registry" + ".yarn", "proxy.golang" + ".org")
"""Hosts of package registries: which one is used is the machine's business, and is told by its own settings."""

HERE = Path(__file__).name


@pytest.mark.parametrize("refused", REFUSED)
def test_refused_words_are_not_used(refused, root, written):
    pattern = re.compile(refused, re.IGNORECASE)
    found = [
        f"{path.relative_to(root)}:{number}: say {REFUSED[refused]}"
        for path in written
        if path.name not in (HERE, "glossary.md")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_the_glossary_names_what_it_refuses(root):
    """What a test forbids, a page must explain."""
    glossary = (root / "docs" / "glossary.md").read_text("utf-8")
    assert [word for word in REFUSED if not re.search(word, glossary, re.IGNORECASE)] == []


def test_no_file_names_a_package_registry(root, written):
    found = [
        f"{path.relative_to(root)}: {host}"
        for path in written
        for host in REGISTRIES
        if host in path.read_text("utf-8").lower()
    ]
    assert found == []


def test_the_lock_is_read_too(root, written):
    assert root / "requirements.lock" in written
    assert root / ".ci" / "run" in written
