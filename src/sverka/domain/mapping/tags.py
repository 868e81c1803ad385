"""Traces of advertising: where a buyer came from, as his order tells it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sverka.domain.commerce.value import Value, is_empty, show

TAGS: Final = ("source", "medium", "campaign", "content", "term")
"""The five UTM marks a back office has fields for."""

_TOLD = "attribution."


@dataclass(frozen=True)
class Tag:
    """The converter of one mark; `(direct)` and its like say that there is none."""

    def to_office(self, value: Value) -> Value:
        """Return the mark, None for a placeholder."""
        return None if is_empty(value) or show(value).startswith("(") else show(value)

    def to_store(self, value: Value) -> Value:
        """Return the mark as it is."""
        return value

    def agree(self, store: Value, office: Value) -> bool:
        """Compare what is told."""
        return self.to_office(store) == self.to_office(office)

    def fingerprint(self) -> str:
        """Name the conversion."""
        return "tag"


def trace_of(fields: Mapping[str, Value], key: str) -> str:
    """Return an order's trace as JSON in the form of Bitrix24's page script, empty where nothing is told.

    With a `key` it is what that field holds, as the script itself wrote it there; else it is made of the store's own
    attribution.
    """
    if key:
        return _whole(show(fields.get(key)))
    told = {name.removeprefix(_TOLD): show(value) for name, value in fields.items() if name.startswith(_TOLD) and value}
    tags = {name: value for name, value in told.items() if name.startswith("utm_") and not value.startswith("(")}
    trace = {
        "url": told.get("session_entry"),
        "ref": told.get("referrer"),
        "tags": {"list": tags} if tags else None,
        "device": {"isMobile": told["device_type"] == "Mobile"} if "device_type" in told else None,
    }
    known = {name: value for name, value in trace.items() if value is not None}
    return json.dumps(known, ensure_ascii=False) if known.keys() - {"device"} else ""


def _whole(text: str) -> str:
    try:
        return text if isinstance(json.loads(text), dict) else ""
    except ValueError:
        return ""
