"""The mark of an order that was made of a deal (K23): the site keeps it as the order's external code, `xmlId`.

It is given with the order itself, in one command, and lists can be filtered by it. The hub's own id stands before it:
two hubs may serve one shop.
"""

from collections.abc import Mapping
from typing import Any


def code_of(mark: str, hub: str) -> str:
    """Return the external code that stands for a mark of this hub."""
    return f"sverka/{hub}/{mark}"


def mark_of(row: Mapping[str, Any], hub: str) -> str:
    """Return the mark of this hub that an order carries, empty where it has none: the site gives codes of its own."""
    code, ours = str(row.get("xmlId") or ""), code_of("", hub)
    return code.removeprefix(ours) if code.startswith(ours) else ""
