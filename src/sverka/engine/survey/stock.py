"""What is left of orders' products, read where a profile maps it (R139)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sverka.domain.commerce.lines import Line
from sverka.domain.commerce.value import lines_of
from sverka.domain.errors import Problem
from sverka.domain.ids import StoreName
from sverka.engine.hub import Hub
from sverka.engine.task import Task
from sverka.ports.guard import Guard
from sverka.ports.stock import STOCK, CountsStock


def weigh(hub: Hub, tasks: Sequence[Task], guard: Guard) -> None:
    """Put what is left of their products into the tasks that want it, asking each store once.

    It is the shop's and no part of the order: where it cannot be read the order goes on without it.
    """
    wanted: dict[StoreName, list[Task]] = defaultdict(list)
    for task in tasks:
        if any(mapping.store_field == STOCK for mapping in task.profile.mappings):
            wanted[task.order.store].append(task)
    for name, some in wanted.items():
        store = hub.stores.get(name)
        products = {line.product for task in some for line in _goods(task) if line.product}
        if not isinstance(store, CountsStock):
            continue
        try:
            left = store.stock(sorted(products), guard) if products else {}
        except Problem:
            continue
        for task in some:
            fields = {**task.store.fields, STOCK: _told(_goods(task), left)}
            task.store = replace(task.store, fields=fields, unread=task.store.unread - {STOCK})


def _goods(task: Task) -> Sequence[Line]:
    return lines_of(task.store.get("lines.goods"))


def _told(goods: Sequence[Line], left: Mapping[str, Decimal]) -> tuple[str, ...]:
    counted = (line for line in goods if line.product in left)
    return tuple(dict.fromkeys(f"{line.name}: {left[line.product].normalize():f}" for line in counted))
