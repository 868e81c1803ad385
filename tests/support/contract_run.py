"""Runs the connectors' contract tests and counts what became of each, per connector.

`PYTHONPATH=tests python -m support.contract_run FILE` writes the figures as JSON, and none where a test fails.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

from sverka.connectors.registry import gather
from sverka.testing import BackOfficeContract, StoreContract

FIGURES = Path(__file__).with_name("contract_figures.json")
"""What the last whole run came to; the page of the connectors is written from it."""

_PLACE = re.compile(r"(?:.*/)?contract/test_(\w+)\.py::\w+::(test_\w+)(\[.*\])?$")


@dataclass
class Figures:
    """What became of a connector's contract: `tests` that it inherits, `cases` of them that are run one by one.

    `own` counts the cases of tests it adds itself; they are not among `cases`.
    """

    tests: int = 0
    cases: int = 0
    passed: int = 0
    own: int = 0
    left_out: dict[str, int] = field(default_factory=dict)


def inherited(name: str) -> bool:
    """Tell whether a test is one of the contract and not of the connector's own."""
    return hasattr(StoreContract, name) or hasattr(BackOfficeContract, name)


def collected(places: Iterable[str]) -> dict[str, Figures]:
    """Return, by kind, how many tests and cases stand at these places; nothing is known of their outcome."""
    found: dict[str, Figures] = {}
    names: dict[str, set[str]] = {}
    for match in filter(None, map(_PLACE.match, places)):
        kind, name = match[1], match[2]
        figures = found.setdefault(kind, Figures())
        if inherited(name):
            figures.cases += 1
            names.setdefault(kind, set()).add(name)
            figures.tests = len(names[kind])
        else:
            figures.own += 1
    return found


class Outcomes:
    """A plugin of pytest that keeps what became of every test."""

    def __init__(self) -> None:
        self.passed: set[str] = set()
        self.skipped: dict[str, str] = {}
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what one step of a test came to."""
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.skipped:
            self.skipped[report.nodeid] = str(report.longrepr[2]).removeprefix("Skipped: ")  # type: ignore[index]
        elif report.when == "call":
            self.passed.add(report.nodeid)

    def figures(self) -> dict[str, Figures]:
        """Return the figures by kind."""
        found = collected([*self.passed, *self.skipped])
        for kind, one in found.items():
            one.passed = collected(self.passed).get(kind, Figures()).cases
            reasons = Counter(why for place, why in self.skipped.items() if collected([place]).get(kind))
            one.left_out = dict(sorted(reasons.items()))
        return dict(sorted(found.items()))


def run(folder: Path) -> dict[str, Figures]:
    """Run the contract tests of the hub's own connectors, below a folder of tests; SystemExit where one fails."""
    outcomes = Outcomes()
    quiet = ["-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    files = [str(folder / "contract" / f"test_{kind}.py") for kind in gather(()).manifests]
    code = pytest.main([*quiet, *files], plugins=[outcomes])
    if code or outcomes.failed:
        raise SystemExit(f"The contract is not kept, so no figures are written: {sorted(outcomes.failed)}")
    return outcomes.figures()


def read() -> dict[str, Figures]:
    """Return the figures of the last whole run."""
    return {kind: Figures(**one) for kind, one in json.loads(FIGURES.read_text("utf-8")).items()}


if __name__ == "__main__":
    told = {kind: asdict(one) for kind, one in run(Path(__file__).parents[1]).items()}
    Path(sys.argv[1]).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
