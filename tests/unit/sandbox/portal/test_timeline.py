from __future__ import annotations

from base64 import b64encode

import pytest

from sverka.sandbox.portal import RestError

_DEAL = {"ENTITY_ID": 1, "ENTITY_TYPE": "deal"}
_COMPANY = {"ENTITY_ID": 1, "ENTITY_TYPE": "company"}
_FILE = ["a.txt", b64encode(b"hello").decode()]
_LOG = {"entityTypeId": 2, "entityId": 1, "title": "Shop", "text": "Paid", "iconCode": "info"}
_NOTE = {"ownerTypeId": 2, "ownerId": 1, "itemType": 1, "itemId": 1}


@pytest.fixture
def fired(portal):
    seen = []
    portal.core.publish = lambda event: seen.append((event.name, event.fields, event.bare))
    return seen


@pytest.fixture
def comment(portal, result):
    """A comment with a file at a deal; there is a company beside."""
    portal.create(2, {})
    portal.create(4, {"title": "x"})
    return result("crm.timeline.comment.add", fields=_DEAL | {"COMMENT": "a", "FILES": [_FILE]})


def _texts(result, place, **more):
    return [line["COMMENT"] for line in result("crm.timeline.comment.list", filter=place, **more)]


def test_files_of_a_comment_are_replaced(comment, result, server, client):
    (old,) = result("crm.timeline.comment.get", id=comment)["FILES"].values()
    assert (old["name"], old["size"], old["type"], old["authorId"]) == ("a.txt", 5, "file", 1)
    assert client.get(old["urlDownload"]).content == b"hello"
    assert result("crm.timeline.comment.update", id=comment, fields={"COMMENT": "b"}) == comment
    assert client.get(old["urlDownload"]).status_code == 200
    result("crm.timeline.comment.update", id=comment, fields={"FILES": []})
    held = result("crm.timeline.comment.get", id=comment)
    assert (held["COMMENT"], held["FILES"]) == ("b", [])
    assert client.get(old["urlDownload"]).status_code == 403


def test_events_name_the_comment_and_nothing_around_it(comment, result, fired):
    result("crm.timeline.comment.update", id=comment, fields={"COMMENT": "b"})
    result("crm.timeline.comment.update", id=comment, fields={"COMMENT": "b"})
    result("crm.timeline.comment.delete", id=comment)
    names = ["ONCRMTIMELINECOMMENTUPDATE", "ONCRMTIMELINECOMMENTDELETE"]
    assert fired == [(name, {"ID": str(comment)}, True) for name in names]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"COMMENT": " "}, "INVALID_ARG_VALUE"),
        ({"ENTITY_ID": 9}, "OWNER_NOT_FOUND"),
        ({"ENTITY_TYPE": "planet"}, "OWNER_NOT_FOUND"),
        ({"ENTITY_ID": None}, 100),
        ({"FILES": [["a.txt", "%"]]}, "INVALID_ARG_VALUE"),
    ],
)
def test_refusals(comment, portal, change, code):
    with pytest.raises(RestError) as refused:
        portal.call("crm.timeline.comment.add", {"fields": _DEAL | {"COMMENT": "x"} | change})
    assert refused.value.code == code


def test_lists_are_filtered_ordered_and_cut_to_size(comment, result, clock):
    clock.advance(60)
    result("crm.timeline.comment.add", fields=_DEAL | {"COMMENT": "b"})
    assert _texts(result, _DEAL, order={"ID": "DESC"}) == ["b", "a"]
    assert _texts(result, _DEAL | {">CREATED": "2026-05-14T10:27:00+03:00"}) == ["b"]
    listed = result("crm.timeline.comment.list", filter=_DEAL, select=["ID", "COMMENT"])
    assert listed == [{"ID": "1", "COMMENT": "a"}, {"ID": "2", "COMMENT": "b"}]


def test_a_comment_at_two_records_outlives_one_of_them(comment, portal, result):
    bind = {"OWNER_ID": comment} | _COMPANY
    assert result("crm.timeline.bindings.bind", fields=bind) is True
    assert [line["ENTITY_TYPE"] for line in result("crm.timeline.bindings.list", filter={"OWNER_ID": comment})] == [
        "deal",
        "company",
    ]
    with pytest.raises(RestError, match="MULTIPLE_BINDINGS"):
        result("crm.timeline.comment.delete", id=comment)
    portal.delete(2, 1)
    assert _texts(result, _COMPANY) == ["a"]
    with pytest.raises(RestError, match="Not found"):
        result("crm.timeline.bindings.unbind", fields=bind)
    portal.delete(4, 1)
    assert portal.core.state.comments == {}
    assert portal.core.state.files == {}


def test_log_entries(comment, portal, result):
    entry = result("crm.timeline.logmessage.add", fields=_LOG)["logMessage"]
    assert (entry["id"], entry["authorId"], entry["text"]) == (comment + 1, 1, "Paid")
    assert result("crm.timeline.logmessage.list", entityTypeId=2, entityId=1) == [entry]
    with pytest.raises(RestError, match="REMOVING_DISABLED"):
        portal.call_as(portal.as_application(), "crm.timeline.logmessage.delete", {"id": entry["id"]})
    assert result("crm.timeline.logmessage.delete", id=entry["id"]) is True
    with pytest.raises(RestError, match="OWNER_NOT_FOUND"):
        result("crm.timeline.logmessage.add", fields=_LOG | {"entityId": 9})
    with pytest.raises(RestError, match="title"):
        result("crm.timeline.logmessage.add", fields=_LOG | {"title": ""})


def test_a_note_is_one_and_needs_something_to_be_on(comment, result):
    for text in ("a", "b"):
        assert result("crm.timeline.note.save", **_NOTE, text=text) is True
    assert result("crm.timeline.note.get", **_NOTE)["text"] == "b"
    assert result("crm.timeline.note.delete", **_NOTE) is True
    for key in (_NOTE, _NOTE | {"itemId": 9}, _NOTE | {"itemType": 2}):
        with pytest.raises(RestError, match="NOT_FOUND"):
            result("crm.timeline.note.get", **key)


def test_three_entries_can_be_pinned(comment, result):
    for _ in range(3):
        result("crm.timeline.logmessage.add", fields=_LOG)
    pin = {"ownerTypeId": 2, "ownerId": 1}
    for number in (1, 2, 3, 3):
        assert result("crm.timeline.item.pin", **pin, id=number) is None
    with pytest.raises(RestError, match="Only three"):
        result("crm.timeline.item.pin", **pin, id=4)
    result("crm.timeline.item.unpin", **pin, id=1)
    assert result("crm.timeline.item.pin", **pin, id=4) is None


def test_icons_of_ones_own(result, server, client):
    made = result("crm.timeline.icon.add", code="shop", fileContent=_FILE[1])["icon"]
    assert client.get(server.url + made["fileUri"]).content == b"hello"
    assert {"code": "info", "isSystem": True, "fileUri": ""} in result("crm.timeline.icon.list")["icons"]
    assert result("crm.timeline.icon.delete", code="shop") is True
    for code in ("shop", "info"):
        with pytest.raises(RestError, match="NOT_FOUND"):
            result("crm.timeline.icon.delete", code=code)
