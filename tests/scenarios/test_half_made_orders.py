"""Orders found half made are given the default their making broke off before (R114), once and under its doubt."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from support.by_hand import lost, made_of, opened, order_making_world, orders
from support.world import CRM, START, World
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.convert import ValueMap
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Way

METHOD = FieldMapping(
    "payment.method", "payment.method", "UF_PAY", Way.BOTH, converter=ValueMap({"cod": "45", "bacs": "46"}),
    office_type=FieldType.CHOICE, store_type=FieldType.CHOICE,
)  # fmt: skip


@pytest.fixture(params=[True, False], ids=["mapped", "unmapped"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    world = order_making_world()
    made = world.profiles[0]
    new_order = replace(made.new_order, defaults={"payment.method": "cod"})
    mappings = (*made.mappings, METHOD) if request.param else made.mappings
    world.profiles = [replace(made, mappings=mappings, new_order=new_order)]
    yield world
    world.close()


def half_made(world: World) -> OrderRef:
    """Let the store break off between the order and its payment, and the answer be lost."""
    record = opened(world)
    _break_off(world, record)
    return record


def _break_off(world: World, record: OrderRef) -> OrderRef:
    world.office_bell(record.id)
    lost(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    made = orders(world)[-1]
    world.store.put(made, payment__method=None, delivery__track=None)
    return world.order_ref(made)


def lines(world: World, order: OrderRef) -> list[str]:
    return [line.text.en for line in world.story(order) if line.rule == "default"]


@pytest.mark.covers("R114")
def test_a_default_the_making_broke_off_before_is_set_at_the_next_visit(world: World) -> None:
    record = half_made(world)
    world.settle()
    order = made_of(world, record)
    assert world.shop(order)["payment.method"] == "cod"
    assert world.shop(order)["delivery.track"] == "RB1", "what else is missing goes along"
    assert "is set now: cod" in lines(world, order)[0]
    assert world.storage.counts().open_intents == 0
    writes = world.store.writes
    world.bell(order)
    world.settle()
    assert world.store.writes == writes


def test_while_it_may_still_be_being_made_its_own_bell_sets_nothing(world: World) -> None:
    record = half_made(world)
    (made,) = orders(world)
    world.bell(world.order_ref(made))
    world.wave()
    assert world.shop(world.order_ref(made))["payment.method"] is None
    assert world.storage.due(CRM, world.clock.now()) == START + world.hub.terms.doubt
    world.settle()
    assert world.shop(made_of(world, record))["payment.method"] == "cod"


def test_a_lost_answer_opens_the_doubt_anew(world: World) -> None:
    record = half_made(world)
    world.clock.sleep(world.hub.terms.doubt.total_seconds())
    lost(world, Fate.FINE, Fate.LOST_BEFORE)
    world.wave()
    (made,) = orders(world)
    assert len(world.storage.open_orders(CRM)) == 1
    world.bell(world.order_ref(made))
    world.wave()
    assert world.shop(world.order_ref(made))["payment.method"] is None, "the first may be on its way yet"
    world.settle()
    assert world.shop(made_of(world, record))["payment.method"] == "cod"
    assert world.storage.counts().open_intents == 0


def test_a_default_the_store_refuses_is_told_and_the_order_is_bound(world: World) -> None:
    record = half_made(world)
    world.store.refuses.add(("payment.method", "cod"))
    world.settle()
    order = made_of(world, record)
    assert "set it in the order by hand" in lines(world, order)[0]
    assert world.shop(order)["delivery.track"] == "RB1"


def test_what_the_order_has_by_now_is_left_alone(world: World) -> None:
    record = half_made(world)
    (made,) = orders(world)
    world.store.put(made, payment__method="bacs")
    world.settle()
    assert world.shop(made_of(world, record))["payment.method"] == "bacs"
    other = _break_off(world, opened(world))
    world.store.put(other.id, delivery__track="RB9")
    world.settle()
    assert world.shop(other)["payment.method"] == "cod"
    assert world.shop(other)["delivery.track"] == "RB9", "somebody has set it since"
