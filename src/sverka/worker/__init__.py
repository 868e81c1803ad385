"""The door for work: waves when something is due, sweeps by the clock."""

from sverka.worker.worker import Worker

__all__ = ["Worker"]
