"""Employees and their department: who works here, who was dismissed, how to find and invite them."""

from __future__ import annotations

import re
from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.moments import write_moment
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records.filters import Filter, sort_items
from sverka.sandbox.portal.records.specs import FieldSpec, Kind
from sverka.sandbox.portal.records.tables import column
from sverka.sandbox.portal.state import Item, User

_PERSONAL = (
    "GENDER PROFESSION WWW BIRTHDAY PHOTO ICQ PHONE FAX MOBILE PAGER STREET CITY STATE ZIP COUNTRY MAILBOX NOTES"
)
_WORK = "COMPANY DEPARTMENT POSITION PHONE WWW FAX PAGER STREET MAILBOX CITY STATE ZIP COUNTRY PROFILE LOGO NOTES"
_OWN = "EMPLOYMENT_DATE SKYPE_LINK ZOOM INTERESTS SKILLS WEB_SITES XING LINKEDIN SKYPE DISTRICT"
#: fields that are texts and nothing more
_TEXTS = (
    "SECOND_NAME", "TITLE", "XML_ID", *(f"PERSONAL_{name}" for name in _PERSONAL.split()),
    *(f"WORK_{name}" for name in _WORK.split()), *(f"UF_{name}" for name in _OWN.split()),
    "UF_PHONE_INNER", "UF_FACEBOOK", "UF_TWITTER",
)  # fmt: skip
#: texts that come even when they are empty
_SHOWN = (
    "SECOND_NAME", "PERSONAL_GENDER", "PERSONAL_WWW", "PERSONAL_BIRTHDAY", "PERSONAL_MOBILE", "PERSONAL_CITY",
    "WORK_PHONE", "WORK_POSITION", "UF_EMPLOYMENT_DATE",
)  # fmt: skip
_KINDS: dict[str, Kind] = {"ID": "integer", "ACTIVE": "boolean", "UF_DEPARTMENT": "integer"}
_NAMES = (
    "ID", "XML_ID", "ACTIVE", "NAME", "LAST_NAME", "SECOND_NAME", "TITLE", "EMAIL", "LAST_LOGIN", "DATE_REGISTER",
    "TIME_ZONE", "IS_ONLINE", "TIMESTAMP_X", "LAST_ACTIVITY_DATE", "UF_DEPARTMENT", "USER_TYPE", *_TEXTS[3:],
)  # fmt: skip
_COLUMNS: dict[str, FieldSpec] = {name: column(name, _KINDS.get(name, "string"), name) for name in _NAMES}
#: what the narrow scope keeps to itself
_CONTACTS = re.compile(
    r"EMAIL|(PERSONAL|WORK)_(PHONE|MOBILE|FAX|PAGER|ICQ|STREET|MAILBOX)|UF_(SKYPE|PHONE_INNER|ZOOM).*"
)


def _out(core: Core, user: User) -> dict[str, Any]:
    """Return an employee as the caller may see him."""
    moment = write_moment(core.now(), core.settings.zone)
    answer: dict[str, Any] = {
        "ID": str(user.id), "ACTIVE": user.active, "NAME": user.name, "LAST_NAME": user.last_name, "EMAIL": user.email,
        "LAST_LOGIN": moment, "DATE_REGISTER": moment, "TIME_ZONE": "", "IS_ONLINE": "N", "TIMESTAMP_X": {},
        "LAST_ACTIVITY_DATE": {}, **dict.fromkeys(_SHOWN, ""), "UF_DEPARTMENT": [1], "USER_TYPE": "employee",
        **user.more,
    }  # fmt: skip
    scopes = core.caller.scopes
    if scopes is None or "user" in scopes or "user_basic" in scopes:
        return answer
    return {name: value for name, value in answer.items() if not _CONTACTS.fullmatch(name)}


def _as_item(core: Core, user: User) -> Item:
    told = _out(core, user)
    plain = {name: value for name, value in told.items() if not isinstance(value, dict)}
    return Item(0, user.id, plain | {"ID": user.id, "ACTIVE": "Y" if user.active else "N", "EMAIL": user.email})


def _flag(raw: Any) -> str:
    return "Y" if str(raw).lower() in ("y", "1", "true") else "N"


def _people(core: Core, params: Params, found: list[User], given: Any) -> Reply:
    told = {name: _flag(value) if name.endswith("ACTIVE") else value for name, value in entries(given)}
    chosen = Filter(core, _COLUMNS.get, told, strict=False)
    items = [item for item in (_as_item(core, user) for user in found) if chosen.matches(item)]
    order = {str(params.get("sort") or "ID").upper(): str(params.get("order") or "ASC").upper()}
    items = sort_items(items, order, _COLUMNS.get, strict=False)
    rows, total, following = page(items, params.number("start"))
    wanted = {str(name) for _, name in entries(params.get("select"))}
    answers = [_out(core, core.state.users[item.id]) for item in rows]
    if wanted and "*" not in wanted:
        starred = ("UF_",) if "UF_*" in wanted else ()
        answers = [
            {name: value for name, value in answer.items() if name in wanted or name.startswith(starred)}
            for answer in answers
        ]
    return Reply(answers, total, following)


def _searched(core: Core, name: str, text: str) -> list[User]:
    """Return those whose names hold the text, every word of it somewhere."""
    words = text.casefold().split()
    names = ("NAME", "LAST_NAME", "SECOND_NAME", "WORK_POSITION") if name in ("FIND", "NAME_SEARCH") else (name,)
    found = []
    for user in core.state.users.values():
        told = _out(core, user) | {"UF_DEPARTMENT_NAME": _department(core)}
        held = " ".join(str(told.get(one) or "") for one in names).casefold()
        if all(word in held for word in words):
            found.append(user)
    return found


def user_get(core: Core, params: Params) -> Reply:
    """Answer user.get: by id, or by a filter of every prefix; dismissed employees are found unless ACTIVE says no."""
    given = {str(key).upper(): value for key, value in params.mapping("filter").items()}
    if params.has("id"):
        given["ID"] = params.get("id")
    found = list(core.state.users.values())
    if given.get("NAME_SEARCH"):
        found = _searched(core, "NAME_SEARCH", str(given.pop("NAME_SEARCH")))
    return _people(core, params, found, given)


def user_search(core: Core, params: Params) -> Reply:
    """Answer user.search: FIND looks through names and position, another key into that field alone."""
    given = {str(key).lstrip("%=").upper(): value for key, value in params.mapping("filter").items()}
    if "FIND" in given:
        given = {"FIND": given["FIND"]}
    left = {name: value for name, value in given.items() if name in ("USER_TYPE", "ACTIVE", "ID", "UF_DEPARTMENT")}
    found = list(core.state.users.values())
    for name, value in given.items():
        if name not in left:
            fits = {user.id for user in _searched(core, name, str(value))}
            found = [user for user in found if user.id in fits]
    return _people(core, params, found, left)


def user_current(core: Core, params: Params) -> Reply:
    """Answer user.current: the employee the webhook acts as."""
    del params
    return Reply(_out(core, core.state.users[core.caller.user_id]))


def user_fields(core: Core, params: Params) -> Reply:
    """Answer user.fields: the names of the fields by their codes."""
    del core, params
    return Reply({name: name.replace("_", " ").capitalize() for name in _NAMES})


def _check_mail(core: Core, raw: Any, user: User | None) -> str:
    email = str(raw or "").strip()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise RestError(400, "ERROR_ARGUMENT", "wrong_email")
    if any(other.email.lower() == email.lower() for other in core.state.users.values() if other is not user):
        raise RestError(400, "ERROR_ARGUMENT", "A user with this email already exists")
    return email


def _take_over(user: User, params: Params) -> None:
    user.name = str(params.get("NAME", user.name) or "")
    user.last_name = str(params.get("LAST_NAME", user.last_name) or "")
    user.more |= {name: str(params.get(name) or "") for name in _TEXTS if params.get(name) is not None}
    if params.has("UF_DEPARTMENT"):
        raw = params.get("UF_DEPARTMENT")
        numbers = [to_int(one) for _, one in entries(raw)] if isinstance(raw, list | dict) else [to_int(raw)]
        user.more["UF_DEPARTMENT"] = [number for number in numbers if number is not None]


def _only_administrators(core: Core) -> None:
    if not core.is_administrator:
        raise RestError(403, "ERROR_CORE", "access_denied")


def user_add(core: Core, params: Params) -> Reply:
    """Answer user.add with the invited employee's id."""
    _only_administrators(core)
    email = _check_mail(core, params.get("EMAIL"), None)
    user = User(max(core.state.users) + 1, "", "", email)
    _take_over(user, params)
    core.state.users[user.id] = user
    return Reply(user.id)


def user_update(core: Core, params: Params) -> Reply:
    """Answer user.update; ACTIVE false dismisses him."""
    _only_administrators(core)
    user = core.state.users.get(params.number("ID") or 0)
    if user is None:
        raise RestError(400, "ERROR_CORE", "access_denied")
    if params.has("EMAIL"):
        user.email = _check_mail(core, params.get("EMAIL"), user)
    _take_over(user, params)
    if params.has("ACTIVE"):
        user.active = params.flag("ACTIVE")
    return Reply(True)


def _department(core: Core) -> str:
    return core.settings.host.partition(".")[0]


def department_get(core: Core, params: Params) -> Reply:
    """Answer department.get: the one department there is, the company itself, headed by user 1."""
    root = {"ID": "1", "NAME": _department(core), "SORT": 500, "UF_HEAD": "1"}
    fits = all(
        str(params.get(name)) == str(root.get(name, "")) for name in ("ID", "NAME", "PARENT") if params.has(name)
    )
    rows = [root] if fits else []
    return Reply(rows, len(rows))


METHODS = [
    Method("user.get", user_get, scope="user_brief", classic=True),
    Method("user.search", user_search, scope="user_brief", classic=True),
    Method("user.current", user_current, scope="user_brief", classic=True),
    Method("user.fields", user_fields, scope="user_brief", classic=True),
    Method("user.add", user_add, scope="user", writes=True, classic=True),
    Method("user.update", user_update, scope="user", writes=True, classic=True),
    Method("department.get", department_get, scope="department", classic=True),
]
