"""A practice print shop, and stores connected to it."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sverka.connectors.kit import Kit
from sverka.connectors.pixlpark import Pixlpark, connect
from sverka.domain.ids import OrderId
from sverka.sandbox.clock import VirtualClock
from sverka.sandbox.pixlpark import PixlparkServer, PixlparkStore

BUYER = {"id": "10", "name": "Ким Анна", "email": "anna@example.test", "phone": "8 (999) 000-00-01"}
CARDS = {"name": "Визитки", "price": "100", "quantity": 3}


class Moments(VirtualClock):
    """A clock that remembers how long was slept."""

    slept = 0.0

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.advance(seconds)


class Counted:
    """A budget that remembers what it was asked for, and lets everything pass after `wait` seconds."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, float, int]] = []
        self.wait = 0.0

    def take(self, portal: str, rate: float, burst: int) -> float:
        self.asked.append((portal, rate, burst))
        return self.wait


class Shop:
    """The practice shop with its clock and the budget its stores ask."""

    def __init__(self, server: PixlparkServer, clock: Moments) -> None:
        self.server, self.clock, self.budget = server, clock, Counted()
        self.kept = server.store
        self._made: list[Pixlpark] = []

    def store(self, private_key: str = "", **settings: str) -> Pixlpark:
        """Return a store connected with these settings beside the address and the public key."""
        kit = Kit("shop", "sverka-test", self.clock, self.budget, 10.0)
        given = {"url": self.server.url, "public_key": self.server.public_key, **settings}
        made = connect(given, {"private_key": private_key or self.server.private_key}, kit)
        assert isinstance(made, Pixlpark)
        self._made.append(made)
        return made

    def place(self, count: int = 1, **more: object) -> list[OrderId]:
        """Have customers place orders, a second apart, the oldest first."""
        placed = []
        for _ in range(count):
            self.clock.advance(1)
            made = self.kept.place_order(**{"customer": BUYER, "items": [CARDS], **more})
            placed.append(OrderId(str(made)))
        return placed

    def asked(self, operation: str) -> int:
        """Return how often an operation was called."""
        return self.server.log.count(operation)

    def close(self) -> None:
        for made in self._made:
            made.close()


@pytest.fixture
def shop() -> Iterator[Shop]:
    clock = Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
    with PixlparkServer(PixlparkStore(clock)) as server:
        shop = Shop(server, clock)
        yield shop
        shop.close()


@pytest.fixture
def sample():
    """Return a reader of recorded answers; the test is skipped where they are absent."""
    shared = Path(os.environ.get("SVERKA_SHARED") or Path(__file__).resolve().parents[5] / "shared")

    def load(name: str):
        path = shared / "data" / "samples" / "pixlpark" / name
        if not path.is_file():
            pytest.skip(f"the recorded answer is absent: {path}; set SVERKA_SHARED")
        return json.loads(path.read_text("utf-8"))

    return load
