"""The mark of an order that was made of a deal (K23): the site keeps it as the order's external code, `xmlId`.

It is given with the order itself, in one command, and lists can be filtered by it.
"""

from collections.abc import Mapping
from typing import Any

_OURS = "sverka/"
"""What a mark begins with there: the site gives codes of its own to all other orders."""


def code_of(mark: str) -> str:
    """Return the external code that stands for a mark."""
    return _OURS + mark


def mark_of(row: Mapping[str, Any]) -> str:
    """Return the mark an order carries, empty where it has none."""
    code = str(row.get("xmlId") or "")
    return code.removeprefix(_OURS) if code.startswith(_OURS) else ""
