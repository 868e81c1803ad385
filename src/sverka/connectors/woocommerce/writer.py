"""Writes into orders: one by PUT, several by a batch, and what cannot be said in them, such as notes, beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sverka.connectors.woocommerce.api import PAGE, Api, item_problem
from sverka.connectors.woocommerce.feed import Feed, plain
from sverka.connectors.woocommerce.orders import metas_of
from sverka.connectors.woocommerce.plan import METHOD, Plan, needs_a_look
from sverka.connectors.woocommerce.reading import Orders, is_whole
from sverka.connectors.woocommerce.statuses import Statuses, no_status, other_status
from sverka.connectors.woocommerce.writing import NOT_DUE, NOTE, PROPERTY, Body
from sverka.domain.commerce.comment import Comment, feed
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Gone, Later, Problem, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.comments import COMMENTS, FEED
from sverka.ports.guard import Guard
from sverka.ports.store import OrderWrite, Wrote


@dataclass
class Job:
    """One order's write on its way: what is to be put, and what the order showed in the last answer."""

    order: OrderId
    fields: Mapping[str, Value]
    body: Body
    row: Mapping[str, Any] | None = None
    failed: Problem | None = None
    landed: bool = False
    unsent: frozenset[str] = frozenset()
    said: tuple[Comment, ...] | None = None
    plan: Plan = field(default_factory=Plan)
    is_new: bool = False

    @property
    def sent(self) -> Sequence[str]:
        """The field keys that the body carries or carried, notes apart."""
        return [key for key in self.fields if key not in (NOTE, COMMENTS) and key not in self.unsent]

    def fail(self, problem: Problem) -> None:
        """Keep what went wrong; once something has landed, the order has to be looked at again."""
        self.failed = Unanswered() if self.landed else problem


class Writer:
    """What is written into the orders of one shop."""

    def __init__(self, api: Api, orders: Orders, statuses: Statuses, feed_: Feed) -> None:
        """Take the shop's API; nothing is asked yet."""
        self._api = api
        self._orders = orders
        self._statuses = statuses
        self._feed = feed_

    def write(self, writes: Sequence[OrderWrite], guard: Guard) -> Mapping[OrderId, Wrote | Problem]:
        """Set the named fields: one order by PUT, several by a batch, whose answers are the read-back.

        Items of a batch are not validated by the shop, which saves `pending` for a status it has not: statuses are
        compared with its list before a batch is sent, and another status in the answer than was sent is a refusal.

        A save of nothing would date the order anew and ring its webhook, so an order with nothing to set is only
        read. What is refused among other fields is tried once more by itself (K18).
        """
        jobs = self._jobs(writes, guard)
        ready = [job for job in jobs if job.failed is None and job.body.values]
        if len(ready) == 1:
            self.put(ready[0], ready[0].sent, ready[0].body.values, guard)
        else:
            self._vet(ready, guard)
            ready = [job for job in ready if job.failed is None and job.body.values]
            for start in range(0, len(ready), PAGE):
                self._batch(ready[start : start + PAGE], guard)
        return {job.order: self.finished(job, guard) for job in jobs}

    def finished(self, job: Job, guard: Guard) -> Wrote | Problem:
        """Do what remains of a write once its body was put: what was refused among others, notes, a look."""
        self._one_by_one(job, guard)
        self._note(job, guard)
        self._say(job, guard)
        self._read_back(job, guard)
        return self._settled(job)

    def _jobs(self, writes: Sequence[OrderWrite], guard: Guard) -> Sequence[Job]:
        """Plan the writes; where one names a hidden meta key or line items, its order is looked at first."""
        wanted: dict[OrderId, dict[str, Value]] = {}
        for write in writes:
            wanted.setdefault(write.order, {}).update(write.fields)
        asking = [id_ for id_, fields in wanted.items() if any(map(needs_a_look, fields))]
        rows = self._orders.rows(asking, guard) if asking else {}
        gateways = self.gateways(guard) if any(METHOD in fields for fields in wanted.values()) else {}
        jobs = []
        for id_, fields in wanted.items():
            row = rows.get(id_, {})
            known = {} if isinstance(gateways, Problem) else gateways
            plan = Plan(self._orders.reader, known, {} if isinstance(row, Problem) else row)
            body = plan.body(fields, metas_of({} if isinstance(row, Problem) else row))
            job = Job(id_, fields, body, unsent=frozenset(body.refused), plan=plan)
            if isinstance(row, Problem):
                job.failed = row
            elif not id_.isdigit():
                job.failed = Gone()
            elif isinstance(gateways, Problem) and METHOD in fields:
                job.failed = gateways
            jobs.append(job)
        return jobs

    def gateways(self, guard: Guard) -> Mapping[str, str] | Problem:
        """Return the shop's payment methods by id, or what kept them from being read: nothing was written yet."""
        try:
            rows = self._api.rows("/payment_gateways", guard)
        except Problem as problem:
            return Later() if isinstance(problem, Unanswered) else problem
        return {str(row["id"]): str(row.get("title") or row["id"]) for row in rows}

    def put(self, job: Job, keys: Sequence[str], values: Mapping[str, Any], guard: Guard) -> None:
        """Put values into the job's order; where they are refused, these fields are."""
        try:
            row = self._api.saved("PUT", f"/orders/{job.order}", guard, dict(values))
            if not is_whole(row, job.order):
                raise Unanswered
            job.row, job.landed = row, True
        except Rejected as problem:
            job.body.refused.update(dict.fromkeys(keys, problem))
        except Problem as problem:
            job.fail(problem)

    def _vet(self, jobs: Sequence[Job], guard: Guard) -> None:
        """Take out of the bodies what the shop would make another status of."""
        for job in jobs:
            status = job.body.values.get("status")
            try:
                if status is None or self._statuses.known(status, guard):
                    continue
            except Problem as problem:
                job.fail(problem)
                continue
            del job.body.values["status"]
            job.body.refused["status"] = no_status(status)
            job.unsent |= {"status"}

    def _batch(self, jobs: Sequence[Job], guard: Guard) -> None:
        update = [{"id": int(job.order), **job.body.values} for job in jobs]
        try:
            answer = self._api.send("POST", "/orders/batch", guard, body={"update": update})
        except Rejected as problem:
            # What is wrong with an item is told beside it: all at once were too many for this shop (413).
            half = len(jobs) // 2
            for part in (jobs[:half], jobs[half:]) if half else ():
                self._batch(part, guard)
            if not half:
                jobs[0].fail(problem)
            return
        except Problem as problem:
            for job in jobs:
                job.fail(problem)
            return
        told = answer.get("update") if isinstance(answer, dict) else None
        rows = {str(row.get("id")): row for row in told or () if isinstance(row, dict)}
        for job in jobs:
            self._take(job, rows.get(job.order))

    def _take(self, job: Job, row: Mapping[str, Any] | None) -> None:
        """Sort one item of a batch's answer."""
        problem = item_problem(row, self._api.site) if row else None
        if isinstance(problem, Rejected):
            job.body.refused.update(dict.fromkeys(job.sent, problem))
        elif problem is not None:
            job.fail(problem)
        elif not is_whole(row, job.order):
            job.fail(Unanswered())
        else:
            job.row, job.landed = row, True
            sent, shown = job.body.values.get("status"), row.get("status")
            if sent is not None and shown != sent:
                job.body.refused["status"] = other_status(sent, str(shown))

    def _one_by_one(self, job: Job, guard: Guard) -> None:
        """Put each field of a refused body by itself."""
        together = [key for key in job.sent if key in job.body.refused]
        if len(together) < 2:
            return
        for key in together:
            if job.failed is None:
                del job.body.refused[key]
                hidden = {key.removeprefix(PROPERTY)}
                values = job.plan.body({key: job.fields[key]}, hidden).values
                self.put(job, [key], values, guard)

    def _note(self, job: Job, guard: Guard) -> None:
        """Add a note unless the order has it: an act that is looked for before it is repeated (K24)."""
        if job.failed is not None or not job.body.note:
            return
        try:
            present = [row for row in self._feed.rows(job.order, guard) if row.get("customer_note") is not True]
            if plain(job.body.note) not in {plain(str(row.get("note") or "")) for row in present}:
                self._feed.make(job.order, job.body.note, guard)
                job.landed = True
        except Rejected as problem:
            job.body.refused[NOTE] = problem
        except Problem as problem:
            job.fail(problem)

    def _say(self, job: Job, guard: Guard) -> None:
        if job.failed is not None or COMMENTS not in job.fields:
            return
        try:
            job.said = self._feed.add(job.order, job.fields[COMMENTS], guard)
        except Rejected as problem:
            job.body.refused[COMMENTS] = problem
        except Problem as problem:
            job.fail(problem)

    def _read_back(self, job: Job, guard: Guard) -> None:
        if job.failed is None and job.row is None:
            row = self._orders.alone(job.order, guard)
            if isinstance(row, Problem):
                job.fail(row)
            else:
                job.row = row

    def _settled(self, job: Job) -> Wrote | Problem:
        refused = job.body.refused
        if job.failed is not None or job.row is None:
            return job.failed or Unanswered()
        if job.body.values.get("set_paid") and not job.row.get("date_paid_gmt"):
            refused.setdefault("payment.paid", Rejected(NOT_DUE))
        if refused and len(refused) == len(job.fields) == 1 and not job.is_new:
            return next(iter(refused.values()))
        shown = self._orders.shown(job.row)
        if isinstance(shown, Snapshot) and job.said is not None:
            shown = replace(
                shown,
                fields={**shown.fields, COMMENTS: job.said, FEED: feed(job.said)},
                unread=shown.unread - {COMMENTS, FEED},
            )
        return shown if isinstance(shown, Problem) else Wrote(shown, refused)
