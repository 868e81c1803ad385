"""Comments of the timeline, and the records each is shown at."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Event, Method, Reply, page
from sverka.sandbox.portal.crm import owners
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.moments import write_moment
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records import files
from sverka.sandbox.portal.records.filters import Filter, sort_items
from sverka.sandbox.portal.records.specs import FieldSpec, Kind
from sverka.sandbox.portal.records.tables import column, describe
from sverka.sandbox.portal.state import Comment, Item, StoredFile

Place = tuple[str, int]

_KINDS: dict[str, Kind] = {
    "ID": "integer", "ENTITY_ID": "integer", "ENTITY_TYPE": "string", "CREATED": "datetime", "COMMENT": "string",
    "AUTHOR_ID": "user", "FILES": "any",
}  # fmt: skip
_COLUMNS: dict[str, FieldSpec] = {
    name: column(name, kind, name, read_only=name in ("ID", "CREATED")) for name, kind in _KINDS.items()
}
_BINDING_COLUMNS = {
    name: column(name, "string" if name == "ENTITY_TYPE" else "integer", name, mandatory=True)
    for name in ("OWNER_ID", "ENTITY_ID", "ENTITY_TYPE")
}


def _fire(core: Core, comment: Comment, what: str) -> None:
    core.emit(Event(f"ONCRMTIMELINECOMMENT{what}", {"ID": str(comment.id)}, bare=True))


def _place(given: dict[str, Any]) -> tuple[int | None, int | None]:
    return owners.type_of(str(given.get("ENTITY_TYPE") or "")), to_int(given.get("ENTITY_ID"))


def _fields(params: Params, refusal: str | int) -> dict[str, Any]:
    if not isinstance(params.get("fields"), dict):
        raise RestError(400, refusal, "Parameter 'fields' must be array.")
    return params.mapping("fields")


def _stored(core: Core, given: Any) -> list[int]:
    found = []
    for _, raw in entries(given):
        try:
            value = files.take(core, raw)
        except ValueError as error:
            raise RestError(400, "INVALID_ARG_VALUE", "Invalid value of field FILES") from error
        if value is not None:
            found.append(int(value["id"]))
    return found


def _text(given: dict[str, Any]) -> str:
    text = given.get("COMMENT")
    if not isinstance(text, str | int | float) or not str(text).strip():
        raise RestError(400, "INVALID_ARG_VALUE", "Empty comment message.")
    return str(text)


def comment_add(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.comment.add with the comment's id; the author is the caller."""
    given = _fields(params, 100)
    if any(given.get(name) in (None, "") for name in ("ENTITY_ID", "ENTITY_TYPE")):
        raise RestError(400, 100, "Required fields: ENTITY_ID, ENTITY_TYPE")
    text = _text(given)
    entity_type_id, entity_id = owners.check(core, *_place(given))
    comment = Comment(
        core.state.next_id("comment"), owners.timeline_name(entity_type_id), entity_id, text, core.caller.user_id,
        core.now(), _stored(core, given.get("FILES")),
    )  # fmt: skip
    core.state.comments[comment.id] = comment
    _fire(core, comment, "ADD")
    return Reply(comment.id)


def comment_update(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.comment.update with the comment's id; FILES replace all there were."""
    comment = _comment(core, params)
    _named_place(core, params, comment)
    given = _fields(params, 100)
    text = _text(given) if "COMMENT" in given else comment.text
    held = _stored(core, given["FILES"]) if "FILES" in given else comment.files
    for number in set(comment.files) - set(held):
        core.state.files.pop(number, None)
    if (text, held) != (comment.text, comment.files):
        comment.text, comment.files = text, held
        _fire(core, comment, "UPDATE")
    return Reply(comment.id)


def comment_list(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.comment.list; the filter must name ENTITY_ID and ENTITY_TYPE."""
    given = {key.lstrip("=").upper(): value for key, value in params.mapping("filter").items()}
    entity_type_id, entity_id = _place(given)
    if entity_type_id is None or entity_id is None:
        raise RestError(400, "", "Filter must contain ENTITY_ID and ENTITY_TYPE.")
    place = owners.timeline_name(entity_type_id), entity_id
    others = {k: v for k, v in params.mapping("filter").items() if k.lstrip("=").upper() not in _BINDING_COLUMNS}
    chosen = Filter(core, _COLUMNS.get, others, strict=False)
    items = [_as_item(comment) for comment in core.state.comments.values() if place in places(comment)]
    items = [item for item in items if chosen.matches(item)]
    items = sort_items(items, params.get("order"), _COLUMNS.get, strict=False)
    rows, total, following = page(items, params.number("start"))
    wanted = {str(name) for _, name in entries(params.get("select"))}
    answers = [_comment_out(core, core.state.comments[item.id], place) for item in rows]
    if wanted and "*" not in wanted:
        answers = [{name: value for name, value in answer.items() if name in wanted} for answer in answers]
    return Reply(answers, total, following)


def _as_item(comment: Comment) -> Item:
    return Item(0, comment.id, {
        "ID": comment.id, "CREATED": comment.created, "COMMENT": comment.text, "AUTHOR_ID": comment.author_id,
    })  # fmt: skip


def _comment_out(core: Core, comment: Comment, place: Place) -> dict[str, Any]:
    held = [core.state.files[number] for number in comment.files if number in core.state.files]
    return {
        "ID": str(comment.id),
        "ENTITY_ID": str(place[1]),
        "ENTITY_TYPE": place[0],
        "CREATED": write_moment(comment.created, core.settings.zone),
        "COMMENT": comment.text,
        "AUTHOR_ID": str(comment.author_id),
        "FILES": {str(file.id): _file_out(core, file) for file in held} or [],
    }


def _file_out(core: Core, file: StoredFile) -> dict[str, Any]:
    author = core.state.users[file.author_id]
    address = core.settings.origin + files.relative_address(core, file.id)
    size = files.picture_size(file.content)
    shown = {"image": {"width": size[0], "height": size[1]}} if size else {}
    return shown | {
        "id": file.id,
        "date": write_moment(file.created, core.settings.zone),
        "type": "image" if size else "file",
        "name": file.name,
        "size": len(file.content),
        "authorId": author.id,
        "authorName": f"{author.name} {author.last_name}".strip(),
        "urlPreview": address,
        "urlShow": address,
        "urlDownload": address,
    }


def comment_get(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.comment.get."""
    comment = _comment(core, params)
    return Reply(_comment_out(core, comment, (comment.entity_type, comment.entity_id)))


def comment_delete(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.comment.delete with null; at one of several records it is only taken off this one."""
    comment = _comment(core, params)
    place = _named_place(core, params, comment)
    if len(places(comment)) > 1:
        if place is None:
            raise RestError(400, "MULTIPLE_BINDINGS", "Element has multiple bindings")
        take_off(core, comment, place)
    else:
        _delete(core, comment)
    return Reply(None)


def _delete(core: Core, comment: Comment) -> None:
    del core.state.comments[comment.id]
    for number in comment.files:
        core.state.files.pop(number, None)
    _fire(core, comment, "DELETE")


def _comment(core: Core, params: Params) -> Comment:
    comment = core.state.comments.get(params.number("id") or 0)
    if comment is None:
        raise RestError(400, "NOT_FOUND", "Not found.")
    return comment


def _named_place(core: Core, params: Params, comment: Comment) -> Place | None:
    """Return the record a call names by ownerTypeId and ownerId, None when it names none."""
    if not params.has("ownerTypeId") and not params.has("ownerId"):
        return None
    entity_type_id, entity_id = owners.check(core, params.number("ownerTypeId"), params.number("ownerId"))
    place = owners.timeline_name(entity_type_id), entity_id
    if place not in places(comment):
        raise RestError(*owners.OWNER_NOT_FOUND)
    return place


def places(comment: Comment) -> list[Place]:
    """Return the records a comment is shown at, the first one being its own."""
    return [(comment.entity_type, comment.entity_id), *comment.bindings]


def take_off(core: Core, comment: Comment, place: Place) -> None:
    """Show a comment no longer at a record; one that is shown nowhere is deleted."""
    left = [one for one in places(comment) if one != place]
    if not left:
        _delete(core, comment)
        return
    (comment.entity_type, comment.entity_id), comment.bindings = left[0], left[1:]


def forget(core: Core, entity_type_id: int, entity_id: int) -> None:
    """Take every comment off a record that is no more."""
    place = owners.timeline_name(entity_type_id), entity_id
    for comment in [one for one in core.state.comments.values() if place in places(one)]:
        take_off(core, comment, place)


def comment_fields(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.comment.fields."""
    del core, params
    return Reply({name: describe(spec) for name, spec in _COLUMNS.items()})


def _bound(core: Core, params: Params) -> tuple[Comment, Place]:
    given = _fields(params, "")
    comment = core.state.comments.get(to_int(given.get("OWNER_ID")) or 0)
    if comment is None:
        raise RestError(400, "", "OWNER_ID is not defined or invalid.")
    entity_type_id, entity_id = _place(given)
    if entity_type_id is None:
        raise RestError(400, "", "ENTITY_TYPE is not defined or invalid.")
    if entity_id is None or not owners.exists(core, entity_type_id, entity_id):
        raise RestError(400, "", "ENTITY_ID is not defined or invalid.")
    return comment, (owners.timeline_name(entity_type_id), entity_id)


def bind(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.bindings.bind: the comment is shown at one more record."""
    comment, place = _bound(core, params)
    if place not in places(comment):
        comment.bindings.append(place)
    return Reply(True)


def unbind(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.bindings.unbind; the last record of a comment cannot be taken from it."""
    comment, place = _bound(core, params)
    if place not in places(comment) or len(places(comment)) == 1:
        raise RestError(400, "", "Not found.")
    take_off(core, comment, place)
    return Reply(True)


def bindings_list(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.bindings.list: the records a comment is shown at."""
    given = {key.lstrip("=").upper(): value for key, value in params.mapping("filter").items()}
    number = to_int(given.get("OWNER_ID"))
    if number is None or number <= 0:
        raise RestError(400, "", "OWNER_ID is not defined or invalid.")
    comment = core.state.comments.get(number)
    rows = [
        {"OWNER_ID": str(number), "ENTITY_ID": str(entity_id), "ENTITY_TYPE": entity_type}
        for entity_type, entity_id in (places(comment) if comment else [])
    ]
    return Reply(rows, len(rows))


def bindings_fields(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.bindings.fields."""
    del core, params
    return Reply({name: describe(spec) for name, spec in _BINDING_COLUMNS.items()})


METHODS = [
    Method("crm.timeline.comment.add", comment_add, required=("fields",), writes=True),
    Method("crm.timeline.comment.update", comment_update, required=("id", "fields"), writes=True),
    Method("crm.timeline.comment.list", comment_list, required=("filter",)),
    Method("crm.timeline.comment.get", comment_get, required=("id",)),
    Method("crm.timeline.comment.delete", comment_delete, required=("id",), writes=True),
    Method("crm.timeline.comment.fields", comment_fields),
    Method("crm.timeline.bindings.bind", bind, required=("fields",), writes=True, classic=True),
    Method("crm.timeline.bindings.unbind", unbind, required=("fields",), writes=True, classic=True),
    Method("crm.timeline.bindings.list", bindings_list, required=("filter",), classic=True),
    Method("crm.timeline.bindings.fields", bindings_fields, classic=True),
]
