from __future__ import annotations

from urllib.parse import quote

import pytest

from sverka.sandbox.portal import RestError


def test_results_flow_into_later_commands(rest):
    phone = quote("+79991234567")
    status, body = rest(
        "batch",
        {
            "halt": 0,
            "cmd": {
                "contact": f"crm.contact.add?fields[NAME]=Ivan&fields[PHONE][0][VALUE]={phone}",
                "find": f"crm.duplicate.findbycomm?type=PHONE&values[0]={phone}",
                "deal": "crm.item.add?entityTypeId=2&fields[title]=Order%20%231 of $result[contact]"
                "&fields[contactIds][0]=$result[find][CONTACT][0]",
                "rows": "crm.item.productrow.set?ownerType=D&ownerId=$result[deal][item][id]&productRows[0][price]=10",
            },
        },
    )
    assert status == 200
    inner = body["result"]
    assert inner["result"]["find"] == {"CONTACT": [1]}
    assert inner["result"]["deal"]["item"]["contactIds"] == [1]
    assert inner["result"]["deal"]["item"]["title"] == "Order #1 of 1"
    assert inner["result"]["rows"]["productRows"][0]["ownerId"] == 1
    assert (inner["result_error"], inner["result_total"], inner["result_next"]) == ([], [], [])
    assert "operating" in inner["result_time"]["deal"]


def test_totals_and_next_of_lists(portal, result):
    for _ in range(51):
        result("crm.deal.add", fields={})
    inner = result("batch", cmd={"c0": "crm.item.list?entityTypeId=2", "c1": "crm.deal.get?id=1"})
    assert (inner["result_total"], inner["result_next"]) == ({"c0": 51}, {"c0": 50})


def test_the_surplus_is_refused(rest, portal):
    _, body = rest("batch", {"cmd": {f"c{number}": "crm.deal.add?fields[TITLE]=x" for number in range(52)}})
    errors = body["result"]["result_error"]
    assert set(errors) == {"c50", "c51"}
    assert errors["c50"]["error"] == "ERROR_BATCH_LENGTH_EXCEEDED"
    assert len(portal.core.state.items[2]) == 50


def test_no_batch_in_a_batch(result):
    inner = result("batch", cmd={"c0": "batch?cmd[a]=profile"})
    assert inner["result_error"]["c0"]["error"] == "ERROR_BATCH_METHOD_NOT_ALLOWED"
    assert inner["result"] == []


@pytest.mark.parametrize(("halt", "ran"), [(0, {"c0", "c2"}), (1, {"c0"})])
def test_halt(result, halt, ran):
    inner = result("batch", halt=halt, cmd={"c0": "profile", "c1": "crm.deal.get?id=7", "c2": "profile"})
    assert set(inner["result"]) == ran
    assert inner["result_error"] == {"c1": {"error": "", "error_description": "Not found"}}


def test_keys_from_nought_up_become_a_list_and_any_hole_keeps_them(result):
    """As in PHP's JSON; a client that numbers its commands otherwise gets its numbers back."""
    inner = result("batch", cmd=["profile", "crm.deal.get?id=7", "crm.settings.mode.get"])
    assert inner["result"]["2"] == 1
    assert inner["result_error"] == {"1": {"error": "", "error_description": "Not found"}}
    assert result("batch", cmd=["crm.settings.mode.get"] * 2)["result"] == [1, 1]
    assert result("batch", cmd={"7": "crm.settings.mode.get"})["result"] == {"7": 1}


def test_a_reference_that_leads_nowhere(portal, result):
    cmd = {
        "c0": "crm.duplicate.findbycomm?type=PHONE&values[]=1",
        "c1": "crm.deal.add?fields[TITLE]=a$result[c0][CONTACT][0]b",
    }
    result("batch", cmd=cmd)
    assert portal.item(2, 1).values["title"] == "ab"
    portal.settings.unresolved_reference = None
    assert set(result("batch", cmd=cmd)["result_error"]) == {"c1"}


def test_errors_of_the_whole(portal):
    with pytest.raises(RestError, match="Method not found"):
        portal.call("batch.batch")
