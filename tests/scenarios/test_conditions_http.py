"""Which profile takes an order, by every kind of condition, over real HTTP; the journal says which."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support.field_pairs import add_property
from support.http_world import PRINT, SITE, HttpWorld
from sverka.domain.ids import OrderRef
from sverka.sandbox.bitrix_site.catalogue import CARD, CASH, COMPANY, COURIER, PICKUP
from sverka.sandbox.portal.crm.fields import DEAL

REST = PRINT.replace('"print"', '"rest"').replace('"2"', '"0"').replace('"C2:UC_QUALITY"', '"FINAL_INVOICE"').replace(
    "C2:", ""
)  # fmt: skip
FIRM = {"fio": "Ким Анна", "email": "office@example.test", "phone": "+7 999 111-22-33", "company": "ООО «Печать»"}
Placed = Callable[[HttpWorld], OrderRef]


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        add_property(world, "REGION", "STRING")
        add_property(world, "PAPER_KIND", "STRING")
        world.learn()
        yield world


def with_fields(**fields: Any) -> Placed:
    return lambda world: world.order(fields=fields)


def with_property(code: str, value: str) -> Placed:
    return lambda world: world.order(properties={code: value})


def on_site(name: str) -> Placed:
    def place(world: HttpWorld) -> OrderRef:
        world.site.store.catalogue.site = name
        return world.order()

    return place


def of_firm(world: HttpWorld) -> OrderRef:
    return world.order(customer=FIRM, fields={"personTypeId": COMPANY})


def of_person(world: HttpWorld) -> OrderRef:
    return world.order()


def when(condition: str) -> str:
    return PRINT.replace("[deal]", f"[when]\n{condition}\n[deal]", 1)


@pytest.mark.covers("R4", "R36", "R37", "R38", "R40", "R41", "R42", "R43", "R44")
@pytest.mark.parametrize(
    ("condition", "wanted", "other"),
    [
        ('site = ["s2"]', on_site("s2"), on_site("s1")),
        ('person_type = "company"', of_firm, of_person),
        ('client = "organisation"', of_firm, of_person),
        (f'"payment.method" = "{CASH}"', with_fields(paySystemId=CASH), with_fields(paySystemId=CARD)),
        (f'"payment.method" = {{ not = ["{CARD}"] }}', with_fields(paySystemId=CASH), with_fields(paySystemId=CARD)),
        (f'"delivery.method" = "{PICKUP}"', with_fields(deliveryId=PICKUP), with_fields(deliveryId=COURIER)),
        (
            '"delivery.region" = { contains = "москва" }',
            with_property("REGION", "г. Москва"), with_property("REGION", "Пермский край"),
        ),
        ('"property.PAPER_KIND" = "мел"', with_property("PAPER_KIND", "мел"), with_property("PAPER_KIND", "мелкая")),
        (
            '"property.PAPER_KIND" = { contains = "мел" }',
            with_property("PAPER_KIND", "Мелованная"), with_property("PAPER_KIND", "крафт"),
        ),
        (
            '"property.PAPER_KIND" = { matches = "^A[3-5]$" }',
            with_property("PAPER_KIND", "A4"), with_property("PAPER_KIND", "A44"),
        ),
    ],
)  # fmt: skip
def test_a_condition_sends_an_order_one_way_and_the_others_another(
    world: HttpWorld, condition: str, wanted: Placed, other: Placed
) -> None:
    world.apply(when(condition))
    world.apply(REST)
    taken, left = wanted(world), other(world)
    world.settle()
    for order, profile, pipeline in ((taken, "print", 2), (left, "rest", 0)):
        deal = world.deal(order)
        assert (deal["originId"], deal["categoryId"]) == (f"{order}/{profile}", pipeline)
        assert {line.profile for line in world.story(order) if line.profile} == {profile}, "the journal names it"


@pytest.mark.covers("R284")
@pytest.mark.parametrize(
    ("client", "taken"), [("person", {of_person}), ("organisation", {of_firm}), ("", {of_person, of_firm})]
)
def test_a_profile_takes_people_or_firms_or_both(world: HttpWorld, client: str, taken: set[Placed]) -> None:
    world.apply(when(f'client = "{client}"') if client else PRINT)
    for place in (of_person, of_firm):
        order = place(world)
        world.settle()
        assert len(world.deals(order)) == (place in taken)
        told = "No profile takes this order" in world.story(order)[-1].text.en
        assert told == (place not in taken)


@pytest.mark.covers("R100")
def test_the_hubs_deals_are_found_by_their_mark_and_by_whom_they_were_given_to(world: HttpWorld) -> None:
    by_hand = world.portal.create(DEAL, {"title": "От руки", "assignedById": 6})
    orders = [world.order(), world.order()]
    world.settle()
    hub = world.storage.hub_id

    def found(**by: Any) -> list[int]:
        return [
            one["id"]
            for one in world.portal.call("crm.item.list", {"entityTypeId": DEAL, "filter": by}).result["items"]
        ]

    ours = [world.deal(order)["id"] for order in orders]
    assert found(originatorId=hub) == ours
    assert found(assignedById=9) == ours
    assert found(createdBy=1, originatorId=hub) == ours
    assert found(originId=f"{orders[1]}/print") == ours[1:]
    assert by_hand in found()
    assert by_hand not in ours
