"""A hub between two sides in memory, and tasks made by hand."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support.world import CRM, MAIN, SHOP, World, profile
from sverka.domain.commerce.value import Value
from sverka.domain.ids import OrderId, OrderRef, RecordId
from sverka.domain.mapping.profile import Profile
from sverka.domain.merge.binding import Binding
from sverka.domain.merge.snapshot import Snapshot
from sverka.engine.task import Task

MakeTask = Callable[..., Task]


@pytest.fixture
def world() -> Iterator[World]:
    """Return an empty world on a database in memory."""
    world = World()
    yield world
    world.close()


@pytest.fixture
def make_task() -> MakeTask:
    """Return a maker of tasks: an order's fields, and a record's where it is bound."""

    def make(
        store: dict[str, Value],
        office: dict[str, Value] | None = None,
        number: str = "1",
        by: Profile | None = None,
        **more: Any,
    ) -> Task:
        order, chosen = OrderRef(SHOP, OrderId(number)), by or profile()
        task = Task(order, chosen, Snapshot(number, store, stamp="s1"), **more)
        if office is not None:
            record = RecordId(f"9{number}")
            task.binding = Binding(int(number), order, chosen.name or MAIN, CRM, record)
            task.record = Snapshot(record, office, stamp="o1")
        return task

    return make
