"""Orders of buyers nobody knows are leads until a person makes deals of them; over real HTTP."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from support.http_world import PORTAL, PRINT, SITE, START, HttpWorld
from support.leads import FIRM_BUYER, LEADS, LINKED, convert, count, deal, lead, leads, looked_at
from sverka.engine.bells.sweep import sweep
from sverka.engine.by_hand.preview import preview
from sverka.ports.journal import Event
from sverka.sandbox.bitrix_site.catalogue import COMPANY as FIRM
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT, DEAL, LEAD
from sverka.sandbox.portal.faults import Fault


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        world.portal.add_field(LEAD, "LEAD_ORDER")
        world.portal.add_field(LEAD, "TRACK")
        world.learn()
        world.apply(LEADS)
        yield world


@pytest.mark.covers("R304", "R305", "R306")
def test_an_order_of_a_new_buyer_is_a_lead_in_its_first_stage_with_the_orders_data_and_no_deal(
    world: HttpWorld,
) -> None:
    order = world.order(fields={"userDescription": "Позвоните заранее"})
    world.settle()
    made = lead(world, order)
    assert (count(world, DEAL), count(world, CONTACT)) == (0, 0)
    assert (made["stageId"], made["title"]) == ("NEW", f"Заказ {order.id}: Ким Анна")
    assert (made["opportunity"], made["comments"]) == (world.total(order), "Позвоните заранее")
    assert (made["name"], made["assignedById"]) == ("Ким Анна", 6)
    assert made["UF_CRM_LEAD_ORDER"] == order.id
    rows = world.portal.core.state.rows["L", made["id"]]
    row = rows[0]
    assert (row.product_name, row.quantity, row.price) == ("Визитки", Decimal(3), Decimal("150.55"))
    fm = {line.type_id: line.value for line in world.portal.core.state.items[LEAD][made["id"]].fm}
    assert fm == {"PHONE": "+79990000001", "EMAIL": "buyer1@example.test"}
    world.assert_at_rest()


@pytest.mark.covers("R306")
def test_what_changes_in_the_order_changes_its_lead(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.clock.advance(1)
    world.site.store.ship(int(order.id), "RB123456789RU")
    world.settle()
    assert lead(world, order)["UF_CRM_TRACK"] == "RB123456789RU", "leads have that field of the deal's too"


@pytest.mark.covers("R309")
def test_the_hub_makes_no_deal_of_a_lead_however_far_its_order_goes(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "F"})
    world.portal.edit(LEAD, lead(world, order)["id"], {"stageId": "PROCESSED"})
    looked_at(world)
    assert (lead(world, order)["stageId"], count(world, DEAL)) == ("PROCESSED", 0)


@pytest.mark.covers("R310", "R311", "R314")
@pytest.mark.parametrize(
    "ticked",
    [
        {"deal": True, "contact": True, "company": False},
        {"deal": True, "contact": False, "company": False},
        {"deal": True, "contact": False, "company": True},
        {"deal": True, "contact": True, "company": True},
    ],
)
def test_a_deal_made_of_the_lead_becomes_the_orders_deal_as_the_profile_says(
    world: HttpWorld, ticked: dict[str, bool]
) -> None:
    order = world.order()
    world.settle()
    made = convert(world, order, **ticked)
    looked_at(world)
    now = deal(world)
    assert now["id"] == made["deal"]
    assert (now["leadId"], now["categoryId"], now["stageId"]) == (lead(world, order)["id"], 2, "C2:NEW")
    assert now["UF_CRM_ORDER_NUMBER"] == order.id
    assert now["contactIds"] == [made[what] for what in ("contact",) if what in made]
    assert (now["title"], now["assignedById"]) == (lead(world, order)["title"], 6), (
        "the person's, and not the profile's"
    )
    assert len(world.portal.core.state.rows["D", now["id"]]) == 2
    world.move(order, "C2:EXECUTING")
    world.settle()
    assert world.status(order) == "P"
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "F"})
    world.settle()
    assert deal(world)["stageId"] == "C2:WON"
    assert lead(world, order)["stageId"] == "CONVERTED"
    assert world.differences(order) == {}
    world.assert_at_rest()


@pytest.mark.covers("R312", "R313")
def test_fields_that_leads_and_deals_both_have_go_over_with_the_conversion(world: HttpWorld) -> None:
    for entity in (LEAD, DEAL):
        for field in ("DISCUSSION", "DELIVERY"):
            world.portal.add_field(entity, field)
    world.learn()
    both = {"comment.customer": "UF_CRM_DISCUSSION", "delivery.method_name": "UF_CRM_DELIVERY"}
    rows = "".join(f'"{key}" = {{ to = "{field}" }}\n' for key, field in both.items())
    world.apply(LEADS.replace("[fields]\n", f"[fields]\n{rows}"))
    order = world.order(fields={"userDescription": "Позвоните заранее"})
    world.settle()
    told = {field: lead(world, order)[field] for field in both.values()}
    assert told == {"UF_CRM_DISCUSSION": "Позвоните заранее", "UF_CRM_DELIVERY": "Курьер"}
    assert lead(world, order)["comments"] == "Позвоните заранее"
    convert(world, order)
    assert {field: deal(world)[field] for field in told} == told, "the portal's own dialog takes them over"
    looked_at(world)
    assert {field: deal(world)[field] for field in told} == told
    assert world.differences(order) == {}


@pytest.mark.covers("R311")
def test_where_deals_are_only_linked_what_is_empty_is_filled_and_the_rest_is_asked_about(world: HttpWorld) -> None:
    world.apply(LINKED)
    order = world.order()
    world.settle()
    convert(world, order, funnel=2)
    world.clock.advance(1)
    world.portal.edit(DEAL, deal(world)["id"], {"opportunity": 500, "isManualOpportunity": "Y"})
    looked_at(world)
    now = deal(world)
    assert (now["UF_CRM_ORDER_NUMBER"], now["opportunity"]) == (order.id, 500)
    assert world.differences(order) == {"total": "conflict"}
    world.portal.move_stage(now["id"], "C2:EXECUTING")
    looked_at(world)
    assert world.status(order) == "P"


@pytest.mark.covers("R315")
def test_the_next_order_of_a_converted_buyer_is_a_deal_at_once(world: HttpWorld) -> None:
    first = world.order(buyer=7)
    world.settle()
    made = convert(world, first, deal=False, contact=True)
    looked_at(world)
    assert count(world, DEAL) == 0
    assert Event.RELEASED not in world.events(first), "of its own order nobody has made a deal"
    second = world.order(buyer=7)
    world.settle()
    assert (leads(world, second), world.deal(second)["contactIds"]) == ([], [made["contact"]])


@pytest.mark.covers("R304")
def test_an_order_of_a_buyer_the_portal_knows_is_a_deal_at_once(world: HttpWorld) -> None:
    phone = [{"typeId": "PHONE", "valueType": "WORK", "value": "8 (999) 000-00-03"}]
    contact = world.portal.create(CONTACT, {"name": "Анна", "fm": phone})
    order = world.order(buyer=3)
    world.settle()
    assert (leads(world, order), world.deal(order)["contactIds"]) == ([], [contact])


def test_a_junk_lead_stays_junk(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.portal.edit(LEAD, lead(world, order)["id"], {"stageId": "JUNK"})
    looked_at(world)
    assert (lead(world, order)["stageId"], count(world, DEAL)) == ("JUNK", 0)
    assert world.differences(order) == {}


def test_a_lead_deleted_by_a_person_is_not_made_again(world: HttpWorld) -> None:
    order, other = world.order(), world.order()
    world.settle()
    world.portal.delete(LEAD, lead(world, order)["id"])
    world.ring(order)
    world.settle()
    assert (leads(world, order), count(world, DEAL)) == ([], 0)
    assert Event.RELEASED in world.events(order)
    convert(world, other)
    looked_at(world)
    assert count(world, DEAL) == 1, "others go on"


@pytest.mark.covers("R316", "R317", "R318")
def test_a_company_nobody_knows_gives_two_leads_the_order_in_its_employees(world: HttpWorld) -> None:
    order = world.order(customer=FIRM_BUYER, fields={"personTypeId": FIRM})
    world.settle()
    employee, company = sorted(leads(world, order), key=lambda one: str(one["originId"]), reverse=True)
    assert (employee["companyTitle"], company["companyTitle"], company["title"]) == ("ООО «Ромашка»",) * 3
    assert (employee["opportunity"], company["opportunity"]) == (world.total(order), 0)
    assert (employee["name"], company["name"]) == ("Ким Анна", None)
    held = {line.value for line in world.portal.core.state.items[LEAD][company["id"]].fm}
    assert held == {"+79991001010", "a@romashka.example"}
    assert len(leads(world, order)) == count(world, LEAD) == 2


@pytest.mark.covers("R319", "R320", "R321", "R323")
def test_once_the_employees_lead_is_converted_the_companys_is_closed_and_the_deal_has_both(world: HttpWorld) -> None:
    order = world.order(customer=FIRM_BUYER, fields={"personTypeId": FIRM})
    world.settle()
    employee, company = sorted(leads(world, order), key=lambda one: str(one["originId"]), reverse=True)
    world.clock.advance(5)
    made = world.portal.convert_lead(employee["id"], deal=True, contact=True, company=True)
    looked_at(world)
    now = deal(world)
    assert (now["companyId"], now["contactIds"]) == (made["company"], [made["contact"]])
    assert world.portal.core.state.items[LEAD][company["id"]].values["stageId"] == "CONVERTED"
    assert world.portal.core.state.items[COMPANY][made["company"]].values["title"] == "ООО «Ромашка»"
    world.portal.move_stage(now["id"], "C2:EXECUTING")
    looked_at(world)
    assert world.status(order) == "P"
    assert (count(world, LEAD), count(world, DEAL)) == (2, 1)


@pytest.mark.covers("R323")
def test_the_companys_lead_is_left_alone_where_the_profile_says_so(world: HttpWorld) -> None:
    world.apply(LEADS.replace("responsible = 6", 'responsible = 6\nclose_company = ""'))
    order = world.order(customer=FIRM_BUYER, fields={"personTypeId": FIRM})
    world.settle()
    employee, company = sorted(leads(world, order), key=lambda one: str(one["originId"]), reverse=True)
    world.portal.convert_lead(employee["id"], deal=True, contact=True, company=True)
    looked_at(world)
    assert world.portal.core.state.items[LEAD][company["id"]].values["stageId"] == "NEW"


def test_a_lost_answer_makes_no_second_lead(world: HttpWorld) -> None:
    world.portal.fault(Fault("close", method="crm.item.add"))
    order = world.order()
    world.wave()
    assert Event.DOUBT in world.events(order)
    world.settle()
    assert (len(leads(world, order)), count(world, LEAD), count(world, DEAL)) == (1, 1, 0)


def test_a_lost_answer_while_a_deal_is_taken_over_binds_it_once(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    convert(world, order)
    world.portal.fault(Fault("close", method="crm.item.update"))
    looked_at(world)
    assert Event.DOUBT in world.events(order)
    now = deal(world)
    assert (now["stageId"], now["UF_CRM_ORDER_NUMBER"]) == ("C2:NEW", order.id)
    world.portal.move_stage(now["id"], "C2:EXECUTING")
    looked_at(world)
    assert world.status(order) == "P"


def test_a_preview_shows_the_lead_and_writes_nothing(world: HttpWorld) -> None:
    order = world.order()
    (seen,) = preview(world.hub, PORTAL, [order]).foreseen
    assert seen.profile == "print:lead"
    assert seen.birth is not None
    assert seen.birth["phone"] == "+79990000001"
    assert count(world, LEAD) == 0


def test_an_order_with_an_idle_portal_costs_what_a_deal_does(world: HttpWorld) -> None:
    world.order()
    before = world.portal.counters.requests
    world.wave()
    assert world.portal.counters.requests - before == 2


def test_only_a_hub_that_keeps_leads_asks_what_became_of_them(world: HttpWorld) -> None:
    asked = {}
    for document in (PRINT, LEADS):
        world.apply(document)
        before = world.portal.counters.commands
        sweep(world.hub, PORTAL, START)
        asked[document] = world.portal.counters.commands - before
    assert (asked[PRINT], asked[LEADS]) == (2, 4)


def test_a_lead_turned_down_by_the_portal_is_held_and_others_go_on(world: HttpWorld) -> None:
    world.apply(LEADS.replace("responsible = 6", 'responsible = 6\nstage = "NO_SUCH"'))
    order = world.order()
    world.settle()
    known = world.portal.create(CONTACT, {"name": "Анна", "fm": [{"typeId": "PHONE", "value": "+79990000002"}]})
    other = world.order(buyer=2)
    world.settle()
    assert (leads(world, order), world.differences(order)) == ([], {"record": "refused"})
    assert world.deal(other)["contactIds"] == [known]
    world.apply(LEADS)
    world.settle()
    assert lead(world, order)["stageId"] == "NEW"
