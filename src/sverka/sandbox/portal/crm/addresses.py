"""Addresses of requisites and leads: no id of their own, one of each type for each owner."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import PAGE, Core, Event, Method, Reply
from sverka.sandbox.portal.crm.fields import LEAD
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, to_int
from sverka.sandbox.portal.records.specs import FieldSpec, Kind
from sverka.sandbox.portal.records.tables import Family, Table, Values, column, describe
from sverka.sandbox.portal.state import Item

REQUISITE = 8
#: physical, registered, legal, mailing, beneficiary's, shipping
TYPES = (1, 4, 6, 8, 9, 11)
_KEY = ("TYPE_ID", "ENTITY_TYPE_ID", "ENTITY_ID")
_TEXTS = ["ADDRESS_1", "ADDRESS_2", "CITY", "POSTAL_CODE", "REGION", "PROVINCE", "COUNTRY", "COUNTRY_CODE"]


def _column(name: str, kind: Kind = "string", **extra: Any) -> FieldSpec:
    return column(name, kind, name, **extra)


ADDRESSES = Table(
    "address",
    [
        *[_column(name, "integer", mandatory=True, immutable=True) for name in _KEY],
        *[_column(name, limit=255) for name in _TEXTS],
        _column("LOC_ADDR_ID", "integer"),
        _column("ANCHOR_TYPE_ID", "integer", read_only=True),
        _column("ANCHOR_ID", "integer", read_only=True),
    ],
)


class _Addresses(Family):
    """The list of addresses, with the real one's mistake: its total never exceeds a page."""

    def _list(self, core: Core, params: Params) -> Reply:
        reply = super()._list(core, params)
        return Reply(reply.result, None if reply.total is None else min(reply.total, PAGE), reply.next)


_FAMILY = _Addresses("crm.address", ADDRESSES, classic=True, verbs=("list",))


def _given(params: Params) -> Values:
    fields = params.get("fields")
    if not isinstance(fields, dict):
        raise RestError(400, "", "Parameter 'fields' must be array.")
    given: Values = {name: to_int(fields.get(name)) for name in _KEY}
    for name, allowed in (("TYPE_ID", TYPES), ("ENTITY_TYPE_ID", (REQUISITE, LEAD))):
        if given[name] not in allowed:
            raise RestError(400, "", f"{name} is not defined or invalid.")
    for name in _TEXTS:
        if name in fields:
            value = fields[name]
            if isinstance(value, dict | list):
                raise RestError(400, "", f"{name} is not defined or invalid.")
            given[name] = None if value is None else str(value)[:255]
    if to_int(fields.get("LOC_ADDR_ID")) is not None:
        given["LOC_ADDR_ID"] = to_int(fields["LOC_ADDR_ID"])
    return given


def _anchor(core: Core, given: Values) -> tuple[int, int]:
    """Return type and id of the record an address is about in the end; RestError when its owner is not there."""
    if given["ENTITY_TYPE_ID"] == LEAD:
        if core.state.item(LEAD, given["ENTITY_ID"]) is not None:
            return LEAD, given["ENTITY_ID"]
    else:
        owner = core.state.tables["requisite"].get(given["ENTITY_ID"] or 0)
        if owner is not None:
            return owner.values["ENTITY_TYPE_ID"], owner.values["ENTITY_ID"]
    raise RestError(400, "", "ENTITY_ID is not defined or invalid.")


def _held(core: Core, given: Values) -> Item:
    _anchor(core, given)
    held = ADDRESSES.where(core, **{name: given[name] for name in _KEY})
    if not held:
        raise RestError(400, "", "TypeAddress not found.")
    return held[0]


def _tell(core: Core, item: Item, what: str) -> None:
    names = (*_KEY, "ANCHOR_TYPE_ID", "ANCHOR_ID")
    core.emit(Event(f"ONCRMADDRESS{what}", {name: str(item.values[name]) for name in names}))


def address_add(core: Core, params: Params) -> Reply:
    """Answer crm.address.add; a second address of one type is refused."""
    given = _given(params)
    kind, number = _anchor(core, given)
    if ADDRESSES.where(core, **{name: given[name] for name in _KEY}):
        raise RestError(400, "", "TypeAddress exists.")
    given.setdefault("LOC_ADDR_ID", core.state.next_id("location"))
    _tell(core, ADDRESSES.insert(core, given | {"ANCHOR_TYPE_ID": kind, "ANCHOR_ID": number}), "REGISTER")
    return Reply(True)


def address_update(core: Core, params: Params) -> Reply:
    """Answer crm.address.update."""
    given = _given(params)
    item = _held(core, given)
    if any(item.values.get(name) != value for name, value in given.items()):
        item.values |= given
        _tell(core, item, "REGISTER")
    return Reply(True)


def address_delete(core: Core, params: Params) -> Reply:
    """Answer crm.address.delete."""
    _delete(core, _held(core, _given(params)))
    return Reply(True)


def _delete(core: Core, item: Item) -> None:
    del ADDRESSES.rows(core)[item.id]
    _tell(core, item, "UNREGISTER")


def delete_of(core: Core, entity_type_id: int, entity_id: int) -> None:
    """Delete the addresses of an owner that is no more."""
    for item in ADDRESSES.where(core, ENTITY_TYPE_ID=entity_type_id, ENTITY_ID=entity_id):
        _delete(core, item)


def address_fields(core: Core, params: Params) -> Reply:
    """Answer crm.address.fields."""
    del core, params
    return Reply({name: describe(spec) for name, spec in ADDRESSES.columns.items()})


METHODS = [
    Method("crm.address.add", address_add, required=("fields",), writes=True, classic=True),
    Method("crm.address.update", address_update, required=("fields",), writes=True, classic=True),
    Method("crm.address.delete", address_delete, required=("fields",), writes=True, classic=True),
    *_FAMILY.methods(),
    Method("crm.address.fields", address_fields, classic=True),
]
