"""The section of docs/figures.md that tells what the whole job costs, and its pictures."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from job import Job, Outcome
from svg import Bar, bars

FAULTS = 2
"""Percent of requests that meet 503, and percent that are carried out and their answers lost."""

TEXT = """
Printed by `make bench FULL=1 PART=jobs`; `ARGS=docs/figures.md` writes this section, its pictures and
`figures/job.json`, in which all is kept: `ARGS='--only storm docs/figures.md'` measures one job anew. Clients:
{versions}.

An order of a new customer becomes a deal with a contact and product rows, and statuses travel. All integrations do the
same work on a fresh sandbox portal of the standard plan (2 requests a second, 50 at once), each in a process of its
own. The plain ones are written as their client's documentation shows, and well: what webhooks ask for waits in a queue;
a contact is looked for by phone, then added; deal and rows go in one batch; the ids of what was made, and the last
status sent, are kept in a table, so that nothing is sent twice for nothing; a piece of work that fails is tried again a
second later, up to ten times. "A handler a webhook" is the documentation's calls one after the other. "Its queue in
batches" and "in lists" take all that waits together, by `call_batch` and by `call` and `get_by_ID`; fast-bitrix24 works
within its `slow()`, which its documentation advises where a portal refuses. Where a whole request is refused its `call`
answers with fewer items than it was given, and nobody can tell which were done: all are sent again. A status that was
carried rings on the other side, and those bells are part of the work.

Orders of the past the plain integrations send as they send new ones, a thousand at a time, and again every minute for
as long as it takes: their clients' documents know no other way, so that robots run and the deals are of today. The hub
brings them by `crm.item.batchImport`: none run, and dates are kept. A method may compute 480 seconds in ten minutes, a
command here takes 0.05, so that 10 000 of one kind cannot be sent without waiting, whoever sends them. The sweep and
the comparison are of what the history of 100 000 has left, an hour later each. The plain ones ask for the deals changed
in the last five minutes, and for all, by `call_list_fast` and `get_all`, and compare their stages; the hub compares
every field of its profile. [More of the hub's own history](#history) is measured by itself.

Requests are counted by the portal, the refused (503) among them. The sandbox answers at once and its clock moves only
while an integration waits, so virtual seconds hold neither computing nor travelling. The floor is the fewest requests
that the hub's way of working needs: for a new order five commands, which is ten orders a request. Plain integrations
may go below it, for they neither look whether a deal is there already nor read back what they wrote. A live wave of
the hub takes 200 orders, so 1 000 statuses of the portal are five reads, and five for the shop's bells. The hub takes
longer than they on an idle portal because it leaves half of the burst of 50 to others behind the same address.
Processor time and memory are those of the integration's whole process on the machine that measured, its store in
memory included. The hub's profile is as drafted: one that would make more than 5 000 writes in ten minutes stops,
and asks a person to look.

Under faults {faults} % of requests meet 503, and another {faults} % are carried out and their answers lost. "Twice" are
deals and contacts beyond the first of their name, "lost" are orders without a whole deal or with a status that has not
arrived; both are sums over the runs. The hub then waits: a create without an answer is looked for only once the portal
must have finished it, two minutes later, and never simply repeated.
"""

_HEAD = (
    "| integration | requests | × floor | virtual time | processor | memory | under faults | twice | lost |",
    "|---|---|---|---|---|---|---|---|---|",
)

OWN = "sverka"

PICTURES = {
    "job-requests": "Requests to the portal, the refused among them",
    "job-seconds": "Virtual seconds at the portal's limit of requests",
    "job-faults": f"Made twice or lost, mean of a run: {FAULTS} % of requests refused, {FAULTS} % of answers lost",
}
"""The pictures by the names of their files."""


def section(jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> str:
    """Return the section: a table a job."""
    clients = [f"{name} {version(name)}" for name in ("b24pysdk", "fast-bitrix24")]
    parts = [TEXT.format(versions=", ".join(clients), faults=FAULTS).rstrip()]
    parts += [f"![{title}](figures/{name}.svg)" for name, title in PICTURES.items()]
    for job in jobs:
        promise = f"; the hub promises at most {job.promise}" if job.promise is not None else ""
        rows = [_row(job, one) for one in outcomes if one.job == job.name]
        parts.append(f"**{job.what[0].upper()}{job.what[1:]}** (floor: {_requests(job.floor)}{promise})")
        parts.append("\n".join([*_HEAD, *rows]))
    return "\n\n".join(parts) + "\n"


def _requests(count: float) -> str:
    return f"{count:.0f} request{'s' * (round(count) != 1)}"


def _row(job: Job, one: Outcome) -> str:
    refused = f" ({one.refused:.0f} refused)" if one.refused else ""
    memory = f"{one.spent.memory:.0f} MB" if one.spent.memory else ""
    under, wrong = "", one
    if one.faulty:
        wrong = one.faulty
        runs = f", {wrong.runs} runs" if wrong.runs > 1 else ""
        under = f"{_requests(wrong.requests)}, {wrong.seconds:.0f} s{runs}"
    trouble = one.trouble or wrong.trouble
    cells = [
        f"{one.side}{f' **fails**: {trouble}' if trouble else ''}", f"{one.requests:.0f}{refused}",
        f"{one.requests / job.floor:.2g}" if one.requests < job.floor * 100 else f"{one.requests / job.floor:.0f}",
        f"{one.seconds:.1f} s", f"{one.spent.processor:.1f} s", memory, under, _bad(wrong.twice), _bad(wrong.lost),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _bad(count: int) -> str:
    return f"**{count}**" if count else "0"


def charts(folder: Path, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
    """Write the pictures beside the page, in its folder `figures`."""
    folder = folder / "figures"
    folder.mkdir(exist_ok=True)
    told: dict[str, Callable[[Outcome], float | None]] = {
        "job-requests": lambda one: one.requests,
        "job-seconds": lambda one: one.seconds,
        "job-faults": lambda one: (one.faulty.twice + one.faulty.lost) / one.faulty.runs if one.faulty else None,
    }
    for name, value in told.items():
        groups = [(job.what, _bars([one for one in outcomes if one.job == job.name], value)) for job in jobs]
        drawn = bars(PICTURES[name], [group for group in groups if group[1]])
        (folder / f"{name}.svg").write_text(drawn, "utf-8")


def _bars(outcomes: Sequence[Outcome], value: Callable[[Outcome], float | None]) -> list[Bar]:
    values = [(one.side, value(one)) for one in outcomes]
    return [
        Bar(side, shown, f"{shown:.3g}" if shown < 100 else f"{shown:.0f}", side == OWN)
        for side, shown in values
        if shown is not None
    ]
