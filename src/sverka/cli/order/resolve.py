"""`sverka order resolve`: many differences answered at once, each with its line in the journal."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer

from sverka.cli.home import at_work
from sverka.cli.order.filters import Only, narrowed
from sverka.cli.order.list import counted
from sverka.cli.order.show import By, winning
from sverka.cli.person import person
from sverka.cli.profile.preview import order_ref
from sverka.cli.screen import GOOD, STRONG, WARN, ask, line
from sverka.cli.words import t
from sverka.domain.errors import Misconfigured
from sverka.domain.mapping.field_mapping import Side
from sverka.operate.orders import not_known
from sverka.operate.resolve import Act, decide, find, possible
from sverka.operate.resolve import retry as try_again
from sverka.storage.conflicts import Shown

_FIRST = 5
"""How many orders a preview names."""


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
        found = find(house, refs, only.asked(now))
        mine = possible(house, act, found)
        _foretell(act, mine, len(found) - len(mine))
        if not mine:
            return
        ask(t("Do it?", "Выполнить?"), yes=yes)
        void = decide(house, act, mine, person(by), now) if act.decides else try_again(house, mine, person(by), now)
    _told(act, len(mine) - len(void), void)
    if void:
        raise typer.Exit(1)


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
