"""The Pixlpark connector passes the contract of stores, over HTTP, against the sandbox print shop."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest

from support.standing import Moments, Unlimited
from sverka.connectors.kit import Kit
from sverka.connectors.pixlpark import Pixlpark
from sverka.connectors.pixlpark.orders import Terms
from sverka.connectors.pixlpark.store import Choices
from sverka.connectors.pixlpark.tokens import Keys
from sverka.domain.errors import Gone
from sverka.domain.ids import OrderId
from sverka.sandbox.pixlpark import PixlparkServer, PixlparkStore
from sverka.sandbox.shop.receiver import Receiver
from sverka.testing import StoreContract, StoreHands
from sverka.testing.store_contract import Fault

BUYER = {"id": "10", "name": "Ольга Кузнецова", "email": "olga@example.test", "phone": "8 999 000-00-02"}
CARDS = {"name": "Визитки", "price": "150.55", "quantity": 3}
FAULTS = {"busy": ("429", 1), "auth": ("401", 2), "lost": ("closed_after_commit", 1), "html": ("html_503", 1)}
"""Each word's fault, and how often: refused credentials are tried once more with new tokens."""


class Hands:
    page = 50

    def __init__(self, server: PixlparkServer, receiver: Receiver, clock: Moments) -> None:
        self.server, self._receiver, self._clock = server, receiver, clock
        self.secrets = [server.private_key]
        keys = Keys(server.public_key, server.private_key)
        kit = Kit("pixlpark", "sverka-contract", clock, Unlimited(), 10.0)
        self.store = Pixlpark(server.url, keys, kit, Terms(), Choices(comment_email="hub@example.test"))

    def place(self) -> OrderId:
        self._clock.advance(1)
        return OrderId(str(self.server.store.place_order(BUYER, [CARDS])))

    def place_open(self) -> OrderId:
        return self.place()

    def edit(self, order: OrderId) -> None:
        self._clock.advance(1)
        self.server.store.edit(int(order), {"CustomId": "edited"})

    def delete(self, order: OrderId) -> None:
        self.server.store.delete(int(order))

    def other_status(self, order: OrderId) -> str:
        return (
            "Printing" if self.server.store.order(int(order))["Status"] == "ReadyToProcessing" else "ReadyToProcessing"
        )

    def notice(self, order: OrderId) -> tuple[Mapping[str, str], bytes]:
        self.server.subscribe(self._receiver.url, "changed")
        self.edit(order)
        self.server.wait_idle()
        sent = self._receiver.received()[-1]
        return sent.headers, sent.body

    def forge(self, notice: tuple[Mapping[str, str], bytes]) -> tuple[Mapping[str, str], bytes]:
        return notice[0], notice[1].replace(b'"Id"', b'"Ident"')

    def fault(self, fault: Fault) -> None:
        kind, times = FAULTS[fault]
        self.server.faults.arm(kind, times=times, on="/status" if fault == "lost" else "/orders")


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.mark.covers("R23", "C77")
class TestPixlpark(StoreContract):
    otherwise = {("status", "empty"): "an order always has a status"}

    @pytest.fixture
    def hands(self, receiver: Receiver) -> Iterator[StoreHands]:
        clock = Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
        with PixlparkServer(PixlparkStore(clock)) as server:
            hands = Hands(server, receiver, clock)
            yield hands
            hands.store.close()

    def test_an_order_in_the_status_deleted_is_gone_too(self, hands: Hands) -> None:
        """`delete` of the contract takes the order out; some sites keep it with a status."""
        order = hands.place()
        hands.server.store.edit(int(order), {"Status": "Deleted"})
        assert isinstance(hands.store.read([order])[order], Gone)

    def test_a_webhook_rings_though_it_is_not_signed(self, hands: Hands) -> None:
        """What has not the shape of one is refused; its address is what keeps strangers out."""
        order = hands.place()
        assert [one.id for one in hands.store.notices(*hands.notice(order))] == [order]
