"""`GET /orders`: its filters, its sorting and its pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from sverka.sandbox.woocommerce.catalogue import DRAFTS, Record
from sverka.sandbox.woocommerce.errors import invalid_param, not_in

_ORDERBY = {"date": "date_created_gmt", "modified": "date_modified_gmt", "id": "id", "include": "id"}


@dataclass(frozen=True)
class Page:
    """The rows of one page and how many rows and pages there are in all."""

    rows: list[Record]
    total: int
    pages: int


def find(orders: list[Record], query: Mapping[str, Any], statuses: list[str], zone: timezone) -> Page:
    """Select as WooCommerce does: `any` leaves out trash and drafts and beats all beside it.

    `modified_after` and its kin are exclusive.
    Dates are compared with the site's own time unless `dates_are_gmt` is set; one that carries an offset is first
    turned into the site's time whatever that flag says (WordPress's date query), which is a trap. WooError 400
    rest_invalid_param for values outside the schema.
    """
    per_page = _number(query, "per_page", 10, 1, 100)
    page = _number(query, "page", 1, 1, 10**9)
    wanted = _statuses(query.get("status", "any"), statuses)
    bounds = _bounds(query, zone)
    found = [order for order in orders if order["status"] in wanted and _dated(order, bounds)]
    if "include" in query:
        ids = set(_list(query["include"]))
        found = [order for order in found if str(order["id"]) in ids]
    if "exclude" in query:
        ids = set(_list(query["exclude"]))
        found = [order for order in found if str(order["id"]) not in ids]
    if "customer" in query:
        found = [order for order in found if str(order["customer_id"]) == query["customer"]]
    if query.get("created_via"):
        found = [order for order in found if order["created_via"] in _list(query["created_via"])]
    if query.get("search"):
        found = [order for order in found if _mentions(order, str(query["search"]).lower())]
    orderby = str(query.get("orderby", "date"))
    if orderby not in _ORDERBY:
        raise not_in("orderby", _ORDERBY)
    way = str(query.get("order", "desc"))
    if way not in {"asc", "desc"}:
        raise not_in("order", ("asc", "desc"))
    found.sort(key=lambda order: (order[_ORDERBY[orderby]], order["id"]), reverse=way == "desc")
    first = int(query["offset"]) if str(query.get("offset", "")).isdigit() else (page - 1) * per_page
    return Page(found[first : first + per_page], len(found), -(-len(found) // per_page))


def cut(rows: list[Record], query: Mapping[str, Any]) -> Page:
    """Select the rows that `include` names, or all of them, and return the asked page.

    WooError 400 rest_invalid_param for numbers outside the schema.
    """
    per_page = _number(query, "per_page", 10, 1, 100)
    page = _number(query, "page", 1, 1, 10**9)
    if "include" in query:
        ids = set(_list(query["include"]))
        rows = [row for row in rows if str(row["id"]) in ids]
    first = (page - 1) * per_page
    return Page(rows[first : first + per_page], len(rows), -(-len(rows) // per_page))


def trimmed(row: Record, fields: object) -> Record:
    """Return the row with only the top-level keys named by `_fields`; all of it when there are none."""
    names = {name.partition(".")[0] for name in _list(fields or "")}
    return {key: value for key, value in row.items() if key in names} if names else row


def _list(value: object) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    rows = value if isinstance(value, list) else str(value).split(",")
    return [str(row).strip() for row in rows if str(row).strip()]


def _number(query: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    text = str(query.get(name, default))
    if not text.isdigit():
        raise invalid_param(name, f"{name} is not of type integer.")
    if not low <= int(text) <= high:
        reason = f"{name} must be between {low} (inclusive) and {high} (inclusive)"
        raise invalid_param(name, reason, "rest_out_of_bounds")
    return int(text)


def _statuses(value: object, known: list[str]) -> set[str]:
    wanted = set(_list(value))
    for index, status in enumerate(wanted):
        if status not in {*known, "any", "trash", "auto-draft"}:
            raise not_in(f"status[{index}]", ["any", "trash", "auto-draft", *known])
    # The draft of the admin page is looked for as `wc-auto-draft`, which no order has.
    return set(known) - DRAFTS if "any" in wanted else wanted - {"auto-draft"}


def _bounds(query: Mapping[str, Any], zone: timezone) -> list[tuple[str, bool, str]]:
    """Return the field, whether later is meant, and the moment of every date filter."""
    suffix = "_gmt" if str(query.get("dates_are_gmt", "")).lower() in {"1", "true"} else ""
    known = (
        ("after", "date_created"),
        ("before", "date_created"),
        ("modified_after", "date_modified"),
        ("modified_before", "date_modified"),
    )
    return [
        (field + suffix, name.endswith("after"), _moment(name, str(query[name]), zone))
        for name, field in known
        if name in query
    ]


def _dated(order: Record, bounds: list[tuple[str, bool, str]]) -> bool:
    return all(order[field] > want if later else order[field] < want for field, later, want in bounds)


def _moment(name: str, text: str, zone: timezone) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid_param(name, "Invalid date.", "rest_invalid_date") from None
    local = moment if moment.tzinfo is None else moment.astimezone(zone)
    return local.replace(tzinfo=None, microsecond=0).isoformat()


def _mentions(order: Record, text: str) -> bool:
    billing = order["billing"]
    heap = [str(order["id"]), *(str(billing[key]) for key in ("first_name", "last_name", "email", "phone"))]
    return any(text in value.lower() for value in heap)
