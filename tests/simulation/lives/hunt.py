"""The hunt for mutants: each rule is switched off in a copy of the source, and random lives look for the harm."""

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
from simulation.lives.told import told

RUNS = 3000
"""So many lives a mutant may survive before it is called a survivor."""


@dataclass(frozen=True)
class Catch:
    """What a mutant met: its story, empty where it survived, and how long the hunt took."""

    mutant: Mutant
    story: str
    seconds: float


def hunt(mutants: Sequence[Mutant], processes: int, runs: int = RUNS) -> Iterator[Catch]:
    """Hunt each mutant in a process of its own, so many at a time, and yield what came of it."""

    def one(mutant: Mutant) -> Catch:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            source = mutant.make(Path(folder))
            path = os.pathsep.join([str(source), str(Path(__file__).parents[2])])
            ended = subprocess.run(
                [sys.executable, "-m", "simulation.lives.hunt", "--runs", str(runs), "--from", str(source)],
                env={**os.environ, "PYTHONPATH": path},
                capture_output=True,
                text=True,
                check=False,
            )
        if ended.returncode not in (0, 1):
            raise RuntimeError(f"{mutant.rule}, {mutant.says}: {ended.stderr[-2000:]}")
        return Catch(mutant, ended.stdout.strip(), time.monotonic() - began)

    with ThreadPoolExecutor(processes) as pool:
        yield from pool.map(one, mutants)


def _search(runs: int) -> str:
    database = Database()
    for seed in range(runs):
        played = play_seed(seed, database)
        if played.broke:
            return told(f"seed {seed}, after {seed + 1} runs", shorten(played, database, patience=200))
    return ""


def main() -> int:
    """Look for the harm in the source this process was given, and tell the shortest story of it."""
    parser = argparse.ArgumentParser(prog="hunt", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--from", dest="source", type=Path, help="where the mutant's source is")
    given = parser.parse_args()
    imported = Path(sys.modules["sverka"].__file__ or "")
    if given.source is not None and given.source not in imported.parents:
        parser.error(f"{imported} was imported and not the mutant")
    story = _search(given.runs)
    print(story)
    return int(not story)


if __name__ == "__main__":
    sys.exit(main())
