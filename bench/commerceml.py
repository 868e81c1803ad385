"""CommerceML: how fast files are read, in how much memory, what becomes of each element, and what orders cost.

Without a file a catalogue is made on the fly and measured, and so are a thousand orders of a practice shop; with files
their elements are accounted for. A page (`docs/figures.md`) has all of it written into its section. Exits with 1 where
memory grows with the file, or where an element is lost.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from commerceml_orders import Cost, costs_of_orders
from page import write_section
from sverka.connectors.commerceml.account import account_of
from sverka.connectors.commerceml.xml import pieces_of

_MEGABYTE = 2**20
_ALLOWED = 4.0
"""Megabytes by which memory may grow while a file of any size is read."""

_HEAD = (
    '<?xml version="1.0" encoding="{charset}"?><КоммерческаяИнформация ВерсияСхемы="2.10">'
    "<Каталог><Ид>1</Ид><Наименование>Каталог</Наименование><Товары>"
)
_GOODS = (
    "<Товар><Ид>{number:032x}</Ид><Артикул>A-{number}</Артикул><Наименование>Визитки 90×50, 300 г, № {number}"
    '</Наименование><БазоваяЕдиница Код="796" НаименованиеПолное="Штука">шт</БазоваяЕдиница><Группы><Ид>7</Ид>'
    "</Группы><Описание>Печать офсетная, бумага мелованная, тираж от 100 штук</Описание><ЗначенияСвойств>"
    "<ЗначенияСвойства><Ид>9</Ид><Значение>глянец</Значение></ЗначенияСвойства></ЗначенияСвойств><СтавкиНалогов>"
    "<СтавкаНалога><Наименование>НДС</Наименование><Ставка>20</Ставка></СтавкаНалога></СтавкиНалогов></Товар>"
)
_INTRO = """Printed by `make commerceml`; `ARGS="docs/figures.md FILES"` writes this section, FILES being of real shops.
Requests are exact and those of a practice shop's exchange; a sweep's begin its session too, by two. Seconds are of the
hub's own processor time on the machine that measured.

| files | measured |
|---|---|"""
_ORDERS = """
| 1000 orders of a shop | requests | the exchange's paging | orders a minute |
|---|---|---|---|"""
_TAIL = "</Товары></Каталог></КоммерческаяИнформация>"


def catalogue(size: int, charset: str) -> Iterator[bytes]:
    """Yield a catalogue of at least `size` bytes, as it would come over the network."""
    given, number = 0, 0
    chunk = bytearray(_HEAD.format(charset=charset).encode(charset, "xmlcharrefreplace"))
    while given + len(chunk) < size:
        number += 1
        chunk += _GOODS.format(number=number).encode(charset, "xmlcharrefreplace")
        if len(chunk) > 64 * 1024:
            given += len(chunk)
            yield bytes(chunk)
            chunk.clear()
    yield bytes(chunk) + _TAIL.encode(charset)


@dataclass(frozen=True)
class Speed:
    """Megabytes and records a second of processor time, and by how many megabytes memory grew over a file of one."""

    charset: str
    megabytes: float
    records: float
    grown: float


def measure(megabytes: int, charset: str) -> Speed:
    """Read a catalogue, and print how fast."""
    list_of = sum(1 for _ in pieces_of(catalogue(_MEGABYTE, charset)))
    before = _peak()
    made = time.process_time()
    size = sum(map(len, catalogue(megabytes * _MEGABYTE, charset)))
    making = time.process_time() - made
    started = time.process_time()
    goods = sum(1 for _ in pieces_of(catalogue(megabytes * _MEGABYTE, charset)))
    spent = time.process_time() - started - making
    grown = _peak() - before
    print(
        f"{charset:12} {size / _MEGABYTE:6.1f} MB, {goods} records: {size / _MEGABYTE / spent:5.1f} MB and "
        f"{goods / spent:.0f} records a second of CPU; "
        f"memory grew by {grown:.1f} MB over a file of 1 MB ({list_of} records)"
    )
    return Speed(charset, size / _MEGABYTE / spent, goods / spent, grown)


def account(path: Path) -> float:
    """Print what becomes of each element of a file; return which part of it came back after writing it again."""
    found = account_of(path.read_bytes())
    print(f"{path.name}: {found.share:.2%} of its elements come back")
    for row in found.rows:
        fate = "read" if row.read == row.count else f"read {row.read}, kept: {row.why or 'nobody knows it'}"
        print(f"  {row.count:6} {row.path}: {fate}")
    return found.share


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def section(speeds: Sequence[Speed], costs: Sequence[Cost], kept: Sequence[float]) -> str:
    """Return the part of the page."""
    files = [
        f"| a catalogue in {one.charset}, a second | {one.megabytes:.0f} MB, {one.records:.0f} records |"
        for one in speeds
    ]
    grown = max(one.grown for one in speeds)
    share = [f"| elements of {len(kept)} files of real shops that come back whole | {min(kept):.2%} |"] if kept else []
    rows = [f"| {one.what} | {one.requests} | {one.allowed} | {one.a_minute:.0f} |" for one in costs]
    memory = f"| memory over that of a file of 1 MB | {grown:.1f} MB |"
    return "\n".join([_INTRO, *files, memory, *share, _ORDERS, *rows])


def main() -> int:
    """Measure, or account for the files named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="a page to write, and files to account for")
    parser.add_argument("--size", type=int, default=50, help="megabytes of the catalogue")
    given = parser.parse_args()
    pages = [path for path in given.files if path.suffix == ".md"]
    kept = [account(path) for path in given.files if path not in pages]
    if kept and not pages:
        return 0 if min(kept) == 1.0 else 1
    speeds = [measure(given.size, charset) for charset in ("utf-8", "windows-1251")]
    costs = costs_of_orders()
    for cost in costs:
        print(f"{cost.what:40} {cost.requests:6} requests ({cost.allowed}), {cost.a_minute:.0f} orders a minute")
    for page in pages:
        write_section(page, "CommerceML", section(speeds, costs, kept))
    return 0 if max(one.grown for one in speeds) < _ALLOWED and min(kept, default=1.0) == 1.0 else 1


if __name__ == "__main__":
    sys.exit(main())
