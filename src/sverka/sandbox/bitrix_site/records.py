"""New orders and their parts in the field set that `sale.order.get` answers with.

Money is Decimal and moments are aware datetimes until the wire; flags are "Y" and "N".
"""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sverka.sandbox.bitrix_site.catalogue import NO_DELIVERY, Record

_KOPECK = Decimal("0.01")


def money(value: object) -> Decimal:
    """Any number or numeric text, rounded to the kopeck."""
    return Decimal(str(value)).quantize(_KOPECK, ROUND_HALF_UP)


def xml_id(number: int) -> str:
    """A code such as the kernel gives to new rows."""
    return f"bx_{number:013x}"


def new_order(id_: int, now: datetime, site: str, currency: str) -> Record:
    """An empty order in status N of an individual; the parts are empty lists."""
    return {
        "accountNumber": str(id_),
        "additionalInfo": "",
        "affiliateId": None,
        "basketItems": [],
        "canceled": "N",
        "clients": [],
        "comments": "",
        "companyId": 0,
        "currency": currency,
        "dateCanceled": None,
        "dateInsert": now,
        "dateLock": None,
        "dateMarked": None,
        "dateStatus": now,
        "dateUpdate": now,
        "deducted": "N",
        "discountValue": Decimal(0),
        "empCanceledId": None,
        "empMarkedId": None,
        "empStatusId": 1,
        "externalOrder": "N",
        "id": id_,
        "id1c": "",
        "lid": site,
        "lockedBy": "",
        "marked": "N",
        "orderTopic": "",
        "payed": "N",
        "payments": [],
        "personTypeId": 1,
        "personTypeXmlId": "",
        "price": Decimal(0),
        "propertyValues": [],
        "reasonCanceled": "",
        "reasonMarked": "",
        "recountFlag": "Y",
        "recurringId": "",
        "requisiteLink": {"bankDetailId": 0, "mcBankDetailId": 0, "mcRequisiteId": 0, "requisiteId": 0},
        "responsibleId": 1,
        "shipments": [],
        "statusId": "N",
        "statusXmlId": "",
        "taxValue": Decimal(0),
        "tradeBindings": [],
        "updated1c": "N",
        "userDescription": "",
        "userId": 1,
        "version": 0,
        "version1c": "",
        "xmlId": xml_id(id_),
    }


#: The order's own fields: what `sale.order.list` shows, without the parts.
PARTS = frozenset(
    {"basketItems", "clients", "payments", "propertyValues", "requisiteLink", "shipments", "tradeBindings"}
)


def new_basket_item(id_: int, order: Record, now: datetime, item: Record) -> Record:
    """A line of the basket; `item` gives name, price (before discount), quantity and what else is known of it.

    `discount` is taken off each unit; VAT of 20 % is inside the price unless `vatRate` says otherwise.
    """
    base, discount = money(item["price"]), money(item.get("discount", 0))
    properties = [
        {"basketId": id_, "id": id_ * 100 + index, "sort": 100, "xmlId": xml_id(id_ * 100 + index), **row}
        for index, row in enumerate(item.get("properties", ()))
    ]
    return {
        "barcodeMulti": "N",
        "basePrice": base,
        "canBuy": "Y",
        "catalogXmlId": item.get("catalogXmlId", ""),
        "currency": order["currency"],
        "customPrice": "N",
        "dateInsert": now,
        "dateRefresh": None,
        "dateUpdate": now,
        "detailPageUrl": "",
        "dimensions": 'a:3:{s:5:"WIDTH";N;s:6:"HEIGHT";N;s:6:"LENGTH";N;}',
        "discountCoupon": item.get("discountCoupon", ""),
        "discountName": "",
        "discountPrice": discount,
        "discountValue": "",
        "fuserId": 4,
        "id": id_,
        "lid": order["lid"],
        "measureCode": item.get("measureCode", "796"),
        "measureName": item.get("measureName", "шт"),
        "module": "catalog",
        "name": item["name"],
        "notes": "BASE",
        "orderId": order["id"],
        "price": base - discount,
        "priceTypeId": 1,
        "productId": item.get("productId", 0),
        "productPriceId": 0,
        "productProviderClass": "\\Bitrix\\Catalog\\Product\\CatalogProvider",
        "productXmlId": item.get("productXmlId", ""),
        "properties": properties,
        "quantity": Decimal(str(item.get("quantity", 1))),
        "recommendation": "",
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
        "setParentId": "",
        "sort": 100,
        "subscribe": "N",
        "type": "",
        "vatIncluded": "Y",
        "vatRate": Decimal(str(item.get("vatRate", "0.2"))),
        "weight": 0,
        "xmlId": xml_id(id_),
    }


def new_payment(id_: int, order: Record, now: datetime, pay_system: Record) -> Record:
    """An unpaid payment of nothing; the number is the order's with a running one after a slash."""
    return {
        "accountNumber": part_number(order),
        "comments": "",
        "companyId": 0,
        "currency": order["currency"],
        "dateBill": now,
        "dateMarked": None,
        "datePaid": None,
        "datePayBefore": None,
        "dateResponsibleId": None,
        "empMarkedId": None,
        "empPaidId": None,
        "empResponsibleId": None,
        "empReturnId": None,
        "externalPayment": "N",
        "id": id_,
        "id1c": "",
        "isReturn": "N",
        "marked": "N",
        "orderId": order["id"],
        "paid": "N",
        "payReturnComment": "",
        "payReturnDate": None,
        "payReturnNum": "",
        **pay_system_fields(pay_system),
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
        "xmlId": xml_id(id_),
    }


def new_shipment(id_: int, order: Record, now: datetime, delivery: Record, price: Decimal) -> Record:
    """A shipment of nothing yet; the one of the service "no delivery" is the hidden system shipment."""
    return {
        "accountNumber": part_number(order),
        "allowDelivery": "N",
        "basePriceDelivery": price,
        "canceled": "N",
        "comments": "",
        "companyId": 0,
        "currency": order["currency"],
        "customPriceDelivery": "N",
        "dateAllowDelivery": None,
        "dateCanceled": None,
        "dateDeducted": None,
        "dateInsert": now,
        "dateMarked": None,
        "dateResponsibleId": None,
        "deducted": "N",
        "deliveryDocDate": None,
        "deliveryDocNum": "",
        **delivery_fields(delivery),
        "discountPrice": Decimal(0),
        "empAllowDeliveryId": None,
        "empCanceledId": None,
        "empDeductedId": None,
        "empMarkedId": None,
        "empResponsibleId": None,
        "externalDelivery": "N",
        "id": id_,
        "id1c": "",
        "marked": "N",
        "orderId": order["id"],
        "priceDelivery": price,
        "reasonMarked": "",
        "reasonUndoDeducted": "",
        "responsibleId": None,
        "shipmentItems": [],
        "statusId": "DN",
        "statusXmlId": "",
        "system": "Y" if delivery["ID"] == NO_DELIVERY else "N",
        "trackingDescription": "",
        "trackingLastCheck": "",
        "trackingNumber": "",
        "trackingStatus": "",
        "updated1c": "N",
        "version1c": "",
        "xmlId": xml_id(id_),
    }


def new_shipment_item(id_: int, shipment: Record, now: datetime, item: Record) -> Record:
    """A basket line inside a shipment, whole."""
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
    """What a payment copies from its pay system."""
    return {
        "paySystemId": pay_system["ID"],
        "paySystemIsCash": pay_system["IS_CASH"],
        "paySystemName": pay_system["NAME"],
        "paySystemXmlId": pay_system["XML_ID"],
    }


def delivery_fields(delivery: Record) -> Record:
    """What a shipment copies from its delivery service."""
    return {"deliveryId": delivery["ID"], "deliveryName": delivery["NAME"], "deliveryXmlId": delivery["XML_ID"]}


def part_number(order: Record) -> str:
    """The next number of a payment or shipment, such as 392/2: they share one row of numbers."""
    return f"{order['accountNumber']}/{len(order['payments']) + len(order['shipments']) + 1}"


def recalculate(order: Record) -> None:
    """Sums what follows from the parts: price with delivery, the VAT inside it, and the flags paid and deducted."""
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
    return line["price"] * line["quantity"] * line["vatRate"] / (1 + line["vatRate"])
