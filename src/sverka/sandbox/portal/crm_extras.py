"""Around the records: stage history, duplicate search, contacts of a deal, comments of the timeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.errors import RestError, invalid_argument, not_found
from sverka.sandbox.portal.fields import COMPANY, CONTACT, DEAL, LEAD, NAMES
from sverka.sandbox.portal.filters import split_key, visible
from sverka.sandbox.portal.items import change_item
from sverka.sandbox.portal.moments import read_moment, write_moment
from sverka.sandbox.portal.multifields import search_key
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.state import Comment, Item, StageMove

_MOVE_FIELDS: dict[str, Callable[[StageMove], Any]] = {
    "ID": lambda m: m.id,
    "TYPE_ID": lambda m: m.type_id,
    "OWNER_ID": lambda m: m.owner_id,
    "CREATED_TIME": lambda m: m.created,
    "CATEGORY_ID": lambda m: m.category_id,
    "STAGE_SEMANTIC_ID": lambda m: m.semantics,
    "STAGE_ID": lambda m: m.stage_id,
}
_LEAD_MOVE_FIELDS = {
    {"STAGE_SEMANTIC_ID": "STATUS_SEMANTIC_ID", "STAGE_ID": "STATUS_ID"}.get(name, name): pick
    for name, pick in _MOVE_FIELDS.items()
    if name != "CATEGORY_ID"
}


def stage_history(core: Core, user_id: int, params: Params) -> Reply:
    """Answer crm.stagehistory.list for leads (1) and deals (2): a line for every entry to a stage."""
    del user_id
    entity_type_id = params.number("entityTypeId")
    if entity_type_id not in (LEAD, DEAL):
        raise RestError(400, "ENTITY_TYPE_NOT_SUPPORTED", "Entity type is not supported")
    fields = _LEAD_MOVE_FIELDS if entity_type_id == LEAD else _MOVE_FIELDS
    moves = [move for move in core.state.history if move.entity_type_id == entity_type_id]
    for key, value in params.mapping("filter").items():
        prefix, name = split_key(key)
        if name not in fields:
            raise invalid_argument(f"Invalid filter: field '{name}' is not allowed in filter")
        moves = [move for move in moves if _passes(core, fields[name](move), prefix, value)]
    for name, way in reversed(entries(params.get("order"))):
        if name in fields:
            moves = sorted(moves, key=fields[name], reverse=str(way).upper() == "DESC")
    rows, total, following = page(moves, params.number("start"))
    select = {str(name) for _, name in entries(params.get("select"))}
    names = [name for name in fields if not select or name in select or "*" in select]
    return Reply({"items": [_move_out(core, fields, names, move) for move in rows]}, total, following)


def _move_out(core: Core, fields: dict[str, Callable[[StageMove], Any]], names: list[str], move: StageMove) -> Any:
    answer = {name: fields[name](move) for name in names}
    if "CREATED_TIME" in answer:
        answer["CREATED_TIME"] = write_moment(move.created, core.settings.zone)
    return answer


def _passes(core: Core, held: Any, prefix: str, given: Any) -> bool:
    raw = given if isinstance(given, list) else [given]
    try:
        if isinstance(held, int):
            wanted: list[Any] = [int(str(one)) for one in raw]
        elif isinstance(held, str):
            wanted = [str(one) for one in raw]
        else:
            wanted = [read_moment(one, core.settings.zone) for one in raw]
    except ValueError as error:
        raise invalid_argument("Invalid filter: a field has invalid value") from error
    if prefix in (">=", "<=", ">", "<"):
        bound = wanted[0]
        return (
            bool(held > bound or (prefix[1:] and held == bound))
            if prefix[0] == ">"
            else bool(held < bound or (prefix[1:] and held == bound))
        )
    return (held in wanted) is not prefix.startswith("!")


def find_by_comm(core: Core, user_id: int, params: Params) -> Reply:
    """Answer crm.duplicate.findbycomm: ids by entity type, `[]` when there are none.

    Phones are compared by their digits as stored, without extension; e-mails without case. Twenty hits in one type
    leave the later types out, and records younger than the search lag are not found.
    """
    del user_id
    type_id = str(params.get("type") or "")
    values = params.get("values")
    if type_id not in ("PHONE", "EMAIL"):
        raise RestError(400, "Communication type is not defined", "Communication type is not defined")
    if not isinstance(values, list | dict) or not values:
        raise RestError(400, "Communication values is not defined", "Communication values is not defined")
    lines = [str(value) for _, value in entries(values)]
    if len(lines) > 20:
        text = "Limit of communication values is exceeded. Max: 20"
        raise RestError(400, text, text)
    keys = {search_key(type_id, value) for value in lines} - {""}
    wanted = str(params.get("entity_type") or "").upper()
    found: dict[str, list[int]] = {}
    for entity_type_id in (LEAD, CONTACT, COMPANY):
        if wanted and wanted != NAMES[entity_type_id]:
            continue
        held = core.state.items[entity_type_id]
        ids = [number for number in core.index.find(type_id, entity_type_id, keys) if visible(core, held[number])]
        if ids:
            found[NAMES[entity_type_id]] = ids
        if len(ids) >= 20:
            break
    return Reply(found or [])


def _deal(core: Core, params: Params) -> Item:
    deal = core.state.item(DEAL, params.number("id"))
    if deal is None:
        raise RestError(400, "", "The parameter ownerEntityID is invalid or not defined.")
    return deal


def contacts_get(core: Core, user_id: int, params: Params) -> Reply:
    """Answer crm.deal.contact.items.get: the contacts in order, the first one primary."""
    del user_id
    deal = _deal(core, params)
    return Reply(
        [
            {"CONTACT_ID": number, "SORT": place * 10, "ROLE_ID": 0, "IS_PRIMARY": "Y" if place == 1 else "N"}
            for place, number in enumerate(deal.values["contactIds"], start=1)
        ]
    )


def contacts_set(core: Core, user_id: int, params: Params) -> Reply:
    """Answer crm.deal.contact.items.set: the list is replaced; the primary one goes first, the rest by SORT."""
    deal = _deal(core, params)
    given = params.get("items")
    if not isinstance(given, list | dict):
        raise RestError(400, "", "The parameter items must be array.")
    lines = [line for _, line in entries(given) if isinstance(line, dict) and to_int(line.get("CONTACT_ID"))]
    lines.sort(key=lambda line: (str(line.get("IS_PRIMARY")) != "Y", to_int(line.get("SORT")) or 0))
    change_item(core, user_id, deal, {"contactIds": [line["CONTACT_ID"] for line in lines]}, strict=True)
    return Reply(True)


def _owner_exists(core: Core, entity_type: str, entity_id: int | None) -> bool:
    number = {name.lower(): type_id for type_id, name in NAMES.items()}.get(entity_type)
    return number is not None and core.state.item(number, entity_id) is not None


def comment_add(core: Core, user_id: int, params: Params) -> Reply:
    """Answer crm.timeline.comment.add with the comment's id; the author is the caller."""
    given = params.mapping("fields")
    entity_type, entity_id = str(given.get("ENTITY_TYPE") or "").lower(), to_int(given.get("ENTITY_ID"))
    if not given.get("COMMENT"):
        raise RestError(400, "", "Empty comment message.")
    if entity_id is None or not _owner_exists(core, entity_type, entity_id):
        raise RestError(400, "", "Not found.")
    comment = Comment(
        core.state.next_id("comment"), entity_type, entity_id, str(given["COMMENT"]), user_id, core.now()
    )  # fmt: skip
    core.state.comments[comment.id] = comment
    return Reply(comment.id)


def comment_list(core: Core, user_id: int, params: Params) -> Reply:
    """Answer crm.timeline.comment.list; the filter must name ENTITY_ID and ENTITY_TYPE."""
    del user_id
    given = {key.lstrip("=").upper(): value for key, value in params.mapping("filter").items()}
    entity_type, entity_id = str(given.get("ENTITY_TYPE") or "").lower(), to_int(given.get("ENTITY_ID"))
    if not entity_type or entity_id is None:
        raise RestError(400, "", "Filter must contain ENTITY_ID and ENTITY_TYPE.")
    lines = [c for c in core.state.comments.values() if (c.entity_type, c.entity_id) == (entity_type, entity_id)]
    order = {key.upper(): str(way).upper() for key, way in entries(params.get("order"))}
    lines.sort(key=lambda c: c.id, reverse=order.get("ID") == "DESC")
    rows, total, following = page(lines, params.number("start"))
    return Reply([_comment_out(core, comment) for comment in rows], total, following)


def _comment_out(core: Core, comment: Comment) -> dict[str, Any]:
    return {
        "ID": str(comment.id),
        "ENTITY_ID": str(comment.entity_id),
        "ENTITY_TYPE": comment.entity_type,
        "CREATED": write_moment(comment.created, core.settings.zone),
        "COMMENT": comment.text,
        "AUTHOR_ID": str(comment.author_id),
        "FILES": [],
    }


def comment_get(core: Core, user_id: int, params: Params) -> Reply:
    """Answer crm.timeline.comment.get."""
    del user_id
    return Reply(_comment_out(core, _comment(core, params)))


def comment_delete(core: Core, user_id: int, params: Params) -> Reply:
    """Answer crm.timeline.comment.delete with null."""
    del user_id
    del core.state.comments[_comment(core, params).id]
    return Reply(None)


def _comment(core: Core, params: Params) -> Comment:
    comment = core.state.comments.get(params.number("id") or 0)
    if comment is None:
        raise not_found(classic=True)
    return comment


METHODS = [
    Method("crm.stagehistory.list", stage_history),
    Method("crm.duplicate.findbycomm", find_by_comm, classic=True),
    Method("crm.deal.contact.items.get", contacts_get, required=("id",), classic=True),
    Method("crm.deal.contact.items.set", contacts_set, required=("id", "items"), writes=True, classic=True),
    Method("crm.timeline.comment.add", comment_add, required=("fields",), writes=True),
    Method("crm.timeline.comment.list", comment_list, required=("filter",)),
    Method("crm.timeline.comment.get", comment_get, required=("id",)),
    Method("crm.timeline.comment.delete", comment_delete, required=("id",), writes=True),
]
