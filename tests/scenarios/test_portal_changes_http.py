"""A portal that is changed under bound deals, and refusals that are nobody's order's fault."""

from collections.abc import Iterator

import pytest

from support.http_world import PORTAL, SITE, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.ports.guard import free


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld() as one:
        yield one


def track(world: HttpWorld, order: OrderRef) -> object:
    return world.connectors[SITE].read([order.id], free)[order.id].get("delivery.track")


@pytest.mark.covers("C61")
def test_a_user_field_deleted_in_the_portal_empties_no_order(world: HttpWorld) -> None:
    orders = [world.order() for _ in range(6)]
    world.settle()
    for order in orders:
        world.site.store.ship(int(order.id), f"RB{order.id}")
    world.settle()
    field = world.portal.call("crm.deal.userfield.list", {"filter": {"FIELD_NAME": "UF_CRM_TRACK"}}).result[0]
    world.portal.call("crm.deal.userfield.delete", {"id": field["ID"]})
    world.clock.advance(10)
    for order in orders:
        world.ring(order)
    world.settle()
    assert [track(world, order) for order in orders] == [f"RB{order.id}" for order in orders]
    assert all("delivery.track" in world.differences(order) for order in orders)


@pytest.mark.parametrize("method", ["crm.item.add", "crm.item.productrow.set"])
def test_a_request_refused_as_a_whole_holds_nobody_for_good(world: HttpWorld, method: str) -> None:
    orders = [world.order() for _ in range(3)]
    world.fault("html", method, status=413, times=1)
    world.settle()
    assert all(len(world.deals(order)) == 1 for order in orders)


@pytest.mark.covers("C75")
def test_a_lost_right_to_make_deals_is_no_fault_of_the_orders(world: HttpWorld) -> None:
    orders = [world.order() for _ in range(3)]
    world.fault("refuse", "crm.item.add", status=400, code="ACCESS_DENIED", description="Access denied")
    world.deliver()
    world.wave()
    assert PORTAL in world.stopped("connection")
    world.settle()
    assert all(len(world.deals(order)) == 1 for order in orders)
    assert all(world.differences(order) == {} for order in orders)
