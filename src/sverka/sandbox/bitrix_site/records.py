"""New orders and their parts in the field set that `sale.order.get` answers with.

Money is Decimal and moments are aware datetimes until the wire; flags are "Y" and "N".
"""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sverka.sandbox.bitrix_site.catalogue import NO_DELIVERY, Record

_KOPECK = Decimal("0.01")


#: What every new row starts with; values are immutable and may be shared.
_ORDER: Record = {
    "additionalInfo": "",
    "affiliateId": None,
    "canceled": "N",
    "comments": "",
    "companyId": 0,
    "dateCanceled": None,
    "dateLock": None,
    "dateMarked": None,
    "deducted": "N",
    "discountValue": Decimal(0),
    "empCanceledId": None,
    "empMarkedId": None,
    "empStatusId": 1,
    "externalOrder": "N",
    "id1c": "",
    "lockedBy": "",
    "marked": "N",
    "orderTopic": "",
    "payed": "N",
    "personTypeId": 1,
    "personTypeXmlId": "",
    "price": Decimal(0),
    "reasonCanceled": "",
    "reasonMarked": "",
    "recountFlag": "Y",
    "recurringId": "",
    "responsibleId": 1,
    "statusId": "N",
    "statusXmlId": "",
    "taxValue": Decimal(0),
    "updated1c": "N",
    "userDescription": "",
    "userId": 1,
    "version": 0,
    "version1c": "",
}

_LINE: Record = {
    "barcodeMulti": "N",
    "canBuy": "Y",
    "customPrice": "N",
    "dateRefresh": None,
    "detailPageUrl": "",
    "discountName": "",
    "discountValue": "",
    "fuserId": 4,
    "module": "catalog",
    "notes": "BASE",
    "priceTypeId": 1,
    "productPriceId": 0,
    "productProviderClass": "\\Bitrix\\Catalog\\Product\\CatalogProvider",
    "recommendation": "",
    "setParentId": "",
    "sort": 100,
    "subscribe": "N",
    "type": "",
    "vatIncluded": "Y",
    "weight": 0,
}

_PAYMENT: Record = {
    "comments": "",
    "companyId": 0,
    "dateMarked": None,
    "datePaid": None,
    "datePayBefore": None,
    "dateResponsibleId": None,
    "empMarkedId": None,
    "empPaidId": None,
    "empResponsibleId": None,
    "empReturnId": None,
    "externalPayment": "N",
    "id1c": "",
    "isReturn": "N",
    "marked": "N",
    "paid": "N",
    "payReturnComment": "",
    "payReturnDate": None,
    "payReturnNum": "",
    "payVoucherDate": None,
    "payVoucherNum": "",
    "priceCod": "0",
    "psCurrency": "",
    "psInvoiceId": None,
    "psResponseDate": None,
    "psStatus": "",
    "psStatusCode": "",
    "psStatusDescription": "",
    "psStatusMessage": "",
    "psSum": None,
    "reasonMarked": "",
    "responsibleId": None,
    "sum": Decimal(0),
    "updated1c": "N",
    "version1c": "",
}

_SHIPMENT: Record = {
    "allowDelivery": "N",
    "canceled": "N",
    "comments": "",
    "companyId": 0,
    "customPriceDelivery": "N",
    "dateAllowDelivery": None,
    "dateCanceled": None,
    "dateDeducted": None,
    "dateMarked": None,
    "dateResponsibleId": None,
    "deducted": "N",
    "deliveryDocDate": None,
    "deliveryDocNum": "",
    "discountPrice": Decimal(0),
    "empAllowDeliveryId": None,
    "empCanceledId": None,
    "empDeductedId": None,
    "empMarkedId": None,
    "empResponsibleId": None,
    "externalDelivery": "N",
    "id1c": "",
    "marked": "N",
    "reasonMarked": "",
    "reasonUndoDeducted": "",
    "responsibleId": None,
    "statusId": "DN",
    "statusXmlId": "",
    "trackingDescription": "",
    "trackingLastCheck": "",
    "trackingNumber": "",
    "trackingStatus": "",
    "updated1c": "N",
    "version1c": "",
}


def money(value: object) -> Decimal:
    """Any number or numeric text, rounded to the kopeck."""
    return Decimal(str(value)).quantize(_KOPECK, ROUND_HALF_UP)


def xml_id(number: int) -> str:
    """Return a code such as the kernel gives to new rows."""
    return f"bx_{number:013x}"


def new_order(id_: int, now: datetime, site: str, currency: str) -> Record:
    """Return an empty order in status N of an individual; the parts are empty lists."""
    return _sorted(
        {
            **_ORDER,
            "accountNumber": str(id_),
            "basketItems": [],
            "clients": [],
            "currency": currency,
            "dateInsert": now,
            "dateStatus": now,
            "dateUpdate": now,
            "id": id_,
            "lid": site,
            "payments": [],
            "propertyValues": [],
            "requisiteLink": {"bankDetailId": 0, "mcBankDetailId": 0, "mcRequisiteId": 0, "requisiteId": 0},
            "shipments": [],
            "tradeBindings": [],
            "xmlId": xml_id(id_),
        }
    )


#: The order's own fields: what `sale.order.list` shows, without the parts.
PARTS = frozenset(
    {"basketItems", "clients", "payments", "propertyValues", "requisiteLink", "shipments", "tradeBindings"}
)


def new_basket_item(id_: int, order: Record, now: datetime, item: Record) -> Record:
    """Return a line of the basket; `item` gives name, price (before discount), quantity and what else is known of it.

    `discount` is taken off each unit; VAT of 20 % is inside the price unless `vatRate` says otherwise.
    """
    base, discount = money(item["price"]), money(item.get("discount", 0))
    properties = [
        {"basketId": id_, "id": id_ * 100 + index, "sort": 100, "xmlId": xml_id(id_ * 100 + index), **row}
        for index, row in enumerate(item.get("properties", ()))
    ]
    return _sorted(
        {
            **_LINE,
            "basePrice": base,
            "catalogXmlId": item.get("catalogXmlId", ""),
            "currency": order["currency"],
            "dateInsert": now,
            "dateUpdate": now,
            "dimensions": 'a:3:{s:5:"WIDTH";N;s:6:"HEIGHT";N;s:6:"LENGTH";N;}',
            "discountCoupon": item.get("discountCoupon", ""),
            "discountPrice": discount,
            "id": id_,
            "lid": order["lid"],
            "measureCode": item.get("measureCode", "796"),
            "measureName": item.get("measureName", "шт"),
            "name": item["name"],
            "orderId": order["id"],
            "price": base - discount,
            "productId": item.get("productId", 0),
            "productXmlId": item.get("productXmlId", ""),
            "properties": properties,
            "quantity": Decimal(str(item.get("quantity", 1))),
            "reservations": [
                {
                    "basketId": id_,
                    "dateReserve": now,
                    "dateReserveEnd": None,
                    "id": id_,
                    "quantity": Decimal(str(item.get("quantity", 1))),
                    "reservedBy": None,
                    "storeId": 1,
                }
            ],
            "vatRate": None if item.get("vatRate", "0.2") is None else Decimal(str(item.get("vatRate", "0.2"))),
            "xmlId": xml_id(id_),
        }
    )


def new_payment(id_: int, order: Record, now: datetime, pay_system: Record) -> Record:
    """Return an unpaid payment of nothing; the number is the order's with a running one after a slash."""
    return _sorted(
        {
            **_PAYMENT,
            "accountNumber": part_number(order),
            "currency": order["currency"],
            "dateBill": now,
            "id": id_,
            "orderId": order["id"],
            **pay_system_fields(pay_system),
            "xmlId": xml_id(id_),
        }
    )


def new_shipment(id_: int, order: Record, now: datetime, delivery: Record, price: Decimal) -> Record:
    """Return a shipment of nothing yet; the one of the service "no delivery" is the hidden system shipment."""
    return _sorted(
        {
            **_SHIPMENT,
            "accountNumber": part_number(order),
            "basePriceDelivery": price,
            "currency": order["currency"],
            "dateInsert": now,
            **delivery_fields(delivery),
            "id": id_,
            "orderId": order["id"],
            "priceDelivery": price,
            "shipmentItems": [],
            "system": "Y" if delivery["ID"] == NO_DELIVERY else "N",
            "xmlId": xml_id(id_),
        }
    )


def new_shipment_item(id_: int, shipment: Record, now: datetime, item: Record) -> Record:
    """Return a basket line inside a shipment, whole."""
    return {
        "basketId": item["id"],
        "dateInsert": now,
        "id": id_,
        "orderDeliveryId": shipment["id"],
        "quantity": item["quantity"],
        "reservedQuantity": item["quantity"],
        "xmlId": xml_id(id_),
    }


def pay_system_fields(pay_system: Record) -> Record:
    """Return what a payment copies from its pay system."""
    return {
        "paySystemId": pay_system["ID"],
        "paySystemIsCash": pay_system["IS_CASH"],
        "paySystemName": pay_system["NAME"],
        "paySystemXmlId": pay_system["XML_ID"],
    }


def delivery_fields(delivery: Record) -> Record:
    """Return what a shipment copies from its delivery service."""
    return {"deliveryId": delivery["ID"], "deliveryName": delivery["NAME"], "deliveryXmlId": delivery["XML_ID"]}


def part_number(order: Record) -> str:
    """Return the next number of a payment or shipment, such as 392/2: they share one row of numbers."""
    return f"{order['accountNumber']}/{len(order['payments']) + len(order['shipments']) + 1}"


def recalculate(order: Record) -> None:
    """Sum what follows from the parts: price with delivery, the VAT inside it, and the flags paid and deducted."""
    items = order["basketItems"]
    goods = sum((line["price"] * line["quantity"] for line in items), Decimal(0))
    delivery = sum((row["priceDelivery"] for row in order["shipments"]), Decimal(0))
    order["price"] = money(goods + delivery)
    order["taxValue"] = money(sum((_vat(line) for line in items), Decimal(0)))
    paid = sum((row["sum"] for row in order["payments"] if row["paid"] == "Y"), Decimal(0))
    order["payed"] = "Y" if paid >= order["price"] and order["payments"] else "N"
    real = [row for row in order["shipments"] if row["system"] == "N"]
    order["deducted"] = "Y" if real and all(row["deducted"] == "Y" for row in real) else "N"


def _vat(line: Record) -> Any:
    rate = line["vatRate"] or Decimal(0)
    return line["price"] * line["quantity"] * rate / (1 + rate)


def _sorted(row: Record) -> Record:
    """Return the row with its keys in alphabetical order, as REST shows them."""
    return dict(sorted(row.items()))
