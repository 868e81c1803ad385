"""Runs in which bells alone bring news: nobody sweeps, and whoever rings does so until he is heard.

So every bell is acknowledged once, and one that is lost after that is seen: nothing else leads to what it told of.
"""

import os
import time
from collections.abc import Callable
from typing import Any

from simulation.lives.mutants import Mutant
from sverka.sandbox.portal.events import Outgoing
from sverka.sandbox.shop.courier import Courier
from sverka.worker import Worker

VARIABLE = "CHAOS_BELLS_ALONE"
"""What tells a process that it lives in such a run."""

_AGAIN = 0.1

LOSES_BELLS = Mutant(
    "bells", "a bell is acknowledged before it is kept", "storage/sql_storage.py",
    "line in one.journal])\n\n        write(self._engine, work)",
    "line in one.journal])\n\n        __import__('threading').Timer(1.0, write, (self._engine, work)).start()",
)  # fmt: skip


def insist(carrier: Outgoing | Courier) -> None:
    """Let whoever carries bells ring until he is heard, or stopped."""
    carrier._post = _insisting(carrier, carrier._post)  # type: ignore[method-assign]


def trust_bells() -> None:
    """Let a hub of this process ask nobody what changed, and a store ring until it is heard; nothing in other runs."""
    if VARIABLE not in os.environ:
        return
    Worker.sweep_once = lambda _self: 0  # type: ignore[method-assign]
    begin = Courier.start

    def start(self: Courier) -> None:
        insist(self)
        begin(self)

    Courier.start = start  # type: ignore[method-assign]


def _insisting(carrier: Any, post: Callable[..., int | None]) -> Callable[..., int | None]:
    def until_heard(*given: object) -> int | None:
        status = post(*given)
        while (status is None or status >= 300) and not (
            vars(carrier).get("_closed") or vars(carrier).get("_stopping")
        ):
            time.sleep(_AGAIN)
            status = post(*given)
        return status

    return until_heard
