"""The classic form of records: UPPER_CASE names and texts, as the vendor's set of example data has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sverka.sandbox.portal.crm.fields import CLASSIC_EMPTY, COMPANY, CONTACT, DEAL, LEAD
from sverka.sandbox.portal.data.problems import unknown
from sverka.sandbox.portal.data.records import lines, whole
from sverka.sandbox.portal.records.multifields import TYPES
from sverka.sandbox.portal.state import State

_ITEMS = {"companies": COMPANY, "contacts": CONTACT, "leads": LEAD, "deals": DEAL}
_USER = {"NAME": "name", "LAST_NAME": "last_name", "EMAIL": "email", "ACTIVE": "active"}


def from_classic(state: State, entities: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the document of these entities, and the names of those that a portal has no place for."""
    dictionaries = _dictionaries(entities)
    items = [
        _item(state, entity_type_id, where, line)
        for section, entity_type_id in _ITEMS.items()
        for where, line in lines(entities, section)
    ]
    funnels = list(_funnels(entities, dictionaries))
    _complete(state, dictionaries, items)
    document = {
        "users": [
            {"id": whole(line.get("ID"), f"{where}, field ID")}
            | {name: line[upper] for upper, name in _USER.items() if upper in line}
            for where, line in lines(entities, "users")
        ],
        "funnels": funnels,
        "dictionaries": dictionaries,
        "items": items,
    }
    known = {"users", "categories", "statuses", *_ITEMS}
    return document, tuple(name for name in entities if name not in known)


def _dictionaries(entities: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    dictionaries: dict[str, list[dict[str, Any]]] = {}
    for where, line in lines(entities, "statuses"):
        number = whole(line.get("ID"), f"{where}, field ID")
        made = {"id": number, "status_id": line.get("STATUS_ID"), "name": line.get("NAME")}
        made |= {"sort": whole(line.get("SORT"), f"{where}, field SORT")} if line.get("SORT") else {}
        made |= {"color": line["COLOR"]} if line.get("COLOR") else {}
        made |= {"semantics": line.get("SEMANTICS"), "system": line.get("SYSTEM") == "Y"}
        dictionaries.setdefault(str(line.get("ENTITY_ID")), []).append(made)
    return dictionaries


def _funnels(entities: dict[str, Any], dictionaries: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the funnels, each taking its stages out of the dictionaries."""
    for where, line in lines(entities, "categories"):
        number = whole(line.get("id"), f"{where}, field id")
        stages = dictionaries.pop(f"DEAL_STAGE_{number}" if number else "DEAL_STAGE", None)
        funnel = {"id": number, "name": line.get("name"), "sort": line.get("sort", 100)}
        yield funnel | ({"stages": stages} if stages else {})


def _complete(state: State, dictionaries: dict[str, list[dict[str, Any]]], items: list[dict[str, Any]]) -> None:
    """Add the lines that records name and no dictionary of the file or the portal has: such a file counts as right."""
    for item in items:
        specs = state.specs(item["entityTypeId"])
        for name, value in item["fields"].items():
            entity_id = specs[name].status_type
            if not entity_id or not value or name == "stageId":
                continue
            held = dictionaries.get(entity_id) or [
                {"id": line.id, "status_id": line.status_id, "name": line.name, "system": line.system}
                for line in state.dictionary(entity_id)
            ]
            if all(line["status_id"] != value for line in held):
                dictionaries[entity_id] = [*held, {"status_id": value, "name": value}]


def _item(state: State, entity_type_id: int, where: str, line: dict[str, Any]) -> dict[str, Any]:
    by_upper = {spec.upper: name for name, spec in state.specs(entity_type_id).items()}
    fields, fm = {}, []
    for upper, value in line.items():
        if upper in TYPES:
            fm += [
                {"id": whole(one.get("ID"), f"{place}, field ID"), "type_id": upper,
                 "value_type": one.get("VALUE_TYPE"), "value": one.get("VALUE")}
                for place, one in lines({f"{where}.{upper}": value}, f"{where}.{upper}")
            ]  # fmt: skip
        elif upper in by_upper and upper != "ID":
            fields[by_upper[upper]] = value
        elif upper != "ID" and upper not in CLASSIC_EMPTY[entity_type_id]:
            raise unknown(where, upper, list(by_upper))
    number = whole(line.get("ID"), f"{where}, field ID")
    return {"entityTypeId": entity_type_id, "id": number, "fields": fields, "fm": fm}
