"""What the house hands to a connector."""

from dataclasses import dataclass

from sverka.ports.budget import Budget
from sverka.ports.clock import Clock


@dataclass(frozen=True)
class Kit:
    """A connection's name, the hub's own id (K1), and the shared clock and request budget."""

    name: str
    hub: str
    clock: Clock
    budget: Budget
    read_timeout: float = 70.0
    """Seconds without a byte before a request counts as unanswered; a portal cuts its own work at 60."""

    region: str = "RU"
    """Where a phone without a country code belongs."""
