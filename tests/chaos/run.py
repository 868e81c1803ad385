"""`make chaos`: runs of real processes that are killed at random, judged by what both sides hold afterwards.

The plan of a run is drawn from its seed before anything starts, so SEED plays the same acts, kills and faults again;
at which of the hub's instructions they fall is up to the machine, so a seed that broke may need a few tries.
"""

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty
from typing import Any, TypeAlias

from chaos.bases import OnFile, OnServer
from chaos.bells import LOSES_BELLS
from chaos.figures import line_of, section_of
from chaos.live import REST, Told, live
from chaos.nursery import Nursery
from chaos.plan import Plan, draw
from chaos.server import Server, binaries
from chaos.town import Town
from page import write_section
from simulation.lives.mutants import MUTANTS, Mutant

OVERWRITES = Mutant(
    "overwrites", "the policy decides though one side alone has moved", "domain/merge/reconcile.py",
    " if sight.has_moved(side, old)}\n    if not moved:", "}\n    if not moved:",
)  # fmt: skip

Job: TypeAlias = tuple[Plan, float]
"""A plan, and the seconds within which its hub is to come to rest."""


def _work(folder: Path, source: Path | None, plans: "Queue[Job | None]", told: "Queue[Told]") -> None:
    """Play what stands in one queue and tell it in another, until there is None: a nursery, and a town on each base."""
    folder.mkdir()
    towns: dict[str, Town] = {}
    with ExitStack() as stack:
        nursery = stack.enter_context(Nursery(source))
        for plan, patience in iter(plans.get, None):
            try:
                if plan.base not in towns:
                    base = OnFile() if plan.base == "sqlite" else OnServer(stack.enter_context(Server()))
                    towns[plan.base] = Town(nursery, base, folder / plan.base)
                told.put(live(towns[plan.base], plan, folder / f"run-{plan.seed}", patience))
            except Exception:  # noqa: BLE001 - whatever it was, the run is told as a broken one
                told.put(Told(plan, [f"BROKE OFF: {line}" for line in traceback.format_exc().splitlines()[-6:]]))


def played(plans: Sequence[Plan], patience: float, jobs: int, source: Path | None, folder: Path) -> Iterator[Told]:
    """Play plans in so many processes side by side; yield what became of each, as they end."""
    fresh = multiprocessing.get_context("spawn")
    waiting, told = fresh.Queue(), fresh.Queue()
    for one in [*((plan, patience) for plan in plans), *[None] * jobs]:
        waiting.put(one)
    words = [(folder / f"job-{number}", source, waiting, told) for number in range(jobs)]
    processes = [fresh.Process(target=_work, args=one) for one in words]
    for process in processes:
        process.start()
    try:
        for _ in plans:
            yield _next(told, processes)
    finally:
        with suppress(Empty):
            while True:
                waiting.get(timeout=1)
        for _ in processes:
            waiting.put(None)
        for process in processes:
            process.join()


def _next(told: "Queue[Told]", processes: Sequence[BaseProcess]) -> Told:
    while True:
        with suppress(Empty):
            return told.get(timeout=1)
        assert any(process.is_alive() for process in processes), "whoever plays has died"


def main(arguments: Sequence[str] | None = None) -> int:
    """Play runs, print each with its seed, and return 1 where any broke."""
    given = _words().parse_args(arguments)
    seeds = given.seed or range(given.first, given.first + given.runs)
    if binaries() is None and given.base != "sqlite":
        given.base = "sqlite"
        _say("No PostgreSQL is installed under /usr/lib/postgresql: every run is on SQLite.")
    done = {one["seed"] for one in _tallied(given.tally) if one["bells_alone"] == given.bells_alone}
    plans = [
        draw(seed, given.orders, given.base, given.kind, given.seconds, given.bells_alone)
        for seed in seeds
        if seed not in done
    ]
    broken, lines, commit = 0, [], _commit()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for told in played(plans, given.patience, min(given.jobs, len(plans)), _source(given.mutant, folder), folder):
            figures = f"{told.seconds:.1f} s, killed {told.deaths}, {told.requests} requests, {told.shown} shown"
            limits = [f"(a limit) {line}" for line in sorted(told.unseen)]
            _say(f"{told.plan.told()}; {figures}", *(f"    {line}" for line in [*told.objections[:12], *limits]))
            lines.append(line_of(told, commit))
            if given.tally:
                with given.tally.open("a", encoding="utf-8") as tally:
                    tally.write(f"{json.dumps(lines[-1], ensure_ascii=False)}\n")
            broken += bool(told.objections)
            if broken and not given.keep_going:
                break
    _say(f"{broken} of {len(lines)} runs broken")
    if given.page:
        write_section(given.page, "Chaos", section_of(_tallied(given.tally) or lines))
    return int(bool(broken))


def _words() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("page", nargs="?", type=Path, help="docs/figures.md: write what was counted there")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, nargs="*", help="these seeds alone")
    parser.add_argument("--jobs", type=int, default=1, help="how many runs are played side by side")
    parser.add_argument("--kind", default="", help="bitrix_site or woocommerce; by the seed if left out")
    parser.add_argument("--base", default="", help="sqlite or postgresql; by the seed if left out")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long the weather lasts")
    parser.add_argument("--patience", type=float, default=REST)
    parser.add_argument("--mutant", default="", help="a rule to switch off in the hub, as K1")
    parser.add_argument("--bells-alone", action="store_true", help="no sweeps, and no bell lost on its way")
    parser.add_argument("--keep-going", action="store_true", help="do not end at the first run that broke")
    parser.add_argument("--tally", type=Path, help="a file of one line a run, added to; the page tells all it holds")
    return parser


def _commit() -> str:
    """Return the commit that is played, marked where the tree differs from it."""
    words = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def _tallied(tally: Path | None) -> list[dict[str, Any]]:
    """Return the runs a tally has: a series that was broken off goes on with the others."""
    lines = tally.read_text("utf-8").splitlines() if tally and tally.exists() else []
    return [json.loads(line) for line in lines]


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _source(rule: str, folder: Path) -> Path | None:
    """Return the source of a hub without a rule's bite, None for the hub as it is."""
    found = next((one for one in (*MUTANTS, LOSES_BELLS, OVERWRITES) if one.rule == rule), None)
    assert found is not None or not rule, f"no mutant of {rule}"
    return found.make(folder / "mutant") if found else None


if __name__ == "__main__":
    sys.exit(main())
