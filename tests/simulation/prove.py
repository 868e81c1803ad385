"""The proof, as `make prove` runs it: random lives of the hub, races of transactions, and the hunt for mutants."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from simulation.lives.attack import Report, attack
from simulation.lives.database import Database
from simulation.lives.hunt import RUNS, hunt
from simulation.lives.mutants import MUTANTS
from simulation.lives.play import play_seed, shorten
from simulation.lives.told import told
from simulation.place import own_schema
from simulation.races.attack import attack as race
from simulation.races.storm import storm


def main(arguments: Sequence[str] | None = None) -> int:
    """Attack, print what held and what broke, and return 1 where anything broke."""
    parser = argparse.ArgumentParser(prog="prove", description=__doc__)
    parser.add_argument("--runs", type=int, default=2000, help="how many lives")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="live one life again, and tell its shortest story if it breaks")
    parser.add_argument("--on", default="memory", help="memory, file, or a PostgreSQL address")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--mutants", nargs="*", metavar="RULE", help="switch off these rules, or all, one at a time")
    parser.add_argument("--by-chance", action="store_true", help="hunt mutants in random lives, not in told stories")
    parser.add_argument("--races", type=int, metavar="ROUNDS", help="races of transactions on PostgreSQL (see --on)")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args(arguments)
    if given.mutants is not None:
        return _hunt(given.mutants, given.processes, by_chance=given.by_chance)
    if given.races is not None:
        return _race(given.on, given.first, given.races)
    with tempfile.TemporaryDirectory() as folder:
        url = {"memory": "sqlite://", "file": f"sqlite:///{folder}/hub.db"}.get(given.on, given.on)
        if given.seed is not None:
            return int(_tell(given.seed, url))
        return _attack(given, url)


def _attack(given: argparse.Namespace, url: str) -> int:
    seeds = range(given.first, given.first + given.runs)
    report = Report()
    for report in attack(url, seeds, given.processes):
        if sys.stderr.isatty():
            print(f"\r{report.runs} of {given.runs} runs, {len(report.broken)} broke ", end="", file=sys.stderr)
    place = given.on if given.on in ("memory", "file") else "PostgreSQL"
    print(f"lives on {place}, seeds {given.first} to {given.first + report.runs - 1}: {report.figures()}", flush=True)
    if given.json:
        given.json.write_text(json.dumps(asdict(report), indent=2) + "\n", encoding="utf-8")
    for seed in report.broken[:3]:
        _tell(seed, url)
    return int(bool(report.broken))


def _tell(seed: int, url: str) -> bool:
    with own_schema(url) as here, closing(Database(here)) as database:
        played = play_seed(seed, database)
        if not played.broke:
            print("\n".join([*played.story, f"seed {seed}: held, with {played.rates.writes} writes of fields"]))
            return False
        print(told(f"seed {seed}, the shortest story found", shorten(played, database)))
        return True


def _hunt(rules: Sequence[str], processes: int, *, by_chance: bool) -> int:
    chosen = [mutant for mutant in MUTANTS if not rules or mutant.rule in rules]
    survived = 0
    for catch in hunt(chosen, processes, by_chance=by_chance):
        print(f"{catch.mutant.rule} off: {catch.mutant.says} ({catch.seconds:.0f} s)")
        print(catch.story or f"  SURVIVED {RUNS} runs", flush=True)
        survived += not catch.story
    print(f"{len(chosen)} mutants, {survived} survived")
    return int(bool(survived))


def _race(url: str, seed: int, rounds: int) -> int:
    found = race(url, seed=seed, rounds=rounds)
    with own_schema(url) as here:
        found.add(storm(here, seed=seed, rounds=max(1, rounds // 20)))
    print(
        f"races on PostgreSQL, seed {seed}: {found.runs} runs, {found.steps} steps, {found.blocked} times one waited "
        f"for another, {found.retries} run again: {len(found.findings)} broke; "
        f"cut short: {', '.join(found.unfinished) or 'none'}"
    )
    print("\n".join(found.findings[:5]))
    return int(bool(found.findings))


if __name__ == "__main__":
    sys.exit(main())
