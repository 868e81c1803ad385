"""Comments of the timeline."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.crm.fields import NAMES
from sverka.sandbox.portal.errors import RestError, not_found
from sverka.sandbox.portal.moments import write_moment
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.state import Comment


def _owner_exists(core: Core, entity_type: str, entity_id: int | None) -> bool:
    number = {name.lower(): type_id for type_id, name in NAMES.items()}.get(entity_type)
    return number is not None and core.state.item(number, entity_id) is not None


def comment_add(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.comment.add with the comment's id; the author is the caller."""
    given = params.mapping("fields")
    entity_type, entity_id = str(given.get("ENTITY_TYPE") or "").lower(), to_int(given.get("ENTITY_ID"))
    if not given.get("COMMENT"):
        raise RestError(400, "", "Empty comment message.")
    if entity_id is None or not _owner_exists(core, entity_type, entity_id):
        raise RestError(400, "", "Not found.")
    comment = Comment(
        core.state.next_id("comment"), entity_type, entity_id, str(given["COMMENT"]), core.caller.user_id, core.now()
    )  # fmt: skip
    core.state.comments[comment.id] = comment
    return Reply(comment.id)


def comment_list(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.comment.list; the filter must name ENTITY_ID and ENTITY_TYPE."""
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


def comment_get(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.comment.get."""
    return Reply(_comment_out(core, _comment(core, params)))


def comment_delete(core: Core, params: Params) -> Reply:
    """Answer crm.timeline.comment.delete with null."""
    del core.state.comments[_comment(core, params).id]
    return Reply(None)


def _comment(core: Core, params: Params) -> Comment:
    comment = core.state.comments.get(params.number("id") or 0)
    if comment is None:
        raise not_found(classic=True)
    return comment


METHODS = [
    Method("crm.timeline.comment.add", comment_add, required=("fields",), writes=True),
    Method("crm.timeline.comment.list", comment_list, required=("filter",)),
    Method("crm.timeline.comment.get", comment_get, required=("id",)),
    Method("crm.timeline.comment.delete", comment_delete, required=("id",), writes=True),
]
