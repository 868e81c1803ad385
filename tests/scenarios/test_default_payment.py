"""The payment method of an order made of a deal: the deal's own, or the default with a line in the journal (R114)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from support.by_hand import made_of, opened, order_making_world
from support.world import World
from sverka.domain.mapping.convert import ValueMap
from sverka.domain.mapping.field import FieldType
from sverka.domain.mapping.field_mapping import FieldMapping, Way


@pytest.fixture
def world() -> Iterator[World]:
    world = order_making_world()
    method = FieldMapping(
        "payment.method", "payment.method", "UF_PAY", Way.BOTH,
        converter=ValueMap({"cod": "45", "bacs": "46"}), office_type=FieldType.CHOICE, store_type=FieldType.CHOICE,
    )  # fmt: skip
    made = world.profiles[0]
    new_order = replace(made.new_order, defaults={"payment.method": "cod"})
    world.profiles = [replace(made, mappings=(*made.mappings, method), new_order=new_order)]
    yield world
    world.close()


@pytest.mark.covers("R113", "R114", "R122")
@pytest.mark.parametrize(("told", "method", "noted"), [(None, "cod", True), ("46", "bacs", False)])
def test_a_deal_that_tells_no_payment_method_gets_the_default_one(
    world: World, told: str | None, method: str, *, noted: bool
) -> None:
    record = opened(world, **({"UF_PAY": told} if told else {}))
    world.office_bell(record.id)
    world.settle()
    order = made_of(world, record)
    assert world.shop(order)["payment.method"] == method
    assert [line.rule for line in world.story(record) if line.rule == "default"] == (["default"] if noted else [])
    assert world.office.show(record.id)["UF_PAY"] == {"cod": "45", "bacs": "46"}[method]


@pytest.mark.covers("R114")
def test_a_method_without_a_counterpart_is_held_and_no_default_is_taken_for_it(world: World) -> None:
    record = opened(world, UF_PAY="99")
    world.office_bell(record.id)
    world.settle()
    assert world.store.ids() == frozenset()
    assert world.differences(record) == {"payment.method": "unmapped"}
