"""Comments of an order: added through the API, remembered here, and read back only by a call the owner declares."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sverka.connectors.kit import Kit
from sverka.connectors.pixlpark.api import Api
from sverka.connectors.pixlpark.calls import Calls
from sverka.connectors.pixlpark.values import tolerant
from sverka.domain.commerce.comment import Comment, read_comment
from sverka.domain.commerce.value import Value, many
from sverka.domain.errors import Problem, Rejected, Unanswered
from sverka.domain.ids import OrderId
from sverka.domain.text import Text
from sverka.ports.guard import Guard
from sverka.ports.shelf import Shown

_OFF = Text(
    "Comments are not sent to Pixlpark: the e-mail of their author there is not set. Give it as `--set "
    "comment_email=…`, or make the comments one-way in the profile.",
    "Комментарии в Pixlpark не отправляются: не задан e-mail их автора там. Укажите `--set comment_email=…` или "
    "сделайте комментарии в профиле односторонними.",
)

Count = Callable[[], int]
"""Asks how many comments an order shows."""


class Feed:
    """The comments of one connection's orders. What the hub has sent is kept on the connection's shelf."""

    def __init__(self, api: Api, calls: Calls, kit: Kit, email: str) -> None:
        """Take the author's e-mail; without it nothing is sent."""
        self._api = api
        self._calls = calls
        self._kit = kit
        self._email = email

    def read(self, order: OrderId, count: Count, guard: Guard) -> tuple[Comment, ...]:
        """Return an order's comments, oldest first: all of them by the owner's call, else those the hub has sent.

        One whose answer was lost counts as there if the order shows more comments than before it was sent.
        """
        rows = self._calls.comments(order, guard)
        if rows is not None:
            return tuple(self._comment(*row) for row in rows)
        kept = self._kept(order)
        if any(not own for own, *_ in kept):
            shown = count()
            kept = [[own or "0", text, at, before] for own, text, at, before in kept if own or shown > before]
            self._keep(order, kept)
        return tuple(self._comment(own, text, "", tolerant(at)) for own, text, at, _ in kept)

    def add(self, order: OrderId, value: Value, count: Count, guard: Guard) -> tuple[Comment, ...]:
        """Add the comments the order does not have yet, and return all it has then (K24).

        What is to be sent is written down first, with the number of comments there are. Raises the problem of the
        first that was not taken.
        """
        present = list(self.read(order, count, guard))
        fresh = [one for one in many(value) if isinstance(one, Comment) and not one.own and one not in present]
        if fresh and not self._email:
            raise Rejected(_OFF)
        for one in fresh:
            made = self._send(order, one.signed(), count(), guard)
            present.append(self._comment(made, one.signed(), "", self._kit.clock.now()))
        return tuple(present)

    def _send(self, order: OrderId, text: str, before: int, guard: Guard) -> str:
        kept = self._kept(order)
        at = self._kit.clock.now().isoformat()
        self._keep(order, [*kept, ["", text, at, before]])
        try:
            form = {"email": self._email, "comment": text}
            rows = self._api.send("POST", f"/orders/{order}/comments", guard, form)
        except Unanswered:
            raise
        except Problem:
            self._keep(order, kept)
            raise
        own = str(next((row["Id"] for row in rows if isinstance(row, dict) and row.get("Id")), "0"))
        self._keep(order, [*kept, [own, text, at, before]])
        return own

    def _comment(self, own: str, text: str, author: str, at: datetime | None) -> Comment:
        return read_comment(self._kit.name, own, text, author, at)

    def _kept(self, order: OrderId) -> list[list[Any]]:
        name = f"comments/{order}"
        shown = self._kit.shelf.get([name]).get(name)
        return list(json.loads(shown.body)) if shown else []

    def _keep(self, order: OrderId, rows: Sequence[Sequence[Any]]) -> None:
        body = json.dumps(list(rows), ensure_ascii=False).encode()
        self._kit.shelf.put([Shown(f"comments/{order}", body, self._kit.clock.now())])
