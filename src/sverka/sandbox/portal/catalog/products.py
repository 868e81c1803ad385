"""Products, variations and services: keeping them, and what follows from a change."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sverka.sandbox.portal.catalog.drafts import PICTURES, Draft, Upload, link_name, properties_of, property_spec
from sverka.sandbox.portal.catalog.references import forget
from sverka.sandbox.portal.catalog.tables import CATALOG, FILE, MEASURE, PRICE, PRODUCT, RATIO, STORE_PRODUCT
from sverka.sandbox.portal.core import Core, Event
from sverka.sandbox.portal.params import to_int
from sverka.sandbox.portal.records import values as records
from sverka.sandbox.portal.records.specs import FieldSpec
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.state import Item

SIMPLE, PARENT, OFFER, LONELY_OFFER, CHILDLESS, SERVICE = 1, 3, 4, 5, 6, 7
_PICTURE_TYPES = dict(zip(PICTURES, ("PREVIEW_PICTURE", "DETAIL_PICTURE"), strict=True))


def product_specs(core: Core) -> dict[str, FieldSpec]:
    """Return all fields of products by name, `parentId` and the properties of both catalogues included."""
    specs = dict(PRODUCT.columns)
    for iblock in CATALOG.rows(core):
        specs |= {name: property_spec(line) for name, line in properties_of(core, iblock).items()}
        link = link_name(core, iblock)
        if link is not None:
            specs["parentId"] = specs.pop(link)
    return specs


def add_product(core: Core, draft: Draft, kind: int) -> Item:
    """Put in a product of that type, and tell of it."""
    person = {"createdBy": core.caller.user_id, "modifiedBy": core.caller.user_id}
    moments = {"dateCreate": core.now(), "timestampX": core.now()}
    default_unit = next((line.id for line in MEASURE.where(core, isDefault="Y")), None)
    unit = {} if kind == SERVICE else {"measure": default_unit}
    item = PRODUCT.insert(core, person | moments | unit | draft.values | {"type": kind, "valueIds": {}})
    item.values["xmlId"] = item.values["xmlId"] or str(item.id)
    RATIO.insert(core, {"productId": item.id})
    _apply(core, item, draft)
    _fire(core, item, "ADD")
    return item


def change_product(core: Core, item: Item, draft: Draft) -> None:
    """Change a product as a whole, and tell of it."""
    moment = {"timestampX": core.now(), "modifiedBy": core.caller.user_id}
    item.values |= moment | draft.values
    _apply(core, item, draft)
    _fire(core, item, "UPDATE")


def touch_product(core: Core, item: Item) -> None:
    """Tell of a change that came about otherwise: a price, a stock."""
    item.values["timestampX"] = core.now()
    _fire(core, item, "UPDATE")


def delete_product(core: Core, item: Item) -> None:
    """Delete a product with its variations, prices, stock and files."""
    for child in variations(core, item.id):
        delete_product(core, child)
    del PRODUCT.rows(core)[item.id]
    for table in (PRICE, RATIO, STORE_PRODUCT, FILE):
        forget(core, table, productId=item.id)
    _fire(core, item, "DELETE")


def variations(core: Core, parent_id: int) -> list[Item]:
    """Return the variations of a product."""
    return [item for item in PRODUCT.rows(core).values() if parent_of(core, item) == parent_id]


def parent_of(core: Core, item: Item) -> int | None:
    """Return the product a variation is of."""
    link = link_name(core, item.values["iblockId"])
    held = item.values.get(link) if link else None
    return held[0] if held else None


def _fire(core: Core, item: Item, deed: str) -> None:
    number = str(item.id)
    core.emit(Event(f"CATALOG.PRODUCT.ON.{deed}", {"ID": number, "TYPE": str(item.values["type"])}))
    if link_name(core, item.values["iblockId"]) is None:
        core.emit(Event(f"ONCRMPRODUCT{deed}", {"ID": number}))


def _apply(core: Core, item: Item, draft: Draft) -> None:
    for name, upload in draft.pictures.items():
        set_picture(core, item, name, upload)
    for name, pairs in draft.properties.items():
        set_property(core, item, name, pairs)
    link = link_name(core, item.values["iblockId"])
    if link is not None:
        parent = parent_of(core, item)
        item.values["type"] = OFFER if parent else LONELY_OFFER
        if parent in PRODUCT.rows(core):
            PRODUCT.rows(core)[parent].values["type"] = PARENT


def set_picture(core: Core, item: Item, name: str, upload: Upload | None) -> None:
    """Put a picture in place of the one there was, or take it away."""
    forget(core, FILE, productId=item.id, type=_PICTURE_TYPES[name])
    file = keep_file(core, item, _PICTURE_TYPES[name], upload) if upload else None
    item.values[name] = {"id": file.id} if file else None


def keep_file(core: Core, item: Item, kind: str, upload: Upload) -> Item:
    """Keep a file of a product."""
    path = f"/upload/iblock/{item.id}/{upload.name}"
    given = {"name": upload.name, "content": upload.content, "productId": item.id, "type": kind}
    file = FILE.insert(core, given | {"createTime": core.now(), "detailUrl": path})
    file.values["downloadUrl"] = f"https://{core.settings.host}/rest/download.json?token=catalog%7C{file.id}"
    return file


def set_property(core: Core, item: Item, name: str, pairs: list[tuple[Any, int | None]]) -> None:
    """Replace the values of a property; one given with the id it had keeps it, files no longer named go."""
    had = item.values["valueIds"].get(name, [])
    line = properties_of(core, item.values["iblockId"])[name]
    held, numbers = [], []
    for value, number in pairs:
        kept = keep_file(core, item, line.values["code"] or name, value) if isinstance(value, Upload) else None
        held.append({"id": kept.id} if kept else value)
        numbers.append(number if number in had else core.state.next_id("catalogPropertyValue"))
    kept_files = {value["id"] for value in held if isinstance(value, dict)}
    for old in item.values.get(name) or []:
        if isinstance(old, dict) and old["id"] not in kept_files:
            FILE.rows(core).pop(old["id"], None)
    item.values[name] = held
    item.values["valueIds"][name] = numbers


def available(core: Core, item: Item) -> str:
    """Tell by Y or N whether a product can be bought: in stock, not counted, or one of its variations can."""
    kind, held = item.values["type"], item.values
    if kind in (PARENT, CHILDLESS):
        children = variations(core, item.id)
        return "Y" if not children or any(available(core, child) == "Y" for child in children) else "N"
    counted = held["quantityTrace"] == "Y" or (held["quantityTrace"] == "D" and core.settings.inventory)
    free = kind == SERVICE or not counted or held["canBuyZero"] == "Y"
    return "Y" if free or (held["quantity"] or Decimal(0)) > 0 else "N"


def product_out(core: Core, item: Item, names: set[str], *, exact: bool) -> Values:
    """Return these fields of a product; `exact` writes the purchasing price as a text, as all but lists do."""
    answer: Values = {}
    link = link_name(core, item.values["iblockId"])
    properties = properties_of(core, item.values["iblockId"])
    for name in sorted(names):
        if name == "parentId":
            if link is not None:
                answer[name] = _property_out(item, link, properties[link], "catalog.product.offer")
        elif name in properties:
            if name != link:
                answer[name] = _property_out(item, name, properties[name], "catalog.product")
        elif name in PRODUCT.columns:
            answer[name] = _column_out(core, item, name, exact)
    return answer


def _column_out(core: Core, item: Item, name: str, exact: bool) -> Any:
    value = item.values[name]
    if name == "available":
        return available(core, item)
    if name in PICTURES:
        return None if value is None else file_out("catalog.product", item.id, name, value["id"])
    if name == "purchasingPrice" and exact and value is not None:
        return f"{value:.6f}"
    return records.universal(core, PRODUCT.columns[name], value)


def file_out(prefix: str, product_id: int, name: str, number: int) -> Values:
    """Return a file as products answer it: where to download it."""
    query = {"fields[fieldName]": name, "fields[fileId]": number, "fields[productId]": product_id}
    address = f"/rest/{prefix}.download?{urlencode(query)}"
    return {"id": str(number), "url": address, "urlMachine": address}


def _property_out(item: Item, name: str, line: Item, prefix: str) -> Any:
    held, numbers = item.values.get(name) or [], item.values["valueIds"].get(name, [])
    pairs = [
        {"value": _text(item, name, value, prefix), "valueId": str(number)}
        for value, number in zip(held, numbers, strict=True)
    ]
    if line.values["multiple"] == "Y":
        return pairs or None
    return pairs[0] if pairs else None


def _text(item: Item, name: str, value: Any, prefix: str) -> Any:
    if isinstance(value, dict):
        return file_out(prefix, item.id, name, value["id"])
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def row_defaults(core: Core, given: dict[str, Any]) -> dict[str, Any]:
    """Return a product row's fields with the name and the unit of its product where the call gave none."""
    item = PRODUCT.rows(core).get(to_int(given.get("productId")) or 0)
    if item is None:
        return given
    unit = MEASURE.rows(core).get(item.values["measure"] or 0)
    defaults = {"productName": item.values["name"]} | ({"measureCode": unit.values["code"]} if unit else {})
    return defaults | {name: value for name, value in given.items() if value not in (None, "")}
