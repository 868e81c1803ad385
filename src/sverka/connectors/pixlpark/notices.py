"""Webhooks: not signed, so they ring and say nothing; the order is read by the API before anything is done."""

import json
from typing import Any, Final

from sverka.domain.errors import Forged
from sverka.ports.notices import Notice, Subject

_OF_AN_ORDER: Final = frozenset({"Status", "PhotolabId", "DateModified", "RenderStatus", "PaymentStatus"})


def read(body: bytes) -> list[Notice]:
    """Return what a webhook rings for: an order by its `Id`, or the one a comment is about by its `OrderId`.

    Only the hub's own unguessable address tells a webhook of Pixlpark's from any other.

    Raises:
        Forged: it has not the shape of any of them.
    """
    try:
        data = json.loads(body)
    except ValueError as error:
        raise Forged from error
    notices = [one for row in (data if isinstance(data, list) else [data]) if (one := _notice(row))]
    if not notices:
        raise Forged
    return notices


def _notice(row: Any) -> Notice | None:
    if not isinstance(row, dict):
        return None
    about = row.get("OrderId")
    id_ = str(row.get("Id") if about is None and row.keys() & _OF_AN_ORDER else about)
    return Notice(Subject.ORDER, id_, "webhook" if about is None else "comment") if id_.isdigit() else None
