"""Writes docs/reference/requirements.md: what is asked of the product, and which tests show it."""

import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from support.marks import Shown, shown_in

SOURCE = Path(__file__).with_name("requirements.toml")
Tests = Mapping[str, Sequence[Shown]]

_HEAD = """# Requirements and complaints

What is asked of the product, by number, and the tests that show it. Written by `make requirements` from
`tests/support/requirements.toml` and from the marks on the tests; a test holds it fresh. A number stands at a test as
`@pytest.mark.covers("R10")`. Where no test has it, it is not shown yet, and the page says so.

"""

_LATER = """
## Comes later

The catalogue of products kept in step on its own, what stands in the deal's card, web forms, and
calls by the portal's telephony.

"""

_BESIDE = """
## Beside the scope: screens and documents

Numbers of the same list that speak of screens, labels and documents. What a test shows already is named.

"""

_COMPLAINTS = """
## Complaints of users

What users of programs of this kind complain of, and the test that would fail if it were true here.

"""


class Source(NamedTuple):
    """The numbers and their sentences; `impossible` and `reasons` say why one has no test."""

    requirements: Mapping[str, str]
    later: Mapping[str, str]
    beside: Mapping[str, str]
    complaints: Mapping[str, str]
    impossible: Mapping[str, str]
    reasons: Mapping[str, str]

    @property
    def known(self) -> set[str]:
        """Every number there is."""
        return {*self.requirements, *self.later, *self.beside, *self.complaints}


def read_source(path: Path = SOURCE) -> Source:
    """Return what the TOML file says."""
    return Source(**tomllib.loads(path.read_text("utf-8")))


def page(source: Source, tests: Tests) -> str:
    """Return the whole page."""
    scope, complaints = source.requirements, source.complaints
    shown, impossible = _count(scope, tests), _count(source.impossible.keys() - tests.keys(), scope)
    answered, told = _count(complaints, tests), _count(source.reasons.keys() - tests.keys(), complaints)
    text = _HEAD + (
        f"**{len(scope)} requirements in scope: {shown} shown by tests, {impossible} not possible through what the "
        f"other sides publish, {len(scope) - shown - impossible} not shown yet; {len(source.later)} more come later. "
        f"{len(complaints)} complaints: {answered} answered by tests, {told} elsewhere or later, "
        f"{len(complaints) - answered - told} not shown yet.**\n\n## In scope\n\n"
    )
    text += _table(scope, tests, source.impossible, "not shown yet")
    text += _LATER + _table(source.later, tests, {}, "later")
    text += _BESIDE + _table(source.beside, tests, {}, "–")
    return text + _COMPLAINTS + _table(complaints, tests, source.reasons, "not shown yet")


def _count(numbers: Iterable[str], among: Iterable[str]) -> int:
    return len({*numbers} & {*among})


def _table(sentences: Mapping[str, str], tests: Tests, reasons: Mapping[str, str], lacking: str) -> str:
    rows = [
        f"| {number} | {sentence} | {_tests(tests.get(number, ())) or reasons.get(number, lacking)} |\n"
        for number, sentence in sentences.items()
    ]
    return "| | asked | shown by |\n|---|---|---|\n" + "".join(rows)


def _tests(shown: Sequence[Shown]) -> str:
    return "<br>".join(f"[{one.name.replace('_', ' ')}](../../{one.path})" for one in _named(shown))


def _named(shown: Sequence[Shown]) -> list[Shown]:
    return [Shown(one.path, one.name.removeprefix("test_").replace(".test_", ": ")) for one in shown]


if __name__ == "__main__":
    root = Path(__file__).resolve().parents[2]
    Path(sys.argv[1]).write_text(page(read_source(), shown_in(root)), encoding="utf-8")
