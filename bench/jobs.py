"""The whole job, side by side: orders become deals and statuses travel, by plain integrations and by this hub.

Requests are counted by the portal, the refused among them, and are exact; its clock moves only while somebody waits
for its limit, so virtual seconds are exact too and hold no computing. Processor time and memory are of the
integration's own process on this machine; the portal runs in another.
"""

import argparse
import logging
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from statistics import mean
from typing import Any

import structlog

from job import Book, Job, Outcome
from job_page import FAULTS, charts, section
from job_process import BY_ONE, SIDES, Spent
from page import write_section
from peer_orders import PAGE
from peers import Place, place
from support.sdk_office import Office
from sverka.sandbox.portal.faults import Fault
from world import Clock

_PROCESS = Path(__file__).with_name("job_process.py")

RUNS = 5
"""Runs under faults, each of its own seed, of an integration that sends few requests."""

LONG = 5000
"""Orders beyond which one run meets as many faults as several smaller ones."""

KEPT = Path("figures", "job.json")
"""Where the figures of a page are kept, beside it."""


def jobs(size: int, *, is_full: bool) -> list[Job]:
    """Return the work for so many orders."""
    fifties = -(-size // 50)
    deals, past, promised = max(1, size // 10), size * (10 if is_full else 2), max(6, size * 12 // 100)
    sets, long = tuple(side for side in SIDES if side != BY_ONE), size * 100
    pages = -(-long // (PAGE * PAGE))
    whole = [
        Job("long_history", f"{long} orders of the past", long, -(-long * 11 // 500), sets, long * 3 // 100),
        # fifty ids a command, fifty commands a request
        Job("sweep", f"a sweep when nothing of {long} has changed", long, 1, sets, 2, follows=True),
        Job("compare", f"a comparison of {long} unchanged", long, pages, sets, pages + pages // 8, follows=True),
    ]
    return [
        # design: five commands an order, ten orders a request
        Job("orders", f"{size} orders of new customers, all at once", size, -(-size // 10), promise=promised),
        # fifty updates a request; what the portal then rings for is read fifty ids a command, fifty commands a request
        Job("to_portal", f"{size} statuses, store to portal", size, fifties + -(-fifties // 50)),
        Job("to_store", f"{size} statuses, portal to store", size, -(-fifties // 50)),
        Job("storm", f"{deals * 100} bells for {deals} deals, in ten rounds", deals, 10, () if is_full else sets, 10),
        # twenty records made and the rows of one are a command each
        Job("history", f"{past} orders of the past", past, -(-past * 11 // 500), sets, max(40, past * 3 // 100)),
        *(whole if is_full else []),
    ]  # fmt: skip


class Desk:
    """Answers what an integration's process asks of the portal's."""

    def __init__(self, office: Office, clock: Clock, seed: int) -> None:
        """Take the portal; with a seed above 0 it misbehaves from the measured part on."""
        self._office, self._clock, self._seed = office, clock, seed
        self._began = clock.now()
        self._twice = 0

    def sleep(self, seconds: float) -> Any:
        """Let virtual time pass."""
        if seconds > 0:
            self._clock.sleep(seconds)
        return self._clock.now()

    def begin(self) -> None:
        """Count from here."""
        portal = self._office.portal
        portal.reset_counters()
        self._began = self._clock.now()
        self._twice = self._count_twice()
        portal.faults.clear()
        if self._seed:
            portal.faults.seed(self._seed)
            portal.fault(Fault("error", code="QUERY_LIMIT_EXCEEDED", description="Too many requests", percent=FAULTS))
            portal.fault(Fault("close", percent=FAULTS))

    def deals(self) -> list[int]:
        """Return the ids of all deals."""
        return sorted(self._office.portal.core.state.items[2])

    def move(self, stage: str) -> list[int]:
        """Let managers put every deal on a stage; return their ids."""
        for deal in self.deals():
            self._office.portal.call("crm.deal.update", {"id": deal, "fields": {"STAGE_ID": stage}})
        return self.deals()

    def outcome(self, job: Job, side: str, spent: Spent) -> Outcome:
        """Return what has come of it."""
        lines = self._office.portal.requests
        seconds = (self._clock.now() - self._began).total_seconds()
        refused = sum(line.status == 503 for line in lines)
        twice, lost = self._gone_wrong(job)
        return Outcome(job.name, side, len(lines), refused, seconds, spent, twice, lost + spent.wrong)

    def _gone_wrong(self, job: Job) -> tuple[int, int]:
        """Return how many deals and contacts are there twice, and how many orders are not as they should be."""
        call, items = self._office.portal.call, self._office.portal.core.state.items
        twice = self._count_twice() - self._twice
        if job.name == "to_portal":
            wrong = {deal.values["title"] for deal in items[2].values() if deal.values["stageId"] != "C2:EXECUTING"}
            return twice, len(wrong)
        if job.name not in ("orders", "history", "long_history"):
            return twice, 0
        whole = {
            deal.values["title"] for number, deal in items[2].items()
            if call("crm.deal.productrows.get", {"id": number}).result
            and call("crm.deal.contact.items.get", {"id": number}).result
        }  # fmt: skip
        return twice, job.size - len(whole)

    def _count_twice(self) -> int:
        items = self._office.portal.core.state.items
        titles = Counter(deal.values["title"] for deal in items[2].values())
        buyers = Counter(contact.values["lastName"] or contact.values["name"] for contact in items[3].values())
        return sum(count - 1 for count in (*titles.values(), *buyers.values()))


def measure(chain: Sequence[Job], side: str, at: Place, seed: int = 0) -> list[Outcome]:
    """Have one integration do one job, and those that follow it, on a portal of its own."""
    with at.bare() as (office, clock):
        desk = Desk(office, clock, seed)
        with Listener() as listener:
            where = (office.domain, office.code, office.near)
            asked = [str(listener.address), side, ",".join(job.name for job in chain), str(chain[0].size), *where]
            process = subprocess.Popen([sys.executable, str(_PROCESS), *asked])
            with listener.accept() as far:
                outcomes = [_served(desk, far, job, side) for job in chain]
            process.wait()
        return outcomes


def under_faults(chain: Sequence[Job], side: str, at: Place, runs: int) -> list[Outcome]:
    """Return what faults make of it: means, and the sums of what went wrong."""
    seeds = range(1, (1 if side == BY_ONE or chain[0].size > LONG else runs) + 1)
    return [_mean(all_runs) for all_runs in zip(*(measure(chain, side, at, seed) for seed in seeds), strict=True)]


def _mean(all_runs: Sequence[Outcome]) -> Outcome:
    return replace(
        all_runs[0],
        requests=mean(one.requests for one in all_runs),
        refused=mean(one.refused for one in all_runs),
        seconds=mean(one.seconds for one in all_runs),
        spent=next((one.spent for one in all_runs if one.trouble), all_runs[0].spent),
        twice=sum(one.twice for one in all_runs),
        lost=sum(one.lost for one in all_runs),
        runs=len(all_runs),
    )


def _served(desk: Desk, far: Connection, job: Job, side: str) -> Outcome:
    while True:
        what, given = far.recv()
        if what == "done":
            outcome = desk.outcome(job, side, Spent(**given[0]))
            far.send(None)
            return outcome
        far.send(getattr(desk, what)(*given))


def chains(every: Sequence[Job]) -> list[list[Job]]:
    """Return the jobs, each with those that follow it."""
    starts = [number for number, job in enumerate(every) if not job.follows]
    return [list(every[start:end]) for start, end in zip(starts, [*starts[1:], len(every)], strict=True)]


def main() -> int:
    """Measure every integration at every job, print and write what came out; 1 where a promise is broken."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("files", nargs="*", type=Path, help="a page, or the JSON file in which the figures are kept")
    asked.add_argument("--size", type=int, default=1000, help="orders")
    asked.add_argument("--runs", type=int, default=RUNS, help="runs under faults")
    asked.add_argument("--full", action="store_true", help="a storm for the handler a webhook too: some minutes")
    asked.add_argument("--only", action="append", default=[], help="the name of a job")
    asked.add_argument("--side", action="append", default=[], help="an integration's name, or how it begins")
    given = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    warnings.simplefilter("ignore")
    pages = [file for file in given.files if file.suffix == ".md"]
    kept = [*(file for file in given.files if file.suffix == ".json"), *(page.parent / KEPT for page in pages), None]
    book, every = Book(kept[0]).read(), jobs(given.size, is_full=given.full)
    todo = [chain for chain in chains(every) if not given.only or {job.name for job in chain} & {*given.only}]
    sides = [side for side in SIDES if not given.side or side.startswith(tuple(given.side))]
    with place() as at:
        for chain in todo:
            for side in [side for side in sides if not chain[0].sides or side in chain[0].sides]:
                told_both = zip(measure(chain, side, at), under_faults(chain, side, at, given.runs), strict=True)
                for job, (whole, faulty) in zip(chain, told_both, strict=True):
                    outcome = replace(whole, faulty=faulty)
                    book.put(job, outcome)
                    print(f"{job.what}: {told(outcome)}", file=sys.stderr, flush=True)
    told_of = [book.jobs[job.name] for job in every if job.name in book.jobs]
    outcomes = [book.outcomes[key] for job in told_of for side in SIDES if (key := (job.name, side)) in book.outcomes]
    text = section(told_of, outcomes)
    print(text)
    for page in pages:
        write_section(page, "The job, side by side", text)
        charts(page.parent, told_of, outcomes)
    broken = broken_promises(told_of, outcomes)
    print("".join(f"BAD {line}\n" for line in broken), end="")
    return 1 if broken else 0


def told(outcome: Outcome) -> str:
    """Return an outcome in a line, for whoever waits."""
    numbers = f"{outcome.requests:.0f} requests ({outcome.refused:.0f} refused), {outcome.seconds:.1f} s virtual"
    wrong = f"{outcome.twice} twice, {outcome.lost} lost {outcome.trouble}".strip()
    if outcome.faulty is None:
        return f"{outcome.side}: {numbers}, {wrong}"
    under = told(outcome.faulty).partition(": ")[2]
    return f"{outcome.side}: {numbers}, {wrong}; {outcome.faulty.runs} runs under faults: {under}"


def broken_promises(todo: Sequence[Job], outcomes: Sequence[Outcome]) -> list[str]:
    """Return what the hub has promised of a job and not kept."""
    mine = {one.job: one for one in outcomes if one.side == "sverka"}
    broken = []
    for job in todo:
        one = mine.get(job.name)
        if one is None:
            continue
        if job.promise is not None and one.requests > job.promise:
            broken.append(f"{job.what}: {one.requests} requests, promised {job.promise}")
        broken += [
            f"{job.what}{where}: {run.twice} twice, {run.lost} lost {run.trouble}".strip()
            for where, run in (("", one), (" under faults", one.faulty))
            if run and (run.twice or run.lost or run.trouble)
        ]
    return broken


if __name__ == "__main__":
    sys.exit(main())
