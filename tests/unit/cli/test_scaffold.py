"""`sverka profile scaffold`: what a profile names and a side lacks is made once, after it was said."""

from pathlib import Path

import pytest

from sverka.sandbox.portal import Portal
from sverka.sandbox.portal.crm.fields import DEAL

DOCUMENT = """schema = 1
profile = "print"
store = "shop"
portal = "b24"
[deal]
pipeline = "2"
[status]
map = [
  { status = "N", stage = ["C2:NEW"] },
  { status = "Q", stage = ["C2:UC_PROOF", "C2:UC_PROOF_SENT"] },
]
cancel = ["C2:UC_SPOILT"]
[fields]
# what the shop calls it
"payment.method_name" = { to = "UF_CRM_PAYMENT", way = "->" }
"payment.paid" = { to = "UF_CRM_PAID", way = "->" }
"payment.total" = { to = "UF_CRM_PAID_SUM", way = "->" }
"coupons" = { to = "UF_CRM_COUPONS", way = "->" }
"order.url" = { to = "UF_CRM_LINK", way = "->" }
"property.LAYOUT" = { to = "UF_CRM_LAYOUT", way = "<->" }
"property.PAPER" = { to = "UF_CRM_PAPER", way = "<->", by_name = true }
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    (tmp_path / "scaffold.toml").write_text(DOCUMENT, "utf-8")
    return tmp_path / "scaffold.toml"


def made(portal: Portal) -> dict[str, object]:
    return {one.field_name: one for one in portal.core.state.user_fields.values()}


@pytest.mark.covers("R89", "R112", "R115", "R118", "R119", "R120")
def test_what_is_lacking_is_said_made_and_can_be_used_at_once(connected, portal, site, document):
    connected.fails("profile", "check", document)
    ran = connected.ok("profile", "scaffold", document, "--yes")
    assert "/crm/configs/fields/CRM_DEAL/" in ran.text
    fields = made(portal)
    assert {name: one.type_id for name, one in fields.items()} == {
        "UF_CRM_PAYMENT": "string", "UF_CRM_PAID": "boolean", "UF_CRM_PAID_SUM": "money", "UF_CRM_COUPONS": "string",
        "UF_CRM_LINK": "url", "UF_CRM_LAYOUT": "file", "UF_CRM_PAPER": "enumeration",
    }  # fmt: skip
    payment = fields["UF_CRM_PAYMENT"]
    assert (payment.multiple, payment.mandatory, payment.flags["SHOW_FILTER"]) == (False, False, "N")
    assert payment.labels["EDIT_FORM_LABEL"]["ru"] == "Способ оплаты"
    assert fields["UF_CRM_COUPONS"].multiple
    assert [option.value for option in fields["UF_CRM_PAPER"].options] == ["Глянцевая", "Матовая"]
    stages = {line.status_id: line for line in portal.core.state.dictionary("DEAL_STAGE_2")}
    assert {"C2:UC_PROOF", "C2:UC_PROOF_SENT", "C2:UC_SPOILT"} <= set(stages)
    assert any(row["id"] == "Q" and row["type"] == "O" for row in site.catalogue.statuses)
    connected.ok("profile", "check", document)
    connected.ok("profile", "apply", document, "--yes")
    order = site.place_order({"fio": "Ким Анна", "email": "a@b.test"}, [{"name": "Визитки", "price": "1"}])
    connected.ok("order", "sync", f"shop/{order}")
    [deal] = portal.core.state.items[DEAL].values()
    assert deal.values["UF_CRM_PAYMENT"], "the payment method is in the deal"


@pytest.mark.covers("R89", "R118")
def test_a_second_time_makes_nothing(connected, portal, site, document):
    connected.ok("profile", "scaffold", document, "--yes")
    before = (len(portal.core.state.user_fields), len(site.catalogue.statuses), len(portal.core.state.statuses))
    assert "have all" in connected.ok("profile", "scaffold", document, "--yes").text
    after = (len(portal.core.state.user_fields), len(site.catalogue.statuses), len(portal.core.state.statuses))
    assert before == after


@pytest.mark.covers("R118")
def test_without_a_yes_nothing_is_made(connected, portal, document):
    ran = connected.fails("profile", "scaffold", document)
    assert "UF_CRM_PAYMENT" in ran.text
    assert "--yes" in ran.text
    assert made(portal) == {}


@pytest.mark.covers("R117")
def test_the_recommended_set_is_added_to_the_document_and_to_the_portal(connected, portal, document):
    connected.ok("profile", "scaffold", document, "--recommended", "--yes")
    text = document.read_text("utf-8")
    assert '"order.number" = { to = "UF_CRM_SHOP_NUMBER", way = "->" }' in text
    assert "# what the shop calls it" in text
    assert "UF_CRM_SHOP_PAYMENT" not in text, "the document has a field for it"
    assert made(portal)["UF_CRM_SHOP_NUMBER"].labels["EDIT_FORM_LABEL"]["ru"] == "Номер заказа"
    connected.ok("profile", "check", document)


@pytest.mark.covers("R112")
def test_who_is_no_administrator_is_told_so_and_what_can_be_made_is(
    sverka, portal, portal_server, site_server, site, document
):
    code = portal.add_webhook(9)
    sverka.ok("init")
    address = portal_server.webhook_url.replace(portal.settings.code, code).replace("/rest/1/", "/rest/9/")
    sverka.ok("connect", "portal", "b24", "--webhook", address, "--plan", "box")
    sverka.ok("connect", "store", "shop", "--kind", "bitrix_site", "--webhook", site_server.webhook_url)
    ran = sverka.fails("profile", "scaffold", document, "--yes")
    assert "administrator of the CRM" in " ".join(ran.text.split())
    assert made(portal) == {}
    assert any(row["id"] == "Q" for row in site.catalogue.statuses)
