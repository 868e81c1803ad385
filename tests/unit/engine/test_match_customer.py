"""Customers once: matched among themselves, then in memory, then in the portal."""

from dataclasses import replace
from typing import Any

import pytest

from support.world import World, profile
from sverka.connectors.in_memory.weather import Fate
from sverka.domain.commerce.customer import MatchKey
from sverka.domain.errors import Gone, Later
from sverka.domain.ids import RecordId
from sverka.domain.mapping.new_record import NewRecord
from sverka.domain.mapping.profile import CustomerRule
from sverka.engine.parties.match import Buyer, buyers_of, keys_of, match
from sverka.engine.task import Task
from sverka.ports.backoffice import Seen
from sverka.ports.storage import KnownContacts

A, B = MatchKey("phone", "79990000001"), MatchKey("phone", "79990000002")
X, Y = MatchKey("email", "x@example.test"), MatchKey("email", "y@example.test")
ONE, TWO = RecordId("c1"), RecordId("c2")


def birth(make_task: Any, number: str, phone: str = "", email: str = "", **more: Any) -> Task:
    fields = {"customer.phone": phone, "customer.email": email, "customer.name": f"Buyer {number}"}
    task: Task = make_task(fields, number=number, is_birth=True, **more)
    return task


def numbers(buyer: Buyer) -> list[str]:
    return sorted(task.order.id for task in buyer.tasks)


@pytest.mark.covers("R137")
def test_births_that_share_a_key_are_one_buyers(make_task: Any) -> None:
    tasks = [
        birth(make_task, "1", A.value),
        birth(make_task, "2", "8 (999) 000-00-01"),
        birth(make_task, "3", B.value),
    ]
    buyers = buyers_of(tasks)
    assert [numbers(buyer) for buyer in buyers] == [["1", "2"], ["3"]]
    assert [buyer.customer.name for buyer in buyers] == ["Buyer 1", "Buyer 3"]


def test_a_birth_with_both_keys_joins_the_buyers_of_each(make_task: Any) -> None:
    tasks = [
        birth(make_task, "1", A.value),
        birth(make_task, "2", "", X.value),
        birth(make_task, "3", A.value, X.value),
        birth(make_task, "4", "", X.value),
        birth(make_task, "5", A.value),
        birth(make_task, "6", B.value, Y.value),
    ]
    buyers = buyers_of(tasks)
    assert [numbers(buyer) for buyer in buyers] == [["1", "2", "3", "4", "5"], ["6"]]
    assert set(buyers[0].keys) == {A, X}
    assert len(buyers[0].keys) == 2


def test_who_could_not_be_found_again_gets_no_contact(make_task: Any) -> None:
    assert buyers_of([birth(make_task, "1")]) == []


def test_where_no_contacts_are_made_a_known_buyer_is_linked_all_the_same(world: World) -> None:
    world.ring_and_settle(world.order("1"))
    world.profiles = [profile(customer=CustomerRule(create="none"))]
    known, unknown = world.order("2"), world.order("3", phone="+79990000009")
    for order in (known, unknown):
        world.ring_and_settle(order)
    assert world.office.contacts_of(world.record_of(known)) == ("1",)
    assert world.office.contacts_of(world.record_of(unknown)) == ()
    assert len(world.office.contacts()) == 1


def test_keys_are_tried_as_the_profile_says(make_task: Any) -> None:
    by_mail = profile(customer=CustomerRule(match=("email", "phone")))
    assert keys_of(birth(make_task, "1", A.value, X.value)) == (A, X)
    assert keys_of(birth(make_task, "1", A.value, X.value, by=by_mail)) == (X, A)
    only = profile(customer=CustomerRule(match=("email",)))
    assert keys_of(birth(make_task, "1", A.value, X.value, by=only)) == (X,)


def buyer_of(make_task: Any) -> Buyer:
    (buyer,) = buyers_of([birth(make_task, "1", A.value, X.value)])
    return buyer


@pytest.mark.parametrize(
    ("bound", "keys", "contacts", "contact"),
    [
        ({}, {}, {}, None),
        ({A: ONE}, {}, {ONE: "7"}, ONE),
        ({X: TWO}, {}, {TWO: "7"}, TWO),
        ({A: ONE, X: TWO}, {}, {ONE: "7", TWO: "7"}, ONE),
        ({}, {A: [ONE, TWO], X: [TWO]}, {}, TWO),
        ({}, {A: [], X: [TWO]}, {}, TWO),
        ({A: ONE}, {}, {ONE: Gone()}, None),
        ({A: ONE}, {A: [TWO]}, {ONE: Gone()}, TWO),
        ({A: ONE, X: TWO}, {A: []}, {ONE: Gone(), TWO: "7"}, TWO),
        ({}, {A: [], X: []}, {}, None),
    ],
)
def test_the_first_key_that_leads_to_a_living_contact_decides(
    make_task: Any, bound: Any, keys: Any, contacts: Any, contact: RecordId | None
) -> None:
    buyer = buyer_of(make_task)
    match([buyer], KnownContacts(bound), Seen(keys=keys, contacts=contacts))
    assert buyer.contact == contact
    assert buyer.tasks[0].contact == contact
    assert not buyer.waits


@pytest.mark.parametrize(
    ("bound", "keys", "contacts"),
    [({}, {A: Later()}, {}), ({}, {A: Later(), X: [TWO]}, {}), ({A: ONE}, {}, {ONE: Later()})],
)
def test_not_looked_up_is_not_the_same_as_not_found(make_task: Any, bound: Any, keys: Any, contacts: Any) -> None:
    buyer = buyer_of(make_task)
    match([buyer], KnownContacts(bound), Seen(keys=keys, contacts=contacts))
    assert buyer.waits


def test_a_company_is_a_buyer_of_its_own(make_task: Any) -> None:
    fields = {"customer.phone": A.value, "company.name": "Kim  and sons"}
    first, second = (make_task(fields, number=number, is_birth=True) for number in "12")
    person, company = buyers_of([first, second])
    assert (person.is_company, company.is_company) == (False, True)
    assert company.keys == (MatchKey("company", "Kim and sons"),)
    person.take(ONE, "7")
    company.take(TWO, "8")
    assert [(task.contact, task.company, task.responsible) for task in (first, second)] == [(ONE, TWO, "7")] * 2


def test_what_is_learned_leaves_a_key_with_the_contact_it_was_found_by(make_task: Any) -> None:
    buyer = buyer_of(make_task)
    assert buyer.learn() == {}
    match([buyer], KnownContacts(), Seen(keys={A: [ONE], X: [TWO]}))
    assert buyer.learn() == {A: ONE, X: TWO}
    other = buyer_of(make_task)
    match([other], KnownContacts(), Seen(keys={A: [], X: [TWO]}))
    assert other.learn() == {A: TWO, X: TWO}, "a key that is nobody's leads to the contact from now on"


@pytest.mark.parametrize(("answer", "responsible"), [("7", "7"), (Gone(), ""), (None, "")])
def test_the_contacts_own_manager_is_told_to_the_birth(make_task: Any, answer: Any, responsible: str) -> None:
    buyer = buyer_of(make_task)
    contacts = {ONE: answer} if answer is not None else {}
    match([buyer], KnownContacts(), Seen(keys={A: [ONE]}, contacts=contacts))
    assert buyer.tasks[0].responsible == responsible


@pytest.mark.parametrize(("open_", "waits"), [({A}, True), ({X}, True), ({B}, False), (set(), False)])
def test_a_buyer_whose_keys_meet_a_contact_in_the_making_waits(make_task: Any, open_: Any, *, waits: bool) -> None:
    buyer = buyer_of(make_task)
    match([buyer], KnownContacts({}, frozenset(open_)), Seen())
    assert buyer.waits is waits


def test_an_order_waits_for_an_open_key_though_another_of_its_keys_is_known(world: World) -> None:
    world.ring_and_settle(world.order("1", phone="+79990000001"))
    doubtful = world.order("2", phone="+79990000002", customer__email="x@example.test")
    world.bell(doubtful)
    fates = [Fate.FINE, Fate.LOST_AFTER]
    world.office.weather.next_fate = lambda: fates.pop(0) if fates else Fate.FINE
    world.wave()
    meeting = world.order("3", phone="+79990000001", customer__email="x@example.test")
    world.bell(meeting)
    world.wave()
    assert world.records_of(meeting) == [], "the e-mail's contact is in doubt: whose it is, is not known yet"


def test_a_refused_birth_is_not_repeated_with_the_profiles_own_manager(world: World) -> None:
    world.profiles = [profile(new=NewRecord(responsible="5"))]
    world.ring_and_settle(world.order("1"))
    sent: list[object] = []
    write = world.office.write
    world.office.write = lambda writes, guard: (sent.append(writes), write(writes, guard))[1]  # type: ignore[method-assign]
    world.office.refuses.add(("stageId", "NEW"))
    second = world.order("2")
    for _ in range(3):
        world.ring_and_settle(second)
    assert len(sent) == 1


def test_a_refused_birth_is_not_repeated_with_the_contacts_manager(world: World) -> None:
    world.profiles = [profile(new=NewRecord(responsible="5"))]
    world.ring_and_settle(world.order("1"))
    world.profiles = [profile(new=replace(world.profiles[0].new, responsible="6", responsible_from_contact=True))]
    sent: list[object] = []
    write = world.office.write
    world.office.write = lambda writes, guard: (sent.append(writes), write(writes, guard))[1]  # type: ignore[method-assign]
    world.office.refuses.add(("stageId", "NEW"))
    second = world.order("2")
    for _ in range(3):
        world.ring_and_settle(second)
    assert len(sent) == 1


@pytest.mark.covers("R105", "R106")
def test_a_new_deal_is_given_to_the_contacts_manager(world: World) -> None:
    world.profiles = [profile(new=NewRecord(responsible="5"))]
    world.ring_and_settle(world.order("1"))
    world.profiles = [profile(new=NewRecord(responsible="6", responsible_from_contact=True))]
    second, stranger = world.order("2"), world.order("3", phone="+79990000009")
    world.ring_and_settle(second)
    world.ring_and_settle(stranger)
    assert world.deal(second)["assignedById"] == "5"
    assert world.deal(stranger)["assignedById"] == "6"
