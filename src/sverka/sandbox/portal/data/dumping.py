"""A whole portal as data: the usual records to read and edit, and everything else under `more`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sverka.sandbox.portal.crm.fields import DEAL, letters_of
from sverka.sandbox.portal.data.codec import decode, encode
from sverka.sandbox.portal.people import People
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.state import Item, State

VERSION = 1
#: attributes of the state that have a section of their own
SECTIONS = {"users", "currencies", "statuses", "user_fields", "items"}
#: attributes of which a dump holds only what no other portal has
COMPLETED = {"funnels", "catalogues"}
#: kinds of fields that travel as a plain text, and what the codec calls their values
TEXTUAL = {"double": "decimal", "datetime": "moment", "date": "day"}


def dump(portal: People) -> dict[str, Any]:
    """Return all data of a portal: JSON that `load` takes. Webhooks, applications, clock and logs are none of it."""
    with portal.lock:
        state = portal.core.state
        stages = {f"DEAL_STAGE_{number}" if number else "DEAL_STAGE" for number in state.categories}
        others = dict.fromkeys(line.entity_id for line in state.statuses.values() if line.entity_id not in stages)
        return {
            "dump": VERSION,
            "users": [encode(asdict(user)) for user in state.users.values()],
            "currencies": list(state.currencies),
            "funnels": [
                encode(asdict(category))
                | {"stages": _lines(state, f"DEAL_STAGE_{category.id}" if category.id else "DEAL_STAGE")}
                for category in state.categories.values()
            ],
            "dictionaries": {name: _lines(state, name, funnel=False) for name in others},
            "fields": [encode(line) for line in state.user_fields.values()],
            "items": [_item(state, item) for items in state.items.values() for item in items.values()],
            "more": {name: encode(_rest(state, name)) for name in vars(state) if name not in SECTIONS},
        }


def _lines(state: State, entity_id: str, *, funnel: bool = True) -> list[dict[str, Any]]:
    implied = {"entity_id", "category_id"} if funnel else {"entity_id"}
    lines = [encode(asdict(line)) for line in state.dictionary(entity_id)]
    return [{name: value for name, value in line.items() if name not in implied} for line in lines]


def _rest(state: State, name: str) -> Any:
    held = getattr(state, name)
    if name == "funnels":  # those of deals have a section
        return {number: funnels for number, funnels in held.items() if number != DEAL}
    if name == "catalogues":  # those of smart processes: the others are every portal's
        return {number: specs for number, specs in held.items() if number in state.smart_types}
    if name != "rows":
        return dict(held) if isinstance(held, Mapping) else held
    owned = {(letters_of(number), item_id) for number, items in state.items.items() for item_id in items}
    return {key: rows for key, rows in held.items() if key not in owned and rows}


def _item(state: State, item: Item) -> dict[str, Any]:
    specs = state.specs(item.entity_type_id)
    given = {name: written(specs.get(name), value) for name, value in item.values.items() if name != "id"}
    answer: dict[str, Any] = {"entityTypeId": item.entity_type_id, "id": item.id, "fields": given}
    if item.fm:
        answer["fm"] = [encode(asdict(line)) for line in item.fm]
    rows = state.rows.get((letters_of(item.entity_type_id), item.id))
    if rows:
        answer["rows"] = [encode(row.__dict__) for row in rows]
    return answer


def written(spec: FieldSpec | None, value: Any) -> Any:
    """Return a field's value as JSON, as plainly as `restored` allows."""
    if spec is not None and spec.multiple and isinstance(value, list):
        return [_written_one(spec, one) for one in value]
    return _written_one(spec, value)


def _written_one(spec: FieldSpec | None, value: Any) -> Any:
    kind = TEXTUAL.get(spec.kind) if spec is not None else None
    if kind and isinstance(value, str):
        return {"$": "text", "v": value}
    made = encode(value)
    return made["v"] if kind and isinstance(made, dict) and made.get("$") == kind else made


def restored(spec: FieldSpec | None, raw: Any, where: str) -> Any:
    """Return the value that `written` wrote; DataError when it is none."""
    if isinstance(raw, list) and spec is not None and spec.multiple:
        return [restored(spec, one, where) for one in raw]
    kind = TEXTUAL.get(spec.kind) if spec is not None and isinstance(raw, str) else None
    return decode({"$": kind, "v": raw} if kind else raw, where)
