"""Something happened to X. No data, on purpose: a notice is a bell, never a letter."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sverka.domain.kind import Kind


class Subject(StrEnum):
    """What a notice rings for."""

    ORDER = "order"
    RECORD = "record"
    CUSTOMER = "customer"
    REGISTRATION = "registration"
    """A customer of a store has a new account."""

    COMMENT = "comment"
    PING = "ping"
    QUEUE = "queue"
    """That side keeps a queue of its own, and it has news."""

    REMOVED = "removed"
    """The hub was shut out on that side: the connection stops."""


@dataclass(frozen=True)
class Notice:
    """A bell. `stamp` is the newest moment the other side showed for it, where it showed one (for watermarks).

    `kind` is that of a record.
    """

    subject: Subject
    id: str
    event: str = ""
    stamp: datetime | None = None
    kind: Kind = Kind.DEAL
