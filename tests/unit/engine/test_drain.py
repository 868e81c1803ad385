"""A back office's own queue: whatever waits in it, orders have their turn, and nothing is asked for ever."""

from collections.abc import Callable, Iterator

import pytest

from support.world import CRM, World
from sverka.domain.errors import Later
from sverka.engine.bells.drain import AT_ONCE, Drained, drain
from sverka.ports.backoffice import Parcel
from sverka.worker import Worker


@pytest.fixture
def world() -> Iterator[World]:
    with_queue = World()
    yield with_queue
    with_queue.close()


class Line:
    """Stands in for a queue: answers what it is told, and gives up on whoever never stops asking."""

    def __init__(self, world: World, answer: Callable[[int], Parcel | None]) -> None:
        self.asked, self.confirmed, self._answer = 0, 0, answer
        for name, value in {"has_queue": True, "reserve": self.reserve, "confirm": self.confirm}.items():
            setattr(world.office, name, value)

    def reserve(self) -> Parcel | None:
        self.asked += 1
        assert self.asked < 500, "it is asked for ever"
        return self._answer(self.asked)

    def confirm(self, parcel: Parcel) -> None:
        del parcel
        self.confirmed += 1


def test_a_queue_that_fills_faster_than_it_is_emptied_keeps_no_order_waiting(world: World) -> None:
    order = world.order()
    queue = Line(world, lambda asked: None if world.records_of(order) else Parcel(f"p{asked} {asked}", []))
    assert drain(world.hub, CRM) == Drained(is_clear=True, is_empty=False)
    assert queue.confirmed == AT_ONCE
    world.bell(order)
    Worker(lambda: world.hub, dict).work(CRM)
    assert world.records_of(order)
    assert queue.asked == 2 * AT_ONCE + 1


def test_what_is_left_is_taken_at_once_although_no_order_waits(world: World) -> None:
    queue = Line(world, lambda asked: Parcel(f"p{asked} {asked}", []) if asked <= AT_ONCE + 3 else None)
    Worker(lambda: world.hub, dict).work(CRM)
    assert queue.confirmed == AT_ONCE + 3


def test_a_queue_that_forgets_nothing_is_left_alone_for_a_while(world: World) -> None:
    queue = Line(world, lambda _asked: Parcel("p 1", []))
    with pytest.raises(Later):
        drain(world.hub, CRM)
    assert queue.asked == 2
    assert Worker(lambda: world.hub, dict).work(CRM) is not None
