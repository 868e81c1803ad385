"""A store's orders as a guest is shown them, and what the guest says of them, taken as an edit made in the shop.

A guest is a program that exchanges with the hub as it would with the shop itself, such as a 1C. What it changes is
written to the store and rings, so the rest follows as from any edit there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sverka.domain.commerce.order import CANCELLED
from sverka.domain.commerce.value import Value
from sverka.domain.errors import Gone, Later, Misconfigured, Problem
from sverka.domain.ids import OfficeName, OrderId, OrderRef, StoreName
from sverka.domain.merge.snapshot import Snapshot
from sverka.domain.text import Text
from sverka.engine import narrate
from sverka.engine.bells.receive import rings_for
from sverka.engine.hub import Hub
from sverka.ports.exchange import Said
from sverka.ports.guard import free
from sverka.ports.notices import Notice, Subject
from sverka.ports.storage import IntentKind, Lane
from sverka.ports.store import OrderWrite, Store

FIRST = timedelta(days=30)
"""How far back a guest is shown orders at its first visit."""

MOST = 500
"""Orders a guest is shown at once; the next ones come with its next visit."""

_BUSY = Text(
    "The hub is writing this order just now, or does not know yet what became of it; send it again in some minutes.",
    "Хаб сам сейчас записывает этот заказ или ещё не знает, чем кончилась запись; отправьте его снова через "
    "несколько минут.",
)


@dataclass(frozen=True)
class Display:
    """What a guest is shown, and the moment up to which it will have seen all once it says so."""

    orders: Sequence[Snapshot]
    until: datetime | None


@dataclass(frozen=True)
class Taken:
    """What became of a guest's words: complaints, and the back offices that have something to look at."""

    complaints: Sequence[Text]
    offices: Collection[OfficeName]


def show_new(hub: Hub, store: StoreName) -> Display:
    """Return the orders that changed since the guest last confirmed; those of the last moment are shown again.

    Raises:
        KeyError: there is no such store.
        Problem: the store cannot be asked now.
    """
    side = _store(hub, store)
    since = hub.storage.watermark(_mark(store)) or hub.clock.now() - FIRST
    changed = sorted(side.changed_since(since), key=lambda one: one.stamp or since)
    notices: list[Notice] = []
    # All of one moment or none of it: the next visit begins at the last moment shown.
    for _, group in groupby(changed, key=lambda one: one.stamp):
        if len(notices) >= MOST:
            break
        notices += group
    ids = dict.fromkeys(OrderId(one.id) for one in notices if one.subject is Subject.ORDER)
    shown = side.read(list(ids))
    for one in shown.values():
        if isinstance(one, Problem) and not isinstance(one, Gone):
            # An order that is stepped over now would be confirmed unseen.
            raise one
    until = max((one.stamp for one in notices if one.stamp), default=None)
    return Display([one for one in shown.values() if isinstance(one, Snapshot)], until)


def confirm(hub: Hub, store: StoreName, until: datetime) -> None:
    """Remember that the guest has all that was shown up to that moment."""
    hub.storage.swept(_mark(store), until, [])


def take(hub: Hub, store: StoreName, said: Sequence[Said]) -> Taken:
    """Write what a guest says of orders, where it differs from what they show, and ring for them.

    What the store's connector cannot set is passed over: a guest tells all it knows. A status under `status.code` is
    one apart from cancellation, and takes none back. One order's trouble is a complaint and keeps no other back.
    An order that the hub itself is writing, or may still be (K2), is left: its guest is to say it again.

    Raises:
        KeyError: there is no such store.
        Problem: the store cannot be asked now.
    """
    side, complaints = _store(hub, store), list[Text]()
    shown = side.read(list(dict.fromkeys(OrderId(name) for one in said for name in (one.order, one.number) if name)))
    news: dict[OrderId, dict[str, Value]] = {}
    for one in said:
        now = _meant(one, shown)
        if isinstance(now, Problem):
            complaints.append(_of(one.number or one.order, now))
        elif fields := _news(side, now, one.fields):
            news.setdefault(OrderId(now.id), {}).update(fields)
    busy = _being_written(hub, store, news)
    complaints += [_of(id_, Later(_BUSY)) for id_ in news if id_ in busy]
    writes = [OrderWrite(id_, fields) for id_, fields in news.items() if id_ not in busy]
    answers = side.write(writes, free) if writes else {}
    for id_, answer in answers.items():
        problems = [answer] if isinstance(answer, Problem) else list(answer.refused.values())
        complaints += [_of(id_, problem) for problem in problems]
    notices = [Notice(Subject.ORDER, write.order, "exchange") for write in writes]
    rings = rings_for(hub, store, notices, Lane.LIVE)
    hub.storage.receive(store, notices, rings, narrate.rang(rings, hub.clock.now(), Text("1C", "1С")))
    return Taken(complaints, sorted({ring.office for ring in rings}))


def _meant(said: Said, shown: Mapping[OrderId, Snapshot | Problem]) -> Snapshot | Problem:
    """Return the order that is meant: a guest may know it by an id of its own, but by the number it was told."""
    found = [shown[OrderId(name)] for name in dict.fromkeys((said.order, said.number)) if name]
    for one in found:
        if isinstance(one, Snapshot) and said.number in ("", one.get("order.number")):
            return one
    return next((one for one in found if isinstance(one, Problem) and not isinstance(one, Gone)), Gone())


def _being_written(hub: Hub, store: StoreName, orders: Collection[OrderId]) -> set[OrderId]:
    """Return the orders on which a write of the hub's own has no outcome yet and could land after the guest's (K2)."""
    now = hub.clock.now()
    memory = hub.storage.recall([OrderRef(store, id_) for id_ in orders], now)
    patches = [one for one in memory.intents if one.kind is IntentKind.PATCH_ORDER]
    return {one.order.id for one in patches if one.doubt_until and one.doubt_until > now}


def statuses(hub: Hub, store: StoreName) -> Mapping[str, str]:
    """Return the store's statuses by id; raises as `show_new`."""
    return next((one.options for one in _store(hub, store).catalogue() if one.key == "status"), {})


def _store(hub: Hub, store: StoreName) -> Store:
    side = hub.stores[store]
    if store in hub.paused:
        raise Misconfigured(
            Text(f"The hub's connection {store} is stopped; look at `sverka doctor`.",
                 f"Подключение {store} остановлено; посмотрите `sverka doctor`.")
        )  # fmt: skip
    return side


def _news(side: Store, now: Snapshot, said: Mapping[str, Value]) -> dict[str, Value]:
    meant = dict(said)
    if "status.code" in said and now.get("status") != CANCELLED:
        meant["status"] = said["status.code"]
    return {key: value for key, value in meant.items() if key in side.can.writes and now.get(key) != value}


def _mark(store: StoreName) -> str:
    return f"exchange/{store}"


def _of(order: str, problem: Problem) -> Text:
    return Text(f"Order {order}: {problem.say('en')}", f"Заказ {order}: {problem.say('ru')}")
