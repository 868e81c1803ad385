"""The CommerceML connector passes the contract of stores, by both its ways, against the sandbox's exchange script."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest

from support.standing import Moments, Unlimited
from sverka.connectors.commerceml import CommerceML, connect
from sverka.connectors.kit import Kit
from sverka.domain.ids import OrderId
from sverka.sandbox.bitrix_site import BitrixSiteStore
from sverka.sandbox.commerceml import CommerceMLServer
from sverka.testing import StoreContract, StoreHands
from sverka.testing.store_contract import Fault

BUYER = {"fio": "Иванов Иван", "email": "ivan@example.test", "phone": "8 (999) 000-00-01", "city": "Москва"}
CARDS = {"name": "Визитки", "price": "150.55", "quantity": 3, "vatRate": "0.2"}
FAULTS = {"busy": "429", "auth": "401", "lost": "closed_after_commit", "html": "html_503"}


class Hands:
    page = 100

    def __init__(self, server: CommerceMLServer, clock: Moments, way: str) -> None:
        self.server, self._clock, self._way = server, clock, way
        self.secrets = [server.exchange.password]
        settings = {"url": server.address, "login": server.exchange.login, "way": way}
        kit = Kit("shop", "sverka-contract", clock, Unlimited(), 10.0)
        store = connect(settings, {"password": server.exchange.password}, kit)
        assert isinstance(store, CommerceML)
        self.store = store

    def place(self) -> OrderId:
        self._clock.advance(1)
        return OrderId(str(self.server.store.place_order(BUYER, [CARDS], properties={"PAPER": "glossy"})))

    def place_open(self) -> OrderId:
        return self.place()

    def edit(self, order: OrderId) -> None:
        self._clock.advance(1)
        self.server.store.edit(int(order), {"comments": "edited"})

    def delete(self, order: OrderId) -> None:
        self.server.store.delete(int(order))

    def other_status(self, order: OrderId) -> str:
        return "N" if self.server.store.order(int(order))["statusId"] == "P" else "P"

    def notice(self, order: OrderId) -> tuple[Mapping[str, str], bytes]:
        raise AssertionError("an exchange with 1C sends no notices")

    def forge(self, notice: tuple[Mapping[str, str], bytes]) -> tuple[Mapping[str, str], bytes]:
        raise AssertionError("an exchange with 1C sends no notices")

    def fault(self, fault: Fault) -> None:
        # A refused session is begun anew once, so it takes two refusals to be shut out.
        on, times = ("sale import", 1) if fault == "lost" else (f"{self._way} query", 2 if fault == "auth" else 1)
        self.server.faults.arm(FAULTS[fault], on=on, times=times)


class Ours(StoreContract):
    way: str
    otherwise = {
        ("status", "empty"): "an order always has a status",
        **{
            (key, sample): "the exchange takes neither a payment nor a shipment back"
            for key in ("payment.paid", "delivery.shipped")
            for sample in ("no again", "empty")
        },
    }

    @pytest.fixture
    def hands(self) -> Iterator[StoreHands]:
        clock = Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
        with CommerceMLServer(BitrixSiteStore(clock)) as server:
            hands = Hands(server, clock, self.way)
            yield hands
            hands.store.close()


class TestAsking(Ours):
    way = "crm"


class TestKeeping(Ours):
    way = "sale"


del Ours
