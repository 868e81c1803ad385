"""The print shop on the network: its API, its webhooks, and its people by the control page."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from sverka.sandbox.pixlpark.rest import Rest, comment_message, message
from sverka.sandbox.pixlpark.store import CHANGED, COMMENTED, CREATED, RENDERED, PixlparkStore
from sverka.sandbox.shop.courier import Parcel
from sverka.sandbox.shop.faults import Fault
from sverka.sandbox.shop.server import ShopServer
from sverka.sandbox.shop.web import Call, ShopApp, courier_controls, json_reply

EVENTS = (CREATED, CHANGED, COMMENTED, RENDERED)
_REFUSALS: dict[Fault, object] = {
    Fault.JSON_503: {"ResponseCode": 503, "ErrorMessage": "Service Unavailable", "Result": []},
    Fault.TOO_MANY: {"ResponseCode": 429, "ErrorMessage": "Too Many Requests", "Result": []},
    Fault.UNAUTHORIZED: {"ResponseCode": 401, "ErrorMessage": "Unauthorized", "Result": []},
}


class PixlparkServer(ShopServer):
    """Serves a print shop; the log names calls like `GET /orders/{id}`. Its webhooks are set by `subscribe`."""

    def __init__(self, store: PixlparkStore, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(store.clock)
        self.store = store
        self.rest = Rest(store)
        self._hooks: list[tuple[str, str]] = []
        store.on_event = self._ring
        controls: dict[str, Callable[..., object]] = {
            "place_order": store.place_order,
            "edit": store.edit,
            "set_status": store.set_status,
            "pay": store.pay,
            "render": store.render,
            "comment": store.comment,
            "delete": store.delete,
            "order": store.order,
            "subscribe": self.subscribe,
            "manners": self.set_manners,
            "revoke": self.rest.revoke,
            **courier_controls(self.courier),
        }
        self._open(ShopApp(self.rest.handle, _operation, controls, _REFUSALS, store.clock), host, port)

    @property
    def public_key(self) -> str:
        """The Public Key of the panel."""
        return self.rest.public_key

    @property
    def private_key(self) -> str:
        """The Private Key of the panel."""
        return self.rest.private_key

    def subscribe(self, url: str, event: str = "") -> None:
        """Set a webhook for an event, or for each there is; ValueError for an unknown one."""
        if event and event not in EVENTS:
            raise ValueError(f"no such event: {event}; there are: {', '.join(EVENTS)}")
        self._hooks += [(one, url) for one in EVENTS if event in ("", one)]

    def set_manners(self, **switches: object) -> None:
        """Set switches of the API by name; ValueError for an unknown one."""
        unknown = set(switches) - set(vars(self.rest.manners))
        if unknown:
            raise ValueError(f"no such switch: {', '.join(sorted(unknown))}")
        vars(self.rest.manners).update(switches)

    def _ring(self, event: str, order: int) -> None:
        for known, url in self._hooks:
            if known == event:
                self.courier.submit(event, partial(self._parcel, event, order, url), key=(event, order, url))

    def _parcel(self, event: str, order: int, url: str) -> Parcel | None:
        try:
            shape = self.rest.manners.comment
            if event == COMMENTED and shape != "order":
                said = [one for one in self.store.comments if one["OrderId"] == order]
                told = comment_message(said[-1], shape)
            else:
                told = message(self.store.order(order), self.store.lines(order))
        except LookupError:
            return None
        return Parcel(url, json_reply(200, told).body, {"content-type": "application/json"})


def _operation(call: Call) -> str:
    return f"{call.method} {re.sub(r'/[0-9]+', '/{id}', call.path)}"
