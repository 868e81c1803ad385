"""Names that must not be mixed up, though all of them are strings."""

from dataclasses import dataclass
from typing import NewType

from sverka.domain.kind import Kind

StoreName = NewType("StoreName", str)
"""The name of a store's connection, unique in a hub."""

OfficeName = NewType("OfficeName", str)
"""The name of a back office's connection (a portal, an ERP), unique in a hub."""

ProfileName = NewType("ProfileName", str)
"""The immutable id of a profile."""

OrderId = NewType("OrderId", str)
"""A store's own technical id of an order."""

RecordId = NewType("RecordId", str)
"""A back office's own id of a record: a deal, a contact, a print job."""


_REGISTRATION, _CUSTOMER, _ACCOUNT = "registration:", "customer:", "account:"


@dataclass(frozen=True, order=True)
class OrderRef:
    """An order as the hub names it: unique over all stores (R5)."""

    store: StoreName
    id: OrderId

    @classmethod
    def parse(cls, text: str) -> "OrderRef":
        """Read `store/id`; ValueError where there is no slash or an empty half."""
        store, slash, order = text.partition("/")
        if not (store and slash and order):
            raise ValueError(text)
        return cls(StoreName(store), OrderId(order))

    @classmethod
    def of_record(cls, office: OfficeName, record: RecordId) -> "OrderRef":
        """Return the name under which a record without an order is visited: `@office/record` (K23)."""
        return cls(StoreName(f"@{office}"), OrderId(record))

    @classmethod
    def of_mark(cls, mark: str) -> "OrderRef | None":
        """Return the record that an order's mark says it was made of, None where it says nothing of the kind."""
        office, _, record = mark.partition("/")
        return cls.of_record(OfficeName(office), RecordId(record)) if office and record else None

    @property
    def is_record(self) -> bool:
        """Whether this is a record that has no order yet: no store can be called by such a name."""
        return self.store.startswith("@")

    @classmethod
    def of_comment(cls, office: OfficeName, comment: str) -> "OrderRef":
        """Return the name under which a comment is visited whose record is not known yet."""
        return cls.of_record(office, RecordId(f"T_{comment}"))

    @property
    def comment(self) -> str:
        """The id of the comment this names, empty where it names none."""
        return self.id.removeprefix("T_") if self.is_record and self.id.startswith("T_") else ""

    @classmethod
    def of_registration(cls, store: StoreName, customer: str) -> "OrderRef":
        """Return the name under which a store's customer is visited who has no order yet: `store/registration:5`."""
        return cls(store, OrderId(f"{_REGISTRATION}{customer}"))

    @property
    def registration(self) -> str:
        """The store's id of the customer whose registration this names, empty where it names none."""
        return self.id.removeprefix(_REGISTRATION) if self.id.startswith(_REGISTRATION) else ""

    @classmethod
    def of_customer(cls, store: StoreName, customer: str) -> "OrderRef":
        """Return the name under which a customer is sent who is there without any order: `store/customer:5`."""
        return cls(store, OrderId(f"{_CUSTOMER}{customer}"))

    @property
    def is_customer(self) -> bool:
        """Whether this names a customer who is sent, whom no order stands behind."""
        return self.id.startswith(_CUSTOMER)

    @classmethod
    def of_account(cls, store: StoreName, customer: str) -> "OrderRef":
        """Return the name under which a store's customer is visited whose account was edited: `store/account:5`."""
        return cls(store, OrderId(f"{_ACCOUNT}{customer}"))

    @property
    def account(self) -> str:
        """The store's id of the customer whose account this names, empty where it names none."""
        return self.id.removeprefix(_ACCOUNT) if self.id.startswith(_ACCOUNT) else ""

    @property
    def mark(self) -> str:
        """What an order made of this record carries, `office/record`, so that it can be found again (K23)."""
        return str(self).removeprefix("@")

    def __str__(self) -> str:
        return f"{self.store}/{self.id}"


@dataclass(frozen=True, order=True)
class Origin:
    """What is written into a record at its birth, so that it can be found again among those of its kind (K1)."""

    hub: str
    order: OrderRef
    profile: ProfileName
    kind: Kind = Kind.DEAL

    @property
    def id(self) -> str:
        """The text that stands in the record beside the hub's own id."""
        return f"{self.order}/{self.profile}"


@dataclass(frozen=True, order=True)
class OldOrigin(Origin):
    """What an older program wrote into the record it made of an order; `hub` is that program's name for itself."""

    told: str = ""

    @property
    def id(self) -> str:
        """The text that stands in the record beside the program's name."""
        return self.told
