"""The WooCommerce connector passes the contract of stores, over HTTP, against the sandbox shop."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest

from support.standing import Moments, Unlimited
from sverka.connectors.kit import Kit
from sverka.connectors.woocommerce import WooCommerce
from sverka.connectors.woocommerce.oauth import Keys
from sverka.domain.errors import Gone
from sverka.domain.ids import OrderId
from sverka.sandbox.shop.receiver import Receiver
from sverka.sandbox.woocommerce import WooServer, WooStore
from sverka.testing import StoreContract, StoreHands
from sverka.testing.store_contract import Fault

BUYER = {"first_name": "Ольга", "last_name": "Кузнецова", "email": "olga@example.test", "phone": "8 999 000-00-02"}
MUGS = {"product_id": 10, "name": "Кружка", "price": "250", "quantity": 3}
FAULTS = {"busy": "429", "auth": "401", "lost": "closed_after_commit", "html": "html_503"}
SECRET = "hookSecret123"


class Hands:
    page = 100

    def __init__(self, server: WooServer, receiver: Receiver, clock: Moments) -> None:
        self.server, self._receiver, self._clock = server, receiver, clock
        self.secrets = [server.consumer_secret, SECRET]
        keys = Keys(server.consumer_key, server.consumer_secret)
        kit = Kit("woo", "sverka-contract", clock, Unlimited(), 10.0)
        self.store = WooCommerce(server.url, keys, kit, webhook_secret=SECRET)

    def place(self) -> OrderId:
        self._clock.advance(1)
        return OrderId(str(self.server.store.place_order(BUYER, [MUGS])))

    def place_open(self) -> OrderId:
        self._clock.advance(1)
        return OrderId(str(self.server.store.place_order(BUYER, [MUGS], fields={"status": "pending"})))

    def edit(self, order: OrderId) -> None:
        self._clock.advance(1)
        self.server.store.edit(int(order), {"customer_note": "edited"})

    def delete(self, order: OrderId) -> None:
        self.server.store.trash(int(order))

    def other_status(self, order: OrderId) -> str:
        return "processing" if self.server.store.order(int(order))["status"] == "on-hold" else "on-hold"

    def notice(self, order: OrderId) -> tuple[Mapping[str, str], bytes]:
        self.store.subscribe(self._receiver.url)
        self.edit(order)
        self.server.wait_idle()
        sent = self._receiver.received()[-1]
        return sent.headers, sent.body

    def forge(self, notice: tuple[Mapping[str, str], bytes]) -> tuple[Mapping[str, str], bytes]:
        return notice[0], notice[1].replace(b'"id":', b'"id":7')

    def fault(self, fault: Fault) -> None:
        self.server.faults.arm(FAULTS[fault])


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.mark.covers("R23", "C77")
class TestWooCommerce(StoreContract):
    apart = {
        "comment.manager": "a note is added beside the order and is no part of it (K24)",
        "lines": "the samples are of products that the shop has not; goods have a test of their own",
        "lines.goods": "as `lines`",
    }
    otherwise = {
        **{
            ("payment.paid", name): "no payment can be taken back through the API"
            for name in ("no", "no again", "empty")
        },
        ("status", "empty"): "an order always has a status",
        ("payment.method", "empty"): "a payment always has a method",
    }

    def law_order(self, hands: Hands) -> OrderId:
        """Place an order that waits for its payment, with meta data: the catalogue knows what orders have had."""
        meta = {"gift": "yes", "tags": ["a", "b"]}
        return OrderId(str(hands.server.store.place_order(BUYER, [MUGS], meta=meta, fields={"status": "pending"})))

    @pytest.fixture
    def hands(self, receiver: Receiver) -> Iterator[StoreHands]:
        clock = Moments(datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
        with WooServer(WooStore(clock)) as server:
            hands = Hands(server, receiver, clock)
            yield hands
            hands.store.close()

    def test_an_order_deleted_for_good_is_gone_too(self, hands: Hands) -> None:
        """`delete` of the contract puts the order into the bin; here it is deleted for good."""
        order = hands.place()
        hands.server.store.delete(int(order))
        assert isinstance(hands.store.read([order])[order], Gone)
