"""`make chaos`: runs of real processes that are killed at random, judged by what both sides hold afterwards.

The plan of a run is drawn from its seed before anything starts, so SEED plays the same acts, kills and faults again;
at which of the hub's instructions they fall is up to the machine, so a seed that broke may need a few tries.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from chaos.acts import People
from chaos.faults import Trouble
from chaos.nursery import Nursery
from chaos.plan import Plan, draw
from chaos.street import Street
from chaos.town import OnFile, Town
from chaos.verdict import Verdict, asked, is_final, snapshot
from chaos.waiting import until
from simulation.lives.mutants import MUTANTS

REST = 90.0
"""Seconds within which a hub comes to rest once the weather is clear, whatever the machine does besides."""


@dataclass
class Told:
    """What became of a run."""

    plan: Plan
    objections: list[str]
    seconds: float = 0.0
    deaths: dict[str, int] = field(default_factory=dict)
    shown: int = 0
    requests: int = 0


def live(
    town: Town, plan: Plan, folder: Path, kill_database: Callable[[float], None] | None = None, patience: float = REST
) -> Told:
    """Play a plan to its end and judge it."""
    begun = time.monotonic()
    street = Street(town, plan, folder)
    people, told = People(street), Told(plan, [])
    with ExitStack() as stack:
        street.open()
        stack.callback(street.close)
        trouble = Trouble(street, kill_database)
        start = time.monotonic()
        for step in plan.steps:
            _pass(start + step.at, street, people)
            if not trouble.does(step):
                people.do(step)
        street.clear()
        verdict = Verdict(street, people)
        told.objections = _rested(street, people, verdict, patience)
        if not told.objections:
            told.objections = _silent(street, patience)
        told.deaths = {"hub": sum(one.deaths for one in street.hubs), "store": street.store.deaths}
        told.shown, told.requests = len(asked(street).shown), len(street.portal.requests)
        told.seconds = time.monotonic() - begun
    return told


def _pass(moment: float, street: Street, people: People) -> None:
    """Let real time pass until a moment, and what has waited be done meanwhile."""
    street.revive()
    people.catch_up()
    while time.monotonic() < moment:
        time.sleep(min(0.05, max(0.0, moment - time.monotonic())))
        street.revive()
        people.catch_up()


def _rested(street: Street, people: People, verdict: Verdict, patience: float) -> list[str]:
    """Wait until there is nothing to object to, and return what is left after so many seconds."""
    objections: list[str] = []

    def is_well() -> bool:
        nonlocal objections
        street.revive(at_once=True)
        left = people.catch_up()
        objections = [f"{left} acts still wait for their deals"] if left else []
        objections += verdict.objections()
        return not objections or any(map(is_final, objections))

    try:
        until(is_well, "the hub comes to rest", patience, pause=0.3)
    except AssertionError:
        return [*objections, f"the hub has not come to rest in {patience:.0f} s"]
    return objections


def _silent(street: Street, patience: float) -> list[str]:
    """Let the hub compare every order with its deal; it has nothing to write."""
    street.calm()
    before = snapshot(street)
    words = ("sweep", "--all")
    street.town.nursery.run(words, street.folder, street.folder / "sweep.log", **street.environment)

    def is_at_rest() -> bool:
        memory = asked(street)
        return not memory.waiting and not memory.open_intents

    until(is_at_rest, "the comparison is over", patience, pause=0.2)
    after = snapshot(street)
    names = ("orders", "deals", "writes", "contacts")
    return [f"NOT SILENT: {name} moved" for name, was, now in zip(names, before, after, strict=True) if was != now]


def main(arguments: Sequence[str] | None = None) -> int:
    """Play runs, print each with its seed, and return 1 where any broke."""
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="this one run alone")
    parser.add_argument("--kind", default="", help="bitrix_site or woocommerce; by the seed if left out")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long the weather lasts")
    parser.add_argument("--patience", type=float, default=REST)
    parser.add_argument("--mutant", default="", help="a rule to switch off in the hub, as K1")
    parser.add_argument("--keep-going", action="store_true", help="do not end at the first run that broke")
    given = parser.parse_args(arguments)
    first, runs = (given.first, given.runs) if given.seed is None else (given.seed, 1)
    broken, seed = 0, first
    with tempfile.TemporaryDirectory() as name, Nursery(_source(given.mutant, Path(name))) as nursery:
        town = Town(nursery, OnFile(), Path(name))
        for seed in range(first, first + runs):
            plan = draw(seed, given.orders, kind=given.kind, seconds=given.seconds)
            told = live(town, plan, Path(name) / f"run-{seed}", patience=given.patience)
            figures = f"{told.seconds:.1f} s, {told.deaths}, {told.requests} requests, {told.shown} shown"
            _say(f"{plan.told()}; {figures}", *(f"    {line}" for line in told.objections[:12]))
            broken += bool(told.objections)
            if broken and not given.keep_going:
                break
    _say(f"{broken} of {seed - first + 1} runs broken")
    return int(bool(broken))


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _source(rule: str, folder: Path) -> Path | None:
    """Return the source of a hub without a rule's bite, None for the hub as it is."""
    found = next((one for one in MUTANTS if one.rule == rule), None)
    assert found is not None or not rule, f"no mutant of {rule}"
    return found.make(folder / "mutant") if found else None


if __name__ == "__main__":
    sys.exit(main())
