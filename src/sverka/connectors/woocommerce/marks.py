"""Orders the hub has made, found again by the mark they carry (K23).

The API finds no order by its meta data, in neither kind of order storage. Since WooCommerce 9.9 it finds orders by the
channel they were made through, which an order is given at its birth: so each mark has a channel of its own. An older
shop passes over both without a word, and is asked for the orders of the last days instead, whose marks are compared.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any, Final

from sverka.connectors.kit import Kit
from sverka.connectors.woocommerce.api import PAGE, Api
from sverka.connectors.woocommerce.orders import CHANNEL, mark_of
from sverka.connectors.woocommerce.reading import Orders
from sverka.domain.errors import Gone, Problem
from sverka.domain.ids import OrderId
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.guard import Guard

AGE: Final = timedelta(days=7)
"""How old a marked order may be to be found in a shop before WooCommerce 9.9; doubt is over long before."""

_AT_ONCE = 50
_LISTED = {"status": "any", "orderby": "id", "order": "asc", "_fields": "id,created_via,meta_data"}


class Marks:
    """The marks of one hub on one shop's orders."""

    def __init__(self, api: Api, orders: Orders, kit: Kit) -> None:
        """Take the shop's API; nothing is asked yet."""
        self._api = api
        self._orders = orders
        self._hub = kit.hub
        self._clock = kit.clock

    def channel(self, mark: str) -> str:
        """Return the channel an order with this mark is made through: it names hub and mark, and no list cuts it up."""
        return CHANNEL + hashlib.sha256(f"{self._hub} {mark}".encode()).hexdigest()[:24]

    def find(self, marks: Collection[str], guard: Guard) -> Mapping[str, Sequence[Snapshot] | Problem]:
        """Return the orders that carry each mark, oldest first; raises the problem the shop could not be asked for."""
        self._orders.is_home(guard)
        wanted = list(dict.fromkeys(marks))
        parts = [wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE)]
        ids = {OrderId(str(row["id"])) for part in parts for row in self._made_through(part, guard)}
        found: dict[str, list[Snapshot]] = {mark: [] for mark in wanted}
        for row in self._orders.rows(sorted(ids, key=int), guard).values():
            shown = row if isinstance(row, Problem) else self._orders.shown(row)
            if isinstance(shown, Snapshot):
                found[shown.mark].append(shown)
            elif not isinstance(shown, Gone):
                raise shown
        return dict(found)

    def _made_through(self, marks: Sequence[str], guard: Guard) -> Sequence[Mapping[str, Any]]:
        """Return the orders that carry these marks, shortened."""
        channels = {self.channel(mark) for mark in marks}
        asked = {**_LISTED, "created_via": ",".join(sorted(channels)), "per_page": str(PAGE)}
        rows = self._api.rows("/orders", guard, asked)
        if any(row.get("created_via") not in channels for row in rows):
            after = (self._clock.now() - AGE).astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()
            latest = {**_LISTED, "after": after, "dates_are_gmt": "true"}
            rows = [row for page in self._api.pages("/orders", guard, latest) for row in page]
        return [row for row in rows if mark_of(row, self._hub) in marks]
