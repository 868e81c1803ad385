"""The page of the sandbox portal's methods says what they do, and every deviation it names is one."""

from __future__ import annotations

import pytest

from support.good_calls import CALLS, DEVIATIONS
from support.methods_page import page
from support.schemas import FOLDER
from support.truth import IMPLEMENTED, measure


@pytest.fixture(scope="module")
def measured():
    if not FOLDER.is_dir():
        pytest.skip(f"the vendor's method schemas are absent: {FOLDER} is no folder")
    return [measure(name) for name in IMPLEMENTED]


def test_the_page_is_what_was_measured(measured, request) -> None:
    written = request.config.rootpath / "docs" / "reference" / "sandbox-methods.md"
    assert written.read_text(encoding="utf-8") == page(measured), "write it anew with `make methods`"


def test_no_example_or_deviation_is_of_a_method_that_is_not_there() -> None:
    assert {*CALLS, *DEVIATIONS} <= set(IMPLEMENTED)
