"""The command `sverka demo`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from sverka.cli.demo import run_demo
from sverka.cli.words import language, t


def demo(
    once: Annotated[
        bool, typer.Option("--once", help=t("End by itself; exit code 1 if anything differs.", "Закончить самому."))
    ] = False,
    json: Annotated[
        Path | None, typer.Option(dir_okay=False, help=t("Write the figures there.", "Записать показатели в файл."))
    ] = None,
) -> None:
    """Run a portal, two stores and the hub on this machine, and tell what happens."""
    raise typer.Exit(
        run_demo(Console(emoji=False, highlight=False, soft_wrap=True), language(), once=once, figures=json)
    )
