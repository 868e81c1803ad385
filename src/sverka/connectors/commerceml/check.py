"""Tries the exchange, and says in sentences what stands against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from sverka.connectors.commerceml.documents import Package
from sverka.connectors.commerceml.orders import created_at, updated_at
from sverka.connectors.commerceml.script import Script
from sverka.connectors.commerceml.ways import Way
from sverka.connectors.commerceml.wire import WHOLE, Wire
from sverka.domain.errors import AuthLost, Problem
from sverka.domain.text import Text
from sverka.ports.clock import Clock
from sverka.ports.findings import Finding, Level
from sverka.ports.guard import free

_AHEAD = timedelta(minutes=5)
_NO_CRM = Text(
    "This shop's exchange has no `type=crm`, which tells of any order as often as it is asked; 1C-Bitrix alone has it. "
    "Connect again with `--set way=sale`.",
    "В обмене этого магазина нет `type=crm`, который отвечает о любом заказе сколько угодно раз; он есть только у "
    "1С-Битрикс. Подключите заново с `--set way=sale`.",
)
_TAKES_AWAY = Text(
    "A real 1C exchanges orders with this shop: they carry its numbers. With `way=sale` the hub and 1C would take "
    "orders from one another, for the shop shows each change once. Use `--set way=crm` where the shop runs on "
    "1C-Bitrix, or give the hub an exchange script of its own (a copy under another address).",
    "С этим магазином уже обменивается заказами настоящая 1С: у заказов есть её номера. При `way=sale` хаб и 1С "
    "отбирали бы заказы друг у друга: каждое изменение магазин показывает один раз. Для 1С-Битрикс задайте "
    "`--set way=crm`, иначе дайте хабу свой скрипт обмена (копию по другому адресу).",
)
_PEEKS = Text(
    "The hub does not confirm what it has seen (`confirm=no`), so 1C loses nothing; what 1C takes between two sweeps "
    "the hub does not see until it changes again. Sweep often: `sverka up --sweep-minutes 1`.",
    "Хаб не подтверждает просмотренное (`confirm=no`), поэтому 1С ничего не теряет; но что 1С забрала между двумя "
    "обходами, хаб увидит лишь после нового изменения. Обходите чаще: `sverka up --sweep-minutes 1`.",
)
_HIDES = Text(
    "A real 1C exchanges with this shop too. What the hub changes in an order reaches 1C only with the order's next "
    "change in the shop: the shop counts a change that came by the exchange as known to 1C.",
    "С этим магазином обменивается и настоящая 1С. То, что в заказе изменил хаб, попадёт в 1С лишь со следующим "
    "изменением заказа в магазине: пришедшее через обмен магазин считает известным 1С.",
)
_ALONE = Text(
    "With `way=sale` the hub must be the only one to exchange orders with this shop: each change is shown once. If a "
    "1C is connected to the same address, one of the two will miss orders.",
    "При `way=sale` хаб должен обмениваться заказами с магазином один: каждое изменение показывается один раз. Если к "
    "тому же адресу подключена 1С, кто-то из двоих будет терять заказы.",
)
_NO_STATUSES = Text(
    "The shop tells no list of its statuses, so only those of orders seen so far are known. Name them all, as orders "
    'show them: `--set statuses="New, Paid, Done"`.',
    "Магазин не отдаёт список статусов, поэтому известны только статусы уже виденных заказов. Перечислите все, как они "
    'видны в заказах: `--set statuses="Новый, Оплачен, Выполнен"`.',
)
_PLAIN_HTTP = Text(
    "The address is plain http: the password and the buyers' data go in the clear; use https.",
    "Адрес – http: пароль и данные покупателей передаются открыто; перейдите на https.",
)


@dataclass(frozen=True)
class Trial:
    """What is tried: a script, the way in which orders are known through it, and the time its shop is said to have."""

    wire: Wire
    script: Script
    way: Way
    clock: Clock
    zone: timezone


def findings(trial: Trial, statuses: Mapping[str, str], *, asks: bool, confirms: bool) -> Sequence[Finding]:
    """Return what the exchange can and cannot do; problems are findings here and are not raised.

    Nothing is confirmed, so nobody misses an order for it.
    """
    wire, script, clock, zone = trial.wire, trial.script, trial.clock, trial.zone
    try:
        known = {**script.lists(free).statuses, **statuses}
        found = [Finding(Level.GOOD, _answers(wire, len(known)))]
        found += [] if known else [Finding(Level.WARNING, _NO_STATUSES)]
        if asks and not _speaks_crm(script, clock.now()):
            return [*found, Finding(Level.BAD, _NO_CRM)]
        orders = trial.way.recent()
    except Problem as problem:
        return [Finding(Level.BAD, problem.text)]
    another = any(one.order is not None and one.order.told("Номер1С") for one in orders)
    found += _of_another(another=another, asks=asks, confirms=confirms)
    found += _of_time(orders, clock.now(), zone)
    return found if wire.encrypted else [*found, Finding(Level.WARNING, _PLAIN_HTTP)]


def _speaks_crm(script: Script, now: datetime) -> bool:
    """Tell whether there is a `type=crm`; who was let in to `type=sale` is shut out only of what is not there."""
    try:
        return script.speaks_crm(now, free)
    except AuthLost:
        return False


def _answers(wire: Wire, statuses: int) -> Text:
    session = wire.session("sale", free)
    size, is_whole = session.limit // 1024, session.limit == WHOLE
    files = Text("whole", "целиком") if is_whole else Text(f"up to {size} KB", f"до {size} КБ")
    return Text(
        f"{wire.host} lets the hub exchange: {statuses} order statuses, files {files.en}"
        f"{', zipped' if session.zips else ''}.",
        f"{wire.host} пускает хаб к обмену: статусов заказа – {statuses}, файлы {files.ru}"
        f"{', в zip' if session.zips else ''}.",
    )


def _of_another(*, another: bool, asks: bool, confirms: bool) -> list[Finding]:
    if asks:
        return [Finding(Level.WARNING, _HIDES)] if another else []
    if not confirms:
        return [Finding(Level.WARNING, _PEEKS)]
    return [Finding(Level.BAD, _TAKES_AWAY) if another else Finding(Level.WARNING, _ALONE)]


def _of_time(orders: Sequence[Package], now: datetime, zone: timezone) -> list[Finding]:
    """Return a finding where orders were saved in the future: the shop's time is another one than was told.

    `type=sale` does not say when they were saved; there the moment of placing has to do.
    """
    saved = [updated_at(one.order, zone) or created_at(one.order, zone) for one in orders if one.order is not None]
    newest = max((moment for moment in saved if moment), default=now)
    if newest <= now + _AHEAD:
        return []
    ahead = round((newest - now).total_seconds() / 60)
    return [
        Finding(
            Level.BAD,
            Text(
                f"The shop's newest order was saved {ahead} minutes from now: its clock is wrong or stands in another "
                "zone. Give the shop's offset from UTC with `--set utc_offset=+07:00`, or have its clock put right.",
                f"Новейший заказ магазина сохранён на {ahead} мин позже, чем сейчас: его часы спешат или стоят в "
                "другом поясе. Задайте сдвиг магазина от UTC (`--set utc_offset=+07:00`) или исправьте его часы.",
            ),
        )
    ]
