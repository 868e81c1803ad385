"""The shop on the network: REST in, webhooks out."""

from __future__ import annotations

import re
from collections.abc import Callable

from sverka.sandbox.serve import Served
from sverka.sandbox.shop.courier import Courier
from sverka.sandbox.shop.faults import Fault, Faults, RequestLog
from sverka.sandbox.shop.web import Call, Reply, ShopApp, courier_controls
from sverka.sandbox.woocommerce.errors import WooError
from sverka.sandbox.woocommerce.rest import BASE, Rest
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


class WooServer:
    """Serves a shop between `start` and `stop` (or as a context manager) and delivers its webhooks.

    `faults`, `log` and `courier` are the switches of bad answers, the request log and the switches of bad delivery;
    `webhooks` are the shop's subscriptions.
    """

    def __init__(self, store: WooStore, host: str = "127.0.0.1", port: int = 0) -> None:
        self.store = store
        self.courier = Courier(store.clock)
        self.webhooks = Webhooks(store, self.courier, lambda: self.url)
        self._rest = Rest(store, self.webhooks)
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
        self._app = ShopApp(self.handle, _operation, controls, _REFUSALS, store.clock)
        self._served = Served(self._app, host, port)

    @property
    def faults(self) -> Faults:
        """Bad answers for coming calls."""
        return self._app.faults

    @property
    def log(self) -> RequestLog:
        """The API calls made so far, named like `GET /orders/{id}`."""
        return self._app.log

    @property
    def url(self) -> str:
        """The site's address without a slash at the end; the API is below `/wp-json/wc/v3`."""
        return self._served.url

    @property
    def consumer_key(self) -> str:
        """The API key's public half."""
        return self.store.consumer_key

    @property
    def consumer_secret(self) -> str:
        """The API key's secret half."""
        return self.store.consumer_secret

    def start(self) -> WooServer:
        """Open the port and begin to deliver webhooks."""
        self._served.start()
        self.courier.start()
        return self

    def stop(self) -> None:
        """Close the port; webhooks not delivered yet are lost."""
        self.courier.stop()
        self._served.stop()

    def __enter__(self) -> WooServer:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def wait_idle(self, timeout: float = 10.0) -> None:
        """Wait until every webhook is delivered, lost or held; TimeoutError after `timeout` seconds."""
        self.courier.wait_idle(timeout)

    def handle(self, call: Call) -> Reply:
        """Answer one API call in this process, without the network."""
        return self._rest.handle(call)


def _operation(call: Call) -> str:
    path = re.sub(r"/\d+", "/{id}", call.path.removeprefix(BASE))
    return f"{call.method} {path}"
