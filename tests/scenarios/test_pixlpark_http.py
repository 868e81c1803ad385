"""A print shop on Pixlpark and its deals, with the example profile, over real HTTP."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from support.http_world import PORTAL, START
from support.pixlpark_world import EXAMPLE, SHOP, PixlparkWorld
from support.standing import standing
from sverka.domain.errors import Gone
from sverka.domain.ids import OrderId, OrderRef
from sverka.domain.text import Text
from sverka.engine.bells.receive import receive
from sverka.engine.by_hand.send import left_to_people
from sverka.ports.journal import Event, JournalLine
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT, DEAL, LEAD
from sverka.web.bells import PANEL

FIRM = {"account": "20", "inn": "7707083893"}


@pytest.fixture
def world() -> Iterator[PixlparkWorld]:
    with PixlparkWorld(notify="Printed") as world:
        world.in_force()
        yield world


def say(world: PixlparkWorld, order: OrderRef, text: str) -> None:
    """Have the portal's manager write a comment."""
    world.clock.advance(1)
    fields = {"ENTITY_ID": world.deal(order)["id"], "ENTITY_TYPE": "deal", "COMMENT": text}
    world.portal.call("crm.timeline.comment.add", {"fields": fields})


def comments(world: PixlparkWorld) -> list[str]:
    """Return the first line of every comment of the shop."""
    return [one["BodySource"].splitlines()[0] for one in world.shop.store.comments]


def count(world: PixlparkWorld, entity: int) -> int:
    return len(world.portal.core.state.items[entity])


@pytest.mark.covers("R259", "R263", "R264", "R266", "R267", "R268", "R269", "R272", "R273", "R274", "R275")
@pytest.mark.covers("R250", "R276", "R279", "R281")
def test_an_order_becomes_a_deal_with_all_the_panels_own_integration_fills(world: PixlparkWorld) -> None:
    order = world.place()
    world.settle()
    made: dict[str, Any] = dict(world.deal(order))
    assert made["title"] == f"Заказ № {order.id}"
    assert (made["categoryId"], made["stageId"]) == (2, "C2:NEW")
    assert (Decimal(str(made["opportunity"])), made["currencyId"]) == (Decimal("851.65"), "RUB")
    assert (made["sourceId"], made["sourceDescription"], made["typeId"]) == ("WEB", "print.example", "SALE")
    assert (made["begindate"], made["assignedById"]) == (START.date(), 9)
    assert made["comments"] == f"https://print.example/admin/orders/{order.id}"
    assert (made["UF_CRM_DELIVERY"], made["UF_CRM_DELIVERY_ID"]) == ("Офис компании на Белинского", "8106")
    assert world.rows(order) == [
        ("Визитки", Decimal(3), Decimal("150.55")),
        ("Офис компании на Белинского", Decimal(1), Decimal("400.00")),
    ]
    (contact,) = world.portal.core.state.items[CONTACT].values()
    assert contact.values["name"] == "Ким Анна"
    assert count(world, LEAD) == 0, "new clients are leads only where the profile says so"
    assert {line.value for line in contact.fm} == {"+79990000001", "buyer1@example.test"}
    world.assert_at_rest()


@pytest.mark.covers("R277")
def test_the_archives_link_appears_in_the_deal_once_it_can_be_opened(world: PixlparkWorld) -> None:
    order = world.place(DownloadLink="https://editor.site.example/not-yet")
    world.settle()
    assert "not-yet" not in str(world.deal(order)["comments"])
    world.clock.advance(600)
    world.shop.store.render(int(order.id), "https://editor.site.example/archive.zip")
    world.settle()
    assert str(world.deal(order)["comments"]).splitlines()[-1] == "https://editor.site.example/archive.zip"


@pytest.mark.covers("R268", "R270")
def test_an_organisations_deal_has_its_company_and_the_employee_as_contact(world: PixlparkWorld) -> None:
    first, second = world.place(customer=FIRM), world.place(customer=FIRM)
    world.settle()
    assert (count(world, COMPANY), count(world, CONTACT), count(world, DEAL)) == (1, 2, 2)
    (company,) = world.portal.core.state.items[COMPANY].values()
    assert "7707083893" in str(company.values["title"])
    for order in (first, second):
        deal = world.deal(order)
        assert deal["companyId"] == company.id
        assert len(deal["contactIds"]) == 1


@pytest.mark.covers("R284")
@pytest.mark.parametrize(("client", "taken"), [("person", 0), ("organisation", 1), ("", 2)])
def test_only_orders_of_the_chosen_clients_become_deals(client: str, taken: int) -> None:
    with PixlparkWorld() as world:
        when = f'[when]\nclient = "{client}"\n' if client else ""
        world.in_force(EXAMPLE.replace("[deal]\n", f"{when}[deal]\n", 1))
        orders = [world.place(), world.place(customer=FIRM)]
        world.settle()
        found = [bool(world.deals(order)) for order in orders]
        assert found == {0: [True, False], 1: [False, True], 2: [True, True]}[taken]


@pytest.mark.covers("R267")
def test_a_status_goes_both_ways_and_the_customer_is_told_once(world: PixlparkWorld) -> None:
    order = world.place()
    world.settle()
    world.clock.advance(1)
    world.shop.store.set_status(int(order.id), "Printing")
    world.settle()
    assert world.deal(order)["stageId"] == "C2:EXECUTING"
    world.move(order, "C2:UC_QUALITY")
    world.settle()
    assert world.status(order) == "Printed"
    assert world.shop.store.notified == [(int(order.id), "Printed")]
    for _ in range(3):
        world.ring(order)
        world.settle()
    world.move(order, "C2:WON")
    world.settle()
    assert world.status(order) == "Delivered"
    assert world.shop.store.notified == [(int(order.id), "Printed")], "no other status is named in `notify`"
    world.assert_at_rest()


class OldPath(PixlparkWorld):
    """The portal's outgoing webhook still has the path of the panel's own integration."""

    def hook(self, connection: str) -> str:
        return f"{standing('hub').served.url}{PANEL}" if connection == PORTAL else super().hook(connection)


def test_a_portals_webhook_set_for_the_panels_own_integration_goes_on_with_the_hub() -> None:
    with OldPath() as world:
        world.in_force()
        order = world.place()
        world.settle()
        world.move(order, "C2:EXECUTING")
        world.settle()
        assert world.status(order) == "Printing"


def test_a_cancelled_deal_cancels_its_order_and_the_other_way(world: PixlparkWorld) -> None:
    order, other = world.place(), world.place()
    world.settle()
    world.move(order, "C2:LOSE")
    world.clock.advance(1)
    world.shop.store.set_status(int(other.id), "Cancelled")
    world.settle()
    assert (world.status(order), world.deal(other)["stageId"]) == ("Cancelled", "C2:LOSE")


def test_a_comment_of_the_deal_stands_at_the_order_once(world: PixlparkWorld) -> None:
    order = world.place()
    world.settle()
    say(world, order, "Макет принят")
    world.settle()
    assert comments(world) == ["Макет принят"]
    for _ in range(3):
        world.ring(order)
        world.settle()
    assert comments(world) == ["Макет принят"]


@pytest.mark.parametrize("has_landed", [True, False])
def test_a_comment_whose_answer_was_lost_is_told_by_the_orders_count(world: PixlparkWorld, *, has_landed: bool) -> None:
    order = world.place()
    world.settle()
    world.shop.faults.arm("closed_after_commit" if has_landed else "html_503", on="POST /orders/{id}/comments")
    say(world, order, "Макет принят")
    world.settle()
    assert comments(world) == ["Макет принят"]


def test_a_shop_without_an_author_of_comments_is_sent_none() -> None:
    with PixlparkWorld(comment_email="") as world:
        world.in_force(EXAMPLE.replace('[comments]\nway = "<-"', ""))
        order = world.place()
        world.settle()
        say(world, order, "Между нами")
        world.settle()
        assert comments(world) == []


LEADS = EXAMPLE.replace('# create   = "lead"', 'create = "lead" #').replace(
    "[status] ", "[lead]\nresponsible = 9\n[status] "
)


@pytest.mark.covers("R250", "R306", "R314")
def test_an_order_of_a_new_client_is_a_lead_until_a_manager_makes_a_deal_of_it() -> None:
    with PixlparkWorld() as world:
        world.in_force(LEADS)
        order = world.place()
        world.settle()
        assert (count(world, LEAD), count(world, DEAL)) == (1, 0)
        ((number, lead),) = world.portal.core.state.items[LEAD].items()
        assert Decimal(str(lead.values["opportunity"])) == Decimal("851.65")
        world.clock.advance(5)
        world.portal.convert_lead(number, deal=True, contact=True, company=False)
        world.clock.advance(130)
        world.sweep()
        world.settle()
        ((made, _),) = world.portal.core.state.items[DEAL].items()
        world.clock.advance(1)
        world.portal.move_stage(made, "C2:EXECUTING")
        world.settle()
        assert world.status(order) == "Printing"


def send(world: PixlparkWorld, order: OrderRef) -> int:
    """Have an operator send an order; return how many records it is to get."""
    owed = left_to_people(world.hub, order)
    if owed:
        line = JournalLine(world.clock.now(), Event.APPLIED, Text("Sent.", "Отправлен."), order)
        world.storage.make_anew(order, line, owed)
        world.ring(order)
    return len(owed)


BY_HAND = "[switches]\ncreate_deals = false\n"


@pytest.mark.covers("R259")
def test_orders_that_are_sent_by_hand_are_sent_when_a_person_says_so() -> None:
    with PixlparkWorld() as world:
        world.in_force(EXAMPLE + BY_HAND)
        sent, other = world.place(), world.place()
        world.settle()
        assert (world.deals(sent), world.deals(other)) == ([], [])
        assert send(world, sent) == 1
        world.ring(sent)
        world.ring(other)
        world.settle()
        assert (world.deal(sent)["stageId"], world.deals(other)) == ("C2:NEW", [])
        world.move(sent, "C2:EXECUTING")
        world.settle()
        assert world.status(sent) == "Printing"
        assert send(world, sent) == 0, "it has been sent"
        world.portal.delete(DEAL, int(world.deal(sent)["id"]))
        world.settle()
        assert send(world, sent) == 0, "and what was deleted is made anew by another command"


def test_only_what_the_profiles_conditions_take_is_sent_by_hand() -> None:
    with PixlparkWorld() as world:
        world.in_force(EXAMPLE.replace("[deal]\n", '[when]\nclient = "organisation"\n[deal]\n', 1) + BY_HAND)
        assert [send(world, one) for one in (world.place(), world.place(customer=FIRM))] == [0, 1]
        with pytest.raises(Gone):
            send(world, OrderRef(SHOP, OrderId("1")))


def test_an_order_of_a_new_client_that_is_sent_by_hand_is_a_lead_and_its_deal_is_followed() -> None:
    with PixlparkWorld() as world:
        world.in_force(LEADS + BY_HAND)
        order = world.place()
        world.settle()
        send(world, order)
        world.ring(order)
        world.settle()
        assert (count(world, LEAD), count(world, DEAL)) == (1, 0)
        (number,) = world.portal.core.state.items[LEAD]
        world.clock.advance(5)
        world.portal.convert_lead(number, deal=True, contact=True, company=False)
        world.clock.advance(130)
        world.sweep()
        world.settle()
        ((made, _),) = world.portal.core.state.items[DEAL].items()
        world.clock.advance(1)
        world.portal.move_stage(made, "C2:EXECUTING")
        world.settle()
        assert (world.status(order), count(world, DEAL)) == ("Printing", 1)


@pytest.mark.covers("R316", "R317", "R318")
def test_an_organisation_makes_two_leads_and_its_order_is_in_the_employees() -> None:
    with PixlparkWorld() as world:
        world.in_force(LEADS)
        world.place(customer=FIRM)
        world.settle()
        leads = [one.values for one in world.portal.core.state.items[LEAD].values()]
        assert (len(leads), count(world, DEAL), count(world, COMPANY)) == (2, 0, 0)
        assert sorted(Decimal(str(one.get("opportunity") or 0)) for one in leads) == [Decimal(0), Decimal("851.65")]
        assert any("7707083893" in str(one.get("companyTitle")) for one in leads)


def test_what_no_webhook_told_is_found_by_a_sweep(world: PixlparkWorld) -> None:
    world.shop.courier.drop(2)
    order = world.place()
    world.settle()
    assert world.deals(order) == []
    world.look()
    assert world.deal(order)["stageId"] == "C2:NEW"


def test_an_order_that_cannot_be_read_stops_no_other(world: PixlparkWorld) -> None:
    bad, good = world.place(DateModified="yesterday"), world.place()
    for _ in range(3):
        world.wave()
        world.clock.advance(60)
    assert (world.deals(bad), len(world.deals(good))) == ([], 1)
    world.clock.advance(3600)
    world.shop.store.edit(int(bad.id), {})
    world.settle()
    assert len(world.deals(bad)) == 1


def test_an_order_whose_goods_do_not_add_up_is_held_and_shown(world: PixlparkWorld) -> None:
    order = world.place(TotalPrice=Decimal(9999))
    world.settle()
    assert (world.deals(order), world.differences(order)) == ([], {"lines": "money"})


def test_a_stranger_who_knows_the_address_can_only_have_an_order_looked_at(world: PixlparkWorld) -> None:
    order = world.place()
    world.settle()
    told = {**world.record(order), "Status": "Cancelled", "DateModified": "2026-03-02T00:00:00Z"}
    receive(world.hub, SHOP, {}, json.dumps(told, default=str).encode())
    world.settle()
    assert (world.deal(order)["stageId"], world.status(order)) == ("C2:NEW", "NotProcessed")
