"""The reference itself passes the contracts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from sverka.connectors.in_memory import MemoryOffice, MemoryStore
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.commerce.money import amount_of
from sverka.domain.ids import OrderId, RecordId
from sverka.domain.mapping.field import Field
from sverka.testing import BackOfficeContract, BackOfficeHands, StoreContract, StoreHands
from sverka.testing.law import of_every_type
from sverka.testing.store_contract import Fault


class FixedClock:
    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC)

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here waits")


FATES = {"busy": Fate.NOT_SENT, "auth": Fate.REFUSED, "lost": Fate.LOST_AFTER, "html": Fate.LOST_BEFORE}


class Hands:
    secrets = ["s3cret"]
    page = 50

    def __init__(self) -> None:
        self.fates: list[Fate] = []

    def fault(self, fault: Fault) -> None:
        self.fates.append(FATES[fault])

    def next_fate(self) -> Fate:
        return self.fates.pop() if self.fates else Fate.FINE


class MemoryStoreHands(Hands):
    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore(FixedClock(), "s3cret")
        self.store.weather.next_fate = self.next_fate
        self.store.statuses = {"N": "New", "P": "Paid"}
        self.last = 0

    def place(self) -> OrderId:
        self.last += 1
        return self.store.put(
            str(self.last),
            order__number=str(self.last),
            order__created_at=FixedClock().now(),
            status="N",
            total=amount_of(100),
            currency="RUB",
        )

    def place_open(self) -> OrderId:
        return self.place()

    def edit(self, order: OrderId) -> None:
        self.store.put(order, comment__manager="edited")

    def delete(self, order: OrderId) -> None:
        self.store.drop(order)

    def other_status(self, order: OrderId) -> str:
        return "N" if self.store.show(order)["status"] == "P" else "P"

    def notice(self, order: OrderId) -> tuple[Mapping[str, str], bytes]:
        return self.store.sign(order)

    def forge(self, notice: tuple[Mapping[str, str], bytes]) -> tuple[Mapping[str, str], bytes]:
        return {"x-signature": "0" * 64}, notice[1]


class MemoryOfficeHands(Hands):
    fields = {"title": "Order 1", "stageId": "NEW"}
    change = {"stageId": "WON"}

    def __init__(self) -> None:
        super().__init__()
        self.office = MemoryOffice(FixedClock(), "s3cret")
        self.office.weather.next_fate = self.next_fate

    def edit(self, record: RecordId) -> None:
        self.office.edit(record, {"title": "Edited"})

    def delete(self, record: RecordId) -> None:
        self.office.drop(record)

    def notice(self, record: RecordId) -> tuple[Mapping[str, str], bytes]:
        return self.office.sign(record)

    def forge(self, notice: tuple[Mapping[str, str], bytes]) -> tuple[Mapping[str, str], bytes]:
        return {}, notice[1].replace(b"s3cret", b"guessed")


class TestMemoryStore(StoreContract):
    def law_fields(self, hands: StoreHands) -> Sequence[Field]:
        return [*of_every_type("property."), *hands.store.catalogue()]

    @pytest.fixture
    def hands(self) -> StoreHands:
        return MemoryStoreHands()


class TestMemoryOffice(BackOfficeContract):
    offered = {"stageId": ["NEW", "WON"]}

    def law_fields(self, hands: BackOfficeHands) -> Sequence[Field]:
        return [*of_every_type("UF_"), *hands.office.catalogue()]

    @pytest.fixture
    def hands(self) -> BackOfficeHands:
        return MemoryOfficeHands()
