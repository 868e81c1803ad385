"""Outgoing webhooks: what is subscribed, how a delivery is signed, and when a failing one is switched off."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sverka.sandbox.shop.courier import Courier, Delivery, Parcel
from sverka.sandbox.shop.web import json_reply
from sverka.sandbox.woocommerce import records
from sverka.sandbox.woocommerce.catalogue import Record
from sverka.sandbox.woocommerce.errors import WooError, not_in
from sverka.sandbox.woocommerce.store import WooStore

_TOPIC = re.compile(r"(order|product|customer|coupon)\.(created|updated|deleted|restored)|action\.\w+")
_STATES = ("active", "paused", "disabled")
#: `woocommerce_max_webhook_delivery_failures`: more consecutive failures than this disable a webhook.
_MAX_FAILURES = 5


class Webhooks:
    """The shop's webhooks by id; `site` tells the shop's address at the moment of sending."""

    def __init__(self, store: WooStore, courier: Courier, site: Callable[[], str]) -> None:
        self._store = store
        self._courier = courier
        self._site = site
        self._rows: dict[int, Record] = {}
        self._secrets: dict[int, str] = {}
        self._failures: dict[int, int] = {}
        store.on_event = self.raise_event
        store.on_customer = partial(self.raise_event, resource="customer")

    def list(self, status: str = "all") -> list[Record]:
        """Every webhook, newest first, or those in one status."""
        with self._store.locked():
            rows = [dict(row) for row in self._rows.values() if status in {"all", row["status"]}]
        return rows[::-1]

    def get(self, id_: int) -> Record:
        """Return a copy of one webhook, without its secret; WooError 404 when there is none."""
        with self._store.locked():
            return dict(self._row(id_))

    def create(self, payload: Mapping[str, Any]) -> Record:
        """Add a webhook and send its ping, unsigned and with the id in a form; WooError 400 for what cannot be."""
        topic, url = str(payload.get("topic") or ""), str(payload.get("delivery_url") or "")
        if not _TOPIC.fullmatch(topic):
            raise WooError("woocommerce_rest_webhook_invalid_topic", "Webhook topic must be valid.", 400)
        if not url.startswith(("http://", "https://")):
            message = "Webhook delivery URL must be a valid URL starting with http:// or https://."
            raise WooError("woocommerce_rest_webhook_invalid_delivery_url", message, 400)
        with self._store.locked():
            id_ = self._store.next_id("webhook")
            resource, _, event = topic.partition(".")
            now = self._store.clock.now()
            name = payload.get("name") or f"Webhook created on {now:%b %d, %Y @ %I:%M %p}"
            row: Record = {"id": id_, "name": name, "status": "active", "topic": topic, "resource": resource}
            row.update(event=event, hooks=[f"woocommerce_{event}_{resource}"], delivery_url=url)
            records.set_date(row, "created", now, self._store.zone)
            records.set_date(row, "modified", now, self._store.zone)
            self._rows[id_] = row
            self._secrets[id_] = str(payload.get("secret") or self._store.consumer_secret)
            self._failures[id_] = 0
            self._set_status(row, payload)
        body = f"webhook_id={id_}".encode()
        headers = {"content-type": "application/x-www-form-urlencoded", "user-agent": self._agent()}
        self._courier.submit("ping", lambda: Parcel(url, body, headers))
        return dict(row)

    def update(self, id_: int, payload: Mapping[str, Any]) -> Record:
        """Change name, address, secret or status; an activated webhook goes on counting failures until one arrives."""
        with self._store.locked():
            row = self._row(id_)
            self._set_status(row, payload)
            row.update({key: str(payload[key]) for key in ("name", "delivery_url") if payload.get(key)})
            if payload.get("secret"):
                self._secrets[id_] = str(payload["secret"])
            records.set_date(row, "modified", self._store.clock.now(), self._store.zone)
            return dict(row)

    def delete(self, id_: int, force: bool) -> Record:
        """Remove a webhook; WooError 501 without `force`, since webhooks have no trash."""
        with self._store.locked():
            self._row(id_)
            if not force:
                message = "Webhooks do not support trashing. Set force=true to delete."
                raise WooError("woocommerce_rest_trash_not_supported", message, 501)
            return self._rows.pop(id_)

    def kept(self) -> Record:
        """Return what a new process must know of the webhooks; the secrets are in it."""
        rows = list(self._rows.values())
        return {"rows": rows, "secrets": list(self._secrets.items()), "failures": list(self._failures.items())}

    def take(self, kept: Mapping[str, Any]) -> None:
        """Have these webhooks, as they were kept."""
        self._rows.update({row["id"]: row for row in kept["rows"]})
        self._secrets.update(dict(kept["secrets"]))
        self._failures.update(dict(kept["failures"]))

    def failures(self, id_: int) -> int:
        """Consecutive failed deliveries of a webhook."""
        with self._store.locked():
            return self._failures[id_]

    def raise_event(self, event: str, id_: int, resource: str = "order") -> None:
        """Queue a delivery for each active webhook of `<resource>.<event>`, unless one for this id already waits."""
        for row in self._rows.values():
            if row["topic"] == f"{resource}.{event}" and row["status"] == "active":
                webhook = row["id"]
                self._courier.submit(row["topic"], self._builder(webhook, id_), self._settler(webhook), (webhook, id_))

    def _builder(self, webhook: int, id_: int) -> Callable[[], Parcel | None]:
        def build() -> Parcel | None:
            with self._store.locked():
                row = self._rows.get(webhook)
                if row is None or row["status"] != "active":
                    return None
                body = json_reply(200, self._payload(row, id_)).body
                return Parcel(row["delivery_url"], body, self._headers(row, body))

        return build

    def _payload(self, row: Record, id_: int) -> object:
        if row["event"] == "deleted":
            return {"id": id_}
        if row["resource"] == "customer":
            return copy.deepcopy(self._store.customers[id_])
        try:
            return records.with_links(self._store.order(id_), self._site())
        except WooError as error:
            return error.body

    def _headers(self, row: Record, body: bytes) -> dict[str, str]:
        digest = hmac.new(self._secrets[row["id"]].encode(), body, hashlib.sha256).digest()
        return {
            "user-agent": self._agent(),
            "content-type": "application/json",
            "x-wc-webhook-source": f"{self._site()}/",
            "x-wc-webhook-topic": row["topic"],
            "x-wc-webhook-resource": row["resource"],
            "x-wc-webhook-event": row["event"],
            "x-wc-webhook-signature": base64.b64encode(digest).decode(),
            "x-wc-webhook-id": str(row["id"]),
            "x-wc-webhook-delivery-id": secrets.token_hex(16),
        }

    def _settler(self, webhook: int) -> Callable[[Delivery], None]:
        def settled(delivery: Delivery) -> None:
            status = delivery.status or 0
            with self._store.locked():
                row = self._rows.get(webhook)
                if row is None:
                    return
                good = 200 <= status < 300 or status in {301, 302}
                self._failures[webhook] = 0 if good else self._failures[webhook] + 1
                if self._failures[webhook] > _MAX_FAILURES:
                    row["status"] = "disabled"

        return settled

    def _set_status(self, row: Record, payload: Mapping[str, Any]) -> None:
        status = payload.get("status")
        if status is None:
            return
        if status not in _STATES:
            raise not_in("status", _STATES)
        row["status"] = status

    def _row(self, id_: int) -> Record:
        if id_ not in self._rows:
            raise WooError("woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.", 404)
        return self._rows[id_]

    def _agent(self) -> str:
        return f"WooCommerce/{self._store.catalogue.version} Hookshot (WordPress/7.1)"
