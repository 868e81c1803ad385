"""Where processes of `sverka` are born: a program that has loaded everything already forks one at a word.

It takes one JSON object a line: `start` (words, folder, env, out) and answers the process's id, or `wait` (an id, and
whether it `blocks`) and answers its exit status, null while it runs.
"""

import json
import os
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any

from chaos.bells import trust_bells
from chaos.looks import tell_looks
from chaos.plan import LAG
from chaos.weather import page_here
from sverka import bootstrap
from sverka.cli import main
from sverka.dispatch import embedded
from sverka.dispatch.procrastinate import dispatcher
from sverka.domain.errors import Later
from sverka.engine import trouble, wave
from sverka.engine.act import add_customers, missing, new_order
from sverka.storage import database
from sverka.worker import worker

SECOND = timedelta(seconds=1)
LOADED = (
    "sverka.cli.up", "sverka.cli.sweep", "sverka.cli.sandbox", "sverka.connectors.bitrix24",
    "sverka.connectors.bitrix_site", "sverka.connectors.woocommerce", "sverka.dispatch.procrastinate",
)  # fmt: skip
"""What commands load when they are run."""


def wave_seconds() -> float:
    """Return how long a wave may take; a machine that does much besides needs more than the usual four seconds."""
    return float(os.environ.get("CHAOS_WAVE", "4"))


def hasten() -> None:
    """Make seconds of what is minutes with a portal far away, and let the hub feel the weather."""
    unit = wave_seconds() / 4 * SECOND
    bootstrap.Terms = partial(bootstrap.Terms, wave=4 * unit, request=unit, lag=(LAG + 0.5) * SECOND)
    worker.CRASHED = add_customers.BACKOFF = trouble.BACKOFF = dispatcher.NAP = unit
    trouble.LONGEST = 3 * unit
    embedded.LONGEST_NAP = 0.5 * unit.total_seconds()
    dispatcher.Pace = partial(dispatcher.Pace, beat=2 * unit, dead=6 * unit, rouse=unit, poll=unit / 2)
    for module in (trouble, wave, missing, new_order):
        module.PAUSED = unit
    waits = Later.__init__

    def waits_less(self, text=None, after: timedelta = unit) -> None:
        waits(self, text, min(after, unit))

    Later.__init__ = waits_less
    trust_bells()
    tell_looks()
    page = page_here()
    if page is None:
        return

    class Clock:
        def now(self) -> datetime:
            return datetime.now(UTC) + timedelta(seconds=page.skew)

        def sleep(self, seconds: float) -> None:
            time.sleep(min(seconds, 0.3))

    begin = database._begin

    def squeezed(connection) -> None:
        if connection.dialect.name == "sqlite":
            # below the size the file has, SQLite takes that size: no page can be added
            connection.exec_driver_sql(f"PRAGMA max_page_count = {1 if page.is_full else 1073741823}")
        begin(connection)

    bootstrap.SystemClock, database._begin = Clock, squeezed


def _born(asked: Mapping[str, Any]) -> None:
    """Become the command, in a process just forked; does not return."""
    out = os.open(asked["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (out, 1), (out, 2)):
        os.dup2(source, target)
    os.environ.update(asked["env"])
    os.chdir(asked["folder"])
    sys.argv = ["sverka", *asked["start"]]
    hasten()
    try:
        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    else:
        status = 0
    sys.stdout.flush()
    os._exit(status)


def attend() -> None:
    """Take words until there are no more."""
    gone: dict[int, int] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "start" in asked:
            answer: int | None = os.fork()
            if answer == 0:
                _born(asked)
        else:
            answer = gone.get(asked["wait"])
            if answer is None:
                pid, status = os.waitpid(asked["wait"], 0 if asked["blocks"] else os.WNOHANG)
                if pid:
                    answer = gone[pid] = os.waitstatus_to_exitcode(status)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    for module in LOADED:
        import_module(module)
    attend()
