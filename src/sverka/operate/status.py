"""How the hub is: what works, waits and differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sverka.bootstrap import House
from sverka.connectors.bitrix24 import Bitrix24
from sverka.connectors.bitrix24.wire.client import PLANS
from sverka.domain.errors import Problem
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.plan import Why
from sverka.domain.text import Language, Text

WHYS = {
    Why.CONFLICT: Text("both sides moved", "изменились обе стороны"),
    Why.UNMAPPED: Text("no counterpart in the profile", "нет соответствия в профиле"),
    Why.REFUSED: Text("refused by the other side", "другая сторона не приняла"),
    Why.KEPT: Text("kept differently", "хранится иначе"),
    Why.MONEY: Text("the money does not add up", "не сходятся суммы"),
    Why.BRAKE: Text("stopped by a brake", "остановлено тормозом"),
    Why.GONE: Text("deleted on one side", "удалено на одной стороне"),
    Why.WAITING: Text("waiting", "ожидает"),
    Why.GUARDED: Text("not let through", "не пропущено"),
}


@dataclass(frozen=True)
class Named:
    """A connection or a profile with the reason it stands still, None while it works."""

    name: str
    what: str
    paused: str | None


@dataclass(frozen=True)
class Queue:
    """What waits for one office in one lane; `oldest_seconds` is how long the oldest has been due."""

    office: str
    lane: str
    visits: int
    oldest_seconds: float


@dataclass(frozen=True)
class PortalBudget:
    """How many requests a portal takes at once now, of how many; below zero so many wait for their turn."""

    connection: str
    free: int
    burst: int


@dataclass(frozen=True)
class Status:
    """The state of the hub; `ok` is false where something is paused or late.

    `unfinished` says what set-up still lacks, None where there are both sides and a profile.
    """

    ok: bool
    connections: Sequence[Named]
    profiles: Sequence[Named]
    bound_orders: int
    waiting: Sequence[Queue]
    open_intents: int
    differences: Mapping[str, int]
    budgets: Sequence[PortalBudget]
    unfinished: str | None = None


def read_status(house: House, now: datetime, max_lag: timedelta, language: Language) -> Status:
    """Return the state of the hub at a moment, its sentences in a language; a visit older than `max_lag` is late."""
    counts = house.storage.counts()
    connections = [
        Named(one.name, one.kind, one.stands_still.say(language) if one.stands_still else None)
        for one in house.storage.connections.list()
    ]
    profiles = [
        Named(str(one.name), f"v{one.version}", one.paused.say(language) if one.paused else None)
        for one in house.storage.profiles.list(active_only=True)
    ]
    waiting = [
        Queue(str(one.office), one.lane.name.lower(), one.visits, max(0.0, (now - one.oldest_due).total_seconds()))
        for one in counts.waiting
    ]
    late = any(one.oldest_seconds > max_lag.total_seconds() for one in waiting)
    paused = any(one.paused for one in (*connections, *profiles))
    return Status(
        ok=not (late or paused),
        connections=connections,
        profiles=profiles,
        bound_orders=counts.bindings,
        waiting=waiting,
        open_intents=counts.open_intents,
        differences={why.value: amount for why, amount in counts.differences.items()},
        budgets=_budgets(house),
        unfinished=lacks.say(language) if (lacks := unfinished(house)) else None,
    )


def unfinished(house: House) -> Text | None:
    """Return what set-up still lacks, with the command that comes next; None where nothing does."""
    portals, stores = house.storage.connections.list(Side.OFFICE), house.storage.connections.list(Side.STORE)
    if not portals:
        lacks = Text("no portal is connected", "портал не подключён")
        command = "sverka connect portal b24"
    elif not stores:
        lacks = Text("no store is connected", "магазин не подключён")
        command = "sverka connect store shop --kind woocommerce"
    elif not house.storage.profiles.list(active_only=True):
        lacks = Text("no profile is applied", "ни один профиль не применён")
        command = f"sverka profile new orders --store {stores[0].name} --portal {portals[0].name} --out orders.toml"
    else:
        return None
    return Text(
        f"Set-up is not finished: {lacks.en}. Next: `{command}`.",
        f"Настройка не закончена: {lacks.ru}. Дальше: `{command}`.",
    )


def _budgets(house: House) -> list[PortalBudget]:
    found = []
    for one in house.storage.connections.list(Side.OFFICE):
        try:
            portal = house.connector(one)
        except Problem:  # said by `sverka doctor`; it has no budget
            continue
        if isinstance(portal, Bitrix24):
            rate, burst = PLANS[str(one.settings.get("plan") or "standard")]
            full = house.storage.budget.waiting(portal.client.host)
            found.append(PortalBudget(one.name, burst - round(full * rate), burst))
    return found
