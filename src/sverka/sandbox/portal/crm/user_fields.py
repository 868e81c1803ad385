"""`crm.{lead,deal,contact,company,quote}.userfield.*`: fields that users add."""

from __future__ import annotations

import re
from typing import Any

from sverka.sandbox.portal.core import Core, Handler, Method, Reply
from sverka.sandbox.portal.crm.fields import CLASSIC, NAMES
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.state import UserField

_KINDS: tuple[str, ...] = (
    "string", "url", "integer", "double", "boolean", "date", "datetime", "money", "enumeration", "employee",
    "crm_status", "crm", "address", "iblock_element", "iblock_section", "file",
)  # fmt: skip


def create(core: Core, entity_id: str, given: dict[str, Any]) -> UserField:
    """Add a user field from the fields of `userfield.add`; RestError for a bad or taken name or an unknown type."""
    kind = str(given.get("USER_TYPE_ID") or "")
    if kind not in _KINDS:
        raise RestError(400, "ERROR_CORE", "Incorrect custom type specified.")
    number = core.state.next_id("user_field")
    bare = str(given.get("FIELD_NAME") or int(core.clock.now().timestamp()) + number).upper()
    name = bare if bare.startswith("UF_CRM_") else f"UF_CRM_{bare}"
    if len(name) > 50:
        raise RestError(400, "", "Field name is too long. The maximum length is 50.")
    if not re.fullmatch(r"[A-Z0-9_]+", name):
        raise RestError(400, "", "Field name contains invalid characters. Use A-Z, 0-9 and _.")
    multiple = str(given.get("MULTIPLE")).upper() in ("Y", "1")
    if any(line.entity_id == entity_id and line.field_name == name for line in core.state.user_fields.values()):
        raise RestError(400, "ERROR_CORE", f"Field {name} already exists.")
    label = given.get("LABEL") or given.get("EDIT_FORM_LABEL") or name
    user_field = UserField(
        number, entity_id, name, kind,  # type: ignore[arg-type]
        multiple and kind != "boolean", str(given.get("MANDATORY")).upper() in ("Y", "1"),
        str(next(iter(label.values()), name) if isinstance(label, dict) else label),
        given.get("XML_ID"), to_int(given.get("SORT")) or 100, dict(entries(given.get("SETTINGS"))),
    )  # fmt: skip
    _change_options(core, user_field, given.get("LIST"))
    core.state.user_fields[number] = user_field
    return user_field


def _change_options(core: Core, user_field: UserField, given: Any) -> None:
    for _, line in entries(given):
        known = to_int(line.get("ID"))
        if known is None:
            number = core.state.next_id("enumeration")
            user_field.options.append((number, str(line.get("VALUE") or ""), str(line.get("XML_ID") or f"x{number}")))
        elif str(line.get("DEL", line.get("DELETE", ""))).upper() == "Y":
            user_field.options = [option for option in user_field.options if option[0] != known]
        else:
            user_field.options = [
                (number, str(line.get("VALUE") or value), str(line.get("XML_ID") or xml_id))
                if number == known
                else (number, value, xml_id)
                for number, value, xml_id in user_field.options
            ]


def _out(user_field: UserField, labels: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "ID": str(user_field.id),
        "ENTITY_ID": user_field.entity_id,
        "FIELD_NAME": user_field.field_name,
        "USER_TYPE_ID": user_field.kind,
        "XML_ID": user_field.xml_id,
        "SORT": str(user_field.sort),
        "MULTIPLE": "Y" if user_field.multiple else "N",
        "MANDATORY": "Y" if user_field.mandatory else "N",
        "SHOW_FILTER": "N",
        "SHOW_IN_LIST": "Y",
        "EDIT_IN_LIST": "Y",
        "IS_SEARCHABLE": "N",
        "SETTINGS": user_field.settings or [],
    }
    if labels:
        for name in ("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL"):
            answer[name] = user_field.label
        answer |= {"ERROR_MESSAGE": None, "HELP_MESSAGE": None}
    if user_field.kind == "enumeration":
        answer["LIST"] = [
            {"ID": str(number), "SORT": str(place * 10), "VALUE": value, "DEF": "N", "XML_ID": xml_id}
            for place, (number, value, xml_id) in enumerate(user_field.options, start=1)
        ]
    return answer


def _of(entity_id: str) -> dict[str, Handler]:
    def known(core: Core, params: Params) -> UserField:
        user_field = core.state.user_fields.get(params.number("id") or 0)
        if user_field is None or user_field.entity_id != entity_id:
            raise RestError(400, "ERROR_NOT_FOUND", "The entity with such ID is not found.")
        return user_field

    def add(core: Core, params: Params) -> Reply:
        return Reply(create(core, entity_id, params.mapping("fields")).id)

    def get(core: Core, params: Params) -> Reply:
        user_field = known(core, params)
        labels = ("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL")
        return Reply(_out(user_field, labels=True) | {name: {"ru": user_field.label} for name in labels})

    def listed(core: Core, params: Params) -> Reply:
        wanted = {key.lstrip("="): value for key, value in params.mapping("filter").items()}
        labels = bool(wanted.pop("LANG", None))
        lines = [_out(line, labels) for line in core.state.user_fields.values() if line.entity_id == entity_id]
        for name, value in wanted.items():
            lines = [line for line in lines if name not in line or str(line[name]) == str(value)]
        return Reply(lines, len(lines))

    def update(core: Core, params: Params) -> Reply:
        user_field = known(core, params)
        given = params.mapping("fields")
        _change_options(core, user_field, given.get("LIST"))
        label = given.get("EDIT_FORM_LABEL") or given.get("LABEL") or user_field.label
        user_field.label = str(next(iter(label.values())) if isinstance(label, dict) else label)
        user_field.sort = to_int(given.get("SORT")) or user_field.sort
        if "MANDATORY" in given:
            user_field.mandatory = str(given["MANDATORY"]).upper() in ("Y", "1")
        return Reply(True)

    def delete(core: Core, params: Params) -> Reply:
        user_field = known(core, params)
        del core.state.user_fields[user_field.id]
        for items in core.state.items.values():
            for item in items.values():
                if f"CRM_{NAMES[item.entity_type_id]}" == entity_id:
                    item.values.pop(user_field.field_name, None)
        return Reply(True)

    return {"add": add, "get": get, "list": listed, "update": update, "delete": delete}


_REQUIRED = {"add": ("fields",), "get": ("id",), "list": (), "update": ("id", "fields"), "delete": ("id",)}


def _methods() -> list[Method]:
    return [
        Method(
            f"crm.{name.lower()}.userfield.{verb}",
            run,
            required=_REQUIRED[verb],
            classic=True,
            writes=verb in ("add", "update", "delete"),
        )
        for name in [NAMES[entity_type_id] for entity_type_id in CLASSIC]
        for verb, run in _of(f"CRM_{name}").items()
    ]


METHODS = _methods()
