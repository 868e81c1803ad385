"""Small dictionaries of the catalogue: units, taxes, kinds of prices and their names, rounding, mark-ups, ratios."""

from __future__ import annotations

from collections.abc import Callable

from sverka.sandbox.portal.catalog.room import (
    CLASSIC,
    NO_READING,
    Room,
    guarded,
    refusal,
    stamp,
)
from sverka.sandbox.portal.catalog.tables import (
    CATALOG,
    EXTRA,
    MEASURE,
    PRICE,
    PRICE_TYPE,
    PRICE_TYPE_GROUP,
    PRICE_TYPE_LANG,
    PRODUCT,
    RATIO,
    ROUNDING,
    VAT,
)
from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.params import Params
from sverka.sandbox.portal.records.tables import Family, Table, Values
from sverka.sandbox.portal.state import Item

#: what the portal can speak, by code
_LANGUAGES = {"ru": "Russian", "en": "English", "kz": "kz", "de": "Deutsch", "fr": "fr", "pl": "pl", "br": "br"}
_MEASURE_EVENTS = ("CATALOG.MEASURE.ON.", "ONCRMMEASURE")
_ROUND_TYPES = {1: "Математическое", 2: "В пользу магазина", 4: "В пользу клиента"}
_DOCUMENT_TYPES = {
    "A": "Приход товара на склад",
    "S": "Оприходование товара",
    "M": "Перемещение товара между складами",
    "R": "Возврат товара",
    "D": "Списание товара",
}


def need_price_type(core: Core, number: int | None, code: int = 201000000000) -> None:
    """Raise RestError when there is no such price type."""
    if number is not None and number not in PRICE_TYPE.rows(core):
        raise refusal("The specified price type does not exist", code)


def forget(core: Core, table: Table, **wanted: object) -> None:
    """Delete the records that have these values."""
    for item in table.where(core, **wanted):
        del table.rows(core)[item.id]


def _stamped(table: Table) -> Callable[[Core, Values, Item | None], None]:
    return lambda core, given, item: stamp(core, given, item, table.columns)


def check_measure(core: Core, given: Values, item: Item | None) -> None:
    """Refuse a second unit with the same code, and a second default one."""
    others = [other.values for other in MEASURE.rows(core).values() if other is not item]
    if any(other["code"] == given.get("code") for other in others):
        raise refusal("Measure with the same code already exists", 200600000000)
    if given.get("isDefault") == "Y" and any(other["isDefault"] == "Y" for other in others):
        raise refusal("Default measure already exists", 200600000010)


def _check_price_type(core: Core, given: Values, item: Item | None) -> None:
    stamp(core, given, item, PRICE_TYPE.columns)
    if given.get("base") == "Y":
        for other in PRICE_TYPE.where(core, base="Y"):
            other.values["base"] = "N"


def _drop_price_type(core: Core, item: Item) -> None:
    for table in (PRICE, PRICE_TYPE_LANG, PRICE_TYPE_GROUP, ROUNDING):
        forget(core, table, catalogGroupId=item.id)


def _check_price_type_lang(core: Core, given: Values, item: Item | None) -> None:
    merged = (item.values if item else {}) | given
    need_price_type(core, merged["catalogGroupId"])
    if merged["lang"] not in _LANGUAGES:
        raise refusal("The specified language does not exist", 201200000010)
    same = PRICE_TYPE_LANG.where(core, catalogGroupId=merged["catalogGroupId"], lang=merged["lang"])
    if any(other is not item for other in same):
        raise refusal("Translation for the specified price type and language already exists", 400)


def _check_price_type_group(core: Core, given: Values, item: Item | None) -> None:
    del item
    need_price_type(core, given["catalogGroupId"], 0)
    if given["groupId"] < 1:
        raise refusal("The specified group does not exist")
    if given["access"] not in ("Y", "N"):
        raise refusal("Invalid access type provided. The available values are: Y, N")
    if PRICE_TYPE_GROUP.where(core, **given):
        raise refusal("The specified access type for this group already exists")


def _check_rounding(core: Core, given: Values, item: Item | None) -> None:
    stamp(core, given, item, ROUNDING.columns)
    need_price_type(core, given.get("catalogGroupId"))
    if given.get("roundType", 1) not in _ROUND_TYPES:
        raise refusal("Wrong format of field roundType")


def drop_vat(core: Core, item: Item) -> None:
    """Take a rate that is gone off the products that had it."""
    for product in PRODUCT.where(core, vatId=item.id):
        product.values["vatId"] = None


class _PriceTypes(Room):
    """Kinds of prices; the base one cannot be deleted."""

    def _delete(self, core: Core, params: Params) -> Reply:
        if self.find(core, params.number("id")).values["base"] == "Y":
            raise refusal("Base price type cannot be deleted", "BASE")
        return super()._delete(core, params)


_FAMILIES: list[Family] = [
    Room(
        "catalog.catalog", CATALOG, "catalog", "catalogs", verbs=("get", "list", "fields"),
        missing=(400, 0, "catalog does not exist"),
    ),
    Room(
        "catalog.measure", MEASURE, "measure", "measures", events=_MEASURE_EVENTS, check=check_measure,
        missing=(400, 200600000020, "measure does not exist"),
    ),
    Room(
        "catalog.vat", VAT, "vat", "vats", demanded=("name", "rate"), check=_stamped(VAT), deleted=drop_vat,
        missing=(400, 200800000000, "vat does not exist"),
    ),
    _PriceTypes(
        "catalog.priceType", PRICE_TYPE, "priceType", "priceTypes", events=("CATALOG.PRICE.TYPE.ON.",),
        demanded=("name",), check=_check_price_type, deleted=_drop_price_type,
        missing=(400, 201000000000, "priceType does not exist"),
    ),
    Room(
        "catalog.priceTypeLang", PRICE_TYPE_LANG, "priceTypeLang", "priceTypeLangs", check=_check_price_type_lang,
        missing=(400, 201200000000, "priceTypeLang does not exist"),
    ),
    Room(
        "catalog.priceTypeGroup", PRICE_TYPE_GROUP, "priceTypeGroup", "priceTypeGroups", read=None,
        verbs=("add", "list", "delete", "fields"), check=_check_price_type_group,
        missing=(400, 0, "Entity does not exist"),
    ),
    Room(
        "catalog.roundingRule", ROUNDING, "roundingRule", "roundingRules", events=("CATALOG.ROUNDING.ON.",),
        demanded=("catalogGroupId", "price", "roundType", "roundPrecision"), check=_check_rounding,
        missing=(400, 200900000000, "roundingRule does not exist"),
    ),
    Room(
        "catalog.extra", EXTRA, "extra", "extras", verbs=("get", "list", "fields"),
        missing=(400, 202000000000, "extra does not exist"),
    ),
    Room(
        "catalog.ratio", RATIO, "ratio", "ratios", verbs=("get", "list", "fields"),
        missing=(400, 0, "Ratio does not exist"),
    ),
]  # fmt: skip


def is_offers(core: Core, params: Params) -> Reply:
    """Answer catalog.catalog.isOffers: whether the catalogue is one of variations."""
    item = CATALOG.rows(core).get(params.number("id") or 0)
    if item is None:
        raise refusal("catalog does not exist")
    return Reply(item.values["productIblockId"] is not None)


def get_languages(core: Core, params: Params) -> Reply:
    """Answer catalog.priceTypeLang.getLanguages."""
    del core
    lines = [{"active": "Y", "lid": lid, "name": name} for lid, name in _LANGUAGES.items()]
    rows, total, following = page(lines, params.number("start"))
    return Reply({"languages": rows}, total, following)


def round_types(core: Core, params: Params) -> Reply:
    """Answer catalog.enum.getRoundTypes."""
    del core, params
    return Reply({"enum": [{"id": number, "name": name} for number, name in _ROUND_TYPES.items()]})


def document_types(core: Core, params: Params) -> Reply:
    """Answer catalog.enum.getStoreDocumentTypes."""
    del core, params
    return Reply({"enum": [{"id": letter, "name": name} for letter, name in _DOCUMENT_TYPES.items()]})


METHODS: list[Method] = [method for family in _FAMILIES for method in family.methods()]
METHODS += [
    guarded(Method("catalog.catalog.isOffers", is_offers, "catalog", required=("id",)), NO_READING),
    guarded(Method("catalog.priceTypeLang.getLanguages", get_languages, "catalog"), NO_READING),
    Method("catalog.enum.getRoundTypes", round_types, "catalog"),
    Method("catalog.enum.getStoreDocumentTypes", document_types, "catalog"),
]


def _vat_out(core: Core, item: Item, answer: Values) -> Values:
    del core, item
    answer.pop("TIMESTAMP_X", None)
    return answer


#: the older generation tells how long a field may be
_VAT_SIZES = {"ID": "11", "ACTIVE": "1", "C_SORT": "18", "NAME": "50", "RATE": "18,2"}


class _Vats(Room):
    """Taxes as the CRM knows them: an update answers the id, and fields tell their sizes."""

    def _update(self, core: Core, params: Params) -> Reply:
        super()._update(core, params)
        return Reply(params.number("id"))

    def _fields(self, core: Core, params: Params) -> Reply:
        del core, params
        answer: dict[str, Values] = {}
        for upper, spec in self.table.by_upper.items():
            line: Values = {"type": "string" if spec.kind == "boolean" else spec.kind}
            line |= {"size": _VAT_SIZES[upper]} if upper in _VAT_SIZES else {}
            answer[upper] = line | {"isRequired": False, "isReadOnly": spec.read_only, "title": upper}
        return Reply(answer)


_VATS = _Vats("crm.vat", VAT, check=_stamped(VAT), deleted=drop_vat, shape=_vat_out, **CLASSIC)
_MEASURES = Room("crm.measure", MEASURE, check=check_measure, events=_MEASURE_EVENTS, **CLASSIC)
METHODS += _VATS.methods() + _MEASURES.methods()
