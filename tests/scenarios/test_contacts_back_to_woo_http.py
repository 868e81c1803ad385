"""A contact corrected in the portal reaches the billing and shipping addresses of its orders in a WooCommerce shop."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.catalogue import call
from support.http_world import SOUVENIRS, WOO, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.sandbox.portal.crm.fields import CONTACT

TWO_WAY = (
    SOUVENIRS
    + """
"customer.first_name" = { to = "contact.name", way = "<->", policy = "office_wins" }
"customer.last_name"  = { to = "contact.last_name", way = "<->", policy = "office_wins" }
[customer.fields]
phone   = { write = "append", way = "<->", policy = "office_wins" }
email   = { write = "append", way = "<->", policy = "office_wins" }
address = { write = "overwrite", way = "<->", policy = "office_wins" }
"""
)
ANNA = {
    "first_name": "Анна", "last_name": "Ким", "phone": "+7 999 100-10-10", "email": "anna@example.test",
    "city": "Тверь", "postcode": "170000", "address_1": "пр. Мира, 5",
}  # fmt: skip


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([WOO]) as world:
        world.learn()
        world.apply(TWO_WAY)
        yield world


def placed(world: HttpWorld) -> tuple[OrderRef, int]:
    """Return an order of Anna's and her contact."""
    order = world.order(WOO, billing=ANNA)
    world.settle()
    (contact,) = world.deal(order)["contactIds"]
    return order, int(contact)


def edit(world: HttpWorld, contact: int, **fields: Any) -> None:
    world.clock.advance(1)
    call(world.portal, "crm.item.update", entityTypeId=CONTACT, id=contact, fields=fields)
    assert world.sweep()
    world.settle()


@pytest.mark.covers("R136", "R134", "C66")
def test_name_phone_and_email_of_the_contact_reach_the_billing_address(world: HttpWorld) -> None:
    order, contact = placed(world)
    lines = {line.type_id: line for line in world.portal.core.state.items[CONTACT][contact].fm}
    phone = {"typeId": "PHONE", "valueType": "MOBILE", "value": "+79991001011"}
    email = {"typeId": "EMAIL", "valueType": "HOME", "value": "kim@example.test"}
    fm = {str(lines["PHONE"].id): phone, str(lines["EMAIL"].id): email}
    edit(world, contact, name="Анна-Мария", lastName="Пак", fm=fm)
    row = world.woo.store.order(int(order.id))["billing"]
    assert (row["first_name"], row["last_name"]) == ("Анна-Мария", "Пак")
    assert (row["phone"], row["email"], row["city"]) == ("+79991001011", "kim@example.test", "Тверь")
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R136")
def test_an_address_keeps_its_parts_where_the_contact_still_tells_them(world: HttpWorld) -> None:
    order, contact = placed(world)
    (address,) = call(world.portal, "crm.address.list", filter={"ANCHOR_TYPE_ID": CONTACT, "ANCHOR_ID": contact})
    told = {key: address[key] for key in ("TYPE_ID", "ENTITY_TYPE_ID", "ENTITY_ID")}
    world.clock.advance(1)
    where = {**told, "ADDRESS_1": "170000, Тверь, ул. Новая, 7", "POSTAL_CODE": "", "CITY": ""}
    call(world.portal, "crm.address.update", fields=where)
    world.ring(order)
    world.settle()
    row = world.woo.store.order(int(order.id))["shipping"]
    assert (row["postcode"], row["city"], row["address_1"]) == ("170000", "Тверь", "ул. Новая, 7")
    assert world.differences(order) == {}
    world.assert_at_rest()


def test_an_email_the_shop_refuses_is_held_and_the_rest_is_written(world: HttpWorld) -> None:
    order, contact = placed(world)
    world.portal.add_field(CONTACT, "MAIL")
    world.learn()
    world.apply(
        SOUVENIRS
        + '"customer.first_name" = { to = "contact.name", way = "<->", policy = "office_wins" }\n'
        + '"customer.email" = { to = "contact.UF_CRM_MAIL", way = "<->", policy = "office_wins" }\n'
    )
    world.ring(order)
    world.settle()
    world.portal.edit(CONTACT, contact, {"UF_CRM_MAIL": "nobody"})
    edit(world, contact, name="Мария")
    row = world.woo.store.order(int(order.id))["billing"]
    assert (row["first_name"], row["email"]) == ("Мария", "anna@example.test")
    assert world.differences(order) == {"customer.email": "refused"}
