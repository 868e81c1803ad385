from __future__ import annotations

from dataclasses import replace

import pytest

from sverka.sandbox.portal import RestError
from sverka.sandbox.portal.callers import Caller


def _ids(people):
    return [int(person["ID"]) for person in people]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, [1, 6, 9]),
        ({"ID": 6}, [6]),
        ({"FILTER": {"ID": [6, 9]}}, [6, 9]),
        ({"FILTER": {">ID": 1, "!EMAIL": "manager9@example.com"}}, [6]),
        ({"FILTER": {"%NAME": "лен"}}, [9]),
        ({"FILTER": {"NAME_SEARCH": "менеджеров дмитрий"}}, [6]),
        ({"FILTER": {"ACTIVE": True}}, [1, 6]),
        ({"FILTER": {"ACTIVE": False}}, [9]),
        ({"sort": "ID", "order": "DESC"}, [9, 6, 1]),
        ({"start": 50}, []),
    ],
)
def test_who_is_found(portal, result, given, found):
    result("user.update", ID=9, ACTIVE="N")
    assert _ids(result("user.get", **given)) == found


def test_search(result):
    assert _ids(result("user.search", FILTER={"FIND": "дмитр"})) == [6]
    assert _ids(result("user.search", FILTER={"LAST_NAME": "печат"})) == [9]
    assert _ids(result("user.search", FILTER={"NAME": "печат"})) == []


def test_the_narrow_scope_tells_no_contacts(portal):
    narrow = replace(Caller(), scopes=frozenset({"user_brief"}))
    (told,) = portal.call_as(narrow, "user.get", {"ID": 6}).result
    assert told["NAME"] == "Дмитрий"
    assert "EMAIL" not in told
    assert "PERSONAL_MOBILE" not in told


def test_an_administrator_invites(portal, result):
    number = result("user.add", EMAIL="new@example.com", NAME="N", WORK_POSITION="Printer")
    (told,) = result("user.get", ID=number)
    assert (told["NAME"], told["WORK_POSITION"], told["ACTIVE"]) == ("N", "Printer", True)
    for bad in ("nobody", "NEW@example.com"):
        with pytest.raises(RestError, match="ERROR_ARGUMENT"):
            result("user.add", EMAIL=bad)
    with pytest.raises(RestError, match="access_denied"):
        portal.call("user.add", {"EMAIL": "other@example.com"}, user_id=6)
    with pytest.raises(RestError, match="access_denied"):
        result("user.update", ID=99, NAME="x")
