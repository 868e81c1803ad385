"""What a side may be able to do about comments."""

from collections.abc import Collection, Mapping
from typing import Final, Protocol, runtime_checkable

from sverka.domain.commerce.comment import Comment
from sverka.domain.errors import Problem
from sverka.domain.ids import OrderId, RecordId
from sverka.ports.backoffice import BackOffice
from sverka.ports.guard import Guard
from sverka.ports.store import Store

COMMENTS: Final = "comments"
"""The key of an order's comments."""

FEED: Final = "comments.text"
"""The key of the same comments as one text, which a field of a record can hold (R278)."""

TIMELINE: Final = "timeline"
"""The key of a record's comments."""


@runtime_checkable
class KeepsComments(Store, Protocol):
    """A store whose orders have comments that are read by themselves: `read` and `write` leave them unread."""

    def comments(self, orders: Collection[OrderId], guard: Guard) -> Mapping[OrderId, tuple[Comment, ...] | Problem]:
        """Return the comments of each order, oldest first; what the system itself notes is none."""


@runtime_checkable
class KeepsTimeline(BackOffice, Protocol):
    """A back office that rings for a comment by its own id alone."""

    def records_of(self, comments: Collection[str], guard: Guard) -> Mapping[str, RecordId | Problem | None]:
        """Return the record each comment was written under, None where it is gone or stands under nothing known."""
