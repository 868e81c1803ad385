"""The hunt for mutants: each rule is switched off in a copy of the source, and what it breaks is told.

First the rule's own stories are played; where none breaks, or where only chance is asked for, random lives are.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from simulation.lives.mutants import Mutant
from simulation.lives.switched_off import SwitchedOff

RUNS = 3000
"""So many lives a mutant may survive before it is called a survivor."""


@dataclass(frozen=True)
class Catch:
    """What a mutant met: its shortest story, empty where it survived, and how long the hunt took."""

    mutant: Mutant
    story: str
    seconds: float


def hunt(mutants: Sequence[Mutant], processes: int, *, by_chance: bool = False) -> Iterator[Catch]:
    """Hunt the mutants, so many at a time, and yield what came of each."""

    def one(mutant: Mutant) -> Catch:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            off = SwitchedOff.make(mutant, Path(folder))
            stories = [] if by_chance else sorted(off.bitten(), key=len)
            story = stories[0] if stories else off.broken_lives(RUNS)
        return Catch(mutant, story, time.monotonic() - began)

    with ThreadPoolExecutor(processes) as pool:
        yield from pool.map(one, mutants)
