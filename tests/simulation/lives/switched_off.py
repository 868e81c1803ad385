"""Playing a rule's stories on a copy of the source where the rule is switched off."""

import json
import os
import subprocess
import sys
from pathlib import Path

from simulation.lives.hunt import by_test
from simulation.lives.mutants import Mutant
from simulation.lives.stories import STORIES

TESTS = Path(__file__).parents[2]


def objections(mutant: Mutant, folder: Path) -> dict[str, str]:
    """Return title → objection of each story of the mutant's rule, played on the mutant in a process of its own."""
    paths = {"PYTHONPATH": f"{mutant.make(folder)}{os.pathsep}{TESTS}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "simulation.lives.bite", mutant.rule]
    done = subprocess.run(command, env={**os.environ, **paths}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, str] = json.loads(done.stdout)
    return answer


def bitten(mutant: Mutant, folder: Path) -> list[str]:
    """Return the stories of the mutant's rule that break on it, and in the way they say they would."""
    found = objections(mutant, folder)
    fails = by_test(mutant, folder / "src")
    return (
        [fails]
        if fails
        else [
            story.title
            for story in STORIES
            if story.rule == mutant.rule and story.without and story.without in found.get(story.title, "")
        ]
    )
