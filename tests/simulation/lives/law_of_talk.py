"""The law of comments: each once wherever it belongs, none sent back to where it was said, and all of them (K24)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sverka.domain.commerce.comment import Comment
from sverka.domain.mapping.said import Said

Place = tuple[str, str]
"""A side, and the order or the record there."""


@dataclass
class Talk:
    """What was said where, what was copied where, and what somebody has deleted where, by the comments' marks.

    What is `old` was said under a record before it was the order's, and need not travel.
    """

    home: dict[str, Place] = field(default_factory=dict)
    copies: Counter[tuple[str, Place]] = field(default_factory=Counter)
    gone: set[tuple[str, Place]] = field(default_factory=set)
    old: set[tuple[str, Place]] = field(default_factory=set)
    again: int = 0

    def said(self, mark: str, place: Place) -> None:
        """Take in what a person has said."""
        self.home[mark] = place

    def removed(self, mark: str, place: Place) -> None:
        """Take in that a person has deleted a comment in one place."""
        self.gone.add((mark, place))

    def objections(self, comment: Comment, place: Place, there: Collection[Comment], *, doubted: bool) -> list[str]:
        """Take in a copy that the hub makes now, and return what is wrong with it.

        One that a person has deleted before the hub could know that it had arrived may be said again.
        """
        where = f"comment {comment.mark} under {place[0]}/{place[1]}"
        self.copies[comment.mark, place] += 1
        if self.home.get(comment.mark) == place:
            return [f"{where}: sent back to where it was said"]
        if comment.mark not in self.home:
            return [f"{where}: nobody has said it"]
        if any(one.mark == comment.mark for one in there):
            return [f"{where}: said twice"]
        if self.copies[comment.mark, place] > 1 and doubted:
            self.again += 1
            return []
        if self.copies[comment.mark, place] > 1 or (comment.mark, place) in self.gone:
            return [f"{where}: said again though a person had deleted it"]
        return []

    def missing(self, rule: Said, store: Sequence[Comment], there: Sequence[Comment], place: Place) -> list[str]:
        """Return the marks of the store's comments that belong under a record and are not there."""
        due = rule.to_office(tuple(store))
        marks = {one.mark for one in there}
        return [
            one.mark
            for one in (due if isinstance(due, tuple) else ())
            if isinstance(one, Comment) and one.mark not in marks and (one.mark, place) not in self.gone
        ]

    def unheard(self, store: Sequence[Comment], there: Sequence[Comment], place: Place) -> list[str]:
        """Return the marks of a record's comments that belong under the order and are not there."""
        marks = {one.mark for one in store}
        excused = self.gone | self.old
        return [one.mark for one in there if one.mark not in marks and (one.mark, place) not in excused]
