"""What a call wants a product to be: its fields read and checked as a whole, before anything is changed."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any

from sverka.sandbox.portal.catalog.room import clean_value, lacking, refusal
from sverka.sandbox.portal.catalog.tables import CATALOG, ENUM, FILE, PRODUCT, PROPERTY, SECTION, VAT
from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.params import entries, to_int
from sverka.sandbox.portal.records.specs import FieldSpec, Kind
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.state import Item

PICTURES = ("previewPicture", "detailPicture")
_PROPERTY = re.compile(r"property(\d+)")
_KINDS: dict[str, Kind] = {"N": "double", "L": "integer", "E": "integer", "G": "integer", "F": "file"}
#: what only documents change when stock is kept by them
_OF_DOCUMENTS = ("quantity", "quantityReserved", "purchasingPrice", "purchasingCurrency")
_LONGEST_NAME = 255


@dataclass(frozen=True)
class Upload:
    """A file on its way in: its name and its content in base64."""

    name: str
    content: str = field(repr=False)


@dataclass
class Draft:
    """Clean values by column; pictures by column, None removes one; values of properties with the ids they keep."""

    values: Values = field(default_factory=dict)
    pictures: dict[str, Upload | None] = field(default_factory=dict)
    properties: dict[str, list[tuple[Any, int | None]]] = field(default_factory=dict)


def property_spec(line: Item) -> FieldSpec:
    """Return a property as a field; its values are a list even when there is one."""
    kind = _KINDS.get(line.values["propertyType"], "string")
    return FieldSpec(f"property{line.id}", kind, f"PROPERTY_{line.id}", multiple=True, user_field=True)


def properties_of(core: Core, iblock: int) -> dict[str, Item]:
    """Return the properties of a catalogue by the names of their fields."""
    return {f"property{line.id}": line for line in PROPERTY.where(core, iblockId=iblock)}


def link_name(core: Core, iblock: int) -> str | None:
    """Return the property by which a variation names its parent; None in a catalogue that has no variations."""
    number = CATALOG.rows(core)[iblock].values["skuPropertyId"]
    return None if number is None else f"property{number}"


def read_draft(core: Core, given: Values, iblock: int, item: Item | None) -> Draft:
    """Return the fields of a product of that catalogue, `item` being what is there; RestError when they are wrong."""
    draft = Draft()
    known = properties_of(core, iblock)
    link = link_name(core, iblock)
    for raw_name, raw in given.items():
        name = "iblockSection" if raw_name == "IblockSection" else raw_name
        spec = PRODUCT.columns.get(name)
        if name in PICTURES:
            draft.pictures[name] = read_upload(name, raw)
        elif name == "parentId" and link:
            draft.properties[link] = _parent(core, raw)
        elif name in known and name != link:
            draft.properties[name] = _values(core, known[name], name, raw)
        elif spec is not None and not spec.read_only and not (item and spec.immutable):
            draft.values[name] = clean_value(core, spec, name, raw)
    if core.settings.inventory:
        draft.values = {name: value for name, value in draft.values.items() if name not in _OF_DOCUMENTS}
    sections = draft.values.get("iblockSection")
    if sections and "iblockSectionId" not in draft.values:
        draft.values["iblockSectionId"] = sections[0]
    _check(core, draft, iblock, item)
    _check_required(draft, known, item)
    return draft


def _check(core: Core, draft: Draft, iblock: int, item: Item | None) -> None:
    values = draft.values
    if "name" in values and not values["name"]:
        raise lacking("name")
    sections = [values.get("iblockSectionId"), *values.get("iblockSection", [])]
    for number in sections:
        section = SECTION.rows(core).get(number or 0)
        if number and (section is None or section.values["iblockId"] != iblock):
            raise refusal("Section with the specified identifier does not exist")
    if values.get("vatId") and values["vatId"] not in VAT.rows(core):
        raise refusal("VAT rate with the specified identifier does not exist")
    for name in ("createdBy", "modifiedBy"):
        if values.get(name) and values[name] not in core.state.users:
            raise refusal(f"User with the specified identifier does not exist: {name}")
    code = values.get("code")
    if code and any(other is not item for other in PRODUCT.where(core, iblockId=iblock, code=code)):
        raise refusal("Product with the specified symbolic code already exists")


def _check_required(draft: Draft, known: dict[str, Item], item: Item | None) -> None:
    for name, line in known.items():
        if line.values["isRequired"] != "Y" or (item and name not in draft.properties):
            continue
        if not draft.properties.get(name):
            raise lacking(name)


def read_upload(name: str, raw: Any) -> Upload | None:
    """Return the file of `{"fileData": [name, base64]}`, None for `{"remove": "Y"}` and for nothing at all."""
    if raw in (None, "", []):
        return None
    if isinstance(raw, dict):
        if str(raw.get("remove")).upper() == "Y":
            return None
        raw = raw.get("fileData")
    parts = [part for _, part in entries(raw)]
    if len(parts) != 2 or not all(isinstance(part, str) and part for part in parts):
        raise refusal(f"Wrong format of field {name}")
    if len(parts[0]) > _LONGEST_NAME:
        raise refusal("File name is too long")
    try:
        base64.b64decode(parts[1], validate=True)
    except (binascii.Error, ValueError) as error:
        raise refusal(f"Wrong format of field {name}") from error
    return Upload(parts[0], parts[1])


def _parent(core: Core, raw: Any) -> list[tuple[Any, int | None]]:
    value = raw.get("value") if isinstance(raw, dict) else raw
    if value in (None, "", 0, "0"):
        return []
    parent = PRODUCT.rows(core).get(to_int(value) or 0)
    if parent is None or parent.values["type"] not in (1, 3, 6):
        raise refusal("Parent product with the specified identifier does not exist")
    return [(parent.id, to_int(raw.get("valueId")) if isinstance(raw, dict) else None)]


def _values(core: Core, line: Item, name: str, raw: Any) -> list[tuple[Any, int | None]]:
    """Return the values given for a property; a single one keeps the first."""
    many = isinstance(raw, list) or (isinstance(raw, dict) and bool(raw) and all(str(key).isdigit() for key in raw))
    pairs = [_value(core, line, name, one) for one in ([part for _, part in entries(raw)] if many else [raw])]
    kept = [pair for pair in pairs if pair[0] is not None]
    return kept if line.values["multiple"] == "Y" else kept[:1]


def _value(core: Core, line: Item, name: str, raw: Any) -> tuple[Any, int | None]:
    number = None
    if isinstance(raw, dict) and ("value" in raw or "valueId" in raw):
        number = to_int(raw.get("valueId"))
        raw = raw.get("value", {"fileData": raw["fileData"]} if "fileData" in raw else None)
    if line.values["propertyType"] == "F":
        known = to_int(raw.get("id")) if isinstance(raw, dict) and "fileData" not in raw else None
        if known and known not in FILE.rows(core):
            raise refusal("The file with the specified identifier does not exist")
        return ({"id": known} if known else read_upload(name, raw)), number
    if isinstance(raw, dict | list):
        raise refusal(f"Wrong format of field {name}")
    spec = FieldSpec(name, property_spec(line).kind, name)
    value = clean_value(core, spec, name, raw)
    if line.values["propertyType"] == "L" and value is not None:
        option = ENUM.rows(core).get(value)
        if option is None or option.values["propertyId"] != line.id:
            raise refusal(f"Wrong format of field {name}")
    return value, number


def property_number(name: str) -> int | None:
    """Return N of `propertyN`, None for any other name."""
    found = _PROPERTY.fullmatch(name)
    return int(found[1]) if found else None
