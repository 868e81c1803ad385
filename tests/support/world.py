"""A hub between a store and a back office in memory, on a clock that only moves when it is told to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from cryptography.fernet import Fernet

from sverka.connectors.in_memory import MemoryOffice, MemoryStore
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.value import Value
from sverka.domain.ids import OfficeName, OrderId, OrderRef, ProfileName, StoreName
from sverka.domain.mapping.convert import LineItems, Plain
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Way
from sverka.domain.mapping.new_record import NewRecord
from sverka.domain.mapping.profile import Profile
from sverka.domain.mapping.status_map import StatusMap, StatusRow
from sverka.engine.bells.receive import receive
from sverka.engine.bells.sweep import sweep
from sverka.engine.hub import Hub
from sverka.engine.wave import Report, run_wave
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Terms
from sverka.storage import pauses
from sverka.storage.database import read
from sverka.storage.profiles import ALLOWANCE
from sverka.storage.sql_storage import SqlStorage, open_storage

SHOP, CRM, MAIN = StoreName("shop"), OfficeName("crm"), ProfileName("main")
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class SteppingClock:
    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


STATUSES = StatusMap(
    (
        StatusRow("N", ("NEW",)),
        StatusRow("P", ("EXECUTING", "QUALITY")),
        StatusRow("F", ("WON",)),
    ),
    ("LOSE", "APOLOGY"),
)


def mappings(policy: Policy = Policy.OFFICE_WINS) -> tuple[FieldMapping, ...]:
    choice = FieldType.CHOICE
    return (
        FieldMapping("status", "status", "stageId", Way.BOTH, policy, converter=STATUSES, office_type=choice),
        FieldMapping("track", "delivery.track", "UF_TRACK", Way.BOTH, Policy.ASK),
        FieldMapping("lines", "lines", "rows", Way.TO_OFFICE, converter=LineItems(), heavy=True,
                     office_type=FieldType.LINES),
        FieldMapping("total", "total", "opportunity", Way.TO_OFFICE, converter=Plain(FieldType.MONEY, FieldType.MONEY),
                     office_type=FieldType.MONEY),
    )  # fmt: skip


def profile(name: str = MAIN, **more: object) -> Profile:
    given = {
        "mappings": mappings(),
        "new": NewRecord("Заказ {order.number}: {customer.name}", constants={"categoryId": "0"}),
    }
    return Profile(ProfileName(name), SHOP, CRM, **(given | more))  # type: ignore[arg-type]


class World:
    """One store, one back office, a hub on real storage in between."""

    def __init__(self, url: str = "sqlite://", lag: timedelta = timedelta()) -> None:
        self.clock = SteppingClock()
        self.store = MemoryStore(self.clock, "s3cret")
        self.office = MemoryOffice(self.clock, "s3cret", lag=lag)
        self.key = Fernet.generate_key()
        self.storage: SqlStorage = open_storage(url, self.clock, self.key)
        self.profiles: list[Profile] = [profile()]
        self.allowed: dict[str, datetime] = {}
        self.hub = Hub(
            "sverka-test",
            {SHOP: self.store},
            {CRM: self.office},
            self._applied,
            self.storage,
            self.clock,
            Terms(lag=timedelta(seconds=60)),
        )

    def _applied(self) -> list[Profile]:
        paused = self.paused
        return [
            replace(one, paused="paused" if one.name in paused else "", allowed_until=self.allowed.get(one.name))
            for one in self.profiles
        ]

    def resume(self, name: str = MAIN) -> None:
        """Do what `sverka profile resume` does."""
        self.storage.profiles.resume(ProfileName(name))
        self.allowed[name] = self.clock.now() + ALLOWANCE

    @property
    def paused(self) -> set[str]:
        return set(read(self.storage._engine, lambda connection: pauses.all_of(connection, "profile")))

    def close(self) -> None:
        self.storage.close()

    # People

    def order(
        self, number: str = "1", *, price: str = "100.00", phone: str = "+79990000001", **more: Value
    ) -> OrderRef:
        total = Decimal(price)
        fields: dict[str, Value] = {
            "order__number": f"A-{number}",
            "status": "N",
            "total": total,
            "currency": "RUB",
            "customer__name": "Анна Ким",
            "customer__phone": phone,
            "customer__email": "",
            "delivery__track": "",
            "lines": (Line("Mug", Decimal(1), total),),
        }
        self.store.put(number, **(fields | more))
        return OrderRef(SHOP, OrderId(number))

    def order_ref(self, number: str) -> OrderRef:
        return OrderRef(SHOP, OrderId(number))

    def has_order(self, number: str) -> bool:
        return number in self.store.ids()

    def edit_order(self, order: OrderRef, **fields: Value) -> None:
        self.clock.sleep(1)
        self.store.put(order.id, **fields)

    def edit_record(self, record: str, **fields: Value) -> None:
        self.clock.sleep(1)
        self.office.edit(record, fields)

    # Bells and waves

    def bell(self, order: OrderRef) -> None:
        receive(self.hub, SHOP, *self.store.sign(order.id))

    def office_bell(self, record: str) -> None:
        receive(self.hub, CRM, *self.office.sign(record))

    def wave(self) -> Report | None:
        return run_wave(self.hub, CRM)

    def settle(self, limit: int = 60) -> None:
        """Run waves and let time pass until nothing waits."""
        for _ in range(limit):
            due = self.storage.due(CRM, self.clock.now())
            if due is None:
                return
            self.clock.moment = max(self.clock.moment, due)
            self.wave()
        raise AssertionError("the hub does not come to rest")

    def ring_and_settle(self, order: OrderRef) -> None:
        self.bell(order)
        self.settle()

    def sweep(self) -> None:
        for name in (SHOP, CRM):
            sweep(self.hub, name, START)

    # What is seen

    def records_of(self, order: OrderRef) -> list[str]:
        return [id_ for id_, origin in self.office.records().items() if origin and origin.order == order]

    def record_of(self, order: OrderRef) -> str:
        (record,) = self.records_of(order)
        return record

    def deal(self, order: OrderRef) -> Mapping[str, Value]:
        return self.office.show(self.record_of(order))

    def shop(self, order: OrderRef) -> Mapping[str, Value]:
        return self.store.show(order.id)

    def story(self, order: OrderRef) -> list[JournalLine]:
        return list(self.storage.journal.timeline(order))

    def events(self, order: OrderRef) -> list[Event]:
        return [line.event for line in self.story(order)]

    def differences(self, order: OrderRef) -> dict[str, str]:
        return {one.difference.key: one.difference.why.value for one in self.storage.differences.list(order)}


def fates(world: World, *fates: Fate) -> None:
    """Let the next requests to the back office meet these fates."""
    left = list(fates)
    world.office.weather.next_fate = lambda: left.pop(0) if left else Fate.FINE
