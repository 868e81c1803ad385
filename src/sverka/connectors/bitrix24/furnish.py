"""What a portal's deals can be given that they lack: options of lists, fields, stages."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sverka.connectors.bitrix24 import commands
from sverka.connectors.bitrix24.fields import Known
from sverka.connectors.bitrix24.values import items_of
from sverka.connectors.bitrix24.wire.client import Client, as_list
from sverka.domain.errors import Problem, Rejected
from sverka.domain.mapping.by_name import folded
from sverka.domain.mapping.field import FieldType
from sverka.domain.text import Text
from sverka.ports.furnish import NewField, NewStage
from sverka.ports.guard import Guard

_LIST: Final = "crm.deal.userfield.list"
_UPDATE: Final = "crm.deal.userfield.update"
_ADD: Final = "crm.deal.userfield.add"
_STATUSES: Final = "crm.status.list"
_ADD_STATUS: Final = "crm.status.add"
_PREFIX: Final = "UF_CRM_"

_TYPES: Final[Mapping[FieldType, str]] = {
    FieldType.NUMBER: "double",
    FieldType.MONEY: "money",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATE: "date",
    FieldType.DATETIME: "datetime",
    FieldType.CHOICE: "enumeration",
    FieldType.PERSON: "employee",
    FieldType.FILE: "file",
    FieldType.URL: "url",
}
"""The portal's type for each of the hub's; anything else is a string."""


def options(client: Client, known: Known, key: str, guard: Guard) -> Mapping[str, str]:
    """Return a list field's options as they are now, and have the connector know them; raises the problem met."""
    [answer] = client.run([commands.fields_of(commands.DEAL)], guard)
    if problem := known.take(answer):
        raise problem
    spec = known.get(guard).specs.get(key)
    return dict(spec.options) if spec else {}


def add_options(client: Client, key: str, names: Sequence[str], guard: Guard) -> Mapping[str, str]:
    """Add the names that a list field lacks; return all its options.

    Each new option carries an external id made of its name: a portal takes no second one of the same, so that neither
    a repeated request nor another hub doubles it.
    """
    field = _field(client, key, guard)
    held = {str(one.get("ID")): str(one.get("VALUE")) for one in items_of(field, "LIST")}
    there = {folded(name) for name in held.values()}
    lacking = [name for name in names if folded(name) not in there]
    if lacking:
        lines: list[dict[str, str]] = [{"ID": id_, "VALUE": name} for id_, name in held.items()]
        lines += [{"VALUE": name, "XML_ID": _mark(name)} for name in lacking]
        try:
            client.call(_UPDATE, {"id": str(field.get("ID")), "fields": {"LIST": lines}}, guard)
        except Rejected as problem:
            raise _not_let(problem, "an option", "вариант", key) from problem
        field = _field(client, key, guard)
    return {str(one.get("ID")): str(one.get("VALUE")) for one in items_of(field, "LIST")}


def add_field(client: Client, new: NewField, guard: Guard) -> None:
    """Make a user field of deals, unless there is one of that name."""
    if any(str(one.get("FIELD_NAME")) == new.key for one in _fields(client, new.key, guard)):
        return
    label = {"ru": new.label.ru, "en": new.label.en}
    asked: dict[str, Any] = {
        "FIELD_NAME": new.key.removeprefix(_PREFIX),
        "USER_TYPE_ID": _TYPES.get(new.type, "string"),
        "MULTIPLE": "Y" if new.many else "N",
        "MANDATORY": "N",
        "SHOW_FILTER": "N",
        "EDIT_FORM_LABEL": label,
        "LIST_COLUMN_LABEL": label,
        "LIST_FILTER_LABEL": label,
    }
    if new.options:
        asked["LIST"] = [{"VALUE": name, "XML_ID": _mark(name)} for name in new.options]
    try:
        client.call(_ADD, {"fields": asked}, guard)
    except Rejected as problem:
        raise _not_let(problem, "the field", "поле", new.key) from problem


def add_stage(client: Client, new: NewStage, guard: Guard) -> None:
    """Make a stage, after the last one that is neither won nor lost; one of lost deals after these."""
    funnel, _, status = new.id.rpartition(":")
    entity = f"DEAL_STAGE_{funnel.removeprefix('C')}" if funnel else "DEAL_STAGE"
    told = client.call(_STATUSES, {"filter": {"ENTITY_ID": entity}, "order": {"SORT": "ASC"}}, guard)
    lines = [line for line in as_list(told) if isinstance(line, dict)]
    if any(str(line.get("STATUS_ID")) == new.id for line in lines):
        return
    before = [line for line in lines if new.is_failure or not line.get("SEMANTICS")]
    sort = max((int(line.get("SORT") or 0) for line in before), default=0) + (10 if new.is_failure else 1)
    asked: dict[str, Any] = {"ENTITY_ID": entity, "STATUS_ID": status, "NAME": new.name, "SORT": sort}
    if new.is_failure:
        asked["SEMANTICS"] = "F"
    try:
        client.call(_ADD_STATUS, {"fields": asked}, guard)
    except Rejected as problem:
        raise _not_let(problem, "the stage", "стадию", new.id) from problem


def _field(client: Client, key: str, guard: Guard) -> Mapping[str, Any]:
    for one in _fields(client, key, guard):
        if str(one.get("FIELD_NAME")) == key:
            return one
    raise Rejected(
        Text(
            f"The portal's deals have no user field {key}; make it with `sverka profile scaffold`.",
            f"У сделок портала нет пользовательского поля {key}; создайте его командой `sverka profile scaffold`.",
        )
    )


def _fields(client: Client, key: str, guard: Guard) -> Sequence[Mapping[str, Any]]:
    told = client.call(_LIST, {"filter": {"FIELD_NAME": key}, "order": {"SORT": "ASC"}}, guard)
    return [one for one in as_list(told) if isinstance(one, dict)]


def _mark(name: str) -> str:
    return f"sverka-{hashlib.sha256(folded(name).encode()).hexdigest()[:16]}"


def _not_let(problem: Problem, what: str, chto: str, name: str) -> Rejected:
    return Rejected(
        Text(
            f"The portal did not let the hub add {what} ({name}): it takes an administrator of the CRM. Connect the "
            f"portal as one, or add it there by hand. ({problem.text.en})",
            f"Портал не дал хабу добавить {chto} ({name}): для этого нужен администратор CRM. Подключите портал от его "
            f"имени или добавьте на портале вручную. ({problem.text.ru})",
        )
    )
