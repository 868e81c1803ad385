"""`userfieldconfig.*`: the same user fields in the manner of the current generation."""

from __future__ import annotations

import re
from typing import Any

from sverka.sandbox.portal.core import Core, Handler, Method, Reply, page
from sverka.sandbox.portal.crm import field_types
from sverka.sandbox.portal.crm.user_fields import LABELS, LANGUAGES, change, create, outward, remove
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records.specs import upper_name
from sverka.sandbox.portal.state import UserField

#: what add takes; anything else is passed over
_WRITABLE = (
    "entityId", "fieldName", "userTypeId", "xmlId", "sort", "multiple", "mandatory", "showFilter", "editInList",
    "isSearchable", "settings", "editFormLabel", "helpMessage",
)  # fmt: skip
_CHANGEABLE = ("showInList", "listColumnLabel", "listFilterLabel", "errorMessage")


def _camel(upper: str) -> str:
    head, *rest = upper.lower().split("_")
    return head + "".join(part.capitalize() for part in rest)


def _outward(user_field: UserField, language: str = "") -> dict[str, Any]:
    answer = {_camel(name): value for name, value in outward(user_field).items() if name != "LIST"}
    languages = (language,) if language else LANGUAGES
    answer["languageId"] = {one: one for one in languages}
    for name in LABELS:
        texts = user_field.labels.get(name, {})
        answer[_camel(name)] = {one: texts.get(one) or None for one in languages}
    return answer


def _whole(user_field: UserField) -> dict[str, Any]:
    answer = _outward(user_field)
    if user_field.kind == "enumeration":
        answer["enum"] = [
            {"id": str(option.id), "userFieldId": str(user_field.id), "value": option.value,
             "def": "Y" if option.default else "N", "sort": str(option.sort), "xmlId": option.xml_id}
            for option in user_field.options
        ]  # fmt: skip
    return answer


def _inward(params: Params, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(params.get("field"), dict | list):
        raise RestError(400, 100, "Invalid value {field} to match with parameter {field}. Should be array.")
    given = params.mapping("field")
    fields = {upper_name(name): value for name, value in given.items() if name in names}
    lines = [line for _, line in entries(given.get("enum")) if isinstance(line, dict)]
    if lines:
        fields["LIST"] = [{upper_name(str(name)): value for name, value in line.items()} for line in lines]
    return fields


def _check_module(core: Core, params: Params) -> None:
    module = str(params.get("moduleId"))
    if core.caller.scopes is not None and module not in core.caller.scopes:
        raise RestError(400, "", f"The current method required more scopes. ({module})")
    if module != "crm":
        raise RestError(400, "", "No settings for UserFieldAccess")


def _known(core: Core, params: Params, refusal: str) -> UserField:
    user_field = core.state.user_fields.get(params.number("id") or 0)
    if user_field is None:
        raise RestError(400, "", refusal)
    return user_field


def _as_administrator(core: Core, refusal: str) -> None:
    if not core.is_administrator:
        raise RestError(400, "", refusal)


def add(core: Core, params: Params) -> Reply:
    """Answer userfieldconfig.add with the whole field; its name begins with `UF_` and its owner's."""
    _as_administrator(core, "Access denied")
    given = _inward(params, _WRITABLE)
    entity_id = str(given.get("ENTITY_ID") or "")
    for name in ("USER_TYPE_ID", "FIELD_NAME"):
        if not given.get(name):
            raise RestError(400, "", f"The '{name}' field is not found.")
    if not re.fullmatch(r"CRM_[A-Z0-9_]+", entity_id) or not str(given["FIELD_NAME"]).startswith(f"UF_{entity_id}_"):
        raise RestError(400, "", "You cannot create custom fields")
    try:
        return Reply({"field": _whole(create(core, entity_id, given))})
    except RestError as error:
        raise RestError(400, "", error.description) from error


def get(core: Core, params: Params) -> Reply:
    """Answer userfieldconfig.get."""
    return Reply({"field": _whole(_known(core, params, "You do not have permission to view user field settings"))})


def listed(core: Core, params: Params) -> Reply:
    """Answer userfieldconfig.list: fifty a page, without the lines of lists."""
    wanted = {key.lstrip("=@"): value for key, value in params.mapping("filter").items()}
    selected = {str(key): str(name) for key, name in entries(params.get("select"))}
    language = selected.pop("language", "")
    lines = [_outward(line, language) for line in core.state.user_fields.values()]
    for name, value in wanted.items():
        chosen = {str(one) for one in (value if isinstance(value, list) else [value])}
        lines = [line for line in lines if name not in line or str(line[name]) in chosen]
    for name, way in reversed(params.mapping("order").items()):
        if any(name in line for line in lines):
            lines.sort(key=lambda line: _key(line.get(name)), reverse=str(way).upper() == "DESC")
    rows, total, following = page(lines, params.number("start"))
    names = set(selected.values())
    if names and "*" not in names:
        rows = [{name: value for name, value in row.items() if name in names} for row in rows]
    return Reply({"fields": rows}, total, following)


def _key(value: Any) -> tuple[int, int, str]:
    number = to_int(value)
    return (0, number, "") if number is not None else (1, 0, str(value))


def update(core: Core, params: Params) -> Reply:
    """Answer userfieldconfig.update with the whole field; owner, name, type and multiplicity stay."""
    refusal = "You cannot change the settings of the user field"
    _as_administrator(core, refusal)
    user_field = _known(core, params, refusal)
    try:
        change(core, user_field, _inward(params, _WRITABLE + _CHANGEABLE))
    except RestError as error:
        raise RestError(400, "" if error.code == "ERROR_CORE" else error.code, error.description) from error
    return Reply({"field": _whole(user_field)})


def delete(core: Core, params: Params) -> Reply:
    """Answer userfieldconfig.delete with null."""
    refusal = "You cannot delete the user field"
    _as_administrator(core, refusal)
    remove(core, _known(core, params, refusal))
    return Reply(None)


def get_types(core: Core, params: Params) -> Reply:
    """Answer userfieldconfig.getTypes: name and description of every type."""
    del params
    titles = field_types.titles(core)
    return Reply({"types": {name: {"userTypeId": name, "description": title} for name, title in titles.items()}})


def _guarded(run: Handler) -> Handler:
    def handler(core: Core, params: Params) -> Reply:
        _check_module(core, params)
        return run(core, params)

    return handler


def _method(verb: str, run: Handler, *required: str, writes: bool = False) -> Method:
    name = f"userfieldconfig.{verb}"
    return Method(name, _guarded(run), "userfieldconfig", ("moduleId", *required), writes=writes)


METHODS = [
    _method("add", add, "field", writes=True),
    _method("get", get, "id"),
    _method("list", listed),
    _method("update", update, "id", "field", writes=True),
    _method("delete", delete, "id", writes=True),
    _method("getTypes", get_types),
]
