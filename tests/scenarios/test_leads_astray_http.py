"""Leads when something goes wrong: deletions, restores, a hub that makes orders of deals, bells alone; over HTTP."""

from collections.abc import Iterator

import pytest

from support.http_world import PORTAL, SITE, HttpWorld
from support.leads import FIRM_BUYER, LEADS, convert, count, deal, lead, leads, looked_at
from sverka.domain.ids import OrderRef, RecordId
from sverka.domain.merge.binding import BindingState
from sverka.domain.text import Text
from sverka.engine.by_hand.restore import restore
from sverka.ports.journal import Event, JournalLine
from sverka.sandbox.bitrix_site.catalogue import COMPANY as FIRM
from sverka.sandbox.portal.crm.fields import CONTACT, DEAL, LEAD
from sverka.sandbox.portal.faults import Fault


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        world.portal.add_field(LEAD, "LEAD_ORDER")
        world.learn()
        world.apply(LEADS)
        yield world


def bindings(world: HttpWorld, order: OrderRef) -> dict[str, tuple[str, BindingState]]:
    memory = world.storage.recall([order], world.clock.now())
    return {one.profile: (one.record, one.state) for one in memory.bindings.get(order, ())}


def recreate(world: HttpWorld, order: OrderRef) -> None:
    """Have an operator want anew what was deleted."""
    line = JournalLine(world.clock.now(), Event.APPLIED, Text("Anew.", "Заново."), order)
    assert world.storage.make_anew(order, line)
    world.ring(order)
    world.settle()


@pytest.mark.covers("R233")
def test_a_bell_of_the_lead_is_enough(world: HttpWorld) -> None:
    token = world._office.subscribe(world.hook(PORTAL), ["ONCRMLEADUPDATE"])
    world.connectors[PORTAL]._token = token  # type: ignore[union-attr]
    order = world.order()
    world.settle()
    convert(world, order)
    world.settle()
    number = lead(world, order)["id"]
    assert bindings(world, order) == {
        "print": (str(deal(world)["id"]), BindingState.BOUND),
        "print:lead": (f"L_{number}", BindingState.RELEASED),
    }
    assert any(f"Лид L_{number} стал сделкой" in line.text.ru for line in world.story(order))


def test_a_converted_deal_that_was_deleted_is_made_anew_as_a_deal_and_no_lead(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    made = convert(world, order)
    looked_at(world)
    world.portal.delete(DEAL, made["deal"])
    world.ring(order)
    world.settle()
    assert count(world, DEAL) == 0
    recreate(world, order)
    assert deal(world)["contactIds"] == [made["contact"]]
    assert (count(world, LEAD), world.status(order)) == (1, "N")


@pytest.mark.covers("R237")
def test_a_lead_that_was_deleted_is_made_anew_where_an_operator_says_so(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.portal.delete(LEAD, lead(world, order)["id"])
    world.ring(order)
    world.settle()
    recreate(world, order)
    assert (len(leads(world, order)), count(world, DEAL)) == (1, 0)


def test_a_deal_made_of_a_lead_gets_no_order_of_its_own(world: HttpWorld) -> None:
    world.apply(LEADS + '[new_order]\nstages = ["C2:NEW"]\n')
    order = world.order()
    world.settle()
    made = convert(world, order, funnel=2)
    world.portal.edit(DEAL, made["deal"], {"originatorId": "", "originId": ""})
    before = set(world.site.store.orders)
    looked_at(world)
    assert Event.HELD not in world.events(OrderRef.of_record(PORTAL, RecordId(str(made["deal"]))))
    assert set(world.site.store.orders) == before
    assert bindings(world, order)["print"] == (str(deal(world)["id"]), BindingState.BOUND)


def test_a_deal_that_is_another_orders_already_is_not_taken(world: HttpWorld) -> None:
    first, second = world.order(), world.order()
    world.settle()
    convert(world, first)
    looked_at(world)
    world.clock.advance(5)
    taken = deal(world)["id"]
    world.portal.edit(DEAL, taken, {"leadId": lead(world, second)["id"]})
    world.portal.edit(LEAD, lead(world, second)["id"], {"stageId": "PROCESSED"})
    looked_at(world)
    assert world.storage.orders_of(PORTAL, [RecordId(str(taken))]) == {str(taken): [first]}
    assert bindings(world, second)["print:lead"][1] is BindingState.BOUND


def test_after_a_restore_a_lead_and_a_deal_are_found_again_and_nothing_is_made_twice(world: HttpWorld) -> None:
    as_lead, as_deal = world.order(), world.order(customer=FIRM_BUYER, fields={"personTypeId": FIRM})
    world.settle()
    employee = max(leads(world, as_deal), key=lambda one: str(one["originId"]))
    world.clock.advance(5)
    world.portal.convert_lead(employee["id"], deal=True, contact=True, company=True)
    looked_at(world)
    before = {kind: count(world, kind) for kind in (LEAD, DEAL, CONTACT)}
    restore(world.storage, [PORTAL], world.clock.now(), world.hub.terms, 0)
    for order in (as_lead, as_deal):
        world.ring(order)
    world.settle()
    assert {kind: count(world, kind) for kind in (LEAD, DEAL, CONTACT)} == before
    assert bindings(world, as_lead)["print:lead"][1] is BindingState.BOUND
    assert bindings(world, as_deal)["print"][1] is BindingState.BOUND
    assert bindings(world, as_deal)["print:lead"][1] is BindingState.RELEASED


def test_an_order_whose_buyer_cannot_be_looked_up_waits_and_becomes_no_lead(world: HttpWorld) -> None:
    world.portal.create(CONTACT, {"name": "Анна", "fm": [{"typeId": "PHONE", "value": "+79990000001"}]})
    world.portal.fault(Fault("refuse", method="crm.duplicate.findbycomm", code="INTERNAL_SERVER_ERROR"))
    order = world.order(buyer=1)
    world.wave()
    assert (leads(world, order), world.deals(order)) == ([], [])
    world.settle()
    assert (leads(world, order), len(world.deals(order))) == ([], 1)


def test_a_lead_that_a_person_opened_is_no_order_to_be(world: HttpWorld) -> None:
    world.apply(LEADS + '[new_order]\nstages = ["C2:NEW"]\n')
    world.portal.create(LEAD, {"title": "Со звонка"})
    world.sweep()
    assert world.storage.due(PORTAL, world.clock.now()) is None


def test_what_began_as_a_lead_is_one_though_its_buyer_has_become_known(world: HttpWorld) -> None:
    world.portal.fault(Fault("close", method="crm.item.add"))
    order = world.order(buyer=1)
    world.wave()
    world.portal.create(CONTACT, {"name": "Анна", "fm": [{"typeId": "PHONE", "value": "+79990000001"}]})
    world.settle()
    assert (len(leads(world, order)), count(world, LEAD), count(world, DEAL)) == (1, 1, 0)


def test_a_buyer_whom_only_the_hub_remembers_is_known(world: HttpWorld) -> None:
    line = {"typeId": "PHONE", "valueType": "WORK", "value": "+79990000001"}
    contact = world.portal.create(CONTACT, {"name": "Анна", "fm": [line]})
    world.order(buyer=1)
    world.settle()
    (held,) = world.portal.core.state.items[CONTACT][contact].fm
    world.portal.edit(CONTACT, contact, {"fm": [{"id": held.id, "value": "+74950000000"}]})
    order = world.order(buyer=1)
    world.settle()
    assert (leads(world, order), world.deal(order)["contactIds"]) == ([], [contact])
