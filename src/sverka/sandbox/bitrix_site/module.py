"""The site's own module `sverka.orders`, as it speaks: signed calls in, signed notices out (modules/1c-bitrix)."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from sverka.sandbox.bitrix_site.catalogue import Record
from sverka.sandbox.bitrix_site.errors import BitrixError
from sverka.sandbox.bitrix_site.store import BitrixSiteStore
from sverka.sandbox.bitrix_site.wire import copied, order_tree
from sverka.sandbox.shop.courier import Parcel
from sverka.sandbox.shop.web import Call, Reply, json_reply

PATH = "/bitrix/tools/sverka_orders.php"
_LARGEST = 1 << 20
_WINDOW = 300
_ORDERS = 50
_FIELDS = ("comments", "userDescription", "additionalInfo", "responsibleId")


class SiteModule:
    """Installed once it has a secret; `hub` is where it tells of changes, empty for nowhere."""

    def __init__(self, store: BitrixSiteStore) -> None:
        self._store = store
        self._nonces: set[str] = set()
        self.secret = ""
        self.hub = ""

    def install(self, hub: str = "") -> str:
        """Put the module on the site and return its secret."""
        self.secret, self.hub = secrets.token_hex(16), hub
        return self.secret

    def answer(self, call: Call) -> Reply:
        """Answer a call to the module's page; who is not the hub learns nothing."""
        if not self.secret:
            return Reply(404, b"")
        if len(call.body) > _LARGEST:
            return json_reply(413, {"error": "too long"})
        moment, nonce, given = (
            call.headers.get(f"x-sverka-{name}", "") for name in ("timestamp", "nonce", "signature")
        )
        if call.method != "POST" or not self._is_ours("call", moment, nonce, call.body, given):
            return json_reply(401, {"error": "forged"})
        if not self._is_fresh(moment):
            return self._signed(json_reply(401, {"error": "clock"}), moment, nonce)
        if nonce in self._nonces:
            return json_reply(401, {"error": "played again"})
        self._nonces.add(nonce)
        return self._signed(self._perform(call.body), moment, nonce)

    def is_marked(self, call: Call) -> bool:
        """Tell whether a REST request is the hub's own, so that what it saves is not told of."""
        moment, _, rest = call.headers.get("x-sverka-mark", "").partition(".")
        nonce, _, given = rest.partition(".")
        return bool(self.secret) and self._is_ours("mark", moment, nonce, b"", given) and self._is_fresh(moment)

    def parcel(self, touched: Mapping[int, str]) -> Parcel:
        """Return the notice of what a hit did, as it goes to the hub."""
        orders = [{"id": str(id_), "event": event} for id_, event in touched.items()]
        body = json.dumps({"v": 1, "orders": orders}).encode()
        moment, nonce = str(self._now()), secrets.token_hex(16)
        headers = {
            "content-type": "application/json",
            "x-sverka-timestamp": moment,
            "x-sverka-nonce": nonce,
            "x-sverka-signature": self._signature("bell", moment, nonce, body),
        }
        return Parcel(self.hub, body, headers)

    def _perform(self, body: bytes) -> Reply:
        try:
            asked = json.loads(body)
            do, orders = asked.get("do"), asked.get("orders", [])
        except (ValueError, AttributeError):
            do, orders = None, []
        if isinstance(orders, list) and len(orders) <= _ORDERS:
            if do == "hello":
                about = {"module": "0.1.0", "kernel": "sandbox", "hub": bool(self.hub), "waiting": 0}
                return json_reply(200, {**about, "now": self._now()})
            if do == "snapshot":
                return json_reply(200, {"orders": {str(id_): self._shown(id_) for id_ in orders}})
            if do == "patch":
                return json_reply(200, {"orders": {str(one.get("id")): self._patched(one) for one in orders}})
        return json_reply(400, {"error": "no such call"})

    def _shown(self, id_: object) -> Record | None:
        try:
            order = self._store.order(int(str(id_)))
        except (BitrixError, ValueError):
            return None
        page = f"/bitrix/admin/sale_order_view.php?ID={order['id']}&lang=ru"
        return {**order_tree(order), "coupons": self._store.coupons.get(order["id"], []), "adminUrl": page}

    def _patched(self, asked: Mapping[str, Any]) -> Record:
        shown = self._shown(asked.get("id"))
        if shown is None:
            return {"error": "gone"}
        seen = asked.get("seen") or {}
        if any(str(seen.get(key)) != _text(shown[key]) for key in ("version", "dateUpdate")):
            return {"error": "changed", "order": shown}
        order = self._store.order(shown["id"])
        draft: Record = copied(order)
        try:
            refused = self._set(draft, asked)
        except BitrixError as error:
            return {"error": "not saved", "words": error.description, "order": shown}
        order.update(draft)
        with self._store.hit(quietly=True):
            self._store.save(order)
        return {"order": self._shown(order["id"]), "refused": refused}

    def _set(self, draft: Record, asked: Mapping[str, Any]) -> Record:
        """Set what is named and return why some was not."""
        refused: Record = {}
        for id_, value in dict(asked.get("properties") or {}).items():
            found = self._store.catalogue.property_by_id(int(id_)) if str(id_).isdigit() else None
            if found is None or found["personTypeId"] != draft["personTypeId"]:
                refused[id_] = "absent"
            elif found["type"] in {"FILE", "ADDRESS"}:
                refused[id_] = "type"
            else:
                self._store.properties.set_by_code(draft, {found["code"]: value})
        for name, value in dict(asked.get("fields") or {}).items():
            if name in _FIELDS:
                draft[name] = value
            else:
                refused[name] = "absent"
        return refused

    def _signed(self, reply: Reply, moment: str, nonce: str) -> Reply:
        signature = self._signature("answer", moment, nonce, f"{reply.status}\n".encode() + reply.body)
        return Reply(reply.status, reply.body, {**reply.headers, "x-sverka-signature": signature})

    def _signature(self, purpose: str, moment: str, nonce: str, body: bytes) -> str:
        said = f"sverka/1 {purpose}\n{moment}\n{nonce}\n".encode() + body
        return hmac.new(self.secret.encode(), said, "sha256").hexdigest()

    def _is_ours(self, purpose: str, moment: str, nonce: str, body: bytes, given: str) -> bool:
        return hmac.compare_digest(self._signature(purpose, moment, nonce, body).encode(), given.encode())

    def _is_fresh(self, moment: str) -> bool:
        return moment.isdigit() and abs(self._now() - int(moment)) <= _WINDOW

    def _now(self) -> int:
        return int(self._store.clock.now().timestamp())


def _text(value: Any) -> str:
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)
