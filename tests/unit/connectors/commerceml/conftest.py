"""Files of real shops, which are not part of the project, and a practice shop to talk to."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.standing import Moments, Unlimited
from sverka.connectors.commerceml import CommerceML, connect
from sverka.connectors.kit import Kit
from sverka.domain.ids import OrderId
from sverka.sandbox.bitrix_site import BitrixSiteStore
from sverka.sandbox.commerceml import CommerceMLServer

BUYER = {"fio": "Ким Анна", "email": "anna@example.test", "phone": "8 (999) 000-00-01", "city": "Москва"}


@pytest.fixture(scope="session")
def samples() -> Path:
    """Return the folder of sample files; skips where there is none."""
    shared = Path(os.environ.get("SVERKA_SHARED") or Path(__file__).resolve().parents[5] / "shared")
    folder = shared / "data" / "samples" / "commerceml"
    if not folder.is_dir():
        pytest.skip(f"the sample files of real shops are absent: {folder}; set SVERKA_SHARED")
    return folder


class Shop:
    """A practice shop, and stores connected to it."""

    def __init__(self, server: CommerceMLServer, clock: Moments) -> None:
        self.server, self.clock = server, clock
        self._made: list[CommerceML] = []

    def store(self, password: str = "", **settings: str) -> CommerceML:
        """Return a store connected with these settings beside the address and the user."""
        exchange = self.server.exchange
        kit = Kit("shop", "sverka-test", self.clock, Unlimited(), 10.0)
        given = {"url": self.server.address, "login": exchange.login, **settings}
        made = connect(given, {"password": password or exchange.password}, kit)
        assert isinstance(made, CommerceML)
        self._made.append(made)
        return made

    def place(self, count: int = 1) -> list[OrderId]:
        """Have customers place orders, a second apart."""
        placed = []
        for _ in range(count):
            self.clock.advance(1)
            items = [{"name": "Визитки", "price": "100", "quantity": 2}]
            placed.append(OrderId(str(self.server.store.place_order(BUYER, items))))
        return placed

    def close(self) -> None:
        """Let all connections go."""
        for made in self._made:
            made.close()


@pytest.fixture
def shop() -> Iterator[Shop]:
    clock = Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
    with CommerceMLServer(BitrixSiteStore(clock)) as server:
        shop = Shop(server, clock)
        yield shop
        shop.close()
