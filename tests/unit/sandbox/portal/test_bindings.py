from __future__ import annotations

import pytest

from sverka.sandbox.portal import RestError


@pytest.fixture
def links(result):
    """Give a record's links as (id, sort, primary)."""
    return lambda prefix, number=1: [
        (line.get("CONTACT_ID") or line.get("COMPANY_ID"), line["SORT"], line["IS_PRIMARY"])
        for line in result(f"{prefix}.items.get", id=number)
    ]


@pytest.mark.parametrize(("name", "entity_type_id"), [("deal", 2), ("lead", 1), ("quote", 7)])
def test_contacts_of_a_record(result, links, name, entity_type_id):
    result("crm.item.add", entityTypeId=entity_type_id, fields={"title": "x"})
    prefix = f"crm.{name}.contact"
    assert result(f"{prefix}.add", id=1, fields={"CONTACT_ID": 5}) is True
    assert result(f"{prefix}.add", id=1, fields={"CONTACT_ID": 5}) is False
    assert result(f"{prefix}.add", id=1, fields={"CONTACT_ID": 6, "IS_PRIMARY": "Y", "SORT": 300}) is True
    assert links(prefix) == [(6, 300, "Y"), (5, 10, "N")]
    assert result("crm.item.get", entityTypeId=entity_type_id, id=1)["item"]["contactId"] == 6
    assert result(f"{prefix}.delete", id=1, fields={"CONTACT_ID": 6}) is True
    assert result(f"{prefix}.delete", id=1, fields={"CONTACT_ID": 6}) is False
    assert links(prefix) == [(5, 10, "Y")]
    assert result(f"{prefix}.items.delete", id=1) is True
    assert result("crm.item.get", entityTypeId=entity_type_id, id=1)["item"]["contactIds"] == []


def test_the_first_line_is_primary_when_none_is_marked(result, portal, links):
    portal.create(2, {})
    lines = [{"CONTACT_ID": 7, "SORT": 30}, {"CONTACT_ID": 8, "SORT": 20}, {"CONTACT_ID": 9, "SORT": 10}]
    result("crm.deal.contact.items.set", id=1, items=lines)
    assert links("crm.deal.contact") == [(7, 30, "Y"), (9, 10, "N"), (8, 20, "N")]
    result("crm.deal.contact.items.set", id=1, items=[*lines[:2], lines[2] | {"IS_PRIMARY": "Y"}])
    assert links("crm.deal.contact") == [(9, 10, "Y"), (8, 20, "N"), (7, 30, "N")]


def test_companies_of_a_contact_and_contacts_of_a_company_are_one_relation(result, portal, links):
    for _ in range(2):
        portal.create(3, {"name": "A"})
        portal.create(4, {"title": "x"})
    result("crm.contact.company.items.set", id=1, items=[{"COMPANY_ID": 1}, {"COMPANY_ID": 2}])
    assert links("crm.company.contact", 2) == [(1, 10, "Y")]
    assert result("crm.contact.get", id=1)["COMPANY_ID"] == "1"
    result("crm.company.contact.delete", id=1, fields={"CONTACT_ID": 1})
    assert [line[0] for line in links("crm.contact.company")] == [2]
    assert result("crm.contact.get", id=1)["COMPANY_ID"] == "2"
    result("crm.company.contact.add", id=2, fields={"CONTACT_ID": 2})
    assert [line[0] for line in links("crm.contact.company", 2)] == [2]
    portal.delete(4, 2)
    assert links("crm.contact.company") == []
    assert result("crm.contact.get", id=1)["COMPANY_ID"] is None


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("crm.deal.contact.add", {"fields": {"CONTACT_ID": 1}}, "ownerEntityID"),
        ("crm.deal.contact.add", {"id": 1, "fields": "x"}, "'fields' must be array"),
        ("crm.deal.contact.add", {"id": 1, "fields": {"CONTACT_ID": 0}}, "'fields' is not valid"),
        ("crm.deal.contact.items.set", {"id": 1, "items": 5}, "items must be array"),
        ("crm.company.contact.items.get", {"id": 99}, r"Not found\."),
    ],
)
def test_refusals(portal, method, params, words):
    portal.create(2, {})
    with pytest.raises(RestError, match=words):
        portal.call(method, params)
