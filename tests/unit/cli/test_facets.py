"""A document with an invoice and a lead, as an operator meets it on the command line."""

import re
from pathlib import Path

import pytest

from sverka.sandbox.portal import Portal
from sverka.sandbox.portal.crm.fields import LEAD, SMART_INVOICE

INVOICE = """
[invoice]
title = "Счёт {order.number}"
"""


@pytest.fixture
def invoiced(connected):
    text = Path("print.toml").read_text("utf-8")
    Path("print.toml").write_text(text + INVOICE, "utf-8")
    connected.ok("profile", "apply", "print.toml", "--yes")
    return connected


def test_a_preview_shows_the_invoice_beside_the_deal_and_makes_neither(invoiced, place, portal: Portal) -> None:
    order = place()
    said = invoiced.ok("profile", "preview", "print", "--order", order).text
    assert "новый счёт" in said or "a new invoice" in said
    assert "Счёт 1" in said
    assert portal.core.state.items[SMART_INVOICE] == {}


def test_an_order_shows_its_deal_and_its_invoice(invoiced, place) -> None:
    order = place()
    invoiced.ok("order", "sync", order)
    invoiced.ok("order", "sync", order)
    said = invoiced.ok("order", "show", order).text
    assert "print:invoice" in said
    assert "SI_1" in said


def test_a_document_stops_and_goes_on_as_one(invoiced, place, portal: Portal) -> None:
    order = place()
    invoiced.ok("profile", "pause", "print")
    invoiced("order", "sync", order)
    assert portal.core.state.items[SMART_INVOICE] == {}
    invoiced.ok("profile", "resume", "print")
    invoiced.ok("order", "sync", order)
    invoiced.ok("order", "sync", order)
    assert len(portal.core.state.items[SMART_INVOICE]) == 1


def take_leads() -> None:
    text = Path("print.toml").read_text("utf-8")
    changed = re.sub(r'create( *)= "contact"', r'create\1= "lead"', text)
    assert changed != text
    Path("print.toml").write_text(changed, "utf-8")


def test_a_check_says_that_a_portal_works_without_leads(connected, portal: Portal) -> None:
    portal.settings.crm_mode = 2
    take_leads()
    said = connected.fails("profile", "check", "print.toml").text
    assert "простой режим CRM" in said or "simple CRM mode" in said


def test_an_order_of_a_new_client_shows_its_lead(connected, place, portal: Portal) -> None:
    take_leads()
    connected.ok("profile", "apply", "print.toml", "--yes")
    order = place()
    connected.ok("order", "sync", order)
    assert len(portal.core.state.items[LEAD]) == 1
    assert "L_1" in connected.ok("order", "show", order).text
