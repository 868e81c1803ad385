"""How a company's lead ends: once the order it came with has a deal, it is moved to its last stage."""

from dataclasses import dataclass
from typing import Final

from sverka.domain.commerce.value import Value
from sverka.domain.mapping.convert import Unmapped

HAS_DEAL: Final = "order.has_deal"
"""What the hub itself knows of an order, shown to the lead of its company and nobody else."""

ENDS: Final = ("CONVERTED", "JUNK")
"""The stages at which every portal's leads end."""


@dataclass(frozen=True)
class Closing:
    """While there is no deal every stage is right; then one of the last ones is, and `stage` is the one to be set."""

    stage: str

    def to_office(self, value: Value) -> Value | Unmapped:
        """Return the last stage, once there is a deal."""
        return self.stage if value is True else None

    def to_store(self, value: Value) -> Value | Unmapped:
        """Hold any stage: none says anything of an order."""
        return Unmapped(value)

    def agree(self, store: Value, office: Value) -> bool:
        """Tell whether the stage is right; a lead that a person has ended stays as it is."""
        return store is not True or office in (self.stage, *ENDS)

    def fingerprint(self) -> str:
        """Name the stage."""
        return f"closing:{self.stage}"
