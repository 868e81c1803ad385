"""New customers of a WooCommerce shop are leads before they order, and their first order goes into that lead."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from support.http_world import PORTAL, SOUVENIRS, WOO, HttpWorld
from sverka.domain.ids import OrderRef, RecordId
from sverka.engine.bells.sweep import sweep
from sverka.ports.journal import Event
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT, DEAL, LEAD

LEADS = (
    SOUVENIRS
    + """
[customer]
create = "lead"
[lead]
responsible   = 6
registrations = true
registered    = "Новый клиент {customer.name}"
"""
)
MANY = 200
ANNA = {"first_name": "Анна", "last_name": "Ким", "phone": "+7 999 100-10-10"}


@pytest.fixture(params=["webhook", "sweep"])
def world(request: pytest.FixtureRequest) -> Iterator[HttpWorld]:
    """A shop that tells of registrations, or one whose webhook somebody has deleted."""
    with HttpWorld([WOO]) as world:
        if request.param == "sweep":
            (webhook,) = [row["id"] for row in world.woo.webhooks.list() if row["topic"] == "customer.created"]
            world.woo.webhooks.delete(webhook, force=True)
        world.woo.store.register("old@example.test", "Старый", "Клиент", phone="+7 999 555-55-55")
        world.deliver()
        world.clock.advance(601)  # what was told before is no part of a flood
        world.apply(LEADS)
        world.sweep()
        world.settle()
        yield world


def register(world: HttpWorld, email: str = "anna@example.test", **more: str) -> int:
    world.clock.advance(5)
    return world.woo.store.register(email, **{**ANNA, **more})


def met(world: HttpWorld) -> None:
    """Let the hub find registrations by its sweep."""
    world.clock.advance(30)
    world.sweep()
    world.settle()


def rung(world: HttpWorld) -> None:
    """Let the shop's webhooks alone tell of registrations."""
    world.settle()


def order_of(world: HttpWorld, customer: int, **billing: str) -> OrderRef:
    """Have a registered customer place an order."""
    who = {**ANNA, "email": "anna@example.test", **billing}
    order = world.order(WOO, billing=who, fields={"customer_id": customer})
    world.settle()
    return order


def leads(world: HttpWorld) -> list[Mapping[str, Any]]:
    found = world.portal.core.state.items[LEAD].values()
    return [{**one.values, "id": one.id, "fm": one.fm} for one in found]


def count(world: HttpWorld, entity: int) -> int:
    return len(world.portal.core.state.items[entity])


@pytest.mark.covers("R304", "R308")
def test_a_registration_is_a_lead_and_the_order_that_follows_fills_that_lead(world: HttpWorld) -> None:
    customer = register(world)
    met(world)
    (made,) = leads(world)
    assert (made["title"], made["name"], made["lastName"]) == ("Новый клиент Анна Ким", "Анна", "Ким")
    assert (made["stageId"], made["assignedById"]) == ("NEW", 6)
    assert {line.type_id: line.value for line in made["fm"]} == {"PHONE": "+79991001010", "EMAIL": "anna@example.test"}
    assert (count(world, DEAL), count(world, CONTACT)) == (0, 0), "an old customer is nobody's news"
    world.clock.advance(5)
    world.portal.edit(LEAD, made["id"], {"stageId": "IN_PROCESS"})
    order = order_of(world, customer)
    (now,) = leads(world)
    assert (now["id"], now["stageId"]) == (made["id"], "IN_PROCESS"), "what a manager has done stays"
    assert now["title"] == f"Order {order.id}: Анна Ким"
    assert now["opportunity"] == world.total(order)
    assert len(world.portal.core.state.rows["L", now["id"]]) == 2
    assert str(now["originId"]).startswith(f"{order}/")
    assert count(world, DEAL) == 0
    record = RecordId(f"L_{now['id']}")
    assert world.storage.orders_of(PORTAL, [record]) == {record: [order]}, "the registration's no longer"
    assert any("made when its client registered" in line.text.en for line in world.story(order))
    world.clock.advance(5)
    world.portal.convert_lead(now["id"])
    met(world)
    assert world.deal(order)["leadId"] == now["id"]
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R308")
def test_what_was_found_once_is_not_made_again_however_often_one_sweeps(world: HttpWorld) -> None:
    register(world)
    met(world)
    for _ in range(3):
        met(world)
    rung: dict[Any, bool] = {}
    sweep(world.hub, WOO, world.clock.now(), rung)
    assert sweep(world.hub, WOO, world.clock.now(), rung) == []
    assert len(leads(world)) == 1
    world.assert_at_rest()


@pytest.mark.covers("R308")
def test_a_guests_order_is_known_by_phone_and_a_second_order_is_a_lead_of_its_own(world: HttpWorld) -> None:
    register(world)
    met(world)
    order_of(world, 0, email="other@example.test")
    assert len(leads(world)) == 1
    order_of(world, 0)
    assert len(leads(world)) == 2


@pytest.mark.covers("R308")
def test_who_registers_while_ordering_has_one_lead(world: HttpWorld) -> None:
    customer = register(world)
    world.order(WOO, billing={**ANNA, "email": "anna@example.test"}, fields={"customer_id": customer})
    met(world)
    assert len(leads(world)) == 1
    register(world, "again@example.test")
    met(world)
    assert len(leads(world)) == 1, "the same phone under a second account"
    world.assert_at_rest()


@pytest.mark.covers("R304")
def test_whom_the_portal_knows_becomes_no_lead(world: HttpWorld) -> None:
    reach = [{"typeId": "PHONE", "valueType": "MOBILE", "value": "+79991001010"}]
    world.portal.call("crm.item.add", {"entityTypeId": CONTACT, "fields": {"name": "Анна", "fm": reach}})
    customer = register(world)
    met(world)
    assert leads(world) == []
    order = order_of(world, customer)
    assert (len(world.deals(order)), leads(world)) == (1, [])


@pytest.mark.covers("R316", "R317", "R318")
def test_an_organisation_that_registers_is_two_leads_and_stays_two_when_it_orders(world: HttpWorld) -> None:
    customer = register(world, company="ООО «Ромашка»")
    met(world)
    person, firm = sorted(leads(world), key=lambda one: one["title"] == "ООО «Ромашка»")
    assert (person["title"], firm["title"]) == ("Новый клиент Анна Ким", "ООО «Ромашка»")
    assert firm["companyTitle"] == "ООО «Ромашка»"
    order = order_of(world, customer, company="ООО «Ромашка»")
    assert sorted(one["id"] for one in leads(world)) == sorted([person["id"], firm["id"]])
    world.clock.advance(5)
    world.portal.convert_lead(person["id"], deal=True, contact=True, company=True)
    met(world)
    deal = world.deal(order)
    assert deal["companyId"]
    assert deal["contactIds"]
    assert world.portal.core.state.items[LEAD][firm["id"]].values["stageId"] == "CONVERTED"
    assert count(world, COMPANY) == 1


@pytest.mark.covers("R308")
@pytest.mark.parametrize("which", ["registration", "order"])
@pytest.mark.parametrize("fault", ["close", "drop"])
def test_an_answer_that_is_lost_doubles_nothing(world: HttpWorld, which: str, fault: str) -> None:
    customer = register(world)
    if which == "registration":
        world.fault(fault, "crm.item.add" if which == "registration" else "crm.item.update")
    world.clock.advance(30)
    world.sweep()
    if which == "order":
        world.settle()
        world.fault(fault, "crm.item.add" if which == "registration" else "crm.item.update")
    order = order_of(world, customer)
    met(world)
    assert Event.DOUBT in [line.event for line in world.storage.journal.tail(200)], "the answer was lost indeed"
    (now,) = leads(world)
    assert str(now["originId"]).startswith(f"{order}/")
    assert now["opportunity"] == world.total(order)
    world.assert_at_rest()


@pytest.mark.covers("R304")
@pytest.mark.parametrize("world", ["sweep"], indirect=True)
def test_a_flood_of_registrations_makes_no_leads_and_is_told(world: HttpWorld) -> None:
    world.apply(LEADS + "[brakes]\nregistrations = 3\n")
    for number in range(4):
        register(world, f"robot{number}@example.test", phone=f"+7 999 200-20-2{number}")
    met(world)
    met(world)
    assert leads(world) == []
    told = [line for line in world.storage.journal.tail(200) if line.event is Event.HALTED]
    assert "4 customers registered in woo within 10 minutes" in told[0].text.en
    assert world.stopped() == set(), "orders go on"
    world.clock.advance(600)
    register(world)
    met(world)
    assert len(leads(world)) == 1


@pytest.mark.covers("R304")
def test_a_flood_that_comes_slowly_is_a_flood_too(world: HttpWorld) -> None:
    world.apply(LEADS + "[brakes]\nregistrations = 3\n")
    for number in range(12):
        register(world, f"robot{number}@example.test", phone=f"+7 999 200-20-{number:02}")
        met(world)
    assert len(leads(world)) == 3, "as many as the brake lets pass in its window"
    told = [line for line in world.storage.journal.tail(400) if line.event is Event.HALTED]
    assert "within 10 minutes" in told[0].text.en
    order = order_of(world, 0, email="robot11@example.test", phone="+7 999 200-20-11")
    assert sum(str(one["originId"]).startswith(f"{order}/") for one in leads(world)) == 1, "orders go on"


@pytest.mark.parametrize("world", ["webhook"], indirect=True)
@pytest.mark.covers("R304", "R308")
def test_the_shops_webhook_is_enough(world: HttpWorld) -> None:
    assert any(row["topic"] == "customer.created" for row in world.woo.webhooks.list())
    customer = register(world)
    rung(world)
    (made,) = leads(world)
    assert made["title"] == "Новый клиент Анна Ким"
    met(world)
    order_of(world, customer)
    assert len(leads(world)) == 1
    world.assert_at_rest()


@pytest.mark.parametrize("world", ["webhook"], indirect=True)
@pytest.mark.covers("R304")
def test_a_flood_of_webhooks_makes_no_more_leads_than_the_brake_lets_pass(world: HttpWorld) -> None:
    world.apply(LEADS + "[brakes]\nregistrations = 3\n")
    for number in range(9):
        register(world, f"robot{number}@example.test", phone=f"+7 999 200-20-{number:02}")
    rung(world)
    assert len(leads(world)) == 3
    met(world)
    assert len(leads(world)) == 3
    assert any(line.event is Event.HALTED for line in world.storage.journal.tail(400))


@pytest.mark.covers("R304")
@pytest.mark.parametrize("world", ["sweep"], indirect=True)
def test_many_registrations_that_the_brake_lets_pass_cost_few_requests(world: HttpWorld) -> None:
    world.apply(LEADS + "[brakes]\nregistrations = 5000\n")
    world.clock.advance(5)
    for number in range(MANY):
        world.woo.store.register(f"b{number}@example.test", f"Имя{number}", "Ким", phone=f"+7 999 2{number:06}")
    world.portal.reset_counters()
    before = world.woo.log.count()
    met(world)
    assert len(leads(world)) == MANY
    hundreds = MANY // 100
    assert world.portal.counters.requests == 9 * hundreds + 1
    assert world.woo.log.count() - before == 2 * hundreds + 3


def test_a_new_manager_of_the_shop_is_no_customer(world: HttpWorld) -> None:
    world.woo.store.register("boss@example.test", "Борис", "Директор", role="shop_manager", phone="+7 999 300-30-30")
    rung(world)
    met(world)
    assert leads(world) == []


def test_webhooks_of_customers_ring_for_nobody_where_no_profile_wants_leads(world: HttpWorld) -> None:
    world.apply(SOUVENIRS)
    register(world)
    world.deliver()
    assert world.storage.due(PORTAL, world.clock.now()) is None


@pytest.mark.covers("R304")
def test_a_lead_of_a_registration_that_a_person_has_ended_is_left_alone(world: HttpWorld) -> None:
    customer = register(world)
    met(world)
    (made,) = leads(world)
    world.clock.advance(5)
    world.portal.edit(LEAD, made["id"], {"stageId": "JUNK"})
    order = order_of(world, customer)
    assert len(leads(world)) == 2
    assert world.portal.core.state.items[LEAD][made["id"]].values["stageId"] == "JUNK"
    assert sum(str(one["originId"]).startswith(f"{order}/") for one in leads(world)) == 1


def test_who_registered_while_no_profile_wanted_leads_of_registrations_stays_history(world: HttpWorld) -> None:
    world.apply(LEADS.replace("registrations = true", "registrations = false"))
    met(world)
    register(world)
    met(world)
    world.apply(LEADS)
    met(world)
    assert leads(world) == []
