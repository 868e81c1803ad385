"""Properties of orders and shipments: what there is to fill in, and what was filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.errors import missing_parameter
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records.tables import Table, Values, nothing
from sverka.sandbox.portal.sale import model
from sverka.sandbox.portal.sale.columns import Links, Shop, columns, for_administrators, refused, required, shop_table
from sverka.sandbox.portal.sale.dictionaries import PERSON_TYPES
from sverka.sandbox.portal.sale.totals import drop_parts, part_saved, tell
from sverka.sandbox.portal.state import Item

#: what may be set of a property beside the common fields, by its type
_SETTINGS: dict[str, dict[str, str]] = {
    "STRING": {"minlength": "integer", "maxlength": "integer", "pattern": "string", "multiline": "char"},
    "Y/N": {},
    "NUMBER": {"min": "integer", "max": "integer", "step": "integer"},
    "ENUM": {"multielement": "char", "size": "integer"},
    "FILE": {"maxsize": "integer", "accept": "string"},
    "DATE": {"time": "char"},
    "LOCATION": {},
    "ADDRESS": {},
}
_ROLES: dict[str, str] = {
    "STRING": "isProfileName isPayer isEmail isPhone isZip isAddress",
    "LOCATION": "isLocation isLocation4tax",
    "ADDRESS": "isAddressFrom isAddressTo",
}


def _properties(name: str) -> Table:
    specs = columns(
        integer="id! personTypeId*^ propsGroupId*^ sort",
        string="name* type*^ code description xmlId inputFieldLocation",
        boolean="active util userProps isFiltered required multiple isProfileName isPayer isEmail isPhone isZip"
        " isAddress isLocation isLocation4tax isAddressFrom isAddressTo",
        any="defaultValue settings",
    )
    return shop_table(name, specs, {"active": "Y", "sort": 100, "inputFieldLocation": "0", "settings": [],
                                    "defaultValue": "", "xmlId": ""})  # fmt: skip


ORDER_PROPERTIES = _properties("sale_property")
SHIPMENT_PROPERTIES = _properties("sale_shipment_property")
GROUPS = shop_table("sale_property_group", columns(integer="id! personTypeId* sort", string="name*"), {"sort": 100})
VARIANTS = shop_table(
    "sale_property_variant",
    columns(integer="id! orderPropsId*^ sort", string="name* value* description xmlId"),
    {"sort": 100},
)
RELATIONS = shop_table("sale_property_relation", columns(integer="entityId*^ propertyId*^", string="entityType*^"))


def _property_checked(core: Core, given: Values, item: Item | None) -> None:
    kind = item.values["type"] if item else given["type"]
    if kind not in _SETTINGS:
        raise refused(0, f"Unknown property type {kind}")
    if item is None and given["personTypeId"] not in PERSON_TYPES.rows(core):
        raise refused(200850000005, "Person type is not exists")
    if item is None and given["propsGroupId"] not in GROUPS.rows(core):
        raise refused(0, "Property group is not exists")
    merged = (item.values if item else {}) | given
    if merged.get("multiple") == "Y" and merged.get("isFiltered") == "Y":
        raise refused(200850000009, "A multiple property is not filtered")


@dataclass(frozen=True)
class Properties(Shop):
    """Properties, described by their type."""

    def methods(self) -> list[Method]:
        """Return the usual methods, and getfieldsbytype instead of getFields."""
        by_type = Method(f"{self.prefix}.getfieldsbytype", self._fields_by_type, self.scope, ("type",))
        return [*super().methods(), for_administrators(by_type)]

    def _fields_by_type(self, core: Core, params: Params) -> Reply:
        del core
        kind = str(params.get("type"))
        if kind not in _SETTINGS:
            raise refused(0, f"Unknown property type {kind}")
        roles = {role for names in _ROLES.values() for role in names.split()} | {"inputFieldLocation"}
        roles -= set(_ROLES.get(kind, "").split())
        answer = {name: self.described(spec) for name, spec in self.table.columns.items() if name not in roles}
        inside = {
            name: {"isImmutable": False, "isReadOnly": False, "isRequired": False, "type": type_name}
            for name, type_name in _SETTINGS[kind].items()
        }
        answer["settings"] |= {"type": "datatype", "fields": inside}
        return Reply({self.one: answer})


def _property_gone(core: Core, item: Item) -> None:
    drop_parts(core, VARIANTS, orderPropsId=item.id)
    drop_parts(core, RELATIONS, propertyId=item.id)


def _group_checked(core: Core, given: Values, item: Item | None) -> None:
    if given.get("personTypeId", item and item.values["personTypeId"]) not in PERSON_TYPES.rows(core):
        raise refused(0, "Person type is not exists")


class Variants(Shop):
    """Variants of ENUM properties; an empty name or value has a refusal of its own."""

    def _refuse_empty(self, merged: Values) -> None:
        for name, code in (("value", "ERROR_NO_VALUE"), ("name", "ERROR_NO_NAME")):
            if name in merged and merged[name] is None:
                raise refused(code, f"Empty {name}")
        super()._refuse_empty(merged)


def _variant_checked(core: Core, given: Values, item: Item | None) -> None:
    if item is None and given["orderPropsId"] not in ORDER_PROPERTIES.rows(core):
        raise refused(201550000003, "Property is not exists")


def _relation_checked(core: Core, given: Values, item: Item | None) -> None:
    del item
    if given["propertyId"] not in ORDER_PROPERTIES.rows(core):
        raise refused(201650000002, "Property is not exists")


@dataclass(frozen=True)
class PropertyValues(Shop):
    """Values of the properties of one `owner` (`order`, `shipment`), replaced all at once by `modify`.

    `owners` holds the records that have values, `properties` what there is to fill in; `no_owner` is the refusal of a
    record that is not there.
    """

    owner: str = ""
    owners: Table = model.ORDERS
    properties: Table = ORDER_PROPERTIES
    no_owner: tuple[int, str] = (0, "order is not exists")

    def methods(self) -> list[Method]:
        """Return the usual methods without add and update, and modify."""
        modify = Method(f"{self.prefix}.modify", self._modify, self.scope, ("fields",), writes=True)
        return [*super().methods(), for_administrators(modify)]

    def _modify(self, core: Core, params: Params) -> Reply:
        given = params.mapping("fields").get(self.owner)
        if not isinstance(given, dict):
            raise missing_parameter("fields", classic=False)
        record = self.owners.rows(core).get(to_int(given.get("id")) or 0)
        if record is None:
            raise refused(*self.no_owner)
        lines = self._lines(core, given.get("propertyValues"))
        kept = set()
        for property_id, value in lines:
            kept.add(self._put(core, record.id, property_id, value))
        owner_key = f"{self.owner}Id"
        for item in self.table.where(core, **{owner_key: record.id}):
            if item.id not in kept:
                del self.table.rows(core)[item.id]
                self.deleted(core, item)
        order_id = record.id if self.owner == "order" else record.values["orderId"]
        part_saved(core, order_id, *(("ONPROPERTYVALUEENTITYSAVED", number) for number in sorted(kept)))
        held = self.table.where(core, **{owner_key: record.id})
        return Reply({self.many: [self.answer(core, item) for item in held]})

    def _lines(self, core: Core, given: Any) -> list[tuple[int, Any]]:
        if isinstance(given, dict) and f"{self.owner}PropsId" in given:
            given = [given]
        if not isinstance(given, list | dict):
            raise required("propertyValues")
        lines = []
        for _, line in entries(given):
            number = to_int(line.get(f"{self.owner}PropsId")) if isinstance(line, dict) else None
            if number is None or "value" not in line:
                raise required(f"{self.owner}PropsId", "value")
            if number not in self.properties.rows(core):
                raise refused(0, f"Property {number} is not exists")
            lines.append((number, line["value"]))
        return lines

    def _put(self, core: Core, owner_id: int, property_id: int, raw: Any) -> int:
        described = self.properties.rows(core)[property_id].values
        keys = {f"{self.owner}Id": owner_id, f"{self.owner}PropsId": property_id}
        held = self.table.where(core, **keys)
        item = held[0] if held else self.table.insert(core, dict(keys))
        item.values |= {
            "name": described["name"],
            "code": described["code"] or None,
            f"{self.owner}PropsXmlId": described["xmlId"] or None,
            "value": _value(core, described, raw),
        }
        return item.id


def _value(core: Core, described: Values, raw: Any) -> Any:
    """Return a property's value as it is kept: texts, for multiple ones a list of them, for files what is known."""
    if described["multiple"] == "Y":
        single = described | {"multiple": "N"}
        return [_value(core, single, one) for _, one in entries(raw if isinstance(raw, list | dict) else [raw])]
    if described["type"] == "FILE":
        return _file(core, raw)
    if isinstance(raw, list | dict):
        raise refused(0, f"Wrong value of property {described['name']}")
    return None if raw is None else str(raw)


def _file(core: Core, raw: Any) -> Any:
    data = raw.get("fileData") if isinstance(raw, dict) else None
    if isinstance(raw, dict) and raw.get("remove") == "Y":
        return None
    if not isinstance(data, list) or len(data) != 2:
        raise refused(0, "A file is a name and its base64 content")
    name, number = str(data[0]), core.state.next_id("file")
    return {"id": str(number), "fileName": name, "originalName": name, "fileSize": str(len(str(data[1])) * 3 // 4),
            "contentType": "application/octet-stream", "moduleId": "sale", "description": "",
            "src": f"/upload/sale/order/properties/{number}/{name}"}  # fmt: skip


def _values(name: str, owner: str) -> Table:
    specs = columns(integer=f"id!^ {owner}Id*^ {owner}PropsId*", string=f"code name {owner}PropsXmlId!", any="value*")
    return shop_table(name, specs, {"code": None, f"{owner}PropsXmlId": None})


def _order_value_gone(core: Core, item: Item) -> None:
    tell(core, "ONPROPERTYVALUEDELETED", item.id)


_NO_VALUE = (400, 201040400001, "property value is not exists")
ORDER_VALUES = PropertyValues(
    "sale.propertyvalue", _values("sale_property_value", "order"), "propertyValue", "propertyValues",
    names={"fields": "getfields"}, verbs=("get", "list", "delete", "fields"), missing=_NO_VALUE, owner="order",
    deleted=_order_value_gone,
)  # fmt: skip
SHIPMENT_VALUES = PropertyValues(
    "sale.shipmentpropertyvalue", _values("sale_shipment_property_value", "shipment"), "propertyValue",
    "propertyValues", verbs=("get", "list", "delete", "fields"), missing=_NO_VALUE, owner="shipment",
    owners=model.SHIPMENTS, properties=SHIPMENT_PROPERTIES, no_owner=(201040400007, "shipment is not exists"),
)  # fmt: skip
_NO_PROPERTY = (400, 200840400001, "property is not exists")
METHODS: list[Method] = [
    *(
        method
        for prefix, table in (("sale.property", ORDER_PROPERTIES), ("sale.shipmentproperty", SHIPMENT_PROPERTIES))
        for method in Properties(
            prefix, table, "property", "properties", verbs=("add", "get", "list", "update", "delete"),
            missing=_NO_PROPERTY, check=_property_checked, needed=("name",),
            deleted=_property_gone if table is ORDER_PROPERTIES else nothing,
        ).methods()
    ),
    *Shop(
        "sale.propertygroup", GROUPS, "propertyGroup", "propertyGroups", check=_group_checked,
        missing=(400, 200940400001, "property group is not exists"),
    ).methods(),
    *Variants(
        "sale.propertyvariant", VARIANTS, "propertyVariant", "propertyVariants", needed=("name", "value"),
        missing=(400, 201540400001, "property variant is not exists"), check=_variant_checked,
    ).methods(),
    *Links(
        "sale.propertyRelation", RELATIONS, "propertyRelation", "propertyRelations",
        keys=("entityId", "entityType", "propertyId"), check=_relation_checked,
        missing=(400, 201640400004, "property relation is not exists"),
        twice=(201650000001, "Duplicate entry for key [entityId, entityType, propertyId]"),
    ).methods(),
    *ORDER_VALUES.methods(),
    *SHIPMENT_VALUES.methods(),
]  # fmt: skip
