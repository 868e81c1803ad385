"""The hub under the same work as the plain integrations: a store in memory, the portal over HTTP."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sverka.domain.ids import OrderId, OrderRef
from sverka.engine.bells.receive import rings_for
from sverka.engine.bells.sweep import compare_all, sweep
from sverka.ports.notices import Notice, Subject
from sverka.ports.storage import Lane, Ring
from world import CRM, SHOP, between, put_order, work


class Hub:
    """The hub, whose waves run as soon as bells have rung."""

    name = "sverka"

    def __init__(self, webhook: str, clock: Any, home: Path) -> None:
        """Connect; the hub's database is a file in `home`."""
        self._open = ExitStack()
        self._clock = clock
        self.store, self._storage, self._hub = self._open.enter_context(between(home, clock, webhook))

    def close(self) -> None:
        """Let the connections go."""
        self._open.close()

    def place(self, numbers: Sequence[int]) -> None:
        """Have customers order, each a new one."""
        for number in numbers:
            put_order(self.store, self._clock.now(), number, number)

    def save(self, numbers: Sequence[int], status: str) -> None:
        """Let the shop's people set a status."""
        for number in numbers:
            self.store.put(str(number), status=status)

    def statuses(self) -> dict[int, str]:
        """Return the status of each order."""
        return {int(number): str(self.store.show(number)["status"]) for number in self.store.ids()}

    def ordered(self, numbers: Sequence[int]) -> None:
        """Take the webhooks of new orders."""
        self.moved_in_shop(numbers)

    def moved_in_shop(self, numbers: Sequence[int]) -> None:
        """Take the webhooks of changed orders."""
        now = self._clock.now()
        orders = [OrderRef(SHOP, OrderId(str(number))) for number in dict.fromkeys(numbers)]
        self._ring([Ring(order, CRM, now, Lane.LIVE, "bench") for order in orders])

    def moved_in_portal(self, deals: Sequence[int]) -> None:
        """Take the events of changed deals."""
        notices = [Notice(Subject.RECORD, str(deal)) for deal in dict.fromkeys(deals)]
        self._ring(rings_for(self._hub, CRM, notices, Lane.LIVE))

    def _ring(self, rings: Sequence[Ring]) -> None:
        self._storage.receive("bench", [], rings, [])
        work(self._hub)

    def sweep(self) -> None:
        """Ask the portal what has changed, and look at it."""
        sweep(self._hub, CRM, self._clock.now())
        work(self._hub)

    def compare(self) -> None:
        """Compare every binding field by field."""
        for _ in compare_all(self._hub, CRM):
            pass
        work(self._hub)
