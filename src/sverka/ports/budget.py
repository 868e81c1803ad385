"""The request budget of a portal, shared by every process that talks to it."""

from typing import Protocol


class Budget(Protocol):
    """Admits requests at the rate the portal allows."""

    def take(self, portal: str, rate: float, burst: int) -> float:
        """Reserve one request and return the seconds to wait before sending it (0 when there is room).

        `rate` is requests a second, `burst` how many may go at once; both belong to the portal's plan.
        """
