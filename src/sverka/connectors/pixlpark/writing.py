"""Writes into orders: status, comments, and what the owner's own calls set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sverka.connectors.pixlpark.api import Api, rejected
from sverka.connectors.pixlpark.calls import Calls
from sverka.connectors.pixlpark.feed import Feed
from sverka.connectors.pixlpark.reading import Orders, Row, stops
from sverka.connectors.pixlpark.statuses import known_as, other_status, sent_as
from sverka.domain.commerce.comment import Comment, feed
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Problem, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.comments import COMMENTS, FEED
from sverka.ports.guard import Guard
from sverka.ports.store import OrderWrite, Wrote

_NO_FIELD = Text(
    "No published call of Pixlpark sets this field; make it one-way in the profile, or declare the call from your "
    "method list (`--set calls=FILE`).",
    "Опубликованного вызова Pixlpark для этого поля нет; сделайте соответствие односторонним или опишите вызов из "
    "вашего списка методов (`--set calls=ФАЙЛ`).",
)
_UNKEPT = Text(
    "The declared call was made, and the order does not show the new value; check the call with your method list.",
    "Описанный вызов выполнен, но заказ не показывает нового значения; сверьте вызов с вашим списком методов.",
)


@dataclass
class _Job:
    """One order's write on its way: whether something has landed, what was refused, the comments it has then."""

    order: OrderId
    fields: Mapping[str, Value]
    row: Row
    landed: bool = False
    refused: dict[str, Problem] = field(default_factory=dict)
    said: tuple[Comment, ...] | None = None


class Writer:
    """What is written into the orders behind one pair of keys.

    `notify` are the statuses whose arrival the customer is told of by Pixlpark itself, `all` for each.
    """

    def __init__(self, api: Api, orders: Orders, feed_: Feed, calls: Calls, notify: frozenset[str]) -> None:
        """Take what reads and what sends; nothing is asked yet."""
        self._api = api
        self._orders = orders
        self._feed = feed_
        self._calls = calls
        self._notify = notify

    def write(self, writes: Sequence[OrderWrite], guard: Guard) -> Mapping[OrderId, Wrote | Problem]:
        """Set the named fields, order by order; what keeps the API from answering at all is met once."""
        wanted: dict[OrderId, dict[str, Value]] = {}
        for write in writes:
            wanted.setdefault(write.order, {}).update(write.fields)
        done: dict[OrderId, Wrote | Problem] = {}
        stopped: Problem | None = None
        for id_, fields in wanted.items():
            done[id_] = stopped or self._one(id_, fields, guard)
            stopped = stopped or stops(done[id_])
        return done

    def _one(self, order: OrderId, fields: Mapping[str, Value], guard: Guard) -> Wrote | Problem:
        """Write one order. It is looked at first: a status it has already must not be told the customer again."""
        try:
            job = _Job(order, fields, self._orders.row(order, guard))
        except Problem as problem:
            return problem
        try:
            self._set_status(job, guard)
            self._call(job, guard)
            self._say(job, guard)
            if job.landed:
                job.row = self._orders.row(order, guard)
            after = self._orders.shown(job.row, guard)
        except Problem as problem:
            return Unanswered() if job.landed else problem
        return after if isinstance(after, Problem) else self._settled(job, after)

    def _set_status(self, job: _Job, guard: Guard) -> None:
        if "status" not in job.fields:
            return
        status = str(job.fields["status"] or "")
        try:
            name = sent_as(status)
            if known_as(str(job.row.get("Status"))) == name:
                return
            told = "true" if {status, name, "all"} & self._notify else "false"
            form = {"newStatus": name, "sendNotifications": told}
            notes = self._api.send("POST", f"/orders/{job.order}/status", guard, form)
        except Rejected as problem:
            job.refused["status"] = problem
            return
        job.landed = True
        wrong = _errors(notes)
        if wrong:
            job.refused["status"] = rejected(wrong)

    def _call(self, job: _Job, guard: Guard) -> None:
        others = {key: value for key, value in job.fields.items() if key not in ("status", COMMENTS)}
        known = {key: value for key, value in others.items() if key in self._calls.writes}
        job.refused.update({key: Rejected(_NO_FIELD) for key in others if key not in known})
        if not known:
            return
        shown = self._orders.shown(job.row, guard)
        try:
            self._calls.write({} if isinstance(shown, Problem) else shown.fields, known, guard)
            job.landed = True
        except Rejected as problem:
            job.refused.update(dict.fromkeys(known, problem))

    def _say(self, job: _Job, guard: Guard) -> None:
        if COMMENTS not in job.fields:
            return
        try:
            job.said = self._feed.add(job.order, job.fields[COMMENTS], lambda: self.count(job.order, guard), guard)
            job.landed = True
        except Rejected as problem:
            job.refused[COMMENTS] = problem

    def count(self, order: OrderId, guard: Guard) -> int:
        """Return how many comments an order shows."""
        return int(self._orders.row(order, guard).get("CommentsCount") or 0)

    @staticmethod
    def _settled(job: _Job, after: Snapshot) -> Wrote | Problem:
        for key in (key for key in job.fields if key not in job.refused and key != COMMENTS):
            if after.get(key) != job.fields[key]:
                shown = str(after.get(key))
                job.refused[key] = other_status(str(job.fields[key]), shown) if key == "status" else Rejected(_UNKEPT)
        if len(job.refused) == len(job.fields) == 1:
            return next(iter(job.refused.values()))
        if job.said is not None:
            fields = {**after.fields, COMMENTS: job.said, FEED: feed(job.said)}
            after = replace(after, fields=fields, unread=after.unread - {COMMENTS, FEED})
        return Wrote(after, job.refused)


def _errors(notes: Sequence[object]) -> str:
    """Return what the answer says went wrong: its rows are success, warning or something worse."""
    rows = [row for group in notes for row in (group if isinstance(group, list) else [group]) if isinstance(row, dict)]
    bad = [row for row in rows if str(row.get("Type", "success")).lower() not in ("success", "warning", "info")]
    return "; ".join(str(row.get("Description") or row.get("Type")) for row in bad)
