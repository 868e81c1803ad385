"""Other programs that bring orders to the portal are said, where its REST shows them (R9)."""

import pytest

from sverka.ports.findings import Level

pytestmark = pytest.mark.covers("R3", "R9")


def deal(portal, originator):
    fields = {"title": "Заказ 5", "originatorId": originator, "originId": "5"}
    return portal.call("crm.item.add", {"entityTypeId": 2, "fields": fields})


def warnings(office):
    return [one.text for one in office.check() if one.level is Level.WARNING and "token" not in one.text.en.lower()]


def test_a_portal_that_only_the_hub_fills_is_no_matter(portal, office):
    deal(portal, "hub-1")
    portal.call("crm.item.add", {"entityTypeId": 2, "fields": {"title": "Вручную"}})
    assert warnings(office) == []


def test_deals_of_another_program_are_named_with_the_way_to_take_them_over(portal, office):
    for _ in range(2):
        deal(portal, "EXT_SALE")
    deal(portal, "retail")
    for _ in range(60):
        deal(portal, "hub-1")
    (text,) = warnings(office)
    for said in (text.en, text.ru):
        assert "EXT_SALE (2), retail (1)" in said
        assert 'originator = "EXT_SALE"' in said


def test_another_hub_at_work_on_the_portal_stands_in_the_way(portal, office):
    deal(portal, "sverka-0badcafe")
    (found,) = [one for one in office.check() if one.level is Level.BAD]
    for said in (found.text.en, found.text.ru):
        assert "sverka-0badcafe" in said
    assert "stop the other" in found.text.en
    assert warnings(office) == []


def test_a_hub_that_has_not_worked_for_a_day_is_a_program_like_others(portal, office):
    deal(portal, "sverka-0badcafe")
    portal.core.clock.advance(25 * 3600)
    (text,) = warnings(office)
    assert "sverka-0badcafe (1)" in text.en
    assert not [one for one in office.check() if one.level is Level.BAD]


def test_the_portals_own_orders_are_named(portal, office):
    fields = {"lid": "s1", "personTypeId": 1, "currency": "RUB", "price": 100}
    portal.call("sale.order.add", {"fields": fields})
    (text,) = warnings(office)
    assert "built-in exchange" in text.en
    assert "встроенный обмен" in text.ru


def test_a_hub_without_the_scope_of_orders_is_told_nothing_of_them(portal, office):
    fields = {"lid": "s1", "personTypeId": 1, "currency": "RUB", "price": 100}
    portal.call("sale.order.add", {"fields": fields})
    portal.settings.scopes = ("crm", "user_brief")
    assert warnings(office) == []
    assert not [one for one in office.check() if one.level is Level.BAD]
