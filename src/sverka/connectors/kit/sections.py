"""A store's catalogue as far as the hub has met it: where products stand, and which section is below which."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from sverka.ports.clock import Clock
from sverka.ports.guard import Guard

KEPT = timedelta(minutes=15)
"""How long what was read is good: a product is seldom put elsewhere, and an order's pipeline is decided once."""

Read = Callable[[Collection[str], Guard], Mapping[str, Collection[str]]]
"""Reads what things stand directly in: sections for products, the parent for a section; a thing without has none."""


class Tree:
    """Things by id with what they stand in, asked for when they are met first or again after a while."""

    def __init__(self, clock: Clock, read: Read) -> None:
        """Take how to ask."""
        self._clock = clock
        self._read = read
        self._above: dict[str, tuple[datetime, tuple[str, ...]]] = {}

    def above(self, ids: Collection[str], guard: Guard) -> dict[str, tuple[str, ...]]:
        """Return what each stands directly in; raises the problem the reader met."""
        now = self._clock.now()
        wanted = [one for one in dict.fromkeys(ids) if one not in self._above or now - self._above[one][0] > KEPT]
        if wanted:
            found = self._read(wanted, guard)
            self._above |= {one: (now, tuple(found.get(one, ()))) for one in wanted}
        return {one: self._above[one][1] for one in ids}


def paths(products: Collection[str], goods: Tree, tree: Tree, guard: Guard) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return of each product a path for every section it stands in: that section, its parent, up to the root.

    All sections of one level are asked for together. A circle, which no store should have, ends where it closes.
    """
    placed = goods.above(products, guard)
    parents: dict[str, tuple[str, ...]] = {}
    level = {section for sections in placed.values() for section in sections}
    while level:
        parents |= tree.above(sorted(level), guard)
        level = {parent for some in parents.values() for parent in some} - parents.keys()
    return {product: tuple(_path(section, parents) for section in placed[product]) for product in placed}


def _path(section: str, parents: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    path = [section]
    while (parent := next(iter(parents.get(path[-1], ())), "")) and parent not in path:
        path.append(parent)
    return tuple(path)
