"""The shop's own list of webhooks: made once, repaired when changed, switched on again when the shop gave up."""

from collections.abc import Mapping, Sequence
from typing import Any

from sverka.connectors.woocommerce.api import Api
from sverka.ports.guard import free

TOPICS = ("order.created", "order.updated", "order.deleted", "order.restored", "customer.created", "customer.updated")


class Webhooks:
    """The webhooks that carry this connection's name; the others in the shop are nobody's business."""

    def __init__(self, api: Api, hub: str, connection: str) -> None:
        """Take the hub's id and the connection's name, by which two hubs on one shop are told apart."""
        self._api = api
        self._prefix = f"sverka {hub} {connection}"

    def ours(self) -> Sequence[Mapping[str, Any]]:
        """Return the webhooks of this connection."""
        names = {f"{self._prefix}: {topic}" for topic in TOPICS}
        return [row for row in self._all() if row.get("name") in names]

    def subscribe(self, delivery_url: str, secret: str) -> None:
        """Have each topic delivered to the address, signed with the secret; a second call makes no doubles."""
        present = {str(row.get("topic")): row for row in self.ours()}
        for topic in TOPICS:
            body = {"delivery_url": delivery_url, "secret": secret, "status": "active"}
            row = present.get(topic)
            if row is None:
                made = {"name": f"{self._prefix}: {topic}", "topic": topic, **body}
                self._api.send("POST", "/webhooks", free, body=made)
            else:
                self._api.send("PUT", f"/webhooks/{row['id']}", free, body=body)

    def revive(self) -> Sequence[str]:
        """Switch on again what the shop disabled after failed deliveries, and return the topics of those."""
        revived = []
        for row in self.ours():
            if row.get("status") == "disabled":
                self._api.send("PUT", f"/webhooks/{row['id']}", free, body={"status": "active"})
                revived.append(str(row.get("topic")))
        return revived

    def _all(self) -> Sequence[Mapping[str, Any]]:
        pages = self._api.pages("/webhooks", free, {"status": "all"})
        return list({str(row["id"]): row for rows in pages for row in rows}.values())
