"""Customers once, their companies, and deals that people delete."""

from dataclasses import replace
from decimal import Decimal

import pytest

from support.world import CRM, MAIN, World, fates, profile
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.commerce.lines import Line
from sverka.domain.errors import Later
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Way, WriteMode
from sverka.domain.mapping.profile import Brakes, Profile
from sverka.domain.mapping.reach import Reachable
from sverka.domain.text import Text
from sverka.engine.bells.receive import CLOSEST, receive
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


@pytest.mark.covers("C60", "R235")
def test_a_contact_that_is_gone_is_looked_for_and_made_anew(world: World) -> None:
    world.ring_and_settle(world.order("1"))
    world.office.drop_contact("1")
    second = world.order("2")
    world.ring_and_settle(second)
    (contact,) = world.office.contacts_of(world.record_of(second))
    assert contact != "1"
    assert contact in world.office.contacts()


@pytest.mark.covers("C60", "C62", "R234")
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
    world.office.refused_keys.add("anna@bad.test")
    order = world.order(customer__email="anna@bad.test")
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


def test_a_refused_company_and_a_refused_contact_are_told_and_solved_each_by_itself(world: World) -> None:
    world.office.refused_keys |= {"anna@bad.test", "ООО Плохая"}
    order = world.order(customer__email="anna@bad.test", company__name="ООО Плохая")
    world.ring_and_settle(order)
    assert world.differences(order) == {"customer": "refused", "company": "refused"}
    told = {one.difference.key: one.difference.store for one in world.storage.differences.list(order)}
    assert told == {"customer": "79990000001, anna@bad.test", "company": "ООО Плохая"}
    world.edit_order(order, customer__email="anna@example.test")
    world.ring_and_settle(order)
    assert (world.records_of(order), world.differences(order)) == ([], {"company": "refused"})
    requests = world.office.weather.requests
    world.ring_and_settle(order)
    assert world.office.weather.requests == requests + 1, "looked at, and not sent"
    world.edit_order(order, company__name="ООО Хорошая")
    world.ring_and_settle(order)
    assert len(world.office.contacts_of(world.record_of(order))) == 2
    assert world.differences(order) == {}


@pytest.mark.covers("R234")
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


PHONES = FieldMapping(
    "contact.phone", "customer.phone", "contact.phone", Way.BOTH, Policy.OFFICE_WINS, WriteMode.APPEND,
    Reachable("phone", "MOBILE"), ignore_unmapped=True, one_in_store=True,
)  # fmt: skip


def keeping(*more: FieldMapping) -> Profile:
    bare = profile()
    return replace(bare, mappings=(*bare.mappings, *(more or (PHONES,))))


@pytest.mark.covers("R134")
def test_a_contacts_bell_rings_its_newest_orders_and_no_more(world: World) -> None:
    world.profiles = [keeping()]
    orders = [world.order(str(number)) for number in range(CLOSEST + 5)]
    for order in orders:
        world.bell(order)
    world.settle()
    world.office.edit_contact("1", {"contact.phone": ("MOBILE +79990000001", "WORK +79990000002")})
    receive(world.hub, CRM, *world.office.sign_contact("1"))
    due = world.storage.counts().waiting
    assert sum(one.visits for one in due) == CLOSEST
    world.settle()
    assert all(world.differences(order) == {} for order in orders), "the number is still among the contact's"
    assert all(world.shop(order)["customer.phone"] == "+79990000001" for order in orders)


def test_contacts_ring_nobody_where_no_profile_keeps_them(world: World) -> None:
    world.ring_and_settle(world.order("1"))
    receive(world.hub, CRM, *world.office.sign_contact("1"))
    assert world.storage.counts().waiting == []


@pytest.mark.covers("C61")
def test_two_orders_that_add_to_one_contact_at_once_both_land(world: World) -> None:
    world.profiles = [keeping()]
    buyer = {"customer__email": "anna@example.test"}
    world.ring_and_settle(world.order("1", **buyer))
    orders = [world.order(str(n), phone=f"+7999000000{n}", **buyer) for n in (2, 3)]
    for order in orders:
        world.bell(order)
    world.settle()
    held = world.office.show_contact("1")["contact.phone"]
    assert held == ("MOBILE +79990000001", "MOBILE +79990000002", "MOBILE +79990000003")
    assert all(world.differences(order) == {} for order in orders)


def test_a_value_the_contact_would_not_take_is_held_and_the_deal_is_made(world: World) -> None:
    world.profiles = [keeping()]
    buyer = {"customer__email": "anna@example.test"}
    world.ring_and_settle(world.order("1", **buyer))
    bad = ("MOBILE +79990000001", "MOBILE +79990000002")
    world.office.refuses.add(("contact.phone", bad))
    second, third = world.order("2", phone="+79990000002", **buyer), world.order("3")
    for order in (second, third):
        world.ring_and_settle(order)
    assert world.record_of(second)
    assert world.differences(second) == {"contact.phone": "refused"}
    assert world.record_of(third)
    world.ring_and_settle(second)
    assert world.differences(second) == {"contact.phone": "refused"}, "and it is not sent again"


NAMES = FieldMapping("contact.name", "customer.name", "contact.name", Way.BOTH, Policy.OFFICE_WINS)


@pytest.mark.covers("C60")
def test_a_contact_put_in_the_place_of_one_taken_off_gives_the_order_nothing_of_his(world: World) -> None:
    world.profiles = [keeping(NAMES)]
    order = world.order("1")
    world.ring_and_settle(order)
    record = world.record_of(order)
    world.office._records[record].contacts = ()
    world.ring_and_settle(order)
    other = world.office.add_contact({"contact.name": "Мария", "contact.phone": ("MOBILE +79990000099",)})
    world.office.link(record, other)
    world.ring_and_settle(order)
    assert world.shop(order)["customer.name"] == "Анна Ким"
    assert world.office.show_contact(other)["contact.name"] == "Мария"
    assert world.differences(order) == {"contact.name": "conflict"}
