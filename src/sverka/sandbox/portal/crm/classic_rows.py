"""`crm.{lead,deal,quote}.productrows.*`: product rows in the manner of the older generation."""

from __future__ import annotations

from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply
from sverka.sandbox.portal.crm.fields import CLASSIC, DEAL, HAS_ROWS, NAMES
from sverka.sandbox.portal.crm.rows import put_rows, read_rows, row_out
from sverka.sandbox.portal.errors import RestError
from sverka.sandbox.portal.params import Params, entries
from sverka.sandbox.portal.state import Item, Row

_WRITABLE = {
    "PRODUCT_ID": "productId", "PRODUCT_NAME": "productName", "PRICE": "price", "QUANTITY": "quantity",
    "DISCOUNT_TYPE_ID": "discountTypeId", "DISCOUNT_RATE": "discountRate", "DISCOUNT_SUM": "discountSum",
    "TAX_RATE": "taxRate", "TAX_INCLUDED": "taxIncluded", "MEASURE_CODE": "measureCode", "SORT": "sort",
}  # fmt: skip
_READ_ONLY = {
    "ORIGINAL_PRODUCT_NAME": "productName", "PRICE_EXCLUSIVE": "priceExclusive", "PRICE_NETTO": "priceNetto",
    "PRICE_BRUTTO": "priceBrutto", "CUSTOMIZED": "customized", "MEASURE_NAME": "measureName", "XML_ID": "xmlId",
    "TYPE": "type", "STORE_ID": "storeId",
}  # fmt: skip
_NOTHING = dict.fromkeys(("PRODUCT_DESCRIPTION", "RESERVE_ID", "DATE_RESERVE_END", "RESERVE_QUANTITY"))


class _Rows:
    """The two methods of one entity type."""

    def __init__(self, letters: str, entity_type_id: int) -> None:
        self._letters, self._type = letters, entity_type_id
        self._decimals = 2 if entity_type_id == DEAL else 8

    def set(self, core: Core, params: Params) -> Reply:
        owner = self._owner(core, params)
        lines = [
            {_WRITABLE[key]: value for key, value in line.items() if key in _WRITABLE}
            for _, line in entries(params.get("rows"))
            if isinstance(line, dict)
        ]
        for line in lines:
            if "discountTypeId" in line and not {"discountSum", "discountRate"} & line.keys():
                text = "Discount Sum (DISCOUNT_SUM) or Discount Rate (DISCOUNT_RATE) is required.<br>"
                raise RestError(400, "", text)
        put_rows(core, owner, self._letters, read_rows(core, self._letters, owner.id, lines))
        return Reply(True)

    def get(self, core: Core, params: Params) -> Reply:
        owner = self._owner(core, params)
        return Reply([self._out(row) for row in core.state.rows.get((self._letters, owner.id), [])])

    def _owner(self, core: Core, params: Params) -> Item:
        owner = core.state.item(self._type, params.number("id"))
        if owner is None:
            raise RestError(400, "", "The parameter id is invalid or not defined.")
        return owner

    def _out(self, row: Row) -> dict[str, Any]:
        """Return a row: ids and the price in the accounting currency as texts, numbers as numbers."""
        known = row_out(row)
        line = {upper: known[name] for upper, name in (_WRITABLE | _READ_ONLY).items()}
        price = f"{row.price:.{self._decimals}f}"
        owner = {"OWNER_ID": str(row.owner_id), "OWNER_TYPE": self._letters}
        return {"ID": str(row.id), **owner, **line, **_NOTHING, "PRICE_ACCOUNT": price}


def _methods() -> list[Method]:
    methods = []
    for letters, entity_type_id in HAS_ROWS.items():
        if entity_type_id in CLASSIC:
            rows = _Rows(letters, entity_type_id)
            prefix = f"crm.{NAMES[entity_type_id].lower()}.productrows"
            methods.append(Method(f"{prefix}.set", rows.set, required=("id",), writes=True, classic=True))
            methods.append(Method(f"{prefix}.get", rows.get, required=("id",), classic=True))
    return methods


METHODS = _methods()
