"""A contact's phones by their ids, and a name cut up only where it is sure."""

import pytest

from sverka.connectors.bitrix24.parties.fields import long_of, name_parts, short_of
from sverka.connectors.bitrix24.parties.writing import multifield_changes

HELD = [
    {"id": 5, "typeId": "PHONE", "valueType": "MOBILE", "value": "+7999"},
    {"id": 6, "typeId": "PHONE", "valueType": "WORK", "value": "+7888"},
    {"id": 7, "typeId": "EMAIL", "valueType": "HOME", "value": "a@b.test"},
]


def phone(value: str, kind: str = "") -> dict[str, str]:
    told = {"typeId": "PHONE", "value": value}
    return {**told, "valueType": kind} if kind else told


@pytest.mark.parametrize(
    ("wanted", "changes"),
    [
        (("MOBILE +7999", "WORK +7888"), {}),
        (("MOBILE +7999", "WORK +7888", "MOBILE +7777"), {"n0": phone("+7777", "MOBILE")}),
        (("MOBILE +7000", "WORK +7888"), {"5": phone("+7000", "MOBILE")}),
        (("WORK +7888",), {"5": phone("")}),
        ((), {"5": phone(""), "6": phone("")}),
    ],
)
def test_numbers_are_changed_by_their_ids(wanted, changes):
    assert multifield_changes("PHONE", HELD, wanted) == changes


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ким Анна Павловна", ("Ким", "Анна", "Павловна")),
        ("Анна Павловна Ким", ("Ким", "Анна", "Павловна")),
        ("Анна Ким", ("", "Анна Ким", "")),
        ("Иван 🚚", ("", "Иван 🚚", "")),
    ],
)
def test_a_name_is_cut_up_where_a_patronymic_tells(text, parts):
    assert tuple(name_parts(text)[key] for key in ("lastName", "name", "secondName")) == parts


@pytest.mark.parametrize("name", ["lastName", "name", "typeId", "assignedById", "UF_CRM_X", "birthdate", "hasPhone"])
def test_a_fields_key_leads_back_to_its_name(name):
    assert long_of(short_of(name)) == name
