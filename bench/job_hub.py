"""The hub under the same work as the plain integrations: a store in memory, the portal over HTTP."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from peer_orders import chunks
from sverka.domain.errors import Problem
from sverka.engine.bells.greet import Rung
from sverka.engine.bells.receive import Bell, receive_all
from sverka.engine.bells.sweep import sweep
from world import CRM, SHOP, between, bring, compare, put_order, work

TOKEN = "bench4application4token"
"""What the portal's events carry to show whose they are."""

LONG_AGO = timedelta(days=30)

DOOR = 64
"""How many bells that come together the hub's door takes in one transaction."""


class Hub:
    """The hub, whose waves run as soon as bells have rung."""

    name = "sverka"

    def __init__(self, webhook: str, clock: Any, home: Path) -> None:
        """Connect; the hub's database is a file in `home`."""
        self._open = ExitStack()
        self._clock = clock
        self.store, storage, self._hub = self._open.enter_context(between(home, clock, webhook, token=TOKEN))
        self._backfills = storage.backfills
        self._rung: Rung = {}

    def close(self) -> None:
        """Let the connections go."""
        self._open.close()

    def place(self, numbers: Sequence[int]) -> None:
        """Have customers order, each a new one."""
        for number in numbers:
            put_order(self.store, self._clock.now() - LONG_AGO / 2 + timedelta(seconds=number), number, number)

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

    def before(self, numbers: Sequence[int]) -> None:
        """Take the webhooks of orders that are not measured."""
        self.ordered(numbers)

    def moved_in_shop(self, numbers: Sequence[int]) -> None:
        """Take the webhooks of changed orders."""
        self._ring([Bell(SHOP, *self.store.sign(str(number))) for number in numbers])

    def moved_in_portal(self, deals: Sequence[int]) -> None:
        """Take the events of changed deals."""
        told = {"event": "ONCRMDEALUPDATE", "auth[application_token]": TOKEN}
        self._ring([Bell(CRM, {}, urlencode({**told, "data[FIELDS][ID]": deal}).encode()) for deal in deals])

    def _ring(self, bells: Sequence[Bell]) -> None:
        for together in chunks(bells, DOOR):
            answers = receive_all(self._hub, together)
            assert not any(isinstance(answer, Problem) for answer in answers), answers
        work(self._hub)

    def past(self, numbers: Sequence[int]) -> None:
        """Bring orders of the past."""
        del numbers  # the shop lists them
        bring(self._hub, self._backfills, self._clock.now() - LONG_AGO)

    def sweep(self) -> None:
        """Ask the portal what has changed, as every five minutes; a second later where it cannot be asked."""
        while True:
            try:
                sweep(self._hub, CRM, self._clock.now(), self._rung)
            except Problem:
                self._clock.sleep(1)
            else:
                break
        work(self._hub)

    def compare(self) -> None:
        """Compare everything, as every night."""
        compare(self._hub)
