"""The shop on the network: REST in, webhooks out."""

from __future__ import annotations

import re
from collections.abc import Callable

from sverka.sandbox.shop.faults import Fault
from sverka.sandbox.shop.server import ShopServer
from sverka.sandbox.shop.web import Call, Reply, ShopApp, courier_controls
from sverka.sandbox.woocommerce.errors import WooError
from sverka.sandbox.woocommerce.kept import KeptShop
from sverka.sandbox.woocommerce.rest import Rest, route_of
from sverka.sandbox.woocommerce.store import WooStore
from sverka.sandbox.woocommerce.webhooks import Webhooks

_REFUSALS: dict[Fault, object] = {
    Fault.JSON_503: {
        "code": "wp_die",
        "message": "Briefly unavailable for scheduled maintenance.",
        "data": {"status": 503},
    },
    Fault.TOO_MANY: {"message": "Too Many Requests"},
    Fault.UNAUTHORIZED: WooError("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.", 401).body,
}


class WooServer(ShopServer):
    """Serves a WooCommerce shop and delivers its webhooks; its API is below `/wp-json/wc/v3`.

    The log names calls like `GET /orders/{id}`; `webhooks` are the shop's subscriptions.
    """

    def __init__(self, store: WooStore, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(store.clock)
        self.store = store
        self.webhooks = Webhooks(store, self.courier, lambda: self.url)
        self._rest = Rest(store, self.webhooks)
        self.kept = KeptShop(store, self.webhooks)
        controls: dict[str, Callable[..., object]] = {
            "place_order": store.place_order,
            "edit": store.edit,
            "pay": store.pay,
            "cancel": store.cancel,
            "trash": store.trash,
            "restore": store.restore,
            "delete": store.delete,
            "refund": store.refund,
            "add_note": store.add_note,
            "replay": store.replay,
            "order": store.order,
            **courier_controls(self.courier),
        }
        self._open(ShopApp(self.handle, _operation, controls, _REFUSALS, store.clock), host, port)

    @property
    def consumer_key(self) -> str:
        """The API key's public half."""
        return self.store.consumer_key

    @property
    def consumer_secret(self) -> str:
        """The API key's secret half."""
        return self.store.consumer_secret

    def handle(self, call: Call) -> Reply:
        """Answer one API call in this process, without the network; uploads and an order's page are a browser's."""
        if call.path.startswith("/wp-content/uploads/"):
            content = self.store.uploads.get(call.path)
            return Reply(404, b"") if content is None else Reply(200, content, {"content-type": "application/pdf"})
        if call.path == "/wp-admin/admin.php":
            known = dict(call.query).get("id", "") in {str(number) for number in self.store.orders}
            return Reply(200 if known else 404, b"<html></html>", {"content-type": "text/html"})
        return self._rest.handle(call)


def _operation(call: Call) -> str:
    path = re.sub(r"/\d+", "/{id}", route_of(call) or call.path)
    return f"{call.method} {path}"
