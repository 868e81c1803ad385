"""The store itself: orders read one by one, their statuses written, changes found in the list and told by webhooks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sverka.connectors.kit import Kit, MakesNoOrders
from sverka.connectors.kit.moments import put_back
from sverka.connectors.pixlpark import catalogue, check, listing, notices
from sverka.connectors.pixlpark.api import Api
from sverka.connectors.pixlpark.calls import Calls
from sverka.connectors.pixlpark.feed import Feed
from sverka.connectors.pixlpark.orders import Terms
from sverka.connectors.pixlpark.reading import Orders, stops
from sverka.connectors.pixlpark.tokens import Keys
from sverka.connectors.pixlpark.values import tolerant
from sverka.connectors.pixlpark.writing import Writer
from sverka.domain.commerce.comment import Comment
from sverka.domain.errors import Problem
from sverka.domain.ids import OrderId
from sverka.domain.mapping.field import Field
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.comments import COMMENTS
from sverka.ports.findings import Finding
from sverka.ports.guard import Guard, free
from sverka.ports.history import Placed
from sverka.ports.notices import Notice, Subject
from sverka.ports.store import OrderWrite, StoreCan, Wrote


@dataclass(frozen=True)
class Choices:
    """What a connection is told beside its keys: `days` is how old an order a sweep looks for changes in may be.

    `calls` is the owner's file of calls that are not published.
    """

    rate: float = 2.0
    days: int = 90
    notify: frozenset[str] = field(default_factory=frozenset)
    comment_email: str = ""
    calls: str = ""


class Pixlpark(MakesNoOrders):
    """A print shop's site on Pixlpark. Its webhooks are not signed: the address they go to is their only secret."""

    def __init__(self, address: str, keys: Keys, kit: Kit, terms: Terms, choices: Choices) -> None:
        """Take the API's address, empty for the vendor's own; nothing is sent yet."""
        self._api = Api(address, keys, kit, choices.rate)
        self._kit = kit
        self._terms = terms
        self._days = choices.days
        self._calls = Calls(self._api, choices.calls)
        self._orders = Orders(self._api, terms)
        self._feed = Feed(self._api, self._calls, kit, choices.comment_email)
        self._writer = Writer(self._api, self._orders, self._feed, self._calls, choices.notify)
        self._comments = bool(choices.comment_email) or self._calls.reads_comments
        says = {COMMENTS} if choices.comment_email else set[str]()
        self.can = StoreCan(frozenset({"status", *says}) | self._calls.writes, signs_notices=False)

    def __repr__(self) -> str:
        return f"Pixlpark({self._api.host})"

    def read(self, orders: Collection[OrderId], guard: Guard = free) -> Mapping[OrderId, Snapshot | Problem]:
        """Return each order as it is now, with two requests; a deleted one is `Gone`."""
        return self._orders.read(orders, guard)

    def write(self, writes: Sequence[OrderWrite], guard: Guard) -> Mapping[OrderId, Wrote | Problem]:
        """Set the named fields, order by order, and read each back."""
        return self._writer.write(writes, guard)

    def comments(self, orders: Collection[OrderId], guard: Guard) -> Mapping[OrderId, tuple[Comment, ...] | Problem]:
        """Return the comments of each order: all, where the owner declared the call, else those the hub has sent."""
        found: dict[OrderId, tuple[Comment, ...] | Problem] = {}
        stopped: Problem | None = None
        for order in orders:
            found[order] = stopped or self._said(order, guard)
            stopped = stopped or stops(found[order])
        return found

    def changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Yield every order changed at or after the moment that was placed at most `days` before it.

        The list cannot be asked for changes, so it is read from its start. No stamp is later than the moment the
        reading began: what changes meanwhile is found by the next one, wherever it stood in the list. Where the API's
        clock was put back, all is told that changed since an hour before its own time.
        """
        begun = self._kit.clock.now()
        until = moment - timedelta(days=self._days) if moment else None
        for row in listing.walk(self._api, until, free):
            stamp, since = tolerant(row.get("DateModified")), put_back(moment, self._api.time) or moment
            if since is None or stamp is None or stamp >= since:
                yield Notice(Subject.ORDER, str(row["Id"]), "changed", min(stamp, begun) if stamp else None)

    def placed_since(self, moment: datetime, guard: Guard = free) -> Iterator[Placed]:
        """Yield every order placed at or after the moment, the newest first, as the list has them."""
        for row in listing.walk(self._api, moment, guard):
            placed = tolerant(row.get("DateCreated"))
            if placed is None or placed >= moment:
                yield Placed(OrderId(str(row["Id"])), placed or moment)

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:  # noqa: ARG002 - nothing there is signed
        """Return what a webhook rings for; raises `Forged` for anything that has not the shape of one."""
        return notices.read(body)

    def catalogue(self) -> Sequence[Field]:
        """Return the fields of orders, with the statuses there are and the deliveries of the newest orders."""
        told = [row.get("Shipping") for row in listing.newest(self._api, free)]
        methods = {str(one.get("Id")): str(one.get("Title") or one.get("Id")) for one in told if isinstance(one, dict)}
        return catalogue.fields_of(self.can.writes, methods, comments=self._comments)

    def check(self) -> Sequence[Finding]:
        """Try the keys, and say what no published call can do."""
        return check.findings(self._api, self._calls, self._terms)

    def close(self) -> None:
        """Let the connections go."""
        self._api.close()

    def _said(self, order: OrderId, guard: Guard) -> tuple[Comment, ...] | Problem:
        try:
            return self._feed.read(order, lambda: self._writer.count(order, guard), guard)
        except Problem as problem:
            return problem
