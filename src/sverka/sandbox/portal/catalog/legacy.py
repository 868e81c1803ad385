"""The same products as the CRM's older methods know them: crm.product.*, crm.catalog.*."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sverka.sandbox.portal.catalog.drafts import PICTURES, properties_of, read_draft
from sverka.sandbox.portal.catalog.prices import base_price, set_base_price
from sverka.sandbox.portal.catalog.products import (
    SIMPLE,
    add_product,
    change_product,
    delete_product,
    product_out,
    product_specs,
    touch_product,
)
from sverka.sandbox.portal.catalog.room import CLASSIC, Room, clean_value, guarded, refusal
from sverka.sandbox.portal.catalog.sections import main_catalog
from sverka.sandbox.portal.catalog.tables import CATALOG, PRICE, PRODUCT
from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.records import values as records
from sverka.sandbox.portal.records.filters import Filter, sort_items
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import Values, describe
from sverka.sandbox.portal.state import Item

#: the names of the older generation, which are not always those of the columns
_NAMES = {
    "ID": "id", "CATALOG_ID": "iblockId", "NAME": "name", "CODE": "code", "ACTIVE": "active", "SORT": "sort",
    "XML_ID": "xmlId", "SECTION_ID": "iblockSectionId", "DESCRIPTION": "detailText",
    "DESCRIPTION_TYPE": "detailTextType", "MEASURE": "measure", "VAT_ID": "vatId", "VAT_INCLUDED": "vatIncluded",
    "DATE_CREATE": "dateCreate", "TIMESTAMP_X": "timestampX", "CREATED_BY": "createdBy",
    "MODIFIED_BY": "modifiedBy", "PREVIEW_PICTURE": "previewPicture", "DETAIL_PICTURE": "detailPicture",
}  # fmt: skip
_READ_ONLY = {"id", "dateCreate", "timestampX", "createdBy", "modifiedBy"}
_PRICE = FieldSpec("price", "double", "PRICE")
_CURRENCY = FieldSpec("currency", "crm_currency", "CURRENCY_ID")


def _worded(run: Callable[[Core, Params], Reply]) -> Callable[[Core, Params], Reply]:
    """Return the method with its refusals in the classic form, whose code is empty."""

    def answered(core: Core, params: Params) -> Reply:
        try:
            return run(core, params)
        except RestError as error:
            raise refusal(error.description, "") from error

    return answered


def _product(core: Core, params: Params) -> Item:
    item = PRODUCT.rows(core).get(params.number("id") or 0)
    if item is None or item.values["iblockId"] != main_catalog(core):
        raise refusal("Product is not found", "")
    return item


def _given(params: Params) -> Values:
    if not isinstance(params.get("fields"), dict | list):
        raise refusal("Parameter 'fields' must be array.", "")
    given: Values = {}
    for upper, raw in params.mapping("fields").items():
        name = _NAMES.get(upper)
        if name is not None and name not in _READ_ONLY:
            given[name] = raw
        elif upper.startswith("PROPERTY_"):
            given[upper.replace("PROPERTY_", "property")] = raw
    return given


def _cost(core: Core, params: Params, item: Item | None) -> tuple[Decimal, str] | None:
    """Return the price a call sets, in its currency, the present one or the base one; None when it sets none."""
    fields = params.mapping("fields")
    if fields.get("PRICE") in (None, "") and fields.get("CURRENCY_ID") in (None, ""):
        return None
    held = base_price(core, item.id) if item else None
    price = clean_value(core, _PRICE, "PRICE", fields.get("PRICE"))
    currency = clean_value(core, _CURRENCY, "CURRENCY_ID", fields.get("CURRENCY_ID"))
    known: Values = held.values if held else {"price": Decimal(0), "currency": core.state.currencies[0]}
    return (known["price"] if price is None else price), currency or known["currency"]


def product_add(core: Core, params: Params) -> Reply:
    """Answer crm.product.add with the id of a simple product; PRICE becomes its base price."""
    given = _given(params)
    if not given.get("name"):
        raise refusal("The field 'NAME' is required.", "")
    iblock = main_catalog(core)
    draft = read_draft(core, given | {"iblockId": iblock}, iblock, None)
    cost = _cost(core, params, None)
    item = add_product(core, draft, SIMPLE)
    if cost is not None:
        set_base_price(core, item.id, *cost)
    return Reply(item.id)


def product_update(core: Core, params: Params) -> Reply:
    """Answer crm.product.update."""
    item = _product(core, params)
    given = _given(params)
    draft = read_draft(core, given, item.values["iblockId"], item)
    cost = _cost(core, params, item)
    if cost is not None:
        set_base_price(core, item.id, *cost)
    if given:
        change_product(core, item, draft)
    elif cost is not None:
        touch_product(core, item)
    return Reply(True)


def product_delete(core: Core, params: Params) -> Reply:
    """Answer crm.product.delete."""
    delete_product(core, _product(core, params))
    return Reply(True)


def _out(core: Core, item: Item, wanted: set[str] | None = None) -> Values:
    """Return a product as texts, properties as they are, its base price beside the rest."""
    price = base_price(core, item.id)
    answer: Values = {
        upper: records.classic(core, PRODUCT.columns[name], item.values[name])
        for upper, name in _NAMES.items()
        if name not in PICTURES
    }
    answer["PRICE"] = None if price is None else f"{price.values['price']:.2f}"
    answer["CURRENCY_ID"] = None if price is None else price.values["currency"]
    own = product_out(core, item, set(properties_of(core, item.values["iblockId"])) | set(PICTURES), exact=True)
    answer["PREVIEW_PICTURE"], answer["DETAIL_PICTURE"] = (own.pop(name) for name in PICTURES)
    answer |= {name.replace("property", "PROPERTY_"): value for name, value in own.items()}
    return answer if wanted is None else {name: value for name, value in answer.items() if name in wanted}


def product_get(core: Core, params: Params) -> Reply:
    """Answer crm.product.get."""
    return Reply(_out(core, _product(core, params)))


def product_list(core: Core, params: Params) -> Reply:
    """Answer crm.product.list: the catalogue's products; properties come only when selected."""
    specs = product_specs(core)
    prices = {item.values["productId"]: item for item in PRICE.rows(core).values()}

    def find(upper: str) -> FieldSpec | None:
        if upper == "PRICE":
            return _PRICE
        return specs.get(_NAMES.get(upper) or upper.replace("PROPERTY_", "property"))

    items = PRODUCT.where(core, iblockId=main_catalog(core))
    for item in items:
        price = base_price(core, item.id) if item.id in prices else None
        item.values["price"] = price.values["price"] if price else None
    chosen = Filter(core, find, params.get("filter"), strict=False)
    items = [item for item in items if chosen.matches(item)]
    items = sort_items(items, params.get("order"), find, strict=False)
    rows, total, following = page(items, params.number("start"))
    return Reply([_out(core, item, _selected(core, params)) for item in rows], total, following)


def _selected(core: Core, params: Params) -> set[str]:
    wanted = {str(name) for _, name in entries(params.get("select"))}
    if not wanted or "*" in wanted:
        wanted |= set(_NAMES) | {"PRICE", "CURRENCY_ID"}
    if "PROPERTY_*" in wanted:
        own = properties_of(core, main_catalog(core))
        wanted |= {name.replace("property", "PROPERTY_") for name in own}
    return wanted


def product_fields(core: Core, params: Params) -> Reply:
    """Answer crm.product.fields."""
    del params
    answer: dict[str, Any] = {}
    for upper, name in _NAMES.items():
        spec = PRODUCT.columns[name]
        answer[upper] = describe(spec) | {"isReadOnly": name in _READ_ONLY, "title": upper}
    for spec in (_PRICE, _CURRENCY):
        answer[spec.upper] = describe(spec)
    for name, line in properties_of(core, main_catalog(core)).items():
        upper = name.replace("property", "PROPERTY_")
        many = line.values["multiple"] == "Y"
        own = {"type": "product_property", "propertyType": line.values["propertyType"], "title": line.values["name"]}
        answer[upper] = describe(FieldSpec(name, "string", upper, multiple=many)) | own
    return Reply(answer)


def _catalog_shape(core: Core, item: Item, answer: Values) -> Values:
    del core, answer
    own = {"ORIGINATOR_ID": None, "ORIGIN_ID": None, "XML_ID": None}
    return {"ID": str(item.id), "NAME": item.values["name"]} | own


class _Catalogs(Room):
    """Catalogues as the CRM knows them."""

    def _fields(self, core: Core, params: Params) -> Reply:
        del core, params
        names = {"ID": "integer", "NAME": "string", "ORIGINATOR_ID": "string", "ORIGIN_ID": "string"}
        kinds = names | {"XML_ID": "string"}
        return Reply(
            {
                name: {"type": kind, "isRequired": False, "isReadOnly": True, "title": name}
                for name, kind in kinds.items()
            }
        )


def _method(verb: str, run: Callable[[Core, Params], Reply], *required: str, writes: bool = False) -> Method:
    method = Method(f"crm.product.{verb}", _worded(run), "crm", required, writes=writes, classic=True)
    return guarded(method, CLASSIC["write"]) if writes else method


METHODS: list[Method] = [
    _method("add", product_add, "fields", writes=True),
    _method("get", product_get, "id"),
    _method("list", product_list),
    _method("update", product_update, "id", "fields", writes=True),
    _method("delete", product_delete, "id", writes=True),
    _method("fields", product_fields),
    *_Catalogs("crm.catalog", CATALOG, verbs=("get", "list", "fields"), shape=_catalog_shape, **CLASSIC).methods(),
]
