"""Properties of products: what they are, the values of lists, and how they show."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.catalog.references import forget
from sverka.sandbox.portal.catalog.room import (
    CLASSIC,
    PLAIN_DENIAL,
    Room,
    check_filter,
    check_lists,
    clean_value,
    given_fields,
    guarded,
    stamp,
    worded,
    worded_lacking,
)
from sverka.sandbox.portal.catalog.sections import main_catalog
from sverka.sandbox.portal.catalog.tables import (
    CATALOG,
    ENUM,
    FEATURE,
    PRODUCT,
    PROPERTY,
    PROPERTY_SECTION,
)
from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.records.filters import Filter, sort_items
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.state import Item

#: types of properties, and the user types each may have
TYPES = {
    "S": ("HTML", "Date", "DateTime", "directory", "Money", "Map", "ECrm", "UserID", "employee", "video"),
    "N": ("Sequence", "SASDCheckboxNum"),
    "L": (),
    "F": (),
    "E": ("EList", "EAutocomplete", "SKU"),
    "G": ("SectionAuto",),
}
_FEATURES = {
    "LIST_PAGE_SHOW": ("iblock", "Показывать на странице списка элементов"),
    "DETAIL_PAGE_SHOW": ("iblock", "Показывать на детальной странице элемента"),
    "IN_BASKET": ("catalog", "Добавлять в корзину"),
    "OFFER_TREE": ("catalog", "Использовать для выбора вариаций"),
}
_GONE = (400, "", "productProperty does not exist.")


def _check(core: Core, given: Values, item: Item | None) -> None:
    stamp(core, given, item, PROPERTY.columns)
    merged = (item.values if item else {}) | given
    if merged["iblockId"] not in CATALOG.rows(core):
        raise worded("The specified iblock is not a product catalog")
    kind, user_type = merged["propertyType"], merged.get("userType")
    if kind not in TYPES or (user_type and user_type not in TYPES[kind]):
        raise worded("Invalid property type specified")
    if str(merged.get("code") or "")[:1].isdigit():
        raise worded("Property code cannot start with a digit")


def _drop(core: Core, item: Item) -> None:
    forget(core, ENUM, propertyId=item.id)
    forget(core, FEATURE, propertyId=item.id)
    PROPERTY_SECTION.rows(core).pop(item.id, None)
    for product in PRODUCT.rows(core).values():
        product.values.pop(f"property{item.id}", None)
        product.values["valueIds"].pop(f"property{item.id}", None)


class _Properties(Room):
    """Properties; the settings of a user type are a map of their own."""

    def _clean(self, core: Core, params: Params) -> Values:
        fields = given_fields(params)
        settings = fields.get("USER_TYPE_SETTINGS" if self.classic else "userTypeSettings")
        if settings not in (None, "") and not isinstance(settings, dict | list):
            raise worded("Invalid custom property type settings specified")
        plain = {name: None if isinstance(value, dict | list) else value for name, value in fields.items()}
        given = super()._clean(core, Params({"fields": plain}))
        if isinstance(settings, dict | list):
            given["userTypeSettings"] = settings
        return given


class _ClassicProperties(_Properties):
    """Properties as the CRM knows them: of the catalogue of products, values of lists beside the rest."""

    def _clean(self, core: Core, params: Params) -> Values:
        return {"iblockId": main_catalog(core)} | super()._clean(core, params)

    def _add(self, core: Core, params: Params) -> Reply:
        reply = super()._add(core, params)
        for key, line in entries(params.mapping("fields").get("VALUES")):
            if isinstance(line, dict) and line.get("VALUE") not in (None, ""):
                given = {"propertyId": reply.result, "value": str(line["VALUE"]), "xmlId": str(line.get("XML_ID", key))}
                ENUM.insert(core, given | {"def": "Y" if line.get("DEF") == "Y" else "N"})
        return reply

    def answer(self, core: Core, item: Item, wanted: set[str] | None = None) -> Values:
        """Return the property, and the values it offers when it is a list."""
        answer = super().answer(core, item, wanted)
        if "USER_TYPE_SETTINGS" in answer:
            answer["USER_TYPE_SETTINGS"] = item.values["userTypeSettings"]
        if item.values["propertyType"] == "L" and wanted is None:
            answer["VALUES"] = {
                str(line.id): {
                    "ID": str(line.id),
                    "VALUE": line.values["value"],
                    "XML_ID": line.values["xmlId"],
                    "SORT": str(line.values["sort"]),
                    "DEF": line.values["def"],
                }
                for line in ENUM.where(core, propertyId=item.id)
            } or []
        return answer


def _property(core: Core, number: int | None, missing: str) -> Item:
    item = PROPERTY.rows(core).get(number or 0)
    if item is None:
        raise worded(missing)
    return item


def _check_enum(core: Core, given: Values, item: Item | None) -> None:
    merged = (item.values if item else {}) | given
    owner = _property(core, merged["propertyId"], "productPropertyEnum does not exist.")
    if owner.values["propertyType"] != "L":
        raise worded("Only list properties are supported")
    if any(other is not item for other in ENUM.where(core, propertyId=owner.id, xmlId=merged["xmlId"])):
        raise worded(f"A value with xmlId '{merged['xmlId']}' already exists.")


def _drop_enum(core: Core, item: Item) -> None:
    """Take a value that is gone off the products that had it."""
    name = f"property{item.values['propertyId']}"
    for product in PRODUCT.rows(core).values():
        held, numbers = product.values.get(name) or [], product.values["valueIds"].get(name, [])
        kept = [(value, number) for value, number in zip(held, numbers, strict=True) if value != item.id]
        if len(kept) < len(held):
            product.values[name] = [value for value, _ in kept]
            product.values["valueIds"][name] = [number for _, number in kept]


def _check_feature(core: Core, given: Values, item: Item | None) -> None:
    merged = (item.values if item else {}) | given
    owner = _property(core, merged["propertyId"], "productPropertyFeature does not exist.")
    feature = _FEATURES.get(merged["featureId"])
    if feature is None or feature[0] != merged["moduleId"] or merged["isEnabled"] not in ("Y", "N"):
        raise worded("Invalid property parameter set")
    same = FEATURE.where(core, propertyId=owner.id, moduleId=merged["moduleId"], featureId=merged["featureId"])
    if any(other is not item for other in same):
        raise worded(f"Mysql query error: (1062) Duplicate entry '{owner.id}-{merged['featureId']}'")


_EVENTS = ("ONCRMPRODUCTPROPERTY",)
_OPEN: dict[str, Any] = {"read": None, "write": PLAIN_DENIAL, "lacking": worded_lacking}
_FAMILIES: list[Room] = [
    _Properties(
        "catalog.productProperty", PROPERTY, "productProperty", "productProperties", demanded=("iblockId",),
        check=_check, deleted=_drop, missing=_GONE, events=_EVENTS, **_OPEN,
    ),
    Room(
        "catalog.productPropertyEnum", ENUM, "productPropertyEnum", "productPropertyEnums",
        demanded=("propertyId", "value", "xmlId"), check=_check_enum, deleted=_drop_enum,
        missing=(400, "0", "productPropertyEnum does not exist."), **_OPEN,
    ),
    Room(
        "catalog.productPropertyFeature", FEATURE, "productPropertyFeature", "productPropertyFeatures",
        verbs=("add", "get", "list", "update", "fields"), demanded=("moduleId", "featureId", "isEnabled"),
        check=_check_feature, missing=(400, "0", "productPropertyFeature does not exist."), **_OPEN,
    ),
    _ClassicProperties("crm.product.property", PROPERTY, check=_check, deleted=_drop, events=_EVENTS, **CLASSIC),
]  # fmt: skip


def available_features(core: Core, params: Params) -> Reply:
    """Answer catalog.productPropertyFeature.getAvailableFeaturesByProperty: variations' properties have two more."""
    owner = _property(core, params.number("propertyId"), "productPropertyFeature does not exist.")
    offers = CATALOG.rows(core)[owner.values["iblockId"]].values["productIblockId"] is not None
    features = [
        {"featureId": name, "featureName": title, "moduleId": module}
        for name, (module, title) in _FEATURES.items()
        if offers or module == "iblock"
    ]
    return Reply({"features": features})


def _section(core: Core, number: int) -> Item:
    """Return how a property shows in sections; one never set has the defaults."""
    held = PROPERTY_SECTION.rows(core).get(number)
    defaults = dict.fromkeys(PROPERTY_SECTION.columns) | PROPERTY_SECTION.defaults | {"propertyId": number}
    return held or Item(0, number, defaults)


def _section_out(item: Item) -> Values:
    return {name: item.values[name] for name in PROPERTY_SECTION.columns}


_NO_SECTION = "productPropertySection does not exist."


def section_get(core: Core, params: Params) -> Reply:
    """Answer catalog.productPropertySection.get."""
    owner = _property(core, params.number("propertyId"), _NO_SECTION)
    return Reply({"productPropertySection": _section_out(_section(core, owner.id))})


def section_set(core: Core, params: Params) -> Reply:
    """Answer catalog.productPropertySection.set; ids come back as texts here."""
    owner = _property(core, params.number("propertyId"), _NO_SECTION)
    item = _section(core, owner.id)
    for name, raw in given_fields(params).items():
        spec = PROPERTY_SECTION.columns.get(name)
        if spec is not None and not spec.read_only:
            item.values[name] = clean_value(core, spec, name, raw)
    PROPERTY_SECTION.rows(core)[owner.id] = item
    ids = {"iblockId": str(owner.values["iblockId"]), "propertyId": str(owner.id), "sectionId": "0"}
    return Reply({"productPropertySection": _section_out(item) | ids})


def section_list(core: Core, params: Params) -> Reply:
    """Answer catalog.productPropertySection.list: one line for every property."""
    check_lists(params)
    check_filter(params.get("filter"))
    find = PROPERTY_SECTION.columns.get
    chosen = Filter(core, find, params.get("filter"), strict=False)
    items = [item for number in PROPERTY.rows(core) if chosen.matches(item := _section(core, number))]
    rows, total, following = page(sort_items(items, params.get("order"), find, strict=False), params.number("start"))
    wanted = {str(name) for _, name in entries(params.get("select"))}
    every = not wanted or "*" in wanted
    lines = [{name: value for name, value in _section_out(item).items() if every or name in wanted} for item in rows]
    return Reply({"productPropertySections": lines}, total, following)


def property_types(core: Core, params: Params) -> Reply:
    """Answer crm.product.property.types."""
    del core, params
    plain = [{"PROPERTY_TYPE": kind, "USER_TYPE": "", "DESCRIPTION": kind} for kind in TYPES]
    own = [{"PROPERTY_TYPE": kind, "USER_TYPE": name, "DESCRIPTION": name} for kind in TYPES for name in TYPES[kind]]
    return Reply(plain + own)


def enumeration_fields(core: Core, params: Params) -> Reply:
    """Answer crm.product.property.enumeration.fields."""
    del core, params
    kinds = {"ID": "integer", "VALUE": "string", "XML_ID": "string", "SORT": "integer", "DEF": "char"}
    return Reply({name: _classic_field(name, kind, name == "ID") for name, kind in kinds.items()})


def settings_fields(core: Core, params: Params) -> Reply:
    """Answer crm.product.property.settings.fields: what may be set about a user type."""
    del core
    if str(params.get("userType") or "") not in TYPES.get(str(params.get("propertyType") or ""), ()):
        raise worded("Invalid property type specified", "")
    kinds = {"HEIGHT": "integer"} if params.get("userType") == "HTML" else {}
    return Reply({name: _classic_field(name, kind, False) for name, kind in kinds.items()} or [])


def _classic_field(name: str, kind: str, read_only: bool) -> Values:
    return {"type": kind, "isRequired": False, "isReadOnly": read_only, "title": name}


def _plain(name: str, run: Any, required: tuple[str, ...] = (), **extra: Any) -> Method:
    return Method(f"catalog.productProperty{name}", run, "catalog", required, **extra)


METHODS: list[Method] = [method for family in _FAMILIES for method in family.methods()]
METHODS += [
    _plain("Feature.getAvailableFeaturesByProperty", available_features, ("propertyId",)),
    _plain("Section.get", section_get, ("propertyId",)),
    _plain("Section.list", section_list),
    guarded(_plain("Section.set", section_set, ("propertyId", "fields"), writes=True), PLAIN_DENIAL),
    Method("crm.product.property.types", property_types, classic=True),
    Method("crm.product.property.enumeration.fields", enumeration_fields, classic=True),
    Method("crm.product.property.settings.fields", settings_fields, classic=True),
]
