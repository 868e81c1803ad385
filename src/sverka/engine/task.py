"""One order under one profile, as a wave carries it from the look to the commit."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sverka.domain.commerce.party import CONTACT
from sverka.domain.commerce.value import Value
from sverka.domain.ids import OrderRef, Origin, ProfileName, RecordId
from sverka.domain.mapping.profile import Profile
from sverka.domain.merge.binding import Binding, Entry, Pair
from sverka.domain.merge.plan import Change, Difference, Plan, Why
from sverka.domain.merge.reconcile import Decision
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.journal import JournalLine
from sverka.ports.storage import Intent, Turn

HELD_VALUES = (Why.REFUSED, Why.BRAKE)
"""Reasons that hold one value: it is not sent again until it changes or an operator retries."""


@dataclass
class Task:
    """One order under one profile. Without a `binding` it may lead to a new record.

    `former` is the record it had before, where a new one is wanted. `refused` holds values that are not to be sent
    again, `fresh` the keys refused in this wave, `remembered` the differences shown so far with their reasons.
    `baseline` is the working memory; `entries` are the parts of it that this wave will commit. `landed` has the pairs
    of this wave's own writes. `again` asks for another visit at that moment, `not_before` for one that no earlier wish
    may bring forward; `attempts` is how often the order's visit was made again before.
    `is_owed` says that the order goes to several profiles at once, of which each must be remembered
    until it has its record (K14). `is_leaving` says that the binding is released with the answer to what is written
    (K19). `restored_at` is given where nothing but the route wants a record: an order placed before that moment gets
    none, nor a record last saved before it an order; `is_sought` where the record may have been made anew in a
    database that was lost: it is looked for, and not made (K20). `told` has the (field, value key) pairs written to
    the order of whose arrival somebody is told, `just_told` those of them found out in this wave; `lost_at` is when a
    database was last restored that may have known more. A facet's record hangs on that of its `leader`. A deal that
    may stand in place of a `lead` has its task here; `into` is the deal a person made of it, to become the order's own,
    or the lead of the client's registration, whose binding it then `takes`.
    `responsible` is the buyer's own employee, `assigned` whoever was chosen for the new record (None: nobody has chosen
    yet), and `turn` the turn that was taken for it. `notes` are told once its record is to be made. `placed` is when
    an order of the past was placed, that a backfill brings.
    """

    order: OrderRef
    profile: Profile
    store: Snapshot
    binding: Binding | None = None
    former: RecordId | None = None
    record: Snapshot | None = None
    intents: list[Intent] = field(default_factory=list)
    refused: dict[str, Value] = field(default_factory=dict)
    remembered: dict[str, Difference] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    decisions: dict[str, Decision] = field(default_factory=dict)
    baseline: dict[str, Entry] = field(default_factory=dict)
    entries: dict[str, Entry | None] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    contact: RecordId | None = None
    company: RecordId | None = None
    responsible: str = ""
    assigned: str | None = None
    turn: Turn | None = None
    notes: list[JournalLine] = field(default_factory=list)
    landed: dict[str, Pair] = field(default_factory=dict)
    is_birth: bool = False
    adopted: RecordId | None = None
    is_resting: bool = False
    is_owed: bool = False
    is_leaving: bool = False
    is_sought: bool = False
    restored_at: datetime | None = None
    told: set[tuple[str, str]] = field(default_factory=set)
    just_told: set[tuple[str, str]] = field(default_factory=set)
    lost_at: datetime | None = None
    again: datetime | None = None
    not_before: datetime | None = None
    attempts: int = 0
    leader: "Task | None" = None
    lead: "Task | None" = None
    into: Snapshot | None = None
    takes: Binding | None = None
    placed: datetime | None = None

    @property
    def owner(self) -> tuple[OrderRef, ProfileName]:
        """What differences, refusals and decisions are kept by."""
        return self.order, self.profile.name

    @property
    def parties(self) -> tuple[str, ...]:
        """The contacts the record hangs on, and its company the last."""
        return self.record.contacts if self.record else ()

    def party_of(self, field: str) -> str:
        """Return the contact or company that a key of theirs is a field of, empty where the record has none."""
        if self.is_birth:
            return (self.contact if field.startswith(CONTACT) else self.company) or ""
        return next(iter(self.parties if field.startswith(CONTACT) else self.parties[::-1]), "")

    def origin(self, hub: str) -> Origin:
        """Return the mark the record is born with."""
        return Origin(hub, self.order, self.profile.name, self.profile.kind)

    def shown(self, field: str) -> Value:
        """Return what the record shows in a field, None where there is no record."""
        return self.record.get(field) if self.record else None

    def remember(self, key: str, entry: Entry | None) -> None:
        """Put an entry into the memory, or drop it."""
        self.entries[key] = entry
        if entry is None:
            self.baseline.pop(key, None)
        else:
            self.baseline[key] = entry

    def tell(self, field: str, key: str) -> None:
        """Remember for good that a value was written of whose arrival somebody is told."""
        self.told.add((field, key))
        self.just_told.add((field, key))

    def hold(self, difference: Difference) -> None:
        """Show a difference, and make no record while it stands."""
        self.plan.differences.append(difference)
        self.is_birth = False
        self.plan.changes.clear()

    def refuse(self, key: str, value: Value) -> None:
        """Hold a value that was refused just now."""
        self.refused[key] = value
        self.fresh.add(key)

    def shown_before(self, difference: Difference) -> Difference:
        """Return a difference with the words it was first shown with: the other side's own, or the brake's."""
        first = self.remembered.get(difference.key)
        if first is None:
            return difference
        same = (first.why, first.store, first.office) == (difference.why, difference.store, difference.office)
        if (difference.why is Why.KEPT and same) or (difference.why is Why.REFUSED and first.why in HELD_VALUES):
            return replace(difference, why=first.why, text=first.text)
        return difference

    def rest(self) -> None:
        """Do nothing in this wave, and leave what is shown as it is."""
        self.plan, self.is_birth, self.is_resting = Plan(), False, True

    def stop(self, changes: list[Change], difference: Difference) -> None:
        """Take changes out of the plan and show why."""
        self.plan.changes = [change for change in self.plan.changes if change not in changes]
        self.plan.differences.append(difference)

    def postpone(self, moment: datetime) -> None:
        """Ask for another visit, the earliest asked for."""
        self.again = moment if self.again is None else min(self.again, moment)
