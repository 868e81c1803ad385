"""`sverka profile scaffold`: fields of leads, invoices, contacts and companies too, each with its own owner."""

from pathlib import Path

import pytest

from sverka.sandbox.portal import Portal

DOCUMENT = """schema = 1
profile = "print"
store = "shop"
portal = "b24"
[deal]
pipeline = "2"
[status]
map = [{ status = "N", stage = ["C2:NEW"] }]
cancel = ["C2:LOSE"]
[customer]
create = "lead"
[lead]
[lead.fields]
"property.PAPER" = { to = "UF_CRM_PAPER", by_name = true }
"payment.paid" = { to = "UF_CRM_PAID" }
[invoice]
[invoice.fields]
"payment.total" = { to = "UF_CRM_SMART_INVOICE_SUM" }
"property.PAPER" = { to = "UF_CRM_SMART_INVOICE_PAPER", by_name = true }
"coupons" = { to = "UF_CRM_SMART_INVOICE_COUPONS" }
[fields]
"property.PAPER" = { to = "UF_CRM_PAPER", way = "->", by_name = true }
"order.url" = { to = "contact.UF_CRM_LINK", way = "->" }
"payment.paid_at" = { to = "company.UF_CRM_LAST", way = "->" }
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    (tmp_path / "scaffold.toml").write_text(DOCUMENT, "utf-8")
    return tmp_path / "scaffold.toml"


def made(portal: Portal) -> dict[tuple[str, str], str]:
    return {(one.entity_id, one.field_name): one.type_id for one in portal.core.state.user_fields.values()}


EXPECTED = {
    ("CRM_DEAL", "UF_CRM_PAPER"): "enumeration",
    ("CRM_LEAD", "UF_CRM_PAPER"): "enumeration",
    ("CRM_LEAD", "UF_CRM_PAID"): "boolean",
    ("CRM_SMART_INVOICE", "UF_CRM_SMART_INVOICE_SUM"): "money",
    ("CRM_SMART_INVOICE", "UF_CRM_SMART_INVOICE_PAPER"): "enumeration",
    ("CRM_SMART_INVOICE", "UF_CRM_SMART_INVOICE_COUPONS"): "string",
    ("CRM_CONTACT", "UF_CRM_LINK"): "url",
    ("CRM_COMPANY", "UF_CRM_LAST"): "datetime",
}


@pytest.mark.covers("R117", "R118", "R119", "R312", "R313")
def test_each_record_gets_the_fields_that_the_profile_names_for_it(connected, portal, document):
    refused = connected.fails("profile", "check", document).text
    assert refused.count("`sverka profile scaffold` makes it") == len(EXPECTED)
    told = connected.fails("profile", "scaffold", document).text
    assert "field of invoices UF_CRM_SMART_INVOICE_SUM" in told
    assert "(a sum)" in told
    assert "(text, several values)" in told
    assert "/crm/configs/fields/CRM_SMART_INVOICE/" in " ".join(told.split())
    assert made(portal) == {}, "nobody has said yes"
    connected.ok("profile", "scaffold", document, "--yes")
    assert made(portal) == EXPECTED
    fields = {(one.entity_id, one.field_name): one for one in portal.core.state.user_fields.values()}
    paper = fields["CRM_SMART_INVOICE", "UF_CRM_SMART_INVOICE_PAPER"]
    assert [option.value for option in paper.options] == ["Глянцевая", "Матовая"]
    coupons = fields["CRM_SMART_INVOICE", "UF_CRM_SMART_INVOICE_COUPONS"]
    assert (coupons.multiple, coupons.mandatory, coupons.flags["SHOW_FILTER"]) == (True, False, "N")
    assert coupons.labels["EDIT_FORM_LABEL"]["ru"] == "Купоны"
    connected.ok("profile", "check", document)
    assert "have all" in connected.ok("profile", "scaffold", document, "--yes").text
    assert made(portal) == EXPECTED


@pytest.mark.covers("R118")
@pytest.mark.parametrize("entity", ["CRM_DEAL", "CRM_LEAD", "CRM_SMART_INVOICE"])
def test_an_option_that_a_list_lacks_is_added_to_that_list_alone(connected, portal, document, entity):
    connected.ok("profile", "scaffold", document, "--yes")
    lists = [one for one in portal.core.state.user_fields.values() if one.type_id == "enumeration"]
    (mine,) = [one for one in lists if one.entity_id == entity]
    kept, _ = mine.options
    del mine.options[1]
    told = connected.ok("profile", "scaffold", document, "--yes").text
    assert "Матовая" in told
    assert [[option.value for option in one.options] for one in lists] == [["Глянцевая", "Матовая"]] * 3
    assert mine.options[0].id == kept.id


def test_a_name_that_no_invoice_field_can_have_is_told_before_anything_is_made(connected, portal, document):
    document.write_text(DOCUMENT.replace("UF_CRM_SMART_INVOICE_SUM", "UF_CRM_SUM"), "utf-8")
    told = " ".join(connected.fails("profile", "scaffold", document).text.split())
    assert "field of invoices UF_CRM_SUM: one the hub makes has a name that begins with UF_CRM_SMART_INVOICE_" in told
    checked = " ".join(connected.fails("profile", "check", document).text.split())
    assert "makes fields whose names begin with `UF_CRM_SMART_INVOICE_`" in checked


def test_in_russian_every_type_has_a_russian_name(connected, document):
    told = " ".join(connected.fails("profile", "scaffold", document, env={"SVERKA_LANG": "ru"}).text.split())
    assert "поле счетов UF_CRM_SMART_INVOICE_SUM, «" in told
    assert "(сумма)" in told
    assert "(строка, множественное)" in told
    assert "(ссылка)" in told


def test_a_field_that_is_not_there_is_told_with_near_names_of_its_own_owner_and_the_next_step(
    connected, portal, document
):
    connected.ok("profile", "scaffold", document, "--yes")
    document.write_text(
        DOCUMENT.replace('"UF_CRM_SMART_INVOICE_SUM"', '"UF_CRM_SMART_INVOICE_SUMM"')
        .replace('"contact.UF_CRM_LINK"', '"contact.UF_CRM_QWERTY"')
        .replace('"company.UF_CRM_LAST"', '"coments"'),
        "utf-8",
    )
    told = " ".join(connected.fails("profile", "check", document).text.split())
    assert (
        "invoices have no field `UF_CRM_SMART_INVOICE_SUMM`. `sverka profile scaffold` makes it. Did you mean "
        "`UF_CRM_SMART_INVOICE_SUM`" in told
    )
    assert "contacts have no field `UF_CRM_QWERTY`. `sverka profile scaffold` makes it." in told
    assert "deals have no field `coments`. Did you mean `comments`" in told
    assert "Allowed" not in told
    assert "company.comments" not in told
