"""What the oracle remembers of a field, and what it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from simulation.lives.witness import Landed, Ticket
from sverka.domain.commerce.value import Value, is_empty
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.convert import Unmapped
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side
from sverka.domain.merge.binding import Entry, Pair
from sverka.ports.storage import Intent, Sent


@dataclass
class Truth:
    """What was last truly agreed on, under the mapping of that fingerprint; `clouded` once the hub cannot know it."""

    entry: Entry
    at: datetime
    clouded: bool = False


@dataclass
class Rates:
    """What happened that is allowed, and is measured: writes, edits overwritten in the read-write window, and so on."""

    writes: int = 0
    window: int = 0
    questions: int = 0
    unneeded: int = 0
    again: int = 0
    revived: int = 0
    coincidences: int = 0


def winner_of(policy: Policy) -> Side | None:
    """Return who wins where both have moved."""
    return {Policy.STORE_WINS: Side.STORE, Policy.OFFICE_WINS: Side.OFFICE, Policy.ASK: None}[policy]


def sent_by(ticket: Ticket, order: OrderRef, side: Side, landed: Landed) -> Sequence[tuple[Intent, Sent]]:
    """Return the intents of a wave that have sent just this value to an order."""
    return [
        (intent, sent)
        for intent in ticket.intents.values()
        if intent.order == order
        for sent in intent.sent
        if (sent.side, sent.field, sent.value) == (side, landed.field, landed.sent)
    ]


def is_unmapped(mapping: FieldMapping, pair: Pair) -> bool:
    """Tell whether either side shows a value without a counterpart."""
    answers = []
    if not is_empty(pair.store):
        answers.append(mapping.converter.to_office(pair.store))
    if not is_empty(pair.office):
        answers.append(mapping.converter.to_store(pair.office))
    return any(isinstance(answer, Unmapped) for answer in answers)


def is_other(one: Value, other: Value) -> bool:
    """Tell whether two values differ; nothing in two spellings is nothing."""
    return one != other and not (is_empty(one) and is_empty(other))


def as_pair(sent: Sent, shown: Value) -> tuple[Value, Value]:
    """Return what was sent from and what is shown for it, the store's side first."""
    pair = sent.pair_with(shown)
    return pair.store, pair.office
