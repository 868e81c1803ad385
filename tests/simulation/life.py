"""One life of the hub: a scene, and what happens in it, act by act. The same acts lead to the same life."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from simulation.database import Database
from simulation.network import Clock, Fate, Line, Skewed
from simulation.oracle import PERSON, ROBOT, Oracle, Owner
from simulation.runner import Runner
from simulation.setting import SHOPS, TOPICS, Setting, goods
from simulation.sides import Crm, Shop
from sverka.domain.ids import OfficeName, OrderId, OrderRef, ProfileName, RecordId, StoreName
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.profile import Profile
from sverka.engine.hub import Hub
from sverka.engine.receive import receive
from sverka.engine.sweep import compare_all, sweep
from sverka.ports.storage import Claim, Outcome, Terms
from sverka.storage import pauses
from sverka.storage.database import read
from sverka.storage.profiles import ALLOWANCE

TERMS = Terms(lag=timedelta(seconds=60))
BUYERS: Sequence[Mapping[str, str]] = (
    {"customer.phone": "+79990000001", "customer.email": ""},
    {"customer.phone": "", "customer.email": "anna@example.test"},
    {"customer.phone": "+79990000001", "customer.email": "anna@example.test"},
    {"customer.phone": "+79990000002", "customer.email": "", "company.name": "Mill"},
    {"customer.phone": "", "customer.email": ""},
)
"""Buyers by the keys they give: the third joins the first two, the fourth buys for a company, the last gives none."""


@dataclass(frozen=True)
class Act:
    """One thing that happens: a verb of `Life`, and its arguments."""

    verb: str
    args: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.verb}({', '.join(map(repr, self.args))})"


@dataclass
class Bells:
    """Bells on their way, and changes nobody has told the hub of."""

    waiting: list[tuple[str, str]] = field(default_factory=list)
    unheard: dict[tuple[str, str], None] = field(default_factory=dict)


class Life:
    """The world of one run. Verbs of acts are its methods `do_*`; each returns a sentence, or nothing where it is idle."""

    def __init__(self, setting: Setting, database: Database) -> None:
        self.setting, self.database = setting, database
        self.clock = Clock()
        self.oracle = Oracle(self.clock)
        self.line = Line(self.clock)
        shop_clock = Skewed(self.clock, timedelta(hours=setting.hours))
        crm_clock = Skewed(self.clock, timedelta(hours=-setting.hours))
        self.shops = {
            name: Shop(name, shop_clock, self.line, setting.habits(Side.STORE), self.oracle)
            for name in SHOPS[: setting.stores]
        }
        self.crms = {
            name: Crm(name, crm_clock, self.line, setting.habits(Side.OFFICE), self.oracle, timedelta(seconds=setting.lag))
            for name in setting.offices
        }
        self.oracle.shops, self.oracle.crms = self.shops, self.crms
        for name, side in (*self.shops.items(), *self.crms.items()):
            side.moved = self._robot_moved(str(name))
        self.storage = database.begin(self.clock)
        self.profiles: list[Profile] = setting.built()
        self.allowed: dict[ProfileName, Any] = {}
        self.bells = Bells()
        self.runners = {(slot, office): Runner(self, f"{slot}", office) for slot in "AB" for office in self.crms}
        self.story: list[str] = []
        self.heard: dict[tuple[OrderRef, OfficeName], int] = {}
        self.visited: dict[tuple[OrderRef, OfficeName], int] = {}
        self.count = 0
        self._stops: dict[str, set[str]] = {}
        self.rerouted = False
        self.remapped = False
        self.gone: set[tuple[OfficeName, str]] = set()
        self.echoed = (0, 0)

    # What a runner asks of its world

    def hub(self, storage: Any, shops: Mapping[StoreName, Any], crms: Mapping[OfficeName, Any]) -> Hub:
        """Return a hub over these sides."""
        stopped = frozenset(self.stopped("connection"))
        profiles = self.applied()
        return Hub(
            "sverka-test", shops, crms, lambda: profiles, storage, self.clock, TERMS, stopped, bound=self.setting.bound
        )

    def whole_hub(self) -> Hub:
        """Return the hub as its doors and its sweeps use it."""
        return self.hub(self.storage, self.shops, self.crms)

    def applied(self) -> list[Profile]:
        """Return the profiles in force."""
        paused = self.stopped("profile")
        return [
            replace(one, paused="paused" if one.name in paused else "", allowed_until=self.allowed.get(one.name))
            for one in self.profiles
        ]

    def stopped(self, what: Any) -> set[str]:
        """Return the profiles or the connections that are stopped."""
        return set(read(self.storage._engine, lambda connection: pauses.all_of(connection, what)))

    def claimed(self, runner: Runner, claim: Claim) -> None:
        """Take in that what had rung for these orders is being answered."""
        self.count += 1
        for visit in claim.visits:
            self.visited[visit.order, runner.office] = self.count

    def committed(self, runner: Runner, outcome: Outcome) -> None:
        """Let the oracle take in what a wave has seen."""
        self.oracle.committed(runner.office, runner.ticket(), outcome)

    # Acts

    def do(self, act: Act) -> None:
        """Let something happen, and tell it."""
        said = getattr(self, f"do_{act.verb}")(*act.args)
        if said:
            self.story.append(said)

    def orders(self) -> list[OrderRef]:
        """Return the orders there are, in the order of their names."""
        return sorted(OrderRef(name, OrderId(id_)) for name, shop in self.shops.items() for id_ in shop.ids())

    def pick(self, index: int) -> OrderRef | None:
        """Return one of the orders there are."""
        orders = self.orders()
        return orders[index % len(orders)] if orders else None

    def records(self) -> list[tuple[OfficeName, str]]:
        """Return the records there are that the hub has made."""
        return sorted((office, id_) for office, crm in self.crms.items() for id_ in crm.records())

    def do_place(self, index: int, buyer: int, bell: str) -> str | None:
        """Have a customer place an order."""
        store = list(self.shops)[index % len(self.shops)]
        number = str(index + 1)
        if number in self.shops[store].ids() or len(self.orders()) >= self.setting.orders:
            return None
        keys = BUYERS[buyer % len(BUYERS)]
        first = {TOPICS[topic].store_field: (TOPICS[topic].store or ("",))[0] for topic in self.setting.topics}
        fields = {
            **first, "order.number": f"A-{number}", "customer.name": "Anna Kim", "company.name": "", "site": "here",
            **keys, "status": "N", "currency": "RUB", "total": Decimal(100), "lines": goods("100.00"),
        }  # fmt: skip
        self.shops[store].put(number, **{key.replace(".", "__"): value for key, value in fields.items()})
        return f"A customer places order {store}/{number}{self.ring(store, number, bell)}."

    def do_edit(self, side: str, index: int, topic: str, value: int, bell: str) -> str | None:
        """Have a person edit one field of an order or of a record."""
        if topic not in self.setting.topics:
            return None
        it = TOPICS[topic]
        values = it.values(Side(side))
        if not values:
            return None
        chosen = values[value % len(values)]
        if side == Side.STORE:
            order = self.pick(index)
            if order is None or self.shops[order.store].habits.refused({it.store_field: chosen}):
                return None
            self.clock.sleep(1)
            self.shops[order.store].put(order.id, **{it.store_field.replace(".", "__"): chosen})
            self.oracle.moved(order.store, order.id, it.store_field, PERSON)
            return f"Somebody in the shop sets {topic} of {order} to {chosen!r}{self.ring(order.store, order.id, bell)}."
        return self._edit_record(index, it.office_field, chosen, bell)

    def _edit_record(self, index: int, key: str, chosen: Any, bell: str) -> str | None:
        records = self.records()
        if not records:
            return None
        office, record = records[index % len(records)]
        crm = self.crms[office]
        if crm.habits.refused({key: chosen}):
            return None
        self.clock.sleep(1)
        crm.edit(record, {key: chosen})
        crm.act(record, {key: chosen})
        self.oracle.moved(office, record, key, PERSON)
        return f"A manager sets {key} of record {office}/{record} to {chosen!r}{self.ring(office, record, bell)}."

    def do_price(self, index: int, total: int, fits: bool, bell: str) -> str | None:
        """Have the shop change what an order costs; where it does not fit, the total and the lines disagree."""
        order = self.pick(index)
        if order is None:
            return None
        amount = ("100.00", "130.00", "100.01")[total % 3]
        self.clock.sleep(1)
        lines = goods(amount if fits else "99.00")
        self.shops[order.store].put(order.id, total=Decimal(amount), lines=lines)
        for key in ("total", "lines"):
            self.oracle.moved(order.store, order.id, key, PERSON)
        how = "" if fits else ", though its lines add up to 99.00"
        return f"The shop makes {order} cost {amount}{how}{self.ring(order.store, order.id, bell)}."

    def do_delete_order(self, index: int) -> str | None:
        """Have the shop delete an order."""
        order = self.pick(index)
        if order is None:
            return None
        self.shops[order.store].drop(order.id)
        return f"The shop deletes {order}{self.ring(order.store, order.id, 'now')}."

    def do_trash(self, index: int, bell: str) -> str | None:
        """Have a manager throw a record into the bin."""
        records = self.records()
        if not records:
            return None
        office, record = records[index % len(records)]
        self.crms[office].trash(record)
        self.gone.add((office, record))
        return f"A manager throws record {office}/{record} into the bin{self.ring(office, record, bell)}."

    def do_restore_record(self, bell: str) -> str | None:
        """Have a manager take a record out of the bin."""
        for office, crm in self.crms.items():
            for record in sorted(crm.bin):
                crm.restore(record)
                return f"A manager takes record {office}/{record} out of the bin{self.ring(office, record, bell)}."
        return None

    def do_merge(self, first: int, second: int) -> str | None:
        """Have a manager merge two contacts."""
        crm = self.crms[self.setting.offices[0]]
        contacts = sorted(crm.contacts())
        if len(contacts) < 2:
            return None
        kept, merged = contacts[first % len(contacts)], contacts[second % len(contacts)]
        if kept == merged:
            return None
        crm.merge_contacts(kept, merged)
        return f"A manager merges contact {merged} into {kept}."

    def do_decide(self, index: int, winner: str) -> str | None:
        """Have the operator answer a question."""
        from simulation.people import decide  # noqa: PLC0415 - people's doors stand on this file

        return decide(self, index, Side(winner))

    def do_operator(self, what: str, index: int) -> str | None:
        """Have the operator recreate, retry, resume or compare."""
        from simulation.people import operate  # noqa: PLC0415

        return operate(self, what, index)

    def do_reconfigure(self, what: str, index: int) -> str | None:
        """Have the owner apply a changed profile."""
        from simulation.people import reconfigure  # noqa: PLC0415

        return reconfigure(self, what, index)

    def do_backup(self) -> str | None:
        """Copy the hub's database."""
        self.database.back_up()
        return "The hub's database is backed up."

    # Bells

    def ring(self, side: str, id_: str, bell: str) -> str:
        """Let a change ring: now, not at all, twice, late, or a hundred times; return the story's words for it."""
        match bell:
            case "now":
                self.hear(side, id_)
                return " (the bell rings)"
            case "twice":
                self.hear(side, id_)
                self.bells.waiting.append((side, id_))
                return " (the bell rings, and will ring again)"
            case "late":
                self.bells.waiting.append((side, id_))
                return " (the bell is on its way)"
            case "storm":
                for _ in range(5):
                    self.hear(side, id_)
                return " (the bell storms)"
        self.bells.unheard[side, id_] = None
        return " (the bell is lost)"

    def hear(self, side: str, id_: str) -> None:
        """Let a bell reach the hub."""
        shop, crm = self.shops.get(StoreName(side)), self.crms.get(OfficeName(side))
        headers, body = shop.sign(id_) if shop else crm.sign(id_) if crm else ({}, b"")
        self.bells.unheard.pop((side, id_), None)
        hub = self.whole_hub()
        offices = receive(hub, side, headers, body)
        self.count += 1
        if shop:
            for office in offices:
                self.heard[OrderRef(StoreName(side), OrderId(id_)), office] = self.count

    def _robot_moved(self, side: str) -> Callable[[str, str, str], None]:
        def moved(id_: str, key: str, who: str) -> None:
            self.oracle.moved(side, id_, key, ROBOT)
            self.bells.waiting.append((side, id_))
            self.story.append(f"{who[:1].upper()}{who[1:]} moves {key} of {side}/{id_}.")

        return moved

    def do_deliver(self, count: int) -> str | None:
        """Let bells that are on their way arrive."""
        arrived = 0
        while self.bells.waiting and arrived < count:
            self.hear(*self.bells.waiting.pop(0))
            arrived += 1
        return f"{arrived} bells that were late arrive." if arrived else None

    def do_sweep(self, index: int, fates: tuple[str, ...] = ()) -> str | None:
        """Let the hub ask one side what has changed."""
        sides = [*self.shops, *self.crms]
        side = sides[index % len(sides)]
        if side in self.stopped("connection"):
            return None
        self.line.fates = [Fate[name] for name in fates]
        rung = sweep(self.whole_hub(), side, self.clock.now() - timedelta(days=1))
        self.line.fates = []
        return f"The sweep asks {side} what has changed, and rings for {len(rung)}."

    def do_compare(self) -> str | None:
        """Let the hub look at all bound orders, as it does every night."""
        for office in self.crms:
            for _ in compare_all(self.whole_hub(), office):
                pass
        return "The nightly comparison rings for all bound orders."

    # Time and waves

    def do_pass(self, seconds: int) -> str | None:
        """Let time pass."""
        self.clock.sleep(seconds)
        return f"{seconds} seconds pass."

    def do_wave(self, slot: str, office: int, steps: int, fates: tuple[str, ...] = ()) -> str | None:
        """Let a process begin a wave or go on with it, by so many steps; 0 is to its end."""
        name = self.setting.offices[office % len(self.setting.offices)]
        runner = self.runners[slot, name]
        if not runner.is_running and name in self.stopped("connection"):
            return None
        self.line.fates, self.line.met = [Fate[fate] for fate in fates], []
        went = [runner.finish()] if steps == 0 else [self._step(runner) for _ in range(steps)]
        self.line.fates = []
        self.echo()
        met = "".join(f" One request: {fate.value}." for fate in self.line.met if fate is not Fate.FINE)
        went = [one for number, one in enumerate(went) if number == 0 or went[number - 1] != one]
        if went == ["finds nothing to do"]:
            return None
        return f"Process {slot}: its wave of {name} {', then '.join(went)}.{met}"

    def _step(self, runner: Runner) -> str:
        where = runner.step()
        return where

    def do_kill(self, slot: str, office: int) -> str | None:
        """Kill a process in the middle of its wave."""
        name = self.setting.offices[office % len(self.setting.offices)]
        if not self.runners[slot, name].kill():
            return None
        self.oracle.cloud()
        return f"Process {slot} is killed in its wave of {name}."

    def echo(self) -> None:
        """Let what the hub wrote ring, where the sides tell it of its own writes."""
        if not self.setting.echoes:
            return
        for (side, id_, _), (who, at) in self.oracle.hands.items():
            if who == "the hub" and at >= self.clock.now() - timedelta(seconds=30) and (side, id_) not in self.bells.waiting:
                self.bells.waiting.append((side, id_))

    def resume(self) -> None:
        """Let everything that was stopped go on, as an operator does who has looked."""
        from simulation.people import resume  # noqa: PLC0415

        resume(self)

    def owners(self) -> list[Owner]:
        """Return the pairs of order and profile that have or had a record."""
        return sorted(set(self.oracle.births.values()))

    def was_gone(self, record: tuple[OfficeName, str]) -> bool:
        """Tell whether a record has ever been in the bin: its binding may be released since."""
        return record in self.gone

    def record_of(self, owner: Owner) -> tuple[OfficeName, RecordId] | None:
        """Return the record of an order under a profile that is there, None where there is none."""
        for (office, id_), whose in self.oracle.births.items():
            if whose == owner and self.crms[office].found(id_):
                return office, RecordId(id_)
        return None


__all__ = ["ALLOWANCE", "TERMS", "Act", "Life"]
