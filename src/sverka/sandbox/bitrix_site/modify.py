"""Writing parts of an order: fields of payments and shipments, and `sale.order.modify` with its erasing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sverka.sandbox.bitrix_site import records
from sverka.sandbox.bitrix_site.catalogue import Record
from sverka.sandbox.bitrix_site.errors import BitrixError
from sverka.sandbox.bitrix_site.store import BitrixSiteStore, item_changes


def modify_order(store: BitrixSiteStore, order: Record, tree: Mapping[str, Any]) -> None:
    """Set the order's fields and parts from `tree`, without saving.

    Properties, payments, shipments, clients and trade bindings that are not in the tree are deleted; basket lines and
    the system shipment stay. Parts are matched by id; a part with an unknown id is not added here.
    """
    store.set_order_fields(order, tree)
    store.properties.replace(order, _rows(tree, "propertyValues"))
    setters: dict[str, Callable[[Record, Mapping[str, Any]], None]] = {
        "payments": lambda row, fields: set_payment_fields(store, row, fields),
        "shipments": lambda row, fields: set_shipment_fields(store, row, fields),
        "clients": lambda _row, _fields: None,
        "tradeBindings": lambda _row, _fields: None,
    }
    for kind, setter in setters.items():
        sent = {str(row.get("id")): row for row in _rows(tree, kind)}
        order[kind] = [row for row in order[kind] if str(row["id"]) in sent or row.get("system") == "Y"]
        for row in order[kind]:
            setter(row, sent.get(str(row["id"]), {}))
    lines = {str(row.get("id")): row for row in _rows(tree, "basketItems")}
    for line in order["basketItems"]:
        line.update(item_changes(lines.get(str(line["id"]), {})))


def set_payment_fields(store: BitrixSiteStore, row: Record, fields: Mapping[str, Any]) -> None:
    """Set a payment's writable fields; the pay system brings its name along."""
    store_fields = ("payVoucherNum", "comments", "psStatus", "psInvoiceId", "xmlId", "id1c", "isReturn", "priceCod")
    if "paySystemId" in fields:
        try:
            row.update(records.pay_system_fields(store.catalogue.pay_system(int(fields["paySystemId"]))))
        except LookupError as error:
            raise BitrixError("BX_INVALID_VALUE", str(error)) from None
    if "sum" in fields:
        row["sum"] = records.money(fields["sum"])
    row.update({key: fields[key] for key in store_fields if key in fields})
    store.set_paid(row, str(fields.get("paid", row["paid"])))


def set_shipment_fields(store: BitrixSiteStore, row: Record, fields: Mapping[str, Any]) -> None:
    """Set a shipment's writable fields; the delivery service brings its name along."""
    store_fields = ("trackingNumber", "deliveryDocNum", "comments", "responsibleId", "companyId", "xmlId", "id1c")
    status = fields.get("statusId", row["statusId"])
    if not store.catalogue.has_status(status, "D"):
        raise BitrixError("BX_INVALID_VALUE", f"Status {status} does not exist")
    row["statusId"] = status
    if "deliveryId" in fields:
        try:
            row.update(records.delivery_fields(store.catalogue.delivery(int(fields["deliveryId"]))))
        except LookupError as error:
            raise BitrixError("BX_INVALID_VALUE", str(error)) from None
    for key in ("priceDelivery", "basePriceDelivery"):
        if key in fields:
            row[key] = records.money(fields[key])
    row.update({key: fields[key] for key in store_fields if key in fields})
    allow, deducted = fields.get("allowDelivery", row["allowDelivery"]), fields.get("deducted", row["deducted"])
    store.set_deducted(row, str(allow), str(deducted))


def _rows(tree: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    value = tree.get(key)
    rows = list(value.values()) if isinstance(value, dict) else value
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
