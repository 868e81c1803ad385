"""`sverka sweep`: asks both sides what changed, now."""

from typing import Annotated

import typer

from sverka.cli.home import at_work
from sverka.cli.screen import BAD, line
from sverka.cli.words import say, t
from sverka.domain.errors import Problem
from sverka.engine.bells.sweep import compare_all
from sverka.operate.connections import sweep_now


def sweep(
    connection: Annotated[str, typer.Argument(help=t("One connection; all if left out.", "Одно подключение."))] = "",
    everything: Annotated[
        bool, typer.Option("--all", help=t("Compare every bound order.", "Сверить все связанные заказы."))
    ] = False,
) -> None:
    """Ask the connections what changed and queue those orders; --all queues every bound order."""
    with at_work() as house:
        hub, failed = house.hub(), False
        if everything:
            names = [house.connection(connection).name] if connection else hub.offices
            for office in [name for name in hub.offices if name in names]:
                rung = 0
                for rung in compare_all(hub, office):
                    line(t(f"{office}: {rung} orders queued…", f"{office}: в очереди {rung}…"))
                line(t(f"{office}: {rung} orders queued in all.", f"{office}: всего в очереди {rung}."))
            return
        for name, found in sweep_now(house, hub, connection):
            if isinstance(found, Problem):
                failed = True
                line(f"{name}: {say(found.text)}", BAD)
            else:
                line(t(f"{name}: {len(found)} orders queued.", f"{name}: заказов в очереди {len(found)}."))
        line(t("`sverka up` does them while it runs; one order at once: `sverka order sync`.",
               "Их делает `sverka up`, пока запущен; один заказ сразу: `sverka order sync`."))  # fmt: skip
    if failed:
        raise typer.Exit(1)
