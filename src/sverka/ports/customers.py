"""What some systems can do about customers besides what every one of their kind can."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

from sverka.domain.commerce.value import Value
from sverka.domain.ids import OrderId, RecordId
from sverka.ports.backoffice import BackOffice
from sverka.ports.guard import Guard, free
from sverka.ports.notices import Notice
from sverka.ports.store import Store

ACCOUNT: Final[Mapping[str, str]] = {
    f"account.{key.partition('.')[2] if key.startswith('customer.') else 'company'}": key
    for key in (
        "customer.name",
        "customer.first_name",
        "customer.last_name",
        "customer.phone",
        "customer.email",
        "company.name",
    )
}
"""What an order shows of its buyer's account, by key, and the field of a `StoreCustomer` it is.

`read` leaves it out of an order, for it costs a request of its own.
"""


@dataclass(frozen=True)
class StoreCustomer:
    """A registered customer of a store: `fields` are those of an order that tell of its buyer (`customer.*` and so on).

    `is_company` says that he buys for an organisation, `registered_at` since when he has his account.
    """

    id: str
    fields: Mapping[str, Value]
    is_company: bool = False
    registered_at: datetime | None = None


@runtime_checkable
class SeesClients(BackOffice, Protocol):
    """A back office that tells which contacts and companies have changed."""

    def clients_changed_since(self, moment: datetime | None) -> Iterator[Notice]:
        """Yield a notice, with its stamp, for every contact and company touched at or after the moment."""


@runtime_checkable
class LinksClients(BackOffice, Protocol):
    """A back office whose contacts and companies people can open in a browser."""

    def address_of(self, client: RecordId) -> str:
        """Return the address of a contact's or a company's page."""


@runtime_checkable
class KeepsCustomers(Store, Protocol):
    """A store that has customers of its own beside their orders."""

    def customers(self, ids: Collection[str] = (), guard: Guard = free) -> Iterator[StoreCustomer]:
        """Yield the customers of these ids, or all of them; an id that is not there is passed over."""


@runtime_checkable
class TellsAccounts(KeepsCustomers, Protocol):
    """A store that rings for a customer whose account was edited, with a notice about him."""

    def orders_of(self, customer: str, most: int, guard: Guard = free) -> Sequence[OrderId]:
        """Return the newest orders of a customer, at most so many."""


@runtime_checkable
class TellsRegistrations(KeepsCustomers, Protocol):
    """A store that tells which of its customers are new."""

    def registered_since(self, moment: datetime, guard: Guard = free) -> Iterator[StoreCustomer]:
        """Yield the customers who registered at or after the moment, each with the time at which he did."""
