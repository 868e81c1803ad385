"""A preview says whom a new record would hang on."""

import pytest

from sverka.sandbox.portal import Portal

PHONE = "+79990000002"


def contact(portal: Portal, name: str) -> int:
    """Let a manager make a contact."""
    fields = {"name": name, "fm": [{"typeId": "PHONE", "valueType": "MOBILE", "value": PHONE}]}
    return int(portal.call("crm.item.add", {"entityTypeId": 3, "fields": fields}).result["item"]["id"])


def test_a_contact_that_would_be_made_is_named_and_shared_by_his_orders(applied, place, portal):
    first, second = place(), place()
    writes = portal.counters.writes
    said = applied.ok("profile", "preview", "print").out
    assert "contact: a new one, " in said
    assert "(phone 79990000002, e-mail " in said
    assert said.count(f"contact: the new one of {first}") + said.count(f"contact: the new one of {second}") == 1
    assert portal.counters.writes == writes


def test_a_contact_that_is_there_is_shown_with_what_he_is_found_by(applied, place, portal):
    known = contact(portal, "Ольга")
    place()
    assert f"contact: {known}, found by phone 79990000002" in applied.ok("profile", "preview", "print").out


@pytest.mark.covers("C9", "C11")
def test_an_order_of_whom_only_a_person_can_say_whose_it_is_is_shown_as_held(applied, place, portal):
    first, second = contact(portal, "Ольга"), contact(portal, "Пётр")
    order = place()
    said = applied.fails("profile", "preview", "print").out
    assert ": held" in said
    assert "answer to phone 79990000002, e-mail " in said
    assert said.index(f" {first} (http") < said.index(f" {second} (http")
    assert f"sverka order contact {order} {first}" in said
    assert "contact: a new one" not in said
    applied("order", "sync", order)
    applied.ok("order", "contact", order, second)
    assert f"contact: {second}, found by" in applied.ok("profile", "preview", "print").out


def test_a_preview_in_russian(applied, place, portal, monkeypatch):
    place()
    monkeypatch.setenv("SVERKA_LANG", "ru")
    assert "контакт: новая запись, " in applied.ok("profile", "preview", "print").out
