"""The check before every request of a wave (K3), and the lane in which the request travels."""

from collections.abc import Callable
from dataclasses import dataclass

from sverka.ports.storage import Lane

Guard = Callable[[], None]
"""Called right before a request is sent; raises `Superseded` when this wave may send nothing more."""


def free() -> None:
    """Let every request pass: for reads outside a wave."""


@dataclass(frozen=True)
class InLane:
    """A guard whose requests belong to a lane, so that a connector with a scarce budget knows who goes first."""

    check: Guard
    lane: Lane

    def __call__(self) -> None:
        """Ask the guard inside."""
        self.check()


def lane_of(guard: Guard) -> Lane:
    """Return the lane requests under a guard travel in: nobody waits for what is read outside a wave."""
    if isinstance(guard, InLane):
        return guard.lane
    return Lane.SWEEP if guard is free else Lane.LIVE
