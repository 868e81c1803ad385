"""What is to happen in a run, all of it drawn from the seed before anything starts.

The plan is the same for the same seed, orders and kinds; what the machine makes of its moments is not: real processes
run at their own speed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

STATUS, NOTE, CITY = "status", "comment.customer", "property.CITY"
FIELDS = (STATUS, NOTE, CITY)
STEPS = ("new", "work", "done")
"""The statuses of an order, whatever a store and a portal call them."""
WORK_TOO = "check"
"""A stage that means `work` too."""
BIRTHS = ("crm.item.add?entityTypeId=2", "crm.item.add?entityTypeId=2", "crm.item.add?entityTypeId=3")
"""What stands in a request that makes deals, or contacts."""
LAG = 4.0
"""Seconds for which a portal's searches do not find a new record."""

PORTAL_FAULTS = (
    {"kind": "html", "status": 503},
    {"kind": "html", "status": 502},
    {"kind": "error", "status": 503, "code": "QUERY_LIMIT_EXCEEDED"},
    {"kind": "error", "status": 500, "code": "INTERNAL_SERVER_ERROR"},
    {"kind": "slow", "seconds": 1.5},
    {"kind": "truncate"},
    {"kind": "close"},
    {"kind": "close", "commands": 1},
    {"kind": "close", "commands": 3},
    {"kind": "drop"},
)
STORE_FAULTS = ("html_503", "429", "truncated", "closed_after_commit", "bom", "php_warning", "repeated")


@dataclass(frozen=True)
class Step:
    """One thing that happens `at` so many seconds from the start; `order` counts from 0, -1 where none is meant."""

    at: float
    do: str
    order: int = -1
    field: str = ""
    value: object = ""


@dataclass(frozen=True)
class Plan:
    """One run. `buyers` has the buyer of every order; `policies` say who wins each field that both may edit."""

    seed: int
    kind: str
    base: str
    seconds: float
    buyers: Sequence[int]
    policies: dict[str, str]
    steps: Sequence[Step]
    bells_alone: bool = False
    """Whether nobody sweeps and no bell is lost on its way, so that one lost after it was acknowledged is seen."""

    def told(self) -> str:
        """Return the plan in one line."""
        counts = Counter(step.do for step in self.steps)
        kinds = ", ".join(f"{counts[do]} {do}" for do in sorted(counts))
        alone = ", by bells alone" if self.bells_alone else ""
        return f"seed {self.seed}: {self.kind} on {self.base}{alone}, {len(self.buyers)} orders; {kinds}"


def draw(
    seed: int, orders: int, base: str = "", kind: str = "", seconds: float = 0.0, bells_alone: bool = False
) -> Plan:
    """Return a seed's plan; every fourth is on PostgreSQL, and 200 orders have 7 s of weather, unless told else."""
    chance = Random(f"chaos/{seed}")
    kind = kind or chance.choice(("bitrix_site", "woocommerce"))
    base = base or ("postgresql" if seed % 4 == 3 else "sqlite")
    seconds = seconds or 2.0 + orders / 40
    buyers = [chance.randrange(max(1, orders * 2 // 3)) for _ in range(orders)]
    policies = {
        STATUS: chance.choice(("office_wins", "store_wins", "ask")),
        NOTE: "ask",
        CITY: chance.choice(("office_wins", "store_wins")),
    }
    steps: list[Step] = []
    for order in range(orders):
        at = chance.uniform(0, seconds * 0.7)
        steps.append(Step(at, "order", order))
        for field in FIELDS:
            steps += _edits(chance, order, field, at, seconds)
        if chance.random() < 0.15:
            steps.append(Step(chance.uniform(at, seconds), "lines", order, value=chance.randint(2, 9)))
        if kind == "woocommerce" and chance.random() < 0.15:
            do = chance.choice(("say_in_shop", "say_in_portal"))
            steps.append(Step(chance.uniform(at, seconds), do, order, value=f"word {seed}-{order}"))
    steps += _kills(chance, base, seconds)
    steps += _trouble(chance, base, seconds)
    if bells_alone:
        steps = [step for step in steps if not _mends_or_loses_bells(step)]
    return Plan(seed, kind, base, seconds, buyers, policies, sorted(steps, key=lambda step: step.at), bells_alone)


def _mends_or_loses_bells(step: Step) -> bool:
    """Tell what has no place where bells alone bring news: a store that dies forgets what it was about to ring."""
    is_settings = isinstance(step.value, dict) and step.value.keys() & {"drop_percent", "double"}
    return step.do in ("kill_store", "store_bells") or (step.do == "portal_bells" and bool(is_settings))


def _edits(chance: Random, order: int, field: str, begin: float, end: float) -> list[Step]:
    """Return who edits a field of an order and when: one side alone, or both."""
    who = chance.choices(("", "shop", "office", "both"), (45, 22, 22, 11))[0]
    steps = []
    for side in ("shop", "office"):
        if who not in (side, "both"):
            continue
        times = sorted(chance.uniform(begin, end) for _ in range(chance.randint(1, 3)))
        if field == STATUS:
            # one side alone brings an order to its end, so that its arrival there can be counted
            way = {"shop": STEPS[1:], "office": ("work", "done")}[side]
            if who == "both":
                way = ("work",) if side == "shop" else (WORK_TOO, "new", "work")
            values: Sequence[object] = way[: len(times)]
        else:
            values = [f"{side}-{order}-{count}" for count in range(len(times))]
        steps += [Step(at, side, order, field, value) for at, value in zip(times, values, strict=False)]
    return steps


def _kills(chance: Random, base: str, seconds: float) -> list[Step]:
    """Return the kills: some at a moment, some at a request of the hub, before it is done or before it is answered."""
    steps = []
    for _ in range(chance.randint(2, 5)):
        at = chance.uniform(0, 0.7) * seconds
        if chance.random() < 0.65:
            value = {
                "commands": chance.choice((*BIRTHS, "crm.item.update", "crm.")), "after": chance.randrange(2),
                "done": chance.random() < 0.75, "pause": chance.choice((0.0, chance.uniform(0, 1))),
            }  # fmt: skip
            steps.append(Step(at, "kill_hub_at_request", chance.randrange(9), value=value))
        else:
            steps.append(Step(at, "kill_hub", chance.randrange(9), value=chance.uniform(0, 1)))
    times = [chance.uniform(0.1, 0.95) * seconds for _ in range(chance.randint(1, 2))]
    steps += [Step(at, "kill_store", value=chance.uniform(0, 0.7)) for at in times]
    if base == "postgresql":
        times = [chance.uniform(0.1, 0.95) * seconds for _ in range(chance.randint(1, 2))]
        steps += [Step(at, "kill_database", value=chance.uniform(0, 1)) for at in times]
    return steps


def _trouble(chance: Random, base: str, seconds: float) -> list[Step]:
    steps = []

    def at() -> float:
        return chance.uniform(0.02, 0.95) * seconds

    for _ in range(chance.randint(4, 9)):
        fault = {**chance.choice(PORTAL_FAULTS), "after": chance.randrange(3), "times": chance.randint(1, 2)}
        fault["method"] = chance.choice(("crm.item.add", "crm.item.update", ""))
        steps.append(Step(at(), "portal_fault", value=fault))
    for _ in range(chance.randint(3, 7)):
        value = {"kind": chance.choice(STORE_FAULTS), "times": chance.randint(1, 3), "skip": chance.randrange(20)}
        steps.append(Step(at(), "store_fault", value=value))
    bells = (
        {"drop_percent": float(chance.choice((0, 10, 50)))}, {"double": True}, {"reorder": True},
        {"drop_percent": 0.0, "double": False, "reorder": False},
    )  # fmt: skip
    steps += [Step(at(), "portal_bells", value=value) for value in bells if chance.random() < 0.6]
    begun = at()
    steps += [Step(begun, "hold_bells"), Step(chance.uniform(begun, seconds), "release_bells")]
    for name in ("drop_deliveries", "double_deliveries"):
        steps.append(Step(at(), "store_bells", field=name, value=chance.randint(3, 20)))
    for _ in range(chance.randint(0, 3)):
        steps.append(Step(at(), "clock", value=chance.choice((-20.0, -5.0, -1.0, 0.0, 1.0, 5.0, 20.0))))
    if base == "sqlite" and chance.random() < 0.7:
        begun = at()
        ended = min(seconds, begun + chance.uniform(0.1, 1))
        steps += [Step(begun, "disk", value=True), Step(ended, "disk", value=False)]
    return steps
