"""`sverka profile stop` and `start`: a profile out of force, and in force again."""

from typing import Annotated

import typer

from sverka.cli.home import at_work
from sverka.cli.profile.apply import saved_profile
from sverka.cli.profile.effect import bound_under
from sverka.cli.screen import GOOD, line
from sverka.cli.words import t
from sverka.domain.errors import Misconfigured
from sverka.domain.text import Text
from sverka.engine.bells.retry import ring_orders
from sverka.ports.journal import Event, JournalLine
from sverka.ports.storage import Lane

Name = Annotated[str, typer.Argument(help=t("The profile's name.", "Имя профиля."))]


def stop(name: Name) -> None:
    """Switch a profile off: it takes no orders, and its records are left alone. Unlike a pause, nothing is kept."""
    with at_work() as house:
        saved = saved_profile(house, name)
        if not saved.active:
            line(t(f"{name} is switched off already.", f"{name} уже выключен."))
            return
        house.storage.profiles.set_active(saved.name, active=False)
        text = Text(f"Profile {name} was switched off.", f"Профиль {name} выключен.")
        house.storage.journal.write([JournalLine(house.clock.now(), Event.HALTED, text, profile=saved.name)])
        line(t(f"{name} is switched off; other profiles may take its orders from now on. "
               f"Switch it on with `sverka profile start {name}`.",
               f"{name} выключен; его заказы теперь могут взять другие профили. "
               f"Включить: `sverka profile start {name}`."), GOOD)  # fmt: skip


def start(name: Name) -> None:
    """Switch a profile on, and ring for the orders it has records of: what happened meanwhile is done now."""
    with at_work() as house:
        saved = saved_profile(house, name)
        profile = house.profile(saved)
        if not profile.enabled:
            raise Misconfigured(
                Text(f"The document of {name} has `enabled = false`; change it and apply it.",
                     f"В документе {name} стоит `enabled = false`; измените его и примените.")
            )  # fmt: skip
        if saved.active:
            line(t(f"{name} is not switched off.", f"{name} и не выключен."))
            return
        house.storage.profiles.set_active(saved.name, active=True)
        text = Text(f"Profile {name} was switched on.", f"Профиль {name} включён.")
        house.storage.journal.write([JournalLine(house.clock.now(), Event.APPLIED, text, profile=saved.name)])
        bound = list(dict.fromkeys(binding.order for binding in bound_under(house, profile)))
        if bound:
            ring_orders(house.hub(), bound, f"profile {name} switched on", Lane.SWEEP)
        line(t(f"{name} is switched on; rang for {len(bound)} orders. Orders placed meanwhile that nobody took: "
               "`sverka order sync STORE/ID`.",
               f"{name} включён; заказов в очереди: {len(bound)}. Заказы за это время, которые никто не взял: "
               "`sverka order sync МАГАЗИН/НОМЕР`."), GOOD)  # fmt: skip
