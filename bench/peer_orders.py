"""The orders every client under measurement makes deals of, and the commands an SDK's user writes for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

PAGE = 50
"""Records of a page, and commands of a batch."""

COMMENT = "Seen & checked"
GOODS = (("Mug", "149.50", 2), ("Lid", "10.00", 1))
Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Order:
    """What is to become a deal with its contact and two product rows."""

    number: int

    @property
    def title(self) -> str:
        """The deal's name, by which it is counted afterwards."""
        return f"Order {self.number}"

    @property
    def buyer(self) -> str:
        """The contact's name; every order has its own buyer."""
        return f"Buyer{self.number}"

    @property
    def phone(self) -> str:
        """The contact's phone."""
        return f"+7900{self.number:07d}"

    @property
    def contact(self) -> Call:
        """The command that makes the contact, as an SDK's user writes it."""
        phones = [{"VALUE": self.phone, "VALUE_TYPE": "MOBILE"}]
        return "crm.contact.add", {"fields": {"NAME": self.buyer, "PHONE": phones}}

    def deal(self, contact: int) -> Call:
        """Return the command that makes the deal, linked to a contact."""
        fields = {"title": self.title, "originatorId": "bench", "originId": str(self.number), "contactIds": [contact]}
        return "crm.item.add", {"entityTypeId": 2, "fields": fields}

    @property
    def rows(self) -> Call:
        """The command that sets the rows of the deal made in the same batch."""
        goods = [{"productName": name, "price": price, "quantity": count} for name, price, count in GOODS]
        owner = f"$result[d{self.number}][item][id]"
        return "crm.item.productrow.set", {"ownerType": "D", "ownerId": owner, "productRows": goods}


def pairs(orders: Sequence[Order], contacts: dict[str, Any]) -> dict[str, Call]:
    """Return the commands that make deals of orders, each followed by its rows, so that fifties keep them together."""
    calls: dict[str, Call] = {}
    for order in orders:
        calls[f"d{order.number}"] = order.deal(int(contacts[f"c{order.number}"]))
        calls[f"r{order.number}"] = order.rows
    return calls


def chunks(many: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Yield parts of at most `size`."""
    for first in range(0, len(many), size):
        yield many[first : first + size]
