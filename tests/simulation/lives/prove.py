"""The attack, as `make prove` runs it: so many random lives, in parallel, each printed as a story where it broke."""

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from simulation.lives.database import Database, own_place
from simulation.lives.hunt import RUNS, hunt
from simulation.lives.mutants import MUTANTS
from simulation.lives.oracle import Rates
from simulation.lives.play import Played, play_seed, shorten
from simulation.lives.told import told

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


def _numbers(rates: Rates) -> Sequence[int]:
    return list(asdict(rates).values())


_databases: dict[str, Database] = {}


def _run_chunk(job: tuple[str, range]) -> Report:
    url, seeds = job
    if url not in _databases:
        _databases[url] = Database(own_place(url, os.getpid()))
    report = Report()
    for seed in seeds:
        report.add(seed, play_seed(seed, _databases[url]))
    return report


def attack(url: str, seeds: range, processes: int, stop: int = 5) -> Iterator[Report]:
    """Run the seeds in so many processes and yield what has come together; ends early after `stop` broken ones."""
    jobs = [(url, seeds[at : at + CHUNK]) for at in range(0, len(seeds), CHUNK)]
    whole, began = Report(), time.monotonic()
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for part in pool.imap(_run_chunk, jobs):
            whole.join(part)
            whole.seconds = time.monotonic() - began
            yield whole
            if len(whole.broken) >= stop:
                return


def tell(seed: int, url: str) -> bool:
    """Play one seed, and tell its story where it breaks, at its shortest; return whether it broke."""
    database = Database(own_place(url, os.getpid()))
    try:
        played = play_seed(seed, database)
        if not played.broke:
            print(f"seed {seed}: held ({len(played.acts)} acts, {played.rates.writes} writes)")
            return False
        short = shorten(played, database)
        print(told(f"seed {seed}, the shortest story found", short))
        return True
    finally:
        database.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Attack, print what held and what broke, and return 1 where anything broke."""
    parser = argparse.ArgumentParser(prog="prove", description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="play one seed and tell its story")
    parser.add_argument("--on", default="memory", help="memory, file, or a PostgreSQL address")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--mutants", nargs="*", metavar="RULE", help="switch off these rules, or all, one at a time")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args(arguments)
    if given.mutants is not None:
        return _hunt(given.mutants, given.processes)
    with tempfile.TemporaryDirectory() as folder:
        url = {"memory": "sqlite://", "file": f"sqlite:///{folder}/hub.db"}.get(given.on, given.on)
        if given.seed is not None:
            return int(tell(given.seed, url))
        return _attack(given, url)


def _attack(given: argparse.Namespace, url: str) -> int:
    seeds = range(given.first, given.first + given.runs)
    report = Report()
    for report in attack(url, seeds, given.processes):
        if sys.stderr.isatty():
            print(f"\r{report.runs} of {given.runs} runs, {len(report.broken)} broke", end="", file=sys.stderr)
    rates = report.rates
    print(
        f"{given.on}: {report.runs} runs (seeds {given.first} to {given.first + report.runs - 1}), {report.acts} acts, "
        f"{report.waves} waves and bells, {report.requests} requests, {rates.writes} writes of fields: "
        f"{len(report.broken)} broke; {1000 * report.seconds / max(1, report.runs):.0f} s a thousand"
    )
    print(
        f"  in the read-write window {rates.window} of {rates.writes} writes; questions {rates.questions}, "
        f"of them unneeded {rates.unneeded}; records made again {rates.again}; rows filled again {rates.revived}"
    )
    if given.json:
        given.json.write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")
    for seed in report.broken[:3]:
        tell(seed, url)
    return int(bool(report.broken))


def _hunt(rules: Sequence[str], processes: int) -> int:
    chosen = [mutant for mutant in MUTANTS if not rules or mutant.rule in rules]
    survived = 0
    for catch in hunt(chosen, processes):
        print(f"{catch.mutant.rule} off: {catch.mutant.says} ({catch.seconds:.0f} s)")
        print(catch.story or f"  SURVIVED {RUNS} runs", flush=True)
        survived += not catch.story
    print(f"{len(chosen)} mutants, {survived} survived")
    return int(bool(survived))


if __name__ == "__main__":
    sys.exit(main())
