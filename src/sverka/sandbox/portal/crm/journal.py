"""Log entries of the timeline with their icons and logos, notes on entries and activities, and what is pinned."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Any, Literal

from sverka.sandbox.portal.core import Core, Handler, Method, Reply, page
from sverka.sandbox.portal.crm import activities, owners, timeline
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.moments import write_moment
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records import files
from sverka.sandbox.portal.state import Item

_ENTRY, _ACTIVITY = 1, 2
_MOST_PINNED = 3
_NOTE = ("ownerTypeId", "ownerId", "itemType", "itemId")
_SYSTEM = {
    "icon": "info call mail calendar check clock document task sms bank-card arrow-up arrow-down attention view",
    "logo": "info call call-incoming call-outgoing mail calendar check task document sms bank-card comment clock robot",
}
Sign = Literal["icon", "logo"]


def _client(core: Core) -> str:
    return core.caller.application.client_id if core.caller.application else ""


def _out(core: Core, item: Item) -> dict[str, Any]:
    values = item.values
    return {
        "id": item.id,
        "created": write_moment(values["created"], core.settings.zone),
        "authorId": values["authorId"],
        **{name: values[name] for name in ("title", "text", "iconCode")},
    }


def log_add(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.logmessage.add with the entry; every one of its fields is due."""
    given = params.mapping("fields")
    names = ("entityTypeId", "entityId", "title", "text", "iconCode")
    for name in names:
        if given.get(name) in (None, "") or isinstance(given[name], dict | list):
            raise RestError(400, 100, f"Could not find value for parameter {{{name}}}")
    owner = owners.check(core, to_int(given["entityTypeId"]), to_int(given["entityId"]))
    number = core.state.next_id("comment")
    values: dict[str, Any] = {name: str(given[name]) for name in names[2:]}
    values |= {
        "entityTypeId": owner[0],
        "entityId": owner[1],
        "created": core.now(),
        "authorId": core.caller.user_id,
        "client": _client(core),
    }
    item = core.state.tables["log_message"][number] = Item(0, number, values)
    return Reply({"logMessage": _out(core, item)})


def _entry(core: Core, params: Params) -> Item:
    number = params.number("id") or 0
    item = core.state.tables["log_message"].get(number)
    if item is None:
        raise RestError(400, "NOT_FOUND", f"Timeline logmessage not found for id `{number}`")
    return item


def _owner(item: Item) -> tuple[int, int]:
    return item.values["entityTypeId"], item.values["entityId"]


def log_get(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.logmessage.get."""
    return Reply({"logMessage": _out(core, _entry(core, params))})


def log_list(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.logmessage.list: the entries of one record, by id unless another order is asked."""
    owner = params.number("entityTypeId"), params.number("entityId")
    rows = [_out(core, item) for item in core.state.tables["log_message"].values() if _owner(item) == owner]
    for name, way in reversed(entries(params.get("order"))):
        if name in ("id", "created", "authorId", "title", "text", "iconCode"):
            rows.sort(key=lambda row: row[name], reverse=str(way).upper() == "DESC")
    return Reply(*page(rows, params.number("start")))


def log_delete(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.logmessage.delete; an entry of another application stays."""
    item = _entry(core, params)
    if item.values["client"] != _client(core):
        raise RestError(400, "REMOVING_DISABLED", "Removing logmessage is allowed only for its application")
    del core.state.tables["log_message"][item.id]
    return Reply(True)


def _sign_out(core: Core, sign: Sign, code: str) -> dict[str, Any]:
    for item in core.state.tables[sign].values():
        if item.values["code"] == code:
            uri = files.relative_address(core, item.values["file"])
            return {"code": code, "isSystem": False, "fileUri": uri}
    if code in _SYSTEM[sign].split():
        return {"code": code, "isSystem": True, "fileUri": ""}
    raise RestError(400, "NOT_FOUND", f"{sign.capitalize()} not found for code `{code}`")


def _signs(sign: Sign) -> list[Method]:
    def add(core: Core, params: Params) -> Reply:
        code, content = str(params.get("code")), params.get("fileContent")
        try:
            if not b64decode(str(content), validate=True):
                raise ValueError("an empty file")  # noqa: TRY301 - the same refusal as for no base64
        except (binascii.Error, ValueError) as error:
            raise RestError(400, "INVALID_ARG_VALUE", "Invalid `fileContent` parameter specified") from error
        held = next((item for item in core.state.tables[sign].values() if item.values["code"] == code), None)
        if held is None:
            number = core.state.next_id(sign)
            held = core.state.tables[sign][number] = Item(0, number, {"code": code, "file": 0})
        core.state.files.pop(held.values["file"], None)
        held.values["file"] = files.store(core, f"{code}.png", str(content)).id
        return Reply({sign: _sign_out(core, sign, code)})

    def get(core: Core, params: Params) -> Reply:
        return Reply({sign: _sign_out(core, sign, str(params.get("code")))})

    def listed(core: Core, params: Params) -> Reply:
        del params
        own = [str(item.values["code"]) for item in core.state.tables[sign].values()]
        codes = [*(code for code in _SYSTEM[sign].split() if code not in own), *own]
        return Reply({f"{sign}s": [_sign_out(core, sign, code) for code in codes]}, len(codes))

    def delete(core: Core, params: Params) -> Reply:
        code = str(params.get("code"))
        held = [item for item in core.state.tables[sign].values() if item.values["code"] == code]
        if not held:
            raise RestError(400, "NOT_FOUND", f"{sign.capitalize()} not found for code `{code}`")
        core.state.files.pop(held[0].values["file"], None)
        del core.state.tables[sign][held[0].id]
        return Reply(True)

    table: list[tuple[str, Handler, tuple[str, ...], bool]] = [
        ("add", add, ("code", "fileContent"), True), ("get", get, ("code",), False), ("list", listed, (), False),
        ("delete", delete, ("code",), True),
    ]  # fmt: skip
    return [
        Method(f"crm.timeline.{sign}.{verb}", run, required=names, writes=writes) for verb, run, names, writes in table
    ]


def _noted(core: Core, params: Params) -> tuple[int | None, ...]:
    """Return the key of a note; RestError NOT_FOUND when there is nothing a note could be on."""
    owner_type_id, owner_id, item_type, item_id = key = tuple(params.number(name) for name in _NOTE)
    found = item_id is not None and owners.exists(core, owner_type_id, owner_id)
    if found and item_type == _ENTRY:
        found = _on_timeline(core, owner_type_id or 0, owner_id or 0, item_id or 0)
    elif found and item_type == _ACTIVITY:
        found = activities.bound(core, item_id or 0, owner_type_id or 0, owner_id or 0)
    else:
        found = False
    if not found:
        raise RestError(400, "NOT_FOUND", "Element not found")
    return key


def _on_timeline(core: Core, owner_type_id: int, owner_id: int, number: int) -> bool:
    comment, entry = core.state.comments.get(number), core.state.tables["log_message"].get(number)
    if comment is not None:
        return (owners.timeline_name(owner_type_id), owner_id) in timeline.places(comment)
    return entry is not None and _owner(entry) == (owner_type_id, owner_id)


def _note(core: Core, key: tuple[int | None, ...]) -> Item | None:
    held = core.state.tables["note"].values()
    return next((item for item in held if tuple(item.values[name] for name in _NOTE) == key), None)


def note_save(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.note.save: there is one note on an entry, saving replaces its text."""
    key, text = _noted(core, params), str(params.get("text"))
    mark = {"updatedById": core.caller.user_id, "updatedTime": core.now()}
    held = _note(core, key)
    if held is None:
        number = core.state.next_id("note")
        made = {**dict(zip(_NOTE, key, strict=True)), "createdById": core.caller.user_id, "createdTime": core.now()}
        held = core.state.tables["note"][number] = Item(0, number, made)
    held.values |= mark | {"text": text}
    return Reply(True)


def _held_note(core: Core, params: Params) -> Item:
    held = _note(core, _noted(core, params))
    if held is None:
        raise RestError(400, "NOT_FOUND", "Element not found")
    return held


def note_get(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.note.get."""
    values = _held_note(core, params).values
    times = {name: write_moment(values[name], core.settings.zone) for name in ("createdTime", "updatedTime")}
    return Reply({name: values[name] for name in ("text", "createdById", "updatedById")} | times)


def note_delete(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.note.delete."""
    del core.state.tables["note"][_held_note(core, params).id]
    return Reply(True)


def _pinnable(core: Core, params: Params) -> tuple[tuple[int, int], int]:
    owner = owners.check(core, params.number("ownerTypeId"), params.number("ownerId"))
    number = params.number("id") or 0
    if not _on_timeline(core, *owner, number):
        raise RestError(400, "NOT_FOUND", "Not found.")
    return owner, number


def pin(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.item.pin with null; three entries of a record can be pinned."""
    owner, number = _pinnable(core, params)
    pins = core.state.tables["pin"]
    mine = [item for item in pins.values() if _owner(item) == owner]
    if all(item.values["entry"] != number for item in mine):
        if len(mine) >= _MOST_PINNED:
            raise RestError(400, 0, "Only three events can be added to favorites")
        place = core.state.next_id("pin")
        pins[place] = Item(0, place, {"entityTypeId": owner[0], "entityId": owner[1], "entry": number})
    return Reply(None)


def unpin(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.item.unpin with null."""
    owner, number = _pinnable(core, params)
    pins = core.state.tables["pin"]
    for item in [one for one in pins.values() if _owner(one) == owner and one.values["entry"] == number]:
        del pins[item.id]
    return Reply(None)


def forget(core: Core, entity_type_id: int, entity_id: int) -> None:
    """Delete the log entries, notes and pins of a record that is no more."""
    owner = entity_type_id, entity_id
    for name in ("log_message", "pin"):
        table = core.state.tables[name]
        for item in [one for one in table.values() if _owner(one) == owner]:
            del table[item.id]
    notes = core.state.tables["note"]
    for item in [one for one in notes.values() if (one.values["ownerTypeId"], one.values["ownerId"]) == owner]:
        del notes[item.id]


_PIN = ("id", "ownerTypeId", "ownerId")
METHODS = [
    Method("crm.timeline.logmessage.add", log_add, required=("fields",), writes=True),
    Method("crm.timeline.logmessage.get", log_get, required=("id",)),
    Method("crm.timeline.logmessage.list", log_list, required=("entityTypeId", "entityId")),
    Method("crm.timeline.logmessage.delete", log_delete, required=("id",), writes=True),
    *_signs("icon"),
    *_signs("logo"),
    Method("crm.timeline.note.save", note_save, required=(*_NOTE, "text"), writes=True),
    Method("crm.timeline.note.get", note_get, required=_NOTE),
    Method("crm.timeline.note.delete", note_delete, required=_NOTE, writes=True),
    Method("crm.timeline.item.pin", pin, required=_PIN, writes=True),
    Method("crm.timeline.item.unpin", unpin, required=_PIN, writes=True),
]
