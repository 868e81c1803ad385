"""catalog.product.*, and the same for parents of variations (`sku`), variations (`offer`) and services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sverka.sandbox.portal.catalog.drafts import PICTURES, properties_of, property_number, read_draft
from sverka.sandbox.portal.catalog.products import (
    CHILDLESS,
    LONELY_OFFER,
    OFFER,
    PARENT,
    SERVICE,
    SIMPLE,
    add_product,
    available,
    change_product,
    delete_product,
    product_out,
    product_specs,
)
from sverka.sandbox.portal.catalog.room import (
    NO_READING,
    Denial,
    check_filter,
    check_lists,
    describe,
    given_fields,
    guarded,
    lacking,
    refusal,
)
from sverka.sandbox.portal.catalog.tables import CATALOG, ENUM, FILE, PRODUCT
from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records.filters import Filter, sort_items, split_key
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.state import Item

_NO_CHANGING: Denial = (400, 200040300040, "Access Denied")
_NO_IBLOCK = 200040300000
#: columns only lists show, and only when asked; the second set is named among the fields too
_RARE = {"barcodeMulti", "iblockSection", "recurSchemeLength", "recurSchemeType", "trialPriceId", "withoutOrder"}
_DESCRIBED = {"negativeAmountTrace", "priceType"}
_OF_GOODS = {
    "canBuyZero", "height", "length", "measure", "purchasingCurrency", "purchasingPrice", "quantity", "subscribe",
    "negativeAmountTrace", "weight", "width",
}  # fmt: skip
_COUNTED = {"quantityReserved", "quantityTrace"}


@dataclass(frozen=True)
class Manner:
    """One of the four families: the names it answers in, the types it sees and makes, the columns it lacks.

    `written` is the name an added or changed one is answered in.
    """

    prefix: str
    one: str
    many: str
    written: str
    born: int
    types: frozenset[int]
    lacks: frozenset[str] = frozenset()
    offers: bool = False

    @property
    def columns(self) -> set[str]:
        """Names of the columns this family knows, the rare ones included."""
        return set(PRODUCT.columns) - self.lacks


_ALL = frozenset({SIMPLE, PARENT, OFFER, LONELY_OFFER, CHILDLESS, SERVICE})
_SCARCE = frozenset(_COUNTED | (_RARE - {"iblockSection"}))
MANNERS = (
    Manner("catalog.product", "product", "products", "element", SIMPLE, _ALL),
    Manner("catalog.product.sku", "sku", "units", "sku", PARENT, frozenset({PARENT, CHILDLESS}), _SCARCE),
    Manner(
        "catalog.product.offer", "offer", "offers", "offer", OFFER, frozenset({OFFER, LONELY_OFFER}), offers=True
    ),
    Manner(
        "catalog.product.service", "service", "services", "service", SERVICE, frozenset({SERVICE}),
        _SCARCE | _OF_GOODS,
    ),
)  # fmt: skip


def _item(manner: Manner, core: Core, number: int | None, code: int = 0) -> Item:
    item = PRODUCT.rows(core).get(number or 0)
    if item is None or item.values["type"] not in manner.types:
        raise refusal(f"{manner.one} does not exist.", code)
    return item


def _whole(manner: Manner, core: Core, item: Item) -> Values:
    """Return a product as `get` answers it."""
    names = manner.columns - _RARE - _DESCRIBED | set(properties_of(core, item.values["iblockId"])) | {"parentId"}
    return product_out(core, item, names, exact=True)


def product_add(manner: Manner, core: Core, params: Params) -> Reply:
    """Answer catalog.product.add and its three kin with the whole new record."""
    given = _allowed(manner, given_fields(params))
    absent = [name for name in ("iblockId", "name") if given.get(name) in (None, "", [])]
    if absent:
        raise lacking(", ".join(absent))
    catalog = CATALOG.rows(core).get(to_int(given["iblockId"]) or 0)
    if catalog is None:
        raise refusal("The specified iblock does not exist", _NO_IBLOCK)
    if manner.offers is not (catalog.values["productIblockId"] is not None):
        raise refusal(f"A {manner.one} cannot be added to the specified iblock")
    item = add_product(core, read_draft(core, given, catalog.id, None), manner.born)
    return Reply({manner.written: _whole(manner, core, item)})


def _allowed(manner: Manner, given: Values) -> Values:
    """Return the fields without those this kind of product does not have; unknown names do no harm."""
    return {name: value for name, value in given.items() if name not in manner.lacks}


def product_get(manner: Manner, core: Core, params: Params) -> Reply:
    """Answer catalog.product.get and its three kin."""
    return Reply({manner.one: _whole(manner, core, _item(manner, core, params.number("id")))})


def product_update(manner: Manner, core: Core, params: Params) -> Reply:
    """Answer catalog.product.update and its three kin with the whole record."""
    item = _item(manner, core, params.number("id"))
    given = _allowed(manner, given_fields(params))
    if not given:
        raise refusal("Could not find value for parameter {fields}", 100)
    if "iblockId" in given and to_int(given["iblockId"]) != item.values["iblockId"]:
        raise refusal(f"{manner.one} does not exist in the specified iblock")
    change_product(core, item, read_draft(core, given, item.values["iblockId"], item))
    return Reply({manner.written: _whole(manner, core, item)})


def product_delete(manner: Manner, core: Core, params: Params) -> Reply:
    """Answer catalog.product.delete and its three kin; variations, prices and stock go along."""
    delete_product(core, _item(manner, core, params.number("id"), _NO_IBLOCK))
    return Reply(True)


def product_list(manner: Manner, core: Core, params: Params) -> Reply:
    """Answer catalog.product.list and its three kin: the selected fields, within one catalogue.

    The filter takes a list of values under the bare name, and a property's value bare or as `{"value": …}`.
    """
    check_lists(params)
    wanted = {str(name) for _, name in entries(params.get("select"))}
    if not {"id", "iblockId"} <= wanted:
        raise refusal("Fields id, iblockId are not specified in the selection fields")
    given = params.mapping("filter")
    if not any(split_key(key)[1] == "iblockId" and given[key] not in (None, "", []) for key in given):
        raise refusal("Field iblockId is not specified in the filter")
    check_filter(given)
    specs = product_specs(core)
    if any(split_key(key)[1] == "available" for key in given):
        for item in PRODUCT.rows(core).values():
            item.values["available"] = available(core, item)
    chosen = Filter(core, specs.get, {key: _bare(value) for key, value in given.items()}, strict=False)
    items = [
        item for item in PRODUCT.rows(core).values() if item.values["type"] in manner.types and chosen.matches(item)
    ]
    items = sort_items(items, params.get("order"), specs.get, strict=False)
    rows, total, following = page(items, params.number("start"))
    names = _selected(manner, wanted, specs)
    return Reply({manner.many: [product_out(core, item, names, exact=False) for item in rows]}, total, following)


def _bare(value: Any) -> Any:
    return value["value"] if isinstance(value, dict) and "value" in value else value


def _selected(manner: Manner, wanted: set[str], specs: dict[str, FieldSpec]) -> set[str]:
    """Return the names a list answers: `*` stands for all columns, `property*` for all properties."""
    names = wanted & (manner.columns | specs.keys() - set(PRODUCT.columns))
    if "*" in wanted:
        names |= manner.columns | {"parentId"}
    if "property*" in wanted:
        names |= {name for name in specs if property_number(name)}
    return names


def product_fields(manner: Manner, core: Core, params: Params) -> Reply:
    """Answer catalog.product.getFieldsByFilter and its three kin: the columns, and the catalogue's properties."""
    given = given_fields(params, "filter")
    if given.get("iblockId") in (None, ""):
        raise refusal("Information block identifier is not specified")
    answer = {
        name: describe(spec) | {"name": spec.upper}
        for name, spec in PRODUCT.columns.items()
        if name in manner.columns - _RARE
    }
    if "purchasingPrice" in answer:
        answer["purchasingPrice"]["type"] = "string"
    iblock = to_int(given["iblockId"]) or 0
    catalog = CATALOG.rows(core).get(iblock)
    for name, line in (properties_of(core, iblock) if catalog else {}).items():
        if catalog and line.id == catalog.values["skuPropertyId"]:
            answer["parentId"] = _property_field(core, line)
        else:
            answer[name] = _property_field(core, line)
    return Reply({manner.one: answer})


def _property_field(core: Core, line: Item) -> Values:
    answer: Values = {
        "isDynamic": True,
        "isImmutable": False,
        "isMultiple": line.values["multiple"] == "Y",
        "isReadOnly": False,
        "isRequired": line.values["isRequired"] == "Y",
        "name": line.values["name"],
        "propertyType": line.values["propertyType"],
        "type": "productproperty",
        "userType": line.values["userType"],
    }
    if line.values["propertyType"] == "L":
        answer["values"] = [{"id": o.id, "value": o.values["value"]} for o in ENUM.where(core, propertyId=line.id)]
    return answer


def product_download(manner: Manner, core: Core, params: Params) -> Reply:
    """Answer catalog.product.download and its three kin with name and base64; a portal sends the file itself."""
    given = given_fields(params)
    absent = [name for name in ("fileId", "productId", "fieldName") if given.get(name) in (None, "")]
    if absent:
        raise lacking(", ".join(absent))
    item = _item(manner, core, to_int(given["productId"]))
    name = str(given["fieldName"])
    line = properties_of(core, item.values["iblockId"]).get(name)
    if name not in PICTURES and (line is None or line.values["propertyType"] != "F"):
        raise refusal("The specified property does not exist or is not a file")
    held = item.values.get(name)
    numbers = {value["id"] for value in (held if isinstance(held, list) else [held]) if value}
    file = FILE.rows(core).get(to_int(given["fileId"]) or 0)
    if file is None or file.id not in numbers:
        raise refusal("The file with the specified identifier does not exist")
    return Reply({"fileData": [file.values["name"], file.values["content"]]})


_Run = Callable[[Manner, Core, Params], Reply]
_VERBS: list[tuple[str, _Run, tuple[str, ...], Denial | None]] = [
    ("add", product_add, ("fields",), _NO_CHANGING),
    ("get", product_get, ("id",), NO_READING),
    ("update", product_update, ("id", "fields"), _NO_CHANGING),
    ("delete", product_delete, ("id",), _NO_CHANGING),
    ("list", product_list, (), None),
    ("getFieldsByFilter", product_fields, ("filter",), NO_READING),
    ("download", product_download, ("fields",), NO_READING),
]


def _method(manner: Manner, verb: str, run: _Run, required: tuple[str, ...], denial: Denial | None) -> Method:
    writes = verb in ("add", "update", "delete")
    method = Method(f"{manner.prefix}.{verb}", partial(run, manner), "catalog", required, writes=writes)
    return method if denial is None else guarded(method, denial)


METHODS: list[Method] = [_method(manner, *line) for manner in MANNERS for line in _VERBS]
