"""A document with an invoice and a lead, as an operator meets it on the command line."""

import json
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


STAGES = """[invoice.status]
way = "->"
unmapped = "ignore"
map = [{ status = "N", stage = ["DT31_1:N"] }]
"""


def change(old: str, new: str) -> None:
    text = Path("print.toml").read_text("utf-8")
    assert text.count(old) == 1
    Path("print.toml").write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def stale(connected, place):
    """A hub whose order has an invoice in its first stage, under a document that now wants it in the second."""
    with Path("print.toml").open("a", encoding="utf-8") as file:
        file.write(INVOICE + STAGES)
    connected.ok("profile", "apply", "print.toml", "--yes")
    order = place()
    connected.ok("order", "sync", order)
    connected.ok("order", "sync", order)
    change('"DT31_1:N"', '"DT31_1:S"')
    return order


def stage(portal: Portal) -> object:
    (invoice,) = portal.core.state.items[SMART_INVOICE].values()
    return invoice.values["stageId"]


@pytest.mark.covers("R35")
@pytest.mark.parametrize(("choice", "expected"), [("--recompute", "DT31_1:S"), ("--keep", "DT31_1:N")])
def test_what_no_longer_agrees_in_an_invoice_is_kept_or_recomputed_as_in_the_deal(
    connected, stale, portal: Portal, choice: str, expected: str
) -> None:
    assert "no longer in agreement under this document: 1" in connected.fails("profile", "apply", "print.toml").text
    said = connected.ok("profile", "apply", "print.toml", choice, "--yes").text
    assert "Orders that have a record under this profile: 1\n" in said
    assert "Rang for 1 orders" in said
    connected.ok("order", "sync", stale)
    assert stage(portal) == expected
    assert "choose which value is right" not in connected.ok("order", "list", "--differences").out


def test_of_an_invoice_a_person_is_asked_unless_told_otherwise(connected, stale, portal: Portal) -> None:
    connected.ok("profile", "apply", "print.toml", "--yes")
    connected("order", "sync", stale)
    assert stage(portal) == "DT31_1:N"
    assert "choose which value is right" in connected.ok("order", "list", "--differences").out


def test_an_order_that_is_a_lead_alone_is_a_bound_one_too(connected, place, portal: Portal) -> None:
    take_leads()
    connected.ok("profile", "apply", "print.toml", "--yes")
    order = place()
    connected.ok("order", "sync", order)
    assert "Orders looked at:                1" in connected.ok("profile", "preview", "print", "--bound").text
    assert "under this profile: 1\n" in connected.ok("profile", "apply", "print.toml", "--yes").text
    connected.ok("profile", "stop", "print")
    assert "rang for 1 orders" in connected.ok("profile", "start", "print").text


@pytest.mark.covers("R307")
@pytest.mark.parametrize(("kind", "page"), [("lead", "crm/lead/details/1/"), ("invoice", "crm/type/31/details/1/")])
def test_an_order_is_listed_with_the_page_of_its_lead_or_its_invoice(
    connected, place, portal_server, kind: str, page: str
) -> None:
    if kind == "lead":
        take_leads()
    else:
        with Path("print.toml").open("a", encoding="utf-8") as file:
            file.write(INVOICE)
    connected.ok("profile", "apply", "print.toml", "--yes")
    order = place()
    connected.ok("order", "sync", order)
    connected.ok("order", "sync", order)
    told = json.loads(connected.ok("order", "list", "--details", "--json").out)
    links = [one["link"] for one in told]
    assert f"{portal_server.webhook_url.partition('/rest/')[0]}/{page}" in links
    assert order in connected.ok("order", "list", "--details").out
