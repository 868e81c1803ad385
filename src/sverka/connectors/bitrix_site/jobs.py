"""Writes on their way: each order's commands with its read-back, in as few requests as can be."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sverka.connectors.bitrix_site.api import BATCH, Api, Command
from sverka.connectors.bitrix_site.dictionary import Words
from sverka.connectors.bitrix_site.parts import Part, Parts, following
from sverka.connectors.bitrix_site.writing import parts_of
from sverka.connectors.kit import not_sent
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Gone, Problem, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.ports.files import Files
from sverka.ports.guard import Guard

MODULE_ALONE = ("coupons", "adminUrl")
"""What the site's module shows of an order and REST does not."""


@dataclass
class Job:
    """One order's write on its way: what it shows, what is still to be sent, what was refused, what failed.

    `before` is what it showed at first; `landed` tells that something of the write was done.
    """

    order: OrderId
    fields: Mapping[str, Value]
    files: Files
    before: Mapping[str, Any]
    words: Words
    landed: bool = False
    failed: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tree = self.before
        self.parts: Parts = parts_of(self.tree, self.fields, self.words, self.files)

    @property
    def keys(self) -> Collection[str]:
        """The keys of all that is to be set."""
        return [*self.fields, *self.files]

    @property
    def problem(self) -> Problem | None:
        """What became of the write where it failed as a whole, None where the order's answer is there."""
        if not self.failed:
            return None
        same = len({type(problem) for problem in self.failed}) == 1
        return self.failed[0] if same and not self.landed else Unanswered()


def get(id_: OrderId) -> Command:
    """Return the command that shows an order with all its parts."""
    return Command("sale.order.get", {"id": id_})


def tree_of(answer: Any) -> Mapping[str, Any] | Problem:
    """Return the order out of the answer to `get`."""
    if isinstance(answer, Problem):
        return not_sent(answer)
    tree = answer.get("order") if isinstance(answer, dict) else None
    return tree if isinstance(tree, dict) else Gone()


def run(api: Api, jobs: Sequence[Job], guard: Guard) -> None:
    """Carry the writes out; what is refused among other fields is tried once more by itself (K18)."""
    _send_all(api, [job for job in jobs if not job.failed and (job.parts.commands or not job.landed)], guard)
    for job in jobs:
        _one_by_one(api, job, guard)
    late = [job for job in jobs if not job.failed and _follow(job)]
    _send_all(api, late, guard)


def _send_all(api: Api, jobs: Sequence[Job], guard: Guard) -> None:
    for batch in _packed(jobs):
        _send(api, batch, guard)


def _send(api: Api, jobs: Sequence[Job], guard: Guard) -> None:
    """Send the commands of some orders in one request, each order's read-back after its own."""
    commands: dict[str, Command] = {}
    for job in jobs:
        for index, part in enumerate(job.parts.commands):
            commands[f"o{job.order}_{index}"] = part.command
        commands[f"o{job.order}_get"] = get(job.order)
    try:
        answers = api.run(commands, guard)
    except Problem as problem:
        for job in jobs:
            job.failed.append(problem)
        return
    for job in jobs:
        _take(job, answers)


def _take(job: Job, answers: Mapping[str, Any]) -> None:
    """Sort the answers to one order's commands."""
    for index, part in enumerate(job.parts.commands):
        answer = answers[f"o{job.order}_{index}"]
        if isinstance(answer, Rejected):
            job.parts.refused.update(dict.fromkeys(part.keys, answer))
        elif isinstance(answer, Problem):
            job.failed.append(answer)
        else:
            job.landed = True
    tree = tree_of(answers[f"o{job.order}_get"])
    if isinstance(tree, Problem):
        job.failed.append(tree)
    else:
        job.tree = {**{key: job.before[key] for key in MODULE_ALONE if key in job.before}, **tree}


def _one_by_one(api: Api, job: Job, guard: Guard) -> None:
    """Try each field of a refused command by itself, on what the order shows by then."""
    refused = [part for part in job.parts.commands if part.keys[0] in job.parts.refused]
    together = _keys_of([part for part in refused if len(part.keys) > 1])
    for key in sorted(together):
        if job.failed:
            return
        del job.parts.refused[key]
        fields = {key: job.fields[key]} if key in job.fields else {}
        files = {key: job.files[key]} if key in job.files else {}
        again = parts_of(job.tree, fields, job.words, files)
        job.parts.refused.update(again.refused)
        job.parts.commands = again.commands
        _send(api, [job], guard)


def _follow(job: Job) -> bool:
    """Plan what can be written only now, and tell whether there is anything."""
    more = following(job.before, job.tree, job.fields)
    job.parts.refused.update(more.refused)
    job.parts.commands = more.commands
    return bool(more.commands)


def _keys_of(parts: Sequence[Part]) -> set[str]:
    return {key for part in parts for key in part.keys}


def _packed(jobs: Sequence[Job]) -> Iterator[Sequence[Job]]:
    """Group orders so that the commands of one are never split over two requests."""
    batch: list[Job] = []
    size = 0
    for job in jobs:
        need = len(job.parts.commands) + 1
        if batch and size + need > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(job)
        size += need
    if batch:
        yield batch
