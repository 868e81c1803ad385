"""How large a hub's SQLite file grows: orders with their memory, and a year's journal at stated rates, pruned daily.

Everything goes through the real storage, a day at a time; nothing is faked but the clock.
"""

import argparse
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter

from sqlalchemy import event, text

from page import write_section
from sverka.domain.ids import OfficeName, OrderId, OrderRef, ProfileName, RecordId, StoreName
from sverka.domain.merge.binding import Entry, Pair
from sverka.domain.text import Text
from sverka.ports.journal import Event, JournalLine
from sverka.ports.notices import Notice, Subject
from sverka.ports.storage import NewBinding, Outcome, Ring, Terms
from sverka.storage.database import read
from sverka.storage.sql_storage import SqlStorage, open_storage

KEEP = timedelta(days=90)
DAYS = 365
FIELDS = 12
"""Rows of the profile: what each order's memory holds, and its birth writes."""
EDITS = 4
"""Times an order is moved on in its life: a status, a track, a payment."""
BORN = FIELDS + 3
EDITED = 5
"""Lines of an edit: it rang, was decided, written; its echo rang, and nothing was to be done."""

CRM, SHOP, MAIN = OfficeName("portal"), StoreName("shop"), ProfileName("orders")
TOLD = Text("Wrote opportunity to the record, by the row `total`", "Записано в запись: opportunity, по строке `total`")


@dataclass
class Clock:
    """Time that a day adds to."""

    moment: datetime = datetime(2025, 1, 1, 9, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)


@dataclass
class Year:
    """A year of one shop."""

    storage: SqlStorage
    clock: Clock
    longest: float = 0.0
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**9)))

    def day(self, amount: int) -> None:
        """Bring so many orders, and all that becomes of them."""
        refs = [OrderRef(SHOP, OrderId(str(100_000 + next(self.numbers)))) for _ in range(amount)]
        now = self.clock.now()
        self._wave(refs, [NewBinding(ref, MAIN, RecordId(ref.id), _memory(ref)) for ref in refs], BORN)
        for _ in range(EDITS):
            self._wave(refs, [], EDITED)
        notices = [Notice(Subject.ORDER, ref.id, "order.updated", now) for ref in refs]
        for _ in range(EDITS + 1):
            self.storage.receive(SHOP, notices, [], [])
        with self._timed():
            self.storage.forget_before(now - KEEP)

    def _wave(self, refs: Sequence[OrderRef], born: list[NewBinding], lines: int) -> None:
        now = self.clock.now()
        self.storage.ring([Ring(ref, CRM, now, why="order.updated") for ref in refs])
        claim = self.storage.claim(CRM, now, Terms(), len(refs))
        assert claim is not None
        journal = [_line(ref, now) for ref in refs for _ in range(lines)]
        self.storage.commit(claim, Outcome(bindings=born, journal=journal, done=list(claim.visits)), now, Terms())
        self.storage.release(claim, now)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        begun = 0.0

        def begin(_connection: object) -> None:
            nonlocal begun
            begun = perf_counter()

        def commit(_connection: object) -> None:
            self.longest = max(self.longest, perf_counter() - begun)

        engine = self.storage._engine
        event.listen(engine, "begin", begin)
        event.listen(engine, "commit", commit)
        try:
            yield
        finally:
            event.remove(engine, "begin", begin)
            event.remove(engine, "commit", commit)


def _memory(ref: OrderRef) -> dict[str, Entry]:
    pair = Pair(Decimal("1500.00"), f"value {ref.id}")
    return {f"field_{place}": Entry(pair, secrets.token_hex(8)) for place in range(FIELDS)}


def _line(ref: OrderRef, now: datetime) -> JournalLine:
    moved = ("moved-alone", "opportunity", "1500.00", "1700.00", "d:17e2")
    return JournalLine(now, Event.WROTE, TOLD, ref, MAIN, CRM, *moved)


def main() -> None:
    """Fill a file, and print or write what it has come to."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("page", nargs="?", type=Path, help="the file whose section is written")
    asked.add_argument("--orders", type=int, default=100_000)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file, clock = Path(folder) / "hub.db", Clock()
        year = Year(open_storage(f"sqlite:///{file}", clock), clock)
        for day in range(DAYS):
            year.day(given.orders * (day + 1) // DAYS - given.orders * day // DAYS)
            clock.sleep(86400)
        parts = read(year.storage._engine, lambda one: dict(one.execute(text(_PARTS)).all()))  # type: ignore[arg-type]
        free = read(year.storage._engine, lambda one: one.scalar(text("PRAGMA freelist_count")))
        year.storage.close()
        section = _section(given.orders, file.stat().st_size, parts, int(free or 0), year.longest)
    if given.page:
        write_section(given.page, "Size", section)
    else:
        print(section)


_PARTS = (
    "SELECT CASE WHEN tbl_name IN ('journal', 'inbox') THEN tbl_name WHEN tbl_name IN ('bindings', 'baselines')"
    " THEN 'memory' ELSE 'rest' END, SUM(pgsize) FROM dbstat JOIN sqlite_master USING (name) GROUP BY 1"
)


def _section(orders: int, size: int, parts: dict[str, int], free: int, longest: float) -> str:
    lines = BORN + EDITS * EDITED
    rows = [
        ("the file after the year, pruned daily to 90 days", f"{size / 1e6:.0f} MB"),
        ("the same, an order", f"{size / orders:.0f} bytes"),
        ("what is remembered of an order for good: its binding and baselines", f"{parts['memory'] / orders:.0f} bytes"),
        ("the journal of 90 days", f"{parts['journal'] / 1e6:.0f} MB"),
        ("the bells of 90 days", f"{parts['inbox'] / 1e6:.0f} MB"),
        ("pages that stand empty for the next day", f"{free}"),
        ("the longest transaction of a pruning", f"{longest * 1000:.0f} ms"),
    ]
    table = "\n".join(f"| {what} | {figure} |" for what, figure in rows)
    return (
        "Printed by `make size`; `ARGS=docs/figures.md` writes this section, `ARGS='--orders 5000'` is quick. A\n"
        f"SQLite file is filled through the storage itself: {orders} orders over a year, each with {FIELDS}\n"
        f"fields kept in step, {EDITS} edits, {lines} lines in the journal and {EDITS + 1} bells. The journal and the\n"
        "bells are pruned every day ([how long they are kept](how-to/watch.md)); the time is the machine's that\n"
        "measured.\n\n"
        f"| what | measured |\n|---|---|\n{table}\n"
    )


if __name__ == "__main__":
    main()
