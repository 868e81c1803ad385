"""The types user fields may have: the portal's own, with their settings, and those that applications bring."""

from __future__ import annotations

from typing import Any, cast

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records.own import BINDING_LETTERS
from sverka.sandbox.portal.records.specs import Kind
from sverka.sandbox.portal.state import Item

_MOMENT: dict[str, Any] = {"DEFAULT_VALUE": {"TYPE": "NONE", "VALUE": ""}, "USE_SECOND": "Y", "USE_TIMEZONE": "N"}
_SECTION: dict[str, Any] = {
    "DISPLAY": "LIST", "LIST_HEIGHT": 1, "IBLOCK_ID": 0, "DEFAULT_VALUE": "", "ACTIVE_FILTER": "N",
}  # fmt: skip
#: title and settings of every type of the portal's own
TYPES: dict[str, tuple[str, dict[str, Any]]] = {
    "string": ("String", {"SIZE": 20, "ROWS": 1, "REGEXP": "", "MIN_LENGTH": 0, "MAX_LENGTH": 0, "DEFAULT_VALUE": ""}),
    "integer": ("Integer", {"SIZE": 20, "MIN_VALUE": 0, "MAX_VALUE": 0, "DEFAULT_VALUE": None}),
    "double": ("Number", {"PRECISION": 4, "SIZE": 20, "MIN_VALUE": 0, "MAX_VALUE": 0, "DEFAULT_VALUE": None}),
    "boolean": (
        "Yes/No", {"DEFAULT_VALUE": 0, "DISPLAY": "CHECKBOX", "LABEL": ["", ""], "LABEL_CHECKBOX": ""},
    ),
    "enumeration": (
        "List", {"DISPLAY": "LIST", "LIST_HEIGHT": 1, "CAPTION_NO_VALUE": "", "SHOW_NO_VALUE": "Y"},
    ),
    "datetime": ("Date and time", _MOMENT),
    "date": ("Date", {"DEFAULT_VALUE": {"TYPE": "NONE", "VALUE": ""}}),
    "money": ("Money", {"DEFAULT_VALUE": ""}),
    "url": (
        "Link", {"POPUP": "Y", "SIZE": 20, "MIN_LENGTH": 0, "MAX_LENGTH": 0, "DEFAULT_VALUE": "", "ROWS": 1},
    ),
    "address": ("Address", {"SHOW_MAP": "Y"}),
    "file": (
        "File",
        {"SIZE": 20, "LIST_WIDTH": 0, "LIST_HEIGHT": 0, "MAX_SHOW_SIZE": 0, "MAX_ALLOWED_SIZE": 0, "EXTENSIONS": [],
         "TARGET_BLANK": "Y"},
    ),
    "employee": ("Employee", {}),
    "crm_status": ("Dictionary of the CRM", {"ENTITY_TYPE": ""}),
    "iblock_section": ("Section of an information block", _SECTION),
    "iblock_element": ("Element of an information block", _SECTION),
    "crm": ("Records of the CRM", dict.fromkeys(BINDING_LETTERS, "N")),
}  # fmt: skip

#: fields of crm.userfield.fields: type and mark
_FIELDS = {
    "ID": ("int", "isReadOnly"), "ENTITY_ID": ("string", "isImmutable"), "FIELD_NAME": ("string", "isImmutable"),
    "USER_TYPE_ID": ("string", "isImmutable"), "XML_ID": ("string", ""), "SORT": ("int", ""), "MULTIPLE": ("char", ""),
    "MANDATORY": ("char", ""), "SHOW_FILTER": ("char", ""), "SHOW_IN_LIST": ("char", ""), "EDIT_IN_LIST": ("char", ""),
    "IS_SEARCHABLE": ("char", ""), "EDIT_FORM_LABEL": ("string", ""), "LIST_COLUMN_LABEL": ("string", ""),
    "LIST_FILTER_LABEL": ("string", ""), "ERROR_MESSAGE": ("string", ""), "HELP_MESSAGE": ("string", ""),
    "LIST": ("uf_enum_element", "isMultiple"), "SETTINGS": ("object", ""),
}  # fmt: skip
_ENUM_FIELDS = {
    "ID": ("int", "isReadOnly"), "SORT": ("int", ""), "VALUE": ("string", ""), "DEF": ("string", ""),
    "DEL": ("string", ""),
}  # fmt: skip


def _described(fields: dict[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        name: {"type": kind, "title": name.replace("_", " ").capitalize()} | ({mark: True} if mark else {})
        for name, (kind, mark) in fields.items()
    }


def custom(core: Core) -> dict[str, Item]:
    """Return the types that applications brought, by their full name `rest_{application}_{code}`."""
    return {str(item.values["name"]): item for item in core.state.tables["field_type"].values()}


def known(core: Core, type_id: str) -> tuple[Kind, dict[str, Any]] | None:
    """Return how a type keeps its values, and its settings as they are when none are given; None for no such type."""
    if type_id in TYPES:
        return cast("Kind", type_id), dict(TYPES[type_id][1])
    return ("string", {}) if type_id in custom(core) else None


def titles(core: Core) -> dict[str, str]:
    """Return the title of every type by its name."""
    own = {name: title for name, (title, _) in TYPES.items()}
    return own | {name: str(item.values["TITLE"]) for name, item in custom(core).items()}


def types(core: Core, params: Params) -> Reply:
    """Answer crm.userfield.types."""
    del params
    return Reply([{"ID": name, "title": title} for name, title in titles(core).items()])


def fields(core: Core, params: Params) -> Reply:
    """Answer crm.userfield.fields: what a user field is described by."""
    del core, params
    return Reply(_described(_FIELDS))


def enumeration_fields(core: Core, params: Params) -> Reply:
    """Answer crm.userfield.enumeration.fields: what a line of a list is described by."""
    del core, params
    return Reply(_described(_ENUM_FIELDS))


def settings_fields(core: Core, params: Params) -> Reply:
    """Answer crm.userfield.settings.fields: the settings of a type, none for a type without any."""
    type_id = str(params.get("type") or "")
    if not type_id:
        raise RestError(400, "", "Parameter 'type' is not specified or empty.")
    held = known(core, type_id)
    settings = held[1] if held else {}
    return Reply({name: {"type": _setting_type(type_id, name), "title": name} for name in settings} or [])


def _setting_type(type_id: str, name: str) -> str:
    if name in ("PRECISION", "SIZE", "ROWS", "MIN_LENGTH", "MAX_LENGTH", "LIST_HEIGHT", "LIST_WIDTH", "IBLOCK_ID"):
        return "int"
    bounds = ("DEFAULT_VALUE", "MIN_VALUE", "MAX_VALUE")
    return {"integer": "int", "double": "double"}.get(type_id, "string") if name in bounds else "string"


def _application_number(core: Core) -> int:
    """Return the number under which the portal knows the calling application."""
    client_id = core.caller.application.client_id if core.caller.application else ""
    held = core.state.tables["field_type_application"]
    for number, item in held.items():
        if item.values["client_id"] == client_id:
            return number
    number = core.state.next_id("field_type_application")
    held[number] = Item(0, number, {"client_id": client_id})
    return number


def _given(core: Core, params: Params, *wanted: str) -> tuple[str, dict[str, Any]]:
    for name in wanted:
        if not str(params.get(name) or ""):
            raise RestError(400, "ERROR_ARGUMENT", f"Argument '{name}' is null or empty")
    code = str(params.get("USER_TYPE_ID"))
    values = {name: params.get(name) for name in ("HANDLER", "TITLE", "DESCRIPTION") if params.has(name)}
    if params.has("OPTIONS"):
        values["OPTIONS"] = {name: to_int(value) for name, value in entries(params.get("OPTIONS"))}
    return f"rest_{_application_number(core)}_{code}", values | {"USER_TYPE_ID": code}


def _check_handler(core: Core, name: str, values: dict[str, Any]) -> None:
    taken = [item.values["HANDLER"] for other, item in custom(core).items() if other != name]
    if values.get("HANDLER") in taken:
        raise RestError(400, "ERROR_CORE", "Unable to set placement handler: Handler already binded")


def type_add(core: Core, params: Params) -> Reply:
    """Answer userfieldtype.add: fields of this type show the application's page and keep a text."""
    name, values = _given(core, params, "USER_TYPE_ID", "HANDLER")
    _check_handler(core, name, values)
    if name in custom(core):
        raise RestError(400, "ERROR_CORE", "Unable to set placement handler: Handler already binded")
    blank = {"TITLE": values["USER_TYPE_ID"], "DESCRIPTION": "", "OPTIONS": {"height": 0}}
    number = core.state.next_id("field_type")
    core.state.tables["field_type"][number] = Item(0, number, blank | values | {"name": name})
    return Reply(True)


def _own(core: Core, name: str) -> Item:
    item = custom(core).get(name)
    if item is None:
        raise RestError(400, "ERROR_NOT_FOUND", "User Field Type not found")
    return item


def type_update(core: Core, params: Params) -> Reply:
    """Answer userfieldtype.update."""
    name, values = _given(core, params, "USER_TYPE_ID", "HANDLER", "TITLE")
    item = _own(core, name)
    _check_handler(core, name, values)
    item.values |= values
    return Reply(True)


def type_delete(core: Core, params: Params) -> Reply:
    """Answer userfieldtype.delete; fields of the type stay, as texts."""
    name, _ = _given(core, params, "USER_TYPE_ID")
    del core.state.tables["field_type"][_own(core, name).id]
    return Reply(True)


def type_list(core: Core, params: Params) -> Reply:
    """Answer userfieldtype.list: the types of the calling application."""
    del params
    prefix = f"rest_{_application_number(core)}_"
    names = ("USER_TYPE_ID", "HANDLER", "TITLE", "DESCRIPTION", "OPTIONS")
    mine = [item for name, item in custom(core).items() if name.startswith(prefix)]
    return Reply([{name: item.values.get(name) for name in names} for item in mine], len(mine))


METHODS = [
    Method("crm.userfield.types", types, classic=True),
    Method("crm.userfield.fields", fields, classic=True),
    Method("crm.userfield.enumeration.fields", enumeration_fields, classic=True),
    Method("crm.userfield.settings.fields", settings_fields, classic=True),
    Method("userfieldtype.add", type_add, scope="placement", classic=True, writes=True, app_only=True),
    Method("userfieldtype.list", type_list, scope="placement", classic=True, app_only=True),
    Method("userfieldtype.update", type_update, scope="placement", classic=True, writes=True, app_only=True),
    Method("userfieldtype.delete", type_delete, scope="placement", classic=True, writes=True, app_only=True),
]
