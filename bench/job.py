"""A piece of work, and what an integration needed for it."""

from dataclasses import dataclass

from job_process import Spent


@dataclass(frozen=True)
class Job:
    """A piece of work of `size` orders: the requests it needs at least, and who can do it (empty: all)."""

    name: str
    what: str
    size: int
    floor: int
    sides: tuple[str, ...] = ()
    promise: int | None = None
    """Requests that the hub may need at most."""

    is_faulty: bool = True
    """Whether it is done under faults too."""


@dataclass(frozen=True)
class Outcome:
    """What one integration needed; `twice` and `lost` count deals, contacts and statuses gone wrong.

    `seconds` are virtual. `runs` under faults are told as means, but for `twice` and `lost`, which are sums.
    """

    job: str
    side: str
    requests: float
    refused: float
    seconds: float
    spent: Spent
    twice: int
    lost: int
    faulty: "Outcome | None" = None
    runs: int = 1

    @property
    def trouble(self) -> str:
        """How it failed, empty where it did not."""
        return self.spent.trouble
