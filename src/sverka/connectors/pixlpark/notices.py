"""Webhooks: not signed, so they ring and say nothing; the order is read by the API before anything is done."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from sverka.domain.errors import Forged
from sverka.ports.notices import Notice, Subject

_OF_AN_ORDER: Final = frozenset({"status", "photolabid", "datemodified", "renderstatus", "paymentstatus"})
_ID: Final = re.compile(r"[0-9]{1,18}")
_DEEPEST: Final = 3
"""How deep in a body an order is looked for: what a webhook of a comment looks like is not documented."""


def read(body: bytes) -> list[Notice]:
    """Return what a webhook rings for: an order by its `Id`, or the one a comment is about by its `OrderId`.

    Either may stand in an envelope, and names may begin with a small letter. Only the hub's own unguessable address
    tells a webhook of Pixlpark's from any other.

    Raises:
        Forged: it has not the shape of any of them.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Forged from error
    notices = list(dict.fromkeys(_found(data, _DEEPEST)))
    if not notices:
        raise Forged
    return notices


def _found(data: Any, depth: int) -> Iterator[Notice]:
    """Yield what rings; within what has rung nothing more is looked for."""
    notice = _notice(data) if isinstance(data, dict) else None
    if notice:
        yield notice
    elif depth > 0 and isinstance(data, list | dict):
        for part in data if isinstance(data, list) else data.values():
            yield from _found(part, depth - 1)


def _notice(row: dict[str, Any]) -> Notice | None:
    named = {key.lower(): value for key, value in row.items()}
    about = named.get("orderid")
    id_ = str(named.get("id") if about is None and named.keys() & _OF_AN_ORDER else about)
    return Notice(Subject.ORDER, id_, "webhook" if about is None else "comment") if _ID.fullmatch(id_) else None
