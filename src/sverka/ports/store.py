"""An online store, as the engine sees it. Sets in, an answer per record out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sverka.domain.commerce.value import Value
from sverka.domain.errors import Problem
from sverka.domain.ids import OrderId
from sverka.domain.mapping.field import Field
from sverka.domain.merge.snapshot import Snapshot
from sverka.ports.files import Files
from sverka.ports.findings import Finding
from sverka.ports.guard import Guard, free
from sverka.ports.notices import Notice


@dataclass(frozen=True)
class StoreCan:
    """What a store's connector can do; what it cannot, the contract skips by name and forms do not offer."""

    writes: frozenset[str] = field(default_factory=frozenset)
    """Field keys that can be written; `property.*` stands for every property."""

    signs_notices: bool = True
    sees_deletions: bool = True
    """Whether an order that was deleted is seen to be gone."""

    keeps_mark: bool = False
    """Whether an order can carry the mark that lets one be created from a deal (K23)."""


@dataclass(frozen=True)
class OrderWrite:
    """The fields of one order to be set, by key, and nothing else of it; `files` is what those of files are to hold."""

    order: OrderId
    fields: Mapping[str, Value]
    files: Files = field(default_factory=dict)


@dataclass(frozen=True)
class NewOrderWrite:
    """An order to be made of a record, carrying the mark it is found by (K23), with its fields set by key.

    `key` is the intent's id: the answer comes under it. `currency` is that of the record's sums, empty where it is not
    known: the store's own then.
    """

    key: int
    mark: str
    fields: Mapping[str, Value]
    currency: str = ""


@dataclass(frozen=True)
class Wrote:
    """What a write led to: the record as it shows itself afterwards, and the fields it would not take (K18)."""

    after: Snapshot
    refused: Mapping[str, Problem] = field(default_factory=dict)


class Store(Protocol):
    """An online store, as the engine sees it."""

    can: StoreCan

    def read(self, orders: Collection[OrderId], guard: Guard = free) -> Mapping[OrderId, Snapshot | Problem]:
        """Return each order as it is now; `Gone` where there is none. One bad record spoils no other."""

    def write(self, writes: Sequence[OrderWrite], guard: Guard) -> Mapping[OrderId, Wrote | Problem]:
        """Set only the named fields of each order and return what the store shows afterwards.

        A whole refusal is `Rejected`; a request without a whole answer is `Unanswered` for every order it carried;
        one that was not sent is `Later` or whatever the guard raised.
        """

    def create(self, orders: Sequence[NewOrderWrite], guard: Guard) -> Mapping[int, Wrote | Problem]:
        """Make orders and return each, by key, as it shows itself afterwards; answers are as those of `write`.

        Whoever cannot keep a mark (`can.keeps_mark`) raises `Rejected`, and so does `find`.
        """

    def find(self, marks: Collection[str], guard: Guard = free) -> Mapping[str, Sequence[Snapshot] | Problem]:
        """Return the orders that carry each mark, oldest first, their own marks on them."""

    def changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Yield a notice, with its stamp, for every order touched at or after the moment; None means from the start."""

    def notices(self, headers: Mapping[str, str], body: bytes) -> list[Notice]:
        """Verify a webhook and return what it rings for; raises `Forged` if it is not theirs. Keys are lower-case."""

    def catalogue(self) -> Sequence[Field]:
        """Return the fields this store's orders have, its properties among them."""

    def check(self) -> Sequence[Finding]:
        """Try the credentials and rights, and say what is missing; keeps webhooks alive where the store drops them."""
