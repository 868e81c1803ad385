"""`[invoice]` and `[lead]`: what they describe, and what can be wrong with them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sverka.config.check import check
from sverka.config.load import load
from sverka.domain.kind import Kind
from sverka.domain.mapping.field import Field, FieldType
from sverka.domain.mapping.field_mapping import Way
from sverka.domain.mapping.profile import Facet
from sverka.domain.text import Text
from sverka.ports.backoffice import Person

BOTH = """
[lead]
responsible = 9
[lead.fields]
"delivery.track" = { to = "UF_CRM_LEAD_TRACK" }
[invoice]
title = "Invoice {order.number}"
responsible = 6
[invoice.when]
person_type = "company"
[invoice.status]
way = "->"
unmapped = "ignore"
map = [{ status = "N", stage = ["DT31_1:N"] }, { status = "P", stage = ["DT31_1:S"] }]
cancel = ["DT31_1:D"]
"""


@pytest.fixture(scope="module")
def all_kinds(office_fields):
    stages = {"DT31_1:N": "New", "DT31_1:S": "Sent", "DT31_1:P": "Paid", "DT31_1:D": "Not paid"}
    given = {
        "lead": {"stageId": {"NEW": "New", "CONVERTED": "Good", "JUNK": "Junk"}, "UF_CRM_LEAD_TRACK": {}},
        "invoice": {"stageId": stages, "categoryId": {"1": "General"}, "accountNumber": {}},
    }
    more = [
        Field(f"{kind}:{key}", Text(key, key), FieldType.CHOICE if options else FieldType.TEXT, options=options)
        for kind, fields in given.items()
        for key, options in fields.items()
    ]
    shared = [replace(field, key=f"lead:{field.key}") for field in office_fields if field.key == "UF_CRM_ORDER_NUMBER"]
    sums = [
        Field(f"{kind}:{key}", Text(key, key), type_)
        for kind in given
        for key, type_ in (("opportunity", FieldType.MONEY), ("currencyId", FieldType.TEXT))
    ]
    return (*office_fields, *more, *shared, *sums)


@pytest.fixture
def text(sound):
    return sound.text.replace('create = "contact"', 'create = "lead"') + BOTH


def complaints(text, store_fields, fields):
    return [(one.where, one.text.en) for one in check(text, store_fields, fields) if one.bad]


def test_a_document_describes_its_deal_and_what_stands_beside_it(text, store_fields, all_kinds):
    profile = load(text, store_fields, all_kinds)
    assert [(one.name, one.kind) for one in profile.family] == [
        ("print-shop", Kind.DEAL),
        ("print-shop:lead", Kind.LEAD),
        ("print-shop:company", Kind.LEAD),
        ("print-shop:invoice", Kind.INVOICE),
    ]
    assert {one.document for one in profile.family} == {"print-shop"}
    invoice = profile.beside(Facet.INVOICE)
    assert [one.key for one in invoice.mappings] == ["status", "lines", "total", "currency"]
    assert (invoice.new.title, invoice.new.responsible) == ("Invoice {order.number}", "6")
    assert invoice.route.takes({"person_type": "company"})
    assert not invoice.route.takes({"person_type": "individual"})


def test_a_lead_has_its_own_fields_and_those_of_the_deal_that_leads_have_too(text, store_fields, all_kinds):
    lead = load(text, store_fields, all_kinds).beside(Facet.LEAD)
    targets = {one.key: one.office_field for one in lead.mappings}
    assert targets == {
        "lines": "rows",
        "total": "opportunity",
        "currency": "currencyId",
        "comment": "comments",
        "order.number": "UF_CRM_ORDER_NUMBER",
        "delivery.track": "UF_CRM_LEAD_TRACK",
    }
    assert {one.way for one in lead.mappings} == {Way.TO_OFFICE}


def test_registrations_are_leads_with_a_title_of_their_own(text, store_fields, all_kinds):
    wanted = text.replace("[lead]\n", '[lead]\nregistrations = true\nregistered = "New: {customer.name}"\n', 1)
    profile = load(wanted, store_fields, all_kinds)
    found = profile.beside(Facet.REGISTRATION)
    assert (found.kind, found.new.title, found.mappings) == (Kind.LEAD, "New: {customer.name}", ())
    assert profile.beside(Facet.LEAD).customer.registers
    assert not load(text).beside(Facet.LEAD).customer.registers
    wrong = complaints(wanted.replace('{customer.name}"', '{customer.nickname}"'), store_fields, all_kinds)
    assert any(where.startswith("lead.registered") for where, _ in wrong), wrong


def test_without_the_tables_there_is_a_deal_alone(sound):
    assert load(sound.text).family == (load(sound.text),)


def test_what_stops_a_document_stops_all_it_describes(text):
    now = datetime(2026, 3, 1, tzinfo=UTC)
    stopped = load(text).standing("why", now)
    assert {(one.paused, one.allowed_until) for one in stopped.family} == {("why", now)}


def test_an_order_is_never_cancelled_because_an_invoice_was_deleted(text):
    profile = load(text.replace("writes_per_wave = 200", 'writes_per_wave = 200\non_deal_deleted = "cancel_order"'))
    assert profile.brakes.on_record_deleted == "cancel_order"
    assert {one.brakes.on_record_deleted for one in profile.facets} == {"release"}


def test_a_sound_document_has_no_complaint(text, store_fields, all_kinds):
    assert complaints(text, store_fields, all_kinds) == []
    assert complaints(text, None, None) == []


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ('create = "lead"', 'create = "contact"', "lead", "no leads are made"),
        ("responsible = 9\n[lead.fields]", 'stage = "OLD"\n[lead.fields]', "lead.stage", "the portal has no `OLD`"),
        ("UF_CRM_LEAD_TRACK", "UF_NONE", 'lead.fields."delivery.track".to', "the portal's leads have no field"),
        ('person_type = "company"', 'persn_type = "company"', "invoice.when.persn_type", "Did you mean `person_type`?"),
        ('person_type = "company"', "also = true", "invoice.when.also", "leave `also` out"),
        ("Invoice {order.number}", "Invoice {number}", "invoice.title", "which orders do not have"),
        ('"DT31_1:S"', '"DT31_1:X"', "invoice.status.map[1].stage[0]", "no stage `DT31_1:X` in pipeline 1"),
        ("responsible = 6", 'pipeline = "7"', "invoice.pipeline", "the portal has no `7`"),
        ("responsible = 6", "respnsible = 6", "invoice.respnsible", "Did you mean `responsible`?"),
    ],
)
def test_what_is_wrong_is_said_in_its_place(text, store_fields, all_kinds, old, new, where, said):
    assert old in text
    found = complaints(text.replace(old, new), store_fields, all_kinds)
    assert any(place == where and said in en for place, en in found), found


WHEN = 'person_type = "company"'


def saying(found):
    return [(one.where, one.text, one.bad) for one in found]


@pytest.mark.parametrize(
    "condition",
    [
        'status = "X"',
        'status = { not = ["N", "X"] }',
        '"payment.paid" = { at_least = 5 }',
        '"payment.method" = { at_most = 5 }',
        'total = "1500"',
        'person_typ = "company"',
        'any = [{ "site" = "nowhere.example" }]',
        '"site" = { matches = "(" }',
        '"site" = { at_least = 5, at_most = 1 }',
        "site.x = 5",
    ],
)
def test_an_invoices_conditions_are_checked_as_the_deals_are(text, store_fields, all_kinds, condition):
    assert WHEN in text
    beside = saying(check(text.replace(WHEN, condition), store_fields, all_kinds))
    routed = saying(check(text.replace('site = ["print.example.ru"]', condition), store_fields, all_kinds))
    said = [(place.removeprefix("invoice."), *rest) for place, *rest in beside if place.startswith("invoice.when")]
    assert said == [tuple(one) for one in routed if one[0].startswith("when")] != []


@pytest.mark.parametrize(
    ("condition", "key", "said"),
    [
        ("also = true", "also", "leave `also` out"),
        ("quiet_minutes = 5", "quiet_minutes", "leave `quiet_minutes` out"),
        ('confirmed = ["N"]', "confirmed", "leave `confirmed` out"),
        ('"customer.known" = true', '"customer.known"', "use it in [when]"),
        ('"lines.section" = "12"', '"lines.section"', "use it in [when]"),
    ],
)
def test_what_only_a_route_can_ask_is_no_condition_of_an_invoice(text, store_fields, all_kinds, condition, key, said):
    found = complaints(text.replace(WHEN, condition), store_fields, all_kinds)
    assert [said in en for where, en in found if where == f"invoice.when.{key}"] == [True], found


@pytest.mark.covers("R98", "R104")
@pytest.mark.parametrize("table", ["invoice", "lead"])
def test_who_answers_for_what_stands_beside_the_deal_must_work_there(text, store_fields, all_kinds, table):
    who = {"invoice": "responsible = 6", "lead": "responsible = 9"}[table]
    people = {"5": Person("5", "Anna Kim", works=False), "777": Person("777", works=False), "1": Person("1", "A", True)}
    wrong = text.replace(who, "responsible = [1, 5, 777]").replace("else = 9", "else = 1")
    found = [(one.where, one.text.en) for one in check(wrong, store_fields, all_kinds, people=people) if one.bad]
    gone, unknown = found
    assert gone == (
        f"{table}.responsible",
        "Anna Kim (employee 5) was dismissed; name another with `sverka portal people`.",
    )
    assert unknown[1].startswith("the portal has no employee 777")


def test_of_an_invoices_stages_it_is_said_in_terms_of_invoices(text, store_fields, all_kinds):
    fewer = text.replace('way = "->"\nunmapped = "ignore"\nmap = [{ status = "N", stage = ["DT31_1:N"] }, ', "map = [")
    assert fewer != text
    found = [
        (one.text.en, one.text.ru)
        for one in check(fewer.replace('cancel = ["DT31_1:D"]', ""), store_fields, all_kinds)
        if one.where.startswith("invoice.status")
    ]
    assert any("leaves its invoice where it is" in en and "оставит счёт на месте" in ru for en, ru in found), found
    assert any("invoices moved there will wait" in en and "счета на них" in ru for en, ru in found), found
    assert not any("deal" in en or "сделк" in ru for en, ru in found), found


def test_a_portal_without_leads_or_invoices_says_so(text, store_fields, office_fields):
    found = dict(complaints(text, store_fields, office_fields))
    assert "works without leads" in found["customer.create"]
    assert "shows no invoices" in found["invoice"]


@pytest.mark.parametrize(("name", "facets"), [("leads", [Facet.LEAD, Facet.COMPANY]), ("invoices", [Facet.INVOICE])])
def test_the_examples_are_clean(name, facets, profiles_dir):
    text = (profiles_dir / f"{name}.toml").read_text("utf-8")
    assert check(text) == []
    assert [one.facet for one in load(text).facets] == facets
