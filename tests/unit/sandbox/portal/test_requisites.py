from __future__ import annotations

import pytest

from sverka.sandbox.portal import RestError

_LINK = {"ENTITY_TYPE_ID": 2, "ENTITY_ID": 1, "REQUISITE_ID": 0, "BANK_DETAIL_ID": 0, "MC_REQUISITE_ID": 0,
         "MC_BANK_DETAIL_ID": 0}  # fmt: skip
_ADDRESS = {"TYPE_ID": 1, "ENTITY_TYPE_ID": 8, "ENTITY_ID": 1}


@pytest.fixture
def fired(portal):
    seen = []
    portal.core.publish = lambda event: seen.append((event.name, event.fields.get("ID", "")))
    return seen


@pytest.fixture
def requisite(portal, result):
    """A company with a requisite of bank details and an address, all under the id 1."""
    portal.create(4, {"title": "x"})
    given = {"ENTITY_TYPE_ID": 4, "ENTITY_ID": 1, "PRESET_ID": 1, "NAME": "Main", "RQ_INN": "7707083893"}
    assert result("crm.requisite.add", fields=given) == 1
    assert result("crm.requisite.bankdetail.add", fields={"ENTITY_ID": 1, "NAME": "Bank", "RQ_BIK": "044525225"}) == 1
    assert result("crm.address.add", fields=_ADDRESS | {"CITY": "Тюмень"}) is True
    return given


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"ENTITY_TYPE_ID": 2}, "ENTITY_TYPE_ID is not defined"),
        ({"ENTITY_ID": 9}, "Entity not found"),
        ({"PRESET_ID": 0}, "PRESET_ID is not defined"),
        ({"NAME": ""}, "NAME is not defined"),
    ],
)
def test_refusals(requisite, portal, change, refusal):
    with pytest.raises(RestError, match=refusal):
        portal.call("crm.requisite.add", {"fields": requisite | change})


def test_a_requisite_is_found_by_its_number_and_goes_with_its_company(requisite, portal, result, fired):
    assert [line["ID"] for line in result("crm.requisite.list", filter={"RQ_INN": "7707083893"})] == ["1"]
    assert result("crm.requisite.list", filter={"RQ_INN": "1"}) == []
    assert result("crm.requisite.get", id=1)["DATE_MODIFY"] == ""
    assert result("crm.requisite.update", id=1, fields={"RQ_KPP": "770701001"}) is True
    assert result("crm.requisite.get", id=1)["DATE_MODIFY"] != ""
    result("crm.requisite.update", id=1, fields={"RQ_KPP": "770701001"})
    portal.delete(4, 1)
    assert fired == [
        ("ONCRMREQUISITEUPDATE", "1"), ("ONCRMBANKDETAILDELETE", "1"), ("ONCRMADDRESSUNREGISTER", ""),
        ("ONCRMREQUISITEDELETE", "1"), ("ONCRMCOMPANYDELETE", "1"),
    ]  # fmt: skip
    for method in ("crm.requisite.list", "crm.requisite.bankdetail.list", "crm.address.list"):
        assert result(method) == []


def test_a_new_deal_is_made_out_to_its_client(requisite, portal, result):
    portal.create(2, {"companyId": 1})
    portal.create(2, {})
    told = {"REQUISITE_ID": "1", "BANK_DETAIL_ID": "1", "MC_REQUISITE_ID": "0", "MC_BANK_DETAIL_ID": "0"}
    assert result("crm.requisite.link.get", entityTypeId=2, entityId=1) == told | {"ENTITY_TYPE_ID": 2, "ENTITY_ID": 1}
    with pytest.raises(RestError, match="Not found"):
        result("crm.requisite.link.get", entityTypeId=2, entityId=2)
    result("crm.requisite.delete", id=1)
    assert result("crm.requisite.link.get", entityTypeId=2, entityId=1)["BANK_DETAIL_ID"] == "0"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"REQUISITE_ID": 9}, "'9' is not found"),
        ({"REQUISITE_ID": 2}, "not assigned to Company with ID '1'"),
        ({"REQUISITE_ID": 1, "BANK_DETAIL_ID": 9}, "BankDetail with ID '9' is not found"),
        ({"BANK_DETAIL_ID": 1}, "not assigned to Requisite with ID '0'"),
        ({"MC_REQUISITE_ID": None}, "MC_REQUISITE_ID is not defined"),
        ({"ENTITY_ID": 9}, "Entity is not found"),
    ],
)
def test_a_link_fits_its_record(requisite, portal, result, change, refusal):
    portal.create(4, {"title": "other"})
    result("crm.requisite.add", fields=requisite | {"ENTITY_ID": 2})
    portal.create(2, {"companyId": 1})
    assert result("crm.requisite.link.register", fields=_LINK) is True
    with pytest.raises(RestError, match=refusal):
        portal.call("crm.requisite.link.register", {"fields": _LINK | change})


def test_one_address_of_each_type(requisite, portal, result, fired):
    with pytest.raises(RestError, match="TypeAddress exists"):
        result("crm.address.add", fields=_ADDRESS)
    with pytest.raises(RestError, match="TypeAddress not found"):
        result("crm.address.update", fields=_ADDRESS | {"TYPE_ID": 6})
    result("crm.address.update", fields=_ADDRESS | {"CITY": "Омск"})
    (line,) = result("crm.address.list", filter={"ENTITY_ID": 1, "CITY": "Омск"})
    assert (line["ANCHOR_TYPE_ID"], line["ANCHOR_ID"]) == ("4", "1")
    assert result("crm.address.delete", fields=_ADDRESS) is True
    assert [name for name, _ in fired] == ["ONCRMADDRESSREGISTER", "ONCRMADDRESSUNREGISTER"]


def test_the_total_of_addresses_is_wrong_beyond_a_page(portal):
    for number in range(1, 53):
        portal.create(1, {"title": "x"})
        portal.call("crm.address.add", {"fields": {"TYPE_ID": 1, "ENTITY_TYPE_ID": 1, "ENTITY_ID": number}})
    reply = portal.call("crm.address.list")
    assert (len(reply.result), reply.total, reply.next) == (50, 50, 50)
    assert len(portal.call("crm.address.list", {"start": 50}).result) == 2


def test_a_preset_in_use_stays(requisite, result):
    with pytest.raises(RestError, match="cannot delete the template"):
        result("crm.requisite.preset.delete", id=1)
    assert result("crm.requisite.preset.delete", id=2) is True
    lines = result("crm.requisite.preset.field.list", preset={"ID": 1})
    assert "RQ_INN" not in result("crm.requisite.preset.field.availabletoadd", preset={"ID": 1})
    with pytest.raises(RestError, match="can not be added"):
        result("crm.requisite.preset.field.add", preset={"ID": 1}, fields={"FIELD_NAME": "RQ_INN"})
    number = result("crm.requisite.preset.field.add", preset={"ID": 1}, fields={"FIELD_NAME": "RQ_EMAIL"})
    assert number == len(lines) + 1


def test_fields_users_added(requisite, result, fired):
    number = result("crm.requisite.userfield.add", fields={"FIELD_NAME": "EDO", "USER_TYPE_ID": "integer"})
    assert result("crm.requisite.update", id=1, fields={"UF_CRM_EDO": "7"}) is True
    assert result("crm.requisite.update", id=1, fields={"UF_CRM_EDO": 7}) is True
    assert fired[1:] == [("ONCRMREQUISITEUPDATE", "1")]
    assert result("crm.requisite.list", select=["ID", "UF_CRM_EDO"]) == [{"ID": "1", "UF_CRM_EDO": "7"}]
    assert result("crm.requisite.fields")["UF_CRM_EDO"]["type"] == "integer"
    with pytest.raises(RestError, match="UF_CRM_EDO"):
        result("crm.requisite.add", fields=requisite | {"UF_CRM_EDO": "x"})
    result("crm.requisite.userfield.delete", id=number)
    assert "UF_CRM_EDO" not in result("crm.requisite.get", id=1)
