"""What the oracle remembers of a field, and what it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from simulation.lives.witness import Landed, Ticket
from sverka.domain.commerce.value import Value, is_empty
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.convert import Unmapped
from sverka.domain.mapping.course import Onward, counterpart
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.snapshot import Snapshot
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
        if (sent.side, sent.field) == (side, landed.field) and not is_other(sent.value, landed.sent)
    ]


def is_unmapped(mapping: FieldMapping, pair: Pair) -> bool:
    """Tell whether either side shows a value without a counterpart."""
    answers = []
    if not is_empty(pair.store):
        answers.append(counterpart(mapping, Side.OFFICE, pair.store, pair.office))
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


def passed(
    mapping: FieldMapping, side: Side, pair: Pair, store: Snapshot | None, office: Snapshot | None, here: Value
) -> Pair | None:
    """Return the pair a mapping stands at whose write to that side another one of the same field has overtaken.

    None where it would have written nothing: nobody moved its source, its way or its policy forbids it, or there is no
    counterpart.
    """
    shown = store if side is Side.OFFICE else office
    source = shown.get(mapping.field_on(side.other)) if shown else None
    was, target = (pair.store, pair.office) if side is Side.OFFICE else (pair.office, pair.store)
    lost = is_other(here, target) and mapping.way is Way.BOTH and winner_of(mapping.policy) is not side.other
    if shown is None or not mapping.allows(side) or not is_other(source, was) or lost:
        return None
    value = counterpart(mapping, side, source, here)
    if isinstance(value, Unmapped) or value == here or mapping.converter.agree(*_laid(side, source, here)):
        return None
    return Pair(*_laid(side, source, value))


def _laid(side: Side, source: Value, target: Value) -> tuple[Value, Value]:
    return (source, target) if side is Side.OFFICE else (target, source)


def moved(known: Pair | None, pair: Pair) -> set[Side] | None:
    """Return the sides that show something else than was agreed on, None where nothing is known to be agreed on."""
    if known is None:
        return None
    sides = ((Side.STORE, known.store, pair.store), (Side.OFFICE, known.office, pair.office))
    return {side for side, was, now in sides if is_other(was, now)}


def is_passed_over(mapping: FieldMapping, known: Pair | None, pair: Pair) -> bool:
    """Tell whether a rule lets a difference be: it undoes nothing, and passes over what leads nowhere."""
    sides = moved(known, pair)
    if not mapping.ignore_unmapped or isinstance(mapping.converter, Onward) or sides is None:
        return False
    leads_nowhere = {
        Side.STORE: isinstance(mapping.converter.to_office(pair.store), Unmapped),
        Side.OFFICE: isinstance(mapping.converter.to_store(pair.office), Unmapped),
    }
    winner = winner_of(mapping.policy) if len(sides) == 2 else next(iter(sides), None)
    return not sides or (winner is not None and leads_nowhere[winner])
