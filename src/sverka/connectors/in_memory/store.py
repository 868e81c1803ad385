"""A store in memory."""

import hmac
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from sverka.connectors.in_memory.feed import Feed, new_among
from sverka.connectors.in_memory.shelf import Shelf
from sverka.connectors.in_memory.weather import Fate, Weather
from sverka.domain.commerce.comment import Comment, feed
from sverka.domain.commerce.lines import sum_of
from sverka.domain.commerce.value import FileRef, Value, lines_of, many
from sverka.domain.errors import Forged, Gone, Problem, Rejected
from sverka.domain.ids import OrderId
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.ports.clock import Clock
from sverka.ports.comments import COMMENTS, FEED
from sverka.ports.files import Fetched, Files
from sverka.ports.findings import Finding, Level
from sverka.ports.guard import Guard, free
from sverka.ports.history import Placed
from sverka.ports.notices import Notice, Subject
from sverka.ports.sections import Path
from sverka.ports.store import NewOrderWrite, OrderWrite, StoreCan, Wrote

_UNREAD = frozenset({COMMENTS, FEED})
"""What is read by itself."""


@dataclass
class _Order:
    fields: dict[str, Value]
    version: int
    changed_at: datetime
    mark: str = ""


class MemoryStore:
    """Orders by id, with a version that rises on every save and fields that may refuse values."""

    can = StoreCan(
        frozenset({"status", "cancel_reason", "comment.manager", "delivery.track", "property.*"}), keeps_mark=True
    )

    def __init__(self, clock: Clock, secret: str = "", weather: Weather | None = None) -> None:
        """Take the secret that notices are signed with."""
        self._clock = clock
        self._secret = secret
        self._orders: dict[OrderId, _Order] = {}
        self._numbers = count(1001)
        self.weather = weather or Weather()
        self.refuses: set[tuple[str, Value]] = set()
        self.statuses: dict[str, str] = {}
        self.catalogue_sections: dict[str, Sequence[Path]] = {}
        self.writes = 0
        self.feed = Feed("store")
        self.shelf = Shelf("s")

    def put(self, order: str, **fields: Value) -> OrderId:
        """Let the shop's people make or edit an order; underscores in names stand for dots."""
        id_ = OrderId(order)
        known = self._orders.setdefault(id_, _Order({}, 0, self._clock.now()))
        self._save(known, {key.replace("__", "."): value for key, value in fields.items()})
        return id_

    def mark(self, order: str, mark: str) -> None:
        """Let the shop itself set an order's mark: late, as a module of it may, or on a copy."""
        self._orders[OrderId(order)].mark = mark

    def drop(self, order: str) -> None:
        """Let the shop's people delete an order."""
        self._orders.pop(OrderId(order), None)

    def ids(self) -> frozenset[str]:
        """Return the ids of all orders there are."""
        return frozenset(self._orders)

    def show(self, order: str) -> Mapping[str, Value]:
        """Return an order's fields as a person in the shop sees them."""
        return dict(self._orders[OrderId(order)].fields)

    def sign(self, order: str) -> tuple[dict[str, str], bytes]:
        """Return a genuine notice about an order."""
        body = json.dumps({"id": order}).encode()
        return {"x-signature": hmac.new(self._secret.encode(), body, "sha256").hexdigest()}, body

    def _save(self, order: _Order, fields: Mapping[str, Value]) -> None:
        order.fields |= fields
        order.version += 1
        order.changed_at = self._clock.now()

    def read(self, orders: Collection[OrderId], guard: Guard = free) -> Mapping[OrderId, Snapshot | Problem]:
        """Return each order as it is now."""
        guard()
        self.weather.read()
        return {order: self._snapshot(order) for order in orders}

    def _snapshot(self, order: OrderId) -> Snapshot | Problem:
        found = self._orders.get(order)
        if found is None:
            return Gone()
        fields, title = dict(found.fields), f"Order {order}"
        return Snapshot(order, fields, str(found.version), found.changed_at, _UNREAD, title=title, mark=found.mark)

    def comments(self, orders: Collection[OrderId], guard: Guard) -> Mapping[OrderId, tuple[Comment, ...] | Problem]:
        """Return the comments of each order."""
        guard()
        self.weather.read()
        return {order: self.feed.of(order) if order in self._orders else Gone() for order in orders}

    def fetch(self, owner: str, ref: FileRef, limit: int, guard: Guard) -> Fetched:
        """Return a file of an order's."""
        del owner
        guard()
        return self.shelf.fetch(ref, limit)

    def write(self, writes: Sequence[OrderWrite], guard: Guard) -> Mapping[OrderId, Wrote | Problem]:
        """Set the named fields, as the weather lets it."""
        done, problem = self._fate(len(writes), guard)
        answers = {write.order: self._write_one(write) for write in writes[:done]}
        return dict.fromkeys((write.order for write in writes), problem) if problem else answers

    def create(self, orders: Sequence[NewOrderWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        """Make orders, as the weather lets it; a number, a moment and a total they have from the shop itself."""
        done, problem = self._fate(len(orders), guard)
        answers = {new.key: self._create_one(new) for new in orders[:done]}
        return dict.fromkeys((new.key for new in orders), problem) if problem else answers

    def find(self, marks: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Snapshot] | Problem]:
        """Return the orders that carry each mark, in the order in which they were made."""
        guard()
        self.weather.read()
        shown = [snapshot for id_ in self._orders if isinstance(snapshot := self._snapshot(id_), Snapshot)]
        return {mark: [snapshot for snapshot in shown if snapshot.mark == mark] for mark in marks}

    def _fate(self, size: int, guard: Guard) -> tuple[int, Problem | None]:
        guard()
        self.weather.requests += 1
        self.weather.between()
        fate = self.weather.next_fate()
        done = {Fate.FINE: size, Fate.LOST_AFTER: size, Fate.CUT: size // 2}.get(fate, 0)
        return done, self.weather.problem(fate)

    def _create_one(self, new: NewOrderWrite) -> Wrote | Problem:
        if any((key, value) in self.refuses for key, value in new.fields.items()):
            return Rejected()
        self.writes += 1
        id_, now = OrderId(str(next(self._numbers))), self._clock.now()
        total = sum_of(lines_of(new.fields.get("lines")))
        own: dict[str, Value] = {"order.number": id_, "order.created_at": now, "total": total}
        own |= {"currency": new.currency} if new.currency else {}
        self._orders[id_] = _Order({**own, **new.fields}, 1, now, new.mark)
        after = self._snapshot(id_)
        return Wrote(after) if isinstance(after, Snapshot) else after

    def _write_one(self, write: OrderWrite) -> Wrote | Problem:
        order = self._orders.get(write.order)
        if order is None:
            return Gone()
        if any((key, value) in self.refuses for key, value in write.fields.items()):
            return Rejected()
        self.writes += 1
        own = {key: value for key, value in write.fields.items() if key != COMMENTS}
        put, refused = self._put(write.files)
        if own or put:
            self._save(order, {**own, **put})
        for comment in new_among(many(write.fields.get(COMMENTS))):
            self.feed.copy(write.order, comment)
        after = self._snapshot(write.order)
        if not isinstance(after, Snapshot):
            return after
        return Wrote(self._heard(after) if COMMENTS in write.fields else after, refused)

    def _put(self, files: Files) -> tuple[dict[str, Value], dict[str, Problem]]:
        """Put the files where they are to be held, field by field; return what is held, and what could not be."""
        held: dict[str, Value] = {}
        refused: dict[str, Problem] = {}
        for key, some in files.items():
            try:
                held[key] = self.shelf.lay(some)
            except Problem as problem:
                refused[key] = problem
        return held, refused

    def _heard(self, shown: Snapshot) -> Snapshot:
        said = self.feed.of(shown.id)
        return replace(shown, fields={**shown.fields, COMMENTS: said, FEED: feed(said)}, unread=frozenset())

    def sections(self, products: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Path]]:
        """Return the sections that products were put into."""
        guard()
        return {product: self.catalogue_sections.get(product, ()) for product in products}

    def changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Yield every order touched at or after the moment, oldest first."""
        self.weather.read()
        for id_, order in sorted(self._orders.items(), key=lambda item: item[1].changed_at):
            if moment is None or order.changed_at >= moment:
                yield Notice(Subject.ORDER, id_, "changed", order.changed_at)

    def placed_since(self, moment: datetime, guard: Guard = free) -> Iterator[Placed]:
        """Yield every order placed at or after the moment, in the order in which they came."""
        guard()
        self.weather.read()
        for id_, order in list(self._orders.items()):
            placed = order.fields.get("order.created_at")
            if isinstance(placed, datetime) and placed >= moment:
                yield Placed(id_, placed)

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:
        """Verify the signature, and return the order it rings for."""
        signature = hmac.new(self._secret.encode(), body, "sha256").hexdigest()
        if not hmac.compare_digest(signature.encode(), headers.get("x-signature", "").encode()):
            raise Forged
        return [Notice(Subject.ORDER, str(json.loads(body)["id"]), "order.updated")]

    def catalogue(self) -> Sequence[Field]:
        """Return the fields that orders have had so far."""
        keys = {key for order in self._orders.values() for key in order.fields} - {"status"}
        status = Field("status", Text("Status", "Статус"), FieldType.CHOICE, options=self.statuses)
        return [status, *(Field(key, Text(key, key), writable=key in self.can.writes) for key in sorted(keys))]

    def check(self) -> Sequence[Finding]:
        """Say that all is well: there is nothing to be connected to."""
        return [Finding(Level.GOOD, Text("The store in memory answers.", "Магазин в памяти отвечает."))]
