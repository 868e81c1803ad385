"""One integration doing one piece of work, in a process of its own: its processor time and memory hold nothing else.

`job_process.py SOCKET INTEGRATION JOBS SIZE DOMAIN CODE NEAR`, the jobs by their names with commas between: the portal
stays in the process that started this one and listens at the socket, and so does its virtual clock: only whoever waits
here moves it.
"""

import logging
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any

import structlog

REST = 3600
"""Virtual seconds between what is prepared and what is measured: the portal's counter is empty again."""

ROUNDS = 10
"""In how many parts a storm comes, a second apart."""


@dataclass(frozen=True)
class Where:
    """The portal: its name, its webhook's code, and its address without a tunnel."""

    domain: str
    code: str
    near: str


@dataclass(frozen=True)
class Spent:
    """What a process has used: processor seconds, and megabytes at most; `wrong` orders show another status."""

    processor: float
    memory: float
    wrong: int = 0
    trouble: str = ""


class Line:
    """Asks the portal's process."""

    def __init__(self, far: Connection) -> None:
        """Take one end of a pipe."""
        self._far, self._lock = far, threading.Lock()

    def ask(self, what: str, *given: Any) -> Any:
        """Return the answer."""
        with self._lock:
            self._far.send((what, given))
            return self._far.recv()


class FarClock:
    """The portal's virtual clock."""

    def __init__(self, line: Line) -> None:
        """Take over the portal's moment."""
        self._line = line
        self._now: datetime = line.ask("sleep", 0)

    def now(self) -> datetime:
        """Return the portal's moment, UTC-aware."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let the portal's time pass."""
        self._now = self._line.ask("sleep", seconds)


class Play:
    """One integration and its portal, and the pieces of work."""

    def __init__(self, side: Any, line: Line, clock: FarClock, size: int) -> None:
        """Take who works; `size` is how many orders there are."""
        self.side, self._line, self._clock = side, line, clock
        self._all = range(1, size + 1)
        self._processor = 0.0

    def _begin(self) -> None:
        self._line.ask("begin")
        self._processor = time.process_time()

    @property
    def processor(self) -> float:
        """Processor seconds since the measured part began."""
        return time.process_time() - self._processor

    def _wrong(self, status: str) -> int:
        return sum(shown != status for shown in self.side.statuses().values())

    def _made(self) -> None:
        self.side.place(self._all)
        self.side.before(self._all)
        self._clock.sleep(REST)

    def orders(self) -> int:
        """Make a deal, with a contact and rows, of orders that all come at once."""
        self.side.place(self._all)
        self._begin()
        self.side.ordered(self._all)
        return 0

    def to_portal(self) -> int:
        """Carry a status of each order to its deal; the portal then rings for the changed deals."""
        self._made()
        self.side.save(self._all, "P")
        self._begin()
        self.side.moved_in_shop(self._all)
        self.side.moved_in_portal(self._line.ask("deals"))
        return self._wrong("P")

    def to_store(self) -> int:
        """Carry a stage of each deal to its order; the shop then rings for the changed orders."""
        self._made()
        deals = self._line.ask("move", "C2:EXECUTING")
        self._begin()
        self.side.moved_in_portal(deals)
        self.side.moved_in_shop(self._all)
        return self._wrong("P")

    def storm(self) -> int:
        """Take a hundred bells for each deal, in rounds a second apart; nothing has changed."""
        self._made()
        deals = self._line.ask("deals")
        self._begin()
        for _ in range(ROUNDS):
            self.side.moved_in_portal(deals * ROUNDS)
            self._clock.sleep(1)
        return self._wrong("N")

    def history(self) -> int:
        """Make deals of orders that were placed long ago."""
        self.side.place(self._all)
        self._begin()
        self.side.past(self._all)
        return 0

    long_history = history

    def sweep(self) -> int:
        """Ask the portal what has changed, when nothing has since the last time."""
        for _ in range(2):
            self._clock.sleep(REST)
            self._begin()
            self.side.sweep()
        return self._wrong("N")

    def compare(self) -> int:
        """Compare all deals with their orders, when nothing has changed."""
        self._clock.sleep(REST)
        self._begin()
        self.side.compare()
        return self._wrong("N")


def peak_memory() -> float:
    """Return the megabytes this process has held at most; 0 where the system does not say."""
    status = Path("/proc/self/status")
    lines = status.read_text("utf-8").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def _hub(where: Where, clock: FarClock, home: Path) -> Any:
    from job_hub import Hub  # noqa: PLC0415 - what one integration needs must not burden another

    return Hub(f"https://{where.domain}/rest/{where.code}/", clock, home)


def _plain(kind: str) -> Callable[[Where, FarClock, Path], Any]:
    def connect(where: Where, clock: FarClock, home: Path) -> Any:
        import job_plain  # noqa: PLC0415 - as above

        del home
        return getattr(job_plain, kind)(where.domain, where.code, where.near, clock)

    return connect


BY_ONE = "b24pysdk, a handler a webhook"

SIDES: dict[str, Callable[[Where, FarClock, Path], Any]] = {
    BY_ONE: _plain("Official"),
    "b24pysdk, its queue in batches": _plain("OfficialBatches"),
    "fast-bitrix24, its queue in lists": _plain("Fast"),
    "sverka": _hub,
}


def play(far: Connection, name: str, works: Sequence[str], size: int, where: Where) -> None:
    """Do one piece of work after the other, and say what each took; whatever is raised is part of that."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    line = Line(far)
    with tempfile.TemporaryDirectory() as home:
        clock = FarClock(line)
        side = SIDES[name](where, clock, Path(home))
        one = Play(side, line, clock, size)
        for work in works:
            wrong, trouble = 0, ""
            try:
                wrong = getattr(one, work)()
            except Exception as error:  # noqa: BLE001 - how an integration fails is what is measured
                trouble = f"{type(error).__name__}: {error}"[:120]
            line.ask("done", asdict(Spent(one.processor, peak_memory(), wrong, trouble)))
        if hasattr(side, "close"):
            side.close()


if __name__ == "__main__":
    _socket, _name, _works, _size, *_where = sys.argv[1:]
    with Client(_socket) as _far:
        play(_far, _name, _works.split(","), int(_size), Where(*_where))
