"""Orders made of records (K23): one request each, which sets the mark together with all else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sverka.connectors.kit.sections import KEPT
from sverka.connectors.woocommerce.api import Api
from sverka.connectors.woocommerce.goods import LINES, as_kept, body_of_lines, body_of_new_lines
from sverka.connectors.woocommerce.marks import Marks
from sverka.connectors.woocommerce.orders import MARK, mark_of
from sverka.connectors.woocommerce.plan import METHOD, Plan
from sverka.connectors.woocommerce.reading import Orders, is_whole
from sverka.connectors.woocommerce.writer import Job, Writer
from sverka.domain.commerce.value import lines_of
from sverka.domain.errors import AuthLost, Gone, Later, Misconfigured, Problem, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.ports.clock import Clock
from sverka.ports.guard import Guard
from sverka.ports.store import NewOrderWrite, Wrote

_FIRST = "pending"
"""The status an order begins with, in which the shop writes to no buyer."""

_QUIET = ({"status": None, "set_paid": None}, {"status": _FIRST, "set_paid": None})
_TOLD = ("status", "set_paid")
"""What the shop may write to the buyer about."""


class Maker:
    """What makes the orders of one shop."""

    def __init__(self, api: Api, orders: Orders, writer: Writer, marks: Marks, clock: Clock) -> None:
        """Take the shop's API; nothing is asked yet."""
        self._api = api
        self._orders = orders
        self._writer = writer
        self._marks = marks
        self._clock = clock
        self._taxed: tuple[datetime, bool] | None = None

    def make(self, orders: Sequence[NewOrderWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        """Make each order; once the shop cannot be talked to, the rest is not sent."""
        gateways = self._writer.gateways(guard) if any(METHOD in new.fields for new in orders) else {}
        if isinstance(gateways, Problem):
            return {new.key: gateways for new in orders}
        plan = Plan(self._orders.reader, gateways)
        answers: dict[int, Wrote | Problem] = {}
        stopped: Problem | None = None
        for new in orders:
            answers[new.key] = answer = stopped or self._make(new, plan, guard)
            if isinstance(answer, Problem) and not isinstance(answer, Rejected | Gone):
                stopped = Later() if isinstance(answer, Unanswered) else answer
        return answers

    def _taxes(self, guard: Guard) -> bool:
        """Tell whether the shop adds taxes to what it sells; where it does not say, it may."""
        now = self._clock.now()
        if self._taxed is None or now - self._taxed[0] > KEPT:
            try:
                taxed = bool(self._api.rows("/taxes", guard, {"per_page": "1", "_fields": "id"}))
            except (AuthLost, Gone, Misconfigured, Rejected):
                taxed = True
            self._taxed = now, taxed
        return self._taxed[1]

    def _make(self, new: NewOrderWrite, plan: Plan, guard: Guard) -> Wrote | Problem:
        key = next((key for key in LINES if key in new.fields), "")
        wanted = tuple(map(as_kept, lines_of(new.fields.get(key))))
        body = plan.body({name: value for name, value in new.fields.items() if name not in LINES}, ())
        later: dict[str, Any] = {}
        try:
            if wanted and {name: body.values.get(name) for name in _TOLD} not in _QUIET and self._taxes(guard):
                # Until the sums with the shop's tax are right, nobody there is told of the order.
                later = {name: body.values.pop(name) for name in _TOLD if name in body.values}
        except Problem as problem:
            return problem
        own = {"key": MARK, "value": f"{self._orders.reader.hub} {new.mark}"}
        sent = {**body.values, **body_of_new_lines(wanted), "created_via": self._marks.channel(new.mark)}
        sent |= {"currency": new.currency} if new.currency else {}
        sent["meta_data"] = [*body.values.get("meta_data", ()), own]
        try:
            row = self._api.saved("POST", "/orders", guard, sent)
            # Some plugins leave the meta data out of an answer: no mark is no proof, another order's is.
            if not is_whole(row, str(row["id"])) or mark_of(row, self._orders.reader.hub) not in ("", new.mark):
                raise Unanswered
        except Problem as problem:
            return problem
        body.values |= later
        unsent = frozenset({*body.refused, *LINES})
        job = Job(
            OrderId(str(row["id"])), new.fields, body, row=row, landed=True, unsent=unsent, plan=plan, is_new=True
        )
        if wanted:
            try:
                later |= body_of_lines({**row, "is_editable": True}, key, wanted, self._orders.reader)
            except Rejected as problem:
                body.refused[key] = problem
        if later:
            self._writer.put(job, [name for name in ("status", "payment.paid") if name in new.fields], later, guard)
        return self._writer.finished(job, guard)
