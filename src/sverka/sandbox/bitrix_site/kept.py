"""What of a 1C-Bitrix shop outlives its process: orders, keys and subscriptions, not its dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from sverka.sandbox.bitrix_site.catalogue import Record

if TYPE_CHECKING:
    from sverka.sandbox.bitrix_site.server import BitrixSiteServer


class KeptSite:
    """The shop behind a server, as its database sees it."""

    def __init__(self, server: BitrixSiteServer) -> None:
        self._server, self._store = server, server.store
        self.touched = server.store.touched

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep the shop as it is meanwhile."""
        with self._store.hit():
            yield

    def about(self) -> Record:
        """Return counters, keys, subscriptions and what the module was installed with."""
        server, module = self._server, self._server.module
        return {
            "ids": self._store.ids,
            "secret": self._store.secret,
            "member_id": server.member_id,
            "module": {"secret": module.secret, "hub": module.hub},
            "handlers": [asdict(one) for one in server.handlers],
        }

    def take_about(self, record: Record) -> None:
        """Be what that record says."""
        self._store.ids.update(record["ids"])
        self._store.secret = record["secret"]
        self._server.member_id = record["member_id"]
        self._server.module.secret, self._server.module.hub = record["module"]["secret"], record["module"]["hub"]
        self._server.take_handlers(record["handlers"])

    def order(self, order_id: int) -> Record | None:
        """Return an order with its coupons; None once it is deleted."""
        order = self._store.orders.get(order_id)
        return None if order is None else {"order": order, "coupons": self._store.coupons.get(order_id)}

    def take_order(self, order_id: int, record: Record) -> None:
        """Hold that order again."""
        self._store.orders[order_id] = record["order"]
        if record["coupons"]:
            self._store.coupons[order_id] = record["coupons"]
