"""What is seen of a write of the hub at the moment it lands, and what the wave that sent it knew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sverka.domain.commerce.comment import Comment
from sverka.domain.commerce.customer import MatchKey
from sverka.domain.commerce.value import Value
from sverka.domain.ids import OfficeName, OrderRef, ProfileName
from sverka.domain.mapping.profile import Profile
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.backoffice import RecordWrite
from sverka.ports.storage import Intent
from sverka.ports.store import NewOrderWrite


@dataclass(frozen=True)
class Ticket:
    """What the wave that sent a request knew: what it had seen, what it had committed, under which profiles."""

    office: OfficeName
    looked: Mapping[OrderRef, Snapshot]
    seen: Mapping[str, Snapshot]
    intents: Mapping[int, Intent]
    profiles: Mapping[ProfileName, Profile]
    truths: Mapping[Any, Any]
    looked_at: datetime
    after: Mapping[int, Snapshot]
    after_at: Mapping[int, datetime]


@dataclass(frozen=True)
class Landed:
    """One field that a write of the hub has set: from what, to what it sent, to what is kept of it."""

    id: str
    field: str
    before: Value
    sent: Value
    kept: Value
    key: int = 0


class Witness(Protocol):
    """Sees every write of the hub at the moment it lands."""

    def order_written(self, ticket: Ticket, store: str, landed: Landed) -> None:
        """See one field of an order written by the hub."""

    def order_born(self, ticket: Ticket, new: NewOrderWrite, order: str, fields: Mapping[str, Value]) -> None:
        """See an order made by the hub of a record, with its fields as they are kept."""

    def record_written(self, ticket: Ticket, landed: Landed) -> None:
        """See one field of a record written by the hub under the intent `landed.key`."""

    def record_born(self, ticket: Ticket, write: RecordWrite, record: str, fields: Mapping[str, Value]) -> None:
        """See a record made by the hub, with its fields as they are kept."""

    def contact_born(self, ticket: Ticket, contact: str, keys: Sequence[MatchKey]) -> None:
        """See a contact or a company made by the hub."""

    def comment_added(self, ticket: Ticket, side: str, owner: str, comment: Comment) -> None:
        """See a comment copied by the hub under an order or a record, before it stands there."""
