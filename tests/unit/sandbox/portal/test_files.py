from __future__ import annotations

from base64 import b64encode

import pytest

from sverka.sandbox.portal import RestError

_HELLO = ["a.txt", b64encode(b"hello").decode()]
_WORLD = ["b.txt", b64encode(b"world").decode()]


@pytest.fixture
def deal(portal, rest):
    """Change a deal with one field for a file and one for files, and give it back."""
    portal.add_field(2, "ONE", "file")
    portal.add_field(2, "MANY", "file", multiple=True)
    portal.create(2, {})

    def update(**fields):
        status, body = rest(
            "crm.item.update", {"entityTypeId": 2, "id": 1, "useOriginalUfNames": "Y", "fields": fields}
        )
        assert status == 200, body
        return body["result"]["item"]

    return update


def test_a_file_is_fetched_where_the_answer_says(deal, client, server, rest):
    value = deal(UF_CRM_ONE=_HELLO)["UF_CRM_ONE"]
    answer = client.get(value["urlMachine"])
    assert (answer.status_code, answer.content) == (200, b"hello")
    assert "a.txt" in answer.headers["content-disposition"]
    assert client.get(value["url"]).status_code == 403
    classic = rest("crm.deal.get", {"id": 1})[1]["result"]["UF_CRM_ONE"]
    assert client.get(f"{server.url}{classic['downloadUrl']}").content == b"hello"


def test_what_is_not_named_again_is_gone(deal, client):
    first, second = deal(UF_CRM_MANY=[_HELLO, _WORLD])["UF_CRM_MANY"]
    kept = deal(UF_CRM_MANY=[{"id": second["id"]}, _HELLO])["UF_CRM_MANY"]
    assert [one["id"] for one in kept] == [second["id"], second["id"] + 1]
    assert client.get(first["urlMachine"]).status_code == 403
    assert client.get(second["urlMachine"]).content == b"world"
    assert deal(title="x")["UF_CRM_MANY"] == kept
    assert deal(UF_CRM_MANY=[])["UF_CRM_MANY"] == []
    assert client.get(second["urlMachine"]).status_code == 403


def test_an_empty_text_clears_and_deletion_deletes(deal, client, portal):
    assert deal(UF_CRM_ONE=_HELLO)["UF_CRM_ONE"] is not None
    assert deal(UF_CRM_ONE="")["UF_CRM_ONE"] is None
    assert portal.core.state.files == {}
    address = deal(UF_CRM_ONE=_HELLO)["UF_CRM_ONE"]["urlMachine"]
    portal.delete(2, 1)
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("bad", [["a.txt", "%%%"], ["a.txt"], "a.txt", {"id": 99}, {"fileData": 1}, [1, 2]])
def test_what_is_no_file_is_refused(portal, bad):
    portal.add_field(2, "ONE", "file")
    with pytest.raises(RestError, match="VALUE_NOT_VALID"):
        portal.call("crm.item.add", {"entityTypeId": 2, "useOriginalUfNames": "Y", "fields": {"UF_CRM_ONE": bad}})


def test_a_batch_fetches_no_files(result):
    inner = result("batch", cmd={"a": "crm.controller.item.getFile?fileId=1"})
    assert inner["result_error"]["a"]["error"] == "ERROR_BATCH_METHOD_NOT_ALLOWED"
