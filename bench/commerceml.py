"""CommerceML files: how fast one is read, in how much memory, and what becomes of each element.

Without a file a catalogue is made on the fly and measured; with one its elements are accounted for. Exits with 1 where
memory grows with the file, or where an element is lost.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

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


def measure(megabytes: int, charset: str) -> float:
    """Read a catalogue, print how fast, and return by how many megabytes memory grew over one of a single megabyte."""
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
    return grown


def account(path: Path) -> bool:
    """Print what becomes of each element of a file; tell whether all of it came back after writing it again."""
    found = account_of(path.read_bytes())
    print(f"{path.name}: {found.share:.2%} of its elements come back")
    for row in found.rows:
        fate = "read" if row.read == row.count else f"read {row.read}, kept: {row.why or 'nobody knows it'}"
        print(f"  {row.count:6} {row.path}: {fate}")
    return found.share == 1.0


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Measure, or account for the files named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="account for these instead of measuring")
    parser.add_argument("--size", type=int, default=50, help="megabytes of the catalogue")
    given = parser.parse_args()
    if given.files:
        whole = [account(path) for path in given.files]
        return 0 if all(whole) else 1
    return 0 if max(measure(given.size, charset) for charset in ("utf-8", "windows-1251")) < _ALLOWED else 1


if __name__ == "__main__":
    sys.exit(main())
