"""What a manager corrects in a contact or a company reaches the orders of a 1C-Bitrix site, over real HTTP (R136)."""

from collections.abc import Iterator
from typing import Any

import pytest

from support.http_world import PRINT, SITE, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT

RULES = """
[customer.fields]
name    = { write = "overwrite", way = "<->", policy = "office_wins" }
phone   = { write = "append", way = "<->", policy = "office_wins" }
email   = { write = "append", way = "<->", policy = "office_wins" }
company = { write = "overwrite", way = "<->", policy = "office_wins" }
"""


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        world.learn()
        world.apply(PRINT + RULES)
        yield world


def edit(world: HttpWorld, kind: int, record: int, **fields: Any) -> None:
    """Let a manager edit a contact or a company, a second later."""
    world.clock.advance(1)
    world.portal.call("crm.item.update", {"entityTypeId": kind, "id": record, "fields": fields})
    world.sweep()
    world.settle()


def values(world: HttpWorld, order: OrderRef) -> dict[str, Any]:
    return {row["code"]: row["value"] for row in world.site.store.order(int(order.id))["propertyValues"]}


def entry(world: HttpWorld, contact: int, type_id: str) -> str:
    return next(str(one.id) for one in world.portal.core.state.items[CONTACT][contact].fm if one.type_id == type_id)


@pytest.mark.covers("R134", "R136")
def test_a_contacts_name_phone_and_mail_are_the_orders(world: HttpWorld) -> None:
    order = world.order(properties={"paper": "matte"})
    world.settle()
    (contact,) = world.deal(order)["contactIds"]
    before = values(world, order)
    phone = {"typeId": "PHONE", "valueType": "MOBILE", "value": "+79990000077"}
    mail = {"typeId": "EMAIL", "valueType": "HOME", "value": "new@example.test"}
    told = {entry(world, contact, "PHONE"): phone, entry(world, contact, "EMAIL"): mail}
    edit(world, CONTACT, contact, fm=told, name="Мария", lastName="Ким")
    moved = {"FIO": "Ким Мария", "PHONE": "+79990000077", "EMAIL": "new@example.test"}
    assert values(world, order) == {**before, **moved}, "and what nobody named is as it was"
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R136")
def test_a_companys_title_is_the_orders(world: HttpWorld) -> None:
    order = world.order(fields={"personTypeId": 2}, properties={"company": "ООО Ромашка", "inn": "7701000001"})
    world.settle()
    edit(world, COMPANY, int(world.deal(order)["companyId"]), title="ООО Василёк")
    assert (values(world, order)["COMPANY"], values(world, order)["INN"]) == ("ООО Василёк", "7701000001")
    assert world.differences(order) == {}
