"""A piece of work, what an integration needed for it, and the book in which both are kept."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from job_process import Spent


@dataclass(frozen=True)
class Job:
    """A piece of work of `size` orders: the requests it needs at least, and who can do it (empty: all)."""

    name: str
    what: str
    size: int
    floor: int
    sides: tuple[str, ...] = ()
    promise: int | None = None
    """Requests that the hub may need at most."""

    follows: bool = False
    """Whether it is done on what the job before it has left, by the same process."""


@dataclass(frozen=True)
class Outcome:
    """What one integration needed; `twice` and `lost` count deals, contacts and statuses gone wrong.

    `seconds` are virtual. `runs` under faults are told as means, but for `twice` and `lost`, which are sums.
    """

    job: str
    side: str
    requests: float
    refused: float
    seconds: float
    spent: Spent
    twice: int
    lost: int
    faulty: "Outcome | None" = None
    runs: int = 1

    @property
    def trouble(self) -> str:
        """How it failed, empty where it did not."""
        return self.spent.trouble


@dataclass
class Book:
    """What has been measured, written after every measurement: what breaks loses nothing, and a part can be renewed.

    With no file it is kept for this once. A job that is not what it was (another size) begins with an empty page.
    """

    file: Path | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)

    def read(self) -> "Book":
        """Take what the file holds, if there is one."""
        if self.file and self.file.exists():
            told = json.loads(self.file.read_text("utf-8"))
            self.jobs = {one["name"]: Job(**{**one, "sides": tuple(one["sides"])}) for one in told["jobs"]}
            self.outcomes = {(one.job, one.side): one for one in map(_outcome, told["outcomes"])}
        return self

    def put(self, job: Job, outcome: Outcome) -> None:
        """Keep an outcome in place of an earlier one; what another part has written meanwhile stays."""
        self.read()
        if (known := self.jobs.get(job.name)) and known.what != job.what:
            self.outcomes = {key: one for key, one in self.outcomes.items() if one.job != job.name}
        self.jobs[job.name] = job
        self.outcomes[job.name, outcome.side] = outcome
        if self.file:
            told = {name: [asdict(one) for one in kept.values()] for name, kept in vars(self).items() if name != "file"}
            self.file.parent.mkdir(exist_ok=True)
            self.file.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def _outcome(told: Mapping[str, Any]) -> Outcome:
    faulty = _outcome(told["faulty"]) if told["faulty"] else None
    return Outcome(**{**told, "spent": Spent(**told["spent"]), "faulty": faulty})
