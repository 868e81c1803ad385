"""`sverka demo`: the whole job on one machine, told as it happens."""

import json
import logging
import os
import tempfile
from pathlib import Path

import structlog
from rich.console import Console

from sverka.cli.demo.ledger import Ledger, lay_side_by_side
from sverka.cli.demo.stage import Stage
from sverka.cli.demo.story import Story
from sverka.cli.up import until_told, wait
from sverka.domain.errors import Problem
from sverka.domain.text import Language, Text


def run_demo(console: Console, language: Language, *, once: bool, figures: Path | None) -> int:
    """Run the demo and return its exit code: 1 if anything differs.

    Without `once` it goes on serving until it is interrupted. `figures` is written as JSON.
    """
    # The story tells what the log would.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="sverka-demo-") as home, Stage(Path(home)) as stage:
        _greet(console, language, stage)
        story = Story(stage, console, language)
        failed: Problem | None = None
        try:
            story.run()
            story.replay(_recorded())
        except Problem as problem:
            failed = problem
            console.print(f"[red]✗ {problem.say(language)}[/red]")
        ledger = lay_side_by_side(stage)
        _sum_up(console, language, ledger, story.healed)
        if figures:
            figures.write_text(json.dumps(_figures(ledger, story.healed), indent=2) + "\n", "utf-8")
        if not once:
            _serve(console, language)
    return 1 if failed or ledger.differences or ledger.duplicates or ledger.deals != len(ledger.rows) else 0


def _recorded() -> Path:
    """Where payloads recorded from a real WooCommerce may lie: beside this checkout, or wherever is said."""
    here = Path(__file__).resolve().parents[4]
    return Path(os.environ.get("SVERKA_SHARED") or here.parent / "shared") / "data" / "samples" / "woo"


def _greet(console: Console, language: Language, stage: Stage) -> None:
    lines = (
        Text("A practice portal, four practice stores and the hub, over HTTP on this machine:",
             "Учебный портал, четыре учебных магазина и хаб, по HTTP на этой машине:"),
        Text(f"portal {stage.portal.url}", f"портал {stage.portal.url}"),
        Text(f"1C-Bitrix site {stage.site.url}", f"сайт 1С-Битрикс {stage.site.url}"),
        Text(f"WooCommerce {stage.woo.url}", f"WooCommerce {stage.woo.url}"),
        Text(f"a shop with an exchange for 1C (CommerceML) {stage.cml.url}",
             f"магазин с обменом для 1С (CommerceML) {stage.cml.url}"),
        Text(f"a print shop on Pixlpark {stage.pix.url}", f"типография на Pixlpark {stage.pix.url}"),
        Text(f"hub {stage.hub.url}", f"хаб {stage.hub.url}"),
    )  # fmt: skip
    console.print(f"[bold]{lines[0].say(language)}[/bold]")
    for line in lines[1:]:
        console.print(f"   {line.say(language)}", highlight=False)


def _sum_up(console: Console, language: Language, ledger: Ledger, healed: int) -> None:
    for sentence in ledger.differences:
        console.print(f"[red]{sentence}[/red]")
    numbers = len(ledger.rows), ledger.deals, len(ledger.differences), ledger.duplicates, ledger.portal_requests
    text = Text(
        "orders {}, deals {}, differences {}, duplicates {}, portal requests {}".format(*numbers)
        + f", lost webhooks healed {healed}",
        "заказов {}, сделок {}, расхождений {}, дублей {}, запросов к порталу {}".format(*numbers)
        + f", вылечено потерянных вебхуков {healed}",
    )
    console.print(f"\n[bold]{text.say(language)}[/bold]", highlight=False)


def _figures(ledger: Ledger, healed: int) -> dict[str, int]:
    return {
        "orders": len(ledger.rows),
        "deals": ledger.deals,
        "differences": len(ledger.differences),
        "duplicates": ledger.duplicates,
        "portal_requests": ledger.portal_requests,
        "lost_bells_healed": healed,
    }


def _serve(console: Console, language: Language) -> None:
    text = Text("Serving on. Press Ctrl+C to end.", "Продолжаем работать. Ctrl+C – завершить.")
    console.print(text.say(language))
    with until_told() as told:
        wait(told)
