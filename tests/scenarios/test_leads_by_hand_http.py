"""Managers at work while orders move on: leads converted in between, thrown away, deleted; over real HTTP."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support.http_world import PORTAL, SITE, HttpWorld
from support.leads import FIRM_BUYER, LEADS, convert, count, deal, lead, leads, looked_at
from sverka.domain.ids import OrderRef
from sverka.ports.journal import Event
from sverka.sandbox.bitrix_site.catalogue import COMPANY as FIRM
from sverka.sandbox.portal.crm.fields import DEAL, LEAD


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        for field in ("LEAD_ORDER", "TRACK"):
            world.portal.add_field(LEAD, field)
        world.learn()
        world.apply(LEADS)
        yield world


def ship(world: HttpWorld, order: OrderRef, track: str) -> None:
    world.clock.advance(1)
    world.site.store.ship(int(order.id), track)


def before_the_write(world: HttpWorld, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let a manager act once, after the hub has looked and before it writes."""
    office = world.connectors[PORTAL]
    write = office.write  # type: ignore[union-attr]
    done: list[object] = []

    def interrupted(*given: Any) -> Any:
        if not done:
            done.append(act())
        return write(*given)

    monkeypatch.setattr(office, "write", interrupted)


@pytest.mark.covers("R310", "R314")
def test_a_lead_converted_while_its_order_changes_takes_the_change_along_into_the_deal(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    ship(world, order, "RB1")
    convert(world, order)
    looked_at(world)
    assert (deal(world)["UF_CRM_TRACK"], deal(world)["stageId"]) == ("RB1", "C2:NEW")
    assert (world.differences(order), count(world, LEAD), count(world, DEAL)) == ({}, 1, 1)


@pytest.mark.covers("R310", "R314")
def test_a_lead_converted_between_the_look_and_the_write_loses_nothing(
    world: HttpWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = world.order()
    world.settle()
    before_the_write(world, monkeypatch, lambda: convert(world, order))
    ship(world, order, "RB2")
    world.settle()
    assert lead(world, order)["UF_CRM_TRACK"] == "RB2", "the write that was on its way"
    looked_at(world)
    assert (deal(world)["UF_CRM_TRACK"], lead(world, order)["stageId"]) == ("RB2", "CONVERTED")
    assert (world.differences(order), count(world, DEAL)) == ({}, 1)
    world.move(order, "C2:EXECUTING")
    world.settle()
    assert world.status(order) == "P"


def test_a_lead_deleted_between_the_look_and_the_write_is_let_go_and_not_made_again(
    world: HttpWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, other = world.order(), world.order()
    world.settle()
    before_the_write(world, monkeypatch, lambda: world.portal.delete(LEAD, lead(world, order)["id"]))
    ship(world, order, "RB3")
    looked_at(world)
    assert (leads(world, order), count(world, DEAL)) == ([], 0)
    assert Event.RELEASED in world.events(order)
    ship(world, other, "RB4")
    world.settle()
    assert lead(world, other)["UF_CRM_TRACK"] == "RB4", "others go on"


@pytest.mark.covers("R304")
@pytest.mark.parametrize("fate", ["junk", "deleted"])
def test_a_buyer_whose_lead_was_thrown_away_and_who_orders_again_is_a_new_lead(world: HttpWorld, fate: str) -> None:
    first = world.order(buyer=4)
    world.settle()
    thrown = lead(world, first)["id"]
    world.clock.advance(5)
    if fate == "junk":
        world.portal.edit(LEAD, thrown, {"stageId": "JUNK"})
    else:
        world.portal.delete(LEAD, thrown)
    looked_at(world)
    second = world.order(buyer=4)
    world.settle()
    assert (lead(world, second)["stageId"], count(world, DEAL)) == ("NEW", 0)
    assert [one["stageId"] for one in leads(world, first)] == (["JUNK"] if fate == "junk" else [])
    convert(world, second)
    looked_at(world)
    assert world.deal(second)["leadId"] == lead(world, second)["id"]
    assert world.deals(first) == []


@pytest.mark.covers("R314")
def test_a_lead_taken_out_of_the_junk_and_converted_makes_the_orders_deal(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    number = lead(world, order)["id"]
    world.clock.advance(5)
    world.portal.edit(LEAD, number, {"stageId": "JUNK"})
    looked_at(world)
    ship(world, order, "RB5")
    looked_at(world)
    assert (lead(world, order)["stageId"], lead(world, order)["UF_CRM_TRACK"]) == ("JUNK", "RB5"), "it says what is so"
    convert(world, order)
    looked_at(world)
    assert (world.deal(order)["leadId"], world.deal(order)["UF_CRM_TRACK"]) == (number, "RB5")
    assert world.differences(order) == {}


@pytest.mark.covers("R304")
def test_two_orders_of_one_new_buyer_are_two_leads_and_the_second_stays_one_once_the_first_is_a_deal(
    world: HttpWorld,
) -> None:
    first, second = world.order(buyer=5), world.order(buyer=5)
    world.settle()
    made = convert(world, first)
    looked_at(world)
    assert (world.deal(first)["id"], lead(world, second)["stageId"]) == (made["deal"], "NEW")
    convert(world, second, contact=False)
    looked_at(world)
    assert world.deal(second)["leadId"] == lead(world, second)["id"]
    assert (world.differences(first), world.differences(second)) == ({}, {})


@pytest.mark.covers("R310", "R315", "R321")
@pytest.mark.parametrize("ticked", [{"contact": True}, {"company": True}, {"contact": True, "company": True}])
def test_what_a_conversion_makes_without_a_deal_is_the_clients_from_then_on(
    world: HttpWorld, ticked: dict[str, bool]
) -> None:
    first = world.order(customer=FIRM_BUYER, fields={"personTypeId": FIRM})
    world.settle()
    employee = max(leads(world, first), key=lambda one: str(one["originId"]))
    world.clock.advance(5)
    made = world.portal.convert_lead(employee["id"], **{"deal": False, "contact": False, "company": False, **ticked})
    looked_at(world)
    assert count(world, DEAL) == 0
    ship(world, first, "RB6")
    world.settle()
    assert max(leads(world, first), key=lambda one: str(one["originId"]))["UF_CRM_TRACK"] == "RB6"
    second = world.order(customer=FIRM_BUYER, fields={"personTypeId": FIRM})
    world.settle()
    now = world.deal(second)
    assert leads(world, second) == []
    assert now["companyId"] == made.get("company", now["companyId"])
    assert now["contactIds"] == [made["contact"]] if "contact" in made else now["contactIds"]
    assert (world.differences(first), world.differences(second)) == ({}, {})
