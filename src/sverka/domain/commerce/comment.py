"""A comment, the same one wherever it is read: an act and not a state, so it carries a mark (K24)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

_SIGNED = re.compile(r"(?:^|\n)— (?:(?P<author>[^\n]*?) · )?(?P<mark>[A-Za-z0-9][A-Za-z0-9._-]*/[0-9]+)\s*$")

_KEPT = 80
"""Characters of a comment that the hub's own memory keeps, for people to know it by."""


@dataclass(frozen=True)
class Comment:
    """What was said about an order. `mark` names the connection and the id it was written under, `shop/12`.

    Two comments are one if their marks are: a copy made on the other side carries its source's mark. `own` is the id
    it has on the side it was read from, empty where it is yet to be made there. `public` ones the buyer sees.
    """

    mark: str
    text: str = field(default="", compare=False)
    author: str = field(default="", compare=False)
    at: datetime | None = field(default=None, compare=False)
    public: bool = field(default=False, compare=False)
    own: str = field(default="", compare=False)
    is_copy: bool = field(default=False, compare=False)

    def signed(self) -> str:
        """Return the text of a copy: its last line says whose words these are, and which comment's."""
        return f"{self.text}\n— {self.author} · {self.mark}" if self.author else f"{self.text}\n— {self.mark}"

    def copied(self) -> "Comment":
        """Return this comment as one that the other side does not have yet."""
        return replace(self, own="")

    def as_data(self) -> list[str | bool]:
        """Return a JSON-able form, which keeps no more of the words than a person needs to know them by."""
        return [self.mark, self.text[:_KEPT], self.public, self.is_copy]

    @classmethod
    def from_data(cls, data: Sequence[Any]) -> "Comment":
        """Return the comment that `as_data` was called on."""
        mark, text, public, is_copy = data
        return cls(mark, text, public=public, is_copy=is_copy)


def feed(said: Sequence[Comment]) -> str:
    """Return comments as one text: a line each, with its day and its author where they are known."""
    lines = ((f"{one.at:%Y-%m-%d}" if one.at else "", one.author, one.text) for one in said)
    return "\n".join(
        f"{' '.join(filter(None, (day, author)))}: {text}".removeprefix(": ") for day, author, text in lines
    )


def read_comment(
    connection: str, own: str, text: str, author: str = "", at: datetime | None = None, *, public: bool = False
) -> Comment:
    """Return a comment as a side shows it: its source's mark if it is a signed copy, else one of that side's own."""
    found = _SIGNED.search(text)
    if found:
        return Comment(found["mark"], text[: found.start()], found["author"] or "", at, public, own, is_copy=True)
    return Comment(f"{connection}/{own}", text, author, at, public, own)
