"""Customers once, their companies, and deals that people delete."""

from decimal import Decimal

import pytest

from support.world import MAIN, World, fates, profile
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.commerce.lines import Line
from sverka.domain.errors import Later
from sverka.domain.mapping.profile import Brakes
from sverka.domain.text import Text
from sverka.ports.backoffice import Look, Seen
from sverka.ports.guard import Guard
from sverka.ports.journal import Event, JournalLine


@pytest.mark.covers("R19", "R29", "R31", "R263", "R280")
def test_an_order_becomes_a_deal_with_title_contact_rows_and_total(world: World) -> None:
    order = world.order(price="1500.50")
    world.ring_and_settle(order)
    deal = world.deal(order)
    assert deal["title"] == "Заказ A-1: Анна Ким"
    assert deal["stageId"] == "NEW"
    assert deal["categoryId"] == "0"
    assert deal["opportunity"] == Decimal("1500.50")
    assert deal["rows"] == (Line("Mug", Decimal(1), Decimal("1500.50")),)
    assert len(world.office.contacts_of(world.record_of(order))) == 1
    assert world.differences(order) == {}


@pytest.mark.covers("C6", "C8")
def test_a_contact_whose_answer_was_lost_is_not_made_twice(world: World) -> None:
    order = world.order()
    world.bell(order)
    fates(world, Fate.FINE, Fate.LOST_AFTER)
    world.wave()
    other = world.order("2")
    world.bell(other)
    world.settle()
    assert len(world.office.contacts()) == 1
    assert world.office.contacts_of(world.record_of(order)) == world.office.contacts_of(world.record_of(other))


@pytest.mark.covers("R137", "C1", "C5", "C10")
def test_two_orders_of_one_buyer_in_one_wave_share_one_contact(world: World) -> None:
    orders = [
        world.order("1", phone="+79990000001"),
        world.order("2", phone="8 (999) 000-00-01", customer__email="Anna@example.test"),
        world.order("3", phone="", customer__email="anna@example.test "),
    ]
    for order in orders:
        world.bell(order)
    world.settle()
    assert len(world.office.contacts()) == 1
    assert {world.office.contacts_of(world.record_of(order)) for order in orders} == {("1",)}


@pytest.mark.covers("R268", "R270")
def test_a_company_order_hangs_on_its_contact_and_on_its_company(world: World) -> None:
    one = world.order("1", company__name="ООО  Ромашка")
    two = world.order("2", phone="+79990000002", company__name="ООО Ромашка")
    for order in (one, two):
        world.bell(order)
    world.settle()
    (_, company), (other, same) = (world.office.contacts_of(world.record_of(order)) for order in (one, two))
    assert company == same
    assert len(world.office.contacts()) == 3
    assert other != company


def test_a_buyer_who_could_not_be_looked_up_is_not_made(world: World) -> None:
    order = world.order()
    world.bell(order)
    look = world.office.look

    def blind(ask: Look, guard: Guard) -> Seen:
        seen = look(ask, guard)
        seen.keys = dict.fromkeys(seen.keys, Later())
        return seen

    world.office.look = blind  # type: ignore[method-assign]
    world.wave()
    assert world.office.contacts() == {}
    assert world.records_of(order) == []
    world.office.look = look  # type: ignore[method-assign]
    world.settle()
    assert len(world.office.contacts()) == 1
    assert world.record_of(order)


@pytest.mark.covers("C60")
def test_a_contact_that_is_gone_is_looked_for_and_made_anew(world: World) -> None:
    world.ring_and_settle(world.order("1"))
    world.office.drop_contact("1")
    second = world.order("2")
    world.ring_and_settle(second)
    (contact,) = world.office.contacts_of(world.record_of(second))
    assert contact != "1"
    assert contact in world.office.contacts()


@pytest.mark.covers("C60", "C62")
def test_a_deleted_deal_is_released_and_not_made_again(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.office.drop(world.record_of(order))
    world.edit_order(order, status="P")
    world.ring_and_settle(order)
    assert Event.RELEASED in world.events(order)
    world.ring_and_settle(order)
    assert world.records_of(order) == []


@pytest.mark.covers("C61")
def test_many_deals_gone_at_once_halt_the_profile(world: World) -> None:
    orders = [world.order(str(number), phone="") for number in range(8)]
    for order in orders:
        world.bell(order)
    world.settle()
    for order in orders:
        world.office.drop(world.record_of(order))
        world.bell(order)
    world.wave()
    assert MAIN in world.paused
    assert all(Event.RELEASED not in world.events(order) for order in orders)


def test_a_refused_contact_holds_the_order_and_is_not_sent_again(world: World) -> None:
    world.office.refused_keys.add("anna@bad")
    order = world.order(customer__email="anna@bad")
    world.ring_and_settle(order)
    assert world.records_of(order) == []
    assert world.differences(order) == {"customer": "refused"}
    requests = world.office.weather.requests
    world.ring_and_settle(order)
    assert world.office.weather.requests == requests + 1, "looked at, and not sent"
    world.edit_order(order, customer__email="anna@example.test")
    world.ring_and_settle(order)
    assert world.record_of(order)
    assert world.differences(order) == {}


def test_a_deleted_deal_is_made_anew_where_the_profile_or_an_operator_says_so(world: World) -> None:
    order = world.order()
    world.ring_and_settle(order)
    world.office.drop(world.record_of(order))
    world.ring_and_settle(order)
    line = JournalLine(world.clock.now(), Event.APPLIED, Text("anew", "заново"), order)
    assert world.storage.make_anew(order, line) == 1
    world.ring_and_settle(order)
    assert world.record_of(order)
    world.profiles = [profile(brakes=Brakes(on_record_deleted="recreate"))]
    world.office.drop(world.record_of(order))
    world.ring_and_settle(order)
    assert world.record_of(order)
