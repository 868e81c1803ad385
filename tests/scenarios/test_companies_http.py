"""Companies of a real portal and their requisites, found, made and kept in step with orders over HTTP."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from support.http_world import PRINT, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.sandbox.portal.crm.fields import COMPANY


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld() as world:
        yield world


def keeping(customer: str, fields: str = "") -> str:
    return f"{PRINT}{fields}\n[customer]\n{customer}\n"


def call(world: HttpWorld, method: str, **params: Any) -> Any:
    """Let a person do something in the portal, a second later."""
    world.clock.advance(1)
    return world.portal.call(method, params).result


FIRM = {"fio": "Ким Анна", "phone": "+7 999 000-00-01", "email": "anna@example.test", "company": "ООО Ромашка"}
FIRMS = 'match = ["phone", "email", "inn"]\ncompany_type = "CUSTOMER"\nfields = { company = "overwrite" }'


def firms(world: HttpWorld) -> Mapping[int, Any]:
    return world.portal.core.state.items[COMPANY]


def requisites(world: HttpWorld, company: int) -> list[Mapping[str, Any]]:
    found = call(world, "crm.requisite.list", filter={"ENTITY_TYPE_ID": COMPANY, "ENTITY_ID": company})
    return list(found)


@pytest.mark.covers("R135", "R268", "R269", "R270", "R137")
def test_a_company_is_made_once_with_its_requisites_and_updated(world: HttpWorld) -> None:
    world.apply(keeping(FIRMS))
    orders = [world.order(customer={**FIRM, "inn": "7707083893"}, fields={"personTypeId": 2}) for _ in range(2)]
    world.settle()
    (number,) = firms(world)
    assert {world.deal(order)["companyId"] for order in orders} == {number}
    assert all(world.deal(order)["contactIds"] for order in orders)
    (requisite,) = requisites(world, number)
    assert requisite["RQ_INN"] == "7707083893"
    assert firms(world)[number].values["typeId"] == "CUSTOMER"
    world.site.store.set_properties(int(orders[0].id), {"COMPANY": "АО Ромашка"})
    world.settle()
    assert firms(world)[number].values["title"] == "АО Ромашка"
    again = world.order(customer={**FIRM, "company": "Ромашка", "inn": "7707083893"}, fields={"personTypeId": 2})
    world.settle()
    assert world.deal(again)["companyId"] == number
    assert len(firms(world)) == 1
    assert len(requisites(world, number)) == 1


@pytest.mark.covers("C74")
def test_the_portals_own_template_of_requisites_is_used_whatever_its_number(world: HttpWorld) -> None:
    presets = world.portal.core.state.tables["requisite_preset"]
    for number in list(presets):
        call(world, "crm.requisite.preset.delete", id=number)
    about = {"ENTITY_TYPE_ID": 8, "COUNTRY_ID": 6, "NAME": "Юрлицо", "XML_ID": "#CRM_REQUISITE_PRESET_DEF_KZ_COMPANY#"}
    other = {**about, "NAME": "Физлицо", "XML_ID": "#CRM_REQUISITE_PRESET_DEF_KZ_PERSON#", "SORT": 1}
    call(world, "crm.requisite.preset.add", fields=other)
    mine = int(call(world, "crm.requisite.preset.add", fields=about))
    call(world, "crm.requisite.preset.add", fields={**about, "NAME": "Прежний", "SORT": 1, "ACTIVE": "N"})
    world.apply(keeping(FIRMS))
    order = world.order(customer={**FIRM, "inn": "7707083893"}, fields={"personTypeId": 2})
    world.settle()
    (requisite,) = requisites(world, world.deal(order)["companyId"])
    assert (int(requisite["PRESET_ID"]), requisite["RQ_INN"]) == (mine, "7707083893")
    assert world.differences(order) == {}


@pytest.mark.covers("C74")
def test_without_any_template_of_requisites_the_order_is_held_with_a_reason_and_others_go_on(world: HttpWorld) -> None:
    for number in list(world.portal.core.state.tables["requisite_preset"]):
        call(world, "crm.requisite.preset.delete", id=number)
    world.apply(keeping(FIRMS))
    order = world.order(customer={**FIRM, "inn": "7707083893"}, fields={"personTypeId": 2})
    plain = world.order()
    world.settle()
    assert world.differences(order) == {"requisites.inn": "refused"}
    assert world.deal(order)["companyId"], "the deal and its company are there all the same"
    assert world.deal(plain)


@pytest.mark.covers("C61", "R137")
def test_two_companies_of_one_name_stay_two(world: HttpWorld) -> None:
    world.apply(keeping(FIRMS))
    for inn in ("7707083893", "5902202276"):
        world.order(customer={**FIRM, "inn": inn}, fields={"personTypeId": 2})
    world.settle()
    assert len(firms(world)) == 2
    assert {requisites(world, number)[0]["RQ_INN"] for number in firms(world)} == {"7707083893", "5902202276"}


def firm_order(world: HttpWorld, **more: str) -> OrderRef:
    return world.order(customer={**FIRM, **more}, fields={"personTypeId": 2})


def firm_of(world: HttpWorld, order: OrderRef) -> int:
    return int(world.deal(order)["companyId"])


@pytest.mark.covers("R268", "C74")
def test_a_mistyped_inn_is_said_and_not_sent_and_the_mended_one_goes(world: HttpWorld) -> None:
    world.apply(keeping(FIRMS))
    order, good = firm_order(world, inn="7707083894"), firm_order(world, inn="5902202276", company="ООО Лютик")
    world.settle()
    number = firm_of(world, order)
    assert [row for row in requisites(world, number) if row["RQ_INN"]] == []
    assert world.differences(order) == {"requisites.inn": "unmapped"}
    (held,) = world.storage.differences.list(order)
    assert "ИНН в заказе – 7707083894, таких не бывает" in held.difference.text.ru
    assert requisites(world, firm_of(world, good))[0]["RQ_INN"] == "5902202276"
    world.clock.advance(1)
    world.site.store.set_properties(int(order.id), {"INN": "7707 083 893"})
    world.settle()
    assert [row["RQ_INN"] for row in requisites(world, number)] == ["7707083893"]
    assert (firm_of(world, order), world.differences(order)) == (number, {})


@pytest.mark.covers("R268", "R137")
def test_a_company_without_an_inn_is_found_by_its_name(world: HttpWorld) -> None:
    world.apply(keeping(FIRMS))
    orders = [firm_order(world, inn=inn) for inn in ("", "123", "")]
    world.settle()
    assert {firm_of(world, order) for order in orders} == set(firms(world))
    assert len(firms(world)) == 1


@pytest.mark.covers("C9", "C61")
def test_of_two_companies_with_one_inn_a_person_says_which(world: HttpWorld) -> None:
    for title in ("ООО Ромашка", "Ромашка (дубль)"):
        firm = int(call(world, "crm.item.add", entityTypeId=COMPANY, fields={"title": title})["item"]["id"])
        about = {"ENTITY_TYPE_ID": COMPANY, "ENTITY_ID": firm, "PRESET_ID": 1, "NAME": title, "RQ_INN": "7707083893"}
        call(world, "crm.requisite.add", fields=about)
    world.apply(keeping(FIRMS))
    order, other = firm_order(world, inn="7707083893"), world.order()
    world.settle()
    assert (world.deals(order), len(world.deals(other))) == ([], 1)
    assert world.differences(order) == {"company": "waiting"}
    (held,) = world.storage.differences.list(order)
    assert "(ИНН 7707083893): CO_1 (" in held.difference.text.ru
    assert f"/crm/company/details/2/). Выберите, чей это заказ: `sverka order contact {order} CO_1`" in (
        held.difference.text.ru
    )


@pytest.mark.covers("C60")
def test_a_merged_company_is_followed_by_its_deals(world: HttpWorld) -> None:
    world.apply(keeping('match = ["phone", "inn"]'))
    first = world.order(customer={**FIRM, "inn": "7707083893"}, fields={"personTypeId": 2})
    world.settle()
    gone = int(world.deal(first)["companyId"])
    heir = int(call(world, "crm.item.add", entityTypeId=COMPANY, fields={"title": "ООО Ромашка"})["item"]["id"])
    call(world, "crm.entity.mergeBatch", params={"entityTypeId": COMPANY, "entityIds": [heir, gone]})
    assert int(world.deal(first)["companyId"]) == heir
    world.ring(first)
    world.settle()
    second = world.order(customer={**FIRM, "inn": "7707083893"}, fields={"personTypeId": 2})
    world.settle()
    assert (int(world.deal(second)["companyId"]), list(firms(world))) == (heir, [heir])
