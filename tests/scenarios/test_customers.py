"""Customers once, their companies, and deals that people delete."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from support.world import CRM, MAIN, World, fates, profile
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.commerce.customer import MatchKey
from sverka.domain.commerce.lines import Line
from sverka.domain.errors import Later, Problem
from sverka.domain.ids import OrderRef, RecordId
from sverka.domain.mapping.field_mapping import FieldMapping, Policy, Way, WriteMode
from sverka.domain.mapping.profile import Brakes, Profile
from sverka.domain.mapping.reach import Reachable
from sverka.domain.text import Text
from sverka.engine.bells.receive import CLOSEST, receive
from sverka.engine.by_hand.import_customers import known_customers, send_customers
from sverka.ports.backoffice import Look, NewCustomer, Seen
from sverka.ports.customers import StoreCustomer
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


@pytest.mark.covers("C60")
def test_a_contact_that_was_merged_is_found_by_its_deals(world: World) -> None:
    first = world.order("1")
    world.ring_and_settle(first)
    heir = world.office.add_contact({})
    world.office.merge_contact("1", heir)
    world.office._contacts[heir].keys = ()
    second = world.order("2")
    world.ring_and_settle(second)
    assert world.office.contacts_of(world.record_of(second)) == (heir,)
    assert len(world.office.contacts()) == 1


def merged_unsearchably(world: World, gone: str) -> str:
    """Merge a contact into another that no search finds by the buyer's keys; return the other."""
    heir = world.office.add_contact({})
    world.office.merge_contact(gone, heir)
    world.office._contacts[heir].keys = ()
    return str(heir)


@pytest.mark.covers("C60")
@pytest.mark.parametrize("looked_at_between", [False, True])
def test_a_contact_whose_heir_was_merged_too_is_followed_to_the_last(world: World, *, looked_at_between: bool) -> None:
    first = world.order("1", customer__email="anna@example.test")
    world.ring_and_settle(first)
    heir = "1"
    for _ in range(3):
        heir = merged_unsearchably(world, heir)
        if looked_at_between:
            world.ring_and_settle(first)
    by_phone, by_mail = world.order("2"), world.order("3", phone="", customer__email="anna@example.test")
    for order in (by_phone, by_mail):
        world.ring_and_settle(order)
        assert world.office.contacts_of(world.record_of(order)) == (heir,)
    assert list(world.office.contacts()) == [heir]


@pytest.mark.covers("C60")
def test_where_the_heir_was_deleted_the_search_says_who_is_meant(world: World) -> None:
    world.ring_and_settle(world.order("1"))
    heir = merged_unsearchably(world, "1")
    world.office.drop_contact(heir)
    known = world.office.add_contact({}, MatchKey("phone", "79990000001"))
    second = world.order("2")
    world.ring_and_settle(second)
    assert world.office.contacts_of(world.record_of(second)) == (known,)
    assert list(world.office.contacts()) == [known]


@pytest.mark.covers("C60")
def test_another_contact_on_the_deal_does_not_hide_the_heir(world: World) -> None:
    first = world.order("1")
    world.ring_and_settle(first)
    record = world.record_of(first)
    friend = world.office.add_contact({})
    world.office._records[record].contacts = (RecordId("1"), RecordId(friend))
    world.ring_and_settle(first)
    heir = merged_unsearchably(world, "1")
    world.ring_and_settle(first)
    second = world.order("2")
    world.ring_and_settle(second)
    assert world.office.contacts_of(world.record_of(second)) == (heir,)


@pytest.mark.covers("C61")
def test_a_living_contact_keeps_his_buyer_though_a_manager_hangs_the_deal_on_another(world: World) -> None:
    first = world.order("1")
    world.ring_and_settle(first)
    other = world.office.add_contact({})
    world.office._records[world.record_of(first)].contacts = (RecordId(other),)
    world.ring_and_settle(first)
    second = world.order("2")
    world.ring_and_settle(second)
    assert world.office.contacts_of(world.record_of(second)) == ("1",)


@pytest.mark.covers("C60")
def test_while_the_deals_of_a_merged_contact_cannot_be_read_no_second_one_is_made(world: World) -> None:
    world.ring_and_settle(world.order("1"))
    heir = merged_unsearchably(world, "1")
    look = world.office.look

    def blind(ask: Look, guard: Guard) -> Seen:
        seen = look(ask, guard)
        seen.records = dict.fromkeys(seen.records, Later())
        return seen

    second = world.order("2")
    world.bell(second)
    world.office.look = blind  # type: ignore[method-assign]
    world.wave()
    assert (world.records_of(second), list(world.office.contacts())) == ([], [heir])
    world.office.look = look  # type: ignore[method-assign]
    world.settle()
    assert world.office.contacts_of(world.record_of(second)) == (heir,)


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


def test_an_imported_customer_in_doubt_holds_up_nobody_for_ever(world: World) -> None:
    fates(world, Fate.FINE, Fate.LOST_AFTER)
    customer = StoreCustomer("7", {"customer.name": "Анна", "customer.phone": "+79990000001"})
    (told,) = send_customers(world.hub, world.profiles[0], [customer])
    assert told.contact is None
    order = world.order("1")
    world.bell(order)
    world.settle()
    assert world.office.contacts_of(world.record_of(order)) == ("1",)
    assert len(world.office.contacts()) == 1
    (again,) = send_customers(world.hub, world.profiles[0], [customer])
    assert (again.contact, again.is_new) == ("1", False)
    assert world.storage.counts().open_intents == 0
    assert Event.HELD not in world.events(OrderRef.of_customer(order.store, "7")), "no order of that name is missed"


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


@pytest.mark.covers("R324", "C71")
@pytest.mark.parametrize("made_by_then", [False, True])
def test_an_import_that_dies_at_work_is_taken_up_by_the_next_and_doubles_nobody(
    world: World, *, made_by_then: bool
) -> None:
    work = world.office.add_customers

    def die(new: Sequence[NewCustomer], guard: Guard) -> Mapping[int, RecordId | Problem]:
        if made_by_then:
            work(new[:1], guard)
        raise MemoryError

    customers = [StoreCustomer(str(n), {"customer.name": "Анна", "customer.phone": f"+7999000000{n}"}) for n in (1, 2)]
    world.office.add_customers = die  # type: ignore[method-assign]
    with pytest.raises(MemoryError):
        send_customers(world.hub, world.profiles[0], customers)
    world.office.add_customers = work  # type: ignore[method-assign]
    waiting = send_customers(world.hub, world.profiles[0], customers)
    assert [one.contact is not None for one in waiting] == [made_by_then, False], "what a search finds is told at once"
    assert "not known yet" in str(waiting[1].why and waiting[1].why.en)
    assert known_customers(world.hub, world.profiles[0], customers)[1].why == waiting[1].why
    assert world.storage.counts().open_intents == 2
    world.clock.sleep(world.hub.terms.doubt.total_seconds() + 1)
    told = send_customers(world.hub, world.profiles[0], customers)
    assert [one.is_new for one in told] == [not made_by_then, True]
    assert {one.contact for one in told} == set(world.office.contacts())
    assert len(world.office.contacts()) == 2
    assert world.storage.counts().open_intents == 0
    again = send_customers(world.hub, world.profiles[0], customers)
    assert [(one.contact, one.is_new) for one in again] == [(one.contact, False) for one in told]


@pytest.mark.covers("R324")
def test_an_order_of_a_customer_whose_import_died_waits_no_longer_than_the_doubt(world: World) -> None:
    def die(*_: object) -> object:
        raise MemoryError

    world.office.add_customers, work = die, world.office.add_customers  # type: ignore[method-assign, assignment]
    customer = StoreCustomer("7", {"customer.name": "Анна", "customer.phone": "+79990000001"})
    with pytest.raises(MemoryError):
        send_customers(world.hub, world.profiles[0], [customer])
    world.office.add_customers = work  # type: ignore[method-assign]
    order = world.order("1")
    world.ring_and_settle(order)
    assert len(world.office.contacts_of(world.record_of(order))) == 1
