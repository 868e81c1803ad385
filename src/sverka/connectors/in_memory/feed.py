"""The comments of one side in memory: what people said, and the signed copies that a program has added."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from sverka.domain.commerce.comment import Comment, read_comment


@dataclass
class Feed:
    """Comments by the order or the record they stand under, oldest first; `connection` is what their marks begin with.

    A copy is kept as its text alone, signed, and known again by that, as a store's notes and a portal's timeline do.
    """

    connection: str
    _rows: dict[str, list[tuple[str, str, bool]]] = field(default_factory=dict)
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    def add(self, owner: str, text: str, *, public: bool = False) -> str:
        """Add a comment under an order or a record, and return its own id."""
        own = str(next(self._ids))
        self._rows.setdefault(owner, []).append((own, text, public))
        return own

    def copy(self, owner: str, comment: Comment) -> str:
        """Add a copy of the other side's comment, signed."""
        return self.add(owner, comment.signed(), public=comment.public)

    def remove(self, own: str) -> None:
        """Take a comment away."""
        for rows in self._rows.values():
            rows[:] = [row for row in rows if row[0] != own]

    def of(self, owner: str) -> tuple[Comment, ...]:
        """Return the comments under an order or a record."""
        return tuple(
            read_comment(self.connection, own, text, public=public) for own, text, public in self._rows.get(owner, ())
        )

    def owner(self, own: str) -> str | None:
        """Return what a comment stands under, None where it is gone."""
        return next((owner for owner, rows in self._rows.items() if any(row[0] == own for row in rows)), None)


def new_among(said: Sequence[object]) -> list[Comment]:
    """Return those of the comments a feed is to hold that are not there yet."""
    return [one for one in said if isinstance(one, Comment) and not one.own]
