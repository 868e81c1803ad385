"""The parts of an order's payload."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def rows_of(tree: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    """Return a part's rows; PHP may write them as a list or as an object with numbers for keys."""
    rows = tree.get(key) or ()
    found: Iterable[Any] = rows.values() if isinstance(rows, dict) else rows
    return [row for row in found if isinstance(row, dict)]


def real_shipments(tree: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the shipments a person sees: without the system one that holds what is not shipped yet."""
    return [row for row in rows_of(tree, "shipments") if row.get("system") != "Y"]
