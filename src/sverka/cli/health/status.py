"""`sverka status`: how the hub is, for people and for monitoring."""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from sverka.cli.home import at_home
from sverka.cli.screen import BAD, GOOD, WARN, age, line, table
from sverka.cli.words import language, say, t
from sverka.domain.merge.plan import Why
from sverka.domain.text import Text
from sverka.operate.status import WHYS, Status, read_status
from sverka.ports.storage import Lane

LANES = {
    Lane.LIVE: Text("live", "живые"),
    Lane.SWEEP: Text("sweep", "обход"),
    Lane.BACKFILL: Text("comparison", "сверка всех"),
    Lane.HISTORY: Text("history", "история"),
}


def status(
    as_json: Annotated[bool, typer.Option("--json", help=t("For programs.", "Для программ."))] = False,
    max_lag_minutes: Annotated[
        float, typer.Option(min=0.0, help=t("Older visits are too late.", "Визиты старше – опоздание."))
    ] = 15.0,
) -> None:
    """Say what works, waits and differs; exit code 1 where something is paused or late."""
    with at_home() as house:
        state = read_status(house, house.clock.now(), timedelta(minutes=max_lag_minutes), language())
    if as_json:
        typer.echo(json.dumps(asdict(state), ensure_ascii=False))
    else:
        _show(state, max_lag_minutes)
    if not state.ok:
        raise typer.Exit(1)


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
