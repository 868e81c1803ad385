"""Lists whose options are matched by name, and options that the portal's list lacks, over real HTTP."""

from collections.abc import Iterator

import pytest

from support.field_pairs import add_property, joined, raw, shown, site_order
from support.http_world import PORTAL, PRINT, SITE, HttpWorld
from support.leads import LEADS, lead
from sverka.domain.text import Text
from sverka.engine.by_hand.preview import preview
from sverka.engine.wave import run_wave
from sverka.ports.journal import Event, JournalLine
from sverka.sandbox.portal.crm.fields import DEAL, LEAD, SMART_INVOICE
from sverka.sandbox.portal.crm.user_fields import change

HOLDS = '"property.PAPER" = { to = "UF_CRM_PAPER", way = "<->", by_name = true }'
CREATES = HOLDS.replace("true", 'true, new_options = "create"')


@pytest.fixture
def world() -> Iterator[HttpWorld]:
    with HttpWorld([SITE]) as world:
        world.portal.add_field(DEAL, "PAPER", "enumeration", options=["глянцевая "])
        yield world


def names(world: HttpWorld) -> list[str]:
    """Return the options of the portal's list."""
    fields = world.portal.core.state.user_fields.values()
    return [option.value for one in fields if one.field_name == "UF_CRM_PAPER" for option in one.options]


@pytest.mark.covers("R58")
def test_options_are_matched_by_their_names(world: HttpWorld) -> None:
    joined(world, HOLDS)
    order = site_order(world, PAPER="glossy")
    world.settle()
    assert shown(world, order, "PAPER") == "глянцевая "
    assert world.differences(order) == {}


@pytest.mark.covers("R58")
def test_an_option_nobody_mapped_is_held_with_what_to_do_and_other_orders_go_on(world: HttpWorld) -> None:
    joined(world, HOLDS)
    order, other = site_order(world, PAPER="matte"), site_order(world, PAPER="glossy")
    world.settle()
    assert (world.deals(order), world.differences(order)) == ([], {"property.PAPER": "unmapped"})
    [held] = world.storage.differences.list(order)
    assert "Матовая" in held.difference.text.ru
    assert 'new_options = "create"' in held.difference.text.ru
    assert (shown(world, other, "PAPER"), names(world)) == ("глянцевая ", ["глянцевая "])


@pytest.mark.covers("R58")
def test_an_option_that_a_person_adds_on_the_portal_is_found_by_its_name(world: HttpWorld) -> None:
    joined(world, HOLDS)
    order = site_order(world, PAPER="glossy")
    world.settle()
    field = next(one for one in world.portal.core.state.user_fields.values() if one.field_name == "UF_CRM_PAPER")
    with world.portal.lock:
        change(world.portal.core, field, {"LIST": [{"VALUE": "Матовая"}]})
    world.clock.advance(1)
    world.portal.edit(DEAL, int(world.deal(order)["id"]), {"UF_CRM_PAPER": str(field.options[-1].id)})
    world.settle()
    assert (raw(world, order, "PAPER"), world.differences(order)) == ("matte", {})


@pytest.mark.covers("R58")
def test_an_option_the_portal_lacks_is_added_once_and_by_setting(world: HttpWorld) -> None:
    joined(world, CREATES)
    orders = [site_order(world, PAPER="matte") for _ in range(3)]
    foreseen = preview(world.hub, PORTAL, orders)
    assert names(world) == ["глянцевая "], "a preview adds nothing"
    assert foreseen.births == 0
    assert "добавит" in foreseen.foreseen[0].differences[0].text.ru
    world.settle()
    assert names(world) == ["глянцевая ", "Матовая"]
    assert [shown(world, order, "PAPER") for order in orders] == ["Матовая"] * 3
    world.portal.reset_counters()
    late = site_order(world, PAPER="matte")
    world.settle()
    assert (shown(world, late, "PAPER"), names(world)) == ("Матовая", ["глянцевая ", "Матовая"])
    assert not any("userfield" in str(line) for line in world.portal.requests), "what was learnt is kept"


@pytest.mark.covers("R58")
@pytest.mark.parametrize("kind", ["close", "drop"])
def test_a_lost_answer_does_not_double_an_option(world: HttpWorld, kind: str) -> None:
    joined(world, CREATES)
    world.fault(kind, "crm.deal.userfield.update")
    order = site_order(world, PAPER="matte")
    world.settle()
    assert names(world) == ["глянцевая ", "Матовая"]
    assert shown(world, order, "PAPER") == "Матовая"


@pytest.mark.covers("R58")
def test_another_hub_that_adds_the_same_option_meanwhile_is_no_double(world: HttpWorld) -> None:
    office = world.connectors[PORTAL]
    first = office.add_options("UF_CRM_PAPER", ["Матовая"], lambda: None)  # type: ignore[union-attr]
    again = office.add_options("UF_CRM_PAPER", ["матовая", "Глянцевая"], lambda: None)  # type: ignore[union-attr]
    assert (first, names(world)) == (again, ["глянцевая ", "Матовая"])


@pytest.mark.covers("R58")
def test_without_the_right_to_add_options_the_order_waits_with_a_sentence(world: HttpWorld) -> None:
    joined(world, CREATES)
    world.fault("error", "crm.deal.userfield.update", status=403, code="", description="Access denied.", times=9)
    order, other = site_order(world, PAPER="matte"), site_order(world, PAPER="glossy")
    world.settle()
    [held] = world.storage.differences.list(order)
    assert "администратор CRM" in held.difference.text.ru
    assert shown(world, other, "PAPER") == "глянцевая "


def test_an_enumeration_of_several_values_adds_all_it_needs(world: HttpWorld) -> None:
    add_property(world, "EXTRAS", "ENUM", many=True)
    world.portal.add_field(DEAL, "EXTRAS", "enumeration", multiple=True, options=[])
    joined(world, '"property.EXTRAS" = { to = "UF_CRM_EXTRAS", way = "->", by_name = true, new_options = "create" }')
    order = site_order(world, EXTRAS=["glossy", "matte"])
    world.settle()
    assert shown(world, order, "EXTRAS") == ["Глянцевая", "Матовая"]


@pytest.mark.covers("R58")
def test_a_stopped_profile_adds_no_options(world: HttpWorld) -> None:
    joined(world, CREATES)
    line = JournalLine(world.clock.now(), Event.HALTED, Text("Stopped.", "Остановлен."))
    (name,) = {profile.name for profile in world.hub.profiles()}
    world.storage.pause(name, line)
    late = site_order(world, PAPER="matte")
    world.deliver()
    run_wave(world.hub, PORTAL)
    assert (world.deals(late), names(world)) == ([], ["глянцевая "])


@pytest.mark.covers("R58")
def test_a_leads_list_and_an_invoices_have_options_of_their_own_and_get_those_they_lack(world: HttpWorld) -> None:
    world.portal.add_field(LEAD, "PAPER", "enumeration", options=["Глянцевая"])
    world.portal.add_field(SMART_INVOICE, "SMART_INVOICE_PAPER", "enumeration", options=["Глянцевая"])
    world.learn()
    row = '"property.PAPER" = { to = "%s", by_name = true, new_options = "create" }\n'
    world.apply(LEADS.partition('"order.number" = { to = "UF_CRM_LEAD')[0] + row % "UF_CRM_PAPER")
    order = site_order(world, PAPER="matte")
    world.settle()
    assert world.differences(order) == {}
    options = {one.entity_id: one.options for one in world.portal.core.state.user_fields.values() if one.options}
    assert [option.value for option in options["CRM_LEAD"]] == ["Глянцевая", "Матовая"]
    assert [option.value for option in options["CRM_DEAL"]] == ["глянцевая "], "the deal's list is another"
    assert lead(world, order)["UF_CRM_PAPER"] in (options["CRM_LEAD"][1].id, str(options["CRM_LEAD"][1].id))
    world.apply(PRINT + "[invoice]\n[invoice.fields]\n" + row % "UF_CRM_SMART_INVOICE_PAPER")
    order = site_order(world, PAPER="matte")
    world.settle()
    assert world.differences(order) == {}
    options = {one.entity_id: one.options for one in world.portal.core.state.user_fields.values() if one.options}
    assert [option.value for option in options["CRM_SMART_INVOICE"]] == ["Глянцевая", "Матовая"]
