"""The store itself: reads a hundred orders a request and writes them a hundred a request."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sverka.connectors.kit import Home, Kit, MakesNoOrders
from sverka.connectors.kit.files import download
from sverka.connectors.woocommerce import catalogue, check, customers, notices
from sverka.connectors.woocommerce.api import Api, Keys, item_problem
from sverka.connectors.woocommerce.feed import Feed, plain
from sverka.connectors.woocommerce.orders import Reader, metas_of, moment_of, properties_of, told_by
from sverka.connectors.woocommerce.plan import Plan, needs_a_look
from sverka.connectors.woocommerce.sections import Sections
from sverka.connectors.woocommerce.statuses import DRAFTS, Statuses, no_status, other_status
from sverka.connectors.woocommerce.webhooks import Webhooks
from sverka.connectors.woocommerce.writing import NOT_DUE, NOTE, PROPERTY, Body
from sverka.domain.commerce.comment import Comment, feed
from sverka.domain.commerce.value import FileRef, Value
from sverka.domain.errors import Gone, Later, Problem, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.routing import SECTIONS
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.comments import COMMENTS, FEED
from sverka.ports.customers import StoreCustomer
from sverka.ports.files import Fetched
from sverka.ports.findings import Finding
from sverka.ports.guard import Guard, free
from sverka.ports.notices import Notice, Subject
from sverka.ports.sections import Path
from sverka.ports.store import OrderWrite, StoreCan, Wrote

TRACK_META = "_tracking_number"
"""Where a tracking number stands unless the settings say otherwise; WooCommerce itself has no field for it."""

_PAGE = 100
_TRASH = "trash"
_UNSEEN = {_TRASH, *DRAFTS}


@dataclass
class _Job:
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

    @property
    def sent(self) -> Sequence[str]:
        """The field keys that the body carries or carried, notes apart."""
        return [key for key in self.fields if key not in (NOTE, COMMENTS) and key not in self.unsent]

    def fail(self, problem: Problem) -> None:
        """Keep what went wrong; once something has landed, the order has to be looked at again."""
        self.failed = Unanswered() if self.landed else problem


class WooCommerce(MakesNoOrders):
    """A WooCommerce shop. A sweep sees orders in the trash, but none deleted for good: the webhook tells of those.

    A read answers `Gone` for all of them, and for drafts, which are no orders yet.
    """

    can = StoreCan(writes=catalogue.WRITES, signs_notices=True, keeps_mark=False)

    def __init__(
        self, url: str, keys: Keys, kit: Kit, *, webhook_secret: str = "", track_meta: str = TRACK_META
    ) -> None:
        """Take the shop's address, its API keys, the secret of its webhooks and the meta key of tracking numbers."""
        self._api = Api(url, keys, kit)
        self._secret = webhook_secret
        self._kit = kit
        self._track_meta = track_meta
        self._statuses = Statuses(self._api)
        self._sections = Sections(self._api, kit.clock)
        self._region = kit.region
        self._reader = Reader(self._api.site, kit.region, track_meta)
        self._home = Home(kit)
        self._feed = Feed(self._api, kit.name)
        self._webhooks = Webhooks(self._api, kit.hub, kit.name)

    def __repr__(self) -> str:
        return f"WooCommerce({self._api.site})"

    def read(self, orders: Collection[OrderId], guard: Guard = free) -> Mapping[OrderId, Snapshot | Problem]:
        """Return each order as it is now; one that a list does not show is asked for by itself before it is `Gone`."""
        rows = self._rows(orders, guard)
        return {id_: row if isinstance(row, Problem) else self._shown(row) for id_, row in rows.items()}

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
            self._put(ready[0], ready[0].sent, ready[0].body.values, guard)
        else:
            self._vet(ready, guard)
            ready = [job for job in ready if job.failed is None and job.body.values]
            for start in range(0, len(ready), _PAGE):
                self._batch(ready[start : start + _PAGE], guard)
        for job in jobs:
            self._one_by_one(job, guard)
            self._note(job, guard)
            self._say(job, guard)
            self._read_back(job, guard)
        return {job.order: self._settled(job) for job in jobs}

    def comments(self, orders: Collection[OrderId], guard: Guard) -> Mapping[OrderId, tuple[Comment, ...] | Problem]:
        """Return the notes of each order that people wrote; one request an order."""
        return {order: self._feed.of(order, guard) for order in orders}

    def fetch(self, owner: str, ref: FileRef, limit: int, guard: Guard) -> Fetched:
        """Return a file whose address stands in an order's meta data, as long as it lies in the shop itself."""
        del owner
        return download(self._kit, self._api.site, ref.where, ref.name, limit, guard)

    def changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Yield every order saved at or after the moment, oldest save first, and then those put into the trash.

        The trash is a list of its own: `any` leaves it out whatever stands beside it, and drafts too. What was deleted
        for good stands in neither. The shop's own filter leaves out the second it is given, so it is given the one
        before. Each page starts at the last save seen: an order saved meanwhile moves to the end, and page numbers
        would step over its neighbour.
        """
        since = moment.astimezone(UTC).replace(microsecond=0) if moment else None
        # The trash comes last: what is put there during the sweep is missed by the first list and found in the second.
        for status in ("any", _TRASH):
            yield from self._saved_since(since, status)

    def _saved_since(self, since: datetime | None, status: str) -> Iterator[Notice]:
        seen: set[tuple[str, str]] = set()
        number = 1
        while True:
            rows = self._page(since, status, number)
            for row in rows:
                key = (str(row["id"]), str(row.get("date_modified_gmt") or ""))
                if key not in seen:
                    seen.add(key)
                    yield Notice(Subject.ORDER, key[0], "changed", moment_of(key[1]))
            if len(rows) < _PAGE:
                return
            last = moment_of(rows[-1].get("date_modified_gmt"))
            since, number = (last, 1) if last != since else (since, number + 1)

    def customers(self, ids: Collection[str] = (), guard: Guard = free) -> Iterator[StoreCustomer]:
        """Yield the shop's registered customers of these ids, or all of them, the oldest first."""
        return customers.read(self._api, self._region, ids, guard)

    def registered_since(self, moment: datetime, guard: Guard = free) -> Iterator[StoreCustomer]:
        """Yield the customers who registered at or after the moment, the newest first."""
        return customers.since(self._api, self._region, moment, guard)

    def sections(self, products: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Path]]:
        """Return the sections of the catalogue that products stand in; what was read is kept for a while."""
        return self._sections.of(products, guard)

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:
        """Verify a webhook by its signature; raises `Forged` where it is not ours, or a copy of the shop sent it."""
        read = notices.read(headers, body, self._secret)
        self._home.believe(headers.get("x-wc-webhook-source", ""))
        return read

    def subscribe(self, delivery_url: str) -> None:
        """Have the shop deliver its order webhooks to the address; what is there already is repaired, not doubled."""
        self._webhooks.subscribe(delivery_url, self._secret)

    def catalogue(self) -> Sequence[Field]:
        """Return the orders' fields with the shop's statuses and gateways, and the meta keys of its last orders."""
        gateways = self._gateways(free)
        if isinstance(gateways, Problem):
            raise gateways
        options = {
            "status": self._statuses.names(free),
            "payment.method": gateways,
            SECTIONS: self._sections.names(),
        }
        recent = self._api.get("/orders", free, {"per_page": str(_PAGE), "status": "any", "_fields": "meta_data"})
        metas: dict[str, bool] = {}
        for row in recent:
            for key, value in properties_of(row).items():
                metas[key] = metas.get(key, False) or isinstance(value, tuple)
        return catalogue.fields_of(options, metas)

    def check(self) -> Sequence[Finding]:
        """Try the keys and the right to write, and switch on again webhooks that the shop gave up."""
        return check.findings(self._api, self._webhooks, self._secret, self._home)

    def close(self) -> None:
        """Let the connections go."""
        self._api.close()

    def _rows(self, orders: Collection[OrderId], guard: Guard) -> dict[OrderId, Mapping[str, Any] | Problem]:
        found: dict[OrderId, Mapping[str, Any] | Problem] = {id_: Gone() for id_ in orders if not id_.isdigit()}
        wanted = [id_ for id_ in dict.fromkeys(orders) if id_.isdigit()]
        for start in range(0, len(wanted), _PAGE):
            part = wanted[start : start + _PAGE]
            query = {"include": ",".join(part), "per_page": str(_PAGE), "status": "any"}
            try:
                rows = {str(row["id"]): row for row in self._api.get("/orders", guard, query)}
                self._home.vet(told_by(rows.values()))
            except Problem as problem:
                found.update(dict.fromkeys(part, problem))
                continue
            found.update({id_: rows.get(id_) or self._alone(id_, guard) for id_ in part})
        return found

    def _alone(self, id_: OrderId, guard: Guard) -> Mapping[str, Any] | Problem:
        try:
            row: Mapping[str, Any] = self._api.get(f"/orders/{id_}", guard)
        except Problem as problem:
            return problem
        return row

    def _shown(self, row: Mapping[str, Any]) -> Snapshot | Problem:
        if row.get("status") in _UNSEEN:
            return Gone()
        try:
            return self._reader.snapshot(row)
        except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError) as error:
            return Rejected(
                Text(
                    f"The order's data cannot be read ({type(error).__name__}); look at it in the shop, then retry.",
                    f"Данные заказа не читаются ({type(error).__name__}); посмотрите заказ в магазине и повторите.",
                )
            )

    def _jobs(self, writes: Sequence[OrderWrite], guard: Guard) -> Sequence[_Job]:
        """Plan the writes; where one names a hidden meta key or line items, its order is looked at first."""
        wanted: dict[OrderId, dict[str, Value]] = {}
        for write in writes:
            wanted.setdefault(write.order, {}).update(write.fields)
        asking = [id_ for id_, fields in wanted.items() if any(map(needs_a_look, fields))]
        rows = self._rows(asking, guard) if asking else {}
        gateways = self._gateways(guard) if any("payment.method" in fields for fields in wanted.values()) else {}
        jobs = []
        for id_, fields in wanted.items():
            row = rows.get(id_, {})
            known = {} if isinstance(gateways, Problem) else gateways
            plan = Plan(self._reader, known, {} if isinstance(row, Problem) else row)
            body = plan.body(fields, metas_of({} if isinstance(row, Problem) else row))
            job = _Job(id_, fields, body, unsent=frozenset(body.refused), plan=plan)
            if isinstance(row, Problem):
                job.failed = row
            elif not id_.isdigit():
                job.failed = Gone()
            elif isinstance(gateways, Problem) and "payment.method" in fields:
                job.failed = gateways
            jobs.append(job)
        return jobs

    def _gateways(self, guard: Guard) -> Mapping[str, str] | Problem:
        """Return the shop's payment methods by id, or what kept them from being read: nothing was written yet."""
        try:
            rows = self._api.get("/payment_gateways", guard)
        except Problem as problem:
            return Later() if isinstance(problem, Unanswered) else problem
        return {str(row["id"]): str(row.get("title") or row["id"]) for row in rows}

    def _put(self, job: _Job, keys: Sequence[str], values: Mapping[str, Any], guard: Guard) -> None:
        try:
            job.row = self._api.send("PUT", f"/orders/{job.order}", guard, body=dict(values))
            job.landed = True
        except Rejected as problem:
            job.body.refused.update(dict.fromkeys(keys, problem))
        except Problem as problem:
            job.fail(problem)

    def _vet(self, jobs: Sequence[_Job], guard: Guard) -> None:
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

    def _batch(self, jobs: Sequence[_Job], guard: Guard) -> None:
        update = [{"id": int(job.order), **job.body.values} for job in jobs]
        try:
            answer = self._api.send("POST", "/orders/batch", guard, body={"update": update})
        except Problem as problem:
            for job in jobs:
                job.fail(problem)
            return
        rows = {str(row.get("id")): row for row in answer.get("update") or () if isinstance(row, dict)}
        for job in jobs:
            self._take(job, rows.get(job.order))

    def _take(self, job: _Job, row: Mapping[str, Any] | None) -> None:
        """Sort one item of a batch's answer."""
        problem = Unanswered() if row is None else item_problem(row, self._api.site)
        if isinstance(problem, Rejected):
            job.body.refused.update(dict.fromkeys(job.sent, problem))
        elif problem is not None:
            job.fail(problem)
        else:
            job.row, job.landed = row, True
            sent, shown = job.body.values.get("status"), row.get("status") if row else None
            if sent is not None and shown != sent:
                job.body.refused["status"] = other_status(sent, str(shown))

    def _one_by_one(self, job: _Job, guard: Guard) -> None:
        """Put each field of a refused body by itself."""
        together = [key for key in job.sent if key in job.body.refused]
        if len(together) < 2:
            return
        for key in together:
            if job.failed is None:
                del job.body.refused[key]
                hidden = {key.removeprefix(PROPERTY)}
                values = job.plan.body({key: job.fields[key]}, hidden).values
                self._put(job, [key], values, guard)

    def _note(self, job: _Job, guard: Guard) -> None:
        """Add a note unless the order has it: an act that is looked for before it is repeated (K24)."""
        if job.failed is not None or not job.body.note:
            return
        path = f"/orders/{job.order}/notes"
        try:
            present = self._api.get(path, guard, {"type": "internal"})
            if plain(job.body.note) not in {plain(str(row.get("note") or "")) for row in present}:
                self._api.send("POST", path, guard, body={"note": job.body.note, "customer_note": False})
                job.landed = True
        except Rejected as problem:
            job.body.refused[NOTE] = problem
        except Problem as problem:
            job.fail(problem)

    def _say(self, job: _Job, guard: Guard) -> None:
        if job.failed is not None or COMMENTS not in job.fields:
            return
        try:
            job.said = self._feed.add(job.order, job.fields[COMMENTS], guard)
        except Rejected as problem:
            job.body.refused[COMMENTS] = problem
        except Problem as problem:
            job.fail(problem)

    def _read_back(self, job: _Job, guard: Guard) -> None:
        if job.failed is None and job.row is None:
            row = self._alone(job.order, guard)
            if isinstance(row, Problem):
                job.fail(row)
            else:
                job.row = row

    def _settled(self, job: _Job) -> Wrote | Problem:
        refused = job.body.refused
        if job.failed is not None or job.row is None:
            return job.failed or Unanswered()
        if job.body.values.get("set_paid") and not job.row.get("date_paid_gmt"):
            refused.setdefault("payment.paid", Rejected(NOT_DUE))
        if refused and len(refused) == len(job.fields) == 1:
            return next(iter(refused.values()))
        shown = self._shown(job.row)
        if isinstance(shown, Snapshot) and job.said is not None:
            shown = replace(
                shown, fields={**shown.fields, COMMENTS: job.said, FEED: feed(job.said)}, unread=frozenset()
            )
        return shown if isinstance(shown, Problem) else Wrote(shown, refused)

    def _page(self, since: datetime | None, status: str, number: int) -> Sequence[Mapping[str, Any]]:
        query = {
            "orderby": "modified",
            "order": "asc",
            "status": status,
            "per_page": str(_PAGE),
            "page": str(number),
            "_fields": "id,date_modified_gmt",
        }
        if since is not None:
            # A moment with an offset would be turned into the site's own time whatever `dates_are_gmt` says.
            before = (since - timedelta(seconds=1)).replace(tzinfo=None)
            query.update(modified_after=before.isoformat(), dates_are_gmt="true")
        rows: Sequence[Mapping[str, Any]] = self._api.get("/orders", free, query)
        return rows
