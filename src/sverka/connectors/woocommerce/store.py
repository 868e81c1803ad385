"""The store itself: reads a hundred orders a request and writes them a hundred a request."""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sverka.connectors.kit import Home, Kit
from sverka.connectors.kit.files import download
from sverka.connectors.kit.moments import moment_of, put_back
from sverka.connectors.woocommerce import catalogue, check, customers, history, notices
from sverka.connectors.woocommerce.api import PAGE, Api, Keys, repeated
from sverka.connectors.woocommerce.feed import Feed
from sverka.connectors.woocommerce.making import Maker
from sverka.connectors.woocommerce.marks import Marks
from sverka.connectors.woocommerce.orders import Reader, properties_of
from sverka.connectors.woocommerce.reading import TRASH, Orders
from sverka.connectors.woocommerce.sections import Sections
from sverka.connectors.woocommerce.statuses import Statuses
from sverka.connectors.woocommerce.webhooks import Webhooks
from sverka.connectors.woocommerce.writer import Writer
from sverka.domain.commerce.comment import Comment
from sverka.domain.commerce.value import FileRef
from sverka.domain.errors import Problem
from sverka.domain.ids import OrderId
from sverka.domain.mapping.field import Field
from sverka.domain.mapping.routing import SECTIONS
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.customers import StoreCustomer
from sverka.ports.files import Fetched
from sverka.ports.findings import Finding
from sverka.ports.guard import Guard, free
from sverka.ports.history import Placed
from sverka.ports.notices import Notice, Subject
from sverka.ports.sections import Path
from sverka.ports.store import NewOrderWrite, OrderWrite, StoreCan, Wrote

TRACK_META = "_tracking_number"
"""Where a tracking number stands unless the settings say otherwise; WooCommerce itself has no field for it."""


class WooCommerce:
    """A WooCommerce shop. A sweep sees orders in the trash, but none deleted past it, and no webhook tells of those.

    A read answers `Gone` for all of them, and for drafts, which are no orders yet.
    """

    can = StoreCan(writes=catalogue.WRITES, signs_notices=True, keeps_mark=True)

    def __init__(
        self, url: str, keys: Keys, kit: Kit, *, webhook_secret: str = "", track_meta: str = TRACK_META
    ) -> None:
        """Take the shop's address, its API keys, the secret of its webhooks and the meta key of tracking numbers."""
        self._api = Api(url, keys, kit)
        self._secret = webhook_secret
        self._kit = kit
        self._statuses = Statuses(self._api)
        self._sections = Sections(self._api, kit.clock)
        self._region = kit.region
        self._home = Home(kit)
        self._feed = Feed(self._api, kit.name)
        self._orders = Orders(self._api, self._home, Reader(self._api.site, kit.region, track_meta, kit.hub))
        self._writer = Writer(self._api, self._orders, self._statuses, self._feed)
        self._marks = Marks(self._api, self._orders, kit)
        self._maker = Maker(self._api, self._orders, self._writer, self._marks, kit.clock)
        self._webhooks = Webhooks(self._api, kit.hub, kit.name)

    def __repr__(self) -> str:
        return f"WooCommerce({self._api.site})"

    def read(self, orders: Collection[OrderId], guard: Guard = free) -> Mapping[OrderId, Snapshot | Problem]:
        """Return each order as it is now; one that a list does not show is asked for by itself before it is `Gone`."""
        rows = self._orders.rows(orders, guard)
        return {id_: row if isinstance(row, Problem) else self._orders.shown(row) for id_, row in rows.items()}

    def write(self, writes: Sequence[OrderWrite], guard: Guard) -> Mapping[OrderId, Wrote | Problem]:
        """Set the named fields: one order by PUT, several by a batch, whose answers are the read-back."""
        return self._writer.write(writes, guard)

    def create(self, orders: Sequence[NewOrderWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        """Make orders, one request each; goods in a shop with taxes may take a second one, to set the sums right."""
        return self._maker.make(orders, guard)

    def find(self, marks: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Snapshot] | Problem]:
        """Return the orders that carry each mark, oldest first; fifty marks a request."""
        return self._marks.find(marks, guard)

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
        would step over its neighbour. A shop whose clock was put back is asked from an hour before its own time.
        """
        since = moment.astimezone(UTC).replace(microsecond=0) if moment else None
        # The trash comes last: what is put there during the sweep is missed by the first list and found in the second.
        for status in ("any", TRASH):
            yield from self._saved_since(since, status)

    def _saved_since(self, since: datetime | None, status: str) -> Iterator[Notice]:
        """Yield the orders of a list; a second that held more than a page is gone through again until nothing is new.

        Such a second has to be paged by number, and an order that is saved meanwhile leaves it.
        """
        seen: set[tuple[str, str]] = set()
        while True:
            known = {id_ for id_, _ in seen}
            since, is_paged = yield from self._walk(since, status, seen)
            if not is_paged or {id_ for id_, _ in seen} == known:
                return

    def _walk(
        self, since: datetime | None, status: str, seen: set[tuple[str, str]]
    ) -> Generator[Notice, None, tuple[datetime | None, bool]]:
        """Yield what is not seen yet; return the first second that had to be paged by number, if there was one."""
        number = 1
        paged: list[datetime | None] = []
        before: list[tuple[str, str]] = []
        page = self._page(since, status, number)
        if earlier := put_back(since, self._api.time):
            page = self._page(since := earlier, status, number)
        while True:
            rows = [(str(row["id"]), str(row.get("date_modified_gmt") or "")) for row in page]
            for id_, stamp in (row for row in rows if row not in seen):
                seen.add((id_, stamp))
                yield Notice(Subject.ORDER, id_, "changed", moment_of(stamp))
            if len(rows) < PAGE:
                return (paged or [None])[0], bool(paged)
            if number > 1 and rows == before:
                raise repeated(self._api.site)
            last, before = moment_of(rows[-1][1]), rows
            since, number = (last, 1) if last != since else (since, number + 1)
            paged += [since] if number == 2 else []
            page = self._page(since, status, number)

    def placed_since(self, moment: datetime, guard: Guard = free) -> Iterator[Placed]:
        """Yield every order placed at or after the moment, the oldest first, without those in the trash."""
        return history.placed_since(self._api, moment, guard)

    def customers(self, ids: Collection[str] = (), guard: Guard = free) -> Iterator[StoreCustomer]:
        """Yield the shop's registered customers of these ids, or all of them, the oldest first."""
        return customers.read(self._api, self._region, ids, guard)

    def orders_of(self, customer: str, most: int, guard: Guard = free) -> Sequence[OrderId]:
        """Return the newest orders of a registered customer."""
        return customers.orders_of(self._api, customer, most, guard)

    def registered_since(self, moment: datetime, guard: Guard = free) -> Iterator[StoreCustomer]:
        """Yield the customers who registered at or after the moment, the newest first."""
        return customers.since(self._api, self._region, moment, guard)

    def sections(self, products: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Path]]:
        """Return the sections of the catalogue that products stand in; what was read is kept for a while."""
        return self._sections.of(products, guard)

    def stock(self, products: Collection[str], guard: Guard) -> Mapping[str, Decimal]:
        """Return what is left of each product the shop counts, a hundred a request; of variations it is not told."""
        return self._sections.stock(products, guard)

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
        gateways = self._writer.gateways(free)
        if isinstance(gateways, Problem):
            raise gateways
        options = {
            "status": self._statuses.names(free),
            "payment.method": gateways,
            SECTIONS: self._sections.names(),
        }
        recent = self._api.rows("/orders", free, {"per_page": str(PAGE), "status": "any", "_fields": "meta_data"})
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

    def _page(self, since: datetime | None, status: str, number: int) -> Sequence[Mapping[str, Any]]:
        query = {
            "orderby": "modified",
            "order": "asc",
            "status": status,
            "per_page": str(PAGE),
            "page": str(number),
            "_fields": "id,status,date_modified_gmt",
        }
        if since is not None:
            # A moment with an offset would be turned into the site's own time whatever `dates_are_gmt` says.
            before = (since - timedelta(seconds=1)).replace(tzinfo=None)
            query.update(modified_after=before.isoformat(), dates_are_gmt="true")
        rows = self._api.rows("/orders", free, query)
        if any((row["status"] == TRASH) != (status == TRASH) for row in rows):
            raise repeated(self._api.site)
        return rows
