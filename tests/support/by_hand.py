"""Deals that managers open by hand, in a world whose profile makes orders of them."""

from typing import Any

from support.world import CRM, START, World, mappings, profile
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.ids import OrderRef
from sverka.domain.mapping.field_mapping import FieldMapping, Way
from sverka.domain.mapping.profile import NewOrder

NUMBER = FieldMapping("number", "order.number", "UF_NUMBER", Way.TO_OFFICE)


def order_making_world() -> World:
    world = World()
    world.profiles = [profile(new_order=NewOrder(("NEW",)), mappings=(*mappings(), NUMBER))]
    return world


def opened(world: World, stage: str = "NEW", **fields: Any) -> OrderRef:
    """Let a manager open a deal, and return the name it is visited under."""
    record = world.office.open({"title": "By hand", "stageId": stage, "UF_TRACK": "RB1", **fields})
    return OrderRef.of_record(CRM, record)


def rung(world: World, record: OrderRef) -> None:
    world.office_bell(record.id)
    world.settle()


def orders(world: World) -> list[str]:
    return sorted(world.store.ids())


def made_of(world: World, record: OrderRef) -> OrderRef:
    """Return the one order that was made of a record, bound to it and to nothing else."""
    (order,) = (world.order_ref(id_) for id_ in orders(world))
    (binding,) = world.storage.recall([order], START).bindings[order]
    assert (binding.record, binding.office) == (record.id, CRM)
    return order


def lost(world: World, *fates: Fate) -> None:
    """Let the next requests to the store meet these fates."""
    left = list(fates)
    world.store.weather.next_fate = lambda: left.pop(0) if left else Fate.FINE
