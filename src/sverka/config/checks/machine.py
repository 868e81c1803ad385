"""The status map as a machine: the very merge that runs in the hub, on every state a profile can be in.

A state is a status, whether each milestone has happened, a stage, and what the hub remembers of them. Somebody moves
one thing, or both sides move at once; then the hub visits until it is still. What is looked for: a state that comes
again before that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from sverka.config.derive.rules import rules, status_map
from sverka.config.schema import ProfileTable
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import Value
from sverka.domain.mapping.convert import alike
from sverka.domain.mapping.course import Onward
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Side
from sverka.domain.mapping.milestone import Handover, Milestone
from sverka.domain.mapping.status_map import StatusMap
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.plan import Change
from sverka.domain.merge.reconcile import reconcile
from sverka.domain.merge.snapshot import Snapshot

STAGE, STATUS = "stageId", "status"
_ENOUGH = 500
"""States that are looked at; small profiles have fewer in all, and a large one is not to be checked for minutes."""


@dataclass
class State:
    """Both sides and the hub's memory; `moves` are the hub's own changes since somebody moved."""

    order: dict[str, Value]
    stage: Value
    memory: dict[str, Entry] = field(default_factory=dict)
    moves: list[Change] = field(default_factory=list)

    @property
    def key(self) -> object:
        """What makes two states the same."""
        return tuple(self.order.items()), self.stage, tuple(sorted(self.memory.items()))

    def copy(self) -> "State":
        """Return a state that goes its own way from here."""
        return State(dict(self.order), self.stage, dict(self.memory))


class Machine:
    """The mappings of a profile that have to do with its stages, and nothing else of it."""

    def __init__(self, mappings: Sequence[FieldMapping]) -> None:
        """Take the mappings; those of other fields are passed over."""
        self.mappings = [mapping for mapping in mappings if mapping.office_field == STAGE]
        self._prints = {mapping.key: mapping.fingerprint() for mapping in self.mappings}

    @classmethod
    def of(cls, table: ProfileTable) -> "Machine":
        """Return the machine of a profile document."""
        found = list(rules(table))
        status = table.status
        if status and status.map:
            choice = FieldType.CHOICE
            converter = status_map(status)
            found.insert(
                0,
                FieldMapping("status", STATUS, STAGE, status.way, status.policy, converter=converter,
                             office_type=choice, store_type=choice, ignore_unmapped=status.unmapped == "ignore"),
            )  # fmt: skip
        return cls(found)

    @property
    def flags(self) -> Mapping[str, Sequence[Value]]:
        """Return the order fields of the milestones, each with a value that is not yet and one that has happened."""
        milestones = {m.store_field: m.converter for m in self.mappings if isinstance(m.converter, Milestone)}
        return {key: ("", rule.values[0]) if rule.values else (False, True) for key, rule in milestones.items()}

    @property
    def statuses(self) -> Sequence[str]:
        """Return what an order may show: every status of the map, and cancellation."""
        maps = [m.converter for m in self.mappings if isinstance(m.converter, StatusMap)]
        return [*dict.fromkeys(status for one in maps for status in one.course(Side.STORE)), CANCELLED]

    @property
    def stages(self) -> Sequence[str]:
        """Return every stage that any of the rules names."""
        found: list[str] = []
        for mapping in self.mappings:
            match mapping.converter:
                case StatusMap() as one:
                    found += [*one.course(Side.OFFICE), *one.cancel]
                case Milestone() as rule:
                    found += [*rule.stages, *rule.beyond]
                case Handover() as handed:
                    found += [*handed.to, *handed.to.values()]
        return list(dict.fromkeys(found))

    def visit(self, state: State) -> bool:
        """Let the hub visit once; tell whether it wrote anything or learnt anything."""
        before = state.key
        plan = reconcile(self.mappings, state.memory, _store(state), Snapshot("1", {STAGE: state.stage}))
        prints = self._prints
        state.memory |= {key: Entry(pair, prints[key]) for key, pair in plan.agreed.items()}
        shown = state.copy()
        landed: dict[str, Pair] = {}
        for change in plan.changes:
            _apply(state, change)
        for change in [*plan.changes, *plan.passed]:
            key, made = change.mapping.key, change in plan.changes
            pair = _pair(shown, change) if not made else _joined(shown, change, landed.get(key))
            landed[key] = pair
            state.memory[key] = Entry(pair, prints[key])
        state.moves += plan.changes
        return bool(plan.changes) or state.key != before

    def rest(self, state: State, still: set[object]) -> list[str] | None:
        """Let the hub visit until it is still; return the way in words where it never is, else None.

        `still` are states known to come to rest; those met on the way are added to them.
        """
        met = [state.key]
        told = [_words(state)]
        while met[-1] not in still and self.visit(state):
            told.append(_words(state))
            if state.key in met:
                return told
            met.append(state.key)
        still.update(met)
        return None

    def starts(self) -> Iterator[State]:
        """Yield what can be agreed on: every status with every milestone, on every stage that means the same.

        A deal on a stage from which it is handed over is among them, and is about to be.
        """
        flags = self.flags
        for status, *values in product(self.statuses, *flags.values()):
            order: dict[str, Value] = {STATUS: status, **dict(zip(flags, values, strict=True))}
            for stage in self.stages:
                pairs = [(mapping, Pair(order.get(mapping.store_field), stage)) for mapping in self.mappings]
                if all(isinstance(m.converter, Onward) or alike(m.converter, p.store, p.office) for m, p in pairs):
                    memory = {mapping.key: Entry(pair, self._prints[mapping.key]) for mapping, pair in pairs}
                    yield State(dict(order), stage, memory)

    def moved(self, state: State, *, both: bool) -> Iterator[State]:
        """Yield what people make of a state: one thing moved on either side, or on both at once."""
        orders: list[dict[str, Value]] = [{}]
        orders += [{STATUS: status} for status in self.statuses]
        orders += [{key: values[1]} for key, values in self.flags.items()]
        if both:
            yield from (self._after(state, change, stage) for change, stage in product(orders, self.stages))
            return
        yield from (self._after(state, change, state.stage) for change in orders[1:])
        yield from (self._after(state, {}, stage) for stage in self.stages if stage != state.stage)

    @staticmethod
    def _after(state: State, change: Mapping[str, Value], stage: Value) -> State:
        after = state.copy()
        after.order |= change
        after.stage = stage
        return after


def loops(table: ProfileTable) -> Iterator[Sequence[str]]:
    """Yield the first way in which the hub never comes to rest; nothing where there is none."""
    if not table.milestone and not table.handover:
        return  # with a status map alone every write agrees, and ends it: shown for all maps by the property tests
    path = _search(Machine.of(table))
    if path:
        yield path


def _search(machine: Machine) -> Sequence[str]:
    """Return the first way that never comes to rest, found by moving on from every rest that is reached.

    Both sides move at once where they had agreed; from any other rest one thing moves at a time.
    """
    still: set[object] = set()
    starts = list(machine.starts())
    known = {state.key for state in starts}
    waiting = [(state, True) for state in starts]
    while waiting and len(still) < _ENOUGH:
        state, agreed = waiting.pop()
        for after in machine.moved(state, both=agreed):
            path = machine.rest(after, still)
            if path:
                return path
            if after.key not in known:
                known.add(after.key)
                waiting.append((after, False))
    return ()


def circle(table: ProfileTable) -> Sequence[str]:
    """Return the stages of handovers that lead in a circle, empty where there are none."""
    to = {stage: row.to for row in table.handover for stage in row.at}
    for start in to:
        path = [start]
        while path[-1] in to and len(path) <= len(to) + 1:
            path.append(to[path[-1]])
            if path[-1] in path[:-1]:
                return path[path.index(path[-1]) :]
    return ()


def _store(state: State) -> Snapshot:
    return Snapshot("1", dict(state.order))


def _apply(state: State, change: Change) -> None:
    if change.side is Side.OFFICE:
        state.stage = change.value
    else:
        state.order[change.field] = change.value


def _pair(shown: State, change: Change) -> Pair:
    """Return what is remembered of a write: what it was made of, and what was written."""
    store = shown.order.get(change.mapping.store_field)
    if change.side is Side.OFFICE:
        return Pair(store, change.value)
    return Pair(change.value, shown.stage)


def _joined(shown: State, change: Change, other: Pair | None) -> Pair:
    pair = _pair(shown, change)
    if other is None:
        return pair
    return Pair(other.store, pair.office) if change.side is Side.OFFICE else Pair(pair.store, other.office)


def _words(state: State) -> str:
    flags = [f"{key} = {value}" for key, value in state.order.items() if key != STATUS and value]
    return f"({', '.join([str(state.order.get(STATUS)), *flags])} | {state.stage})"
