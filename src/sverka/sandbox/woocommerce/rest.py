"""The routes below `/wp-json/wc/v3`."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sverka.sandbox.shop import phpform
from sverka.sandbox.shop.web import Call, Reply, json_reply
from sverka.sandbox.woocommerce import query, records
from sverka.sandbox.woocommerce.auth import Gate
from sverka.sandbox.woocommerce.catalogue import Record
from sverka.sandbox.woocommerce.errors import WooError, not_in
from sverka.sandbox.woocommerce.store import WooStore
from sverka.sandbox.woocommerce.webhooks import Webhooks

BASE = "/wp-json/wc/v3"
Handler = Callable[[Call, Mapping[str, Any], tuple[int, ...]], Reply]


class Rest:
    """Answers API calls; every refusal is a WooError turned into its body."""

    def __init__(self, store: WooStore, webhooks: Webhooks) -> None:
        self._store = store
        self._webhooks = webhooks
        self._gate = Gate(store)
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = [
            ("GET", re.compile("/orders"), self._list),
            ("POST", re.compile("/orders"), self._create),
            ("POST", re.compile("/orders/batch"), self._batch),
            ("GET", re.compile("/orders/statuses"), self._statuses),
            ("GET", re.compile(r"/orders/(\d+)"), self._get),
            ("PUT", re.compile(r"/orders/(\d+)"), self._update),
            ("DELETE", re.compile(r"/orders/(\d+)"), self._delete),
            ("GET", re.compile(r"/orders/(\d+)/notes"), self._notes),
            ("POST", re.compile(r"/orders/(\d+)/notes"), self._add_note),
            ("GET", re.compile(r"/orders/(\d+)/refunds"), self._refunds),
            ("POST", re.compile(r"/orders/(\d+)/refunds"), self._refund),
            ("GET", re.compile("/customers"), self._customers),
            ("GET", re.compile(r"/customers/(\d+)"), self._customer),
            ("GET", re.compile("/products"), self._products),
            ("GET", re.compile("/products/categories"), self._categories),
            ("GET", re.compile("/payment_gateways"), self._gateways),
            ("GET", re.compile("/taxes"), self._taxes),
            ("GET", re.compile("/shipping_methods"), self._shipping_methods),
            ("GET", re.compile("/system_status"), self._system_status),
            ("GET", re.compile("/webhooks"), self._list_webhooks),
            ("POST", re.compile("/webhooks"), self._create_webhook),
            ("GET", re.compile(r"/webhooks/(\d+)"), self._get_webhook),
            ("PUT", re.compile(r"/webhooks/(\d+)"), self._update_webhook),
            ("DELETE", re.compile(r"/webhooks/(\d+)"), self._delete_webhook),
        ]

    def handle(self, call: Call) -> Reply:
        """Answer one call in this process, without the network."""
        if not self._store.catalogue.pretty_permalinks and "/wp-json" in call.path:
            return Reply(200, b"<!DOCTYPE html><html><body>Welcome</body></html>", {"content-type": "text/html"})
        try:
            self._gate.admit(call)
            handler, ids = self._route(call)
            return handler(call, _params(call), ids)
        except WooError as error:
            return json_reply(error.status, error.body)
        except (ValueError, TypeError, ArithmeticError):
            message = "Invalid parameter(s): a value has the wrong type."
            return json_reply(400, WooError("rest_invalid_param", message, 400).body)

    def _route(self, call: Call) -> tuple[Handler, tuple[int, ...]]:
        path = route_of(call)
        # POST and PATCH on one thing mean the same as PUT.
        methods = {"POST": ("POST", "PUT"), "PATCH": ("PUT",)}.get(call.method, (call.method,))
        for wanted in methods:
            for method, pattern, handler in self._routes:
                match = pattern.fullmatch(path)
                if method == wanted and match is not None:
                    return handler, tuple(int(part) for part in match.groups())
        raise WooError("rest_no_route", "No route was found matching the URL and request method.", 404)

    def _order(self, call: Call, order_id: int) -> Record:
        return copy.deepcopy(records.with_links(self._store.order(order_id), call.base_url))

    def _list(self, call: Call, params: Mapping[str, Any], _ids: tuple[int, ...]) -> Reply:
        with self._store.locked():
            statuses = list(self._store.catalogue.statuses)
            params = params if self._store.catalogue.knows_channels else {**params, "created_via": ""}
            page = query.find(list(self._store.orders.values()), params, statuses, self._store.zone)
            rows = [records.with_links(order, call.base_url) for order in page.rows]
            payload = [query.trimmed(row, params.get("_fields")) for row in rows]
            headers = {"X-WP-Total": str(page.total), "X-WP-TotalPages": str(page.pages)}
            return json_reply(200, payload, headers)

    def _get(self, call: Call, params: Mapping[str, Any], ids: tuple[int, ...]) -> Reply:
        with self._store.locked():
            return json_reply(200, query.trimmed(self._order(call, ids[0]), params.get("_fields")))

    def _create(self, call: Call, params: Mapping[str, Any], _ids: tuple[int, ...]) -> Reply:
        with self._store.locked():
            return json_reply(201, self._order(call, self._store.create(params)))

    def _update(self, call: Call, params: Mapping[str, Any], ids: tuple[int, ...]) -> Reply:
        with self._store.locked():
            self._store.edit(ids[0], params)
            return json_reply(200, self._order(call, ids[0]))

    def _delete(self, call: Call, params: Mapping[str, Any], ids: tuple[int, ...]) -> Reply:
        with self._store.locked():
            before = self._order(call, ids[0])
            (self._store.delete if _true(params.get("force")) else self._store.trash)(ids[0])
            return json_reply(200, before)

    def _batch(self, call: Call, params: Mapping[str, Any], _ids: tuple[int, ...]) -> Reply:
        parts = {name: list(params.get(name) or ()) for name in ("create", "update", "delete")}
        most = self._store.catalogue.batch_limit
        if sum(len(rows) for rows in parts.values()) > most:
            message = f"Unable to accept more than {most} items for this request."
            raise WooError("woocommerce_rest_request_entity_too_large", message, 413)
        with self._store.locked():
            done = {name: [self._one(call, name, row) for row in rows] for name, rows in parts.items() if rows}
            return json_reply(200, done)

    def _one(self, call: Call, name: str, row: Any) -> object:
        """One item of a batch; a refused one carries its error and spoils no other.

        Items do not pass the route's schema as a single order does: what is wrong in them is saved as something else.
        """
        if name != "delete" and not isinstance(row, dict):
            raise TypeError("an order of a batch is an object")
        order_id = int(row if name == "delete" else row.get("id") or 0)
        try:
            if name == "create":
                order_id = 0
                return self._order(call, self._store.create(self._store.unchecked(row)))
            if name == "update":
                self._store.edit(order_id, self._store.unchecked(row))
                return self._order(call, order_id)
            before = self._order(call, order_id)
            self._store.delete(order_id)
        except WooError as error:
            return {"id": order_id, "error": error.body}
        return before

    def _notes(self, call: Call, params: Mapping[str, Any], ids: tuple[int, ...]) -> Reply:
        kind = params.get("type", "any")
        if kind not in {"any", "customer", "internal"}:
            raise not_in("type", ("any", "customer", "internal"))
        with self._store.locked():
            order = self._store.order(ids[0])
            notes = sorted(self._store.notes[order["id"]], key=lambda note: note["date_created_gmt"], reverse=True)
            wanted = [note for note in notes if kind == "any" or note["customer_note"] == (kind == "customer")]
            return json_reply(200, [_linked_note(note, order["id"], call.base_url) for note in wanted])

    def _add_note(self, call: Call, params: Mapping[str, Any], ids: tuple[int, ...]) -> Reply:
        if not params.get("note"):
            message = "Missing parameter(s): note"
            raise WooError("rest_missing_callback_param", message, 400, params=["note"])
        author = "admin" if _true(params.get("added_by_user")) else "WooCommerce"
        note = self._store.add_note(ids[0], str(params["note"]), _true(params.get("customer_note")), author)
        return json_reply(201, _linked_note(note, ids[0], call.base_url))

    def _refunds(self, _call: Call, _params: Mapping[str, Any], ids: tuple[int, ...]) -> Reply:
        with self._store.locked():
            return json_reply(200, self._store.order(ids[0])["refunds"])

    def _refund(self, _call: Call, params: Mapping[str, Any], ids: tuple[int, ...]) -> Reply:
        amount, reason = records.money(params.get("amount")), str(params.get("reason") or "")
        id_ = self._store.refund(ids[0], amount, reason)
        return json_reply(201, {"id": id_, "parent_id": ids[0], "amount": amount, "reason": reason})

    def _statuses(self, _call: Call, _params: Mapping[str, Any], _ids: tuple[int, ...]) -> Reply:
        rows = [{"slug": slug, "name": name} for slug, name in self._store.catalogue.statuses.items()]
        return json_reply(200, rows)

    def _customers(self, _call: Call, params: Mapping[str, Any], _ids: tuple[int, ...]) -> Reply:
        with self._store.locked():
            by = "date_created_gmt" if params.get("orderby") == "registered_date" else "id"
            rows = sorted(self._store.customers.values(), key=lambda row: (row[by], row["id"]))
            rows = rows[::-1] if params.get("order") == "desc" else rows
            wanted = str(params.get("include") or "")
            rows = [row for row in rows if not wanted or str(row["id"]) in wanted.split(",")]
            rows = [row for row in rows if params.get("email") in (None, row["email"])]
            role = str(params.get("role") or "customer")
            rows = [row for row in rows if role in ("all", row["role"])]
            return _paged(copy.deepcopy(rows), params)

    def _customer(self, _call: Call, _params: Mapping[str, Any], ids: tuple[int, ...]) -> Reply:
        with self._store.locked():
            if ids[0] not in self._store.customers:
                raise WooError("woocommerce_rest_invalid_id", "Invalid resource ID.", 404)
            return json_reply(200, copy.deepcopy(self._store.customers[ids[0]]))

    def _products(self, _call: Call, params: Mapping[str, Any], _ids: tuple[int, ...]) -> Reply:
        categories = {category.category_id: category for category in self._store.catalogue.categories}
        rows = [
            {
                "id": product.product_id,
                "name": product.parent_name or product.name,
                "type": "variable" if product.variation_id else "simple",
                "status": "publish",
                "sku": product.sku,
                "manage_stock": product.stock is not None,
                "stock_quantity": product.stock,
                "categories": [{"id": id_, "name": categories[id_].name} for id_ in product.categories],
            }
            for product in self._store.catalogue.products
        ]
        return _paged(rows, params)

    def _categories(self, _call: Call, params: Mapping[str, Any], _ids: tuple[int, ...]) -> Reply:
        rows = [
            {"id": one.category_id, "name": one.name, "slug": f"category-{one.category_id}", "parent": one.parent}
            for one in self._store.catalogue.categories
        ]
        return _paged(rows, params)

    def _gateways(self, _call: Call, _params: Mapping[str, Any], _ids: tuple[int, ...]) -> Reply:
        rows = [
            {"id": id_, "title": title, "description": "", "order": index, "enabled": True, "method_title": title}
            for index, (id_, title) in enumerate(self._store.catalogue.gateways.items())
        ]
        return json_reply(200, rows)

    def _taxes(self, _call: Call, params: Mapping[str, Any], _ids: tuple[int, ...]) -> Reply:
        rates = self._store.catalogue.tax_rates
        rows = [
            {"id": one.rate_id, "rate": f"{one.percent:.4f}", "name": one.label, "compound": False} for one in rates
        ]
        return _paged(rows, params)

    def _shipping_methods(self, _call: Call, _params: Mapping[str, Any], _ids: tuple[int, ...]) -> Reply:
        methods = self._store.catalogue.shipping_methods
        return json_reply(200, [{"id": id_, "title": title, "description": ""} for id_, title in methods.items()])

    def _system_status(self, call: Call, _params: Mapping[str, Any], _ids: tuple[int, ...]) -> Reply:
        environment = {"home_url": call.base_url, "site_url": call.base_url, "version": self._store.catalogue.version}
        return json_reply(200, {"environment": environment})

    def _list_webhooks(self, _call: Call, params: Mapping[str, Any], _ids: tuple[int, ...]) -> Reply:
        return json_reply(200, self._webhooks.list(str(params.get("status", "all"))))

    def _create_webhook(self, _call: Call, params: Mapping[str, Any], _ids: tuple[int, ...]) -> Reply:
        return json_reply(201, self._webhooks.create(params))

    def _get_webhook(self, _call: Call, _params: Mapping[str, Any], ids: tuple[int, ...]) -> Reply:
        return json_reply(200, self._webhooks.get(ids[0]))

    def _update_webhook(self, _call: Call, params: Mapping[str, Any], ids: tuple[int, ...]) -> Reply:
        return json_reply(200, self._webhooks.update(ids[0], params))

    def _delete_webhook(self, _call: Call, params: Mapping[str, Any], ids: tuple[int, ...]) -> Reply:
        return json_reply(200, self._webhooks.delete(ids[0], _true(params.get("force"))))


def route_of(call: Call) -> str:
    """Return what is asked for below `/wc/v3`, whether the path names it or `rest_route` does; empty for neither."""
    named = call.path.removeprefix("/wp-json") if call.path.startswith(BASE) else dict(call.query).get("rest_route", "")
    return named.removeprefix("/wc/v3").rstrip("/") if named.startswith("/wc/v3") else ""


def _params(call: Call) -> dict[str, Any]:
    params = phpform.nest(call.query)
    text = call.body.decode("utf-8", "replace")
    if not text:
        return params
    if "json" not in call.headers.get("content-type", ""):
        return {**params, **phpform.parse(text)}
    try:
        sent = json.loads(text)
    except ValueError:
        raise WooError("rest_invalid_json", "Invalid JSON body passed.", 400, json_error_code=4) from None
    return {**params, **sent} if isinstance(sent, dict) else params


def _true(value: object) -> bool:
    return str(value).lower() in {"1", "true", "yes"}


def _linked_note(note: Record, order_id: int, site: str) -> Record:
    order = f"{site}{BASE}/orders/{order_id}"
    links = {
        "self": [{"href": f"{order}/notes/{note['id']}", "targetHints": {"allow": ["GET", "DELETE"]}}],
        "collection": [{"href": f"{order}/notes"}],
        "up": [{"href": order}],
    }
    return {**note, "_links": links}


def _paged(rows: list[Record], params: Mapping[str, Any]) -> Reply:
    page = query.cut(rows, params)
    payload = [query.trimmed(row, params.get("_fields")) for row in page.rows]
    return json_reply(200, payload, {"X-WP-Total": str(page.total), "X-WP-TotalPages": str(page.pages)})
