"""Notes of an order as comments: what managers and the shop's buyers read, without what the shop notes by itself."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sverka.connectors.kit.moments import moment_of
from sverka.connectors.woocommerce.api import Api, repeated
from sverka.domain.commerce.comment import Comment, read_comment
from sverka.domain.commerce.value import Value, many
from sverka.domain.errors import Problem, Unanswered
from sverka.domain.ids import OrderId
from sverka.ports.guard import Guard

SHOP: Final = frozenset({"system", "woocommerce"})
"""Authors of what the shop notes by itself, and of what programs note without a person's name.

The API was to call them `system`; it looks for the name in small letters, finds none, and gives the name itself.
"""

_TAG = re.compile(r"</?(?:a|b|br|em|i|p|span|strong|ul|ol|li)\b[^>]*>", re.IGNORECASE)

_ORDER = re.compile(r"wc(?:/|%2F)v3(?:/|%2F)orders(?:/|%2F)(\d+)", re.IGNORECASE)
"""An order's number in the address of it, whether that has permalinks or not."""


class Feed:
    """The notes of one shop's orders. `connection` is the name their marks begin with."""

    def __init__(self, api: Api, connection: str) -> None:
        """Take the shop's API; nothing is asked yet."""
        self._api = api
        self._connection = connection

    def read(self, order: OrderId, guard: Guard) -> tuple[Comment, ...]:
        """Return an order's comments, oldest first; raises the problem they cannot be read for."""
        found = sorted(self.rows(order, guard), key=lambda row: int(row.get("id") or 0))
        return tuple(one for row in found if (one := self._comment(row)) is not None)

    def rows(self, order: OrderId, guard: Guard) -> Sequence[Mapping[str, Any]]:
        """Return an order's notes as the shop keeps them; raises the problem they cannot be read for."""
        rows = self._api.rows(f"/orders/{order}/notes", guard)
        if not all(_is_of(row, order) for row in rows):
            raise repeated(self._api.site)
        return rows

    def make(self, order: OrderId, note: str, guard: Guard, *, public: bool = False) -> Mapping[str, Any]:
        """Make a note and return it as the shop keeps it."""
        body = {"note": note, "customer_note": public}
        row = self._api.saved("POST", f"/orders/{order}/notes", guard, body)
        if not _is_of(row, order):
            raise Unanswered
        return row

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
                made = self._comment(self.make(order, one.signed(), guard, public=one.public))
                said += [made] if made else []
        return (*present, *said)

    def _comment(self, row: Mapping[str, Any]) -> Comment | None:
        text = html.unescape(_TAG.sub("", str(row.get("note") or ""))).strip()
        author, public = str(row.get("author") or ""), row.get("customer_note") is True
        at = moment_of(row.get("date_created_gmt"))
        found = read_comment(self._connection, str(row.get("id")), text, author, at, public=public)
        return None if author.lower() in SHOP and not found.is_copy else found


def _is_of(note: Mapping[str, Any], order: OrderId) -> bool:
    """Tell whether a note is the order's, where it tells whose it is."""
    links = note.get("_links")
    told = links.get("up") if isinstance(links, dict) else None
    hrefs = [str(link.get("href")) for link in told or () if isinstance(link, dict)]
    return all(named[1] == order for href in hrefs if (named := _ORDER.search(href)))


def plain(note: str) -> str:
    """Return a note as it reads: the shop keeps its markup and its own line ends."""
    return " ".join(html.unescape(note).split())
