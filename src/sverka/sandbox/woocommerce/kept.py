"""What of a WooCommerce shop outlives its process: orders, notes, customers, keys and webhooks."""

from __future__ import annotations

from contextlib import AbstractContextManager

from sverka.sandbox.woocommerce.catalogue import Record
from sverka.sandbox.woocommerce.store import WooStore
from sverka.sandbox.woocommerce.webhooks import Webhooks


class KeptShop:
    """The shop as its database sees it; neither its dictionaries nor uploaded files are kept."""

    def __init__(self, store: WooStore, webhooks: Webhooks) -> None:
        self._store, self._webhooks = store, webhooks
        self.touched = store.touched

    def locked(self) -> AbstractContextManager[None]:
        """Keep the shop as it is meanwhile."""
        return self._store.locked()

    def about(self) -> Record:
        """Return counters, keys, customers and webhooks with their secrets."""
        store = self._store
        return {
            "ids": store.ids,
            "keys": [store.consumer_key, store.consumer_secret],
            "customers": list(store.customers.values()),
            "webhooks": self._webhooks.kept(),
        }

    def take_about(self, record: Record) -> None:
        """Be what that record says."""
        store = self._store
        store.ids.update(record["ids"])
        store.consumer_key, store.consumer_secret = record["keys"]
        store.customers.update({row["id"]: row for row in record["customers"]})
        self._webhooks.take(record["webhooks"])

    def order(self, order_id: int) -> Record | None:
        """Return an order with its notes and the status it had before the trash; None once it is deleted."""
        store = self._store
        order = store.orders.get(order_id)
        if order is None:
            return None
        return {"order": order, "notes": store.notes[order_id], "before_trash": store.before_trash.get(order_id)}

    def take_order(self, order_id: int, record: Record) -> None:
        """Hold that order again."""
        self._store.orders[order_id], self._store.notes[order_id] = record["order"], record["notes"]
        if record["before_trash"]:
            self._store.before_trash[order_id] = record["before_trash"]
