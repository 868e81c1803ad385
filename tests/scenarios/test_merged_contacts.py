"""Contacts that people merge or delete, and customers whose import was cut short: nobody is made twice."""

from collections.abc import Mapping, Sequence

import pytest

from support.world import World, fates
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.commerce.customer import MatchKey
from sverka.domain.errors import Later, Problem
from sverka.domain.ids import OrderRef, RecordId
from sverka.engine.by_hand.import_customers import known_customers, send_customers
from sverka.ports.backoffice import Look, NewCustomer, Seen
from sverka.ports.customers import StoreCustomer
from sverka.ports.guard import Guard
from sverka.ports.journal import Event


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
