"""What the engine asks of the storage. Each method is one transaction; the promises are kept by the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Protocol

from sverka.domain.commerce.customer import MatchKey
from sverka.domain.commerce.value import Value
from sverka.domain.ids import OfficeName, OrderRef, ProfileName, RecordId
from sverka.domain.kind import Kind
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.binding import Binding, Entry, Pair
from sverka.domain.merge.plan import Difference
from sverka.domain.merge.reconcile import Decision
from sverka.domain.text import Text
from sverka.ports.journal import JournalLine
from sverka.ports.notices import Notice, Subject


class Lane(IntEnum):
    """Who goes first when much is waiting: `BACKFILL` compares what is bound, `HISTORY` brings what never was."""

    LIVE = 0
    SWEEP = 1
    BACKFILL = 2
    HISTORY = 3


@dataclass(frozen=True)
class Terms:
    """How long things may take, by which doubt is counted (K2, K3). `lag` is how late a portal's search finds."""

    wave: timedelta = timedelta(seconds=120)
    request: timedelta = timedelta(seconds=60)
    lag: timedelta = timedelta(seconds=60)

    @property
    def doubt(self) -> timedelta:
        """From the commit of an intent until its outcome can be looked up for certain."""
        return self.wave + self.request + self.lag


@dataclass(frozen=True)
class Ring:
    """A wish that an order be looked at for a back office. A thousand of them are one waiting row."""

    order: OrderRef
    office: OfficeName
    due_at: datetime
    lane: Lane = Lane.LIVE
    why: str = ""


@dataclass(frozen=True)
class Received:
    """What a connection has told: its verified notices, what they ring for, and the lines of it in the journal."""

    connection: str
    notices: Sequence[Notice]
    rings: Sequence[Ring]
    journal: Sequence[JournalLine]


@dataclass(frozen=True)
class Visit:
    """One claimed row: an order to look at."""

    id: int
    order: OrderRef
    lane: Lane
    why: str
    due_at: datetime
    attempts: int


@dataclass(frozen=True)
class Claim:
    """The visits one wave holds, and the epoch under which it may act (K3)."""

    office: OfficeName
    epoch: int
    visits: Sequence[Visit]

    @property
    def wave(self) -> str:
        """The wave's name, such as `b24:17`: epochs only rise, so no other wave ever has it."""
        return f"{self.office}:{self.epoch}"


class IntentKind(StrEnum):
    """What is about to be written, and where."""

    CREATE_RECORD = "create_record"
    PATCH_RECORD = "patch_record"
    PATCH_ORDER = "patch_order"
    ADD_CUSTOMER = "add_customer"
    CREATE_ORDER = "create_order"


@dataclass(frozen=True)
class Sent:
    """One field of an intent: the raw value sent, and the other side's value it was made of (K13).

    `old` is what the side that is written showed before.
    """

    key: str
    side: Side
    field: str
    value: Value
    source: Value
    fingerprint: str
    old: Value = None

    def pair_with(self, shown: Value) -> Pair:
        """Return the pair of the value this was made of and what the side that was written shows."""
        return Pair(self.source, shown) if self.side is Side.OFFICE else Pair(shown, self.source)


@dataclass(frozen=True)
class Intent:
    """A write about to be made, committed before the network (K1, K4). `id` is 0 until it is committed.

    `stamp` is the target's stamp read before the write; `keys` are the match keys of a customer to be made.
    `office_at` is the moment of the commit by the back office's own clock, at the latest; None where none is known.
    """

    kind: IntentKind
    office: OfficeName
    order: OrderRef
    profile: ProfileName
    sent: Sequence[Sent] = ()
    stamp: str = ""
    binding: int | None = None
    record: RecordId | None = None
    keys: Sequence[MatchKey] = ()
    id: int = 0
    committed_at: datetime | None = None
    doubt_until: datetime | None = None
    office_at: datetime | None = None


@dataclass(frozen=True)
class NewBinding:
    """A binding to be made, with the pairs read back after the record's birth (K13), and whom the record hangs on."""

    order: OrderRef
    profile: ProfileName
    record: RecordId
    baseline: Mapping[str, Entry] = field(default_factory=dict)
    kind: Kind = Kind.DEAL
    parties: Sequence[str] = ()


@dataclass(frozen=True)
class Refusal:
    """A value a side would not take, by binding and mapping key: it is not sent again (K18)."""

    value: Value


@dataclass(frozen=True)
class HeldDifference:
    """A difference with its owner; `refused` is the value that was not taken, where that is the reason."""

    order: OrderRef
    profile: ProfileName
    difference: Difference
    refused: Refusal | None = None


@dataclass(frozen=True)
class Again:
    """A claimed visit that has to be made once more."""

    visit: Visit
    due_at: datetime
    why: str = ""


Turn = tuple[ProfileName, str]
"""A profile, and the rank among its employees in which new records go in turn."""


@dataclass
class Outcome:
    """All that one step of a wave commits, in one transaction and only under its own epoch.

    `baselines` sets entries of a binding by mapping key; None drops the entry. `looked` names every (order,
    profile) whose differences are replaced by those given here. An intent is closed only together with what it led
    to (K7). `told` are (order, field, value key) of values written of whose arrival somebody is told. `released` and
    `awaited` are bindings by id (K19); `owed` gets an awaited binding for each profile an order goes to that has none
    yet (K14). `parties` says of bindings whom their records hang on now. `heirs` take over what contacts were known by
    that were merged into them. `done` visits leave, `again` ones wait anew, `rings` are added. `turns` are those of the
    employees that got a record.
    """

    intents: list[Intent] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    bindings: list[NewBinding] = field(default_factory=list)
    baselines: dict[int, dict[str, Entry | None]] = field(default_factory=dict)
    told: set[tuple[OrderRef, str, str]] = field(default_factory=set)
    released: list[int] = field(default_factory=list)
    awaited: list[int] = field(default_factory=list)
    owed: list[tuple[OrderRef, ProfileName, Kind]] = field(default_factory=list)
    parties: dict[int, Sequence[str]] = field(default_factory=dict)
    contacts: dict[MatchKey, RecordId] = field(default_factory=dict)
    lost_contacts: list[RecordId] = field(default_factory=list)
    heirs: dict[RecordId, RecordId] = field(default_factory=dict)
    looked: set[tuple[OrderRef, ProfileName]] = field(default_factory=set)
    differences: list[HeldDifference] = field(default_factory=list)
    journal: list[JournalLine] = field(default_factory=list)
    done: list[Visit] = field(default_factory=list)
    again: list[Again] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)


@dataclass
class Memory:
    """What the hub remembers of a set of orders. `bindings` are those of every office, released ones too.

    `intents` are the open ones of the orders, whatever office made them. `refused` and `decisions` are by binding's
    (order, profile) and mapping key; `writes` counts equal writes, by (order, profile, field, value key), since the
    moment asked for (K21). `restored_at` is when the database was last restored from a backup (K20). `told` are the
    (field, value key) pairs written to each order of whose arrival somebody is told.
    """

    bindings: dict[OrderRef, list[Binding]] = field(default_factory=dict)
    intents: list[Intent] = field(default_factory=list)
    refused: dict[tuple[OrderRef, ProfileName], dict[str, Value]] = field(default_factory=dict)
    decisions: dict[tuple[OrderRef, ProfileName], dict[str, Decision]] = field(default_factory=dict)
    differences: dict[tuple[OrderRef, ProfileName], list[Difference]] = field(default_factory=dict)
    writes: dict[tuple[OrderRef, ProfileName, str, str], int] = field(default_factory=dict)
    restored_at: datetime | None = None
    told: dict[OrderRef, set[tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class KnownContacts:
    """Which contacts the hub has bound to match keys, and the keys whose contact is being made and in doubt (K9)."""

    bound: Mapping[MatchKey, RecordId] = field(default_factory=dict)
    open: frozenset[MatchKey] = field(default_factory=frozenset)


class Storage(Protocol):
    """The hub's memory, as the engine sees it."""

    def receive(
        self, connection: str, notices: Sequence[Notice], rings: Sequence[Ring], journal: Sequence[JournalLine]
    ) -> None:
        """Keep verified notices and the visits they ring for; when this returns, they survive a crash."""

    def receive_all(self, received: Sequence[Received]) -> None:
        """Keep what several connections have told, all of it or nothing."""

    def orders_of(self, office: OfficeName, records: Collection[RecordId]) -> Mapping[RecordId, Sequence[OrderRef]]:
        """Return the orders bound to records of an office; a record that is not bound has no key."""

    def bound_to(
        self, office: OfficeName, parties: Collection[RecordId], most: int
    ) -> Mapping[RecordId, Sequence[tuple[OrderRef, RecordId]]]:
        """Return the newest orders, with their records, that hang on each of these contacts and companies."""

    def claim(self, office: OfficeName, now: datetime, terms: Terms, bound: int, quiet: int = 0) -> Claim | None:
        """Take the office's lock and up to `bound` due visits, live lane first; None where nothing can be claimed.

        Where no live visit is due, up to `quiet` are taken, if that is more: nobody waits for them.
        Raises the epoch, frees the running rows of every office whose lock is free, skips orders that run
        elsewhere or have an intent in doubt, and leaves an order to an office that has waited longer (K2, K3, K12).
        """

    def lease(self, office: OfficeName, now: datetime, terms: Terms) -> Claim | None:
        """Take the office's lock without any visit; None where another process holds it."""

    def extend(self, claim: Claim, until: datetime) -> None:
        """Hold the lock until then; raises `Superseded` where it is no longer ours."""

    def still_mine(self, claim: Claim) -> bool:
        """Tell whether the epoch is still the claim's (K3)."""

    def release(self, claim: Claim, now: datetime) -> None:
        """Give the lock back; running rows that are left become waiting again. Harmless after a takeover."""

    def recall(self, orders: Collection[OrderRef], since: datetime) -> Memory:
        """Return what is remembered of these orders."""

    def known_contacts(self, office: OfficeName, keys: Collection[MatchKey]) -> KnownContacts:
        """Return what is remembered of these match keys in this office."""

    def open_orders(self, office: OfficeName) -> Sequence[Intent]:
        """Return the open intents that make orders of an office's records (K23), oldest first."""

    def prolong_doubts(self, office: OfficeName, taken: datetime, now: datetime, told: datetime, terms: Terms) -> bool:
        """Have doubts last on that were over at `taken`, but are not by the office's clock; tell if any were (K2).

        `told` is what that clock shows `now`, at the earliest.
        """

    def commit(self, claim: Claim, outcome: Outcome, now: datetime, terms: Terms) -> Sequence[Intent]:
        """Commit an outcome and return its new intents with their ids, in order.

        The transaction that commits an intent on an order also inserts the waiting visits of all the order's other
        bindings (K10). Raises `Superseded`, committing nothing, where the epoch is not the claim's (K3).
        """

    def adopt(
        self, office: OfficeName, new: Sequence[NewBinding], rings: Sequence[Ring], line: JournalLine
    ) -> Sequence[OrderRef]:
        """Bind orders to records that were there before, and return those bound; the line is told of each.

        Left out are orders that are being worked on or were ever bound in this office, and records that are bound.
        """

    def restored(self, offices: Collection[OfficeName], line: JournalLine, terms: Terms, above: int) -> int:
        """Make a database that was restored from a backup fit to work with; return how many orders it rings (K20).

        The line's moment is the restore's. Every baseline entry is forgotten, patches and people's decisions are
        dropped, and what is being made is in doubt anew, without what was sent. These offices and all others known
        are locked until the doubt is over, for requests sent before may still land; their epochs, and the journal's
        ids beyond `above`, rise above any the lost database can have had.
        """

    def watermark(self, connection: str) -> datetime | None:
        """Return the newest moment that side has shown in a finished sweep, None before the first."""

    def swept(self, connection: str, watermark: datetime | None, rings: Sequence[Ring]) -> None:
        """Commit a sweep's visits and then its watermark, together."""

    def bound_orders(self, office: OfficeName, after: int, limit: int) -> Sequence[tuple[int, OrderRef]]:
        """Return (binding id, order) of bound bindings with ids above `after`, in order of id."""

    def forget_before(self, moment: datetime, acts: datetime | None = None) -> None:
        """Drop the journal's lines and the notices of before that moment, and what people did before `acts`."""

    def count_writes(self, profile: ProfileName, since: datetime, often: int) -> tuple[int, int]:
        """Return how many fields of existing records and orders were written under a profile since the moment.

        The second number are those of them that hit a field of one order written `often` times already in that time.
        """

    def count_notices(self, connection: str, subject: Subject, since: datetime) -> int:
        """Return of how many things of a kind a connection has told since the moment, each counted once."""

    def turns(self, profile: ProfileName, rank: str) -> int:
        """Return how many records have been given to the employees of one rank of a profile, each in his turn."""

    def due(self, office: OfficeName, now: datetime) -> datetime | None:
        """Return when the office's next waiting visit is due, None where nothing waits."""

    def pause(self, profile: ProfileName, line: JournalLine) -> None:
        """Stop a profile until a person resumes it; the line's text is the reason."""

    def resume_connection(self, connection: str, line: JournalLine) -> None:
        """Let a connection go on that has answered again; harmless where it was not stopped."""

    def note_trouble(self, connection: str, problem: Text, now: datetime) -> None:
        """Keep that a connection does not answer, since when, and why; it is not stopped by that."""

    def clear_trouble(self, connection: str) -> None:
        """Forget that a connection did not answer; harmless where it did."""

    def make_anew(
        self, order: OrderRef, line: JournalLine, left: Collection[tuple[OfficeName, ProfileName, Kind]] = ()
    ) -> int:
        """Let an order's records be made at its next visit though they were deleted or left out; return how many.

        `left` are the profiles under which the order has none yet (K19, K20).
        """

    def pause_connection(self, connection: str, line: JournalLine) -> None:
        """Stop a connection until it is connected anew; the line's text is the reason."""
