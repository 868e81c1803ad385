"""`sverka status`: how the hub is, for people and for monitoring."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.home import at_home
from sverka.cli.screen import BAD, GOOD, WARN, age, line, table
from sverka.cli.words import say, t
from sverka.connectors.bitrix24 import Bitrix24
from sverka.connectors.bitrix24.wire.client import PLANS
from sverka.domain.errors import Problem
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.plan import Why
from sverka.domain.text import Text
from sverka.ports.storage import Lane

LANES = {
    Lane.LIVE: Text("live", "живые"),
    Lane.SWEEP: Text("sweep", "обход"),
    Lane.BACKFILL: Text("comparison", "сверка всех"),
    Lane.HISTORY: Text("history", "история"),
}
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


def status(
    as_json: Annotated[bool, typer.Option("--json", help=t("For programs.", "Для программ."))] = False,
    max_lag_minutes: Annotated[
        float, typer.Option(min=0.0, help=t("Older visits are too late.", "Визиты старше – опоздание."))
    ] = 15.0,
) -> None:
    """Say what works, waits and differs; exit code 1 where something is paused or late."""
    with at_home() as house:
        state = read_status(house, house.clock.now(), timedelta(minutes=max_lag_minutes))
    if as_json:
        typer.echo(json.dumps(asdict(state), ensure_ascii=False))
    else:
        _show(state, max_lag_minutes)
    if not state.ok:
        raise typer.Exit(1)


def read_status(house: House, now: datetime, max_lag: timedelta) -> Status:
    """Return the state of the hub at a moment."""
    counts = house.storage.counts()
    connections = [
        Named(one.name, one.kind, say(one.stands_still) if one.stands_still else None)
        for one in house.storage.connections.list()
    ]
    profiles = [
        Named(str(one.name), f"v{one.version}", say(one.paused) if one.paused else None)
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
        unfinished=unfinished(house),
    )


def unfinished(house: House) -> str | None:
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
    return t(f"Set-up is not finished: {lacks.en}. Next: `{command}`.",
             f"Настройка не закончена: {lacks.ru}. Дальше: `{command}`.")  # fmt: skip


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


def _show(state: Status, max_lag_minutes: float) -> None:
    for named, title in (
        (state.connections, t("Connections", "Подключения")),
        (state.profiles, t("Profiles", "Профили")),
    ):
        works = [one.name for one in named if not one.paused]
        line(f"{title}: {', '.join(works) or '–'}")
        for one in named:
            if one.paused:
                line(f"  x {one.name}: {one.paused}", BAD)
    line(t(f"Bound orders: {state.bound_orders}", f"Связанных заказов: {state.bound_orders}"))
    line(t(f"Writes in doubt or under way: {state.open_intents}", f"Записей в работе: {state.open_intents}"))
    for budget in state.budgets:
        line(t(f"Requests {budget.connection} takes at once: {budget.free} of {budget.burst}",
               f"Запросов {budget.connection} примет сразу: {budget.free} из {budget.burst}"))  # fmt: skip
    _waiting(state, max_lag_minutes)
    for why, amount in state.differences.items():
        line(t(f"Differences, {WHYS[Why(why)].en}: {amount}", f"Расхождения, {WHYS[Why(why)].ru}: {amount}"),
             WARN if Why(why).asks else "")  # fmt: skip
    if state.differences:
        line(t("See `sverka order list --differences`.", "См. `sverka order list --differences`."))
    if state.unfinished:
        line(state.unfinished, WARN)
    elif state.ok:
        _verdict(sum(amount for why, amount in state.differences.items() if Why(why).asks))


def _verdict(differ: int) -> None:
    if not differ:
        line(t("All is well.", "Всё в порядке."), GOOD)
        return
    line(t(f"Works; {differ} difference{'s wait' if differ > 1 else ' waits'} for you.",
           f"Работает; вас ждут расхождения: {differ}."), WARN)  # fmt: skip


def _waiting(state: Status, max_lag_minutes: float) -> None:
    if not state.waiting:
        line(t("Nothing waits.", "В очереди пусто."))
        return
    rows = [
        (one.office, say(LANES[Lane[one.lane.upper()]]), str(one.visits), age(timedelta(seconds=one.oldest_seconds)))
        for one in state.waiting
    ]
    columns = (t("Waiting for", "Очередь"), t("Lane", "Полоса"), t("Orders", "Заказов"), t("Oldest", "Старейший"))
    table(columns, rows, narrow=(1, 2, 3))
    if any(one.oldest_seconds > max_lag_minutes * 60 for one in state.waiting):
        line(t(f"Something has waited longer than {max_lag_minutes:g} min; is `sverka up` running?",
               f"Что-то ждёт дольше {max_lag_minutes:g} мин; запущен ли `sverka up`?"), BAD)  # fmt: skip
