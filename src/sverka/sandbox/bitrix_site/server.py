"""The shop on the network: `/rest/<user>/<secret>/<method>` in, events out."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sverka.sandbox.bitrix_site import module, pages
from sverka.sandbox.bitrix_site.catalogue import Record
from sverka.sandbox.bitrix_site.errors import BitrixError
from sverka.sandbox.bitrix_site.kept import KeptSite
from sverka.sandbox.bitrix_site.module import SiteModule
from sverka.sandbox.bitrix_site.rest import Answer, Rest
from sverka.sandbox.bitrix_site.store import BEFORE_DELETE, SAVED, BitrixSiteStore
from sverka.sandbox.shop import phpform
from sverka.sandbox.shop.courier import Parcel
from sverka.sandbox.shop.faults import Fault
from sverka.sandbox.shop.server import ShopServer
from sverka.sandbox.shop.web import Call, Reply, ShopApp, courier_controls, json_reply

_REFUSALS: dict[Fault, object] = {
    Fault.JSON_503: {"error": "OVERLOAD_LIMIT", "error_description": "REST API is blocked due to overload."},
    Fault.TOO_MANY: {"error": "QUERY_LIMIT_EXCEEDED", "error_description": "Too many requests"},
    Fault.UNAUTHORIZED: {"error": "INVALID_CREDENTIALS", "error_description": "Invalid request credentials"},
}


@dataclass(frozen=True)
class Handler:
    """An outbound webhook of one event."""

    id_: int
    event: str
    url: str = field(repr=False)
    token: str = field(repr=False)


class BitrixSiteServer(ShopServer):
    """Serves a 1C-Bitrix shop and delivers its events; the log names calls by their methods."""

    def __init__(self, store: BitrixSiteStore, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(store.clock)
        self.store = store
        self.member_id = secrets.token_hex(16)
        self._rest = Rest(store)
        self.module = SiteModule(store)
        self.handlers: list[Handler] = []
        self._open(ShopApp(self.handle, _operation, self._controls(), _REFUSALS, store.clock), host, port)
        self.kept = KeptSite(self)
        store.on_event = self._raise
        store.on_hit = self._tell

    @property
    def webhook_url(self) -> str:
        """The inbound webhook with its secret, ending in a slash; methods are appended to it."""
        return f"{self.url}/rest/{self.store.user_id}/{self.store.secret}/"

    def subscribe(self, url: str, events: Sequence[str] = (SAVED, BEFORE_DELETE)) -> str:
        """Add an outbound webhook for these events and return its application token."""
        token = secrets.token_hex(16)
        for event in events:
            self.handlers.append(Handler(len(self.handlers) + 1, event, url, token))
        return token

    def take_handlers(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Have these outbound webhooks, as they were kept."""
        self.handlers[:] = [Handler(**row) for row in rows]

    def handle(self, call: Call) -> Reply:
        """Answer one API call in this process, without the network: one call is one hit."""
        if page := pages.page(self.store, call):
            return page
        if call.path == module.PATH:
            return self.module.answer(call)
        started = time.time()
        segments = call.path.strip("/").split("/")
        try:
            self._admit(segments)
            params = _params(call)
            with self.store.hit(quietly=self.module.is_marked(call)):
                answer = self._rest.call(segments[3].removesuffix(".json"), params)
                return json_reply(200, {**_body(answer), "time": self._time(started)})
        except BitrixError as error:
            return json_reply(error.status, {"error": error.code, "error_description": error.description})
        except (ValueError, TypeError, ArithmeticError):
            return json_reply(400, {"error": "BX_INVALID_VALUE", "error_description": "A value has the wrong type"})

    def _admit(self, segments: list[str]) -> None:
        path = "/".join(segments[:-1]).encode()
        known = f"rest/{self.store.user_id}/{self.store.secret}".encode()
        if len(segments) != 4 or not secrets.compare_digest(path, known):
            raise BitrixError("INVALID_CREDENTIALS", "Invalid request credentials", 401)

    def _time(self, started: float) -> dict[str, object]:
        finished, now = time.time(), self.store.now()
        spent = finished - started
        moments = {"start": started, "finish": finished, "duration": spent, "processing": spent}
        return {**moments, "date_start": now, "date_finish": now, "operating": 0}

    def _raise(self, event: str, order: Record) -> None:
        action = "save" if event == SAVED else "delete"
        fields = {"ID": order["id"], "XML_ID": order["xmlId"], "ACTION": action}
        for handler in self.handlers:
            if handler.event == event:
                self.courier.submit(event, self._parcel(handler, fields))

    def _tell(self, touched: Mapping[int, str]) -> None:
        if self.module.secret and self.module.hub:
            self.courier.submit("module", lambda: self.module.parcel(touched))

    def _parcel(self, handler: Handler, fields: dict[str, object]) -> Callable[[], Parcel]:
        def build() -> Parcel:
            domain = self.url.partition("://")[2]
            auth = {
                "domain": domain,
                "client_endpoint": f"{self.url}/rest/",
                "server_endpoint": "https://oauth.bitrix.info/rest/",
                "member_id": self.member_id,
                "application_token": handler.token,
            }
            pairs = [("event", handler.event.upper()), ("event_handler_id", str(handler.id_))]
            pairs += phpform.flatten({"FIELDS": fields}, "data")
            pairs += [("ts", str(int(self.store.clock.now().timestamp())))]
            pairs += phpform.flatten(auth, "auth")
            headers = {"content-type": "application/x-www-form-urlencoded", "user-agent": "Bitrix24 Webhook Engine"}
            return Parcel(handler.url, urlencode(pairs).encode(), headers)

        return build

    def _controls(self) -> dict[str, Callable[..., object]]:
        store = self.store
        return {
            "place_order": store.place_order,
            "add_item": store.add_item,
            "edit_item": store.edit_item,
            "remove_item": store.remove_item,
            "set_properties": store.set_properties,
            "edit": store.edit,
            "mass_update": store.mass_update,
            "pay": store.pay,
            "cancel": store.cancel,
            "ship": store.ship,
            "delete": store.delete,
            "order": store.order,
            "subscribe": self.subscribe,
            "install_module": self.module.install,
            **courier_controls(self.courier),
        }


def _operation(call: Call) -> str:
    if call.path == module.PATH:
        return "module"
    segments = call.path.strip("/").split("/")
    return segments[3].removesuffix(".json").lower() if len(segments) == 4 else "not-a-method"


def _body(answer: Answer) -> dict[str, Any]:
    return {"result": answer.result, **answer.numbers}


def _params(call: Call) -> dict[str, Any]:
    params = phpform.nest(call.query)
    text = call.body.decode("utf-8", "replace")
    if "json" not in call.headers.get("content-type", ""):
        return {**params, **phpform.parse(text)}
    try:
        sent = json.loads(text or "{}")
    except ValueError:
        sent = {}
    return {**params, **sent} if isinstance(sent, dict) else params
