"""What a connector itself keeps between runs: tokens it renews, an address that moved."""

from contextlib import AbstractContextManager
from typing import Protocol


class Secrets(Protocol):
    """The secrets of one connection, encrypted at rest and the same for every process."""

    def get(self, name: str) -> str | None:
        """Return a secret, None where there is none."""

    def put(self, name: str, secret: str) -> None:
        """Keep a secret under a name, in the place of an earlier one."""

    def alone(self, work: str, seconds: float) -> AbstractContextManager[bool]:
        """Hold a piece of work among all processes, for that many seconds at most; False where another holds it."""
