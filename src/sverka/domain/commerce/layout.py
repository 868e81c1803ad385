"""How an order's line items are laid out as product rows: names, bonuses as discounts, links to a catalogue."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from sverka.domain.commerce.lines import Line, sum_of
from sverka.domain.commerce.money import KOPECK, ZERO, to_kopecks

MADE_IN = "section:"
"""What a link begins with whose product is a service of the hub's own, made once in that section of the catalogue."""


@dataclass(frozen=True)
class Layout:
    """What a profile asks of rows; the bare one lays lines out as they are.

    With `name_offers` a row's name tells what was chosen of an offer. With `spread` whatever lies below zero (a bonus,
    a voucher, a refund) is a discount on the goods and no row of its own. `link` are the keys by which products are
    looked for in the office, in that order; `section` is where the product of delivery stands.
    """

    name_offers: bool = False
    spread: bool = False
    link: tuple[str, ...] = ()
    section: str = ""

    def lay(self, lines: Sequence[Line]) -> Sequence[Line]:
        """Return the rows, of the same sum to the kopeck."""
        laid = spread(lines) if self.spread else lines
        return [self._row(line) for line in laid]

    def _row(self, line: Line) -> Line:
        name = line.name
        if self.name_offers and line.properties:
            name = f"{name} ({', '.join(f'{key}: {value}' for key, value in line.properties)})"
        if line.kind == "delivery":
            link: tuple[str, ...] = (MADE_IN + self.section,) if self.section else ()
        else:
            link = self.link if line.kind in ("goods", "service") else ()
        return replace(line, name=name, link=link) if (name, link) != (line.name, line.link) else line

    def fingerprint(self) -> str:
        """Return a text that changes with what rows are compared by; links are no part of it."""
        return json.dumps([self.name_offers, self.spread]) if self.name_offers or self.spread else ""


def spread(lines: Sequence[Line]) -> Sequence[Line]:
    """Take what lies below zero off the other lines, by their shares, so that the sum stays to the kopeck.

    Where the others do not suffice, nothing is spread: a row below zero is better than one that lies.
    """
    off = -sum_of(line for line in lines if line.total < 0)
    above = [line for line in lines if line.total >= 0]
    whole = sum_of(above)
    if not off or off > whole:
        return lines
    shares = [_floor(off * line.total / whole) for line in above]
    rest = off - sum(shares, ZERO)
    taken = []
    for line, share in zip(above, shares, strict=True):
        more = min(rest, to_kopecks(line.total) - share)
        rest -= more
        taken.append(_cheaper(line, share + more))
    return taken


def _cheaper(line: Line, off: Decimal) -> Line:
    each = to_kopecks(off / line.quantity) if line.quantity > 0 else ZERO
    return replace(line, total=line.total - off, discount=line.discount + each) if off else line


def _floor(amount: Decimal) -> Decimal:
    return (amount / KOPECK).to_integral_value(ROUND_FLOOR) * KOPECK
