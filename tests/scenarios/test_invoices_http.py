"""An invoice beside the deal: made by itself, linked, with the order's rows, and kept in step; over real HTTP."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from support.http_world import PRINT, SITE, HttpWorld
from sverka.connectors.bitrix24.commands import Command
from sverka.domain.ids import OrderRef
from sverka.ports.journal import Event
from sverka.sandbox.bitrix_site.catalogue import COMPANY as FIRM
from sverka.sandbox.portal.crm.fields import COMPANY, CONTACT, DEAL, LEAD, SMART_INVOICE
from sverka.sandbox.portal.faults import Fault

INVOICED = (
    PRINT
    + """
[invoice]
title       = "Счёт к заказу {order.number}"
responsible = 6
[invoice.status]
policy   = "office_wins"
unmapped = "ignore"
way      = "->"
map = [
  { status = "N", stage = ["DT31_1:N", "DT31_1:S"] },
  { status = "F", stage = ["DT31_1:P"] },
]
cancel = ["DT31_1:D"]
[invoice.fields]
"order.number" = { to = "accountNumber", way = "->" }
"""
)
FIRM_BUYER = {
    "company": "ООО «Ромашка»", "fio": "Ким Анна", "phone": "+7 999 100-10-10", "email": "a@romashka.example",
}  # fmt: skip
FIRMS_ONLY = INVOICED.replace("[invoice.status]", '[invoice.when]\nperson_type = "company"\n[invoice.status]')


IN_FUNNEL = INVOICED.replace("responsible = 6", 'responsible = 6\npipeline = "1"')


DOCUMENTED = {
    "title", "xmlId", "assignedById", "opened", "webformId", "begindate", "closedate", "companyId", "contactId",
    "contactIds", "observers", "stageId", "sourceId", "sourceDescription", "currencyId", "isManualOpportunity",
    "opportunity", "taxValue", "mycompanyId", "comments", "locationId", "parentId2",
}  # fmt: skip
"""What the vendor says can be set in an invoice: crm.item.add and crm.item.update, the tab *Invoice*."""


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        world.apply(INVOICED)
        yield world


def firm_order(world: HttpWorld) -> OrderRef:
    return world.order(fields={"personTypeId": FIRM}, customer=FIRM_BUYER)


def invoices(world: HttpWorld, order: OrderRef) -> list[Mapping[str, Any]]:
    """Return the smart invoices that carry an order's mark."""
    mark = f"{world.storage.hub_id}/{order}/"
    items = world.portal.core.state.items[SMART_INVOICE].values()
    return [{**one.values, "id": one.id} for one in items if str(one.values.get("xmlId")).startswith(mark)]


def invoice(world: HttpWorld, order: OrderRef) -> Mapping[str, Any]:
    (found,) = invoices(world, order)
    return found


def rows(world: HttpWorld, letters: str, number: int) -> list[tuple[str, Decimal, Decimal]]:
    return [(row.product_name, row.quantity, row.price) for row in world.portal.core.state.rows[letters, number]]


@pytest.mark.covers("R104", "R130", "R145", "R160")
def test_an_order_gives_a_deal_and_an_invoice_with_the_same_rows_linked_to_it(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    deal, made = world.deal(order), invoice(world, order)
    assert made["parentId2"] == deal["id"]
    assert made["contactIds"] == deal["contactIds"] != []
    assert rows(world, "SI", made["id"]) == rows(world, "D", deal["id"])
    assert (made["opportunity"], made["currencyId"]) == (world.total(order), "RUB")
    assert (made["title"], made["assignedById"]) == (f"Счёт к заказу {order.id}", 6)
    assert deal["assignedById"] == 9
    world.assert_in_step(order)


@pytest.mark.covers("R130")
def test_what_changes_in_the_order_changes_deal_and_invoice(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "F"})
    world.settle()
    assert (world.deal(order)["stageId"], invoice(world, order)["stageId"]) == ("C2:WON", "DT31_1:P")


@pytest.mark.covers("R143")
def test_an_order_of_a_company_gives_deal_contact_company_and_invoice(world: HttpWorld) -> None:
    order = firm_order(world)
    world.settle()
    deal, made = world.deal(order), invoice(world, order)
    assert deal["companyId"] == made["companyId"] != 0
    (company,) = world.portal.core.state.items[COMPANY].values()
    assert company.values["title"] == "ООО «Ромашка»"
    assert len(world.portal.core.state.items[CONTACT]) == 1


@pytest.mark.covers("R111")
def test_without_the_table_there_is_a_deal_and_nothing_beside_it(world: HttpWorld) -> None:
    world.apply(PRINT)
    order = world.order()
    world.settle()
    assert (len(world.deals(order)), invoices(world, order)) == (1, [])


def test_only_the_orders_its_conditions_name_get_an_invoice(world: HttpWorld) -> None:
    world.apply(FIRMS_ONLY)
    person, firm = world.order(), firm_order(world)
    world.settle()
    assert (len(world.deals(person)), invoices(world, person)) == (1, [])
    assert len(invoices(world, firm)) == 1


def test_a_lost_answer_makes_no_second_invoice(world: HttpWorld) -> None:
    order = world.order()
    world.wave()
    assert (len(world.deals(order)), invoices(world, order)) == (1, [])
    world.portal.fault(Fault("close", method="crm.item.add"))
    world.wave()
    assert Event.DOUBT in world.events(order)
    world.settle()
    assert len(invoices(world, order)) == 1
    world.assert_in_step(order)


def test_an_invoice_deleted_by_a_person_stays_deleted_and_the_deal_goes_on(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.portal.delete(SMART_INVOICE, invoice(world, order)["id"])
    world.ring(order)
    world.settle()
    world.move(order, "C2:EXECUTING")
    world.settle()
    assert invoices(world, order) == []
    assert world.status(order) == "P"


def test_a_stage_that_is_gone_holds_the_invoice_and_nothing_else(world: HttpWorld) -> None:
    order, other = world.order(), world.order()
    world.settle()
    state = world.portal.core.state
    gone = next(number for number, line in state.statuses.items() if line.status_id == "DT31_1:P")
    del state.statuses[gone]
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "F"})
    world.settle()
    assert world.deal(order)["stageId"] == "C2:WON"
    assert world.differences(order) == {"status": "refused"}
    (held,) = world.storage.differences.list(order)
    assert held.profile == "print:invoice"
    world.move(other, "C2:EXECUTING")
    world.settle()
    assert world.status(other) == "P"


def test_a_funnel_of_invoices_that_is_gone_holds_the_invoice_with_a_sentence_and_the_deal_is_there(
    world: HttpWorld,
) -> None:
    world.apply(IN_FUNNEL.replace("DT31_1:", "DT31_99:").replace('"1"', '"99"'))
    order = world.order()
    world.settle()
    assert (len(world.deals(order)), invoices(world, order)) == (1, [])
    (held,) = world.storage.differences.list(order)
    assert (held.profile, held.difference.key, held.difference.why.value) == ("print:invoice", "record", "refused")
    assert "укажите в профиле другую" in held.difference.text.ru
    world.apply(IN_FUNNEL)
    world.settle()
    assert invoice(world, order)["categoryId"] == 1


def test_a_deal_that_is_held_holds_its_invoice(world: HttpWorld) -> None:
    order = world.order(fields={"statusId": "S"})
    world.settle()
    assert (world.deals(order), invoices(world, order)) == ([], [])
    assert world.differences(order) == {"status": "unmapped"}


def test_orders_that_had_their_deals_before_get_their_invoices_when_they_are_looked_at(world: HttpWorld) -> None:
    world.apply(PRINT)
    order = world.order()
    world.settle()
    world.apply(INVOICED)
    world.ring(order)
    world.settle()
    assert invoice(world, order)["parentId2"] == world.deal(order)["id"]
    assert len(world.portal.core.state.items[DEAL]) == 1


@pytest.mark.covers("R145")
def test_an_invoice_moved_by_hand_is_noticed_by_a_sweep_alone(world: HttpWorld) -> None:
    world.apply(INVOICED.replace('way      = "->"', 'way      = "<->"').replace('unmapped = "ignore"\n', ""))
    order = world.order()
    world.settle()
    world.clock.advance(120)
    world.portal.edit(SMART_INVOICE, invoice(world, order)["id"], {"stageId": "DT31_1:P"})
    assert world.status(order) == "N"
    world.sweep()
    world.settle()
    assert world.status(order) == "F"
    assert world.deal(order)["stageId"] == "C2:WON", "paid by the invoice, the deal follows the order"


def test_what_halts_the_invoices_stops_the_whole_document_and_resuming_lets_it_go_on(world: HttpWorld) -> None:
    order = world.order()
    world.settle()
    world.apply(INVOICED + "[brakes]\nwrites_per_wave = 1\n")
    world.clock.advance(1)
    world.site.store.add_item(int(order.id), {"name": "Буклеты", "price": "10.00", "quantity": 1})
    world.wave()
    assert world.stopped() == {"print"}
    before = invoice(world, order)["opportunity"]
    world.apply(INVOICED)
    world.resume()
    world.ring(order)
    world.clock.advance(3600)
    world.settle()
    assert invoice(world, order)["opportunity"] == world.total(order) != before


@pytest.mark.covers("R154")
@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ("", {CONTACT: 1, LEAD: 0, SMART_INVOICE: 0, "rows": 2}),
        ('[customer]\ncreate = "none"\n', {CONTACT: 0, LEAD: 0, SMART_INVOICE: 0, "rows": 2}),
        ('[customer]\ncreate = "lead"\n', {CONTACT: 0, LEAD: 1, SMART_INVOICE: 0, "rows": 0}),
        ("[invoice]\n", {CONTACT: 1, LEAD: 0, SMART_INVOICE: 1, "rows": 4}),
        ("[invoice]\nlines = false\n", {CONTACT: 1, LEAD: 0, SMART_INVOICE: 1, "rows": 2}),
    ],
)
def test_each_kind_of_record_has_its_switch(world: HttpWorld, switches: str, expected: dict[object, int]) -> None:
    world.apply(PRINT + switches)
    world.order()
    world.settle()
    state = world.portal.core.state
    made: dict[object, int] = {kind: len(state.items[kind]) for kind in (CONTACT, LEAD, SMART_INVOICE)}
    held = sum(len(rows) for (letters, _), rows in state.rows.items() if letters in ("D", "SI"))
    assert {**made, "rows": held} == expected


def test_an_invoice_is_told_nothing_but_what_the_vendor_says_it_has(
    world: HttpWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: set[str] = set()
    text = Command.text.fget
    assert text is not None

    def sent(command: Command) -> str:
        fields = command.params.get("fields")
        if command.params.get("entityTypeId") == SMART_INVOICE and isinstance(fields, Mapping):
            told.update(fields)
        return str(text(command))

    monkeypatch.setattr(Command, "text", property(sent))
    mine = world.portal.create(COMPANY, {"title": "Типография", "isMyCompany": "Y"})
    world.apply(INVOICED.partition("[invoice.fields]")[0])
    order = firm_order(world)
    world.settle()
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "F"})
    world.site.store.add_item(int(order.id), {"name": "Буклеты", "price": "10.00", "quantity": 1})
    world.settle()
    made = invoice(world, order)
    assert (made["stageId"], made["opportunity"]) == ("DT31_1:P", world.total(order))
    assert told - DOCUMENTED == set()
    assert {"title", "xmlId", "assignedById", "companyId", "contactIds", "stageId", "parentId2", "opportunity"} <= told
    assert made["mycompanyId"] == mine, "the portal puts the first of its own companies there by itself"
