"""A rule switched off in a copy of the source, and what that does to its stories and to random lives."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulation.lives.mutants import Mutant
from simulation.lives.stories import STORIES

_TESTS = Path(__file__).parents[2]


@dataclass(frozen=True)
class SwitchedOff:
    """A mutant, and the copy of the source in which it lives. Whatever is run of it, is run in a process of its own."""

    mutant: Mutant
    source: Path

    @classmethod
    def make(cls, mutant: Mutant, folder: Path) -> "SwitchedOff":
        """Copy the source into a folder and switch the rule off there."""
        return cls(mutant, mutant.make(folder))

    def bitten(self) -> Iterator[str]:
        """Yield the rule's stories that break, told, and that break in the way they say they would.

        Those that are tests come last: a test of a hub without its rule may wait long for what does not come.
        """
        found = self._answer("stories", self.mutant.rule)
        ways = {story.title: story.without for story in STORIES if story.rule == self.mutant.rule and story.without}
        yield from (text for title, (objection, text) in found.items() if title in ways and ways[title] in objection)
        yield from filter(None, [self._by_test()])

    def broken_lives(self, most: int) -> str:
        """Return the shortest story of the first random life that breaks, empty where so many hold."""
        return str(self._answer("lives", str(most)))

    def _by_test(self) -> str:
        for story in STORIES:
            if story.rule == self.mutant.rule and story.test:
                done = self._run("pytest", "-q", "-p", "no:cacheprovider", str(_TESTS.parent / story.test))
                if done.returncode == 1:
                    return f"{story.title}\n  => {story.test} fails"
        return ""

    def _answer(self, *words: str) -> Any:
        done = self._run("simulation.lives.bite", *words)
        if done.returncode != 0:
            raise RuntimeError(f"{self.mutant.rule}, {self.mutant.says}: {done.stderr[-2000:]}")
        told = json.loads(done.stdout)
        if self.source not in Path(told["source"]).parents:
            raise RuntimeError(f"{told['source']} was imported and not the mutant")
        return told["answer"]

    def _run(self, module: str, *words: str) -> subprocess.CompletedProcess[str]:
        paths = os.pathsep.join([str(self.source), str(_TESTS)])
        environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", module, *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
