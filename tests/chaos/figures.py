"""What runs have counted, as lines of a tally and as a section of docs/figures.md."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from chaos.live import Told

STORES = {"bitrix_site": "1C-Bitrix", "woocommerce": "WooCommerce"}
BASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
KILLED = {
    "up": "the hub in one process", "web": "the hub's door", "worker": "a worker of the hub",
    "database": "the PostgreSQL server", "store": "the shop",
}  # fmt: skip

_COLUMNS = (
    "runs", "orders", "edits and words", "kills", "other faults", "lost", "doubled", "overwritten",
    "edited between a look and its write", "runs with any objection",
)  # fmt: skip

_INTRO = """Counted by `make chaos`; `make chaos ARGS="--keep-going --tally FILE docs/figures.md"` writes this section
from all that stands in the file, and goes on where an earlier series was broken off. What goes wrong in a run, and what
is asked afterwards, is told in [chaos](why/chaos.md). Seeds: {seeds}. Commits: {commits}.

"""


def line_of(told: Told, commit: str) -> dict[str, Any]:
    """Return a run as a line of the tally."""
    plan = told.plan
    return {
        "seed": plan.seed, "commit": commit, "store": plan.kind, "base": plan.base, "bells_alone": plan.bells_alone,
        "orders": told.orders, "acts": told.acts, "kills": told.deaths,
        "faults": told.faults, "requests": told.requests, "shown": told.shown,
        "seconds": round(told.seconds, 1), "objections": told.objections, "unseen": sorted(told.unseen),
    }  # fmt: skip


def section_of(lines: Sequence[Mapping[str, Any]]) -> str:
    """Return the section that tells all these runs."""
    kinds = defaultdict(list)
    for one in lines:
        alone = ", bells alone" if one["bells_alone"] else ""
        kinds[f"{STORES[one['store']]}, {BASES[one['base']]}{alone}"].append(one)
    rows = [_row(name, kinds[name]) for name in sorted(kinds)]
    rows.append(_row("all", lines))
    kills = Counter[str]()
    for one in lines:
        kills.update(one["kills"])
    killed = [f"| {KILLED[name]} | {kills[name]} |" for name in KILLED if name in kills]
    table = ["", "| killed | times |", "|---|---|", *killed]
    commits = Counter(one["commit"] for one in lines)
    counted = ", ".join(f"{commit} ({runs} runs)" for commit, runs in commits.items())
    intro = _INTRO.format(seeds=_ranges([one["seed"] for one in lines]), commits=counted)
    return intro + "\n".join([*_head(), *rows, *table])


def _head() -> list[str]:
    return [f"| {' | '.join(_COLUMNS)} |", f"|{'---|' * len(_COLUMNS)}"]


def _row(name: str, lines: Sequence[Mapping[str, Any]]) -> str:
    said = [objection for one in lines for objection in one["objections"]]
    counts = [sum(said_of.startswith(word) for said_of in said) for word in ("LOST", "DOUBLED", "OVERWRITTEN")]
    kills = sum(sum(one["kills"].values()) for one in lines)
    sums = [sum(one[what] for one in lines) for what in ("orders", "acts")]
    unseen = sum(len(one["unseen"]) for one in lines)
    broken = sum(bool(one["objections"]) for one in lines)
    cells = [f"{len(lines)}, {name}", *sums, kills, sum(one["faults"] for one in lines), *counts, unseen, broken]
    return f"| {' | '.join(map(str, cells))} |"


def _ranges(seeds: Sequence[int]) -> str:
    """Return seeds as `0-199, 300`."""
    found: list[list[int]] = []
    for seed in sorted(set(seeds)):
        if found and found[-1][1] == seed - 1:
            found[-1][1] = seed
        else:
            found.append([seed, seed])
    return ", ".join(f"{first}-{last}" if first < last else str(first) for first, last in found)
