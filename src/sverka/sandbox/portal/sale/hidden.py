"""The hidden order behind the payments of a deal: which it is, and how its basket follows the deal's rows."""

from __future__ import annotations

from decimal import Decimal

from sverka.sandbox.portal.core import Core
from sverka.sandbox.portal.crm.fields import ABBREVIATIONS
from sverka.sandbox.portal.params import to_int
from sverka.sandbox.portal.records.tables import Values
from sverka.sandbox.portal.sale import model
from sverka.sandbox.portal.sale.columns import refused
from sverka.sandbox.portal.sale.dictionaries import PERSON_TYPES
from sverka.sandbox.portal.sale.totals import drop_parts, saved
from sverka.sandbox.portal.state import Item, Row

DEAL, INVOICE = 2, 31
_LETTERS = {**{entity_type_id: letters for letters, entity_type_id in ABBREVIATIONS.items()}, INVOICE: "SI"}
#: how the row of a deal names its position in the basket
_XML_ID = "sale_basket_"


def owner_of(core: Core, entity_type_id: int | None, entity_id: int | None) -> Item:
    """Return the deal or smart invoice; RestError when it is neither or not there."""
    if entity_type_id not in (DEAL, INVOICE) or entity_type_id not in core.state.items:
        raise refused(0, f"Entity type {entity_type_id} is not supported")
    owner = core.state.items[entity_type_id].get(entity_id or 0)
    if owner is None:
        raise refused(0, f"Entity with identifier №{entity_id} does not exist")
    return owner


def orders_of(core: Core, owner: Item) -> list[Item]:
    """Return the orders of a record, the oldest first."""
    links = model.OWNERS.where(core, ownerTypeId=owner.entity_type_id, ownerId=owner.id)
    orders = model.ORDERS.rows(core)
    return [orders[link.values["orderId"]] for link in links if link.values["orderId"] in orders]


def order_for(core: Core, owner: Item) -> Item:
    """Return the order behind a record's payments, making it with the record's rows when there is none."""
    orders = orders_of(core, owner)
    if orders:
        follow_rows(core, owner, orders[0])
        return orders[0]
    company = to_int(owner.values.get("companyId"))
    wanted = PERSON_TYPES.where(core, code="CRM_COMPANY" if company else "CRM_CONTACT")
    order = model.ORDERS.insert(
        core,
        {
            "lid": "s1",
            "personTypeId": wanted[0].id if wanted else next(iter(PERSON_TYPES.rows(core)), 0),
            "currency": owner.values.get("currencyId") or core.state.currencies[0],
            "responsibleId": owner.values.get("assignedById"),
        },
    )
    order.values["accountNumber"] = str(order.id)
    model.OWNERS.insert(core, {"orderId": order.id, "ownerId": owner.id, "ownerTypeId": owner.entity_type_id})
    follow_rows(core, owner, order)
    saved(core, order, itself=True)
    return order


def rows_of(core: Core, owner: Item) -> list[Row]:
    """Return the product rows of a record."""
    return core.state.rows.get((_LETTERS[owner.entity_type_id], owner.id), [])


def follow_rows(core: Core, owner: Item, order: Item) -> None:
    """Bring the basket in step with the rows; a position whose row is gone goes too, unless it is in a payment."""
    basket = model.BASKET.rows(core)
    seen = set()
    for row in rows_of(core, owner):
        item = basket.get(to_int(row.xml_id.removeprefix(_XML_ID)) or 0)
        values = _position(row)
        if item is None or item.values["orderId"] != order.id:
            whole = values | {"orderId": order.id, "currency": order.values["currency"]}
            item = model.BASKET.insert(core, whole)
            row.xml_id = f"{_XML_ID}{item.id}"
        item.values |= values
        seen.add(item.id)
    for item in model.BASKET.where(core, orderId=order.id):
        paid = model.PAID_PRODUCTS.where(core, basketId=item.id)
        if item.id not in seen and "rowId" in item.values and not paid:
            drop_parts(core, model.BASKET_PROPERTIES, basketId=item.id)
            del basket[item.id]


def _position(row: Row) -> Values:
    return {
        "productId": row.product_id,
        "name": row.product_name,
        "price": row.price,
        "basePrice": row.price + row.discount_sum,
        "discountPrice": row.discount_sum,
        "quantity": row.quantity,
        "vatRate": None if row.tax_rate is None else row.tax_rate / Decimal(100),
        "vatIncluded": "Y",
        "measureCode": str(row.measure_code),
        "sort": row.sort,
        "customPrice": "Y",
        "rowId": row.id,
    }
