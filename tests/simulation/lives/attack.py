"""So many random lives, in parallel processes, and what they came to."""

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import Any

from simulation.lives.database import Database
from simulation.lives.play import Played, play_seed
from simulation.lives.rates import Rates
from simulation.place import own_schema

CHUNK = 25


@dataclass
class Report:
    """What a series of runs came to; `broken` are the seeds that broke."""

    runs: int = 0
    acts: int = 0
    requests: int = 0
    waves: int = 0
    seconds: float = 0.0
    broken: list[int] = field(default_factory=list)
    rates: Rates = field(default_factory=Rates)

    def add(self, seed: int, played: Played) -> None:
        """Take one run in."""
        self.runs += 1
        self.acts += len(played.acts)
        self.requests += played.requests
        self.waves += played.waves
        if played.broke:
            self.broken.append(seed)
        self.rates = Rates(*(a + b for a, b in zip(_numbers(self.rates), _numbers(played.rates), strict=True)))

    def join(self, other: "Report") -> None:
        """Take another series in."""
        self.runs += other.runs
        self.acts += other.acts
        self.requests += other.requests
        self.waves += other.waves
        self.broken += other.broken
        self.rates = Rates(*(a + b for a, b in zip(_numbers(self.rates), _numbers(other.rates), strict=True)))

    def figures(self) -> str:
        """Return what a person wants to know of it, in two lines."""
        rates = self.rates
        return (
            f"{self.runs} runs, {self.acts} acts, {self.waves} visits and bells, {self.requests} requests, "
            f"{rates.writes} writes of fields: {len(self.broken)} broke; "
            f"{1000 * self.seconds / max(1, self.runs):.0f} s a thousand runs\n"
            f"  edits overwritten in the read-write window {rates.window} of {rates.writes} writes; "
            f"questions {rates.questions}, of them unneeded {rates.unneeded}; coincidences {rates.coincidences}; "
            f"records made again {rates.again}; rows filled again {rates.revived}"
        )


def _numbers(rates: Rates) -> Sequence[int]:
    return list(asdict(rates).values())


_here: list[Database] = []
"""The database of this process, one after the other's lives."""


def _settle_in(places: Any) -> None:
    _here.append(Database(places.get()))


def _run_chunk(seeds: range) -> Report:
    report = Report()
    for seed in seeds:
        report.add(seed, play_seed(seed, _here[0]))
    return report


def attack(url: str, seeds: range, processes: int, stop: int = 5) -> Iterator[Report]:
    """Run the seeds in so many processes and yield what has come together; ends early after `stop` broken ones."""
    jobs = [seeds[at : at + CHUNK] for at in range(0, len(seeds), CHUNK)]
    whole, began = Report(), time.monotonic()
    context = multiprocessing.get_context("spawn")
    places = context.SimpleQueue()
    is_file = url.startswith("sqlite:///")
    with ExitStack() as stack:
        for number in range(processes):
            places.put(stack.enter_context(own_schema(f"{url}.{number}" if is_file else url)))
        pool = stack.enter_context(context.Pool(processes, _settle_in, (places,)))
        for part in pool.imap(_run_chunk, jobs):
            whole.join(part)
            whole.seconds = time.monotonic() - began
            yield whole
            if len(whole.broken) >= stop:
                return
