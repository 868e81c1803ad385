"""The shop whose orders the plain integrations carry: a dictionary, as light as a shop can be."""

from dataclasses import dataclass
from typing import Any

GOODS = (("Mug", "745.00", 2),)
"""What every order holds: name, price, quantity."""

STAGES = {"N": "C2:NEW", "P": "C2:EXECUTING", "F": "C2:WON"}
"""The stage of each status."""

STATUSES = {stage: status for status, stage in STAGES.items()}
PIPELINE = 2


@dataclass
class Order:
    """An order of a buyer of its own, as a webhook carries it."""

    number: int
    status: str = "N"

    @property
    def title(self) -> str:
        """The name of its deal, by which deals are counted afterwards."""
        return f"Order {self.number}: Buyer {self.number}"

    @property
    def phone(self) -> str:
        """The buyer's phone, by which contacts are counted afterwards."""
        return f"+7900{self.number:07d}"

    @property
    def contact(self) -> dict[str, Any]:
        """The fields of the buyer's contact."""
        mail = f"buyer{self.number}@example.test"
        return {
            "NAME": "Buyer",
            "LAST_NAME": str(self.number),
            "PHONE": [{"VALUE": self.phone, "VALUE_TYPE": "MOBILE"}],
            "EMAIL": [{"VALUE": mail, "VALUE_TYPE": "WORK"}],
        }

    def deal(self, contact: int) -> dict[str, Any]:
        """Return the fields of the deal, linked to its contact."""
        return {
            "TITLE": self.title,
            "CATEGORY_ID": PIPELINE,
            "STAGE_ID": STAGES[self.status],
            "CONTACT_IDS": [contact],
            "CURRENCY_ID": "RUB",
            "ORIGINATOR_ID": "shop",
            "ORIGIN_ID": str(self.number),
        }

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The deal's product rows."""
        return [{"PRODUCT_NAME": name, "PRICE": price, "QUANTITY": count} for name, price, count in GOODS]
