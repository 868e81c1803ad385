"""`sverka order resolve`: many differences answered at once, each with its line in the journal."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from sverka.bootstrap import House
from sverka.cli.home import at_work
from sverka.cli.order.answer import answered, person
from sverka.cli.order.filters import Only, narrowed
from sverka.cli.order.list import counted
from sverka.cli.order.show import By, not_known, winning
from sverka.cli.profile.preview import order_ref
from sverka.cli.screen import GOOD, STRONG, WARN, ask, line
from sverka.cli.words import t
from sverka.domain.errors import Misconfigured
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.field_mapping import Side
from sverka.domain.merge.binding import BindingState, Pair
from sverka.domain.merge.plan import Why
from sverka.domain.merge.reconcile import Decision
from sverka.domain.text import Text
from sverka.engine.bells.retry import ring_orders
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Lane
from sverka.storage.conflicts import Asked, Shown

_FIRST = 5
"""How many orders a preview names."""

_PAGE = 500

_LEFT_ALONE = frozenset({Why.CONFLICT, Why.GUARDED, Why.UNMAPPED, Why.REFUSED, Why.BRAKE})
"""Reasons of a single field that two sides can be left with; the others are about a whole order or its sums."""


@dataclass(frozen=True)
class Act:
    """What is done with each difference: a side's value taken, both left as they are, or tried again."""

    take: Side | None = None
    leave: bool = False

    @property
    def decides(self) -> bool:
        """Whether it answers a difference; else it is only looked at and tried again."""
        return self.take is not None or self.leave

    def takes(self, one: Shown, fields: frozenset[str]) -> bool:
        """Tell whether it can be done with this difference; `fields` are those of a record that is there."""
        why = one.difference.why
        if self.take:
            return why.is_decided_by_sides
        return not self.leave or (why in _LEFT_ALONE and one.difference.key in fields)


@narrowed
def resolve(
    orders: Annotated[
        list[str] | None,
        typer.Argument(metavar="[STORE/ID...]", help=t("These orders; else --all.", "Эти заказы; иначе --all.")),
    ] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help=t("All that the filters let through.", "Всё, что проходит через фильтры."))
    ] = False,
    take: Annotated[
        Side | None,
        typer.Option(
            parser=winning,
            metavar="store|portal",
            help=t("Whose value stays, where both sides moved.", "Чьё значение остаётся, где изменились обе стороны."),
        ),
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help=t("Try held and refused ones again.", "Повторить придержанное."))
    ] = False,
    leave: Annotated[
        bool, typer.Option("--leave", help=t("Leave both sides as they are.", "Оставить обе стороны как есть."))
    ] = False,
    only: Only,
    by: By = "",
    yes: Annotated[bool, typer.Option("--yes", help=t("Do not ask.", "Не спрашивать."))] = False,
) -> None:
    """Answer many differences at once; exit code 1 where some answers are void because a side has moved."""
    if (take is not None) + retry + leave != 1:
        raise typer.BadParameter(t("Say one of --take, --retry, --leave.", "Укажите одно: --take, --retry, --leave."))
    if bool(orders) == everything:
        raise typer.BadParameter(t("Name orders, or say --all.", "Назовите заказы или укажите --all."))
    with at_work() as house:
        now, act = house.clock.now(), Act(take, leave)
        refs = [order_ref(one) for one in orders or ()]
        for ref in refs:
            if not ref.is_record and house.storage.connections.get(ref.store) is None:
                raise Misconfigured(not_known(house, ref))
        found = _found(house, refs, only.asked(now))
        mine = _possible(house, act, found)
        _foretell(act, mine, len(found) - len(mine))
        if not mine:
            return
        ask(t("Do it?", "Выполнить?"), yes=yes)
        void = _decide(house, act, mine, by, now) if act.decides else _retry(house, mine, by, now)
    _told(act, len(mine) - len(void), void)
    if void:
        raise typer.Exit(1)


def _found(house: House, orders: Sequence[OrderRef], asked: Asked) -> list[Shown]:
    listed = house.storage.differences.list
    if orders:
        return [one for order in dict.fromkeys(orders) for one in listed(order, None, asked)]
    return list(listed(None, None, asked))


def _possible(house: House, act: Act, found: Sequence[Shown]) -> list[Shown]:
    profiles = {one.name: one for one in house.hub().profiles()} if act.leave else {}
    bound = _bound(house, [one.order for one in found]) if act.leave else set()
    nothing: frozenset[str] = frozenset()
    return [
        one
        for one in found
        if act.takes(
            one,
            frozenset(mapping.key for mapping in profiles[one.profile].mappings)
            if (one.order, one.profile) in bound and one.profile in profiles
            else nothing,
        )
    ]


def _bound(house: House, orders: Sequence[OrderRef]) -> set[tuple[OrderRef, str]]:
    found: set[tuple[OrderRef, str]] = set()
    for start in range(0, len(orders), _PAGE):
        memory = house.storage.recall(orders[start : start + _PAGE], house.clock.now())
        bindings = (one for some in memory.bindings.values() for one in some)
        found |= {(one.order, one.profile) for one in bindings if one.state is BindingState.BOUND}
    return found


def _foretell(act: Act, mine: Sequence[Shown], others: int) -> None:
    if others:
        why = (
            t("not a matter of who wins", "выбирать в них нечего")
            if act.take
            else t("about a whole order or its sums", "речь о заказе целиком или о суммах")
        )
        line(t(f"Passed over: {others}, {why}; see `sverka order list --differences`.",
               f"Пропущено: {others}, {why}; см. `sverka order list --differences`."), WARN)  # fmt: skip
    if not mine:
        line(t("Nothing to answer.", "Отвечать не на что."))
        return
    line(t(f"Differences: {len(mine)} ({counted(mine)}).", f"Расхождений: {len(mine)} ({counted(mine)})."), STRONG)
    fields = Counter(f"{one.profile}: {one.difference.key}" for one in mine)
    for name, amount in fields.most_common():
        line(f"  {name} × {amount}")
    orders = list(dict.fromkeys(str(one.order) for one in mine))
    more = f" … +{len(orders) - _FIRST}" if len(orders) > _FIRST else ""
    line(t(f"Orders: {', '.join(orders[:_FIRST])}{more}", f"Заказы: {', '.join(orders[:_FIRST])}{more}"))
    line(_what(act))


def _what(act: Act) -> str:
    if act.take:
        return t(
            f"The {'store' if act.take is Side.STORE else 'portal'}'s value stays in each.",
            f"В каждом остаётся значение {'магазина' if act.take is Side.STORE else 'портала'}.",
        )
    if act.leave:
        return t(
            "Both sides stay as they are until one of them moves; nothing is written.",
            "Обе стороны остаются как есть, пока одна не изменится; ничего не записывается.",
        )
    return t("Each order is looked at again; what was refused is sent anew.",
             "Каждый заказ будет просмотрен снова; непринятое будет отправлено ещё раз.")  # fmt: skip


def _decide(house: House, act: Act, mine: Sequence[Shown], by: str, now: datetime) -> list[Shown]:
    """Keep the answers and ring for their orders; return those whose difference has changed since it was read (K22)."""
    kept: list[Shown] = []
    void: list[Shown] = []
    for one in mine:
        answer = Decision(act.take, Pair(one.difference.store, one.difference.office))
        told = answered(one, act.take, by, now)
        stands = house.storage.differences.decide(one.order, one.profile, one.difference.key, answer, told)
        (kept if stands else void).append(one)
    _ring(house, kept, "decision")
    return void


def _retry(house: House, mine: Sequence[Shown], by: str, now: datetime) -> list[Shown]:
    who = person(by)
    text = Text(f"{who} asks to try again what was held.", f"{who}: повторить то, что придержано.")
    for order in dict.fromkeys(one.order for one in mine):
        house.storage.differences.retry(order, JournalLine(now, Event.APPLIED, text, order, rule="K18"))
    _ring(house, mine, "retry")
    return []


def _ring(house: House, mine: Sequence[Shown], why: str) -> None:
    # Many at once let live orders go first.
    orders = list(dict.fromkeys(one.order for one in mine))
    if orders:
        ring_orders(house.hub(), orders, why, Lane.SWEEP)


def _told(act: Act, done: int, void: Sequence[Shown]) -> None:
    if act.decides:
        line(t(f"Answered: {done}. The next visits carry it out; a running `sverka up` makes them.",
               f"Отвечено: {done}. Это исполнят ближайшие визиты запущенного `sverka up`."), GOOD)  # fmt: skip
    else:
        line(t(f"To be tried again: {done}; a running `sverka up` does it.",
               f"Будет повторено: {done}; это сделает запущенный `sverka up`."), GOOD)  # fmt: skip
    if void:
        names = ", ".join(dict.fromkeys(str(one.order) for one in void[:_FIRST]))
        line(t(f"Void, because a side has moved meanwhile: {len(void)} ({names}). Look again before you answer.",
               f"Недействительно, одна из сторон успела измениться: {len(void)} ({names}). Посмотрите снова."),
             WARN)  # fmt: skip
