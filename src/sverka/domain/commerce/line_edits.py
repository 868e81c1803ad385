"""What a deal's rows mean for an order's line items: which are changed, added and taken out.

Rows know nothing of the lines they came from but the name; a line may have become two rows, or one with its quantity in
the name. So each line is laid out as it once was, and rows are given to the line whose rows bear their name.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sverka.domain.commerce.layout import Layout
from sverka.domain.commerce.lines import Line, representable, same_lines
from sverka.domain.commerce.money import to_kopecks

_NAMINGS = (Layout(name_offers=True), Layout())


@dataclass
class LineEdits:
    """The difference between an order's lines and what is wanted of them.

    `changed` are lines with what each is to be: quantity, total, discount; its id and name are the line's own.
    """

    changed: list[tuple[Line, Line]] = field(default_factory=list)
    added: list[Line] = field(default_factory=list)
    removed: list[Line] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Tell whether there is anything to do."""
        return bool(self.changed or self.added or self.removed)


def edits(current: Sequence[Line], wanted: Sequence[Line]) -> LineEdits:
    """Return what makes the current lines the wanted rows; nothing where both mean the same (C15)."""
    found = LineEdits()
    rows = _by_name(wanted)
    for name, lines in _by_row_name(current, rows).items():
        _match(lines, rows.pop(name, []), found)
    for added in rows.values():
        found.added += added
    return found


def _by_name(rows: Sequence[Line]) -> dict[str, list[Line]]:
    groups: dict[str, list[Line]] = defaultdict(list)
    for row in rows:
        groups[_bare(row.name)].append(row)
    return groups


def _by_row_name(lines: Sequence[Line], rows: dict[str, list[Line]]) -> dict[str, list[Line]]:
    """Group the lines by the name under which their rows are met, their own where none is."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        groups[next((name for name in _names(line) if name in rows), _bare(line.name))].append(line)
    return groups


def _names(line: Line) -> Iterator[str]:
    """Yield the names a line's rows may bear, the most telling first: a plain one may be another line's too."""
    for naming in _NAMINGS:
        yield from (_bare(row.name) for row in representable(naming.lay([line])))
    for naming in _NAMINGS:
        yield from (_bare(row.name) for row in naming.lay([line]))


def _match(lines: Sequence[Line], rows: Sequence[Line], found: LineEdits) -> None:
    """Give the rows of one name to the lines of that name."""
    parts = [part for line in lines for part in representable([line])]
    if any(same_lines(map(_nameless, shown), map(_nameless, rows)) for shown in (lines, parts)):
        return
    left = list(rows)
    open_ = []
    for line in lines:
        whole = [row for row in left if (row.quantity, row.total) == (line.quantity, to_kopecks(line.total))]
        if whole and (len(lines) > 1 or len(rows) == 1):
            left.remove(whole[0])
        else:
            open_.append(line)
    if left and not open_:
        found.added += left
    for place, line in enumerate(open_):
        mine = left[place:] if place == len(open_) - 1 else left[place : place + 1]
        if not mine:
            found.removed.append(line)
        else:
            found.changed.append((line, _joined(line, mine)))


def _nameless(line: Line) -> Line:
    return replace(line, name="", tax_rate=None)


def _joined(line: Line, rows: Sequence[Line]) -> Line:
    """Return a line as its rows have it; one unit that stood for an odd quantity stands for it still."""
    quantity, total = sum((row.quantity for row in rows), Decimal(0)), sum((row.total for row in rows), Decimal(0))
    stood_for = len(rows) == 1 and quantity == 1 and _bare(rows[0].name) != _bare(line.name) and line.quantity != 1
    if stood_for and _bare(rows[0].name) in {_bare(part.name) for part in representable([line])}:
        quantity = line.quantity
    off = sum((row.discount * row.quantity for row in rows), Decimal(0))
    return replace(line, quantity=quantity, total=total, discount=max(off / quantity, Decimal(0)))


def _bare(name: str) -> str:
    return " ".join(name.split())
