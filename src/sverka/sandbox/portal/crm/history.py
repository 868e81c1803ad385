"""Stage history: a line for every entry to a stage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.crm.fields import HAS_STAGES, LEAD, QUOTE
from sverka.sandbox.portal.errors import RestError, invalid_argument
from sverka.sandbox.portal.moments import read_moment, write_moment
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.records.filters import split_key
from sverka.sandbox.portal.state import StageMove

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


def stage_history(core: Core, params: Params) -> Reply:
    """Answer crm.stagehistory.list for all that have stages but quotes: a line for every entry to one."""
    entity_type_id = params.number("entityTypeId")
    if entity_type_id not in HAS_STAGES - {QUOTE}:
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


METHODS = [
    Method("crm.stagehistory.list", stage_history),
]
