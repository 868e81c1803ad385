"""A third party's connector keeps the contract of stores against the real django-oscar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from support.oscar_shop import PASSWORD, SECRET, USER, OscarShop, Way, free_port
from support.standing import Unlimited
from sverka.connectors.kit import Kit
from sverka.connectors.registry import GROUP, Connectors, gather
from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import lines_of
from sverka.domain.errors import Rejected
from sverka.domain.ids import OrderId
from sverka.ports.guard import free
from sverka.ports.store import OrderWrite, Store
from sverka.sandbox.shop.receiver import Receiver
from sverka.testing import StoreContract, StoreHands
from sverka.testing.store_contract import Fault


class Now:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here waits")


class Hands:
    secrets = [PASSWORD, SECRET]
    page = 2

    def __init__(self, store: Store, shop: OscarShop, way: Way, receiver: Receiver) -> None:
        self.store, self._shop, self._way, self._receiver = store, shop, way, receiver

    def place(self) -> OrderId:
        return OrderId(self._shop.place())

    def place_open(self) -> OrderId:
        return self.place()

    def edit(self, order: OrderId) -> None:
        self._shop.move(order, "Being processed")

    def delete(self, order: OrderId) -> None:
        self._shop.staff("DELETE", f"/api/admin/orders/{order}/")

    def other_status(self, order: OrderId) -> str:
        return {"Pending": "Being processed", "Being processed": "Complete"}[self._shop.status(order)]

    def notice(self, order: OrderId) -> tuple[Mapping[str, str], bytes]:
        self.edit(order)
        sent = self._receiver.received()[-1]
        return sent.headers, sent.body

    def forge(self, notice: tuple[Mapping[str, str], bytes]) -> tuple[Mapping[str, str], bytes]:
        return notice[0], notice[1].replace(b'"id": ', b'"id": 7')

    def fault(self, fault: Fault) -> None:
        self._way.fault = fault


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def shop(site: Path, receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OscarShop]:
    with OscarShop(tmp_path_factory.mktemp("shop"), free_port(), receiver.url).running() as shop:
        yield shop


@pytest.fixture(scope="module")
def found(site: Path) -> Connectors:
    return gather(entry_points(group=GROUP))


class TestOscar(StoreContract):
    otherwise = {
        ("status", f"option {CANCELLED}"): "a finished order is not cancelled: Oscar's pipeline does not lead there",
        ("status", "empty"): "an order always has a status",
    }

    @pytest.fixture
    def hands(self, found: Connectors, shop: OscarShop, receiver: Receiver) -> Iterator[StoreHands]:
        with Way(shop.url).open() as way:
            kit = Kit("shop", "sverka-contract", Now(), Unlimited(), 20.0)
            secrets = {"password": PASSWORD, "webhook_secret": SECRET}
            store = found.factories["oscar"]({"url": way.url, "user": USER}, secrets, kit)
            yield Hands(store, shop, way, receiver)  # type: ignore[arg-type] # its manifest says it is a store
            store.close()  # type: ignore[union-attr]

    def test_cancels_and_takes_it_back(self, hands: StoreHands) -> None:
        """It is cancelled by the hub's word, and not taken back: Oscar's pipeline ends there."""
        order = hands.place()
        status = hands.other_status(order)
        assert self._write(hands, order, {"status": CANCELLED}).get("status") == CANCELLED
        refused = hands.store.write([OrderWrite(order, {"status": status})], free)[order]
        assert isinstance(refused, Rejected)
        assert "OSCAR_ORDER_STATUS_PIPELINE" in refused.text.en
        assert "not a valid status for order" in refused.text.ru

    def test_an_order_has_its_buyer_its_goods_and_its_sums(self, hands: StoreHands) -> None:
        """As it was checked out."""
        shown = self._read(hands, hands.place())
        (line,) = lines_of(shown.get("lines.goods"))
        assert (line.name, line.quantity, line.total, line.sku) == ("Визитки 90×50", 3, shown.get("total"), "CARDS-1")
        assert str(shown.get("total")) == "451.65"
        names = ("customer.name", "customer.phone", "customer.email", "delivery.city", "currency")
        assert [shown.get(name) for name in names] == [
            *("Анна Ким", "+79990000001", "anna@example.test", "Казань", "RUB"),
        ]


def test_the_manifest_is_found_and_says_what_the_connector_can(found: Connectors, shop: OscarShop) -> None:
    kit = Kit("shop", "sverka-contract", Now(), Unlimited(), 20.0)
    store = found.factories["oscar"]({"url": shop.url, "user": USER}, {"password": PASSWORD}, kit)
    assert found.manifests["oscar"].can == store.can  # type: ignore[union-attr]
    assert found.packages["oscar"] == "sverka-oscar"
