"""What never changes: `crm.enum.*`, the fields of multifields, the CRM's mode."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Handler, Method, Reply
from sverka.sandbox.portal.crm.fields import ABBREVIATIONS, NAMES, TITLES
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import describe

#: the lines of each enumeration by number
_LINES: dict[str, dict[int, str]] = {
    "activitydirection": {0: "", 1: "Incoming", 2: "Outgoing"},
    "activitynotifytype": {0: "", 1: "min.", 2: "h.", 3: "d."},
    "activitypriority": {0: "", 1: "low", 2: "medium", 3: "high"},
    "activitystatus": {0: "", 1: "Pending", 2: "Completed", 3: "Completed automatically"},
    "activitytype": {0: "", 1: "Meeting", 2: "Call", 3: "Task", 4: "Letter", 5: "Action", 6: "Custom action"},
    "addresstype": {
        11: "Delivery address", 1: "Actual address", 6: "Legal address", 4: "Registered address",
        8: "Mailing address", 9: "Beneficiary address",
    },
    "contenttype": {0: "", 1: "Plain text", 2: "bbCode", 3: "HTML"},
    "settings.mode": {1: "Classic CRM", 2: "Simple CRM"},
}  # fmt: skip
#: owners of things that have no methods of crm.item.*: (id, name, code, short code)
_OTHER_OWNERS = ((5, "Invoice (old version)", "INVOICE", "I"), (8, "Requisites", "REQUISITE", "RQ"))


def _line(number: int, name: str, code: str | None = None, short: str | None = None) -> dict[str, Any]:
    return {"ID": number, "NAME": name, "SYMBOL_CODE": code, "SYMBOL_CODE_SHORT": short}


def _of(lines: dict[int, str]) -> Handler:
    def run(core: Core, params: Params) -> Reply:
        del core, params
        return Reply([_line(number, name) for number, name in lines.items()])

    return run


def owner_types(core: Core, params: Params) -> Reply:
    """Answer crm.enum.ownertype: the entity types with their codes."""
    del core, params
    short = {entity_type_id: letters for letters, entity_type_id in ABBREVIATIONS.items()}
    lines = [_line(number, TITLES[number], NAMES[number], short[number]) for number in NAMES]
    return Reply(lines + [_line(*other) for other in _OTHER_OWNERS])


def order_owner_types(core: Core, params: Params) -> Reply:
    """Answer crm.enum.getorderownertypes: what an order of the shop can belong to."""
    del core, params
    return Reply([{"attribute": "DYN", "code": "DEAL", "id": 2, "name": "Deal"}])


def enum_fields(core: Core, params: Params) -> Reply:
    """Answer crm.enum.fields: what a line of an enumeration has."""
    del core, params
    names = {"ID": "int", "NAME": "string", "SYMBOL_CODE": "string", "SYMBOL_CODE_SHORT": "string"}
    return Reply({upper: describe(FieldSpec(upper, kind, upper, read_only=True)) for upper, kind in names.items()})  # type: ignore[arg-type]


def multifield_fields(core: Core, params: Params) -> Reply:
    """Answer crm.multifield.fields: what a phone, an e-mail or the like has."""
    del core, params
    specs = [
        FieldSpec("id", "int", "ID", read_only=True),
        FieldSpec("typeId", "string", "TYPE_ID", read_only=True),
        FieldSpec("value", "string", "VALUE"),
        FieldSpec("valueType", "string", "VALUE_TYPE"),
    ]
    return Reply({spec.upper: describe(spec) for spec in specs})


def mode_get(core: Core, params: Params) -> Reply:
    """Answer crm.settings.mode.get: 1 with leads, 2 without."""
    del params
    return Reply(core.settings.crm_mode)


METHODS = [
    *[Method(f"crm.enum.{name}", _of(lines), classic=True) for name, lines in _LINES.items()],
    Method("crm.enum.ownertype", owner_types, classic=True),
    Method("crm.enum.getorderownertypes", order_owner_types, classic=True),
    Method("crm.enum.fields", enum_fields, classic=True),
    Method("crm.multifield.fields", multifield_fields, classic=True),
    Method("crm.settings.mode.get", mode_get, classic=True),
]
