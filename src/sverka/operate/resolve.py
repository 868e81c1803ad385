"""Answers to differences, one or many at once, each with its line in the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sverka.bootstrap import House
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.binding import BindingState, Pair
from sverka.domain.merge.plan import Why
from sverka.domain.merge.reconcile import Decision
from sverka.domain.text import Text
from sverka.engine.bells.retry import ring_orders
from sverka.operate.answer import answered
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Lane
from sverka.storage.conflicts import Asked, Shown

_PAGE = 500

_LEFT_ALONE = frozenset({Why.CONFLICT, Why.GUARDED, Why.UNMAPPED, Why.REFUSED, Why.BRAKE})
"""Reasons of a single field that two sides can be left with; the others are about a whole order or its sums."""


@dataclass(frozen=True)
class Act:
    """What is done with each difference: a side's value taken, both left as they are, or tried again."""

    take: Side | None = None
    leave: bool = False

    @property
    def decides(self) -> bool:
        """Whether it answers a difference; else it is only looked at and tried again."""
        return self.take is not None or self.leave

    def takes(self, one: Shown, fields: frozenset[str]) -> bool:
        """Tell whether it can be done with this difference; `fields` are those of a record that is there."""
        why = one.difference.why
        if self.take:
            return why.is_decided_by_sides
        return not self.leave or (why in _LEFT_ALONE and one.difference.key in fields)


def find(house: House, orders: Sequence[OrderRef], asked: Asked) -> list[Shown]:
    """Return the differences of these orders, or of all where none is named, that were asked for."""
    listed = house.storage.differences.list
    if orders:
        return [one for order in dict.fromkeys(orders) for one in listed(order, None, asked)]
    return list(listed(None, None, asked))


def possible(house: House, act: Act, found: Sequence[Shown]) -> list[Shown]:
    """Return those differences with which the act can be done."""
    profiles = {one.name: one for one in house.hub().profiles()} if act.leave else {}
    bound = _bound(house, [one.order for one in found]) if act.leave else set()
    nothing: frozenset[str] = frozenset()
    return [
        one
        for one in found
        if act.takes(
            one,
            frozenset(mapping.key for mapping in profiles[one.profile].mappings)
            if (one.order, one.profile) in bound and one.profile in profiles
            else nothing,
        )
    ]


def _bound(house: House, orders: Sequence[OrderRef]) -> set[tuple[OrderRef, str]]:
    found: set[tuple[OrderRef, str]] = set()
    for start in range(0, len(orders), _PAGE):
        memory = house.storage.recall(orders[start : start + _PAGE], house.clock.now())
        bindings = (one for some in memory.bindings.values() for one in some)
        found |= {(one.order, one.profile) for one in bindings if one.state is BindingState.BOUND}
    return found


def decide(house: House, act: Act, mine: Sequence[Shown], by: str, now: datetime) -> list[Shown]:
    """Keep the answers and ring for their orders; return those whose difference has changed since it was read (K22)."""
    kept: list[Shown] = []
    void: list[Shown] = []
    for one in mine:
        answer = Decision(act.take, Pair(one.difference.store, one.difference.office))
        told = answered(one, act.take, by, now)
        stands = house.storage.differences.decide(one.order, one.profile, one.difference.key, answer, told)
        (kept if stands else void).append(one)
    _ring(house, kept, "decision")
    return void


def retry(house: House, mine: Sequence[Shown], by: str, now: datetime) -> list[Shown]:
    """Ask for held and refused differences to be tried again; none of these answers is ever void."""
    text = Text(f"{by} asks to try again what was held.", f"{by}: повторить то, что придержано.")
    for order in dict.fromkeys(one.order for one in mine):
        house.storage.differences.retry(order, JournalLine(now, Event.APPLIED, text, order, rule="K18"))
    _ring(house, mine, "retry")
    return []


def _ring(house: House, mine: Sequence[Shown], why: str) -> None:
    # Many at once let live orders go first.
    orders = list(dict.fromkeys(one.order for one in mine))
    if orders:
        ring_orders(house.hub(), orders, why, Lane.SWEEP)
