"""The store itself: orders known by one of two ways, and changed by files the shop takes in as those of 1C."""

import hashlib
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sverka.connectors.commerceml import catalogue, check, says
from sverka.connectors.commerceml.documents import Package, file_of
from sverka.connectors.commerceml.orders import Terms, order_of
from sverka.connectors.commerceml.script import Script
from sverka.connectors.commerceml.ways import Asking, Keeping, Seen, Way
from sverka.connectors.commerceml.wire import Failure, Wire
from sverka.connectors.commerceml.writing import WRITES, Draft, documents_of, draft_of
from sverka.connectors.kit import Kit, MakesNoOrders
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Forged, Problem, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.domain.mapping.field import Field
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.findings import Finding
from sverka.ports.guard import Guard, free
from sverka.ports.notices import Notice, Subject
from sverka.ports.store import OrderWrite, StoreCan, Wrote

_PAGES = "/bitrix/admin/"


@dataclass(frozen=True)
class Choices:
    """What a connection is told beside its way in: how orders are known, who confirms them, what statuses exist.

    `imports` says that files are taken in by `import`, and not by `file` alone as old exchanges do.
    """

    asks: bool = True
    confirms: bool = True
    imports: bool = True
    statuses: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Job:
    """One order's write on its way."""

    order: OrderId
    before: Snapshot
    draft: Draft
    failure: Problem | None = None


class CommerceML(MakesNoOrders):
    """A shop behind its exchange with 1C, the hub in 1C's place. It rings no bells: changes are found by sweeps."""

    def __init__(self, wire: Wire, kit: Kit, terms: Terms, choices: Choices) -> None:
        """Take the wire to the exchange script."""
        self._wire = wire
        self._kit = kit
        page = f"{wire.site}{_PAGES}sale_order_view.php?ID={{id}}&lang=ru" if wire.is_bitrix else ""
        self._terms = Terms(terms.zone, kit.region, urlsplit(wire.site).netloc, page)
        self._choices = choices
        self._script = Script(wire, imports=choices.imports)
        asking = Asking(self._script, kit, terms.zone)
        self._way: Way = asking if choices.asks else Keeping(self._script, kit, terms.zone, confirms=choices.confirms)
        self.can = StoreCan(WRITES, signs_notices=False, sees_deletions=choices.asks)

    def __repr__(self) -> str:
        return f"CommerceML({self._wire.site})"

    def read(self, orders: Collection[OrderId], guard: Guard = free) -> Mapping[OrderId, Snapshot | Problem]:
        """Return each order as it is now, or as it was last shown; `Gone` where there is none."""
        seen = self._way.read(orders, guard)
        return {id_: one if isinstance(one, Problem) else self._shown(one) for id_, one in seen.items()}

    def write(self, writes: Sequence[OrderWrite], guard: Guard) -> Mapping[OrderId, Wrote | Problem]:
        """Set the named fields: one file for all orders, and one for each where the shop refuses that.

        A shop answers for a whole file, so what became of each field is told by what it shows afterwards.
        """
        wanted: dict[OrderId, dict[str, Value]] = {}
        for write in writes:
            wanted.setdefault(write.order, {}).update(write.fields)
        seen = self._way.read(wanted, guard)
        done: dict[OrderId, Wrote | Problem] = {}
        jobs = []
        for id_, fields in wanted.items():
            job = self._job(id_, seen[id_], fields)
            if isinstance(job, _Job):
                jobs.append(job)
            else:
                done[id_] = job
        moving = [job for job in jobs if self._moves(job)]
        try:
            self._send(moving, guard)
        except Problem as problem:
            return {**done, **dict.fromkeys((job.order for job in jobs), problem)}
        taken = [job.draft.package for job in moving if job.failure is None or self._choices.asks]
        after = self._way.after(taken, guard)
        return done | {job.order: self._settled(job, after.get(job.order)) for job in jobs}

    def changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Yield every order that changed at or after the moment, oldest change first."""
        for id_, stamp in self._way.changed(moment):
            yield Notice(Subject.ORDER, id_, "changed", stamp)

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:  # noqa: ARG002 - whatever they say
        """Believe nothing: an exchange with 1C sends no notices."""
        raise Forged

    def catalogue(self) -> Sequence[Field]:
        """Return the orders' fields with the shop's statuses, and the requisites its orders of late have."""
        recent = [self._shown(Seen(one, self._kit.clock.now())) for one in self._way.recent()]
        shown = [one for one in recent if isinstance(one, Snapshot)]
        return catalogue.fields_of(self._script.lists(free), shown, self._choices.statuses)

    def check(self) -> Sequence[Finding]:
        """Try the way in, and say what stands against it: another 1C, another time, a way that is not there."""
        asks, confirms = self._choices.asks, self._choices.confirms
        trial = check.Trial(self._wire, self._script, self._way, self._kit.clock, self._terms.zone)
        return check.findings(trial, self._choices.statuses, asks=asks, confirms=confirms)

    def close(self) -> None:
        """Let the connections go."""
        self._wire.close()

    def _shown(self, seen: Seen) -> Snapshot | Problem:
        try:
            order = order_of(seen.package, self._terms, seen.at)
        except Rejected as problem:
            return problem
        stamp = f"{order.updated_at.isoformat()}/{_print(seen.package)}"
        return Snapshot(order.id, order.fields(), stamp, order.updated_at, title=order.number, url=order.url)

    def _job(self, id_: OrderId, seen: Seen | Problem, fields: Mapping[str, Value]) -> _Job | Wrote | Problem:
        shown = seen if isinstance(seen, Problem) else self._shown(seen)
        if isinstance(seen, Problem) or isinstance(shown, Problem):
            return shown if isinstance(shown, Problem) else Unanswered()
        draft = draft_of(seen.package, fields)
        if draft.set:
            return _Job(id_, shown, draft)
        only = next(iter(draft.refused.values()), None)
        return only if only is not None and len(fields) == 1 else Wrote(shown, draft.refused)

    def _moves(self, job: _Job) -> bool:
        """Tell whether the draft differs from what the order shows: a save of nothing would date it anew."""
        wanted = self._shown(Seen(job.draft.package, self._kit.clock.now()))
        return isinstance(wanted, Problem) or any(wanted.get(key) != job.before.get(key) for key in job.draft.set)

    def _send(self, jobs: Sequence[_Job], guard: Guard) -> None:
        if not jobs:
            return
        moment = self._kit.clock.now().astimezone(self._terms.zone).strftime("%Y-%m-%dT%H:%M:%S")
        version = f"sverka-{secrets.token_hex(6)}"
        documents = [one for job in jobs for one in documents_of(job.draft, version)]
        try:
            self._script.send(file_of(documents, self._wire.schema, moment), guard)
        except Failure as problem:
            if len(jobs) == 1:
                jobs[0].failure = problem
                return
            for job in jobs:
                self._send([job], guard)

    def _settled(self, job: _Job, after: Seen | Problem | None) -> Wrote | Problem:
        if after is None:
            return Wrote(job.before, job.draft.refused) if job.failure is None else job.failure
        shown = after if isinstance(after, Problem) else self._shown(after)
        if isinstance(shown, Problem):
            return Unanswered()
        wanted = self._shown(Seen(job.draft.package, self._kit.clock.now()))
        refused = dict(job.draft.refused)
        for key in job.draft.set:
            is_as_before = shown.get(key) == job.before.get(key)
            if is_as_before and (isinstance(wanted, Problem) or wanted.get(key) != shown.get(key)):
                refused[key] = job.failure or Rejected(says.unshown(key))
        if len(refused) == len(job.draft.set) == 1 and not job.draft.refused:
            return next(iter(refused.values()))
        return Wrote(shown, refused)


def _print(package: Package) -> str:
    return hashlib.sha256(package.packed()).hexdigest()[:16]
