"""A shop whose clock is wrong, and is put right: nothing that changes is passed over, over real HTTP."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from support.http_world import SITE, START, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.engine.bells.sweep import sweep


class Wrong:
    """A clock that is as far off as it is told."""

    def __init__(self, world: HttpWorld, off: timedelta) -> None:
        self._world, self.off = world, off

    def now(self) -> datetime:
        return self._world.clock.now() + self.off


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        yield world


def deaf(world: HttpWorld) -> None:
    """Let every bell of the shop be lost from now on."""
    world.site.courier.drop(1000)


def found(world: HttpWorld, order: OrderRef) -> None:
    sweep(world.hub, SITE, START)
    world.settle()
    assert world.deal(order)["stageId"] == "C2:EXECUTING"


@pytest.mark.covers("C3", "R166")
@pytest.mark.parametrize("off", [timedelta(hours=5), timedelta(days=-400)])
def test_what_changes_after_a_wrong_clock_was_put_right_is_found(world: HttpWorld, off: timedelta) -> None:
    deaf(world)
    world.clock.advance(3600)
    clock = Wrong(world, off)
    world.site.store.clock = clock  # type: ignore[assignment] # a shop asks its clock for nothing but the time
    order = world.order()
    world.ring(order)
    world.settle()
    sweep(world.hub, SITE, START)
    clock.off = timedelta()
    world.clock.advance(600)
    world.site.store.edit(int(order.id), {"statusId": "P"})
    late = world.order()
    found(world, order)
    assert world.deals(late)


@pytest.mark.covers("C3")
def test_a_shop_that_moves_to_another_time_zone_loses_nothing(world: HttpWorld) -> None:
    deaf(world)
    order = world.order()
    world.ring(order)
    world.settle()
    sweep(world.hub, SITE, START)
    world.site.store.zone = timezone(timedelta(hours=-9))
    world.clock.advance(600)
    world.site.store.edit(int(order.id), {"statusId": "P"})
    found(world, order)
