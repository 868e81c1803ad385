"""`sverka report`: what became of every order, store by store, by looking at both sides and writing nothing."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from sverka.bootstrap import House
from sverka.cli.home import at_home
from sverka.cli.order.filters import span_of
from sverka.cli.order.show import Json
from sverka.cli.screen import BAD, GOOD, STRONG, WARN, age, line, moment
from sverka.cli.words import say, t
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import OfficeName, OrderRef, StoreName
from sverka.domain.text import Text
from sverka.engine.by_hand.account import Account, Lag, account
from sverka.operate.status import WHYS

_NAMED = 10
"""How many orders a line names."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(text: str) -> datetime | timedelta:
    if re.fullmatch(r"\d+\s*[a-zA-Z]", text.strip()):
        return span_of(text)
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(
            t("Write 2026-03-01, 2026-03-01T09:00, or 7d for the last seven days.",
              "Пишите 2026-03-01, 2026-03-01T09:00 или 7d – за последние семь дней.")
        ) from None  # fmt: skip
    return found if found.tzinfo else found.replace(tzinfo=UTC)


Since = Annotated[
    datetime | None,
    typer.Option(
        parser=_moment,
        metavar="2026-03-01|7d",
        help=t("Orders placed from then on; since the store was connected.", "Заказы с этого момента."),
    ),
]
Until = Annotated[
    datetime | None,
    typer.Option(parser=_moment, metavar="2026-03-01|7d", help=t("Placed before then; now.", "До этого момента.")),
]


def report(
    store: Annotated[str, typer.Option(help=t("One store; all if left out.", "Один магазин; иначе все."))] = "",
    since: Since = None,
    until: Until = None,
    compare: Annotated[
        bool, typer.Option("--compare", help=t("Compare field by field too.", "Сравнить и каждое поле."))
    ] = False,
    as_json: Json = False,
) -> None:
    """Account for every order of a time; exit code 1 where one is not accounted for."""
    with at_home() as house:
        hub, now = house.hub(), house.clock.now()
        sides = _sides(house, store)
        accounts = [
            account(
                hub,
                house.storage.accounts,
                (name, office),
                (_at(since, now) or house.started().get(name, _BEGINNING), _at(until, now) or now),
                full=compare,
            )
            for name, office in sides
        ]
    if as_json:
        typer.echo(json.dumps([as_data(one) for one in accounts], ensure_ascii=False))
    else:
        for one in accounts:
            show(one, now)
    if not all(one.is_whole for one in accounts):
        raise typer.Exit(1)


def _at(given: datetime | timedelta | None, now: datetime) -> datetime | None:
    return now - given if isinstance(given, timedelta) else given


def _sides(house: House, store: str) -> Sequence[tuple[StoreName, OfficeName]]:
    pairs = dict.fromkeys((one.store, one.office) for one in house.hub().profiles())
    found = [pair for pair in pairs if store in ("", pair[0])]
    if not found:
        raise Misconfigured(
            Text(f"No profile takes orders{f' of {store!r}' if store else ''}; see `sverka profile list`.",
                 f"Ни один профиль не берёт заказы{f' магазина {store!r}' if store else ''}; "
                 "см. `sverka profile list`.")
        )  # fmt: skip
    return found


def as_data(one: Account) -> dict[str, Any]:
    """Return an account for programs; moments in ISO, lengths in seconds."""
    lag = one.lag
    return {
        "store": one.store,
        "office": one.office,
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "accounted_for": one.is_whole,
        "orders": one.orders,
        "bound": one.bound,
        "unrouted": dict(one.unrouted),
        "held": {why.value: amount for why, amount in one.held.items()},
        "waiting": one.waiting,
        "released": one.released,
        "vanished": [str(order) for order in one.vanished],
        "lost": [str(order) for order in one.lost],
        "unreadable": [str(order) for order in one.unreadable],
        "asked": {why.value: amount for why, amount in one.asked.items()},
        "fields": None if one.fields is None else dict(one.fields),
        "kept": None if one.kept is None else dict(one.kept),
        "doubles": None if one.doubles is None else [str(order) for order in one.doubles],
        "oldest_bell": one.oldest_bell.isoformat() if one.oldest_bell else None,
        "lag_seconds": lag
        and {
            "bells": lag.bells,
            "median": lag.median.total_seconds(),
            "p95": lag.nearly_all.total_seconds(),
            "max": lag.longest.total_seconds(),
        },
    }


def show(one: Account, now: datetime) -> None:
    """Print an account as a column of figures, and what is to be done about what is missing."""
    line(t(f"{one.store} → {one.office}: orders placed from {moment(one.since)} to {moment(one.until)} UTC",
           f"{one.store} → {one.office}: заказы с {moment(one.since)} по {moment(one.until)} UTC"), STRONG)  # fmt: skip
    _figure(t("Orders in the store", "Заказов в магазине"), one.orders)
    _figure(t("with a deal (record) that is there", "со сделкой (записью) на месте"), one.bound, 1)
    _figure(t("taken by no profile", "не берёт ни один профиль"), one.unrouted.total(), 1)
    for reason, amount in one.unrouted.most_common():
        _figure(reason, amount, 2)
    _figure(t("held", "придержано"), one.held.total(), 1, WARN)
    for why, amount in one.held.most_common():
        _figure(say(WHYS[why]), amount, 2)
    _figure(t("waiting", "ждут"), one.waiting, 1)
    _figure(t("left without their deleted record", "оставлены без удалённой записи"), one.released, 1)
    _missing(one)
    _figure(t("Differences that wait for you", "Расхождения, что ждут вас"), one.asked.total(), 0, WARN)
    for why, amount in one.asked.most_common():
        _figure(say(WHYS[why]), amount, 1)
    _compared(one)
    bell = age(now - one.oldest_bell) if one.oldest_bell and one.oldest_bell < now else "–"
    line(t(f"Oldest bell without an answer: {bell}", f"Самый старый звонок без ответа: {bell}"))
    line(t(f"From bell to write: {_lag(one.lag)}", f"От звонка до записи: {_lag(one.lag)}"))
    if one.is_whole:
        line(t("Every order is accounted for.", "Учтены все заказы."), GOOD)
    else:
        line(t("Not all is accounted for: see what is marked above.", "Учтено не всё: см. отмеченное выше."), BAD)
    line()


def _figure(text: str, amount: int, depth: int = 0, style: str = "") -> None:
    line(f"{'  ' * depth}{text + ':':{44 - 2 * depth}} {amount:6}", style if amount else "")


def _missing(one: Account) -> None:
    for orders, what, cure in (
        (one.vanished, t("its record is gone from the portal", "запись исчезла с портала"), "sverka order sync"),
        (one.lost, t("nobody knows of it", "о заказе никто не знает"), "sverka sweep"),
        (one.unreadable, t("cannot be read", "не удалось прочитать"), "sverka order sync"),
    ):
        if orders:
            _figure(f"x {what}", len(orders), 1, BAD)
            line(f"      {_names(orders)}", BAD)
            command = f"{cure} {orders[0]}" if cure.endswith("order sync") else cure
            line(t(f"      Next: `{command}`", f"      Дальше: `{command}`"))


def _compared(one: Account) -> None:
    if one.fields is None or one.kept is None or one.doubles is None:
        return
    _figure(t("Fields out of step, unnoticed", "Разошлись незамеченными, полей"),
            one.fields.total(), 0, BAD)  # fmt: skip
    for key, amount in one.fields.most_common():
        _figure(key, amount, 1, BAD)
    for key, amount in one.kept.most_common():
        _figure(t(f"kept in its own way: {key}", f"хранится иначе: {key}"), amount, 1)
    _figure(t("Orders with several records", "Заказы с несколькими записями"), len(one.doubles), 0, BAD)
    if one.doubles:
        line(f"      {_names(one.doubles)}", BAD)


def _names(orders: Sequence[OrderRef]) -> str:
    more = f" … +{len(orders) - _NAMED}" if len(orders) > _NAMED else ""
    return ", ".join(str(order) for order in orders[:_NAMED]) + more


def _lag(lag: Lag | None) -> str:
    if lag is None:
        return t("nothing was written", "ничего не записано")
    median, most, longest = age(lag.median), age(lag.nearly_all), age(lag.longest)
    return t(f"{median} in the middle, 95 of 100 within {most}, {longest} at the longest ({lag.bells} bells)",
             f"в середине {median}, 95 из 100 за {most}, дольше всего {longest} (звонков: {lag.bells})")  # fmt: skip
