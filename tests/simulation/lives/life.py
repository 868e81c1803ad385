"""The world of one life: sides, bells, processes and a clock. The same acts lead to the same life."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from simulation.lives.crm import Crm
from simulation.lives.database import Database
from simulation.lives.network import Clock, Line, Skewed
from simulation.lives.oracle import Oracle
from simulation.lives.runner import Runner
from simulation.lives.setting import SHOPS, Setting
from simulation.lives.shop import Shop
from simulation.lives.truths import HUB, ROBOT, Owner
from sverka.domain.ids import OfficeName, OrderId, OrderRef, ProfileName, RecordId, StoreName
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.mapping.profile import Profile
from sverka.engine.bells.receive import receive
from sverka.engine.hub import Hub
from sverka.ports.storage import Claim, Outcome, Terms

TERMS = Terms(lag=timedelta(seconds=60))
BUYERS: Sequence[Mapping[str, str]] = (
    {"customer.phone": "+79990000001", "customer.email": ""},
    {"customer.phone": "", "customer.email": "anna@example.test"},
    {"customer.phone": "+79990000001", "customer.email": "anna@example.test"},
    {"customer.phone": "+79990000002", "customer.email": "", "company.name": "Mill"},
    {"customer.phone": "", "customer.email": ""},
)
"""Buyers by the keys they give: the third joins the first two, the fourth buys for a company, the last gives none."""


@dataclass
class Bells:
    """Bells on their way, and changes nobody has told the hub of."""

    waiting: list[tuple[str, str]] = field(default_factory=list)
    unheard: dict[tuple[str, str], None] = field(default_factory=dict)


class Life:
    """The world of one run."""

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
            name: Crm(
                name, crm_clock, self.line, setting.habits(Side.OFFICE), self.oracle, timedelta(seconds=setting.lag)
            )
            for name in setting.offices
        }
        self.oracle.shops, self.oracle.crms = self.shops, self.crms
        self.oracle.on_deleted = setting.on_deleted
        for name, side in (*self.shops.items(), *self.crms.items()):
            side.moved = self._robot_moved(str(name))
        self.storage = database.begin(self.clock)
        self.profiles: list[Profile] = setting.built()
        self.allowed: dict[ProfileName, Any] = {}
        self.bells = Bells()
        self.runners = {(slot, office): Runner(self, f"{slot}", office) for slot in "AB" for office in self.crms}
        self.oracle.hanging = lambda: [
            intent for runner in self.runners.values() if runner.is_running for intent in runner.intents.values()
        ]
        self.story: list[str] = []
        self.heard: dict[tuple[OrderRef, OfficeName], int] = {}
        self.visited: dict[tuple[OrderRef, OfficeName], int] = {}
        self.count = 0
        self.rerouted = False
        self.remapped = False
        self.gone: set[tuple[OfficeName, str]] = set()
        self.echoed = self.clock.now()

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
            one.standing("paused" if one.name in paused else "", self.allowed.get(one.name)) for one in self.profiles
        ]

    def stopped(self, what: Any) -> set[str]:
        """Return the profiles or the connections that are stopped."""
        return self.database.stopped(what)

    def claimed(self, runner: Runner, claim: Claim) -> None:
        """Take in that what had rung for these orders is being answered."""
        self.count += 1
        runner.truths = dict(self.oracle.truths)
        for visit in claim.visits:
            self.visited[visit.order, runner.office] = self.count

    def doubted(self, runner: Runner) -> None:
        """Take in that this wave's writes may never be known of for certain."""
        for intent in runner.intents.values():
            self.oracle.cloud((intent.order, intent.profile))
            made = self.oracle.births.get((intent.office, intent.order.id)) if intent.order.is_record else None
            if made:
                self.oracle.cloud(made)
            self.oracle.doubted.append(intent)

    def committed(self, runner: Runner, outcome: Outcome) -> None:
        """Let the oracle take in what a wave has seen."""
        self.oracle.committed(runner.office, runner.ticket(), outcome)

    def orders(self) -> list[OrderRef]:
        """Return the orders there are, in the order of their names."""
        return sorted(OrderRef(name, OrderId(id_)) for name, shop in self.shops.items() for id_ in shop.ids())

    def pick(self, index: int) -> OrderRef | None:
        """Return one of the orders there are."""
        orders = self.orders()
        return orders[index % len(orders)] if orders else None

    def records(self) -> list[tuple[OfficeName, str]]:
        """Return the records there are."""
        return sorted((office, id_) for office, crm in self.crms.items() for id_ in crm.records())

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
        headers, body = shop.sign(id_) if shop else _signed(crm, id_) if crm else ({}, b"")
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
            if key:
                self.story.append(f"{who[:1].upper()}{who[1:]} moves {key} of {side}/{id_}.")

        return moved

    def echo(self) -> None:
        """Let what the hub has written since the last time ring, where the sides tell it of its own writes."""
        since, self.echoed = self.echoed, self.clock.now()
        if not self.setting.echoes:
            return
        for (side, id_, _), (who, at) in self.oracle.hands.items():
            if who == HUB and at > since and (side, id_) not in self.bells.waiting:
                self.bells.waiting.append((side, id_))

    def forget_all(self) -> None:
        """Take in that the hub has lost what it knew since its last copy, bells among it."""
        self.heard.clear()
        self.oracle.decided.clear()
        self.oracle.arrived.clear()
        for owner in self.owners():
            self.oracle.lose(owner)
        for order in self.orders():
            self.bells.unheard[order.store, order.id] = None
        for office, record in self.records():
            self.bells.unheard[office, record] = None

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


def _signed(crm: Crm, id_: str) -> tuple[dict[str, str], bytes]:
    """Return a genuine notice about a record, or about a comment."""
    return crm.sign_comment(id_.removeprefix("T_")) if id_.startswith("T_") else crm.sign(id_)
