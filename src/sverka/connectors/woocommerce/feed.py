"""Notes of an order as comments: what managers and the shop's buyers read, without what the shop notes by itself."""

import html
import re
from collections.abc import Mapping
from typing import Any, Final

from sverka.connectors.kit.moments import moment_of
from sverka.connectors.woocommerce.api import Api
from sverka.domain.commerce.comment import Comment, read_comment
from sverka.domain.commerce.value import Value, many
from sverka.domain.errors import Problem
from sverka.domain.ids import OrderId
from sverka.ports.guard import Guard

SHOP: Final = frozenset({"system", "woocommerce"})
"""Authors of what the shop notes by itself, and of what programs note without a person's name.

The API was to call them `system`; it looks for the name in small letters, finds none, and gives the name itself.
"""

_TAG = re.compile(r"</?(?:a|b|br|em|i|p|span|strong|ul|ol|li)\b[^>]*>", re.IGNORECASE)


class Feed:
    """The notes of one shop's orders. `connection` is the name their marks begin with."""

    def __init__(self, api: Api, connection: str) -> None:
        """Take the shop's API; nothing is asked yet."""
        self._api = api
        self._connection = connection

    def read(self, order: OrderId, guard: Guard) -> tuple[Comment, ...]:
        """Return an order's comments, oldest first; raises the problem they cannot be read for."""
        rows = self._api.get(f"/orders/{order}/notes", guard)
        found = sorted((row for row in rows if isinstance(row, dict)), key=lambda row: int(row.get("id") or 0))
        return tuple(one for row in found if (one := self._comment(row)) is not None)

    def of(self, order: OrderId, guard: Guard) -> tuple[Comment, ...] | Problem:
        """Return an order's comments, or why they cannot be read: one bad order spoils no other."""
        try:
            return self.read(order, guard)
        except Problem as problem:
            return problem

    def add(self, order: OrderId, value: Value, guard: Guard) -> tuple[Comment, ...]:
        """Make notes of the comments the order does not have yet, and return all it has then.

        Each is looked for before it is made (K24); raises the problem of the first that was not taken.
        """
        present = self.read(order, guard)
        said: list[Comment] = []
        for one in many(value):
            if isinstance(one, Comment) and not one.own and one not in present:
                body = {"note": one.signed(), "customer_note": one.public}
                made = self._comment(self._api.send("POST", f"/orders/{order}/notes", guard, body=body))
                said += [made] if made else []
        return (*present, *said)

    def _comment(self, row: Mapping[str, Any]) -> Comment | None:
        text = html.unescape(_TAG.sub("", str(row.get("note") or ""))).strip()
        author, public = str(row.get("author") or ""), row.get("customer_note") is True
        at = moment_of(row.get("date_created_gmt"))
        found = read_comment(self._connection, str(row.get("id")), text, author, at, public=public)
        return None if author.lower() in SHOP and not found.is_copy else found


def plain(note: str) -> str:
    """Return a note as it reads: the shop keeps its markup and its own line ends."""
    return " ".join(html.unescape(note).split())
