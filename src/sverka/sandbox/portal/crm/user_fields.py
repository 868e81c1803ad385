"""`crm.{lead,deal,contact,company,quote,requisite}.userfield.*`: fields that users add."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sverka.sandbox.portal.core import Core, Event, Handler, Method, Reply
from sverka.sandbox.portal.crm import field_types
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records import files
from sverka.sandbox.portal.state import Item, Option, UserField

ENTITIES = ("LEAD", "DEAL", "CONTACT", "COMPANY", "QUOTE", "REQUISITE")
LABELS = ("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL", "ERROR_MESSAGE", "HELP_MESSAGE")
LANGUAGES = ("en", "ru")
_FLAGS = {"SHOW_FILTER": "N", "SHOW_IN_LIST": "Y", "EDIT_IN_LIST": "Y", "IS_SEARCHABLE": "N"}
_LONGEST = 50


def create(core: Core, entity_id: str, given: dict[str, Any]) -> UserField:
    """Add a user field from the fields of `userfield.add`; RestError for a bad or taken name or an unknown type."""
    for name in ("USER_TYPE_ID", "FIELD_NAME"):
        if not str(given.get(name) or ""):
            raise RestError(400, "", f"The '{name}' field is not found.")
    type_id = str(given["USER_TYPE_ID"])
    known = field_types.known(core, type_id)
    if known is None:
        raise RestError(400, "ERROR_CORE", "Incorrect custom type specified.")
    kind, settings = known
    name = _name(core, entity_id, str(given["FIELD_NAME"]))
    number = core.state.next_id("user_field")
    user_field = UserField(
        number, entity_id, name, kind, type_id, _yes(given.get("MULTIPLE")) and kind != "boolean", flags=dict(_FLAGS),
        settings=settings,
    )  # fmt: skip
    label = given.get("LABEL") or name
    user_field.labels = {one: _texts(label) for one in LABELS[:3]}
    _describe(user_field, given)
    _change_options(core, user_field, given.get("LIST"))
    core.state.user_fields[number] = user_field
    fire(core, user_field, "ADD")
    return user_field


def _name(core: Core, entity_id: str, bare: str) -> str:
    name = bare.upper() if bare.upper().startswith("UF_") else f"UF_CRM_{bare.upper()}"
    if len(name) > _LONGEST:
        raise RestError(400, "ERROR_CORE", f"Field name is too long (more than {_LONGEST} characters).")
    if not re.fullmatch(r"[A-Z0-9_]+", name):
        text = "Field name contains invalid characters. Allowed characters are: A-Z, 0-9 and _."
        raise RestError(400, "ERROR_CORE", text)
    if any(line.entity_id == entity_id and line.field_name == name for line in core.state.user_fields.values()):
        raise RestError(400, "ERROR_CORE", f"Field {name} already exists.")
    return name


def _yes(raw: Any) -> bool:
    return str(raw).upper() in ("Y", "1", "TRUE")


def _texts(raw: Any) -> dict[str, str]:
    """Return a text by language, the same in all of them when only one is given."""
    if isinstance(raw, dict):
        return {str(language): str(text or "") for language, text in raw.items()}
    return {} if raw is None or isinstance(raw, list) else dict.fromkeys(LANGUAGES, str(raw))


def _describe(user_field: UserField, given: dict[str, Any]) -> None:
    """Take over what of a field may change after it was made."""
    if "MANDATORY" in given:
        user_field.mandatory = _yes(given["MANDATORY"])
    if "XML_ID" in given:
        user_field.xml_id = None if given["XML_ID"] is None else str(given["XML_ID"])
    user_field.sort = to_int(given.get("SORT")) or user_field.sort
    user_field.flags |= {name: str(given[name]).upper() for name in _FLAGS if given.get(name) not in (None, "")}
    for name in LABELS:
        if given.get(name):
            user_field.labels[name] = {**user_field.labels.get(name, {}), **_texts(given[name])}
    user_field.settings |= dict(entries(given.get("SETTINGS")))


def change(core: Core, user_field: UserField, given: dict[str, Any]) -> None:
    """Change a user field; its type, name and owner stay. RestError for a list that has an external id twice."""
    _describe(user_field, given)
    if given.get("LIST") is not None:
        _change_options(core, user_field, given["LIST"])
        fire(core, user_field, "SETENUMVALUES")
    fire(core, user_field, "UPDATE")


def _change_options(core: Core, user_field: UserField, given: Any) -> None:
    if user_field.kind != "enumeration":
        return
    options = {option.id: option for option in user_field.options}
    for _, line in entries(given):
        if not isinstance(line, dict):
            raise RestError(400, "", "Fail to save enumeration field values")
        held = options.get(to_int(line.get("ID")) or 0)
        if held is not None and _yes(line.get("DEL", line.get("DELETE"))):
            del options[held.id]
            continue
        if held is None:
            number = core.state.next_id("enumeration")
            held = options[number] = Option(number, "", f"{number:032x}", 100 * (len(options) + 1))
        taken = [option.xml_id for option in options.values() if option is not held]
        if line.get("XML_ID") and str(line["XML_ID"]) in taken:
            raise RestError(400, "ERROR_CORE", f"List item with value XML_ID={line['XML_ID']} already exists.")
        options[held.id] = Option(
            held.id, str(line.get("VALUE") or held.value), str(line.get("XML_ID") or held.xml_id),
            to_int(line.get("SORT")) or held.sort, _yes(line["DEF"]) if "DEF" in line else held.default,
        )  # fmt: skip
    gone = {option.id for option in user_field.options} - set(options)
    user_field.options = sorted(options.values(), key=lambda option: (option.sort, option.id))
    for item in holders(core, user_field.entity_id) if gone else ():
        held_value = item.values.get(user_field.field_name)
        if isinstance(held_value, list):
            item.values[user_field.field_name] = [one for one in held_value if one not in gone]
        elif held_value in gone:
            item.values[user_field.field_name] = None


def holders(core: Core, entity_id: str) -> Iterator[Item]:
    """Yield the records that a field of this owner belongs to."""
    if entity_id == "CRM_REQUISITE":
        yield from core.state.tables["requisite"].values()
    for entity_type_id, items in core.state.items.items():
        if core.state.entity_id(entity_type_id) == entity_id:
            yield from items.values()


def remove(core: Core, user_field: UserField) -> None:
    """Delete a field with its values, and the files among these."""
    del core.state.user_fields[user_field.id]
    for item in holders(core, user_field.entity_id):
        files.drop(core, [item.values.pop(user_field.field_name, None)])
    fire(core, user_field, "DELETE")


def fire(core: Core, user_field: UserField, what: str) -> None:
    """Tell of a change of a field; fields of invoices and of types of one's own go by TYPE."""
    owner = user_field.entity_id.removeprefix("CRM_")
    owner = owner if owner in ENTITIES else "TYPE"
    fields = {"ID": str(user_field.id), "ENTITY_ID": user_field.entity_id, "FIELD_NAME": user_field.field_name}
    core.emit(Event(f"ONCRM{owner}USERFIELD{what}", fields))


def outward(user_field: UserField) -> dict[str, Any]:
    """Return a field as the older methods answer it, without its labels."""
    answer: dict[str, Any] = {
        "ID": str(user_field.id),
        "ENTITY_ID": user_field.entity_id,
        "FIELD_NAME": user_field.field_name,
        "USER_TYPE_ID": user_field.type_id,
        "XML_ID": user_field.xml_id,
        "SORT": str(user_field.sort),
        "MULTIPLE": "Y" if user_field.multiple else "N",
        "MANDATORY": "Y" if user_field.mandatory else "N",
        **user_field.flags,
        "SETTINGS": user_field.settings or [],
    }
    if user_field.kind == "enumeration":
        answer["LIST"] = [
            {"ID": str(option.id), "SORT": str(option.sort), "VALUE": option.value,
             "DEF": "Y" if option.default else "N", "XML_ID": option.xml_id}
            for option in user_field.options
        ]  # fmt: skip
    return answer


def _in_language(user_field: UserField, language: str) -> dict[str, Any]:
    return {name: user_field.labels.get(name, {}).get(language) or None for name in LABELS}


def _in_all(user_field: UserField) -> dict[str, Any]:
    return {
        name: dict.fromkeys(LANGUAGES, "") | user_field.labels.get(name, {}) if name in LABELS[:3]
        else user_field.labels.get(name) or dict.fromkeys(LANGUAGES)
        for name in LABELS
    }  # fmt: skip


def _array(params: Params, name: str) -> dict[str, Any]:
    if not isinstance(params.get(name, {}), dict | list):
        raise RestError(400, "", f"Parameter '{name}' must be array.")
    return params.mapping(name)


def _only_administrators(core: Core) -> None:
    if not core.is_administrator:
        raise RestError(403, "", "Access denied.")


def _of(entity_id: str) -> dict[str, Handler]:
    def known(core: Core, params: Params) -> UserField:
        number = params.number("id") or 0
        if number <= 0:
            raise RestError(400, "", "ID is not defined or invalid.")
        user_field = core.state.user_fields.get(number)
        if user_field is None or user_field.entity_id != entity_id:
            raise RestError(400, "ERROR_NOT_FOUND", f"The entity with ID '{number}' is not found.")
        return user_field

    def add(core: Core, params: Params) -> Reply:
        _only_administrators(core)
        return Reply(create(core, entity_id, _array(params, "fields")).id)

    def get(core: Core, params: Params) -> Reply:
        user_field = known(core, params)
        return Reply(outward(user_field) | _in_all(user_field))

    def listed(core: Core, params: Params) -> Reply:
        wanted = {key.lstrip("=@").upper(): value for key, value in _array(params, "filter").items()}
        order = _array(params, "order")
        language = str(wanted.pop("LANG", None) or "")
        lines = [line for line in core.state.user_fields.values() if line.entity_id == entity_id]
        answers = [outward(line) | (_in_language(line, language) if language else {}) for line in lines]
        for name, value in wanted.items():
            chosen = {str(one) for one in (value if isinstance(value, list) else [value])}
            answers = [line for line in answers if name not in line or str(line[name]) in chosen]
        for name, way in reversed(order.items()):
            answers.sort(key=lambda line: _key(line.get(str(name).upper())), reverse=str(way).upper() == "DESC")
        return Reply(answers, len(answers))

    def update(core: Core, params: Params) -> Reply:
        _only_administrators(core)
        user_field = known(core, params)
        change(core, user_field, _array(params, "fields"))
        return Reply(True)

    def delete(core: Core, params: Params) -> Reply:
        _only_administrators(core)
        remove(core, known(core, params))
        return Reply(True)

    return {"add": add, "get": get, "list": listed, "update": update, "delete": delete}


def _key(value: Any) -> tuple[int, int, str]:
    number = to_int(value)
    return (0, number, "") if number is not None else (1, 0, str(value))


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
        for name in ENTITIES
        for verb, run in _of(f"CRM_{name}").items()
    ]


METHODS = _methods()
