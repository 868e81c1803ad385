"""One case of the merge in one line: what was agreed, what both sides show, under which mapping, and what follows."""

from dataclasses import dataclass, field, replace
from typing import Any

from sverka.domain.commerce.value import Value
from sverka.domain.mapping.convert import Converter, Plain
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Side, Way, WriteMode
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.merge.plan import Plan
from sverka.domain.merge.reconcile import Decision, reconcile
from sverka.domain.merge.snapshot import Snapshot

FIRST, FORGOTTEN = "first sight", "forgotten"
NOTHING, AGREED = "nothing", "agreed"
BOTH, RIGHT, LEFT = Way.BOTH, Way.TO_OFFICE, Way.TO_STORE
ASK, STORE_WINS, OFFICE_WINS = Policy.ASK, Policy.STORE_WINS, Policy.OFFICE_WINS
IF_NEW, IF_EMPTY, APPEND = WriteMode.IF_NEW, WriteMode.IF_EMPTY, WriteMode.APPEND

NONE_REFUSED: Any = object()
"""No value of this field is held as refused; None would be a refused emptiness."""


@dataclass(frozen=True)
class Row:
    """One case; `base` is a pair or a word, `then` what follows.

    `taken` is what the mapping was otherwise when the pair was taken (K13). `unread` and `lacks` are said of the
    office's field.
    """

    says: str
    base: tuple[Value, Value] | str
    store: Value
    office: Value
    then: Any
    way: Way = BOTH
    policy: Policy = ASK
    write: WriteMode = WriteMode.OVERWRITE
    by: Converter = field(default_factory=Plain)
    pass_over: bool = False
    refused: Any = NONE_REFUSED
    decision: Decision | None = None
    taken: dict[str, Any] = field(default_factory=dict)
    unread: bool = False
    lacks: bool = False

    @property
    def mapping(self) -> FieldMapping:
        """The mapping under which the sides are merged."""
        return FieldMapping("x", "s", "o", self.way, self.policy, self.write, self.by, ignore_unmapped=self.pass_over)

    @property
    def plan(self) -> Plan:
        """What the merge makes of it."""
        baseline = {}
        if self.base != FIRST:
            pair = Pair(*self.base) if isinstance(self.base, tuple) else None
            baseline["x"] = Entry(pair, replace(self.mapping, **self.taken).fingerprint())
        office = Snapshot(
            "9",
            {"o": self.office},
            unread=frozenset({"o"} if self.unread else ()),
            known=frozenset() if self.lacks else None,
        )
        refused = {} if self.refused is NONE_REFUSED else {"x": self.refused}
        decisions = {"x": self.decision} if self.decision else {}
        return reconcile([self.mapping], baseline, Snapshot("1", {"s": self.store}), office, refused, decisions)


def right(value: Value, rule: str = "") -> tuple[Side, Value, str]:
    """Expect a write to the back office; the rule is compared only where it is named."""
    return Side.OFFICE, value, rule


def left(value: Value, rule: str = "") -> tuple[Side, Value, str]:
    """Expect a write to the store; the rule is compared only where it is named."""
    return Side.STORE, value, rule


def said(plan: Plan, rule: str = "") -> Any:
    """Put the plan of one field into the table's words."""
    found: list[Any] = [AGREED for _ in plan.agreed]
    found += [(change.side, change.value, change.rule if rule else "") for change in plan.changes]
    found += [difference.why for difference in plan.differences]
    if len(plan.changes) == 2 or (plan.agreed and plan.differences):
        return found
    assert len(found) <= 1, f"a field's outcome stands in one place of the plan: {found}"
    return found[0] if found else NOTHING


def chose(side: Side, store: Value, office: Value) -> Decision:
    """Return a person's answer to what the two sides showed."""
    return Decision(side, Pair(store, office))
