"""Presets of requisites: which fields a requisite of that kind shows."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.crm.requisites import REQUISITES, STAMPED, invalid, stamp, stamps, unstamped
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, to_int
from sverka.sandbox.portal.records.specs import FieldSpec, Kind
from sverka.sandbox.portal.records.tables import Family, Table, Values, column, describe
from sverka.sandbox.portal.state import Item, State

REQUISITE = 8
COUNTRIES = {1: ("RU", "Россия"), 4: ("BY", "Беларусь"), 6: ("KZ", "Казахстан"), 14: ("UA", "Украина"),
             46: ("DE", "Германия"), 122: ("US", "США")}  # fmt: skip
_SEEDED = [
    ("Организация", "RQ_INN RQ_COMPANY_NAME RQ_COMPANY_FULL_NAME RQ_OGRN RQ_KPP RQ_OKPO RQ_DIRECTOR RQ_ACCOUNTANT"),
    ("ИП", "RQ_LAST_NAME RQ_FIRST_NAME RQ_SECOND_NAME RQ_INN RQ_OGRNIP RQ_OKVED"),
    ("Физ. лицо", "RQ_LAST_NAME RQ_FIRST_NAME RQ_SECOND_NAME RQ_IDENT_DOC RQ_IDENT_DOC_SER RQ_IDENT_DOC_NUM"),
]


def _column(name: str, kind: Kind = "string", **extra: Any) -> FieldSpec:
    return column(name, kind, name, **extra)


PRESETS = Table(
    "requisite_preset",
    [
        column("id", "integer", read_only=True),
        _column("ENTITY_TYPE_ID", "integer", mandatory=True, immutable=True),
        _column("COUNTRY_ID", "integer", immutable=True),
        *stamps(),
        _column("NAME", mandatory=True, limit=255),
        _column("XML_ID", limit=45),
        _column("ACTIVE", "boolean", type_id="char"),
        _column("SORT", "integer"),
    ],
    STAMPED | {"ACTIVE": "Y", "SORT": 500, "COUNTRY_ID": 1, "fields": lambda _: []},
)


def seed(state: State) -> None:
    """Put the three presets of a Russian portal in place."""
    for name, fields in _SEEDED:
        number = state.next_id(PRESETS.name)
        values = dict.fromkeys(PRESETS.columns) | {
            "id": number, "ENTITY_TYPE_ID": REQUISITE, "COUNTRY_ID": 1, "NAME": name, "ACTIVE": "Y", "SORT": 500,
        }  # fmt: skip
        shown = [_field(place, one) for place, one in enumerate(fields.split(), start=1)]
        state.tables[PRESETS.name][number] = Item(0, number, values | {"fields": shown})


def _field(number: int, name: str) -> Values:
    return {"ID": number, "FIELD_NAME": name, "FIELD_TITLE": "", "IN_SHORT_LIST": "N", "SORT": 500 + number * 10}


def _check(core: Core, given: Values, item: Item | None) -> None:
    if item is None:
        if given.get("ENTITY_TYPE_ID") != REQUISITE:
            raise invalid("ENTITY_TYPE_ID")
        if given.get("COUNTRY_ID", 1) not in COUNTRIES:
            raise invalid("COUNTRY_ID")
        given["fields"] = []
    stamp(core, given, item)


def _preset_deletable(core: Core, params: Params) -> None:
    number = params.number("id")
    if REQUISITES.where(core, PRESET_ID=number) and number in PRESETS.rows(core):
        text = "You cannot delete the template because requisites have already been created for it"
        raise RestError(400, "", text)


_FAMILY = Family(
    "crm.requisite.preset", PRESETS, classic=True, lacking=invalid, check=_check, shape=unstamped,
    missing=(400, "", "The Preset with ID '{id}' is not found"), verbs=("add", "get", "list", "update", "fields"),
)  # fmt: skip


def preset_delete(core: Core, params: Params) -> Reply:
    """Answer crm.requisite.preset.delete; a preset in use stays."""
    item = _FAMILY.find(core, params.number("id"))
    _preset_deletable(core, params)
    del PRESETS.rows(core)[item.id]
    return Reply(True)


def countries(core: Core, params: Params) -> Reply:
    """Answer crm.requisite.preset.countries."""
    del core, params
    return Reply([{"ID": str(number), "CODE": code, "TITLE": title} for number, (code, title) in COUNTRIES.items()])


def _preset(core: Core, params: Params) -> Item:
    return _FAMILY.find(core, to_int(params.mapping("preset").get("ID")))


def _shown(preset: Item) -> list[Values]:
    shown: list[Values] = preset.values["fields"]
    return shown


def _line(core: Core, params: Params) -> tuple[Item, Values]:
    preset, number = _preset(core, params), params.number("id")
    for line in _shown(preset):
        if line["ID"] == number:
            return preset, line
    raise RestError(400, "", f"The PresetField with ID '{number or 0}' is not found")


def _available(core: Core, preset: Item) -> list[str]:
    own = [line.field_name for line in core.state.user_fields.values() if line.entity_id == "CRM_REQUISITE"]
    taken = {line["FIELD_NAME"] for line in _shown(preset)}
    return [name for name in [*REQUISITES.columns, *own] if name.startswith(("RQ_", "UF_")) and name not in taken]


def _change(line: Values, given: dict[str, Any]) -> None:
    if isinstance(given.get("FIELD_TITLE"), str):
        line["FIELD_TITLE"] = given["FIELD_TITLE"]
    if "IN_SHORT_LIST" in given:
        line["IN_SHORT_LIST"] = "Y" if str(given["IN_SHORT_LIST"]).upper() in ("Y", "1") else "N"
    line["SORT"] = to_int(given.get("SORT")) or line["SORT"]


def field_add(core: Core, params: Params) -> Reply:
    """Answer crm.requisite.preset.field.add with the line's id within the preset."""
    preset, given = _preset(core, params), params.mapping("fields")
    name = str(given.get("FIELD_NAME") or "")
    if name not in _available(core, preset):
        raise RestError(400, "", f"The field '{name}' can not be added.")
    line = _field(max((line["ID"] for line in _shown(preset)), default=0) + 1, name)
    _change(line, given)
    _shown(preset).append(line)
    return Reply(line["ID"])


def field_get(core: Core, params: Params) -> Reply:
    """Answer crm.requisite.preset.field.get, in numbers."""
    return Reply(dict(_line(core, params)[1]))


def field_list(core: Core, params: Params) -> Reply:
    """Answer crm.requisite.preset.field.list: all lines of a preset."""
    return Reply([dict(line) for line in _shown(_preset(core, params))])


def field_update(core: Core, params: Params) -> Reply:
    """Answer crm.requisite.preset.field.update; which field it is stays."""
    _change(_line(core, params)[1], params.mapping("fields"))
    return Reply(True)


def field_delete(core: Core, params: Params) -> Reply:
    """Answer crm.requisite.preset.field.delete."""
    preset, line = _line(core, params)
    _shown(preset).remove(line)
    return Reply(True)


def field_available(core: Core, params: Params) -> Reply:
    """Answer crm.requisite.preset.field.availabletoadd: the fields the preset does not show yet."""
    return Reply(_available(core, _preset(core, params)))


def field_fields(core: Core, params: Params) -> Reply:
    """Answer crm.requisite.preset.field.fields."""
    del core, params
    kinds: list[tuple[str, Kind, bool]] = [
        ("ID", "integer", True), ("FIELD_NAME", "string", False), ("FIELD_TITLE", "string", False),
        ("IN_SHORT_LIST", "char", False), ("SORT", "integer", False),
    ]  # fmt: skip
    return Reply({name: describe(_column(name, kind, read_only=fixed)) for name, kind, fixed in kinds})


def _field_method(verb: str, run: Any, *required: str, writes: bool = False) -> Method:
    return Method(f"crm.requisite.preset.field.{verb}", run, required=required, writes=writes, classic=True)


METHODS = [
    *_FAMILY.methods(),
    Method("crm.requisite.preset.delete", preset_delete, required=("id",), writes=True, classic=True),
    Method("crm.requisite.preset.countries", countries, classic=True),
    _field_method("fields", field_fields),
    _field_method("add", field_add, "preset", "fields", writes=True),
    _field_method("get", field_get, "preset", "id"),
    _field_method("list", field_list, "preset"),
    _field_method("update", field_update, "preset", "id", "fields", writes=True),
    _field_method("delete", field_delete, "preset", "id", writes=True),
    _field_method("availabletoadd", field_available, "preset"),
]
