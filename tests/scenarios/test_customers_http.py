"""Contacts and companies of a real portal, kept in step with orders over HTTP."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from support.http_world import PRINT, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.sandbox.portal.crm.fields import CONTACT

BUYER = {"fio": "Ким Анна", "phone": "+7 999 000-00-01", "email": "anna@example.test"}


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld() as world:
        yield world


def keeping(customer: str, fields: str = "") -> str:
    return f"{PRINT}{fields}\n[customer]\n{customer}\n"


def phones(world: HttpWorld, contact: int) -> list[tuple[str, str]]:
    return [(m.value_type, m.value) for m in world.portal.core.state.items[CONTACT][contact].fm if m.type_id == "PHONE"]


def contact_of(world: HttpWorld, order: OrderRef) -> int:
    (contact,) = world.deal(order)["contactIds"]
    return int(contact)


@pytest.mark.covers("R13", "R31", "R134")
def test_a_newer_number_of_a_buyer_is_added_to_his_contact(world: HttpWorld) -> None:
    world.apply(keeping('fields = { phone = "append", email = "append" }'))
    first = world.order(customer=BUYER)
    world.settle()
    contact = contact_of(world, first)
    assert phones(world, contact) == [("MOBILE", "+79990000001")]
    second = world.order(customer={**BUYER, "phone": "8 (999) 000-00-02"})
    world.settle()
    assert contact_of(world, second) == contact
    assert phones(world, contact) == [("MOBILE", "+79990000001"), ("MOBILE", "+79990000002")]
    for order in (first, second):
        world.ring(order)
    world.settle()
    assert phones(world, contact) == [("MOBILE", "+79990000001"), ("MOBILE", "+79990000002")]
    assert world.differences(first) == world.differences(second) == {}


def call(world: HttpWorld, method: str, **params: Any) -> Any:
    """Let a person do something in the portal, a second later."""
    world.clock.advance(1)
    return world.portal.call(method, params).result


def edit_contact(world: HttpWorld, contact: int, **fields: Any) -> None:
    call(world, "crm.item.update", entityTypeId=CONTACT, id=contact, fields=fields)


def with_contact(world: HttpWorld, **fields: Any) -> int:
    """Let a manager make a contact."""
    item = call(world, "crm.item.add", entityTypeId=CONTACT, fields=fields)["item"]
    return int(item["id"])


def reach(type_id: str, kind: str, value: str) -> Mapping[str, str]:
    return {"typeId": type_id, "valueType": kind, "value": value}


TWO_WAY = '"property.PHONE" = { to = "contact.phone", way = "<->", policy = "office_wins", write = "append" }'


def shop_phone(world: HttpWorld, order: OrderRef) -> str:
    rows = world.site.store.order(int(order.id))["propertyValues"]
    return next(str(row["value"]) for row in rows if row["code"] == "PHONE")


@pytest.mark.covers("R134", "R257", "C66", "C78")
def test_a_number_changed_in_the_contact_reaches_the_order(world: HttpWorld) -> None:
    world.apply(keeping("", TWO_WAY))
    order = world.order(customer=BUYER)
    world.settle()
    contact = contact_of(world, order)
    (line,) = [m for m in world.portal.core.state.items[CONTACT][contact].fm if m.type_id == "PHONE"]
    edit_contact(world, contact, fm={str(line.id): reach("PHONE", "MOBILE", "+79990000077")})
    assert world.sweep()
    world.settle()
    assert shop_phone(world, order) == "+79990000077"
    assert world.differences(order) == {}


@pytest.mark.covers("R257", "C66")
def test_a_number_of_another_kind_is_not_taken_and_that_is_said(world: HttpWorld) -> None:
    world.apply(keeping("", TWO_WAY))
    order = world.order(customer=BUYER)
    world.settle()
    contact = contact_of(world, order)
    (line,) = [m for m in world.portal.core.state.items[CONTACT][contact].fm if m.type_id == "PHONE"]
    edit_contact(world, contact, fm={str(line.id): reach("PHONE", "WORK", "+79990000077")})
    world.sweep()
    world.settle()
    assert shop_phone(world, order) == BUYER["phone"]
    assert world.differences(order) == {"property.PHONE": "kept"}
    assert any("only that kind is taken" in line.text.en for line in world.story(order))
    world.apply(keeping('other_kinds = "use"', TWO_WAY))
    world.ring(order)
    world.settle()
    assert shop_phone(world, order) == "+79990000077"


@pytest.mark.covers("R134", "R136")
def test_name_and_address_go_to_a_known_contact(world: HttpWorld) -> None:
    known = with_contact(world, name="Аня", fm=[reach("PHONE", "MOBILE", "+79990000001")])
    world.apply(keeping('fields = { name = "overwrite", address = "if_empty" }'))
    order = world.order(customer={**BUYER, "fio": "Ким Анна Павловна", "city": "Пермь", "address": "Мира, 1"})
    world.settle()
    assert contact_of(world, order) == known
    shown = call(world, "crm.item.get", entityTypeId=CONTACT, id=known)["item"]
    assert (shown["lastName"], shown["name"], shown["secondName"]) == ("Ким", "Анна", "Павловна")
    (address,) = call(world, "crm.address.list", filter={"ANCHOR_TYPE_ID": CONTACT, "ANCHOR_ID": known})
    assert "Пермь" in address["ADDRESS_1"]
    assert "Мира, 1" in address["ADDRESS_1"]
    assert world.differences(order) == {}


@pytest.mark.covers("C65")
def test_a_name_that_is_the_same_in_other_words_is_left_alone(world: HttpWorld) -> None:
    known = with_contact(world, name="Анна", lastName="Ким", fm=[reach("PHONE", "MOBILE", "+79990000001")])
    world.apply(keeping('fields = { name = "overwrite" }'))
    order = world.order(customer=BUYER)
    world.settle()
    shown = call(world, "crm.item.get", entityTypeId=CONTACT, id=known)["item"]
    assert (shown["name"], shown["lastName"]) == ("Анна", "Ким")
    assert contact_of(world, order) == known


@pytest.mark.covers("R137", "C1", "C3", "C5", "C6", "C7", "C9", "C10", "C14")
def test_a_hundred_orders_of_one_buyer_are_one_contact(world: HttpWorld) -> None:
    world.apply(keeping('fields = { phone = "append", email = "append" }'))
    forms = ["+7 999 000-00-01", "89990000001", "8 (999) 000 00 01", "7-999-000-0001", "+79990000001"]
    for number in range(100):
        world.order(customer={**BUYER, "phone": forms[number % len(forms)], "email": f"Anna{number % 2}@Example.test"})
        if number % 30 == 0:
            world.settle()
    world.settle()
    assert world.contacts == 1


@pytest.mark.covers("R287", "R286")
def test_a_contact_named_by_hand_rules_and_a_wrong_one_is_told(world: HttpWorld) -> None:
    named = with_contact(world, name="Борис")
    world.apply(keeping('bitrix_id = "property.CITY"'))
    mine = world.order(customer={**BUYER, "city": str(named)})
    wrong = world.order(customer={**BUYER, "phone": "+7 999 000-00-05", "city": "99999"})
    plain = world.order()
    world.settle()
    assert contact_of(world, mine) == named
    assert world.deals(wrong) == []
    assert world.differences(wrong) == {"customer": "waiting"}
    assert any("names the contact 99999" in line.text.en for line in world.story(wrong))
    assert world.deal(plain)["contactIds"], "every other order goes on"
    assert world.contacts == 2
    world.site.store.set_properties(int(wrong.id), {"CITY": str(named)})
    world.settle()
    assert contact_of(world, wrong) == named


@pytest.mark.covers("C9", "C61")
def test_several_contacts_of_one_number_are_asked_about(world: HttpWorld) -> None:
    one, two = (with_contact(world, name=n, fm=[reach("PHONE", "MOBILE", "+79990000001")]) for n in ("Анна", "Пётр"))
    world.apply(keeping('fields = { email = "append" }'))
    order, other = world.order(customer={**BUYER, "email": "new@example.test"}), world.order()
    world.settle()
    assert world.deals(order) == []
    assert world.differences(order) == {"customer": "waiting"}
    told = next(line.text.en for line in world.story(order) if "Several in the portal" in line.text.en)
    for contact in (one, two):
        assert f"{contact} ({world.portal.settings.address}/crm/contact/details/{contact}/)" in told
    assert f"sverka order contact {order} {one}" in told
    assert world.deal(other)
    edit_contact(world, two, fm={"n0": reach("EMAIL", "HOME", "new@example.test")})
    world.ring(order)
    world.settle()
    assert contact_of(world, order) == two, "the e-mail tells which of them it is"


@pytest.mark.covers("C60")
def test_a_merged_contact_is_followed_by_its_deals(world: HttpWorld) -> None:
    world.apply(keeping('fields = { phone = "append" }'))
    heir = with_contact(world)
    first = world.order(customer=BUYER)
    world.settle()
    gone = contact_of(world, first)
    call(world, "crm.entity.mergeBatch", params={"entityTypeId": CONTACT, "entityIds": [heir, gone]})
    assert contact_of(world, first) == heir
    (line,) = [m for m in world.portal.core.state.items[CONTACT][heir].fm if m.type_id == "PHONE"]
    edit_contact(world, heir, fm={str(line.id): reach("PHONE", "MOBILE", "+70000000000")})
    second = world.order(customer=BUYER)
    world.settle()
    assert contact_of(world, second) == heir, "by its deals: no search could have found that number any more"
    assert world.contacts == 1


@pytest.mark.covers("C61", "C8")
def test_another_persons_contact_is_not_given_this_buyers_data(world: HttpWorld) -> None:
    world.apply(keeping("", TWO_WAY))
    order = world.order(customer=BUYER)
    world.settle()
    boris = with_contact(world, name="Борис", fm=[reach("PHONE", "MOBILE", "+79990000055")])
    world.portal.edit(2, int(world.deal(order)["id"]), {"contactIds": [boris]})
    world.settle()
    assert shop_phone(world, order) == BUYER["phone"]
    assert phones(world, boris) == [("MOBILE", "+79990000055")]
    assert world.differences(order) == {"property.PHONE": "conflict"}


@pytest.mark.covers("R134")
def test_a_phone_that_is_a_sentence_holds_nothing_up(world: HttpWorld) -> None:
    known = with_contact(world, name="Анна", fm=[reach("EMAIL", "HOME", "anna@example.test")])
    world.apply(keeping('fields = { phone = "append", email = "append" }'))
    order = world.order(customer={**BUYER, "phone": "звоните после шести"})
    world.settle()
    assert contact_of(world, order) == known
    assert phones(world, known) == []
    assert world.differences(order) == {"contact.phone": "kept"}
    assert any("is no number" in line.text.en for line in world.story(order))


SENTENCE = "8 900 123-45-67 звонить после 18, спросить Олю"


@pytest.mark.covers("R134")
@pytest.mark.parametrize("fields", ["", 'fields = { phone = "append", email = "append" }'])
def test_of_a_sentence_the_contact_gets_the_number_alone_and_the_rest_is_not_lost(
    world: HttpWorld, fields: str
) -> None:
    world.apply(keeping(fields, '"customer.phone" = { to = "comments", way = "->" }'))
    typed = {"fio": "Ким Анна", "phone": SENTENCE, "email": "anna@example.test, petrov@..."}
    order, later = world.order(customer=typed), world.order(customer={**BUYER, "phone": "+7 900 123-45-67"})
    world.settle()
    contact = contact_of(world, order)
    assert contact_of(world, later) == contact, "the number in it is a key like any other"
    reached = [(m.value_type, m.value) for m in world.portal.core.state.items[CONTACT][contact].fm]
    assert reached == [("MOBILE", "+79001234567"), ("HOME", "anna@example.test")]
    assert world.deal(order)["comments"] == "+79001234567 звонить после 18, спросить Олю"
    told = [line.text.ru for line in world.story(order) if "остальное останется в заказе" in line.text.ru]
    assert [("Олю" in text, "petrov" in text) for text in told] == [(True, False), (False, True)]
    assert world.differences(order) == world.differences(later) == {}


@pytest.mark.covers("R134")
def test_each_of_several_phones_in_one_field_goes_to_the_contact_once(world: HttpWorld) -> None:
    both = {**BUYER, "phone": "8 (999) 000-00-01 / 8 999 000 00 02"}
    known = with_contact(world, name="Анна", fm=[reach("PHONE", "WORK", "89990000001")])
    world.apply(keeping('fields = { phone = "append" }'))
    order = world.order(customer=both)
    world.settle()
    assert contact_of(world, order) == known
    assert phones(world, known) == [("WORK", "89990000001"), ("MOBILE", "+79990000002")]
    world.ring(order)
    world.settle()
    assert len(phones(world, known)) == 2
    assert world.differences(order) == {}


@pytest.mark.covers("R105", "R106")
def test_the_deal_goes_to_the_contacts_own_employee(world: HttpWorld) -> None:
    with_contact(world, name="Анна", assignedById=6, fm=[reach("PHONE", "MOBILE", "+79990000001")])
    responsible = 'responsible = { from = "contact", else = 9 }'
    world.apply(keeping('fields = { phone = "append" }').replace("responsible = 9", responsible))
    order, stranger = world.order(customer=BUYER), world.order()
    world.settle()
    assert world.deal(order)["assignedById"] == 6
    assert world.deal(stranger)["assignedById"] == 9


@pytest.mark.covers("R134")
def test_a_new_customer_costs_three_requests_and_a_known_one_one_more_look(world: HttpWorld) -> None:
    client = world.connectors["portal"].client  # type: ignore[union-attr]
    world.order(customer=BUYER)
    world.settle()
    for document, most in ((PRINT, 2), (keeping('fields = { phone = "append" }'), 4)):
        world.apply(document)
        world.order(customer=BUYER)
        world.settle()
        before = client.requests
        world.order(customer=BUYER)
        world.deliver()
        world.wave()
        assert client.requests - before <= most
        world.settle()


@pytest.mark.covers("R134", "R136", "R231")
def test_a_contacts_own_bell_reaches_the_order() -> None:
    with HttpWorld(by_app=True) as world:
        world.apply(keeping("", TWO_WAY))
        order = world.order(customer=BUYER)
        world.settle()
        contact = contact_of(world, order)
        (line,) = [m for m in world.portal.core.state.items[CONTACT][contact].fm if m.type_id == "PHONE"]
        edit_contact(world, contact, fm={str(line.id): reach("PHONE", "MOBILE", "+79990000078")})
        world.settle()
        assert shop_phone(world, order) == "+79990000078", "without a sweep"
