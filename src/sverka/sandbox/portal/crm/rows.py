"""Product rows: their arithmetic, and the methods of the current generation.

`price` is what one piece costs in the end. From it, with tax r and discount d: exclusive = price / (1 + r), netto =
exclusive / (1 - d), brutto = netto * (1 + r), discount = netto - exclusive, each rounded to the hundredth before the
next step. The same holds when the tax is not included, for which the documents give no example.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from sverka.sandbox.portal.core import Core, Method, Reply, page
from sverka.sandbox.portal.crm.fields import HAS_ROWS
from sverka.sandbox.portal.crm.items import change_item, rows_total, touch
from sverka.sandbox.portal.errors import RestError, invalid_argument, not_found
from sverka.sandbox.portal.params import Params, entries, to_int
from sverka.sandbox.portal.records.values import number_out
from sverka.sandbox.portal.state import Item, Row

_CENT = Decimal("0.01")
_PERCENT = Decimal(100)
#: sums and quantities of the portal's database end here
_MOST = Decimal(10) ** 14


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def make_row(core: Core, owner_type: str, owner_id: int, given: dict[str, Any], sort: int) -> Row:
    """Return a row with the next id from the fields of a universal call; RestError when a number is none."""
    price = _decimal(given, "price", "0")
    tax = None if given.get("taxRate") in (None, "") else _decimal(given, "taxRate", "0")
    if tax is not None and tax < 0:
        raise invalid_argument("Invalid value for field 'taxRate'")
    share = (tax or Decimal(0)) / _PERCENT
    exclusive = _cents(price / (1 + share))
    kind = to_int(given.get("discountTypeId")) or 2
    rate, saved = _decimal(given, "discountRate", "0"), _decimal(given, "discountSum", "0")
    if kind == 1:
        netto = _cents(exclusive + saved)
        rate = _cents(saved / netto * _PERCENT) if netto else Decimal(0)
    else:
        if rate >= _PERCENT:
            raise invalid_argument("discountRate must be less than 100")
        netto = _cents(exclusive / (1 - rate / _PERCENT))
        saved = netto - exclusive
    product_id = to_int(given.get("productId")) or 0
    row_id = core.state.next_id("row")
    name = str(given.get("productName") or f"[{product_id or row_id}]")[:255]
    return Row(
        row_id, owner_type, owner_id, product_id, name, price, exclusive, netto, _cents(netto * (1 + share)),
        _decimal(given, "quantity", "1"), kind, rate, saved, tax, str(given.get("taxIncluded")).upper() == "Y",
        to_int(given.get("measureCode")) or 796, to_int(given.get("sort")) or sort,
    )  # fmt: skip


def _decimal(given: dict[str, Any], name: str, default: str) -> Decimal:
    raw = given.get(name)
    try:
        number = Decimal(str(default if raw in (None, "") else raw).strip())
    except InvalidOperation as error:
        raise invalid_argument(f"Invalid value for field '{name}'") from error
    if not number.is_finite() or abs(number) >= _MOST:
        raise invalid_argument(f"Invalid value for field '{name}'")
    return number


def row_out(row: Row) -> dict[str, Any]:
    """Return a row as `crm.item.productrow.*` answers it."""
    return {
        "id": row.id,
        "ownerId": row.owner_id,
        "ownerType": row.owner_type,
        "productId": row.product_id,
        "productName": row.product_name,
        "price": number_out(row.price),
        "priceAccount": number_out(row.price),
        "priceExclusive": number_out(row.price_exclusive),
        "priceNetto": number_out(row.price_netto),
        "priceBrutto": number_out(row.price_brutto),
        "quantity": number_out(row.quantity),
        "discountTypeId": row.discount_type_id,
        "discountRate": number_out(row.discount_rate),
        "discountSum": number_out(row.discount_sum),
        "taxRate": None if row.tax_rate is None else number_out(row.tax_rate),
        "taxIncluded": "Y" if row.tax_included else "N",
        "customized": "Y",
        "measureCode": row.measure_code,
        "measureName": "шт",
        "sort": row.sort,
        "xmlId": "",
        "type": 1,
        "storeId": None,
    }


def put_rows(core: Core, owner: Item, owner_type: str, rows: list[Row]) -> None:
    """Replace the rows of a record; its sum follows, and a real change is a change of the record."""
    key = (owner_type, owner.id)
    before = [row.content for row in core.state.rows.get(key, [])]
    core.state.rows[key] = rows
    if before == [row.content for row in rows]:
        return
    taxes = [(row.price - row.price_exclusive) * row.quantity for row in rows]
    owner.values |= {"taxValue": _cents(sum(taxes, Decimal(0)))} if "taxValue" in owner.values else {}
    automatic = owner.values["isManualOpportunity"] == "N"
    total = rows_total(rows)
    sum_changes = automatic and total != owner.values["opportunity"]
    if core.settings.rows_fire_update:
        if automatic:
            owner.values["opportunity"] = total
        touch(core, owner)
    elif sum_changes:
        change_item(core, owner, {"opportunity": total}, strict=True)


def find_owner(core: Core, owner_type: Any, owner_id: Any) -> tuple[Item, str]:
    """Return the record that `D` and an id (or L, Q, SI) name, with those letters; RestError when it has no rows."""
    letters = str(owner_type or "")
    entity_type_id = HAS_ROWS.get(letters)
    if entity_type_id is None:
        raise RestError(400, "ENTITY_TYPE_NOT_SUPPORTED", "Entity type is not supported")
    owner = core.state.item(entity_type_id, to_int(owner_id))
    if owner is None:
        raise RestError(400, "OWNER_NOT_FOUND", "Owner not found")
    return owner, letters


def _row(core: Core, params: Params) -> tuple[Row, Item]:
    number = params.number("id")
    for (letters, owner_id), rows in core.state.rows.items():
        for row in rows:
            if row.id == number:
                return row, find_owner(core, letters, owner_id)[0]
    raise not_found(classic=False)


def rows_set(core: Core, params: Params) -> Reply:
    """Answer crm.item.productrow.set: the whole list is replaced and every row gets a new id."""
    owner, letters = find_owner(core, params.get("ownerType"), params.get("ownerId"))
    given = params.get("productRows")
    if not isinstance(given, list | dict):
        raise RestError(400, 100, "Invalid value {productRows}. Should be value of type array.")
    rows = read_rows(core, letters, owner.id, given)
    put_rows(core, owner, letters, rows)
    return Reply({"productRows": [row_out(row) for row in rows]})


def read_rows(core: Core, letters: str, owner_id: int, given: Any) -> list[Row]:
    """Return new rows from a list of fields; what is no map of fields in it is passed over."""
    lines = [line for _, line in entries(given) if isinstance(line, dict)]
    return [make_row(core, letters, owner_id, line, number * 10) for number, line in enumerate(lines, start=1)]


def rows_list(core: Core, params: Params) -> Reply:
    """Answer crm.item.productrow.list; the filter must name the owner by `=ownerType` and `=ownerId`."""
    given = {key.lstrip("="): value for key, value in params.mapping("filter").items()}
    if "ownerType" not in given or "ownerId" not in given:
        raise invalid_argument("Required filter fields: =ownerType, =ownerId")
    owner, letters = find_owner(core, given["ownerType"], given["ownerId"])
    rows, total, following = page(core.state.rows.get((letters, owner.id), []), params.number("start"))
    return Reply({"productRows": [row_out(row) for row in rows]}, total, following)


def row_get(core: Core, params: Params) -> Reply:
    """Answer crm.item.productrow.get."""
    return Reply({"productRow": row_out(_row(core, params)[0])})


def row_add(core: Core, params: Params) -> Reply:
    """Answer crm.item.productrow.add: one more row for the owner named in the fields."""
    given = params.mapping("fields")
    owner, letters = find_owner(core, given.get("ownerType"), given.get("ownerId"))
    held = core.state.rows.get((letters, owner.id), [])
    row = make_row(core, letters, owner.id, given, (len(held) + 1) * 10)
    put_rows(core, owner, letters, [*held, row])
    return Reply({"productRow": row_out(row)})


def row_update(core: Core, params: Params) -> Reply:
    """Answer crm.item.productrow.update: fields that are not given stay, the id too."""
    row, owner = _row(core, params)
    changed = make_row(core, row.owner_type, owner.id, row_out(row) | params.mapping("fields"), row.sort)
    changed.id = row.id
    held = core.state.rows[row.owner_type, owner.id]
    put_rows(core, owner, row.owner_type, [changed if line.id == row.id else line for line in held])
    return Reply({"productRow": row_out(changed)})


def row_delete(core: Core, params: Params) -> Reply:
    """Answer crm.item.productrow.delete with null."""
    row, owner = _row(core, params)
    held = core.state.rows[row.owner_type, owner.id]
    put_rows(core, owner, row.owner_type, [line for line in held if line.id != row.id])
    return Reply(None)


_READ_ONLY = {"id", "priceExclusive", "priceNetto", "priceBrutto", "priceAccount", "type", "storeId", "xmlId",
              "customized", "measureName"}  # fmt: skip
_KINDS = {"productName": "string", "ownerType": "string", "taxIncluded": "char", "customized": "char",
          "measureName": "string", "xmlId": "string"}  # fmt: skip


def row_fields(core: Core, params: Params) -> Reply:
    """Answer crm.item.productrow.fields."""
    del core, params
    zero = Decimal(0)
    sample = Row(0, "D", 0, 0, "", zero, zero, zero, zero, zero, 2, zero, zero, None, False, 796, 0)
    fields = {
        name: {
            "type": _KINDS.get(name, "double" if "rice" in name or name == "quantity" else "integer"),
            "isRequired": name in ("ownerId", "ownerType"),
            "isReadOnly": name in _READ_ONLY,
            "isImmutable": name in ("ownerId", "ownerType"),
            "isMultiple": False,
            "isDynamic": False,
            "title": name,
        }
        for name in row_out(sample)
    }
    return Reply({"fields": fields})


def rows_for_payment(core: Core, params: Params) -> Reply:
    """Answer crm.item.productrow.getAvailableForPayment: the rows, and of each the quantity, in no payment yet."""
    owner, letters = find_owner(core, params.get("ownerType"), params.get("ownerId"))
    paid: dict[int, Decimal] = defaultdict(Decimal)
    for line in core.state.tables["payment_product"].values():
        paid[to_int(line.values.get("rowId")) or 0] += Decimal(str(line.values.get("quantity") or 0))
    rows = core.state.rows.get((letters, owner.id), [])
    left = [replace(row, quantity=row.quantity - paid[row.id]) for row in rows if row.quantity > paid[row.id]]
    return Reply({"productRows": [row_out(row) for row in left]})


METHODS = [
    Method("crm.item.productrow.set", rows_set, required=("ownerType", "ownerId", "productRows"), writes=True),
    Method("crm.item.productrow.list", rows_list, required=("filter",)),
    Method("crm.item.productrow.get", row_get, required=("id",)),
    Method("crm.item.productrow.add", row_add, required=("fields",), writes=True),
    Method("crm.item.productrow.update", row_update, required=("id", "fields"), writes=True),
    Method("crm.item.productrow.delete", row_delete, required=("id",), writes=True),
    Method("crm.item.productrow.fields", row_fields),
    Method("crm.item.productrow.getAvailableForPayment", rows_for_payment, required=("ownerId", "ownerType")),
]
