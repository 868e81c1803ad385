"""Comments that cannot be read."""

from collections.abc import Collection, Mapping

import pytest

from support.world import SHOP, World, profile
from sverka.connectors.in_memory import MemoryStore
from sverka.domain.commerce.comment import Comment
from sverka.domain.errors import AuthLost, Later, Problem
from sverka.domain.ids import OrderId
from sverka.domain.mapping.field_mapping import FieldMapping, Way
from sverka.domain.mapping.said import Said
from sverka.ports.comments import COMMENTS, TIMELINE
from sverka.ports.guard import Guard
from sverka.storage import pauses
from sverka.storage.database import read


class Mute(MemoryStore):
    """A store that is in trouble when it is asked for comments."""

    problem: Problem = Later()

    def comments(self, orders: Collection[OrderId], guard: Guard) -> Mapping[OrderId, tuple[Comment, ...] | Problem]:
        raise self.problem


@pytest.mark.parametrize(("problem", "stopped"), [(Later(), set()), (AuthLost(), {"shop"})])
def test_a_store_that_tells_no_comments_stops_nobody_but_itself(
    world: World, problem: Problem, stopped: set[str]
) -> None:
    store = Mute(world.clock, "s3cret")
    store.problem = problem
    world.store = world.hub.stores[SHOP] = store  # type: ignore[index]
    order = world.order("1")
    said = FieldMapping("comments", COMMENTS, TIMELINE, Way.BOTH, converter=Said())
    world.profiles = [profile(mappings=(*profile().mappings, said))]
    world.bell(order)
    world.wave()
    assert world.records_of(order) == []
    assert set(read(world.storage._engine, lambda one: pauses.all_of(one, "connection"))) == stopped
