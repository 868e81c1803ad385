"""Values of order properties: enumerations by variant, files as objects, and the erasing save."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sverka.sandbox.bitrix_site.catalogue import Catalogue, Record
from sverka.sandbox.bitrix_site.errors import BitrixError


class Properties:
    """Reads and writes `propertyValues` of orders; a property without a value has no row."""

    def __init__(self, catalogue: Catalogue, next_id: Callable[[str], int]) -> None:
        self._catalogue = catalogue
        self._next_id = next_id
        self.files: dict[str, bytes] = {}
        """What lies in the upload directory, by path."""

    def set_by_code(self, order: Record, values: Mapping[str, object]) -> None:
        """Set these and keeps the rest; LookupError for a code that the order's payer does not have."""
        for code, value in values.items():
            row = self._catalogue.property_by_code(order["personTypeId"], code)
            self._put(order, row, value)

    def replace(self, order: Record, rows: Iterable[Mapping[str, Any]]) -> None:
        """`sale.propertyvalue.modify`: sets what is listed by orderPropsId and erases every other value."""
        kept = set()
        for row in rows:
            found = self._catalogue.property_by_id(int(row.get("orderPropsId") or 0))
            if found is None or found["personTypeId"] != order["personTypeId"]:
                continue
            kept.add(found["id"])
            self._put(order, found, row.get("value"))
        order["propertyValues"] = [row for row in order["propertyValues"] if row["orderPropsId"] in kept]

    def _put(self, order: Record, property_: Record, value: object) -> None:
        existing = next((row for row in order["propertyValues"] if row["orderPropsId"] == property_["id"]), None)
        stored = self._checked(property_, value, existing["value"] if existing else None)
        if existing is not None:
            existing["value"] = stored
            return
        order["propertyValues"].append(
            {
                "code": property_["code"],
                "id": self._next_id("property_value"),
                "name": property_["name"],
                "orderPropsId": property_["id"],
                "orderPropsXmlId": property_["xmlId"],
                "value": stored,
            }
        )

    def _checked(self, property_: Record, value: object, before: object) -> object:
        if property_["type"] == "FILE" and property_["multiple"] == "Y":
            held = before if isinstance(before, list) else []
            given = value if isinstance(value, list) else [value]
            found = (self._file(one, _same(one, held)) for one in given)
            return [one for one in found if one is not None] or None
        if property_["type"] == "FILE":
            return self._file(value, before)
        if property_["type"] == "ENUM":
            known = {row["value"] for row in self._catalogue.variants if row["orderPropsId"] == property_["id"]}
            chosen = value if isinstance(value, list) else [value]
            if not known.issuperset(one for one in chosen if one not in {None, ""}):
                raise BitrixError("BX_INVALID_VALUE", f"{property_['name']}: no such variant")
        return value if value is None or isinstance(value, list | dict) else str(value)

    def _file(self, value: object, before: object) -> object:
        if value in ({}, None, "", [], {"remove": "Y"}):
            return None
        if not isinstance(value, dict):
            raise BitrixError("BX_INVALID_VALUE", "a file is sent as fileData")
        data = value.get("fileData")
        if not isinstance(data, list) or len(data) != 2:
            return before
        try:
            content = base64.b64decode(str(data[1]), validate=True)
        except binascii.Error:
            raise BitrixError("BX_INVALID_VALUE", "the file is not base64") from None
        id_ = self._next_id("file")
        name = str(data[0])
        path = f"/upload/sale/order/{id_}/{name}"
        self.files[path] = content
        told = {"originalName": name, "fileName": name, "fileSize": len(content), "src": path}
        return {"id": str(id_), "contentType": "", "moduleId": "sale", **told}


def _same(value: object, held: list[Any]) -> object:
    """Return the file among those held that a sent one names by its id, None for none."""
    number = value.get("id") if isinstance(value, dict) else None
    return next((one for one in held if str(one.get("id")) == str(number)), None)
