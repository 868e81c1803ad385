"""Processes of `sverka`, forked from one that has loaded the program: a start takes a moment, a SIGKILL is a SIGKILL.

Run as a module it takes one JSON object a line: `start` (words, folder, env, out) and answers the process's id, or
`wait` (an id, and whether to block) and answers its exit status, null while it runs.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import sverka

SECOND = timedelta(seconds=1)


def wave_seconds() -> float:
    """Return how long a wave may take; a machine that does much besides needs more than the usual four seconds."""
    return float(os.environ.get("CHAOS_WAVE", "4"))


class Nursery:
    """The driver's side; as a context manager it ends the nursery, not what was started."""

    def __init__(self, source: Path | None = None) -> None:
        self._source = source or Path(sverka.__file__).parents[1]

    def __enter__(self) -> "Nursery":
        here = str(Path(__file__).parents[1])
        environ = {**os.environ, "SVERKA_LANG": "en", "PYTHONPATH": f"{self._source}{os.pathsep}{here}"}
        command = [sys.executable, "-m", "chaos.nursery"]
        self._process = subprocess.Popen(
            command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def start(self, words: Sequence[object], folder: Path, out: Path, **env: str) -> int:
        """Start a command and return its process's id."""
        return self._asked(start=[str(one) for one in words], folder=str(folder), out=str(out), env=env)

    def ended(self, process: int) -> int | None:
        """Return the exit status of a process, negative where a signal ended it; None while it runs."""
        return self._asked(wait=process, blocks=False)

    def kill(self, process: int) -> None:
        """End a process with SIGKILL, and return once it is gone."""
        if self.ended(process) is None:
            os.kill(process, 9)
            self._asked(wait=process, blocks=True)

    def run(self, words: Sequence[object], folder: Path, out: Path, **env: str) -> str:
        """Run a command to its end and return what it printed; AssertionError where it failed."""
        status = self._asked(wait=self.start(words, folder, out, **env), blocks=True)
        said = out.read_text("utf-8")
        assert status == 0, f"{words}: {said}"
        return said

    def _asked(self, **asked: object) -> Any:
        self._process.stdin.write(f"{json.dumps(asked)}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the nursery has ended"
        return json.loads(answer)


def hasten() -> None:
    """Make seconds of what is minutes with a portal far away, and let the hub feel the weather."""
    from chaos.weather import page_here
    from sverka import bootstrap
    from sverka.dispatch import embedded
    from sverka.domain.errors import Later
    from sverka.engine import trouble, wave
    from sverka.engine.act import add_customers, missing, new_order
    from sverka.storage import database
    from sverka.worker import worker

    bootstrap.Terms = partial(bootstrap.Terms, wave=wave_seconds() * SECOND, request=SECOND, lag=2 * SECOND)
    worker.CRASHED = add_customers.BACKOFF = trouble.BACKOFF = SECOND
    trouble.LONGEST = 3 * SECOND
    embedded.LONGEST_NAP = 0.5
    for module in (trouble, wave, missing, new_order):
        module.PAUSED = SECOND
    waits = Later.__init__

    def waits_less(self, text=None, after: timedelta = SECOND) -> None:
        waits(self, text, min(after, SECOND))

    Later.__init__ = waits_less
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
    from sverka.cli import main

    try:
        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    else:
        status = 0
    sys.stdout.flush()
    os._exit(status)


def _attend() -> None:
    import sverka.cli.app
    import sverka.cli.sandbox
    import sverka.cli.sweep
    import sverka.cli.up
    import sverka.connectors.bitrix24
    import sverka.connectors.bitrix_site
    import sverka.connectors.woocommerce
    import sverka.dispatch.procrastinate

    gone: dict[int, int] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if "start" in asked:
            process = os.fork()
            if process == 0:
                _born(asked)
            answer: object = process
        else:
            answer = gone.get(asked["wait"])
            if answer is None:
                pid, status = os.waitpid(asked["wait"], 0 if asked["blocks"] else os.WNOHANG)
                if pid:
                    answer = gone[pid] = os.waitstatus_to_exitcode(status)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _attend()
