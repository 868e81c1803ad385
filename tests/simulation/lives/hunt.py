"""The hunt for mutants: each rule is switched off in a copy of the source, and what it breaks is told.

First the rule's own stories are played; where none breaks, or where only chance is asked for, random lives are.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from simulation.lives.database import Database
from simulation.lives.mutants import Mutant
from simulation.lives.play import play_seed, shorten
from simulation.lives.stories import STORIES
from simulation.lives.told import told

RUNS = 3000
"""So many lives a mutant may survive before it is called a survivor."""

_TESTS = Path(__file__).parents[2]


@dataclass(frozen=True)
class Catch:
    """What a mutant met: its story, empty where it survived, and how long the hunt took."""

    mutant: Mutant
    story: str
    seconds: float


def hunt(mutants: Sequence[Mutant], processes: int, *, by_chance: bool = False) -> Iterator[Catch]:
    """Hunt each mutant in a process of its own, so many at a time, and yield what came of it."""

    def one(mutant: Mutant) -> Catch:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            source = mutant.make(Path(folder))
            story = by_test(mutant, source) or _by_lives(mutant, source, by_chance=by_chance)
        return Catch(mutant, story, time.monotonic() - began)

    with ThreadPoolExecutor(processes) as pool:
        yield from pool.map(one, mutants)


def _run(source: Path, *command: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(source), str(_TESTS)])
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)


def by_test(mutant: Mutant, source: Path) -> str:
    """Return what befell a rule whose story a test tells, empty where there is none or it passed."""
    for story in STORIES:
        if story.rule == mutant.rule and story.test:
            ended = _run(source, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(_TESTS.parent / story.test))
            if ended.returncode == 1:
                return f"{story.title}\n  => {story.test} fails"
    return ""


def _by_lives(mutant: Mutant, source: Path, *, by_chance: bool) -> str:
    chance = ["--by-chance"] if by_chance else []
    ended = _run(source, "-m", "simulation.lives.hunt", mutant.rule, "--from", str(source), *chance)
    if ended.returncode not in (0, 1):
        raise RuntimeError(f"{mutant.rule}, {mutant.says}: {ended.stderr[-2000:]}")
    return ended.stdout.strip()


def _in_stories(rule: str, database: Database) -> str:
    for story in STORIES:
        if story.rule != rule or not story.acts:
            continue
        played = story.play(database)
        if objection := story.objection(played):
            played.findings[:] = [objection]
            return told(story.title, played)
    return ""


def _in_lives(database: Database) -> str:
    for seed in range(RUNS):
        played = play_seed(seed, database)
        if played.broke:
            return told(f"seed {seed}, after {seed + 1} runs", shorten(played, database, patience=200))
    return ""


def main() -> int:
    """Look for the harm in the source this process was given, and tell it."""
    parser = argparse.ArgumentParser(prog="hunt", description=__doc__)
    parser.add_argument("rule")
    parser.add_argument("--from", dest="source", type=Path, help="where the mutant's source is")
    parser.add_argument("--by-chance", action="store_true", help="look in random lives alone")
    given = parser.parse_args()
    imported = Path(sys.modules["sverka"].__file__ or "")
    if given.source is not None and given.source not in imported.parents:
        parser.error(f"{imported} was imported and not the mutant")
    database = Database()
    story = "" if given.by_chance else _in_stories(given.rule, database)
    story = story or _in_lives(database)
    print(story)
    return int(not story)


if __name__ == "__main__":
    sys.exit(main())
