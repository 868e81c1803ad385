"""`sverka profile stop` and `start`: a profile out of force, and in force again."""

from typing import Annotated

import typer

from sverka.cli.home import at_work
from sverka.cli.person import who
from sverka.cli.screen import GOOD, line
from sverka.cli.words import t
from sverka.operate.profiles import saved_profile
from sverka.operate.profiles import start as switch_on
from sverka.operate.profiles import stop as switch_off

Name = Annotated[str, typer.Argument(help=t("The profile's name.", "Имя профиля."))]


def stop(name: Name) -> None:
    """Switch a profile off: it takes no orders, and its records are left alone. Unlike a pause, nothing is kept."""
    with at_work() as house:
        saved = saved_profile(house, name)
        if not saved.active:
            line(t(f"{name} is switched off already.", f"{name} уже выключен."))
            return
        switch_off(house, saved, who())
        line(t(f"{name} is switched off; other profiles may take its orders from now on. "
               f"Switch it on with `sverka profile start {name}`.",
               f"{name} выключен; его заказы теперь могут взять другие профили. "
               f"Включить: `sverka profile start {name}`."), GOOD)  # fmt: skip


def start(name: Name) -> None:
    """Switch a profile on, and ring for the orders it has records of: what happened meanwhile is done now."""
    with at_work() as house:
        saved = saved_profile(house, name)
        if saved.active:
            line(t(f"{name} is not switched off.", f"{name} и не выключен."))
            return
        rung = switch_on(house, saved, who())
        line(t(f"{name} is switched on; rang for {rung} orders. Orders placed meanwhile that nobody took: "
               "`sverka order sync STORE/ID`.",
               f"{name} включён; заказов в очереди: {rung}. Заказы за это время, которые никто не взял: "
               "`sverka order sync МАГАЗИН/НОМЕР`."), GOOD)  # fmt: skip
