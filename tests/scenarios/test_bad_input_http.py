"""Bad input over real HTTP: one order waits with a sentence and its next step, its neighbour goes through at once.

Each story says what is wrong and, asked to go on, mends it as a person would.
"""

import base64
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from support.field_pairs import add_property, joined, shown, site_order
from support.http_world import PRINT, SITE, WOO, HttpWorld
from support.leads import LEADS, lead
from sverka.cli.order.show import show_differences
from sverka.domain.ids import OrderRef, StoreName
from sverka.sandbox.portal.crm.fields import CONTACT, DEAL, LEAD, SMART_INVOICE

WORDS = "позвоните вечером, номер на сайте"
FAMILY = "Анна 👨‍👩‍👧 Ким 🎂"
INVOICED = (
    PRINT
    + """
[invoice]
responsible = 9
[invoice.status]
policy   = "office_wins"
unmapped = "ignore"
map = [{ status = "N", stage = ["DT31_1:N"] }]
"""
)


class Bad(NamedTuple):
    """What waits, why, and what its sentence has to name in Russian and in English.

    `alone`: it goes on by itself once mended, else after an operator's retry. `neighbour` is where a good order is
    placed at the same time.
    """

    order: OrderRef
    key: str
    why: str
    ru: str
    en: str
    alone: bool = True
    neighbour: StoreName = SITE


Story = Callable[[HttpWorld], Iterator[Bad]]


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE, WOO]) as world:
        yield world


def ask(world: HttpWorld, method: str, **params: object) -> Any:
    """Have an administrator of the portal do something by its own methods."""
    return world.portal.call(method, params).result


def drop_stage(world: HttpWorld, entity: str, stage: str) -> None:
    (found,) = ask(world, "crm.status.list", filter={"ENTITY_ID": entity, "STATUS_ID": stage})
    ask(world, "crm.status.delete", id=found["ID"], params={"FORCED": "Y"})


def edit(world: HttpWorld, order: OrderRef, **properties: object) -> None:
    """Have somebody correct an order in the shop."""
    world.clock.advance(1)
    world.site.store.set_properties(int(order.id), properties)


def a_property_that_changed_its_type(world: HttpWorld) -> Iterator[Bad]:
    add_property(world, "COPIES", "NUMBER")
    world.portal.add_field(DEAL, "COPIES", "integer")
    joined(world, '"property.COPIES" = { to = "UF_CRM_COPIES", way = "->" }')
    next(one for one in world.site.store.catalogue.properties if one["code"] == "COPIES")["type"] = "STRING"
    order = site_order(world, COPIES="сто штук")
    yield Bad(order, "property.COPIES", "unmapped", "исправьте значение у источника", "correct it at its source")
    edit(world, order, COPIES="100")


def a_deleted_stage(world: HttpWorld) -> Iterator[Bad]:
    order = world.order()
    world.settle()
    drop_stage(world, "DEAL_STAGE_2", "C2:EXECUTING")
    world.clock.advance(1)
    world.site.store.edit(int(order.id), {"statusId": "P"})
    yield Bad(order, "status", "refused", "больше нет такой стадии", "no such stage")
    world.apply(PRINT.replace('"C2:EXECUTING", ', ""))


def a_removed_field(world: HttpWorld) -> Iterator[Bad]:
    world.portal.add_field(DEAL, "TOWN")
    joined(world, '"property.CITY" = { to = "UF_CRM_TOWN" }')
    order = world.order()
    world.settle()
    (field,) = ask(world, "crm.deal.userfield.list", filter={"FIELD_NAME": "UF_CRM_TOWN"})
    ask(world, "crm.deal.userfield.delete", id=field["ID"])
    edit(world, order, CITY="Пермь")
    yield Bad(order, "property.CITY", "gone", "создайте его и повторите", "add it there and retry", alone=False,
              neighbour=WOO)  # fmt: skip
    world.portal.add_field(DEAL, "TOWN")


def a_field_that_was_gone_at_birth(world: HttpWorld) -> Iterator[Bad]:
    world.portal.add_field(DEAL, "TOWN")
    joined(world, '"property.CITY" = { to = "UF_CRM_TOWN" }')
    (field,) = ask(world, "crm.deal.userfield.list", filter={"FIELD_NAME": "UF_CRM_TOWN"})
    ask(world, "crm.deal.userfield.delete", id=field["ID"])
    order = site_order(world, CITY="Пермь")
    yield Bad(order, "property.CITY", "gone", "создайте его и повторите", "add it there and retry", alone=False,
              neighbour=WOO)  # fmt: skip
    world.portal.add_field(DEAL, "TOWN")


def a_currency_the_portal_lacks(world: HttpWorld) -> Iterator[Bad]:
    order = world.order(fields={"currency": "KZT"})
    yield Bad(order, "record", "refused", "не знает валюту", "lacks the order's currency", alone=False)
    ask(world, "crm.currency.add", fields={"CURRENCY": "KZT", "AMOUNT_CNT": 1, "AMOUNT": 0.2})


def an_option_nobody_mapped(world: HttpWorld) -> Iterator[Bad]:
    world.portal.add_field(DEAL, "PAPER", "enumeration", options=["глянцевая"])
    row = '"property.PAPER" = { to = "UF_CRM_PAPER", way = "<->", by_name = true }'
    joined(world, row)
    yield Bad(site_order(world, PAPER="matte"), "property.PAPER", "unmapped", "добавьте его там", "add it there")
    joined(world, row.replace("true", 'true, new_options = "create"'))


def a_file_of_30_mb(world: HttpWorld) -> Iterator[Bad]:
    world.portal.add_field(DEAL, "LAYOUT", "file")
    joined(world, '"property.LAYOUT"  = { to = "UF_CRM_LAYOUT", way = "<->" }')
    content = base64.b64encode(bytes(30 * 2**20)).decode()
    order = site_order(world, LAYOUT={"fileData": ["макет.pdf", content]})
    yield Bad(order, "property.LAYOUT", "refused", "больше 20 МБ; перенесите", "larger than 20 MB; carry it by hand")
    edit(world, order, LAYOUT={"fileData": ["макет.pdf", "eHh4"]})


def ten_thousand_rows(world: HttpWorld) -> Iterator[Bad]:
    order = world.order(items=[{"name": "Визитки", "price": "1.00"}] * 10_000)
    yield Bad(order, "record", "refused", "10001 строк товаров", "split the order in the store")
    world.apply(PRINT.replace("[deal]", '[deal]\nlines = "one_line"'))


def a_mail_the_portal_refuses(world: HttpWorld) -> Iterator[Bad]:
    world.fault("refuse", "crm.item.add", keys=("c0",), status=400, code="ERROR_CORE", description="Wrong mail: a@b.c.")
    order = world.order(customer={"fio": "Ким Анна", "email": "a@b.c"})
    yield Bad(order, "customer", "refused", "Wrong mail: a@b.c. Исправьте значение", "Correct the value")
    edit(world, order, EMAIL="anna@example.test")


def a_phone_that_is_a_sentence(world: HttpWorld) -> Iterator[Bad]:
    world.apply(PRINT + '[customer]\nfields = { phone = "append" }\n')
    order = world.order(customer={"fio": "Ким Анна", "phone": WORDS, "email": "anna@example.test"})
    yield Bad(order, "contact.phone", "kept", "не номер; исправьте его в магазине", "correct it in the store")
    edit(world, order, PHONE="+7 999 123-45-67")


def a_deleted_funnel(world: HttpWorld) -> Iterator[Bad]:
    ask(world, "crm.category.delete", entityTypeId=DEAL, id=2)
    yield Bad(world.order(), "record", "refused", "больше нет такой воронки", "no such funnel", neighbour=WOO)
    world.apply(PRINT.replace('"2"', '"0"', 1).replace("C2:UC_QUALITY", "FINAL_INVOICE").replace("C2:", ""))


def a_deleted_stage_of_leads(world: HttpWorld) -> Iterator[Bad]:
    world.portal.add_field(LEAD, "LEAD_ORDER")
    world.learn()
    world.apply(LEADS.replace("[lead]", '[lead]\nstage = "IN_PROCESS"'))
    drop_stage(world, "STATUS", "IN_PROCESS")
    yield Bad(world.order(), "record", "refused", "больше нет такой стадии", "no such stage", neighbour=WOO)
    world.apply(LEADS)


@pytest.mark.covers("C24", "C38", "C72")
@pytest.mark.parametrize("story", [
    a_property_that_changed_its_type, a_deleted_stage, a_removed_field, a_field_that_was_gone_at_birth,
    a_currency_the_portal_lacks, an_option_nobody_mapped, a_file_of_30_mb, ten_thousand_rows,
    a_mail_the_portal_refuses, a_phone_that_is_a_sentence, a_deleted_funnel, a_deleted_stage_of_leads,
])  # fmt: skip
def test_one_waits_with_its_next_step_its_neighbour_goes_through_and_mended_it_goes_on(
    world: HttpWorld, story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    told = story(world)
    bad = next(told)
    other = world.order(bad.neighbour)
    world.settle()
    assert (len(world.deals(other)), world.differences(other)) == (1, {})
    assert world.differences(bad.order) == {bad.key: bad.why}
    (held,) = world.storage.differences.list(bad.order)
    assert bad.ru in held.difference.text.ru
    assert bad.en in held.difference.text.en
    show_differences([held])
    listed = capsys.readouterr().out
    assert (f"sverka order sync {bad.order}" in listed) == (bad.why == "refused")
    assert (world.stopped("profile"), world.stopped("connection")) == (set(), set())
    assert next(told, None) is None
    world.settle()
    assert (world.differences(bad.order) == {}) == bad.alone
    if not bad.alone:
        world.storage.differences.retry(bad.order)
        world.ring(bad.order)
        world.settle()
    assert world.differences(bad.order) == {}
    assert len(world.deals(bad.order)) == 1 or lead(world, bad.order)
    world.assert_at_rest()


def noted(world: HttpWorld, order: OrderRef, words: str) -> int:
    """Return how many lines of an order's journal say these words."""
    return sum(words in line.text.ru for line in world.story(order))


@pytest.mark.covers("R99", "C26")
@pytest.mark.parametrize(("document", "tables"), [(PRINT, ["deal"]), (INVOICED, ["deal", "invoice"])])
def test_a_dismissed_responsible_stops_no_record_and_is_told_of_once_for_each(
    world: HttpWorld, document: str, tables: list[str]
) -> None:
    world.apply(document)
    ask(world, "user.update", ID=9, ACTIVE="N")
    order = world.order()
    world.settle()
    owner = int(ask(world, "user.current")["ID"])
    made = [world.deal(order), *(one.values for one in world.portal.core.state.items[SMART_INVOICE].values())]
    assert [one["assignedById"] for one in made] == [owner] * len(tables)
    assert [noted(world, order, f"исправьте [{table}] responsible") for table in tables] == [1] * len(tables)
    assert world.differences(order) == {}


def test_a_buyer_who_left_nothing_to_be_known_by_is_asked_about_until_his_deal_has_a_contact(world: HttpWorld) -> None:
    order, other = world.order(customer={"fio": "Ким Анна", "phone": WORDS, "email": "нет"}), world.order()
    world.settle()
    assert (world.deal(order)["contactIds"], world.contacts) == ([], 1)
    assert (world.differences(order), world.differences(other)) == ({"customer": "waiting"}, {})
    (held,) = world.storage.differences.list(order)
    assert f"(в нём: {WORDS}; нет), поэтому сделка без контакта; уточните" in held.difference.text.ru
    world.ring(order)
    world.settle()
    assert [noted(world, one, "поэтому сделка без контакта") for one in (order, other)] == [1, 0], "said once"
    edit(world, order, PHONE="+7 999 123-45-67")
    world.settle()
    (held,) = world.storage.differences.list(order)
    assert "добавьте контакт в сделку" in held.difference.text.ru
    contact = int(world.deal(other)["contactIds"][0])
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"contactIds": [contact]})
    world.settle()
    assert world.differences(order) == {}


@pytest.mark.covers("C67")
def test_signs_beyond_the_basic_plane_arrive_whole_and_stay(world: HttpWorld) -> None:
    world.portal.add_field(DEAL, "NOTE")
    joined(world, '"comment.customer" = { to = "UF_CRM_NOTE", way = "<->" }')
    order = world.order(
        customer={"fio": FAMILY, "email": "anna@example.test"},
        items=[{"name": "Шар 🎈", "price": "1.00"}],
        fields={"userDescription": "Ждём 🎉"},
    )
    world.settle()
    (contact,) = world.portal.core.state.items[CONTACT].values()
    assert FAMILY in (contact.values["name"], world.deal(order)["title"].removeprefix(f"Заказ {order.id}: "))
    assert (shown(world, order, "NOTE"), world.rows(order)[0][0]) == ("Ждём 🎉", "Шар 🎈")
    assert world.differences(order) == {}
    world.assert_at_rest()
