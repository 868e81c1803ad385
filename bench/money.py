"""Money round trips: store → rows → store, how many were tried and how many kopecks were lost.

Pure ones lay random orders out as product rows, edit some of them as a manager would, and carry them back; those over
HTTP do so through practice stores and a practice portal. Exits with 1 where a kopeck is lost.
"""

import argparse
import random
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from money_http import lost_over_http
from page import write_section
from sverka.domain.commerce.layout import Layout
from sverka.domain.commerce.line_edits import LineEdits, edits
from sverka.domain.commerce.lines import Line, representable, sum_of
from sverka.domain.commerce.money import KOPECK, to_kopecks

NAMES = ("Визитки", "Кружка", "Плёнка", "Кепка", "Доставка", "Упаковка", "Бонусы")
LAYOUTS = (Layout(), Layout(name_offers=True), Layout(spread=True))
RATES = (None, Decimal(0), Decimal(10), Decimal(20))


def an_order(chance: random.Random) -> list[Line]:
    """Return the lines of a random order: odd quantities, discounts, fees and bonuses below zero among them."""
    lines = []
    for place in range(chance.randint(1, 8)):
        quantity = Decimal(chance.randint(1, 12)) if chance.random() < 0.8 else Decimal(chance.randint(1, 90)) / 10
        total = Decimal(chance.randint(0, 500_000)) * KOPECK
        chosen = (("Цвет", "синий"),) if chance.random() < 0.2 else ()
        name, rate = chance.choice(NAMES[:-1]), chance.choice(RATES)
        lines.append(Line(name, quantity, total, tax_rate=rate, properties=chosen, id=str(place)))
    if chance.random() < 0.2:
        lines.append(Line(NAMES[-1], Decimal(1), -Decimal(chance.randint(1, 90_000)) * KOPECK, kind="fee", id="fee"))
    return lines


def as_a_portal_keeps(rows: list[Line]) -> list[Line]:
    """Return rows as they come back: a price to the kopeck times a quantity, and nothing of the store's own."""
    return [
        Line(row.name, row.quantity, to_kopecks(row.price * row.quantity), row.discount, row.tax_rate) for row in rows
    ]


def edited(rows: list[Line], chance: random.Random) -> list[Line]:
    """Return rows as a manager leaves them: one dearer, one taken out, one added."""
    found = list(rows)
    if len(found) > 1 and chance.random() < 0.4:
        found.pop(chance.randrange(len(found)))
    at = chance.randrange(len(found))
    found[at] = replace(found[at], total=to_kopecks((found[at].price + KOPECK) * found[at].quantity))
    if chance.random() < 0.4:
        found.append(Line("Дизайн", Decimal(1), Decimal(chance.randint(1, 90_000)) * KOPECK))
    chance.shuffle(found)
    return found


def applied(current: list[Line], found: LineEdits) -> list[Line]:
    """Return what a store shows that has done as it was told."""
    changed = {before.id: after for before, after in found.changed}
    gone = {one.id for one in found.removed}
    return [*(changed.get(one.id, one) for one in current if one.id not in gone), *found.added]


def lost(chance: random.Random) -> Decimal:
    """Make one round trip and return the money that is lost or found on it."""
    order, layout = an_order(chance), chance.choice(LAYOUTS)
    rows = as_a_portal_keeps(list(representable(layout.lay(order))))
    missing = abs(sum_of(rows) - sum_of(order))
    if layout.spread:
        return missing
    if edits(order, rows):
        return missing + Decimal(1)  # what nobody has edited must change nothing
    wanted = edited(rows, chance)
    return missing + abs(sum_of(applied(order, edits(order, wanted))) - sum_of(wanted))


def section(pure: int, http: int, missing: Decimal) -> str:
    """Return the part of the page."""
    return (
        "\nPrinted by `make money`; `ARGS=docs/figures.md` writes this section. A trip is an order laid out as "
        "product rows,\nedited as a manager would and carried back. Those over HTTP go through a practice portal and "
        "practice stores of both\nkinds, and count the order's total, the deal's amount and its rows.\n\n"
        "| round trips | tried |\n|---|---|\n"
        f"| pure | {pure} |\n| over HTTP | {http} |\n| kopecks lost | {missing / KOPECK:.0f} |\n"
    )


def main() -> int:
    """Run, print, and write the page where one is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", nargs="?", type=Path)
    parser.add_argument("--pure", type=int, default=100_000)
    parser.add_argument("--http", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    missing = sum((lost(random.Random(asked.seed + number)) for number in range(asked.pure)), Decimal(0))
    missing += lost_over_http(asked.http) if asked.http else Decimal(0)
    text = section(asked.pure, asked.http, missing)
    print(text)
    if asked.page:
        write_section(asked.page, "Money", text)
    return int(missing != 0)


if __name__ == "__main__":
    sys.exit(main())
