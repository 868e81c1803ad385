"""Contacts and companies of a real portal, kept in step with orders over HTTP."""

from collections.abc import Iterator

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
