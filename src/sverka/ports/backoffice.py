"""A back office (a CRM, an ERP), as the engine sees it. Sets in, an answer per record out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

from sverka.domain.commerce.customer import Customer, MatchKey
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Problem
from sverka.domain.ids import Origin, RecordId
from sverka.domain.mapping.field import Field
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.clock import Ahead
from sverka.ports.files import Files
from sverka.ports.findings import Finding
from sverka.ports.guard import Guard
from sverka.ports.notices import Notice
from sverka.ports.store import Wrote

ROW_PRODUCTS = "rows.products"
"""Among the `fields` of a look: the products behind the rows are wanted too, by external code and article."""

TRACE: Final = "trace"
"""The key under which a new record is given the trace of its buyer's visit: told once, never read back."""


@dataclass(frozen=True)
class Person:
    """An employee by id; without a name there is no such employee. `works` is false for one who was dismissed."""

    id: str
    name: str = ""
    works: bool = True
    position: str = ""


@dataclass(frozen=True)
class Look:
    """Everything a wave wants to see, so that it can share requests.

    `records` are bound ones by id; those in `heavy` are wanted with their heavy fields (line items) too.
    `origins` are looked up by the mark they were born with (K1), always with heavy fields. `keys` are buyers and
    companies to be searched, `contacts` known ones to be confirmed alive. Contacts and companies share one space of
    ids: how an office tells them apart is its own affair. `fields` are the keys the wave has any use for: what costs
    requests of its own may be left unread without them. Those that begin with `contact.` and `company.` are fields of
    a record's first contact and of its company. `leads` are those of which is asked what deals a person made of them.
    `people` are employees of whom it is asked if they still work there; with `owners`, those who answer for the
    contacts are too.
    """

    records: Collection[RecordId] = ()
    heavy: Collection[RecordId] = ()
    origins: Collection[Origin] = ()
    keys: Collection[MatchKey] = ()
    contacts: Collection[RecordId] = ()
    fields: Collection[str] = ()
    people: Collection[str] = ()
    owners: bool = False
    leads: Collection[RecordId] = ()


@dataclass
class Seen:
    """The answers to a `Look`: every asked thing has its key.

    `origins` gives every record that carries the origin, oldest first; `keys` every contact that matches, oldest
    first; `contacts` the employee responsible for each contact that is alive, and `Gone` for the others; `made` the
    deals that were made of a lead, oldest first. `people` has the employees asked for, but those of whom the office
    may not speak: they are taken to work there. `parties` has the fields of the contacts asked for, under their
    `contact.` and `company.` keys, where such keys are wanted.
    """

    records: dict[RecordId, Snapshot | Problem] = field(default_factory=dict)
    origins: dict[Origin, Sequence[Snapshot] | Problem] = field(default_factory=dict)
    keys: dict[MatchKey, Sequence[RecordId] | Problem] = field(default_factory=dict)
    contacts: dict[RecordId, str | Problem] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    parties: dict[RecordId, Mapping[str, Value]] = field(default_factory=dict)
    made: dict[RecordId, Sequence[Snapshot] | Problem] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordWrite:
    """One record to be made (no `record`, then `origin` is given) or changed, set by field key and nothing else.

    `key` is the intent's id: the answer comes under it. `contacts`, companies among them, are linked at birth, as is
    the record it hangs on, its `parent`; later they are those the record hangs on. With both `record` and `origin` a
    record that a person made becomes the hub's own: what a birth would set is set there. `currency` is the order's:
    sums go in it, where a field wants one told. Keys `contact.*` and `company.*` are fields of the first of each of the
    contacts; `shows` are the keys of that sort the answer is to show. `files` are what fields of files are to hold.
    `placed` is given where a record of the past is made, of an order placed then: no robot is to answer it.
    """

    key: int
    fields: Mapping[str, Value]
    record: RecordId | None = None
    origin: Origin | None = None
    contacts: Sequence[RecordId] = ()
    parent: RecordId | None = None
    currency: str = ""
    shows: Collection[str] = ()
    files: Files = field(default_factory=dict)
    placed: datetime | None = None


@dataclass(frozen=True)
class NewCustomer:
    """A buyer to be made a contact of, or the company he buys for a company of.

    `key` is the intent's id, `responsible` an employee's id or empty. `kinds` are those of its phone and its e-mail,
    `fields` further fields of it by their `contact.` or `company.` keys. `is_past` says that all his orders are of the
    past: no robot is to answer him.
    """

    key: int
    customer: Customer
    responsible: str = ""
    origin: str = ""
    is_company: bool = False
    kinds: tuple[str, str] = ("MOBILE", "HOME")
    fields: Mapping[str, Value] = field(default_factory=dict)
    is_past: bool = False


@dataclass(frozen=True)
class Parcel:
    """Notices out of a back office's own queue, kept there until they are confirmed by their ticket.

    `is_vague`: something has changed of which the queue does not say what it was.
    """

    ticket: str
    notices: Sequence[Notice]
    is_vague: bool = False


class BackOffice(Protocol):
    """A back office, as the engine sees it."""

    def look(self, ask: Look, guard: Guard) -> Seen:
        """Return all that was asked, in as few requests as can be.

        A record missing from a list is confirmed by a direct get before it is called `Gone` (K19).
        """

    def add_customers(self, customers: Sequence[NewCustomer], guard: Guard) -> Mapping[int, RecordId | Problem]:
        """Make contacts; the answer is by key. No record may depend on one whose answer is not known (K8)."""

    def write(self, writes: Sequence[RecordWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        """Make and change records; return each as it shows itself afterwards, read in the same request, by key.

        A create that was refused is `Rejected`. A request without a whole answer is `Unanswered` for every write
        it carried; one that was not sent is `Later` or whatever the guard raised. `Wrote.refused` names fields that
        did not land while others did.
        """

    def changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Yield a notice, with its stamp, for every record touched at or after the moment; None: from the start."""

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:
        """Verify a webhook and return what it rings for; raises `Forged` if it is not theirs. Keys are lower-case."""

    def catalogue(self) -> Sequence[Field]:
        """Return the fields this back office's records have; stages are the options of `stageId`."""

    def check(self) -> Sequence[Finding]:
        """Try the credentials, scopes and rights, and say what is missing."""


@runtime_checkable
class TellsTime(BackOffice, Protocol):
    """A back office whose answers tell its own time."""

    def ahead(self) -> Ahead | None:
        """Return how far its clock was ahead of the hub's when it answered last; None where no answer has told."""


@runtime_checkable
class KeepsQueue(BackOffice, Protocol):
    """A back office that may keep a queue of changes for the hub."""

    @property
    def has_queue(self) -> bool:
        """Whether it keeps one for this connection."""

    def reserve(self) -> Parcel | None:
        """Take some notices out of the queue, None where it is empty; they come again until they are confirmed."""

    def confirm(self, parcel: Parcel) -> None:
        """Let the queue forget what is recorded."""


@runtime_checkable
class TakesInstall(BackOffice, Protocol):
    """A back office that is let in by a message or a person's browser at the hub's web door."""

    def install(self, query: str, body: bytes) -> bool:
        """Take what came to the door: the query of a visit, or the body of a message; False for any other message.

        Raises `Forged` where it is not from that side.
        """
